"""Is there an integer point in a box that lies in every strip, and which one is nearest to a wish?

A strip bounds a weighted sum of the variables from both sides; boxes and strips may be open at either end.
`feasible` is the Omega test of W. Pugh ("A practical algorithm for exact array dependence analysis",
CACM 35(8), 1992): equalities are removed by unimodular substitutions, variables by Fourier-Motzkin
elimination, exactly where the coefficients allow it and by dark shadow, real shadow and splinters elsewhere.
It is complete: it ends with the right answer for every input, given the steps. Where two variables are left
that cannot be eliminated exactly, or three with too many splinters, their points are counted in closed form.

A row is a strip without its class: (coefficients, interval). A box is a list of intervals, one per variable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from math import gcd

from engine.budget import Budget
from engine.frozen import frozen_value
from engine.integers.generating_functions import Bounded, Vector, polygon, short

Interval = tuple[int | None, int | None]
Row = tuple[tuple[int, ...], Interval]
Rows = dict[tuple[int, ...], Interval]
# sizes and closed rows of a system whose variables all start at 0
Part = tuple[Vector, tuple[Bounded, ...]]

OPEN: Interval = (None, None)
# Propagation may converge arbitrarily slowly; it only has to settle the easy cases and to shrink the others.
ROUNDS = 4
# One step is the work on about so many rows.
ROWS_PER_STEP = 8
# A bounded system in three variables of which so many pieces are empty, and more are left, is counted instead:
# that takes time that grows with the lengths of the coefficients, while the pieces grow with their size.
MOST_PIECES = 4096


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


def feasible(region: Polytope, budget: Budget) -> bool:
    """Whether the region has an integer point, exactly; raises `OutOfSteps` when the budget ends."""
    budget.spend()
    if any(lo is not None and hi is not None and lo > hi for lo, hi in region.box):
        return False
    if not region.strips:
        return True
    return _satisfiable(list(region.box), rows_of(region), budget)


def nearest(region: Polytope, targets: tuple[int, ...], budget: Budget) -> tuple[int, ...] | None:
    """The point whose coordinates, in order, are each as near to its target as the earlier ones allow.

    One target per variable; of two values equally near the larger is taken. None if the region is empty.
    Raises `OutOfSteps` when the budget ends.
    """
    if _holds(region, targets):
        return targets
    if not feasible(region, budget):
        return None
    box = list(region.box)
    for variable, target in enumerate(targets):
        value = _nearest_value(box, region.strips, variable, target, budget)
        box[variable] = (value, value)
    return tuple(lo for lo, _ in box if lo is not None)


def rows_of(region: Polytope) -> list[Row]:
    """The strips of a region as rows."""
    return [(strip.coefficients, strip.interval) for strip in region.strips]


def simplify(box: list[Interval], rows: Iterable[Row]) -> Rows | None:
    """The rows that the box does not imply, in normal form; None when they are seen to have no integer point.

    Narrows `box` in place, and keeps exactly the same integer points. Every row that is returned has at least
    two variables, coprime coefficients of which the first is positive, and a direction that no other row has.
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


def equality_of(rows: Rows) -> tuple[tuple[int, ...], int] | None:
    """Some row with equal ends, as (coefficients, value)."""
    for coefficients, (lo, hi) in rows.items():
        if lo is not None and lo == hi:
            return coefficients, lo
    return None


