"""Weighted sums of fields over their grid positions, as which the axes of sums are cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import gcd, lcm
from typing import TYPE_CHECKING, Any

from engine.frozen import frozen_value
from engine.language.model.field_kinds import Field
from engine.language.model.values.grid_positions import grid_base

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction


@frozen_value
class Form:
    """A sum of grid positions with coprime integer coefficients, and a number read from it: scale * sum + offset."""

    coefficients: tuple[tuple[str, int], ...]
    scale: Fraction
    offset: Fraction


def axis_key(form: Form) -> Any:
    """Return the key of a sum's axis; a sum of a single field is that field's own axis."""
    if len(form.coefficients) == 1:
        return form.coefficients[0][0]
    return form.coefficients


def form_of(fields: Mapping[str, Field], terms: Iterable[tuple[str, int | Decimal]], plus: int | Decimal) -> Form:
    """Return a weighted sum of fields as a `Form` over their grid positions, the first coefficient positive."""
    from fractions import Fraction

    offset = Fraction(plus)
    weights: dict[str, Fraction] = {}
    for name, coefficient in terms:
        field = fields[name]
        offset += Fraction(coefficient) * grid_base(field)
        weights[name] = Fraction(coefficient) * (Fraction(field.step) if field.step is not None else 1)
    whole = lcm(*(weight.denominator for weight in weights.values()))
    common = gcd(*(int(weight * whole) for weight in weights.values()))
    scale = Fraction(common, whole)
    ordered = [name for name in fields if name in weights]
    if weights[ordered[0]] < 0:
        scale = -scale
    return Form(tuple((name, int(weights[name] / scale)) for name in ordered), scale, offset)
