"""Outputs that are numbers, written out or worked out, as the rules of steps give them and numbers read them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.language.model.values.computed_outputs import ComputedOutput
from engine.language.model.values.value_texts import decimal_text


def is_amount(value: Any) -> bool:
    """Whether an output is a number that is written out."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether an output is a number, written out or worked out."""
    return is_amount(value) or isinstance(value, ComputedOutput)


def amount_text(value: Any) -> str:
    """Return an output that is a number in plain digits, or how it is worked out; equal texts are the same output."""
    return decimal_text(Decimal(str(value))) if is_amount(value) else str(value)


def amounts_by_rule(given: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return the outputs that all of some rules give as numbers, by name, each with the `amount_text` of each rule.

    Args:
        given: The outputs of each rule, by its name.
    """
    names = dict.fromkeys(name for outputs in given.values() for name in outputs)
    return {
        name: {rule: amount_text(outputs[name]) for rule, outputs in given.items()}
        for name in names
        if all(is_number(outputs.get(name)) for outputs in given.values())
    }
