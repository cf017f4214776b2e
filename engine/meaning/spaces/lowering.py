"""Comparisons of a number that is no sum of fields as conditions on what it is made of: exact.

The larger of two numbers is at least 5 where one of them is, and at most 5 where both are: no case for each is needed.
Points are choices between amounts (`choices.py`), whose conditions are nested: where the first choice adds 2, the
others have to add 3. In a sum, each such number is replaced in turn, until only sums of fields are left. The
comparisons that result name fields, sums of the author's, or sums without a name by their expressions.

Conditions that result from points share their parts: they are walked in the order of `in_order`, never as trees.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from datetime import date
from math import ceil, floor
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.language.model.condition_tree import (
    ALWAYS,
    COMPARE,
    EQUAL_OPS,
    NEGATED_ORDER,
    NEVER,
    SAME_ORDER,
    All,
    Compare,
    Condition,
    Holds,
    Not,
    Some,
    Versus,
    comparisons_in,
)
from engine.language.model.field_kinds import DATE
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import GIVEN_BY_RULES, LARGER_OF, POINTS, PRODUCT, RATIO, SUM, Number
from engine.language.model.relations.unsteady_numbers import known_conditions
from engine.language.model.values.grid_positions import exact_decimal, grid_base, grid_position

if TYPE_CHECKING:
    from fractions import Fraction

    from engine.meaning.spaces.point_sums import PointSums

Weights: TypeAlias = "Mapping[str, Fraction]"
_UPWARDS = ("at_least", "more_than")
_MIRRORED = {"at_least": "at_most", "more_than": "less_than", "at_most": "at_least", "less_than": "more_than"}
_OF_DATES = {order: op for op, order in SAME_ORDER.items()}


def lowered(policy: Policy, test: Compare) -> Condition:
    """Return the condition on fields and linear sums that holds where a comparison of any number holds.

    Its parts may be shared; see `in_order`. It holds nowhere where the number has no value.
    """
    if test.name not in policy.nonlinear:
        return test
    known = policy.keep(known_conditions, test.name)
    if test.op == "known":
        return All(known)
    found = policy.keep(_Lowering).condition(test)
    return All((*known, found)) if known else found


def lowered_tests(policy: Policy, condition: Condition) -> Iterator[Compare | Versus]:
    """Iterate over the comparisons of fields and linear sums that a condition comes to; facts are not expanded."""
    for test in comparisons_in(condition):
        if isinstance(test, Compare) and test.name in policy.nonlinear:
            for part in in_order(All(policy.keep(known_conditions, test.name))):
                yield from lowered_tests(policy, part) if isinstance(part, Compare | Versus) else ()
            yield from policy.keep(_Lowering).tests(test) if test.op != "known" else ()
        elif not isinstance(test, Holds):
            yield test


def in_order(condition: Condition, known: Container[int] = ()) -> list[Condition]:
    """Return a condition and its parts, each once and after its own parts.

    Args:
        condition: The condition.
        known: The identities of parts that are left out, with their own parts.
    """
    found: list[Condition] = []
    opened: set[int] = set()
    done: set[int] = set()
    waiting = [condition]
    while waiting:
        each = waiting.pop()
        name = id(each)
        if name in opened:
            if name not in done:
                done.add(name)
                found.append(each)
            continue
        opened.add(name)
        waiting.append(each)
        parts = each.parts if isinstance(each, All | Some) else (each.part,) if isinstance(each, Not) else ()
        waiting.extend(part for part in parts if id(part) not in opened and id(part) not in known)
    return found


def with_shared_tests(condition: Condition, change: Callable[[Compare | Versus | Holds], Condition]) -> Condition:
    """Return a condition with each of its tests replaced, whose parts are shared as those of the condition are."""
    made: dict[int, Condition] = {}
    for each in in_order(condition):
        if isinstance(each, All | Some):
            made[id(each)] = type(each)(tuple(made[id(part)] for part in each.parts), each.place)
        elif isinstance(each, Not):
            made[id(each)] = Not(made[id(each.part)], each.place)
        else:
            made[id(each)] = change(each)
    return made[id(condition)]


class _Lowering:
    """The lowering of the comparisons of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._known: dict[object, Condition] = {}
        self._lowered: dict[object, Condition] = {}
        self._tests: dict[object, tuple[Compare | Versus, ...]] = {}
        self._scores: dict[int, tuple[Number, PointSums]] = {}
        self._versions: dict[str, tuple[tuple[Condition, Number], ...]] = {}
        self._rounded: Mapping[str, float] = {}
        if any(number.given_by for number in policy.numbers):
            from engine.language.model.relations.number_limits import cases_of_rounded

            self._rounded = policy.keep(cases_of_rounded)
        # The author's linear sums by their terms; of equal ones the first.
        self._names: dict[frozenset[tuple[str, Fraction]], str] = {}
        for name, (terms, _) in policy.linear_sums.items():
            self._names.setdefault(_terms(terms), name)

    def condition(self, test: Compare) -> Condition:
        """Return the condition for a comparison of a number that is no sum of fields."""
        key = (test.name, test.op, test.value)
        if key not in self._lowered:
            self._lowered[key] = self._condition(test)
        return self._lowered[key]

    def tests(self, test: Compare) -> tuple[Compare | Versus, ...]:
        """Return the comparisons of fields and linear sums that such a comparison comes to."""
        number = self.policy.number[test.name]
        from engine.language.model.relations.dated_numbers import versions_of

        # Whatever they are compared with, points test what their entries do.
        is_score = number.kind == POINTS and not versions_of(number)
        key = (test.name, "", ()) if is_score else (test.name, test.op, test.value)
        if key not in self._tests:
            whole = All(tuple(entry.when for entry in number.entries)) if is_score else self.condition(test)
            parts = in_order(whole)
            found = (part for part in parts if isinstance(part, Compare | Versus))
            inner = (each for part in found for each in lowered_tests(self.policy, part))
            self._tests[key] = tuple(dict.fromkeys(inner))
        return self._tests[key]

    def _condition(self, test: Compare) -> Condition:
        from fractions import Fraction

        weights = {test.name: Fraction(1)}
        listed = test.value if isinstance(test.value, tuple) else (test.value,)
        bounds = [Fraction(each) for each in listed]  # type: ignore[arg-type]
        if test.op == "none_of":
            return All(tuple(Some(self._both(weights, ("more_than", "less_than"), bound)) for bound in bounds))
        if test.op in EQUAL_OPS:
            return Some(tuple(All(self._both(weights, ("at_least", "at_most"), bound)) for bound in bounds))
        return self.ordered(weights, test.op, bounds[0])

    def _both(self, weights: Weights, ops: tuple[str, str], bound: Fraction) -> tuple[Condition, ...]:
        return tuple(self.ordered(weights, op, bound) for op in ops)

    def ordered(self, weights: Weights, op: str, bound: Fraction) -> Condition:
        """Return the condition under which a weighted sum of fields and numbers compares with a bound."""
        key = (frozenset(weights.items()), op, bound)
        if key not in self._known:
            self._known[key] = self._opened(weights, op, bound)
        return self._known[key]

    def _opened(self, weights: Weights, op: str, bound: Fraction) -> Condition:
        """Replace the first number that is no sum of fields by what it is made of."""

        policy = self.policy
        # Rounded amounts are compared last, with what is left once all others have one of their values; of these the
        # one with the most values comes last, which is not a case for each if nothing else is left.
        nonlinear = [each for each in weights if each in policy.nonlinear]
        name = min(nonlinear, key=lambda each: self._rounded.get(each, 0), default=None)
        if name is None:
            return self._compared(weights, op, bound)
        rest = {each: weight for each, weight in weights.items() if each != name}
        if name not in self._versions:
            from engine.language.model.relations.dated_numbers import versions_of

            self._versions[name] = versions_of(policy.number[name])
        versions = self._versions[name]
        if not versions:
            return self._with(policy.number[name], weights[name], rest, op, bound)
        found = ((when, self._with(version, weights[name], rest, op, bound)) for when, version in versions)
        return Some(tuple(All(each) for each in found))

    def _with(self, number: Number, times: Fraction, rest: Weights, op: str, bound: Fraction) -> Condition:
        """Return the condition under which a number, times a factor and with a rest added, compares with a bound."""
        from fractions import Fraction

        if number.kind == POINTS:
            return self._scored(number, rest, times, op, bound)
        if number.kind in GIVEN_BY_RULES:
            cases = ((entry.when, self._given(entry.add, rest, times, op, bound)) for entry in number.entries)
            return Some(tuple(map(All, cases)))
        if number.kind == PRODUCT:
            return self._multiplied(number, rest, times, op, bound)
        if number.kind == RATIO:
            return self._divided(number, op, bound)
        if number.kind == SUM:
            terms = [(each, times * Fraction(weight)) for each, weight in number.terms]
            return self.ordered(_added(rest, terms), op, bound - times * Fraction(number.plus))
        parts = tuple(
            self.ordered(_added(rest, [(part, times)]), op, bound)
            if isinstance(part, str)
            else self.ordered(rest, op, bound - times * Fraction(part))
            for part in number.parts
        )
        # The larger of some numbers reaches a bound where one of them does; of its negative all must, and so on.
        is_any = (number.kind == LARGER_OF) ^ (times > 0) ^ (op in _UPWARDS)
        return Some(parts) if is_any else All(parts)

    def _given(self, amount: Any, rest: Weights, times: Fraction, op: str, bound: Fraction) -> Condition:
        """Return the condition under which an amount, times a factor and with a rest added, compares with a bound."""
        from fractions import Fraction

        from engine.language.model.values.computed_outputs import ComputedOutput

        if not isinstance(amount, ComputedOutput):
            return self.ordered(rest, op, bound - times * Fraction(amount))
        from engine.language.model.relations.number_limits import (
            few_rounded_values,
            limits_of_amount,
            limits_of_numbers,
            rounds_nothing,
        )

        limits = self.policy.keep(limits_of_numbers)
        if rounds_nothing(amount, limits[amount.number]):
            return self.ordered(_added(rest, [(amount.number, times)]), op, bound)
        alone = {amount.number: Fraction(1)}
        if not rest:
            return self.ordered(alone, *amount.comparison(op if times > 0 else _MIRRORED[op], bound / times))
        values = few_rounded_values(limits_of_amount(amount, limits, self.policy.field))
        # Others are refused where they are compared beside fields (`worked_out_checks.py`).
        assert values is not None
        found = []
        for value in values:
            is_it = tuple(self.ordered(alone, *amount.comparison(each, value)) for each in ("at_least", "at_most"))
            found.append(All((*is_it, self.ordered(rest, op, bound - times * value))))
        return Some(tuple(found))

    def _multiplied(self, number: Number, rest: Weights, times: Fraction, op: str, bound: Fraction) -> Condition:
        """Return the condition for a product: a case for each value of the factors that have few."""
        from fractions import Fraction

        from engine.language.model.relations.finite_values import split_product

        values = {name: shape.values for name, shape in self.policy.shapes.items()}
        split = split_product(number, values, self.policy.field)
        assert split is not None
        found = []
        for when, value in split.cases:
            if isinstance(split.factor, str):
                left = self.ordered(_added(rest, [(split.factor, times * value)]), op, bound)
            else:
                left = self.ordered(rest, op, bound - times * value * Fraction(split.factor))
            found.append(All((when, left)))
        return Some(tuple(found))

    def _divided(self, number: Number, op: str, bound: Fraction) -> Condition:
        """Return the condition for a ratio, which is no part of a sum: that on what is divided, less so many divisors.

        The divisor is positive.
        """
        from fractions import Fraction

        weights: dict[str, Fraction] = {}
        left = Fraction(0)
        for part, times in zip(number.parts, (Fraction(1), -bound), strict=True):
            if isinstance(part, str):
                weights = _added(weights, [(part, times)])
            else:
                left -= times * Fraction(part)
        return self.ordered(weights, op, left)

    def _scored(self, number: Number, rest: Weights, times: Fraction, op: str, bound: Fraction) -> Condition:
        """Return the condition under which points, times a factor and with a rest added, compare with a bound."""
        if id(number) not in self._scores:
            from engine.meaning.spaces.point_sums import PointSums

            # The number is kept with its sums, since the key is its identity.
            self._scores[id(number)] = number, PointSums(self.policy, number)
        score = self._scores[id(number)][1]
        if not rest:
            return score.ordered(op if times > 0 else _MIRRORED[op], bound / times)
        if op in NEGATED_ORDER:
            return Not(self._scored(number, rest, times, NEGATED_ORDER[op], bound))
        return score.nested({bound}, times, lambda left: self.ordered(rest, op, left))[bound]

    def _compared(self, weights: Weights, op: str, bound: Fraction) -> Condition:
        """Return the comparison of a sum of fields and linear sums."""
        from fractions import Fraction

        if len(weights) == 1 and next(iter(weights.values())) == 1 and not self._is_date(next(iter(weights))):
            return Compare(next(iter(weights)), op, exact_decimal(bound))
        total: dict[str, Fraction] = {}
        for name, times in weights.items():
            inner = self.policy.linear_sums.get(name)
            if inner is None:
                total = _added(total, [(name, times)])
            else:
                bound -= times * Fraction(inner.plus)
                total = _added(total, [(field, times * Fraction(weight)) for field, weight in inner.terms])
        if not total:
            return ALWAYS if COMPARE[op](0, bound) else NEVER
        if len(total) == 1:
            return self._of_field(*next(iter(total.items())), op, bound)
        name = self._names[frozenset(total.items())]
        return Compare(name, op, exact_decimal(bound + Fraction(self.policy.linear_sums[name].plus)))

    def _is_date(self, name: str) -> bool:
        return name in self.policy.field and self.policy.field[name].kind == DATE

    def _of_field(self, name: str, times: Fraction, op: str, bound: Fraction) -> Condition:
        """Return the comparison of a field that is multiplied, as one of the field itself."""
        from fractions import Fraction

        field = self.policy.field[name]
        if times < 0:
            op = _MIRRORED[op]
        if self._is_date(name):
            return _of_date(name, op, bound / times)
        position = grid_position(field, bound / times)
        # The next value on the grid, in the direction in which nothing changes.
        at = ceil(position) if op in ("at_least", "less_than") else floor(position)
        return Compare(name, op, exact_decimal(Fraction(grid_base(field)) + at * Fraction(field.step or 1)))


def _of_date(name: str, op: str, bound: Fraction) -> Condition:
    """Return the comparison of a date with a day number, where a day is put in place of the date it is subtracted from.

    Where no date has that number, all of them lie on one side of it.
    """
    day = ceil(bound) if op in ("at_least", "less_than") else floor(bound)
    first = date.min.toordinal()
    if not first <= day <= date.max.toordinal():
        return ALWAYS if COMPARE[op](first, day) else NEVER
    return Compare(name, _OF_DATES[op], date.fromordinal(day))


def _added(weights: Weights, terms: list[tuple[str, Fraction]]) -> dict[str, Fraction]:
    """Return weights with more terms added to them; what cancels out is left out."""
    found = dict(weights)
    for name, times in terms:
        found[name] = found.get(name, 0 * times) + times
    return {name: times for name, times in found.items() if times}


def _terms(terms: Any) -> frozenset[tuple[str, Fraction]]:
    from fractions import Fraction

    return frozenset((name, Fraction(times)) for name, times in terms)
