"""The values that a factor of a product may have, where they are few: a product is split into them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any, TypeAlias

from engine.language.model.condition_tree import ByDay
from engine.language.model.field_kinds import DATE, INTEGER, Field
from engine.language.model.policy import Policy
from tests.support.judging.solving.linear import exact_number

# A factor of a product that is split into its values has so many.
_MOST_VALUES = 40


def few_values(policy: Policy, part: Any) -> list[Fraction] | None:
    """The values of a factor, if they are few: of a fixed value, a small field, points, or what is made of these."""
    if not isinstance(part, str):
        return _fixed(part)
    field = policy.field.get(part)
    if field is not None:
        if not is_grid(field) or field.low is None or field.high is None:
            return None
        step, low = exact_number(field.step or 1), exact_number(field.low)
        many = int((exact_number(field.high) - low) / step) + 1
        return [low + place * step for place in range(many)] if many <= _MOST_VALUES else None
    number = policy.number[part]
    if number.entries:
        sums = {Fraction(0)}
        for entry in number.entries:
            sums |= {total + add for total in sums for add in _fixed(entry.add)}
        return sorted(sums)
    if number.kind == "sum":
        weighted = [
            known and sorted({times * value for times in _fixed(weight) for value in known})
            for known, weight in ((few_values(policy, name), weight) for name, weight in number.terms)
        ]
        return _combined([_fixed(number.plus), *weighted], sum)
    if number.kind in ("larger_of", "smaller_of"):
        choose = max if number.kind == "larger_of" else min
        return _combined([few_values(policy, each) for each in number.parts], choose)
    return None


def _fixed(value: Any) -> list[Fraction]:
    """A fixed value, or those of a dated constant."""
    return [exact_number(each) for _, each in value.periods] if isinstance(value, ByDay) else [exact_number(value)]


_Values: TypeAlias = "list[Fraction] | None"


def _combined(parts: Sequence[_Values], join: Callable[[Sequence[Fraction]], Any]) -> _Values:
    """What one value of each part comes to, each way."""
    known = [each for each in parts if each is not None]
    if len(known) < len(parts) or prod(map(len, known)) > _MOST_VALUES:
        return None
    return sorted({Fraction(join(each)) for each in product(*known)})


def is_grid(field: Field) -> bool:
    """Whether the answers are whole steps apart."""
    return field.kind in (INTEGER, DATE) or field.step is not None
