"""The values that a number can have, where they are few: what a factor of a product is split into.

There may be values among them that no situation has. None is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.frozen import NamedTuple
from engine.language.documents.exact import fraction_type
from engine.language.model.condition_tree import All, Compare, Condition
from engine.language.model.field_kinds import CHOICE, DATE, TEXT, YES_NO, Field
from engine.language.model.policy_parts import (
    GIVEN_BY_RULES,
    LARGER_OF,
    POINTS,
    PRODUCT,
    RATIO,
    SUM,
    Number,
    PointsEntry,
)
from engine.language.model.relations.dated_numbers import versions_of
from engine.language.model.values.grid_positions import exact_decimal, grid_position, grid_value

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

# A factor of a product may have so many values.
MOST_VALUES = 1_000
Values: TypeAlias = "frozenset[Fraction]"


class SplitProduct(NamedTuple):
    """A product as one factor times the values that the others come to, each with the condition for it."""

    factor: str | Decimal
    cases: tuple[tuple[Condition, Fraction], ...]


def split_product(
    number: Number, known: Mapping[str, Values | None], fields: Mapping[str, Field]
) -> SplitProduct | None:
    """Split a product at the factors with few values; None if more than one factor has too many.

    Exactly one of the conditions holds in every situation.
    """
    values = [values_of_part(part, known, fields) for part in number.parts]
    # The factor with the most values is the one that is left.
    sizes = [MOST_VALUES + 1 if found is None else len(found) for found in values]
    most = sizes.index(max(sizes))
    pairs = zip(number.parts, values, strict=True)
    others = [(part, found) for place, (part, found) in enumerate(pairs) if place != most]
    few = [(part, sorted(found)) for part, found in others if found is not None]
    if len(few) < len(others) or prod(len(found) for _, found in few) > MOST_VALUES:
        return None
    cases = []
    for chosen in product(*(found for _, found in few)):
        tests = (
            Compare(part, "is", exact_decimal(value), number.place)
            for (part, _), value in zip(few, chosen, strict=True)
            if isinstance(part, str)
        )
        cases.append((All(tuple(tests), number.place), fraction_type()(prod(chosen))))
    return SplitProduct(number.parts[most], tuple(cases))


def values_of_part(part: Any, known: Mapping[str, Values | None], fields: Mapping[str, Field]) -> Values | None:
    """Return the values of a field, a number or a fixed value; None if there may be more than `MOST_VALUES`."""
    fraction = fraction_type()
    if not isinstance(part, str):
        return frozenset([fraction(part)])
    if part in known:
        return known[part]
    field = fields.get(part)
    if field is None or not field.is_grid or field.kind == DATE or None in field.limits:
        return None
    low, high = (int(grid_position(field, end)) for end in field.limits)
    if high - low >= MOST_VALUES:
        return None
    values: list[Any] = [grid_value(field, position) for position in range(low, high + 1)]
    return frozenset(map(fraction, values))


def values_of(number: Number, known: Mapping[str, Values | None], fields: Mapping[str, Field]) -> Values | None:
    """Return the values of a number, given those of the numbers that it reads; None if there may be too many."""
    versions = versions_of(number)
    if versions:
        found = [values_of(version, known, fields) for _, version in versions]
        return _united(found)
    if number.kind in GIVEN_BY_RULES:
        return _given(number, known)
    if number.kind == POINTS:
        return _points(number.entries, fields)
    if number.kind == SUM:
        fraction = fraction_type()
        parts = [values_of_part(name, known, fields) for name, _ in number.terms]
        factors = [fraction(times) for _, times in number.terms]
        total = _combined(parts, lambda each: sum(map(lambda times, value: times * value, factors, each), fraction(0)))
        return None if total is None else frozenset(value + fraction(number.plus) for value in total)
    parts = [values_of_part(part, known, fields) for part in number.parts]
    if number.kind == RATIO:
        # Beyond the declared ranges, where nothing is possible, its divisor need not be above 0.
        parts[1] = None if parts[1] is None else frozenset(each for each in parts[1] if each > 0)
        return _combined(parts, lambda each: each[0] / each[1])
    if number.kind == PRODUCT:
        return _combined(parts, prod)
    return _combined(parts, max if number.kind == LARGER_OF else min)


def _given(number: Number, known: Mapping[str, Values | None]) -> Values | None:
    """Return the amounts that the rules of a step or table may give."""
    from engine.language.model.relations.step_outputs import computed_entries, written_amounts

    found: list[Values | None] = [frozenset([fraction_type()(each)]) for each in written_amounts(number)]
    for each in computed_entries(number):
        values = known.get(each.number)
        found.append(None if values is None else frozenset(map(each.amount, values)))
    return _united(found)


def _united(found: Iterable[Values | None]) -> Values | None:
    united: set[Fraction] = set()
    for values in found:
        if values is None:
            return None
        united |= values
    return frozenset(united) if len(united) <= MOST_VALUES else None


def _combined(parts: list[Values | None], join: Any) -> Values | None:
    """Return what all combinations of values are joined to."""
    known = [values for values in parts if values is not None]
    if len(known) < len(parts) or prod(map(len, known)) > MOST_VALUES:
        return None
    return frozenset(map(join, product(*known)))


def _points(entries: Iterable[PointsEntry], fields: Mapping[str, Field]) -> Values | None:
    """Return the sums of the points of which some can be added together."""
    fraction = fraction_type()
    sums = {fraction(0)}
    for group in exclusive_groups(entries, fields):
        adds = {fraction(0), *(fraction(entry.add) for entry in group)}
        sums = {total + add for total in sums for add in adds}
        if len(sums) > MOST_VALUES:
            return None
    return frozenset(sums)


def exclusive_groups(entries: Iterable[PointsEntry], fields: Mapping[str, Field]) -> list[list[PointsEntry]]:
    """Put together entries of which at most one can add its points: those for different answers to one field."""
    groups: list[tuple[str | None, list[tuple[Any, PointsEntry]]]] = []
    for entry in entries:
        name, part = _part_of_field(entry.when, fields)
        for field, found in groups:
            if name is not None and field == name and all(_are_apart(part, other) for other, _ in found):
                found.append((part, entry))
                break
        else:
            groups.append((name, [(part, entry)]))
    return [[entry for _, entry in found] for _, found in groups]


def _part_of_field(when: Condition, fields: Mapping[str, Field]) -> tuple[str | None, Any]:
    """Return the one field that a condition reads, and on which of its answers it holds; None if it is more complex."""
    tests = list(_tests(when))
    names = {test.name if isinstance(test, Compare) else None for test in tests}
    name = names.pop() if len(names) == 1 else None
    field = fields.get(name or "")
    if field is None:
        return None, None
    if field.kind in (CHOICE, TEXT, YES_NO) and all(test.op in ("is", "one_of") for test in tests):
        listed = [test.value if isinstance(test.value, tuple) else (test.value,) for test in tests]
        return name, frozenset.intersection(*map(frozenset, listed))
    if not field.is_ranged or field.absences:
        return None, None
    # The lowest value with whether it is left out, and the highest with whether it is left in.
    low: Any = None
    high: Any = None
    for test in tests:
        if test.op in ("at_least", "more_than", "is", "on_or_after", "after"):
            start = (test.value, test.op in ("more_than", "after"))
            low = start if low is None else max(low, start)
        if test.op in ("at_most", "less_than", "is", "on_or_before", "before"):
            end = (test.value, test.op not in ("less_than", "before"))
            high = end if high is None else min(high, end)
    return name, (low, high)


def _tests(when: Condition) -> Iterator[Any]:
    """Iterate over the parts of a conjunction, those of conjunctions in it too."""
    if isinstance(when, All):
        for part in when.parts:
            yield from _tests(part)
    else:
        yield when


def _are_apart(one: Any, other: Any) -> bool:
    """Whether no answer lies in both of two parts of a field."""
    if isinstance(one, frozenset) or isinstance(other, frozenset):
        return isinstance(one, frozenset) and isinstance(other, frozenset) and one.isdisjoint(other)
    return _ends_before(one, other) or _ends_before(other, one)


def _ends_before(one: Any, other: Any) -> bool:
    """Whether one part of a line ends before the other begins."""
    (_, high), (low, _) = one, other
    if high is None or low is None:
        return False
    return bool(high[0] < low[0] or (high[0] == low[0] and (not high[1] or low[1])))
