"""Convex sets of integer points: boxes cut by strips, and their rows.

A strip bounds a weighted sum of the variables from both sides; boxes and strips may be open at either end.

A row is a strip without its class: (coefficients, interval). A box is a list of intervals, one per variable. An
interval is inclusive, and an end that is None is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.frozen import frozen_value

Vector = tuple[int, ...]
Interval = tuple[int | None, int | None]
Row = tuple[Vector, Interval]
Rows = dict[Vector, Interval]
# A row that is closed: coefficients, lower and upper end.
Bounded = tuple[Vector, int, int]
# Sizes and closed rows of a system whose variables all start at 0.
Part = tuple[Vector, tuple[Bounded, ...]]

OPEN: Interval = (None, None)


@frozen_value
class Strip:
    """The integer points with lo <= sum(coefficients[i] * x[i]) <= hi; one coefficient per variable."""

    coefficients: tuple[int, ...]
    interval: Interval


@frozen_value
class Polytope:
    """The integer points of the box (one inclusive interval per variable) that lie in every strip."""

    box: tuple[Interval, ...]
    strips: tuple[Strip, ...]


def rows_of(region: Polytope) -> list[Row]:
    """The strips of a region as rows."""
    return [(strip.coefficients, strip.interval) for strip in region.strips]


def contains(region: Polytope, point: tuple[int, ...]) -> bool:
    """Whether a point lies in the region."""
    sums = [sum(c * x for c, x in zip(s.coefficients, point, strict=True)) for s in region.strips]
    intervals = [*region.box, *(strip.interval for strip in region.strips)]
    return all(
        (lo is None or lo <= value) and (hi is None or value <= hi)
        for value, (lo, hi) in zip([*point, *sums], intervals, strict=True)
    )


def intersect(one: Interval, other: Interval) -> Interval:
    """Intersect two intervals."""
    lo, hi = one
    if lo is None or (other[0] is not None and other[0] > lo):
        lo = other[0]
    if hi is None or (other[1] is not None and other[1] < hi):
        hi = other[1]
    return lo, hi


def closed_intervals(box: Iterable[Interval]) -> Iterator[tuple[int, int]]:
    """The intervals of a box that are bounded on both sides."""
    return ((lo, hi) for lo, hi in box if lo is not None and hi is not None)


def part_of(box: list[Interval], system: Rows, variables: list[int]) -> Part:
    """The system in the given variables, shifted so that each starts at 0.

    Their intervals must be closed, and no row may contain other variables besides them.
    """
    intervals = list(closed_intervals(box[j] for j in variables))
    sizes = tuple([hi - lo + 1 for lo, hi in intervals])
    rows: list[Bounded] = []
    for row, (lo, hi) in system.items():
        coefficients = tuple([row[j] for j in variables])
        if any(coefficients):
            base = sum([c * start for c, (start, _) in zip(coefficients, intervals, strict=True)])
            ends = [c * (size - 1) for c, size in zip(coefficients, sizes, strict=True)]
            least, most = sum([end for end in ends if end < 0]), sum([end for end in ends if end > 0])
            low = least if lo is None else max(least, lo - base)
            high = most if hi is None else min(most, hi - base)
            rows.append((coefficients, low, high))
    return sizes, tuple(sorted(rows))
