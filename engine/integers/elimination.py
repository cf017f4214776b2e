"""Elimination of one variable of an integer system: by an equality, or by the inequalities that bound it.

An equality eliminates a variable after unimodular substitutions. Inequalities eliminate it by Fourier-Motzkin
projection, whose real shadow may hold more integer points, and whose dark shadow fewer, than the integer projection.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.budget import Budget
from engine.integers.polytopes import OPEN, Interval, Row, Rows
from engine.integers.tightening import simplify, sum_interval

# One step of the budget is the work on about this many rows.
ROWS_PER_STEP = 8


def equality_of(rows: Rows) -> tuple[tuple[int, ...], int] | None:
    """A row whose two ends are equal, as (coefficients, value); None if there is none."""
    for coefficients, (lo, hi) in rows.items():
        if lo is not None and lo == hi:
            return coefficients, lo
    return None


def eliminate_equality(
    box: list[Interval], rows: Rows, equality: tuple[tuple[int, ...], int], budget: Budget
) -> list[Row]:
    """Eliminate one variable by an equality among the rows, after a unimodular change of variables.

    The integer points of the result are in bijection with those of the input. The eliminated variable gets the interval
    (0, 0) and occurs in no row. Changes `box` in place; bounded intervals stay bounded.
    """
    coefficients, value = equality
    rest = [row for row in rows.items() if row[0] != coefficients]
    while True:
        budget.spend(1 + len(rest) // ROWS_PER_STEP)
        pivot = min((c for c in coefficients if c), key=abs)
        k = coefficients.index(pivot)
        unit = tuple(int(j == k) for j in range(len(box)))
        rest.append((unit, box[k]))
        if abs(pivot) == 1:
            box[k] = (0, 0)
            return [_substitute(row, coefficients, value, k) for row in rest]
        # Substitute x_k' - sum(shift[j] * x_j) for x_k, which reduces the other coefficients to remainders.
        shift = tuple(0 if j == k else (2 * c + pivot) // (2 * pivot) for j, c in enumerate(coefficients))
        box[k] = sum_interval(box, tuple(s + u for s, u in zip(shift, unit, strict=True)))
        rest = [(_minus(row, shift, row[k]), interval) for row, interval in rest]
        coefficients = _minus(coefficients, shift, pivot)


def find_range(box: list[Interval], rows: Iterable[Row], variable: int, budget: Budget) -> Interval:
    """An interval that contains the variable in every point; open only where the real polyhedron is unbounded.

    The interval is (1, 0) if the rows are found to have no integer point. `box` is left unchanged.
    """
    box = list(box)
    while True:
        system = simplify(box, rows)
        if system is None:
            return 1, 0
        others = {j for row in system for j, c in enumerate(row) if c and j != variable}
        if not others:
            return box[variable]
        k = min(others, key=lambda j: (count_pairs(bounds_of(box, system, j)), j))
        rows = project(box, system, k, budget, dark=False)


def bounds_of(box: list[Interval], system: Rows, k: int) -> list[Row]:
    """The bounds of x_k: its interval in the box, then each row that contains it, its coefficient made positive."""
    found: list[Row] = [((0,) * k + (1,) + (0,) * (len(box) - k - 1), box[k])]
    for row, (lo, hi) in system.items():
        if row[k] > 0:
            found.append((row, (lo, hi)))
        elif row[k]:
            flipped = (None if hi is None else -hi, None if lo is None else -lo)
            found.append((tuple([-c for c in row]), flipped))
    return found


def pivot_of(bounds: list[Row]) -> int:
    """The variable that a list of bounds is about."""
    return bounds[0][0].index(1)


def count_pairs(bounds: list[Row]) -> int:
    """The number of pairs of a lower and an upper bound: the number of rows in the shadow."""
    lowers = sum(lo is not None for _, (lo, _) in bounds)
    return lowers * sum(hi is not None for _, (_, hi) in bounds)


def is_exact(bounds: list[Row]) -> bool:
    """Whether every integer point of the real shadow is the projection of an integer point.

    This holds if every pair of a lower and an upper bound contains a coefficient 1, and for the two ends of one strip
    that is wide enough to contain a multiple of its coefficient.
    """
    k = pivot_of(bounds)
    large = [(row[k], lo, hi) for row, (lo, hi) in bounds if row[k] > 1]
    if len(large) == 1:
        c, lo, hi = large[0]
        return lo is None or hi is None or hi - lo >= c - 1
    return all(lo is None for _, lo, _ in large) or all(hi is None for _, _, hi in large)


def project(box: list[Interval], system: Rows, k: int, budget: Budget, *, dark: bool) -> list[Row]:
    """The rows after Fourier-Motzkin elimination of x_k.

    Args:
        box: The box; the interval of x_k is opened in place.
        system: The rows.
        k: The variable.
        budget: The steps that may be spent.
        dark: Whether to build the dark shadow, all of whose points lift to integer points, instead of the real one.
    """
    bounds = bounds_of(box, system, k)
    shadow = [row for row in system.items() if not row[0][k]]
    box[k] = OPEN
    for i, (one, (one_lo, one_hi)) in enumerate(bounds):
        a = one[k]
        if dark and one_lo is not None and one_hi is not None and one_hi - one_lo < a - 1:
            return [((0,) * len(box), (1, 0))]
        for other, (other_lo, other_hi) in bounds[:i]:
            b = other[k]
            margin = (a - 1) * (b - 1) if dark else 0
            lo = None if one_lo is None or other_hi is None else b * one_lo - a * other_hi + margin
            hi = None if one_hi is None or other_lo is None else b * one_hi - a * other_lo - margin
            if lo is not None or hi is not None:
                budget.spend()
                shadow.append((tuple([b * p - a * q for p, q in zip(one, other, strict=True)]), (lo, hi)))
    return shadow


def _minus(row: tuple[int, ...], other: tuple[int, ...], times: int) -> tuple[int, ...]:
    """The row minus `times` the other."""
    return tuple([a - times * b for a, b in zip(row, other, strict=True)]) if times else row


def _substitute(row: Row, equality: tuple[int, ...], value: int, k: int) -> Row:
    """Substitute for x_k, whose coefficient in the equality is 1 or -1."""
    coefficients, (lo, hi) = row
    times = coefficients[k] * equality[k]
    known = times * value
    interval = (None if lo is None else lo - known, None if hi is None else hi - known)
    return _minus(coefficients, equality, times), interval
