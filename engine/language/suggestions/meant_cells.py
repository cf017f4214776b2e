"""Suggested replacements for table cells written as in another language."""

from __future__ import annotations

from engine.language.model.cell_text import constant_text
from engine.language.model.field_kinds import CHOICE, YES_NO
from engine.language.parsing.operands import Operand
from engine.language.suggestions.comparisons_meant import text_test
from engine.language.suggestions.condition_writing import DISTINCTIONS, Test

_SIGNS = {"at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<"}
_EQUAL = ("is", "one_of", "includes", "includes_any", "only", "exactly")
_UNEQUAL = ("is_not", "none_of", "excludes", "not_all", "not_only", "not_exactly")


def cell_help(subject: Operand, text: str) -> str:
    """The help for a cell that could not be read; empty if it is not understood."""
    test = text_test(subject, text)
    if test is None:
        return ""
    if any(isinstance(value, dict) for value in test.values):
        return "a cell compares with constants: compare the two fields in a fact, and write a column for the fact"
    ways = [(meaning, cell) for meaning in test.meanings if (cell := _cell_for(subject, test, meaning))]
    if not ways:
        return _inexpressible_help(subject, test)
    if len(ways) == 1 or ways[0][1] == ways[1][1]:
        ends = "; both ends are included" if "between" in test.meanings else ""
        return f"write `{ways[0][1]}`{ends}"
    between = DISTINCTIONS[ways[0][0], ways[1][0]].format(test.values[0])
    return f"write `{ways[0][1]}`; {between}, `{ways[1][1]}`"


def _cell_for(subject: Operand, test: Test, meaning: str) -> str:
    """A comparison in a cell's notation; empty if cells cannot express it."""
    values = [constant_text(str(value), subject.field) for value in test.values]
    if meaning in _EQUAL:
        return " | ".join(values)
    if meaning in _UNEQUAL:
        return _complement(subject, test, values)
    if not subject.is_ordered():
        return ""
    if meaning in ("between", "not_between") and len(values) == 2:
        return f"[{values[0]}..{values[1]}]" if meaning == "between" else f"< {values[0]} | > {values[1]}"
    return f"{_SIGNS[meaning]} {values[0]}" if meaning in _SIGNS and len(values) == 1 else ""


def _complement(subject: Operand, test: Test, values: list[str]) -> str:
    """The cell for all answers except `values`; empty if they cannot be listed."""
    if subject.kind() == YES_NO:
        return {"yes": "no", "true": "no", "no": "yes", "false": "yes"}.get(str(test.values[0]), "")
    if subject.kind() == CHOICE and subject.field:
        others = [option for option in subject.field.options if option not in test.values]
        return " | ".join(constant_text(option, subject.field) for option in others)
    return f"< {values[0]} | > {values[0]}" if subject.is_ordered() and len(values) == 1 else ""


def _inexpressible_help(subject: Operand, test: Test) -> str:
    """The help for a negation that no cell can express; empty for anything else."""
    if not any(meaning in _UNEQUAL for meaning in test.meanings) or subject.is_ordered():
        return ""
    values = ", ".join(str(value) for value in test.values)
    fact = f"when: {{{subject.name}: {{none_of: [{values}]}}}}"
    return f"a cell cannot say `not` of a text: name a fact with `{fact}`, and write a column for the fact"
