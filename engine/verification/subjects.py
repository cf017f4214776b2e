"""Subjects: the single quantities that a node of a certificate can branch on, and the situations that are left.

A subject is a field, one option of an `any_of` field, or a sum of fields: a derived number or the difference of two
fields. Its values have positions, and what is left of it is a part (`position_ranges.py`). Fields that share a sum are
tied: only for them can a choice of parts leave no situation, which `omega.py` decides.

The verifier derives the subjects from the policy itself and shares only the definition with the prover.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm, prod
from typing import Any

from engine.budget import Budget
from engine.frozen import frozen_value
from engine.integers.nearest_points import nearest
from engine.integers.omega import feasible
from engine.integers.point_counts import count
from engine.integers.polytopes import Polytope, Strip
from engine.language.model.condition_tree import ORDER_OPS, Compare, Condition, Versus, comparisons_in
from engine.language.model.field_kinds import ANY_OF, Field, Value
from engine.language.model.policy import Policy
from engine.language.model.values.grid_positions import grid_base
from engine.verification.number_expressions import expressions_of, sums_in
from engine.verification.position_ranges import LEAST, MOST, Part, Range, intersect
from engine.verification.positions import domain, some_position, value_at


@frozen_value
class Subject:
    """A quantity to branch on.

    `weights` is empty unless the subject is a sum; then it has pairs of a field's subject index and its integer weight.
    """

    field: Field | None
    domain: Part
    option: str | None = None
    weights: tuple[tuple[int, int], ...] = ()


@frozen_value
class Measure:
    """How a number is read from a subject: `scale` times its position, plus `offset`."""

    subject: int
    scale: Fraction
    offset: Fraction

    def at(self, position: int) -> Fraction:
        """Return the number at a position."""
        return self.scale * position + self.offset

    def position(self, number: Fraction) -> Fraction:
        """Return the position of a number; a fraction if the number lies between two positions."""
        return (number - self.offset) / self.scale


@frozen_value
class TiedGroup:
    """Tied fields and the sums over them, as subject indices."""

    fields: tuple[int, ...]
    sums: tuple[int, ...]

    @property
    def bits(self) -> int:
        """The fields and sums as a bit mask."""
        return sum(1 << each for each in (*self.fields, *self.sums))


class Subjects:
    """The subjects of a policy, referred to by their index in `all`; sets of them are bit masks."""

    def __init__(self, policy: Policy, budget: Budget) -> None:
        self.policy = policy
        self.budget = budget
        self.all: list[Subject] = []
        self.of_field: dict[str, int] = {}
        self.of_option: dict[tuple[str, str], int] = {}
        for field in policy.fields:
            if field.kind == ANY_OF:
                for option in field.all_listed:
                    self.of_option[field.name, option] = self._add(Subject(field, ((0, 1),), option))
            else:
                self.of_field[field.name] = self._add(Subject(field, domain(field)))
        self._sums: dict[tuple[tuple[int, int], ...], int] = {}
        numbers = expressions_of(policy)
        self.expressions = numbers.by_name
        # The sums of fields that are compared, by their terms.
        self.sums: dict[frozenset[tuple[str, Fraction | None]], Measure] = {}
        self.differences: dict[tuple[str, str], Measure] = {}
        # Only sums that are compared tie fields together.
        compared: set[tuple[str, str, Value]] = set()
        for test in _comparisons((*policy.conditions, *numbers.conditions)):
            if isinstance(test, Versus):
                terms = ((test.name, Decimal(1)), (test.other, Decimal(-1)))
                self.differences[test.name, test.other] = self._measure(terms, Fraction(0))
            elif isinstance(test, Compare) and test.name in self.expressions and test.op != "known":
                if (test.name, test.op, test.value) in compared:
                    continue
                compared.add((test.name, test.op, test.value))
                for each in sums_in(self.expressions[test.name], _compared_with(test)):
                    if each.terms:
                        self.sums[frozenset(each.terms)] = self._measure(each.terms, Fraction(0))
        self.groups = self._find_groups()
        self.group_of = {each: group for group in self.groups for each in (*group.fields, *group.sums)}
        self.everything = (1 << len(self.all)) - 1
        self._feasible: dict[Polytope, bool] = {}
        self._counts: dict[Polytope, int] = {}

    def _add(self, subject: Subject) -> int:
        self.all.append(subject)
        return len(self.all) - 1

    def _measure(self, terms: Iterable[tuple[str, Decimal | Fraction]], plus: Fraction) -> Measure:
        """Return the measure of a weighted sum of fields, which becomes a subject unless it has only one field."""
        weights, scale, offset = self._in_positions(terms, plus)
        if len(weights) == 1:
            return Measure(weights[0][0], scale, offset)
        if weights not in self._sums:
            self._sums[weights] = self._add(Subject(None, ((LEAST, MOST),), weights=weights))
        return Measure(self._sums[weights], scale, offset)

    def measure(self, terms: Iterable[tuple[str, Decimal | Fraction]], plus: Fraction) -> Measure | None:
        """Return the measure of a weighted sum of fields; None if the policy does not compare it."""
        weights, scale, offset = self._in_positions(terms, plus)
        place = weights[0][0] if len(weights) == 1 else self._sums.get(weights)
        return None if place is None else Measure(place, scale, offset)

    def _in_positions(
        self, terms: Iterable[tuple[str, Decimal | Fraction]], plus: Fraction
    ) -> tuple[tuple[tuple[int, int], ...], Fraction, Fraction]:
        """Return a weighted sum of fields as one of their positions: its weights, scale and offset.

        The weights, by subject index, are coprime integers, the first one positive.
        """
        exact: dict[int, Fraction] = {}
        for name, times in sorted(terms, key=lambda term: self.of_field[term[0]]):
            field = self.policy.field[name]
            plus += Fraction(times) * grid_base(field)
            exact[self.of_field[name]] = Fraction(times) * Fraction(1 if field.step is None else field.step)
        whole = lcm(*(weight.denominator for weight in exact.values()))
        scale = Fraction(gcd(*(int(weight * whole) for weight in exact.values())), whole)
        if next(iter(exact.values())) < 0:
            scale = -scale
        return tuple((field, int(weight / scale)) for field, weight in exact.items()), scale, plus

    def _find_groups(self) -> list[TiedGroup]:
        """Group the sums that share fields, directly or through other sums, with all their fields."""
        found: list[tuple[set[int], list[int]]] = []
        for weights, place in self._sums.items():
            fields = {field for field, _ in weights}
            sums = [place]
            apart = []
            for other, others in found:
                if other & fields:
                    fields, sums = fields | other, others + sums
                else:
                    apart.append((other, others))
            found = [*apart, (fields, sums)]
        return [TiedGroup(tuple(sorted(fields)), tuple(sorted(sums))) for fields, sums in found]

    # Remaining situations.

    def view(self, subject: int, parts: Sequence[Part]) -> Part:
        """Return the positions that a subject can still have; for a sum, limited to what its fields allow."""
        weights = self.all[subject].weights
        if not weights:
            return parts[subject]
        low: Any = 0
        high: Any = 0
        for field, weight in weights:
            ends = [weight * parts[field][0][0], weight * parts[field][-1][1]]
            low, high = low + min(ends), high + max(ends)
        return intersect(parts[subject], ((low, high),))

    def pieces(self, subject: int, part: Part) -> list[Part]:
        """Split a part so that a subject can be narrowed to each piece: a tied subject range by range."""
        if subject in self.group_of:
            return [(each,) for each in part]
        return [part] if part else []

    def region(self, group: TiedGroup, parts: Sequence[Part]) -> Polytope:
        """Return the polytope of grid points left of tied fields; each of their parts must be a single range."""
        box = tuple(_interval(parts[field][0]) for field in group.fields)
        strips = []
        for place in group.sums:
            if parts[place] != self.all[place].domain:
                weights = dict(self.all[place].weights)
                coefficients = tuple(weights.get(field, 0) for field in group.fields)
                strips.append(Strip(coefficients, _interval(parts[place][0])))
        return Polytope(box, tuple(strips))

    def is_inhabited(self, group: TiedGroup, parts: Sequence[Part]) -> bool:
        """Whether tied fields can have values in these parts; raises `OutOfSteps`."""
        region = self.region(group, parts)
        if region not in self._feasible:
            self._feasible[region] = feasible(region, self.budget)
        return self._feasible[region]

    def closed(self, subjects: int) -> int:
        """Return a set of subjects with all subjects that are tied to them."""
        for group in self.groups:
            if group.bits & subjects:
                subjects |= group.bits
        return subjects

    def size(self, subjects: int, parts: Sequence[Part], counting: Budget) -> int:
        """Return the number of combinations of values that some subjects can have.

        The set must be closed under ties, and every part bounded. `counting` pays for counting points of tied fields.
        Raises `OutOfSteps`.
        """
        many = 1
        for group in self.groups:
            if group.bits & subjects:
                region = self.region(group, parts)
                if region not in self._counts:
                    self._counts[region] = count(region, counting)
                many *= self._counts[region]
                subjects &= ~group.bits
        sizes = [
            sum(high - low + 1 for low, high in parts[place]) for place in range(len(self.all)) if subjects >> place & 1
        ]
        return many * int(prod(sizes))

    def situation(self, parts: Sequence[Part]) -> dict[str, Value]:
        """Return a complete situation with each subject in its part; one must exist."""
        values: dict[str, Any] = {}
        for group in self.groups:
            region = self.region(group, parts)
            targets = tuple(some_position(parts[field][0]) for field in group.fields)
            point = nearest(region, targets, self.budget)
            assert point is not None
            for place, position in zip(group.fields, point, strict=True):
                values[self._field(place).name] = value_at(self._field(place), position)
        for name, place in self.of_field.items():
            if name not in values:
                values[name] = value_at(self._field(place), some_position(parts[place][0]))
        for name, option in self.of_option:
            chosen = parts[self.of_option[name, option]][0][0] == 1
            values[name] = (*values.get(name, ()), option) if chosen else values.get(name, ())
        return {name: values[name] for name in self.policy.field}

    def _field(self, place: int) -> Field:
        field = self.all[place].field
        assert field is not None
        return field


def _interval(within: Range) -> tuple[int | None, int | None]:
    low, high = within
    return (None if low == LEAST else low), (None if high == MOST else high)


def _compared_with(test: Compare) -> list[tuple[str, Fraction]]:
    """Return the operators and numbers that a derived number is compared with; a value is compared from both sides."""
    listed: Any = test.value if isinstance(test.value, tuple) else (test.value,)
    ops = (test.op,) if test.op in ORDER_OPS else ("at_least", "at_most")
    return [(op, Fraction(each)) for op in ops for each in listed]


def _comparisons(conditions: Iterable[Condition]) -> Iterable[Any]:
    for condition in conditions:
        yield from comparisons_in(condition)