def without_equality(
    box: list[Interval], rows: Rows, equality: tuple[tuple[int, ...], int], budget: Budget
) -> list[Row]:
    """The rows after a unimodular change of variables and the use of the equality, which is one of the rows.

    The points of the result are in bijection with those before. One variable is used up: it gets the interval
    (0, 0) and occurs in no row. Changes `box` in place; intervals that were bounded stay bounded.
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
            return [_solved(row, coefficients, value, k) for row in rest]
        # x_k stands for x_k' - sum(shift[j] * x_j), which leaves remainders at the other coefficients
        shift = tuple(0 if j == k else (2 * c + pivot) // (2 * pivot) for j, c in enumerate(coefficients))
        box[k] = _sum_interval(box, tuple(s + u for s, u in zip(shift, unit, strict=True)))
        rest = [(_minus(row, shift, row[k]), interval) for row, interval in rest]
        coefficients = _minus(coefficients, shift, pivot)


def closed(box: Iterable[Interval]) -> Iterator[tuple[int, int]]:
    """The intervals of a box; the open ones are left out."""
    return ((lo, hi) for lo, hi in box if lo is not None and hi is not None)


def part_of(box: list[Interval], system: Rows, variables: list[int]) -> Part:
    """The rows of the system in these variables, which have closed intervals and no row with others."""
    intervals = list(closed(box[j] for j in variables))
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


def reach(box: list[Interval], rows: Iterable[Row], variable: int, budget: Budget) -> Interval:
    """An interval that holds the variable in every point; open only where the real polyhedron is unbounded.

    The interval is (1, 0) when the rows are seen to have no integer point. Leaves `box` as it was.
    """
    box = list(box)
    while True:
        system = simplify(box, rows)
        if system is None:
            return 1, 0
        others = {j for row in system for j, c in enumerate(row) if c and j != variable}
        if not others:
            return box[variable]
        k = min(others, key=lambda j: (_pairs(_bounds(box, system, j)), j))
        rows = _shadow(box, system, k, budget, dark=False)


def _merge(box: list[Interval], rows: Iterable[Row]) -> Rows | None:
    """Puts fixed variables into the rows, divides by the gcd, and unites rows of the same direction."""
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
            # the sign is in the divisor: rounding stays towards the inside
            lo, hi = (None if lo is None else -(-lo // divisor)), (None if hi is None else hi // divisor)
        single = coefficients.index(1) if coefficients.count(0) == len(coefficients) - 1 else None
        lo, hi = _meet((lo, hi), merged.get(coefficients, OPEN) if single is None else box[single])
        if lo is not None and hi is not None and lo > hi:
            return None
        if single is not None:
            box[single] = (lo, hi)
        elif lo is not None or hi is not None:
            merged[coefficients] = (lo, hi)
    return merged


def _meet(one: Interval, other: Interval) -> Interval:
    lo, hi = one
    if lo is None or (other[0] is not None and other[0] > lo):
        lo = other[0]
    if hi is None or (other[1] is not None and other[1] < hi):
        hi = other[1]
    return lo, hi


def _propagate(box: list[Interval], coefficients: tuple[int, ...], row: Interval) -> tuple[bool, bool] | None:
    """Narrows the box by one row: (the box implies the row, the box became narrower), None if empty."""
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
            # after the first narrowing `least` may be too small, which makes the slack larger: still sound
            narrowed = _narrow(box, coefficients, hi - least, bool(no_least)) or narrowed
    if narrowed and any(lo is not None and hi is not None and lo > hi for lo, hi in box):
        return None
    return not (below or above), narrowed


def _ends(box: list[Interval], coefficients: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The least sum over the finite ends, how many of the ends are open, and the same for the greatest."""
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
    """Narrows by sum(c * x) <= least + slack, `least` over the finite ends; with one open end, only it."""
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


def _minus(row: tuple[int, ...], other: tuple[int, ...], times: int) -> tuple[int, ...]:
    return tuple([a - times * b for a, b in zip(row, other, strict=True)]) if times else row


def _sum_interval(box: list[Interval], coefficients: tuple[int, ...]) -> Interval:
    least, no_least, most, no_most = _ends(box, coefficients)
    return None if no_least else least, None if no_most else most


def _solved(row: Row, equality: tuple[int, ...], value: int, k: int) -> Row:
    """The row after x_k, whose coefficient in the equality is 1 or -1, has been replaced."""
    coefficients, (lo, hi) = row
    times = coefficients[k] * equality[k]
    known = times * value
    interval = (None if lo is None else lo - known, None if hi is None else hi - known)
    return _minus(coefficients, equality, times), interval


