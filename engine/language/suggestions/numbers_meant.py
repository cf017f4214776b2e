"""Suggestions for derived numbers: formulas and lists of other languages as sums, products and lists of parts."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from engine.language.documents.nodes import Mapping, Node, Scalar, Sequence
from engine.language.documents.yaml_spelling import paste
from engine.language.model.values.value_texts import decimal_text
from engine.language.suggestions.meant_names import as_data

_NAME = r"[a-z_][a-z0-9_.]*"
_NUMBER = r"\d+(?:\.\d+)?"
_TERM = re.compile(
    rf"([-+])?\s*(?:(?:({_NUMBER})\s*\*\s*)?({_NAME})(?:\s*\*\s*({_NUMBER}))?|({_NUMBER}))(?=\s*(?:[-+]|$))\s*"
)
_PRODUCT = re.compile(rf"({_NAME})\s*\*\s*({_NAME})")
_RATIO = re.compile(rf"({_NAME}|{_NUMBER})\s*/\s*({_NAME}|{_NUMBER})")
_EXTREME = re.compile(rf"(max|min)\s*\(\s*((?:{_NAME}|{_NUMBER})(?:\s*,\s*(?:{_NAME}|{_NUMBER}))+)\s*\)", re.IGNORECASE)
_CONSTANT = re.compile(rf"-?{_NUMBER}")
# What records are asked for in place of a list of them, by the key that was meant.
_OF_RECORDS = {"sum": "their total", "larger_of": "the largest value", "smaller_of": "the smallest value"}


def parse_sum(text: str) -> dict[str, str]:
    """Parse a linear sum such as `limit - 2 * weight` into coefficients by name; empty if it is none.

    A fixed part is the coefficient of the empty name.
    """
    terms: dict[str, str] = {}
    at = 0
    while at < len(text):
        found = _TERM.match(text, at)
        name = (found[3] or "") if found else ""
        if not found or (at and not found[1]) or name in terms:
            return {}
        terms[name] = ("-" if found[1] == "-" else "") + (found[2] or found[4] or found[5] or "1")
        at = found.end()
    return terms if any(terms) else {}


def sum_data(text: str) -> dict[str, Any]:
    """The entries `sum` and `plus` of a number that a text describes; empty if it is no linear sum."""
    terms = parse_sum(text)
    plus = terms.pop("", None)
    return {"sum": terms, **({} if plus is None else {"plus": plus})} if terms else {}


def amount_help(key: str, node: Node) -> str:
    """The help for what a number is worked out from, under another key or in another form.

    Args:
        key: The key that was meant: `sum`, `larger_of`, `smaller_of`, `product`, `ratio`, `points`, `table` or
            `output`.
        node: What is written.
    """
    if key == "ratio" and isinstance(node, Mapping):
        return paste({key: as_data(node)}) if node.entries.keys() == {"of", "to"} else _FORMS[key]
    if isinstance(node, Mapping) and "of" in node.entries:
        return f"there are no lists of records: ask for {_OF_RECORDS.get(key, 'the value')} in a question of its own"
    if (
        key == "sum"
        and isinstance(node, Scalar)
        and (written := _text_help(node.text.strip().removeprefix("=").strip()))
    ):
        return written
    items = [item.text for item in node.items if isinstance(item, Scalar)] if isinstance(node, Sequence) else []
    are_parts = isinstance(node, Sequence) and len(items) == len(node.items) > 1
    is_sum = isinstance(node, Mapping) and all(isinstance(each.value, Scalar) for each in node.entries.values())
    if key == "sum" and is_sum:
        return paste({key: as_data(node)}) or _FORMS[key]
    if key == "sum" and are_parts and len({*items}) == len(items):
        return paste({key: dict.fromkeys(items, 1)}) or _FORMS[key]
    if key in ("larger_of", "smaller_of", "product") and are_parts:
        return paste({key: as_data(node)}) or _FORMS[key]
    if key == "ratio" and are_parts and len(items) == 2:
        return paste({key: {"of": items[0], "to": items[1]}}) or _FORMS[key]
    if key == "ratio" and isinstance(node, Scalar) and (found := _RATIO.fullmatch(node.text.strip())):
        return paste({key: {"of": found[1], "to": found[2]}}) or _FORMS[key]
    return _FORMS[key]


_FORMS = {
    "sum": "write what is added up and how often, such as `sum: {FIELD: 1, OTHER: -2}`",
    "larger_of": "write the numbers in a list, `larger_of: [FIELD, OTHER]`",
    "smaller_of": "write the numbers in a list, `smaller_of: [FIELD, OTHER]`",
    "product": "write the factors in a list, `product: [FIELD, OTHER]`",
    "ratio": "write what is divided and by what, `ratio: {of: FIELD, to: OTHER}`",
    "output": "write the name of an output and of the step that gives it, such as `{output: fee, of: affordability}`",
    "table": "write the file of a table, such as `table: rates.csv`, or a list of rules whose `then` is an amount",
    "points": "write a list of entries, such as `points: [{when: {FIELD: yes}, add: 2, because: WHY}]`",
}


def _text_help(text: str) -> str:
    """The help for a formula, or for a fixed value; empty if it is neither."""
    if _CONSTANT.fullmatch(text):
        return f"a fixed value has its name under `constants:`, with `is: {decimal_text(Decimal(text))}`"
    if found := _PRODUCT.fullmatch(text):
        return paste({"product": [found[1], found[2]]})
    if found := _RATIO.fullmatch(text):
        return paste({"ratio": {"of": found[1], "to": found[2]}})
    if found := _EXTREME.fullmatch(text):
        parts = re.split(r"\s*,\s*", found[2])
        return paste({"larger_of" if found[1].casefold() == "max" else "smaller_of": parts})
    data = sum_data(text)
    return paste(data) if data else ""
