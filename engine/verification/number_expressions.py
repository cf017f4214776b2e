"""Derived numbers as expressions over fields: linear sums, the largest or smallest of some, points, cases, and ratios.

The verifier derives them from the policy itself, from the innermost number outwards. A sum is carried into the numbers
that it adds up, so that only linear sums of fields are ever compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction
from math import inf
from typing import Any, TypeAlias

from engine.frozen import NamedTuple
from engine.language.model.condition_tree import Condition
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import GIVEN_BY_RULES, LARGER_OF, POINTS, PRODUCT, RATIO, SUM, Number
from engine.language.model.relations.dated_numbers import versions_of
from engine.language.model.relations.derivations import compared_numbers
from engine.language.model.relations.finite_values import MOST_VALUES, split_product
from engine.language.model.relations.number_limits import (
    few_rounded_values,
    limits_of_amount,
    limits_of_numbers,
    rounds_nothing,
)
from engine.language.model.values.computed_outputs import ComputedOutput


class Linear(NamedTuple):
    """A weighted sum of fields, by name, and a fixed part."""

    terms: tuple[tuple[str, Fraction], ...]
    plus: Fraction


class Extreme(NamedTuple):
    """The largest of some expressions, or the smallest."""

    largest: bool
    of: tuple[Expression, ...]


class Scored(NamedTuple):
    """Points: a rest, and what is added to it wherever a condition holds."""

    entries: tuple[tuple[Condition, Fraction], ...]
    rest: Expression


class ByCase(NamedTuple):
    """One of several expressions: that whose condition holds; exactly one does."""

    of: tuple[tuple[Condition, Expression], ...]


class Ratio(NamedTuple):
    """One expression divided by another one, which is positive in every situation."""

    of: Expression
    to: Expression

    def beyond(self, bound: Fraction) -> Expression:
        """Return the expression with the sign of the ratio less a bound: what is divided, less so many divisors."""
        return _plus(self.of, _times(self.to, -bound))


class Rounded(NamedTuple):
    """An expression that is rounded, then multiplied by a factor that is not 0, and a fixed part that is added.

    `values` has all values that the rounded expression may have, before it is multiplied; None if they are many.
    """

    of: Expression
    how: ComputedOutput
    values: tuple[Fraction, ...] | None
    times: Fraction
    plus: Fraction

    def unrounded(self, op: str, bound: Fraction) -> tuple[str, Fraction]:
        """Return the comparison of what is rounded that holds where the whole compares with a bound."""
        return self.how.comparison(op if self.times > 0 else _MIRRORED[op], (bound - self.plus) / self.times)


class RoundedSum(NamedTuple):
    """A rounded expression with few values, and what is added to it."""

    rounded: Rounded
    rest: Expression

    def cases(self) -> Iterator[tuple[list[tuple[str, Fraction]], Fraction]]:
        """Iterate over the values of the rounded expression, multiplied: the comparisons that hold there, and each."""
        one = self.rounded
        assert one.values is not None
        for value in one.values:
            both = [one.how.comparison(op, value) for op in ("at_least", "at_most")]
            yield both, one.times * value + one.plus


Compared: TypeAlias = "frozenset[tuple[str, Fraction]]"
Expression: TypeAlias = "Linear | Extreme | Scored | ByCase | Ratio | Rounded | RoundedSum"
_MIRRORED = {"at_least": "at_most", "more_than": "less_than", "at_most": "at_least", "less_than": "more_than"}


class NumberExpressions(NamedTuple):
    """The expressions of derived numbers by name, and the conditions of their cases that the policy does not state."""

    by_name: dict[str, Expression]
    conditions: list[Condition]


def expressions_of(policy: Policy) -> NumberExpressions:
    """Return the expressions of the derived numbers that conditions compare, and of all that these are made of."""
    compared = compared_numbers(policy.number, policy.conditions)
    found = NumberExpressions({}, [])
    for number in policy.derived_in_order:
        if isinstance(number, Number) and number.name in compared:
            found.by_name[number.name] = _expression(policy, number, found)
    return found


def sums_in(expression: Expression, compared: Collection[tuple[str, Fraction]]) -> Iterator[Linear]:
    """Iterate over the linear sums that are compared where an expression is compared.

    Args:
        expression: The expression.
        compared: What it is compared with: pairs of an operator, `at_least`, `more_than`, `at_most` or `less_than`, and
            a bound.
    """
    waiting = [(expression, frozenset(compared))]
    # Expressions share parts: each is opened once for what it is compared with. The key is its identity, so it is kept.
    opened: dict[tuple[int, Compared], Expression] = {}
    while waiting:
        each, bounds = waiting.pop()
        if (id(each), bounds) in opened:
            continue
        opened[id(each), bounds] = each
        if isinstance(each, Linear):
            yield each
        elif isinstance(each, Scored):
            waiting.append((each.rest, bounds))
        elif isinstance(each, ByCase):
            waiting += [(part, bounds) for _, part in each.of]
        elif isinstance(each, Ratio):
            waiting += [(each.beyond(bound), frozenset()) for bound in sorted({bound for _, bound in bounds})]
        elif isinstance(each, Rounded):
            waiting.append((each.of, frozenset(each.unrounded(*pair) for pair in bounds)))
        elif isinstance(each, RoundedSum):
            cases = list(each.cases())
            waiting.append((each.rounded.of, frozenset(pair for both, _ in cases for pair in both)))
            waiting.append((each.rest, frozenset((op, bound - value) for op, bound in bounds for _, value in cases)))
        else:
            waiting += [(part, bounds) for part in each.of]


def _expression(policy: Policy, number: Number, found: NumberExpressions) -> Expression:
    """Return the expression of a number, given those of the numbers that it reads; new conditions are added to them."""
    known = found.by_name
    versions = versions_of(number)
    if versions:
        return ByCase(tuple((when, _expression(policy, version, found)) for when, version in versions))
    if number.kind == PRODUCT:
        split = split_product(number, {name: shape.values for name, shape in policy.shapes.items()}, policy.field)
        assert split is not None
        found.conditions.extend(when for when, _ in split.cases)
        return ByCase(tuple((when, _times(_part(split.factor, known), value)) for when, value in split.cases))
    if number.kind in GIVEN_BY_RULES:
        return ByCase(tuple((entry.when, _amount(policy, entry.add, known)) for entry in number.entries))
    if number.kind == POINTS:
        return Scored(tuple((entry.when, Fraction(entry.add)) for entry in number.entries), Linear((), Fraction(0)))
    if number.kind == RATIO:
        of, to = (_part(part, known) for part in number.parts)
        return Ratio(of, to)
    if number.kind != SUM:
        return Extreme(number.kind == LARGER_OF, tuple(_part(part, known) for part in number.parts))
    total: Expression = Linear((), Fraction(number.plus))
    for name, times in number.terms:
        total = _plus(total, _times(_part(name, known), Fraction(times)))
    return total


def _amount(policy: Policy, amount: Any, known: dict[str, Expression]) -> Expression:
    """Return the expression of an amount that a rule gives, written out or worked out."""
    if not isinstance(amount, ComputedOutput):
        return Linear((), Fraction(amount))
    part = _part(amount.number, known)
    limits = policy.keep(limits_of_numbers)
    if rounds_nothing(amount, limits[amount.number]):
        return part
    values = few_rounded_values(limits_of_amount(amount, limits, policy.field))
    return Rounded(part, amount, values, Fraction(1), Fraction(0))


def _part(part: object, known: dict[str, Expression]) -> Expression:
    """Return the expression of a number, a field or a constant."""
    if not isinstance(part, str):
        return Linear((), Fraction(part))  # type: ignore[call-overload]
    return known[part] if part in known else Linear(((part, Fraction(1)),), Fraction(0))


def _times(expression: Expression, factor: Fraction) -> Expression:
    """Multiply an expression; a negative factor turns the largest into the smallest."""
    if not factor:
        return Linear((), factor)
    if isinstance(expression, Linear):
        return Linear(tuple((name, factor * times) for name, times in expression.terms), factor * expression.plus)
    if isinstance(expression, Scored):
        return Scored(tuple((when, factor * add) for when, add in expression.entries), _times(expression.rest, factor))
    if isinstance(expression, ByCase):
        return ByCase(tuple((when, _times(each, factor)) for when, each in expression.of))
    if isinstance(expression, Rounded):
        return expression._replace(times=factor * expression.times, plus=factor * expression.plus)
    if isinstance(expression, RoundedSum):
        rounded = _times(expression.rounded, factor)
        assert isinstance(rounded, Rounded)
        return RoundedSum(rounded, _times(expression.rest, factor))
    # No number is made of a ratio.
    assert isinstance(expression, Extreme)
    return Extreme(expression.largest == (factor > 0), tuple(_times(each, factor) for each in expression.of))


def _plus(one: Expression, other: Expression) -> Expression:
    """Add two expressions."""
    if isinstance(one, Extreme):
        return Extreme(one.largest, tuple(_plus(each, other) for each in one.of))
    if isinstance(other, Extreme):
        return Extreme(other.largest, tuple(_plus(one, each) for each in other.of))
    if isinstance(one, ByCase):
        return ByCase(tuple((when, _plus(each, other)) for when, each in one.of))
    if isinstance(other, ByCase):
        return ByCase(tuple((when, _plus(one, each)) for when, each in other.of))
    if isinstance(one, Scored) and isinstance(other, Scored):
        # Entries with one condition are one entry, so that a number which is added to itself stays as small as it is.
        added: dict[Condition, Fraction] = {}
        for when, add in (*one.entries, *other.entries):
            added[when] = added.get(when, Fraction(0)) + add
        return Scored(tuple((when, add) for when, add in added.items() if add), _plus(one.rest, other.rest))
    if isinstance(one, Scored):
        return Scored(one.entries, _plus(one.rest, other))
    if isinstance(other, Scored):
        return Scored(other.entries, _plus(one, other.rest))
    # Of two rounded expressions, the one with fewer values is split into them.
    one, other = sorted((one, other), key=_split_order)
    if isinstance(one, RoundedSum):
        return RoundedSum(one.rounded, _plus(one.rest, other))
    if isinstance(one, Rounded):
        if isinstance(other, Linear) and not other.terms:
            return one._replace(plus=one.plus + other.plus)
        return RoundedSum(one, other)
    assert isinstance(one, Linear)
    assert isinstance(other, Linear)
    weights = dict(one.terms)
    for name, times in other.terms:
        weights[name] = weights.get(name, Fraction(0)) + times
    return Linear(tuple((name, times) for name, times in weights.items() if times), one.plus + other.plus)


def _split_order(expression: Expression) -> float:
    """Return a number by which parts of a sum are put in order: what is split comes first, then what has few values."""
    if isinstance(expression, Rounded):
        return MOST_VALUES + 1 if expression.values is None else len(expression.values)
    return 0 if isinstance(expression, RoundedSum) else inf
