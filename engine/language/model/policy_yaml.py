"""Serialisation of a policy as YAML that reads back as an equal policy."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any

import yaml

from engine.language.documents.text import odd_characters
from engine.language.documents.yaml_spelling import NO_WRAPPING, PlainDumper, represent_as_text
from engine.language.model.canonical import Bare, amount_data
from engine.language.model.values.computed_outputs import ComputedOutput
from engine.language.model.values.value_texts import decimal_text

# Texts that every YAML reader takes as strings in any position, and that therefore need no quotes.
_WORDS = re.compile(r"[^\W\d_][\w'/.-]*(,? [\w'/.(-][\w'/.()-]*)*[.?!]?")
_NAME = re.compile(r"[a-z][a-z0-9_.]*", re.ASCII)
_NO_WORDS = re.compile(r"y|n|yes|no|on|off|true|false|null|nan|inf", re.IGNORECASE)


def write_policy(parts: dict[str, Any], width: int = NO_WRAPPING) -> str:
    """Format the parts of a policy as YAML; reading it gives a policy with the same `sha256`.

    Comments and layout of the original file are lost, and rules from a table become a list.
    """
    amounts = {name for section in ("numbers", "constants") for name in parts.get(section, ())}
    data = {key: _spell(part, amounts, in_output=key == "output") for key, part in parts.items()}
    text = _dump(data, width, allow_unicode=True)
    # A character that a file may not contain is escaped, at the price of escaping all beyond ASCII.
    return _dump(data, width, allow_unicode=False) if odd_characters(text, "") else text


def output_on_one_line(output: Any, amounts: Collection[str] = ()) -> str:
    """Format an output, or a part of one, in flow style on one line, as it may stand under `output`.

    Args:
        output: The output.
        amounts: The names of the policy's numbers and constants, which are text only in quotes.
    """
    text: str = yaml.dump(
        _spell(output, amounts, in_output=True),
        Dumper=_FlowDumper,
        default_flow_style=True,
        sort_keys=False,
        allow_unicode=True,
        width=NO_WRAPPING,
    )
    return text.removesuffix("...\n").rstrip("\n")


def _dump(data: Any, width: int, *, allow_unicode: bool) -> str:
    """Format data as YAML."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=allow_unicode, width=width)
    return text


class _Unquoted(str):
    """A number, date, truth value or null, in its YAML spelling."""

    __slots__ = ()


class _Quoted(str):
    """A text that needs quotes to be read as one."""

    __slots__ = ()


def _spell(part: Any, amounts: Collection[str], *, in_output: bool) -> Any:
    """Replace every value that is no text by its spelling: YAML's in the policy, JSON's inside an `output`.

    There, texts that name numbers or constants are marked as text.
    """
    if isinstance(part, ComputedOutput):
        part = amount_data(part)
    if isinstance(part, dict):
        return {key: _spell(value, amounts, in_output=in_output or key == "output") for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_spell(value, amounts, in_output=in_output) for value in part]
    if isinstance(part, Bare):
        return _Unquoted(part)
    if in_output and isinstance(part, str) and any(name in amounts for name in _NAME.findall(part)):
        return _Quoted(part)
    if isinstance(part, bool):
        return _Unquoted(("true" if part else "false") if in_output else "yes" if part else "no")
    if isinstance(part, float):
        return _Unquoted(decimal_text(Decimal(repr(part))))
    if isinstance(part, int | Decimal):
        return _Unquoted(decimal_text(part))
    if isinstance(part, datetime.date):
        return _Unquoted(part.isoformat())
    return _Unquoted("null") if part is None else part


class _Dumper(PlainDumper):
    """A dumper that writes collections without nested collections in flow style, and all others in block style."""

    def represent_sequence(self, tag: str, sequence: Any, flow_style: Any = None) -> Any:
        node = _flow_if_flat(super().represent_sequence(tag, sequence, flow_style))
        if node.flow_style and any(" " in each.value or each.value.isupper() for each in node.value):
            # Unquoted, such texts might be halves of one that a comma cut, and would be refused.
            for item, each in zip(sequence, node.value, strict=True):
                each.style = '"' if isinstance(item, str) and not isinstance(item, _Unquoted) else each.style
        return node

    def represent_mapping(self, tag: str, mapping: Any, flow_style: Any = None) -> Any:
        return _flow_if_flat(super().represent_mapping(tag, mapping, flow_style))

    def check_simple_key(self) -> bool:
        # PyYAML would write a long key as a complex key, after a `?`.
        return isinstance(self.event, yaml.ScalarEvent) or bool(super().check_simple_key())


def _flow_if_flat(node: yaml.CollectionNode) -> yaml.CollectionNode:
    """Set flow style on a collection that contains no other."""
    parts = [each[1] if isinstance(each, tuple) else each for each in node.value]
    node.flow_style = all(isinstance(each, yaml.ScalarNode) for each in parts)
    return node


def _represent_string(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    """Represent a text, in quotes unless no reader could take it for anything else."""
    is_plain = _WORDS.fullmatch(data) and not _NO_WORDS.fullmatch(data)
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=None if is_plain else '"')


def _represent_quoted(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style='"')


class _FlowDumper(PlainDumper):
    """A dumper for data on one line."""


for _dumper in (_Dumper, _FlowDumper):
    _dumper.add_representer(_Unquoted, represent_as_text)
    _dumper.add_representer(_Quoted, _represent_quoted)
    _dumper.add_representer(str, _represent_string)
