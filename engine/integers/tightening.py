"""Normal form of rows, and bounds propagation: cheap steps that shrink a box without losing integer points."""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd

from engine.integers.polytopes import OPEN, Interval, Row, Rows, intersect

# Propagation may converge arbitrarily slowly; it only has to decide easy cases and shrink the others.
ROUNDS = 4


def simplify(box: list[Interval], rows: Iterable[Row]) -> Rows | None:
    """Normalise rows, and drop those that the box implies; None if the rows are found to have no integer point.

    Narrows `box` in place without losing integer points. Every remaining row has at least two variables, coprime
    coefficients of which the first is positive, and a direction that no other row has.
    """
    for _ in range(ROUNDS):
        merged = _merge(box, rows)
        if not merged:
            return merged
        changed = False
        for coefficients, interval in list(merged.items()):
            verdict = _propagate(box, coefficients, interval)
            if verdict is None:
                return None
            implied, narrowed = verdict
            changed = changed or narrowed
            if implied:
                del merged[coefficients]
        if not changed:
            return merged
        rows = merged.items()
    return merged


def sum_interval(box: list[Interval], coefficients: tuple[int, ...]) -> Interval:
    """The interval of a weighted sum over a box."""
    least, no_least, most, no_most = _ends(box, coefficients)
    return None if no_least else least, None if no_most else most


def _merge(box: list[Interval], rows: Iterable[Row]) -> Rows | None:
    """Substitute fixed variables, divide by the gcd, and intersect rows of the same direction; None if one is empty."""
    fixed = [(j, lo) for j, (lo, hi) in enumerate(box) if lo is not None and lo == hi]
    merged: Rows = {}
    for coefficients, (lo, hi) in rows:
        for j, value in fixed:
            if coefficients[j]:
                known = coefficients[j] * value
                lo, hi = (None if lo is None else lo - known), (None if hi is None else hi - known)
                coefficients = (*coefficients[:j], 0, *coefficients[j + 1 :])
        divisor = gcd(*coefficients)
        if not divisor:
            if (lo is not None and lo > 0) or (hi is not None and hi < 0):
                return None
            continue
        if next(filter(None, coefficients)) < 0:
            divisor = -divisor
            lo, hi = hi, lo
        if divisor != 1:
            coefficients = tuple([c // divisor for c in coefficients])
            # A negative divisor swapped the ends, so both are still rounded inwards.
            lo, hi = (None if lo is None else -(-lo // divisor)), (None if hi is None else hi // divisor)
        single = coefficients.index(1) if coefficients.count(0) == len(coefficients) - 1 else None
        lo, hi = intersect((lo, hi), merged.get(coefficients, OPEN) if single is None else box[single])
        if lo is not None and hi is not None and lo > hi:
            return None
        if single is not None:
            box[single] = (lo, hi)
        elif lo is not None or hi is not None:
            merged[coefficients] = (lo, hi)
    return merged


def _propagate(box: list[Interval], coefficients: tuple[int, ...], row: Interval) -> tuple[bool, bool] | None:
    """Narrow the box by one row.

    Returns:
        Whether the box implies the row, and whether the box became narrower; None if the row leaves no point.
    """
    least, no_least, most, no_most = _ends(box, coefficients)
    lo, hi = row
    below = lo is not None and (no_least or least < lo)
    above = hi is not None and (no_most or most > hi)
    narrowed = False
    if below and lo is not None:
        if not no_most and most < lo:
            return None
        if no_most < 2:
            narrowed = _narrow(box, tuple([-c for c in coefficients]), most - lo, bool(no_most))
    if above and hi is not None:
        if not no_least and least > hi:
            return None
        if no_least < 2:
            # The first narrowing may have raised the true minimum above `least`; the larger slack is still sound.
            narrowed = _narrow(box, coefficients, hi - least, bool(no_least)) or narrowed
    if narrowed:
        for low, high in box:
            if low is not None and high is not None and low > high:
                return None
    return not (below or above), narrowed


def _ends(box: list[Interval], coefficients: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The minimum and maximum of a weighted sum over a box.

    Returns:
        The minimum over finite ends, the number of open ends left out of it, and the same for the maximum.
    """
    least = no_least = most = no_most = 0
    for c, (lo, hi) in zip(coefficients, box, strict=True):
        if c:
            if c < 0:
                lo, hi = hi, lo
            if lo is None:
                no_least += 1
            else:
                least += c * lo
            if hi is None:
                no_most += 1
            else:
                most += c * hi
    return least, no_least, most, no_most


def _narrow(box: list[Interval], coefficients: tuple[int, ...], slack: int, one_open: bool) -> bool:
    """Narrow a box by the inequality sum(c * x) <= least + slack, where `least` is the minimum over finite ends.

    With `one_open`, exactly one end is open, and only its variable can be bounded. Returns whether `box` changed.
    """
    narrowed = False
    for j, c in enumerate(coefficients):
        if not c:
            continue
        lo, hi = box[j]
        base = lo if c > 0 else hi
        if one_open and base is not None:
            continue
        step = slack // abs(c)
        if c > 0:
            top = step + (base or 0)
            if hi is None or top < hi:
                box[j], narrowed = (lo, top), True
        else:
            bottom = (base or 0) - step
            if lo is None or bottom > lo:
                box[j], narrowed = (bottom, hi), True
    return narrowed
