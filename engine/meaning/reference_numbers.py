"""The definition of what derived numbers are worth, in exact fractions; see `reference.py`."""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING, Any

from engine.language.documents.exact import fraction_type
from engine.language.model.condition_tree import ByDay, Condition
from engine.language.model.policy_parts import GIVEN_BY_RULES, LARGER_OF, POINTS, PRODUCT, RATIO, SUM, Number

if TYPE_CHECKING:
    from fractions import Fraction


def value_of(
    number: Number, amount_of: Callable[[str], Fraction | None], holds: Callable[[Condition], bool]
) -> Fraction | None:
    """Return the value of a derived number; None if something that it is made of has no value.

    The divisor of a ratio is positive by the declared ranges. In situations beyond them, which are impossible, a ratio
    has no value.

    Args:
        number: The number.
        amount_of: Returns the value of a field or of another number that it reads, None if it has none.
        holds: Whether a condition holds.
    """

    def fixed(value: Any) -> Fraction | None:
        """Return a value that is written, or the one of a dated constant on the day that counts; None without a day."""
        if isinstance(value, ByDay):
            day = amount_of(value.on)
            return None if day is None else amount(value.at(datetime.date.fromordinal(int(day))))
        return amount(value)

    if number.kind in GIVEN_BY_RULES:
        held = [entry.add for entry in number.entries if holds(entry.when)]
        # Where its rules give none or several, it has no value.
        return given_amount(held[0], fixed, amount_of) if len(held) == 1 else None
    names = [name for name, _ in number.terms] if number.kind == SUM else number.parts
    factors = [times for _, times in number.terms] + [number.plus, *(entry.add for entry in number.entries)]
    found = [amount_of(part) if isinstance(part, str) else fixed(part) for part in names]
    found_factors = [fixed(each) for each in factors]
    values = [value for value in found if value is not None]
    known = [value for value in found_factors if value is not None]
    if len(values) < len(found) or len(known) < len(found_factors):
        return None
    if number.kind == POINTS:
        return sum((add for add, entry in zip(known[1:], number.entries, strict=True) if holds(entry.when)), amount(0))
    if number.kind == SUM:
        *times, plus = known
        return sum(map(operator.mul, times, values), plus)
    if number.kind == PRODUCT:
        return prod(values, start=amount(1))
    if number.kind == RATIO:
        return values[0] / values[1] if values[1] > 0 else None
    return max(values) if number.kind == LARGER_OF else min(values)


def given_amount(
    given: Any, fixed: Callable[[Any], Fraction | None], amount_of: Callable[[str], Fraction | None]
) -> Fraction | None:
    """Return an amount that a rule gives: as it is written out, or worked out from a number and rounded."""
    from engine.language.model.values.computed_outputs import ComputedOutput

    if not isinstance(given, ComputedOutput):
        return fixed(given)
    exact = amount_of(given.number)
    return None if exact is None else given.amount(exact)


def amount(value: Any) -> Fraction:
    """Return a value as a fraction; a date as its proleptic ordinal."""
    return fraction_type()(value.toordinal() if isinstance(value, datetime.date) else value)
