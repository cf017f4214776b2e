"""Positions of integers, dates and stepped numbers on the grid of their field, as exact whole numbers."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from engine.language.documents.exact import decimal_type, fraction_type
from engine.language.model.field_kinds import DATE, NUMBER, Field

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

    A date's position is its ordinal, in days from year 1.
    """
    if field.kind == DATE:
        return int(value.toordinal())
    if field.step is None and isinstance(value, int):
        return value
    fraction = fraction_type()
    if field.step is None:
        return fraction(value)
    return (fraction(value) - grid_base(field)) / fraction(field.step)


def grid_value(field: Field, position: int) -> int | Decimal | datetime.date:
    """The value at an integral grid position; the inverse of `grid_position`."""
    if field.kind == DATE:
        return datetime.date.fromordinal(position)
    if field.step is None:
        return position
    return exact_decimal(grid_base(field) + position * fraction_type()(field.step))


def exact_decimal(number: Fraction) -> Decimal:
    """Convert a fraction with a finite decimal expansion to a decimal, exactly."""
    places = 0
    while number.denominator != 1:
        number *= 10
        places += 1
    digits = tuple(map(int, str(abs(number.numerator))))
    # Built from digits, because decimal arithmetic rounds to the precision of the context.
    return decimal_type()((int(number < 0), digits, -places))
