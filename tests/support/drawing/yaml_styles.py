"""How might somebody write a policy down? Hypothesis strategies for texts of the same data in many layouts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import yaml
from hypothesis import strategies as st

from engine.language.documents.yaml_spelling import NO_WRAPPING, PlainDumper, represent_as_text
from tests.support.drawing.fields import Draw, Hand

_NOTES = ("", "", "", "", "  # a note", "   # so says: {the, handbook}")


@st.composite
def texts(draw: Draw, data: Mapping[str, Any]) -> str:
    """A YAML text of a policy: block and flow style in turn, comments, several indentations, either line end."""
    hand = Hand(draw)
    if hand.chance(10):
        return json.dumps(data, indent=hand.pick((None, 2)), default=_json)
    lines = _lines(hand, _plain(data), top=True)
    return hand.pick(("\n", "\n", "\n", "\r\n")).join(lines) + hand.pick(("\n", "", "\n\n# The end.\n"))


def _json(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    assert isinstance(value, Decimal)
    return int(value) if value == int(value) else float(value)


def _lines(hand: Hand, data: Any, top: bool = False) -> list[str]:
    """A map or a list in block style, each line with its own indentation."""
    found: list[str] = []
    if isinstance(data, Mapping):
        for key, value in data.items():
            found += _entry(hand, str(key), value, top)
        return found
    for item in data:
        inside = _lines(hand, item) if _is_block(hand, item) else [flow(item) + hand.pick(_NOTES)]
        found += [f"- {inside[0]}", *(f"  {line}" for line in inside[1:])]
        if hand.chance(5):
            found.append("# between two items")
    return found


def _entry(hand: Hand, key: str, value: Any, top: bool) -> list[str]:
    if key == "because" and hand.chance(15):
        return [f"{key}: {hand.pick(('|', '>-', '>'))}", f"  {value}"]
    if not (top and isinstance(value, Mapping | list)) and not _is_block(hand, value):
        return [f"{key}: {flow(value)}{hand.pick(_NOTES)}"]
    margin = "" if isinstance(value, list) and hand.chance(50) else hand.pick(("  ", "    "))
    return [f"{key}:{hand.pick(_NOTES)}", *(margin + line for line in _lines(hand, value))]


def _is_block(hand: Hand, value: Any) -> bool:
    return isinstance(value, Mapping | list) and bool(value) and hand.chance(50)


def flow(value: Any) -> str:
    """A value on one line, in braces or brackets if it is a map or a list."""
    text: str = yaml.dump(
        _plain(value), Dumper=_Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=NO_WRAPPING
    )
    return text.removesuffix("...\n").rstrip("\n")


class _Unquoted(str):
    """A number, a truth value or null in an `output`, as JSON writes it."""

    __slots__ = ()


class _Quoted(str):
    """A text in an `output`."""

    __slots__ = ()


class _Dumper(PlainDumper):
    """Writes the rest of a policy as its fields want it, and outputs as they stand."""


_Dumper.add_representer(_Unquoted, represent_as_text)
_Dumper.add_representer(
    _Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): (_output if key == "output" else _plain)(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        # A name of two words is in quotes where the next text could be the rest of it: `New York, none`.
        return [
            _Quoted(part) if isinstance(part, str) and " " in part and isinstance(after, str) else _plain(part)
            for part, after in zip_longest(value, value[1:])
        ]
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


def _output(value: Any) -> Any:
    """JSON data in which each value is spelled so that it is not taken for another."""
    if isinstance(value, Mapping):
        return {str(key): _output(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_output(part) for part in value]
    if isinstance(value, str):
        return value if isinstance(value, _Unquoted | _Quoted) else _Quoted(value)
    return _Unquoted(format(value, "f") if isinstance(value, Decimal) else json.dumps(value))
