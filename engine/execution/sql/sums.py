"""Which whole numbers does a sum over fields add up, how large can they become, and what is left of it when some
answers are missing?

A program sums up grid positions; a database has values. A value is counted in *units* here: the last decimal place of
its grid, or a day. A sum of positions that reaches a number is then a sum of units that reaches another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from engine.execution.program import Program, SumAtLeast, fields_of
from engine.language.model.field_kinds import Field
from engine.language.model.policy import Policy
from engine.language.model.values import MOST_DIGITS, exact_decimal, grid_base
from engine.meaning.spaces.cells import box_of
from engine.threads import cached_property

# Doubles tell the decimals of so many digits apart, and no more.
MOST_UNITS = 10**MOST_DIGITS - 1


@dataclass(frozen=True)
class Grid:
    """A field in units: how many decimal places they have, and which numbers of units its values are.

    Those are `base`, give or take multiples of `step`, from `low` to `high`; None where there is no end.
    """

    places: int
    base: int
    step: int
    low: int | None
    high: int | None


def grid_of(field: Field) -> Grid:
    """The units of an integer, a date or a number with a step."""
    step = Fraction(1 if field.step is None else field.step)
    base = grid_base(field)
    places = max(-int(exact_decimal(Fraction(each)).as_tuple().exponent) for each in (step, base))
    unit = 10 ** max(places, 0)
    low, high = (
        None if end is None else int((base + end * step) * unit) for end in box_of(field)
    )  # fmt: skip
    return Grid(max(places, 0), int(base * unit), int(step * unit), low, high)


def ends_of(field: Field) -> tuple[int, int]:
    """The least and the most units of a field that a sum can take: an open end is where doubles end to be exact."""
    grid = grid_of(field)
    return (
        -MOST_UNITS if grid.low is None else grid.low,
        MOST_UNITS if grid.high is None else grid.high,
    )


@dataclass(frozen=True)
class Sum:
    """A sum of whole multiples of units that is to reach a number."""

    terms: tuple[tuple[Field, int], ...]
    least: int

    @cached_property
    def most(self) -> int:
        """No number that comes up on the way is further from 0."""
        return abs(self.least) + sum(abs(times) * max(map(abs, ends_of(field))) for field, times in self.terms)


def sum_of(policy: Policy, test: SumAtLeast) -> Sum:
    """A test of a sum of positions as one of units."""
    grids = {name: grid_of(policy.field[name]) for name, _ in test.terms}
    whole = lcm(*(grid.step for grid in grids.values()))
    times = {name: count * whole // grids[name].step for name, count in test.terms}
    least = test.least * whole + sum(times[name] * grids[name].base for name in times)
    common = gcd(*times.values())
    terms = tuple((policy.field[name], count // common) for name, count in times.items())
    return Sum(terms, -(-least // common))


def loose_fields(program: Program) -> dict[tuple[tuple[str, int], ...], frozenset[str]]:
    """Of each sum of a program, the fields of which nothing else is asked, and that move it in single steps.

    While these are all that is missing of a sum, it can be whatever lies between its ends: whoever follows both ways
    reaches what can still come and nothing else. Where another field is missing, more may be reached than can come.
    """
    sums = {ask.test.terms for ask in program.asks if isinstance(ask.test, SumAtLeast)}
    asked = {name for ask in program.asks if not isinstance(ask.test, SumAtLeast) for name in fields_of(ask.test)}
    found = {}
    for terms in sums:
        others = {name for other in sums if other != terms for name, _ in other}
        found[terms] = frozenset(
            name for name, times in terms if abs(times) == 1 and name not in asked and name not in others
        )
    return found
