"""Sums over fields in SQL: conversion to integer units, bounds, and missing answers.

A program adds grid positions, but a database holds values. Values are counted in *units* here: the last decimal place
of the grid, or days. A test of a sum of positions becomes a test of a sum of units.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from engine.execution.program import Program, SumAtLeast, fields_of
from engine.language.model.field_kinds import Field
from engine.language.model.policy import Policy
from engine.language.model.values.grid_positions import exact_decimal, grid_base
from engine.language.model.values.value_readers import MOST_DIGITS
from engine.meaning.spaces.cells import box_of
from engine.threads import cached_property

# Doubles represent decimals of up to this many digits uniquely.
MOST_UNITS = 10**MOST_DIGITS - 1


@dataclass(frozen=True)
class Grid:
    """The grid of a field in units.

    Attributes:
        places: The number of decimal places of a unit.
        base: A value on the grid.
        step: The distance between neighbouring values.
        low: The lowest value; None if there is none.
        high: The highest value; None if there is none.
    """

    places: int
    base: int
    step: int
    low: int | None
    high: int | None


def grid_of(field: Field) -> Grid:
    """The grid of an integer, a date or a number with a step."""
    step = Fraction(1 if field.step is None else field.step)
    base = grid_base(field)
    places = max(-int(exact_decimal(Fraction(each)).as_tuple().exponent) for each in (step, base))
    unit = 10 ** max(places, 0)
    low, high = (
        None if end is None else int((base + end * step) * unit) for end in box_of(field)
    )  # fmt: skip
    return Grid(max(places, 0), int(base * unit), int(step * unit), low, high)


def ends_of(field: Field) -> tuple[int, int]:
    """The range of a field's units in a sum; an open end is where doubles stop being exact."""
    grid = grid_of(field)
    return (
        -MOST_UNITS if grid.low is None else grid.low,
        MOST_UNITS if grid.high is None else grid.high,
    )


@dataclass(frozen=True)
class Sum:
    """A test: the sum of integer multiples of units is at least a number."""

    terms: tuple[tuple[Field, int], ...]
    least: int

    @cached_property
    def most(self) -> int:
        """An upper bound on the absolute value of all intermediate results."""
        return abs(self.least) + sum(abs(times) * max(map(abs, ends_of(field))) for field, times in self.terms)


def sum_of(policy: Policy, test: SumAtLeast) -> Sum:
    """Convert a test of a sum of positions to one of units."""
    grids = {name: grid_of(policy.field[name]) for name, _ in test.terms}
    whole = lcm(*(grid.step for grid in grids.values()))
    times = {name: count * whole // grids[name].step for name, count in test.terms}
    least = test.least * whole + sum(times[name] * grids[name].base for name in times)
    common = gcd(*times.values())
    terms = tuple((policy.field[name], count // common) for name, count in times.items())
    return Sum(terms, -(-least // common))


def loose_fields(program: Program) -> dict[tuple[tuple[str, int], ...], frozenset[str]]:
    """For each sum of a program, the fields that occur nowhere else and change it in steps of 1.

    If only such fields of a sum are missing, it can take every value between its bounds, so following both branches
    reaches exactly the possible ends. If other fields are missing, some reached ends may be impossible. A sum that is
    compared with one number alone reaches both ends of its bounds, whatever its steps are.
    """
    tests = {(ask.test.terms, ask.test.least) for ask in program.asks if isinstance(ask.test, SumAtLeast)}
    compared = Counter(terms for terms, _ in tests)
    sums = compared.keys()
    # Fields that may be `none` are asked about first, so they are among these.
    asked = {name for ask in program.asks if not isinstance(ask.test, SumAtLeast) for name in fields_of(ask.test)}
    found = {}
    for terms in sums:
        others = {name for other in sums if other != terms for name, _ in other}
        found[terms] = frozenset(
            name
            for name, times in terms
            if (abs(times) == 1 or compared[terms] == 1) and name not in asked and name not in others
        )
    return found
