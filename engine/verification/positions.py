"""Mapping between the values of one field and their positions."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Any

from engine.language.model.field_kinds import CHOICE, NONE, TEXT, YES_NO, Field, Value
from engine.language.model.values.grid_positions import exact_decimal, grid_position, grid_value, none_position
from engine.verification.position_ranges import LEAST, MOST, Part, Range, union


def domain(field: Field) -> Part:
    """Return the positions of a field: of its values, with `LEAST` or `MOST` at an open end, and of `none`."""
    if field.or_none is None or field.kind in (CHOICE, TEXT):
        # `none` is one of the choices or known texts.
        return (_values(field),)
    return union((_values(field), *none_part(field)))


def none_part(field: Field) -> Part:
    """Return the position of `none`, which must be an answer to the field."""
    if field.is_listed:
        place = 2 if field.kind == YES_NO else field.rank[NONE]
    elif field.is_grid:
        place = none_position(field)
    else:
        end: Any = field.high if field.none_is_above else field.low
        point = Fraction(end) + (1 if field.none_is_above else -1), 0
        return ((point, point),)
    return ((place, place),)


def _values(field: Field) -> Range:
    """Return the first and last position of a field's values."""
    if field.kind == CHOICE:
        return 0, len(field.options) - 1
    if field.kind == YES_NO:
        return 0, 1
    if field.kind == TEXT:
        return 0, len(field.known)
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
        return str(field.options[position])
    if field.or_none is not None and none_part(field)[0][0] == position:
        return NONE
    if field.kind == YES_NO:
        return bool(position)
    if field.kind == TEXT:
        return field.known[position] if position < len(field.known) else unknown_text(field)
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
