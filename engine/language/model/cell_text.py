"""Formatting of conditions as cells of a rule table; `table_cells.py` reads them back."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from engine.language.documents.text import odd_characters
from engine.language.model.condition_tree import SAME_ORDER, All, Compare, Condition, Holds, Some, as_written
from engine.language.model.field_kinds import ANY_OF, Field, Value
from engine.language.model.policy import Policy
from engine.language.model.values.value_readers import MOST_DIGITS
from engine.language.model.values.value_texts import decimal_text, value_text

_SIGNS = {"at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<"}
_OPENING = {">=": "[", ">": "("}
_CLOSING = {"<=": "]", "<": ")"}
# Texts that contain notation of cells, and so need quotes.
_SPECIAL = re.compile(r'[|"<>=!≤≥≠\[\]()]|\.\.|^[-+@–—*\s]|\s$|^$')
# Texts that a spreadsheet reads as a formula, possibly already escaped by an apostrophe.
_FORMULA = re.compile(r"'*[=+\-@]")


def output_cell(policy: Policy, value: Any) -> str:
    """Write the value of an output for a cell of a rule table."""
    from engine.language.model.policy_yaml import output_on_one_line

    names = (each.name for section in (policy.numbers, policy.constants) for each in section)
    return output_on_one_line(value, set(names))


def write_prose(text: str) -> str:
    """Format prose as a cell, escaped with an apostrophe where a spreadsheet would read it as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def read_prose(cell: str) -> str:
    """The prose in a cell, without the escaping apostrophe; the inverse of `write_prose`.

    >>> read_prose(write_prose("- not insured")), write_prose("- not insured"), read_prose("'tis late")
    ('- not insured', "'- not insured", "'tis late")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def cell_text(policy: Policy, condition: Condition) -> str | None:
    """Format a condition about one field, derived number or fact as a cell; None if no cell can express it."""
    condition = as_written(condition)
    if isinstance(condition, Holds):
        return "yes" if condition.expected else "no"
    parts = condition.parts if isinstance(condition, Some) else (condition,)
    # A cell may not repeat a value.
    found: dict[Any, str] = {}
    for part in parts:
        alternatives = _alternatives(policy, part)
        if alternatives is None:
            return None
        for value, text in alternatives.items():
            found.setdefault(value, text)
    return " | ".join(found.values())


def _alternatives(policy: Policy, condition: Condition) -> dict[Any, str] | None:
    """Format the alternatives of one part, by value or else by their text; None if no cell can express it."""
    while isinstance(condition, All) and len(condition.parts) == 1:
        condition = condition.parts[0]
    tests = condition.parts if isinstance(condition, All) else (condition,)
    compared = [test for test in tests if isinstance(test, Compare)]
    if len(compared) < len(tests) or any(_is_beyond_cells(policy, test) for test in compared):
        return None
    if len(compared) == 1:
        return _comparisons(policy, compared[0])
    lows = [test for test in compared if _sign(test) in _OPENING]
    highs = [test for test in compared if _sign(test) in _CLOSING]
    if len(compared) != 2 or not (lows and highs):
        return None
    (low,), (high,) = lows, highs
    opening, closing = _OPENING[_sign(low)], _CLOSING[_sign(high)]
    text = f"{opening}{_bound(policy, low)}..{_bound(policy, high)}{closing}"
    return {text: text}


def _is_beyond_cells(policy: Policy, test: Compare) -> bool:
    """Whether cells cannot express a comparison.

    It is about a list, states what the answer is not, or has a constant that may not stand in a table.
    """
    field = policy.compared.get(test.name)
    if test.op == "known":
        # A cell says it by the whole range.
        return field is None or not field.is_ranged or test.value is False
    if test.op == "none_of" or (field is not None and field.kind == ANY_OF):
        return True
    return any(_is_beyond_files(value) for value in (test.value if isinstance(test.value, tuple) else (test.value,)))


def _is_beyond_files(value: Value) -> bool:
    """Whether a constant cannot stand in a table: a text with odd characters, or a number with too many digits."""
    if isinstance(value, str):
        return "\r" in value or bool(odd_characters(value, ""))
    return isinstance(value, Decimal) and len(value.as_tuple().digits) > MOST_DIGITS


def _comparisons(policy: Policy, test: Compare) -> dict[Any, str]:
    """Format a comparison, as its values or as a sign and a limit."""
    if test.op in ("is", "one_of"):
        listed = test.value if isinstance(test.value, tuple) else (test.value,)
        # A cell has no word for a list constant, so that its values are written out.
        names = test.named if isinstance(test.named, tuple) else ("" if len(listed) > 1 else test.named,) * len(listed)
        said = zip(names, listed, strict=True)
        return {value: name or constant_text(value, policy.compared.get(test.name)) for name, value in said}
    text = _range(policy.field[test.name]) if test.op == "known" else f"{_sign(test)} {_bound(policy, test)}"
    return {text: text}


def _range(field: Field) -> str:
    """Format that a field has a value, as its whole range."""
    low, high = (None if end is None else constant_text(end, field) for end in (field.low, field.high))
    return f"[{low}..{high}]" if low and high else f">= {low}" if low else f"<= {high}"


def _bound(policy: Policy, test: Compare) -> str:
    """Format the value of an order comparison: the name of its constant, if it comes from one."""
    name = test.named if isinstance(test.named, str) else ""
    return name or constant_text(test.value, policy.compared.get(test.name))


def _sign(test: Compare) -> str:
    """The sign of an order comparison; empty for other operators."""
    return _SIGNS.get(SAME_ORDER.get(test.op, test.op), "")


def constant_text(value: Any, field: Field | None) -> str:
    """Format a constant as a cell, in double quotes where it could be misread as notation."""
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"' if _SPECIAL.search(value) else value
    return value_text(field, value) if field else decimal_text(value)
