"""The definition of what derived numbers are worth, in exact fractions; see `reference.py`."""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.language.documents.exact import fraction_type
from engine.language.model.condition_tree import Condition
from engine.language.model.policy_parts import LARGER_OF, POINTS, SUM, Number

if TYPE_CHECKING:
    from fractions import Fraction


def value_of(
    number: Number, amount_of: Callable[[str], Fraction | None], holds: Callable[[Condition], bool]
) -> Fraction | None:
    """Return the value of a derived number; None if something that it is made of has no value.

    Args:
        number: The number.
        amount_of: Returns the value of a field or of another number that it reads, None if it has none.
        holds: Whether a condition holds.
    """
    if number.kind == POINTS:
        return sum((amount(entry.add) for entry in number.entries if holds(entry.when)), amount(0))
    names = [name for name, _ in number.terms] if number.kind == SUM else number.parts
    found = [amount_of(part) if isinstance(part, str) else amount(part) for part in names]
    values = [value for value in found if value is not None]
    if len(values) < len(found):
        return None
    if number.kind == SUM:
        times = (amount(each) for _, each in number.terms)
        return sum(map(operator.mul, times, values), amount(number.plus))
    return max(values) if number.kind == LARGER_OF else min(values)


def amount(value: Any) -> Fraction:
    """Return a value as a fraction; a date as its proleptic ordinal."""
    return fraction_type()(value.toordinal() if isinstance(value, datetime.date) else value)
