"""Integer feasibility of a box cut by strips, by the Omega test.

The test is that of W. Pugh ("A practical algorithm for exact array dependence analysis", CACM 35(8), 1992): equalities
are removed by unimodular substitutions, and variables by Fourier-Motzkin elimination, which is exact where the
coefficients allow it and otherwise refined by dark shadow, real shadow and splinters. The test is complete: given
enough steps, it ends with the right answer for every input. Systems of two variables that cannot be eliminated exactly,
or of three with too many splinters, are decided by counting their points in closed form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from engine.budget import Budget
from engine.integers.elimination import (
    bounds_of,
    count_pairs,
    eliminate_equality,
    equality_of,
    find_range,
    is_exact,
    pivot_of,
    project,
)
from engine.integers.generating_functions import count_by_cones
from engine.integers.polygon_counts import count_in_polygon
from engine.integers.polytopes import Interval, Polytope, Row, Rows, closed_intervals, part_of, rows_of
from engine.integers.tightening import ROUNDS, simplify

# One step of the budget is about this many coefficients: each round of the propagation and each choice of a variable
# looks at all of them.
_COEFFICIENTS_PER_STEP = 128
# After this many empty pieces, a bounded system of three variables is counted instead: the time to count grows with
# the length of the coefficients, the number of pieces with their size.
MOST_PIECES = 4096


def feasible(region: Polytope, budget: Budget) -> bool:
    """Whether the region contains an integer point; raises `OutOfSteps` if the budget ends."""
    budget.spend()
    if any(lo is not None and hi is not None and lo > hi for lo, hi in region.box):
        return False
    if not region.strips:
        return True
    return _satisfiable(list(region.box), rows_of(region), budget)


def _satisfiable(box: list[Interval], rows: Iterable[Row], budget: Budget) -> bool:
    """The Omega test of a box and rows; consumes `box`."""
    while True:
        budget.spend()
        system = simplify(box, rows)
        if not system:
            return system is not None
        budget.spend(len(system) * len(box) * (2 * ROUNDS + len(box)) // _COEFFICIENTS_PER_STEP)
        equality = equality_of(system)
        if equality is not None:
            rows = eliminate_equality(box, system, equality, budget)
            continue
        best = None
        for k in range(len(box)):
            bounds = bounds_of(box, system, k)
            if len(bounds) > 1 and is_exact(bounds):
                cost = count_pairs(bounds)
                if best is None or cost < best[0]:
                    best = cost, k
        if best is None:
            return _decide_inexact(box, system, budget)
        rows = project(box, system, best[1], budget, dark=False)


def _decide_inexact(box: list[Interval], system: Rows, budget: Budget) -> bool:
    """Decide a system none of whose variables can be eliminated exactly."""
    variables = [j for j in range(len(box)) if any(row[j] for row in system)]
    if len(variables) == 2:
        points = _count_points(box, system, variables, budget)
        if points is not None:
            return points > 0
    candidates = [bounds for k in range(len(box)) if len(bounds := bounds_of(box, system, k)) > 1]
    chosen = min(candidates, key=_splinter_count)
    k = pivot_of(chosen)
    inner = list(box)
    if _satisfiable(inner, project(inner, system, k, budget, dark=True), budget):
        return True
    outer = list(box)
    if not _satisfiable(outer, project(outer, system, k, budget, dark=False), budget):
        return False
    # A narrow row may be split into its values instead, if that gives fewer pieces than splintering.
    narrow = min(_finite([*system.items(), *(bounds[0] for bounds in candidates)]), default=None)
    pieces = _splinters(chosen)
    if narrow is not None and narrow[0] <= _splinter_count(chosen):
        pieces = _values(narrow[1], narrow[2], narrow[0])
    if len(variables) == 3:
        if _any_satisfiable(box, system, islice(pieces, MOST_PIECES), budget):
            return True
        following = next(pieces, None)
        if following is None:
            return False
        points = _count_points(box, system, variables, budget)
        if points is not None:
            return points > 0
        pieces = chain([following], pieces)
    return _any_satisfiable(box, system, pieces, budget)


def _any_satisfiable(box: list[Interval], system: Rows, pieces: Iterable[Row], budget: Budget) -> bool:
    """Whether the system together with one of the pieces has a point."""
    return any(_satisfiable(list(box), [*system.items(), piece], budget) for piece in pieces)


def _count_points(box: list[Interval], system: Rows, variables: list[int], budget: Budget) -> int | None:
    """The number of points in two or three variables; None if they are unbounded."""
    box = list(box)
    for j in variables:
        if None in box[j]:
            box[j] = find_range(box, system.items(), j, budget)
            if None in box[j]:
                return None
    if any(lo > hi for lo, hi in closed_intervals(box)):
        return 0
    count_method = count_in_polygon if len(variables) == 2 else count_by_cones
    return count_method(*part_of(box, system, variables), budget)


def _finite(rows: list[Row]) -> Iterator[tuple[int, tuple[int, ...], int]]:
    """The rows bounded on both sides, as (number of values, coefficients, lower end)."""
    for row, (lo, hi) in rows:
        if lo is not None and hi is not None:
            yield hi - lo + 1, row, lo


def _values(row: tuple[int, ...], lo: int, count: int) -> Iterator[Row]:
    """Equalities that fix a row to each of `count` values from `lo`."""
    return ((row, (value, value)) for value in range(lo, lo + count))


def _splinter_count(bounds: list[Row]) -> int:
    """The number of splinters for the variable of these bounds."""
    k = pivot_of(bounds)
    most = max(row[k] for row, (_, hi) in bounds if hi is not None)
    return sum(_splinter_range(row[k], most) for row, (lo, _) in bounds if lo is not None)


def _splinter_range(lower: int, upper: int) -> int:
    """The number of values above a lower bound that may contain a point outside the dark shadow.

    Args:
        lower: The coefficient of the lower bound.
        upper: The largest coefficient of an upper bound.
    """
    return (upper * lower - upper - lower) // upper + 1


def _splinters(bounds: list[Row]) -> Iterator[Row]:
    """Equalities of which every integer point outside the dark shadow satisfies one: it lies close to a lower bound."""
    k = pivot_of(bounds)
    most = max(row[k] for row, (_, hi) in bounds if hi is not None)
    for row, (lo, _) in bounds:
        if lo is not None:
            yield from _values(row, lo, _splinter_range(row[k], most))
