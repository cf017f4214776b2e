"""Positions of integers, dates and stepped numbers on the grid of their field, as exact whole numbers."""

from __future__ import annotations

import datetime
from math import gcd
from typing import TYPE_CHECKING, Any

from engine.language.documents.exact import decimal_type, fraction_type
from engine.language.model.field_kinds import DATE, NONE, NOT_ASKED, NUMBER, Field

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction


def grid_base(field: Field) -> int | Fraction:
    """The value at position 0 of the field's grid: `low` for a stepped number, else 0."""
    if field.kind != NUMBER or field.low is None or isinstance(field.low, datetime.date):
        return 0
    return fraction_type()(field.low)


def grid_position(field: Field, value: Any) -> int | Fraction:
    """The position of a value on the grid of an integer, date or number; integral if and only if it lies on the grid.

    A date's position is its ordinal, in days from year 1. That of `none` is the one just beside the range.
    """
    if value in (NONE, NOT_ASKED):
        return absent_position(field, value)
    if field.kind == DATE:
        return int(value.toordinal())
    if field.step is None and isinstance(value, int):
        return value
    fraction = fraction_type()
    if field.step is None:
        return fraction(value)
    return (fraction(value) - grid_base(field)) / fraction(field.step)


def grid_value(field: Field, position: int) -> int | Decimal | datetime.date | str:
    """The value at an integral grid position; the inverse of `grid_position`."""
    for absence in field.absences:
        if position == absent_position(field, absence):
            return absence
    if field.kind == DATE:
        return datetime.date.fromordinal(position)
    if field.step is None:
        return position
    return exact_decimal(grid_base(field) + position * fraction_type()(field.step))


def absent_position(field: Field, absence: str = NONE) -> int:
    """The position that stands for `none`: just above the range of a field, or below it if there is no upper end.

    No value has it, so that `none` is one more position of a number or date, and sums of positions stay whole. The one
    of a question that is not asked comes after it.
    """
    end: Any = field.high if field.none_is_above else field.low
    beside = 1 if absence == NONE else len(field.absences)
    return int(grid_position(field, end)) + (beside if field.none_is_above else -beside)


def exact_decimal(number: Fraction) -> Decimal:
    """Convert a fraction with a finite decimal expansion to a decimal, exactly; raises `ValueError` for any other."""
    left, places = number.denominator, 0
    # Each place takes a factor of 2 or 5, or both, out of the denominator.
    while left != 1:
        common = gcd(left, 10)
        if common == 1:
            raise ValueError(f"{number} is no finite decimal")
        left //= common
        places += 1
    scaled = number * 10**places
    digits = tuple(map(int, str(abs(scaled.numerator))))
    # Built from digits, because decimal arithmetic rounds to the precision of the context.
    return decimal_type()((int(scaled < 0), digits, -places))
