"""Outputs written as if they were worked out from answers.

An output is data that is given back as it is written. A map such as `{number: charged, round: {to: 0.01}}` reads as an
amount that is worked out and is refused, so that nobody gets the map in place of the amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.language.documents.nodes import Mapping, Node, Scalar, Sequence
from engine.language.documents.text import shorten
from engine.language.sections.outline import Outline

_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*", re.ASCII)
_OPERAND = rf"(?:{_NAME.pattern}|\d+(?:\.\d+)?%?)"
# Names and numbers with operators between them, such as `weight * 2`.
_FORMULA = re.compile(rf"=?\s*\(*{_OPERAND}\)*(?:(?:\s+[-+/]\s+|\s*[*×]\s*)\(*{_OPERAND}\)*)+", re.ASCII)
# What stands beside `number` where the value of a number is meant.
_BESIDE = {"number", "round", "rounded", "rounding", "to", "mode", "decimals", "digits", "places", "unit", "currency"}
# Keys under which an amount is said to be worked out.
_WORKED_OUT = (
    "number", "sum", "product", "ratio", "larger_of", "smaller_of", "points", "formula", "expression", "expr",
    "calculation", "calculate", "calc", "compute", "computed", "equation",
)  # fmt: skip
# Keys that are worked out only where they name a number, since data has them as well.
_PERHAPS = ("value", "amount")


def refuse_computed(outline: Outline, output: Node | None) -> None:
    """Record every map in an `output` that reads as something that is worked out."""
    for mapping in _maps_in(output):
        key = _computing_key(outline, mapping, is_whole=mapping is output)
        if key:
            read = _read_by(mapping.get(key))
            from_ = f" from `{shorten(read)}`" if read else ""
            message = f"an output is given back as it is written, so nothing is worked out{from_} here"
            help_ = (
                "write the value itself, and where it differs, a rule with its `output` for each value; "
                f"if this is data, give the key `{key}` another name"
            )
            outline.reading.refuse("computed-output", message, mapping.place, help_)


def _maps_in(node: Node | None) -> Iterator[Mapping]:
    """Every map in some data, outer ones first."""
    if isinstance(node, Mapping):
        yield node
    parts: tuple[Node, ...] = ()
    if isinstance(node, Mapping):
        parts = tuple(entry.value for entry in node.entries.values())
    elif isinstance(node, Sequence):
        parts = node.items
    for part in parts:
        yield from _maps_in(part)


def _computing_key(outline: Outline, mapping: Mapping, *, is_whole: bool) -> str:
    """The key of a map that reads as worked out; empty if the map is data.

    Args:
        outline: The names of the file.
        mapping: The map.
        is_whole: Whether it is the whole `output`, whose keys are the names of outputs.
    """
    if _is_rounding(mapping.get("round")):
        return next((key for key in (*_WORKED_OUT, *_PERHAPS) if key in mapping.entries), "round")
    if is_whole:
        return ""
    if _is_name(mapping.get("number")) and mapping.entries.keys() <= _BESIDE:
        return "number"
    if _is_name(mapping.get("date")) and (
        isinstance(mapping.get("plus", mapping.get("minus")), Mapping) or _is_known(outline, mapping.get("date"))
    ):
        return "date"
    for key in _WORKED_OUT:
        written = mapping.get(key)
        if _is_formula(written) or any(_is_known(outline, each) for each in _scalars_in(written)):
            return key
    for key in _PERHAPS:
        written = mapping.get(key)
        if isinstance(written, Scalar) and written.text in outline.names.numbers:
            return key
        if _is_formula(written) and any(_is_known(outline, each) for each in _scalars_in(written)):
            return key
    return ""


def _is_rounding(node: Node | None) -> bool:
    """Whether something says how to round."""
    return isinstance(node, Mapping) and not node.entries.keys().isdisjoint(("to", "mode"))


def _is_name(node: Node | None) -> bool:
    """Whether something is a text that could be a name of a policy."""
    if not isinstance(node, Scalar) or node.empty or (node.plain and node.text in ("true", "false")):
        return False
    return _NAME.fullmatch(node.text) is not None


def _is_formula(node: Node | None) -> bool:
    """Whether something is a text of names and numbers with operators between them."""
    return (
        isinstance(node, Scalar) and _FORMULA.fullmatch(node.text) is not None and _NAME.search(node.text) is not None
    )


def _is_known(outline: Outline, node: Node | None) -> bool:
    """Whether something is the name of a field, a number or a constant."""
    names = outline.names
    return isinstance(node, Scalar) and any(
        node.text in each for each in (names.fields, names.numbers, names.constants)
    )


def _scalars_in(node: Node | None) -> Iterator[Scalar]:
    """The words of a text, or of the keys and values of some data."""
    if isinstance(node, Scalar):
        yield node
        if _is_formula(node):
            yield from (node._replace(text=word) for word in _NAME.findall(node.text))
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _scalars_in(item)
    elif isinstance(node, Mapping):
        for entry in node.entries.values():
            yield entry.key
            yield from _scalars_in(entry.value)


def _read_by(node: Node | None) -> str:
    """The text that a value would be worked out from, or the first name in it; empty if it is a plain number."""
    first = next(iter(_scalars_in(node)), None)
    return first.text if first is not None and _NAME.search(first.text) else ""
