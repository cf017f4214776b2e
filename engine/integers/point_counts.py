"""Exact counting of the integer points in a box cut by strips.

The region is normalised, loses one variable per equality, and splits into independent parts whose counts are
multiplied. Each part is counted by the method of least estimated cost:

* two variables: a sweep over the polygon (`polygon_counts.count_in_polygon`);
* few points: meet in the middle, by listing the two halves of the variables and matching them;
* small sums: a dynamic program over partial sums (`generating_functions.count_by_expansion`);
* wide ranges: generating functions of the vertex cones (`generating_functions.count_by_cones`);
* otherwise: one variable is enumerated and the rest counted for each of its values, with equal rests counted once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from math import inf, prod

from engine.budget import Budget
from engine.integers.elimination import eliminate_equality, equality_of, find_range
from engine.integers.generating_functions import count_by_cones, count_by_expansion, expansion_bits
from engine.integers.polygon_counts import count_in_polygon
from engine.integers.polytopes import (
    Bounded,
    Interval,
    Part,
    Polytope,
    Row,
    Rows,
    Vector,
    closed_intervals,
    part_of,
    rows_of,
)
from engine.integers.tightening import simplify

# The smaller half may have at most this many points: its masks take the square of that in bits, per row.
LONGEST_HALF = 1 << 13
MOST_BITS = 1 << 27
# Estimates saturate here: any more states would be hopeless anyway.
MOST_STATES = 1 << 40
# Matching two halves takes at most so many estimated microseconds a step.
_MATCHING_A_STEP = 40
# The box that the vertex enumeration starts from has 2 ** variables vertices.
MOST_VARIABLES = 16


def count(region: Polytope, budget: Budget) -> int:
    """The exact number of integer points in a region.

    Raises:
        OutOfSteps: If the budget ends.
        ValueError: If a variable is unbounded in the region, even if that is empty, unless emptiness is noticed first.
    """
    budget.spend()
    box = list(region.box)
    if any(lo is not None and hi is not None and lo > hi for lo, hi in box):
        return 0
    rows = simplify(box, rows_of(region))
    if rows is None:
        return 0
    for variable, (lo, hi) in enumerate(box):
        if lo is None or hi is None:
            box[variable] = find_range(box, rows.items(), variable, budget)
            if None in box[variable]:
                raise ValueError(f"variable {variable} is unbounded in the region")
    if any(lo > hi for lo, hi in closed_intervals(box)):
        return 0
    return _Counter(budget).count_system(box, rows.items())


class _Counter:
    """Counts systems with closed boxes, and caches the counts of their parts."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.known: dict[Part, int] = {}

    def count_system(self, box: list[Interval], rows: Iterable[Row]) -> int:
        """Count the points of a box in which every row holds; consumes `box`."""
        while True:
            self.budget.spend()
            system = simplify(box, rows)
            if system is None:
                return 0
            equality = equality_of(system)
            if equality is None:
                break
            rows = eliminate_equality(box, system, equality, self.budget)
        sizes = [hi - lo + 1 for lo, hi in closed_intervals(box)]
        total = prod(size for j, size in enumerate(sizes) if not any(row[j] for row in system))
        for variables in _components(system):
            total *= self.count_part(part_of(box, system, variables))
            if not total:
                break
        return total

    def count_part(self, part: Part) -> int:
        """Count the points of a connected part, with caching."""
        found = self.known.get(part)
        if found is None:
            found = self.known[part] = self._count_part(*part)
        return found

    def _count_part(self, sizes: Vector, rows: tuple[Bounded, ...]) -> int:
        """Count the points of a connected part."""
        # Propagation is cut off, so a row may be empty still.
        if any(lo > hi for _, lo, hi in rows):
            return 0
        if len(sizes) == 2:
            return count_in_polygon(sizes, rows, self.budget)
        split = _halves(sizes)
        costs = {
            "halves": _halves_cost(sizes, rows, split),
            "expansion": _expansion_cost(sizes, rows),
            "cones": _cones_cost(sizes, rows),
            "enumeration": _enumeration_cost(sizes, rows),
        }
        way = min(costs, key=lambda name: costs[name])
        if way == "halves":
            return _count_matching_halves(sizes, rows, split, self.budget)
        if way == "expansion":
            return count_by_expansion(sizes, rows, self.budget)
        if way == "cones":
            return count_by_cones(sizes, rows, self.budget)
        return self._count_enumerated(sizes, rows)

    def _count_enumerated(self, sizes: Vector, rows: tuple[Bounded, ...]) -> int:
        """Count the points by enumerating the variable with the fewest values."""
        k = sizes.index(min(sizes))
        total = 0
        for value in range(sizes[k]):
            box: list[Interval] = [(0, size - 1) for size in sizes]
            box[k] = (value, value)
            total += self.count_system(box, [(row, (lo, hi)) for row, lo, hi in rows])
        return total


def _components(system: Rows) -> list[list[int]]:
    """The connected components of variables, where a row connects all its variables."""
    groups: list[set[int]] = []
    for row in system:
        connected = {j for j, c in enumerate(row) if c}
        apart = [group for group in groups if not group & connected]
        for group in groups:
            if group & connected:
                connected = connected | group
        groups = [*apart, connected]
    return [sorted(group) for group in groups]


