"""How many integer points are there in a box that lie in every strip, exactly?

A region is brought into normal form, loses a variable per equality, and falls into independent parts, the
numbers of which are multiplied. What is left is counted by whichever way promises the least work:

- two variables: a sweep over the polygon (`polynomials.polygon`);
- few points: the two halves of the variables are listed and matched;
- small sums: a dynamic program over partial sums (`polynomials.dense`);
- wide ranges: generating functions of the vertex cones (`polynomials.short`), which do for any coefficients
  what W. Pugh, "Counting solutions to Presburger formulas: how and why" (PLDI 1994), does by symbolic sums;
- otherwise one variable is listed, and the rest counted for each value, equal rests only once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from math import inf, prod

from engine.budget import Budget
from engine.integers.generating_functions import Bounded, Vector, dense, dense_bits, polygon, short
from engine.integers.omega import (
    Interval,
    Part,
    Polytope,
    Row,
    Rows,
    closed,
    equality_of,
    part_of,
    reach,
    rows_of,
    simplify,
    without_equality,
)

# No half longer than this is listed: its masks take the square of it in bits, per row.
LONGEST_HALF = 1 << 13
MOST_BITS = 1 << 27
# More is hopeless, and only has to stay a number that estimates can be made with.
MOST_STATES = 1 << 40
# A box has 2 ** variables vertices to start with.
MOST_VARIABLES = 16


def count(region: Polytope, budget: Budget) -> int:
    """The exact number of integer points of the region.

    Raises `OutOfSteps` when the budget ends, and ValueError if some variable is unbounded in the region (also
    when it is empty, unless that is noticed first).
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
            box[variable] = reach(box, rows.items(), variable, budget)
            if None in box[variable]:
                raise ValueError(f"variable {variable} is unbounded in the region")
    if any(lo > hi for lo, hi in closed(box)):
        return 0
    return _Counter(budget).system(box, rows.items())


class _Counter:
    """Counts systems with closed boxes, and remembers the parts that it has counted."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.known: dict[Part, int] = {}

    def system(self, box: list[Interval], rows: Iterable[Row]) -> int:
        """The number of points of the box that lie in every row; uses `box` up."""
        while True:
            self.budget.spend()
            system = simplify(box, rows)
            if system is None:
                return 0
            equality = equality_of(system)
            if equality is None:
                break
            rows = without_equality(box, system, equality, self.budget)
        sizes = [hi - lo + 1 for lo, hi in closed(box)]
        total = prod(size for j, size in enumerate(sizes) if not any(row[j] for row in system))
        for variables in _components(system):
            total *= self.part(part_of(box, system, variables))
            if not total:
                break
        return total

    def part(self, part: Part) -> int:
        """The number of points of a connected part."""
        found = self.known.get(part)
        if found is None:
            found = self.known[part] = self._part(*part)
        return found

    def _part(self, sizes: Vector, rows: tuple[Bounded, ...]) -> int:
        # propagation stops before it has seen everything
        if any(lo > hi for _, lo, hi in rows):
            return 0
        if len(sizes) == 2:
            return polygon(sizes, rows, self.budget)
        split = _halves(sizes)
        costs = {
            "halves": _halves_cost(sizes, rows, split),
            "dense": _dense_cost(sizes, rows),
            "short": _short_cost(sizes, rows),
            "listed": _listed_cost(sizes, rows),
        }
        way = min(costs, key=lambda name: costs[name])
        if way == "halves":
            return _matched(sizes, rows, split, self.budget)
        if way == "dense":
            return dense(sizes, rows, self.budget)
        if way == "short":
            return short(sizes, rows, self.budget)
        return self._listed(sizes, rows)

    def _listed(self, sizes: Vector, rows: tuple[Bounded, ...]) -> int:
        """Counts for each value of the variable with the fewest values."""
        k = sizes.index(min(sizes))
        total = 0
        for value in range(sizes[k]):
            box: list[Interval] = [(0, size - 1) for size in sizes]
            box[k] = (value, value)
            total += self.system(box, [(row, (lo, hi)) for row, lo, hi in rows])
        return total


def _components(system: Rows) -> list[list[int]]:
    """The variables that occur in the rows, grouped so that no row reaches over two groups."""
    groups: list[set[int]] = []
    for row in system:
        joined = {j for j, c in enumerate(row) if c}
        apart = [group for group in groups if not group & joined]
        for group in groups:
            if group & joined:
                joined = joined | group
        groups = [*apart, joined]
    return [sorted(group) for group in groups]


def _halves(sizes: Vector) -> tuple[list[int], list[int]]:
    """The variables in two groups with numbers of points that are not far apart, the smaller one second."""
    groups: tuple[list[int], list[int]] = ([], [])
    points = [1, 1]
    for j in sorted(range(len(sizes)), key=lambda j: -sizes[j]):
        side = int(points[1] < points[0])
        groups[side].append(j)
        points[side] *= sizes[j]
    return groups if points[1] <= points[0] else (groups[1], groups[0])


def _halves_cost(sizes: Vector, rows: tuple[Bounded, ...], split: tuple[list[int], list[int]]) -> float:
    """All costs are estimates in microseconds."""
    long, brief = (prod(sizes[j] for j in group) for group in split)
    if brief > LONGEST_HALF or long > MOST_STATES:
        return inf
    return (long + brief) * len(rows) * (0.6 + brief / 8000)


def _dense_cost(sizes: Vector, rows: tuple[Bounded, ...]) -> float:
    bits = dense_bits(sizes, rows)
    if bits > MOST_BITS:
        return inf
    rounds = sum(size.bit_length() for size in sizes) + sum((hi - lo + 1).bit_length() for _, lo, hi in rows)
    return 20 + rounds * (2 + bits / 20000)


def _short_cost(sizes: Vector, rows: tuple[Bounded, ...]) -> float:
    n = len(sizes)
    if n > MOST_VARIABLES:
        return inf
    cones = 1.0
    for row, _, _ in rows:
        cones *= max(map(abs, row)).bit_length() ** (n / 4)
    return float(2**n * n * (1 + len(rows)) * (20 + 10 * n) * cones)


def _listed_cost(sizes: Vector, rows: tuple[Bounded, ...]) -> float:
    """Follows `_listed` down to two variables, with as many different rests per level as there can be."""
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
    """At most how many different systems in the variables left there are.

    They differ by the values of the listed variables that share a row with them, and only by partial sums.
    """
    active = [row for row, _, _ in rows if any(row[j] for j in left)]
    listed = [j for j in range(len(sizes)) if j not in left]
    values = prod(sizes[j] for j in listed if any(row[j] for row in active))
    sums = prod(1 + sum(abs(row[j]) * (sizes[j] - 1) for j in listed) for row in active)
    return min(values, sums, MOST_STATES)


def _matched(sizes: Vector, rows: tuple[Bounded, ...], split: tuple[list[int], list[int]], budget: Budget) -> int:
    """Lists the sums of two halves; the points of the one that fit a point of the other are a mask."""
    long, brief = split
    numbers = prod(sizes[j] for j in brief)
    budget.spend(prod(sizes[j] for j in long) + numbers)
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
    """The partial sums of a row over all points in these variables, always in the same order."""
    sums = [0]
    for j in variables:
        steps = [row[j] * value for value in range(sizes[j])]
        sums = [s + step for s in sums for step in steps]
    return sums
