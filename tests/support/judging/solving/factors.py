"""The values that a factor of a product may have, where they are few: a product is split into them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from engine.language.model.condition_tree import ByDay
from engine.language.model.field_kinds import DATE, INTEGER, Field
from engine.language.model.policy import Policy
from tests.support.judging.solving.linear import exact_number

# A factor of a product that is split into its values has so many.
_MOST_VALUES = 20


def few_values(policy: Policy, part: Any) -> list[Fraction] | None:
    """The values of a factor, if they are few: of a fixed value, a small field, or points."""
    if not isinstance(part, str):
        return []
    field = policy.field.get(part)
    if field is not None:
        if not is_grid(field) or field.low is None or field.high is None:
            return None
        step, low = exact_number(field.step or 1), exact_number(field.low)
        many = int((exact_number(field.high) - low) / step) + 1
        return [low + place * step for place in range(many)] if many <= _MOST_VALUES else None
    entries = policy.number[part].entries
    if not entries:
        return None
    sums = {Fraction(0)}
    for entry in entries:
        adds = [each for _, each in entry.add.periods] if isinstance(entry.add, ByDay) else [entry.add]
        sums |= {total + exact_number(add) for total in sums for add in adds}
    return sorted(sums)


def is_grid(field: Field) -> bool:
    """Whether the answers are whole steps apart."""
    return field.kind in (INTEGER, DATE) or field.step is not None