def _halves(sizes: Vector) -> tuple[list[int], list[int]]:
    """Split the variables into two groups with similar numbers of points; the smaller group is second."""
    groups: tuple[list[int], list[int]] = ([], [])
    points = [1, 1]
    for j in sorted(range(len(sizes)), key=lambda j: -sizes[j]):
        side = int(points[1] < points[0])
        groups[side].append(j)
        points[side] *= sizes[j]
    return groups if points[1] <= points[0] else (groups[1], groups[0])


def _halves_cost(sizes: Vector, rows: tuple[Bounded, ...], split: tuple[list[int], list[int]]) -> float:
    """The estimated cost of matching two halves, in microseconds; infinite if it would take too much memory."""
    long, brief = (prod(sizes[j] for j in group) for group in split)
    if brief > LONGEST_HALF or long > MOST_STATES:
        return inf
    return (long + brief) * len(rows) * (0.6 + brief / 8000)


def _expansion_cost(sizes: Vector, rows: tuple[Bounded, ...]) -> float:
    """The estimated cost of `count_by_expansion`, in microseconds; infinite if it would take too much memory."""
    bits = expansion_bits(sizes, rows)
    if bits > MOST_BITS:
        return inf
    rounds = sum(size.bit_length() for size in sizes) + sum((hi - lo + 1).bit_length() for _, lo, hi in rows)
    return 20 + rounds * (2 + bits / 20000)


def _cones_cost(sizes: Vector, rows: tuple[Bounded, ...]) -> float:
    """The estimated cost of `count_by_cones`, in microseconds; infinite for too many variables."""
    n = len(sizes)
    if n > MOST_VARIABLES:
        return inf
    cones = 1.0
    for row, _, _ in rows:
        cones *= max(map(abs, row)).bit_length() ** (n / 4)
    return float(2**n * n * (1 + len(rows)) * (20 + 10 * n) * cones)


def _enumeration_cost(sizes: Vector, rows: tuple[Bounded, ...]) -> float:
    """The estimated cost of enumeration, in microseconds.

    Follows the recursion down to two variables, with the largest possible number of distinct rests at each level.
    """
    left = dict(enumerate(sizes))
    cost, states = 0.0, 1
    while len(left) > 2:
        k = min(left, key=lambda j: (left[j], j))
        states = min(states * left.pop(k), MOST_STATES)
        cost += states * 60
        for row, lo, hi in rows:
            open_ = [j for j in left if row[j]]
            if row[k] and len(open_) == 1:
                left[open_[0]] = min(left[open_[0]], (hi - lo) // abs(row[open_[0]]) + 1)
        states = min(states, _rests(sizes, rows, left))
    return cost


def _rests(sizes: Vector, rows: tuple[Bounded, ...], left: Collection[int]) -> int:
    """An upper bound on the number of distinct systems in the variables left.

    They differ through the values of enumerated variables that share a row with those left, and only by partial sums.
    """
    active = [row for row, _, _ in rows if any(row[j] for j in left)]
    listed = [j for j in range(len(sizes)) if j not in left]
    values = prod(sizes[j] for j in listed if any(row[j] for row in active))
    sums = prod(1 + sum(abs(row[j]) * (sizes[j] - 1) for j in listed) for row in active)
    return min(values, sums, MOST_STATES)


def _count_matching_halves(
    sizes: Vector, rows: tuple[Bounded, ...], split: tuple[list[int], list[int]], budget: Budget
) -> int:
    """Count points by meeting in the middle: each point of one half selects points of the other by a bit mask.

    Buys 11 times on three sums over four fields from 0 to 20, and 12 times on three scores of twelve questions.
    """
    budget.spend(1 + int(_halves_cost(sizes, rows, split)) // _MATCHING_A_STEP)
    long, brief = split
    numbers = prod(sizes[j] for j in brief)
    tables = []
    for row, lo, hi in rows:
        sums = _sums(sizes, row, brief)
        order = sorted(range(numbers), key=sums.__getitem__)
        masks = [0]
        for point in order:
            masks.append(masks[-1] | 1 << point)
        ordered = [sums[point] for point in order]
        tables.append((ordered, masks, [(lo - s, hi - s) for s in _sums(sizes, row, long)]))
    total = 0
    for wanted in zip(*(intervals for _, _, intervals in tables), strict=True):
        fitting = -1
        for (ordered, masks, _), (lo, hi) in zip(tables, wanted, strict=True):
            fitting &= masks[bisect_right(ordered, hi)] ^ masks[bisect_left(ordered, lo)]
        total += fitting.bit_count()
    return total


def _sums(sizes: Vector, row: Vector, variables: list[int]) -> list[int]:
    """The partial sums of a row over all points in these variables, in a fixed order."""
    sums = [0]
    for j in variables:
        steps = [row[j] * value for value in range(sizes[j])]
        sums = [s + step for s in sums for step in steps]
    return sums
