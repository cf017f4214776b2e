"""Sums without a name that stand for comparisons of ratios, so that areas are told in terms of the ratio."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from engine.frozen import NamedTuple
from engine.language.model.condition_tree import Compare, Condition
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import RATIO
from engine.language.model.relations.dated_numbers import dated_values
from engine.language.model.relations.number_limits import limits_of, limits_of_numbers
from engine.language.model.relations.number_shapes import shape_of_part, sum_text
from engine.language.model.relations.ratio_sums import compared_ratios, sums_of_ratio
from engine.language.model.values.grid_positions import exact_decimal


class RatioTest(NamedTuple):
    """A comparison of a ratio with a constant, as one of a sum of fields: they lie on the same side of both."""

    ratio: str
    bound: Decimal
    of_sum: Fraction


def ratio_tests(policy: Policy) -> dict[str, tuple[RatioTest, ...]]:
    """Map the sums without a name to the comparisons of ratios that are comparisons of these sums everywhere.

    There are none for a ratio of numbers that are no sums of fields, or of values that change with the day.
    """
    found: dict[str, list[RatioTest]] = {}
    for name, bounds in compared_ratios(policy.numbers, policy.conditions).items():
        if next(dated_values(policy.number[name]), None) is not None:
            continue
        of, to = (shape_of_part(part, policy.shapes).flat for part in policy.number[name].parts)
        divisor = limits_of(policy.number[name].parts[1], policy.keep(limits_of_numbers), policy.field)
        if of is None or to is None or divisor.low <= 0:
            continue
        for bound in bounds:
            [terms] = sums_of_ratio([of.terms], [to.terms], bound)
            text = sum_text(terms)
            fields = {field for field, _ in terms}
            if text in policy.number and fields.issuperset(each.name for each in policy.unsteady.get(name, ())):
                zero = bound * Fraction(to.plus) - Fraction(of.plus)
                found.setdefault(text, []).append(RatioTest(name, exact_decimal(bound), zero))
    return {text: tuple(tests) for text, tests in found.items()}


def as_ratio(policy: Policy, name: str, op: str, end: Fraction, apart: Fraction) -> Compare | None:
    """Return the comparison of a ratio that is one of a sum without a name; None if there is none.

    Args:
        policy: The policy.
        name: The sum.
        op: `at_least`, `at_most` or `is`.
        end: What the sum is compared with, one of its values.
        apart: The distance between neighbouring values of the sum.
    """
    for test in policy.keep(ratio_tests).get(name, ()):
        turned = _turned(op, end, apart, test.of_sum)
        if turned:
            return Compare(test.ratio, turned, test.bound)
    return None


def _turned(op: str, end: Fraction, apart: Fraction, zero: Fraction) -> str:
    """Return how all values on one side of an end, or the end alone, compare with another value; empty if they do not.

    Between the end and its neighbour on the other side there is no value of the sum.
    """
    if op == "is" or end == zero:
        return op if end == zero else ""
    if op == "at_least" and end - apart <= zero < end:
        return "at_least" if zero > end - apart else "more_than"
    if op == "at_most" and end < zero <= end + apart:
        return "at_most" if zero < end + apart else "less_than"
    return ""


def merged(policy: Policy, found: Iterable[tuple[Condition, ...]]) -> list[tuple[Condition, ...]]:
    """Return tests of sums with those of each ratio together, of which none follows from another one."""
    ratios: dict[str, list[Compare]] = {}
    others: list[tuple[Condition, ...]] = []
    for tests in found:
        kept = []
        for test in tests:
            if isinstance(test, Compare) and test.name in policy.number and policy.number[test.name].kind == RATIO:
                ratios.setdefault(test.name, []).append(test)
            else:
                kept.append(test)
        others.append(tuple(kept))
    return [*others, *(tuple(_strongest(tests)) for tests in ratios.values())]


def _strongest(tests: list[Compare]) -> Iterator[Compare]:
    """Iterate over the tests of one ratio that the others follow from: a value, or the highest and the lowest bound."""
    values = [test for test in tests if test.op == "is"]
    if values:
        yield values[0]
        return
    # Where two bounds are alike, the one that leaves the bound itself out says more.
    lower = [test for test in tests if test.op in ("at_least", "more_than")]
    if lower:
        yield max(lower, key=lambda test: (test.value, test.op == "more_than"))
    upper = [test for test in tests if test.op in ("at_most", "less_than")]
    if upper:
        yield min(upper, key=lambda test: (test.value, test.op == "at_most"))
