"""Between which values a number lies, by the declared ranges of the fields alone: interval arithmetic."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from math import inf
from typing import Any

from engine.frozen import NamedTuple
from engine.language.documents.exact import fraction_type
from engine.language.model.condition_tree import ByDay
from engine.language.model.field_kinds import Field
from engine.language.model.policy_parts import GIVEN_BY_RULES, POINTS, PRODUCT, RATIO, SMALLER_OF, SUM, Number
from engine.language.model.relations.dated_numbers import versions_of
from engine.language.model.relations.finite_values import exclusive_groups
from engine.language.model.values.computed_outputs import ComputedOutput


class Limits(NamedTuple):
    """The least and the greatest value, infinite for an open end; a number need not come to either."""

    low: Any
    high: Any


def is_positive(part: Any, numbers: Mapping[str, Number], fields: Mapping[str, Field]) -> bool:
    """Whether a field, a number or a fixed value is above 0 in every situation, by the declared ranges."""
    return bool(limits_of(part, numbers, fields).low > 0)


def limits_of(part: Any, numbers: Mapping[str, Number], fields: Mapping[str, Field]) -> Limits:
    """Return the limits of a field, a number or a fixed value; those of a dated constant over all its periods."""
    if isinstance(part, ByDay):
        return _around(limits_of(value, numbers, fields) for _, value in part.periods)
    if not isinstance(part, str):
        return Limits(_amount(part), _amount(part))
    if part not in numbers:
        low, high = fields[part].limits
        return Limits(-inf if low is None else _amount(low), inf if high is None else _amount(high))
    number = numbers[part]
    versions = versions_of(number)
    if versions:
        return _around(_limits(version, numbers, fields) for _, version in versions)
    return _limits(number, numbers, fields)


def _limits(number: Number, numbers: Mapping[str, Number], fields: Mapping[str, Field]) -> Limits:
    """Return the limits of a number that has no dated constants of its own; the divisor of a ratio is positive."""
    if number.kind in GIVEN_BY_RULES:
        return _around(_limits_of_amount(entry.add, numbers, fields) for entry in number.entries)
    if number.kind == POINTS:
        groups = [[_amount(entry.add) for entry in group] for group in exclusive_groups(number.entries, fields)]
        return Limits(sum(min(0, *adds) for adds in groups), sum(max(0, *adds) for adds in groups))
    if number.kind == SUM:
        terms = [_times(limits_of(name, numbers, fields), _amount(times)) for name, times in number.terms]
        low, high = (sum((term[end] for term in terms), _amount(number.plus)) for end in (0, 1))
        return Limits(low, high)
    parts = [limits_of(part, numbers, fields) for part in number.parts]
    if number.kind == PRODUCT:
        found = parts[0]
        for each in parts[1:]:
            found = _around(_times(found, end) for end in each)
        return found
    if number.kind == RATIO:
        of, to = parts
        low = _divided(of.low, to.high if of.low > 0 else to.low)
        return Limits(low, _divided(of.high, to.low if of.high > 0 else to.high))
    choose: Any = min if number.kind == SMALLER_OF else max
    return Limits(choose(low for low, _ in parts), choose(high for _, high in parts))


def _limits_of_amount(amount: Any, numbers: Mapping[str, Number], fields: Mapping[str, Field]) -> Limits:
    """Return the limits of an amount that rules give, written out or worked out; rounding never falls."""
    if not isinstance(amount, ComputedOutput):
        return Limits(_amount(amount), _amount(amount))
    low, high = limits_of(amount.number, numbers, fields)
    return Limits(*(end if end in (-inf, inf) else amount.amount(end) for end in (low, high)))


def _times(limits: Limits, factor: Any) -> Limits:
    """Multiply limits; nothing is left of an infinite end that is multiplied by 0."""
    ends = [end * factor if end and factor else 0 for end in limits]
    return Limits(min(ends), max(ends))


def _divided(end: Any, divisor: Any) -> Any:
    """Divide an end of some limits by a divisor above 0, either of which may be infinite."""
    if end in (-inf, inf):
        return end
    return 0 if divisor == inf else end / divisor


def _around(found: Iterable[Limits]) -> Limits:
    lows, highs = zip(*found, strict=True)
    return Limits(min(lows), max(highs))


def _amount(value: Any) -> Any:
    return fraction_type()(value.toordinal() if isinstance(value, datetime.date) else value)
