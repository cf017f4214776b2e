"""Outputs that are plain numbers, as the rules of steps give them and numbers read them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.language.model.values.value_texts import decimal_text


def is_amount(value: Any) -> bool:
    """Whether an output is a number that is written out."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def amount_text(value: Any) -> str:
    """Return an output that is a number in plain digits."""
    return decimal_text(Decimal(str(value)))


def amounts_by_rule(given: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return the outputs that all of some rules give as numbers, by name, each with the amount of each rule.

    Args:
        given: The outputs of each rule, by its name.
    """
    names = dict.fromkeys(name for outputs in given.values() for name in outputs)
    return {
        name: {rule: amount_text(outputs[name]) for rule, outputs in given.items()}
        for name in names
        if all(is_amount(outputs.get(name)) for outputs in given.values())
    }