def _satisfiable(box: list[Interval], rows: Iterable[Row], budget: Budget) -> bool:
    """The Omega test; uses `box` up."""
    while True:
        budget.spend()
        system = simplify(box, rows)
        if not system:
            return system is not None
        budget.spend(len(system) // ROWS_PER_STEP)
        equality = equality_of(system)
        if equality is not None:
            rows = without_equality(box, system, equality, budget)
            continue
        best = None
        for k in range(len(box)):
            bounds = _bounds(box, system, k)
            if len(bounds) > 1 and _exact(bounds):
                cost = _pairs(bounds)
                if best is None or cost < best[0]:
                    best = cost, k
        if best is None:
            return _split(box, system, budget)
        rows = _shadow(box, system, best[1], budget, dark=False)


def _bounds(box: list[Interval], system: Rows, k: int) -> list[Row]:
    """What bounds x_k: the rows with it, its coefficient made positive, after its interval in the box."""
    found: list[Row] = [((0,) * k + (1,) + (0,) * (len(box) - k - 1), box[k])]
    for row, (lo, hi) in system.items():
        if row[k] > 0:
            found.append((row, (lo, hi)))
        elif row[k]:
            flipped = (None if hi is None else -hi, None if lo is None else -lo)
            found.append((tuple([-c for c in row]), flipped))
    return found


def _pairs(bounds: list[Row]) -> int:
    """How many lower bounds times how many upper bounds: the size of the shadow."""
    lowers = sum(lo is not None for _, (lo, _) in bounds)
    return lowers * sum(hi is not None for _, (_, hi) in bounds)


def _pivot(bounds: list[Row]) -> int:
    """The variable that the bounds are about."""
    return bounds[0][0].index(1)


def _exact(bounds: list[Row]) -> bool:
    """Whether every real point of the shadow that is integer has an integer point above it.

    That holds for a lower and an upper bound of which one has coefficient 1, and for the two ends of a strip
    that is wide enough to hold a multiple of the coefficient wherever it lies.
    """
    k = _pivot(bounds)
    large = [(row[k], lo, hi) for row, (lo, hi) in bounds if row[k] > 1]
    if len(large) == 1:
        c, lo, hi = large[0]
        return lo is None or hi is None or hi - lo >= c - 1
    return all(lo is None for _, lo, _ in large) or all(hi is None for _, _, hi in large)


def _shadow(box: list[Interval], system: Rows, k: int, budget: Budget, *, dark: bool) -> list[Row]:
    """The rows after the elimination of x_k: its real shadow, or the dark one, all of which has points above.

    Sets the interval of x_k open in `box`.
    """
    bounds = _bounds(box, system, k)
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


def _split(box: list[Interval], system: Rows, budget: Budget) -> bool:
    """Settles a system that no variable can be eliminated from exactly."""
    variables = [j for j in range(len(box)) if any(row[j] for row in system)]
    if len(variables) == 2:
        number = _number(box, system, variables, budget)
        if number is not None:
            return number > 0
    candidates = [bounds for k in range(len(box)) if len(bounds := _bounds(box, system, k)) > 1]
    chosen = min(candidates, key=_splinter_count)
    k = _pivot(chosen)
    inner = list(box)
    if _satisfiable(inner, _shadow(inner, system, k, budget, dark=True), budget):
        return True
    outer = list(box)
    if not _satisfiable(outer, _shadow(outer, system, k, budget, dark=False), budget):
        return False
    # a narrow row can be cut into its values instead: the points are the same, the pieces fewer
    narrow = min(_finite([*system.items(), *(bounds[0] for bounds in candidates)]), default=None)
    pieces = _splinters(chosen)
    if narrow is not None and narrow[0] <= _splinter_count(chosen):
        pieces = _values(narrow[1], narrow[2], narrow[0])
    if len(variables) == 3:
        if _some(box, system, islice(pieces, MOST_PIECES), budget):
            return True
        following = next(pieces, None)
        if following is None:
            return False
        number = _number(box, system, variables, budget)
        if number is not None:
            return number > 0
        pieces = chain([following], pieces)
    return _some(box, system, pieces, budget)


def _some(box: list[Interval], system: Rows, pieces: Iterable[Row], budget: Budget) -> bool:
    """Whether the system with one of the pieces has a point."""
    return any(_satisfiable(list(box), [*system.items(), piece], budget) for piece in pieces)


def _number(box: list[Interval], system: Rows, variables: list[int], budget: Budget) -> int | None:
    """The number of points in these two or three variables, None if they are unbounded."""
    box = list(box)
    for j in variables:
        if None in box[j]:
            box[j] = reach(box, system.items(), j, budget)
            if None in box[j]:
                return None
    if any(lo > hi for lo, hi in closed(box)):
        return 0
    way = polygon if len(variables) == 2 else short
    return way(*part_of(box, system, variables), budget)


def _finite(rows: list[Row]) -> Iterator[tuple[int, tuple[int, ...], int]]:
    """The rows with two ends as (number of values, coefficients, lower end)."""
    for row, (lo, hi) in rows:
        if lo is not None and hi is not None:
            yield hi - lo + 1, row, lo


def _values(row: tuple[int, ...], lo: int, count: int) -> Iterator[Row]:
    return ((row, (value, value)) for value in range(lo, lo + count))


def _splinter_count(bounds: list[Row]) -> int:
    k = _pivot(bounds)
    most = max(row[k] for row, (_, hi) in bounds if hi is not None)
    return sum(_splinter_range(row[k], most) for row, (lo, _) in bounds if lo is not None)


def _splinter_range(lower: int, upper: int) -> int:
    """How many values above a lower bound can hold a point that the dark shadow does not show."""
    return (upper * lower - upper - lower) // upper + 1


def _splinters(bounds: list[Row]) -> Iterator[Row]:
    """Equalities one of which every point outside the dark shadow satisfies: it is close to a lower bound."""
    k = _pivot(bounds)
    most = max(row[k] for row, (_, hi) in bounds if hi is not None)
    for row, (lo, _) in bounds:
        if lo is not None:
            yield from _values(row, lo, _splinter_range(row[k], most))


def _holds(region: Polytope, point: tuple[int, ...]) -> bool:
    sums = [sum(c * x for c, x in zip(s.coefficients, point, strict=True)) for s in region.strips]
    intervals = [*region.box, *(strip.interval for strip in region.strips)]
    return all(
        (lo is None or lo <= value) and (hi is None or value <= hi)
        for value, (lo, hi) in zip([*point, *sums], intervals, strict=True)
    )


def _nearest_value(box: list[Interval], strips: tuple[Strip, ...], variable: int, target: int, budget: Budget) -> int:
    """The value nearest to the target that the variable has in some point; there has to be a point."""

    def possible(interval: Interval) -> bool:
        narrowed = (*box[:variable], _meet(interval, box[variable]), *box[variable + 1 :])
        return feasible(Polytope(narrowed, strips), budget)

    def within(distance: int) -> bool:
        return possible((target - distance, target + distance))

    lo, hi = box[variable]
    reached = 0
    if lo is not None and lo > target:
        reached = lo - target
    elif hi is not None and hi < target:
        reached = target - hi
    if not within(reached):
        step = 1
        while not within(reached + step):
            reached += step
            step *= 2
        # `reached` is too near and `reached + step` is not
        while step > 1:
            half = step // 2
            if within(reached + half):
                step = half
            else:
                reached += half
                step -= half
        reached += 1
    if not reached:
        return target
    above = target + reached
    return above if possible((above, above)) else target - reached
