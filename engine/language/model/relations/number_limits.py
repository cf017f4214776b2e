"""What is known of the values of numbers by the declared ranges of the fields alone.

Between which values a number lies is found by interval arithmetic, and of what all its values are multiples by
arithmetic with congruences (P. Granger, "Static analysis of arithmetical congruences", 1989).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from math import inf, prod
from typing import Any, Protocol

from engine.frozen import NamedTuple
from engine.language.documents.exact import common_divisor, fraction_type
from engine.language.model.condition_tree import ByDay
from engine.language.model.field_kinds import DATE, Field
from engine.language.model.policy_parts import (
    GIVEN_BY_RULES,
    LARGER_OF,
    POINTS,
    PRODUCT,
    RATIO,
    SMALLER_OF,
    SUM,
    Number,
)
from engine.language.model.relations.dated_numbers import versions_of
from engine.language.model.relations.derivations import Derivation, parts_of
from engine.language.model.relations.finite_values import MOST_VALUES, exclusive_groups, split_product
from engine.language.model.relations.step_outputs import computed_entries, written_amounts
from engine.language.model.values.computed_outputs import ComputedOutput
from engine.language.model.values.grid_positions import grid_base


class Numbered(Protocol):
    """What is read here of a policy; see `Policy`."""

    @property
    def field(self) -> Mapping[str, Field]: ...

    @property
    def derived_in_order(self) -> tuple[Derivation, ...]: ...

    @property
    def shapes(self) -> Mapping[str, Any]: ...


class Limits(NamedTuple):
    """The least and the greatest value, infinite for an open end; a number need not come to either.

    All values are multiples of `unit`, which is 0 for the value 0 alone, and None where no such unit is known.
    """

    low: Any
    high: Any
    unit: Any


def limits_of_numbers(policy: Numbered) -> dict[str, Limits]:
    """Return the limits of all numbers of a policy, by name."""
    return all_limits((each for each in policy.derived_in_order if isinstance(each, Number)), policy.field)


def all_limits(
    numbers: Iterable[Number], fields: Mapping[str, Field], known: Mapping[str, Limits] | None = None
) -> dict[str, Limits]:
    """Return the limits of numbers, by name.

    Args:
        numbers: The numbers, each after those that it reads.
        fields: The fields by name.
        known: The limits of some of them.
    """
    found = dict(known or {})
    for number in numbers:
        if number.name not in found:
            found[number.name] = limits_of_number(number, found, fields)
    return found


def limits_of(part: Any, known: Mapping[str, Limits], fields: Mapping[str, Field]) -> Limits:
    """Return the limits of a field, a number or a fixed value; those of a dated constant over all its periods.

    Args:
        part: The name of a field or number, or the value.
        known: The limits of the numbers.
        fields: The fields by name.
    """
    if isinstance(part, ByDay):
        return _around(limits_of(value, known, fields) for _, value in part.periods)
    if not isinstance(part, str):
        return Limits(_amount(part), _amount(part), abs(_amount(part)))
    return known[part] if part in known else _limits_of_field(fields[part])


def _limits_of_field(field: Field) -> Limits:
    low, high = field.limits
    unit = None
    if field.kind == DATE:
        unit = _amount(1)
    elif field.is_grid:
        unit = common_divisor([grid_base(field), _amount(field.step or 1)])
    return Limits(-inf if low is None else _amount(low), inf if high is None else _amount(high), unit)


def limits_of_amount(amount: Any, known: Mapping[str, Limits], fields: Mapping[str, Field]) -> Limits:
    """Return the limits of an amount that rules give, written out or worked out; rounding never falls."""
    if not isinstance(amount, ComputedOutput):
        return limits_of(amount, known, fields)
    limits = limits_of(amount.number, known, fields)
    if rounds_nothing(amount, limits):
        return limits
    low, high = (end if end in (-inf, inf) else amount.amount(end) for end in (limits.low, limits.high))
    return Limits(low, high, _amount(amount.to))


def rounds_nothing(amount: ComputedOutput, limits: Limits) -> bool:
    """Whether an amount is what its number is in every situation, given the limits of the number."""
    return amount.to is None or (limits.unit is not None and limits.unit % _amount(amount.to) == 0)


def few_rounded_values(limits: Limits) -> tuple[Any, ...] | None:
    """Return the multiples of the unit within the limits of a rounded amount; None if there are more than 1,000."""
    if limits.low == limits.high:
        return (limits.low,)
    if limits.low == -inf or limits.high == inf or (limits.high - limits.low) / limits.unit >= MOST_VALUES:
        return None
    return tuple(limits.low + limits.unit * place for place in range(int((limits.high - limits.low) / limits.unit) + 1))


def few_amounts(number: Number, known: Mapping[str, Limits], fields: Mapping[str, Field]) -> frozenset[Any] | None:
    """Return the amounts that the rules of a step may give, if all that are worked out are rounded to few values.

    Args:
        number: The number that is an output of the step.
        known: The limits of the numbers.
        fields: The fields by name.
    """
    found = set(map(_amount, written_amounts(number)))
    for each in computed_entries(number):
        limits = limits_of_amount(each, known, fields)
        values = None if each.to is None else few_rounded_values(limits)
        if values is None:
            return None
        found.update(values)
    return frozenset(found) if len(found) <= MOST_VALUES else None


def cases_of_rounded(policy: Numbered) -> dict[str, float]:
    """Map the numbers that are made of an amount which a step rounds to the cases that they are in a sum.

    Beside a field, a rounded amount is compared for each of its values; beside what is always one of some fixed
    amounts, it is not. The cases are infinitely many where there are more than `MOST_VALUES` values. A number of which
    rounding changes nothing is not rounded.
    """
    limits = limits_of_numbers(policy)
    found: dict[str, float] = {}
    for number in (each for each in policy.derived_in_order if isinstance(each, Number)):
        if number.given_by:
            cases = [_cases_of_amount(each, policy, limits, found) for each in computed_entries(number)]
            if any(cases):
                found[number.name] = sum(each or 1 for each in cases) + len(written_amounts(number))
        elif not found.keys().isdisjoint(parts_of(number)):
            parts = [found.get(part, 1) for part in parts_of(number)]
            if number.kind == PRODUCT:
                found[number.name] = _cases_of_product(number, policy, found)
            else:
                found[number.name] = sum(parts) if number.kind in (LARGER_OF, SMALLER_OF) else prod(parts)
    return found


def _cases_of_amount(
    amount: ComputedOutput, policy: Numbered, limits: Mapping[str, Limits], found: Mapping[str, float]
) -> float:
    """Return the cases that an amount which is worked out is in a sum; 0 if it is not rounded."""
    if rounds_nothing(amount, limits[amount.number]):
        return found.get(amount.number, 0)
    values = few_rounded_values(limits_of_amount(amount, limits, policy.field))
    return inf if values is None else len(values) * found.get(amount.number, 1)


def _cases_of_product(number: Number, policy: Numbered, found: Mapping[str, float]) -> float:
    """Return the cases that a product is: those of the factor that is left, for each value of the others."""
    values = {name: shape.values for name, shape in policy.shapes.items()}
    versions = [version for _, version in versions_of(number)] or [number]
    splits = [split_product(version, values, policy.field) for version in versions]
    return max(len(split.cases) * found.get(str(split.factor), 1) for split in splits if split is not None)


def limits_of_number(number: Number, known: Mapping[str, Limits], fields: Mapping[str, Field]) -> Limits:
    """Return the limits of a number, given those of the numbers that it reads."""
    versions = versions_of(number)
    if versions:
        return _around(limits_of_number(version, known, fields) for _, version in versions)
    if number.kind in GIVEN_BY_RULES:
        return _around(limits_of_amount(entry.add, known, fields) for entry in number.entries)
    if number.kind == POINTS:
        groups = [[_amount(entry.add) for entry in group] for group in exclusive_groups(number.entries, fields)]
        low, high = sum(min(0, *adds) for adds in groups), sum(max(0, *adds) for adds in groups)
        return Limits(low, high, common_divisor(add for adds in groups for add in adds))
    if number.kind == SUM:
        terms = [_times(limits_of(name, known, fields), _amount(times)) for name, times in number.terms]
        terms.append(limits_of(number.plus, known, fields))
        return Limits(sum(term.low for term in terms), sum(term.high for term in terms), _common_unit(terms))
    parts = [limits_of(part, known, fields) for part in number.parts]
    if number.kind == PRODUCT:
        found = parts[0]
        for each in parts[1:]:
            ends = [_multiplied(one, other) for one in found[:2] for other in each[:2]]
            unit = None if found.unit is None or each.unit is None else found.unit * each.unit
            found = Limits(min(ends), max(ends), unit)
        return found
    if number.kind == RATIO:
        of, to = parts
        if to.low <= 0:
            # It is refused.
            return Limits(-inf, inf, None)
        low = _divided(of.low, to.high if of.low > 0 else to.low)
        return Limits(low, _divided(of.high, to.low if of.high > 0 else to.high), None)
    choose: Any = min if number.kind == SMALLER_OF else max
    return Limits(choose(each.low for each in parts), choose(each.high for each in parts), _common_unit(parts))


def _times(limits: Limits, factor: Any) -> Limits:
    """Multiply limits by a fixed factor."""
    ends = [_multiplied(end, factor) for end in limits[:2]]
    return Limits(min(ends), max(ends), None if limits.unit is None else limits.unit * abs(factor))


def _multiplied(one: Any, other: Any) -> Any:
    """Multiply two ends of limits; nothing is left of an infinite one that is multiplied by 0."""
    return one * other if one and other else 0


def _divided(end: Any, divisor: Any) -> Any:
    """Divide an end of some limits by a divisor above 0, either of which may be infinite."""
    if end in (-inf, inf):
        return end
    return 0 if divisor == inf else end / divisor


def _around(found: Iterable[Limits]) -> Limits:
    every = list(found)
    return Limits(min(each.low for each in every), max(each.high for each in every), _common_unit(every))


def _common_unit(every: Iterable[Limits]) -> Any:
    units = [each.unit for each in every]
    return None if None in units else common_divisor(units)


def _amount(value: Any) -> Any:
    return fraction_type()(value.toordinal() if isinstance(value, datetime.date) else value)
