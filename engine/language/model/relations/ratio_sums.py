"""What comparisons of ratios come to: a ratio is at least 2 where what is divided, less 2 divisors, is at least 0.

That is so because the divisor of a ratio is positive in every situation. Each constant that a ratio is compared with
makes a sum of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.language.documents.exact import fraction_type
from engine.language.model.condition_tree import ORDER_OPS, Compare, Condition, comparisons_in
from engine.language.model.policy_parts import RATIO, Number
from engine.language.model.relations.step_outputs import computed_entries
from engine.language.model.values.grid_positions import exact_decimal

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

# As in the shapes of numbers.
_Terms: TypeAlias = "tuple[tuple[str, Decimal], ...]"


def compared_ratios(numbers: Collection[Number], conditions: Iterable[Condition]) -> dict[str, tuple[Fraction, ...]]:
    """Map the ratios that some conditions compare to the constants that they are compared with, in written order."""
    found: dict[str, dict[Fraction, None]] = {each.name: {} for each in numbers if each.kind == RATIO}
    given = {each.name: each for each in numbers if each.given_by}
    for condition in conditions if found else ():
        for test in comparisons_in(condition):
            if isinstance(test, Compare) and test.op != "known" and (test.name in found or test.name in given):
                for name, bound in _bounds(test, given):
                    if name in found:
                        found[name][bound] = None
    return {name: tuple(bounds) for name, bounds in found.items() if bounds}


def _bounds(test: Compare, given: Mapping[str, Number]) -> Iterator[tuple[str, Fraction]]:
    """Iterate over the constants that a comparison compares numbers with, through outputs of steps.

    Args:
        test: The comparison of a number.
        given: The numbers that are outputs of steps, by name.
    """
    fraction = fraction_type()
    listed: Any = test.value if isinstance(test.value, tuple) else (test.value,)
    if test.name not in given:
        yield from ((test.name, fraction(each)) for each in listed)
        return
    # A value is compared from both sides, and what is not one from both others.
    both = ("more_than", "less_than") if test.op == "none_of" else ("at_least", "at_most")
    ops = (test.op,) if test.op in ORDER_OPS else both
    waiting = [(test.name, op, fraction(each)) for op in ops for each in listed]
    while waiting:
        name, op, bound = waiting.pop(0)
        if name not in given:
            yield name, bound
            continue
        waiting += [(each.number, *each.comparison(op, bound)) for each in computed_entries(given[name])]


def sums_of_ratio(of: Iterable[_Terms], to: Iterable[_Terms], bound: Fraction) -> Iterator[_Terms]:
    """Iterate over the terms of the sums of fields that are compared where a ratio is compared with a constant.

    Args:
        of: The terms of the sums of fields of which what is divided is always one, apart from a fixed part.
        to: Likewise of the divisor.
        bound: The constant.
    """
    fraction = fraction_type()
    for divided, divisor in product(of, to):
        total = {name: fraction(times) for name, times in divided}
        for name, times in divisor:
            total[name] = total.get(name, fraction(0)) - bound * fraction(times)
        yield tuple((name, exact_decimal(times)) for name, times in total.items() if times)
