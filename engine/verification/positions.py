"""Mapping between the values of one field and their positions."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Any

from engine.language.model.field_kinds import CHOICE, TEXT, YES_NO, Field, Value
from engine.language.model.values.grid_positions import absent_position, exact_decimal, grid_position, grid_value
from engine.verification.position_ranges import LEAST, MOST, Part, Range, union


def domain(field: Field) -> Part:
    """Return the positions of a field: of its values, with `LEAST` or `MOST` at an open end, and of no value."""
    if not field.absences or field.kind in (CHOICE, TEXT):
        # What stands for no value is one of the choices or known texts.
        return (_values(field),)
    return union((_values(field), *no_value(field)))


def no_value(field: Field) -> Part:
    """Return the positions of a field at which it has no value; empty if it always has one."""
    return union(absence_part(field, absence)[0] for absence in field.absences)


def absence_part(field: Field, absence: str) -> Part:
    """Return the position of what stands for no value of a field."""
    if field.is_listed:
        place = 2 + field.absences.index(absence) if field.kind == YES_NO else field.rank[absence]
    elif field.is_grid:
        place = absent_position(field, absence)
    else:
        end: Any = field.high if field.none_is_above else field.low
        beside = 1 + field.absences.index(absence)
        point = Fraction(end) + (beside if field.none_is_above else -beside), 0
        return ((point, point),)
    return ((place, place),)


def _values(field: Field) -> Range:
    """Return the first and last position of a field's values."""
    if field.kind == CHOICE:
        return 0, len(field.all_listed) - 1
    if field.kind == YES_NO:
        return 0, 1
    if field.kind == TEXT:
        return 0, len(field.all_listed)
    low, high = field.limits
    if field.is_grid:
        return (
            LEAST if low is None else ceil(grid_position(field, low)),
            MOST if high is None else floor(grid_position(field, high)),
        )
    return (LEAST if low is None else Fraction(low), 0), (MOST if high is None else Fraction(high), 0)


def value_at(field: Field, position: Any) -> Value:
    """Return the value of a field at a position."""
    if field.kind == CHOICE:
        return str(field.all_listed[position])
    for absence in field.absences:
        if absence_part(field, absence)[0][0] == position:
            return absence
    if field.kind == YES_NO:
        return bool(position)
    if field.kind == TEXT:
        return field.all_listed[position] if position < len(field.all_listed) else unknown_text(field)
    if field.is_grid:
        return grid_value(field, position)
    return exact_decimal(Fraction(position[0]))


def unknown_text(field: Field) -> str:
    """Return a text that the policy does not mention for this field."""
    return max((f"{text}?" for text in field.known), key=len, default="?")


def some_position(within: Range) -> Any:
    """Return a position in a range: an end that belongs to it, otherwise a position between its ends."""
    low, high = within
    if not isinstance(low, tuple):
        return low if low != LEAST else high if high != MOST else 0
    if low[0] != LEAST and low[1] == 0:
        return low
    if high[0] != MOST and high[1] == 0:
        return high
    least = None if low[0] == LEAST else Fraction(low[0])
    most = None if high[0] == MOST else Fraction(high[0])
    if least is None or most is None:
        return (most - 1 if most is not None else least + 1 if least is not None else Fraction(0)), 0
    return (least + most) / 2, 0
