"""Comparisons of a larger or smaller number as conditions on its parts: exact, and without a case for each part.

The larger of two numbers is at least 5 where one of them is, and at most 5 where both are. In a sum, each such number
is replaced by its parts in turn, until only sums of fields are left. The comparisons that result name fields, sums of
the author's, or sums without a name by their expressions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.language.model.condition_tree import (
    ALWAYS,
    EQUAL_OPS,
    All,
    Compare,
    Condition,
    Holds,
    Some,
    Versus,
    comparisons_in,
)
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import LARGER_OF, SUM
from engine.language.model.values.grid_positions import exact_decimal
from engine.meaning.reference import COMPARE

if TYPE_CHECKING:
    from fractions import Fraction

Weights: TypeAlias = "Mapping[str, Fraction]"
_NEVER = Some(())
_UPWARDS = ("at_least", "more_than")


def is_lowered(policy: Policy, test: Compare) -> bool:
    """Whether a comparison is about a number that is no sum of fields, and so is replaced by others."""
    return test.name in policy.pieces and test.name not in policy.linear_sums


def lowered(policy: Policy, test: Compare) -> Condition:
    """Return the condition on fields and linear sums that holds where a comparison of any number holds."""
    if not is_lowered(policy, test):
        return test
    return _Lowering(policy).condition(test)


def lowered_tests(policy: Policy, condition: Condition) -> Iterator[Compare | Versus]:
    """Iterate over the comparisons of fields and linear sums that a condition comes to; facts are not expanded."""
    for test in comparisons_in(condition):
        if isinstance(test, Compare) and is_lowered(policy, test):
            yield from lowered_tests(policy, lowered(policy, test))
        elif not isinstance(test, Holds):
            yield test


class _Lowering:
    """The lowering of the comparisons of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._known: dict[object, Condition] = {}
        # The author's linear sums by their terms; of equal ones the first.
        self._names: dict[frozenset[tuple[str, Fraction]], str] = {}
        for name, (terms, _) in policy.linear_sums.items():
            self._names.setdefault(_terms(terms), name)

    def condition(self, test: Compare) -> Condition:
        """Return the condition for a comparison of a number that is no sum of fields."""
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
        from fractions import Fraction

        policy = self.policy
        name = next((each for each in weights if each in policy.pieces and each not in policy.linear_sums), None)
        if name is None:
            return self._compared(weights, op, bound)
        number, times = self.policy.number[name], weights[name]
        rest = {each: weight for each, weight in weights.items() if each != name}
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

    def _compared(self, weights: Weights, op: str, bound: Fraction) -> Condition:
        """Return the comparison of a sum of fields and linear sums."""
        from fractions import Fraction

        if len(weights) == 1 and next(iter(weights.values())) == 1:
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
            return ALWAYS if COMPARE[op](0, bound) else _NEVER
        if len(total) == 1 and next(iter(total.values())) == 1:
            return Compare(next(iter(total)), op, exact_decimal(bound))
        name = self._names[frozenset(total.items())]
        return Compare(name, op, exact_decimal(bound + Fraction(self.policy.linear_sums[name].plus)))


def _added(weights: Weights, terms: list[tuple[str, Fraction]]) -> dict[str, Fraction]:
    """Return weights with more terms added to them; what cancels out is left out."""
    found = dict(weights)
    for name, times in terms:
        found[name] = found.get(name, 0 * times) + times
    return {name: times for name, times in found.items() if times}


def _terms(terms: Any) -> frozenset[tuple[str, Fraction]]:
    from fractions import Fraction

    return frozenset((name, Fraction(times)) for name, times in terms)
