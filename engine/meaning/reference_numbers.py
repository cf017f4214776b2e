"""The definition of what derived numbers are worth, in exact fractions; see `reference.py`."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.language.documents.exact import fraction_type
from engine.language.model.condition_tree import Condition
from engine.language.model.policy_parts import LARGER_OF, POINTS, SUM, Number

if TYPE_CHECKING:
    from fractions import Fraction


def value_of(number: Number, amount_of: Callable[[str], Fraction], holds: Callable[[Condition], bool]) -> Fraction:
    """Return the value of a derived number.

    Args:
        number: The number.
        amount_of: Returns the value of a field or of another number that it reads.
        holds: Whether a condition holds.
    """
    if number.kind == POINTS:
        return sum((amount(entry.add) for entry in number.entries if holds(entry.when)), amount(0))
    if number.kind == SUM:
        return amount(number.plus) + sum(amount(times) * amount_of(name) for name, times in number.terms)
    values = [amount_of(part) if isinstance(part, str) else amount(part) for part in number.parts]
    return max(values) if number.kind == LARGER_OF else min(values)


def amount(value: Any) -> Fraction:
    """Return a value as a fraction; a date as its proleptic ordinal."""
    return fraction_type()(value.toordinal() if isinstance(value, datetime.date) else value)
