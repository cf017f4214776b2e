"""Integer feasibility of a box cut by strips (the Omega test), and the integer point nearest to a target.

A strip bounds a weighted sum of the variables from both sides; boxes and strips may be open at either end.
`feasible` is the Omega test of W. Pugh ("A practical algorithm for exact array dependence analysis",
CACM 35(8), 1992): equalities are removed by unimodular substitutions, and variables by Fourier-Motzkin elimination,
which is exact where the coefficients allow it and otherwise refined by dark shadow, real shadow and splinters. The
test is complete: given enough steps, it ends with the right answer for every input. Systems of two variables that
cannot be eliminated exactly, or of three with too many splinters, are decided by counting their points in closed form.

A row is a strip without its class: (coefficients, interval). A box is a list of intervals, one per variable. An
interval is inclusive, and an end that is None is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from math import gcd

from engine.budget import Budget
from engine.frozen import frozen_value
from engine.integers.generating_functions import Bounded, Vector, count_by_cones, count_in_polygon

Interval = tuple[int | None, int | None]
Row = tuple[tuple[int, ...], Interval]
Rows = dict[tuple[int, ...], Interval]
# Sizes and closed rows of a system whose variables all start at 0.
Part = tuple[Vector, tuple[Bounded, ...]]

OPEN: Interval = (None, None)
# Propagation may converge arbitrarily slowly; it only has to decide easy cases and shrink the others.
ROUNDS = 4
# One step of the budget is the work on about this many rows.
ROWS_PER_STEP = 8
# One step of the budget is about this many coefficients: each round of the propagation and each choice of a variable
# looks at all of them.
_COEFFICIENTS_PER_STEP = 128
# After this many empty pieces, a bounded system of three variables is counted instead: the time to count grows with
# the length of the coefficients, the number of pieces with their size.
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
    """Whether the region contains an integer point; raises `OutOfSteps` if the budget ends."""
    budget.spend()
    if any(lo is not None and hi is not None and lo > hi for lo, hi in region.box):
        return False
    if not region.strips:
        return True
    return _satisfiable(list(region.box), rows_of(region), budget)


def nearest(region: Polytope, targets: tuple[int, ...], budget: Budget) -> tuple[int, ...] | None:
    """The integer point nearest to the targets in lexicographic order of distances.

    Each coordinate is as near to its target as the earlier ones allow; of two values equally near, the larger is taken.

    Args:
        region: The region.
        targets: One target per variable.
        budget: The steps that may be spent.

    Returns:
        The point, or None if the region is empty.

    Raises:
        OutOfSteps: If the budget ends.
    """
    if _contains(region, targets):
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
        box[k] = _sum_interval(box, tuple(s + u for s, u in zip(shift, unit, strict=True)))
        rest = [(_minus(row, shift, row[k]), interval) for row, interval in rest]
        coefficients = _minus(coefficients, shift, pivot)


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
        k = min(others, key=lambda j: (_pairs(_bounds(box, system, j)), j))
        rows = _shadow(box, system, k, budget, dark=False)


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
        lo, hi = _intersect((lo, hi), merged.get(coefficients, OPEN) if single is None else box[single])
        if lo is not None and hi is not None and lo > hi:
            return None
        if single is not None:
            box[single] = (lo, hi)
        elif lo is not None or hi is not None:
            merged[coefficients] = (lo, hi)
    return merged


def _intersect(one: Interval, other: Interval) -> Interval:
    """Intersect two intervals."""
    lo, hi = one
    if lo is None or (other[0] is not None and other[0] > lo):
        lo = other[0]
    if hi is None or (other[1] is not None and other[1] < hi):
        hi = other[1]
    return lo, hi


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
    if narrowed and any(lo is not None and hi is not None and lo > hi for lo, hi in box):
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


def _minus(row: tuple[int, ...], other: tuple[int, ...], times: int) -> tuple[int, ...]:
    """The row minus `times` the other."""
    return tuple([a - times * b for a, b in zip(row, other, strict=True)]) if times else row


def _sum_interval(box: list[Interval], coefficients: tuple[int, ...]) -> Interval:
    """The interval of a weighted sum over a box."""
    least, no_least, most, no_most = _ends(box, coefficients)
    return None if no_least else least, None if no_most else most


def _substitute(row: Row, equality: tuple[int, ...], value: int, k: int) -> Row:
    """Substitute for x_k, whose coefficient in the equality is 1 or -1."""
    coefficients, (lo, hi) = row
    times = coefficients[k] * equality[k]
    known = times * value
    interval = (None if lo is None else lo - known, None if hi is None else hi - known)
    return _minus(coefficients, equality, times), interval


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
            bounds = _bounds(box, system, k)
            if len(bounds) > 1 and _is_exact(bounds):
                cost = _pairs(bounds)
                if best is None or cost < best[0]:
                    best = cost, k
        if best is None:
            return _decide_inexact(box, system, budget)
        rows = _shadow(box, system, best[1], budget, dark=False)


def _bounds(box: list[Interval], system: Rows, k: int) -> list[Row]:
    """The bounds of x_k: its interval in the box, then each row that contains it, its coefficient made positive."""
    found: list[Row] = [((0,) * k + (1,) + (0,) * (len(box) - k - 1), box[k])]
    for row, (lo, hi) in system.items():
        if row[k] > 0:
            found.append((row, (lo, hi)))
        elif row[k]:
            flipped = (None if hi is None else -hi, None if lo is None else -lo)
            found.append((tuple([-c for c in row]), flipped))
    return found


def _pairs(bounds: list[Row]) -> int:
    """The number of pairs of a lower and an upper bound: the number of rows in the shadow."""
    lowers = sum(lo is not None for _, (lo, _) in bounds)
    return lowers * sum(hi is not None for _, (_, hi) in bounds)


def _pivot(bounds: list[Row]) -> int:
    """The variable that a list of bounds is about."""
    return bounds[0][0].index(1)


def _is_exact(bounds: list[Row]) -> bool:
    """Whether every integer point of the real shadow is the projection of an integer point.

    This holds if every pair of a lower and an upper bound contains a coefficient 1, and for the two ends of one strip
    that is wide enough to contain a multiple of its coefficient.
    """
    k = _pivot(bounds)
    large = [(row[k], lo, hi) for row, (lo, hi) in bounds if row[k] > 1]
    if len(large) == 1:
        c, lo, hi = large[0]
        return lo is None or hi is None or hi - lo >= c - 1
    return all(lo is None for _, lo, _ in large) or all(hi is None for _, _, hi in large)


def _shadow(box: list[Interval], system: Rows, k: int, budget: Budget, *, dark: bool) -> list[Row]:
    """The rows after Fourier-Motzkin elimination of x_k.

    Args:
        box: The box; the interval of x_k is opened in place.
        system: The rows.
        k: The variable.
        budget: The steps that may be spent.
        dark: Whether to build the dark shadow, all of whose points lift to integer points, instead of the real one.
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


def _decide_inexact(box: list[Interval], system: Rows, budget: Budget) -> bool:
    """Decide a system none of whose variables can be eliminated exactly."""
    variables = [j for j in range(len(box)) if any(row[j] for row in system)]
    if len(variables) == 2:
        points = _count_points(box, system, variables, budget)
        if points is not None:
            return points > 0
    candidates = [bounds for k in range(len(box)) if len(bounds := _bounds(box, system, k)) > 1]
    chosen = min(candidates, key=_splinter_count)
    k = _pivot(chosen)
    inner = list(box)
    if _satisfiable(inner, _shadow(inner, system, k, budget, dark=True), budget):
        return True
    outer = list(box)
    if not _satisfiable(outer, _shadow(outer, system, k, budget, dark=False), budget):
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
    k = _pivot(bounds)
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
    k = _pivot(bounds)
    most = max(row[k] for row, (_, hi) in bounds if hi is not None)
    for row, (lo, _) in bounds:
        if lo is not None:
            yield from _values(row, lo, _splinter_range(row[k], most))


def _contains(region: Polytope, point: tuple[int, ...]) -> bool:
    """Whether a point lies in the region."""
    sums = [sum(c * x for c, x in zip(s.coefficients, point, strict=True)) for s in region.strips]
    intervals = [*region.box, *(strip.interval for strip in region.strips)]
    return all(
        (lo is None or lo <= value) and (hi is None or value <= hi)
        for value, (lo, hi) in zip([*point, *sums], intervals, strict=True)
    )


def _nearest_value(box: list[Interval], strips: tuple[Strip, ...], variable: int, target: int, budget: Budget) -> int:
    """The value nearest to the target that the variable takes in the region, which must not be empty."""

    def is_possible(interval: Interval) -> bool:
        narrowed = (*box[:variable], _intersect(interval, box[variable]), *box[variable + 1 :])
        return feasible(Polytope(narrowed, strips), budget)

    def is_within(most: int) -> bool:
        return is_possible((target - most, target + most))

    lo, hi = box[variable]
    distance = 0
    if lo is not None and lo > target:
        distance = lo - target
    elif hi is not None and hi < target:
        distance = target - hi
    if not is_within(distance):
        step = 1
        while not is_within(distance + step):
            distance += step
            step *= 2
        # Invariant: `distance` is too small, and `distance + step` is not.
        while step > 1:
            half = step // 2
            if is_within(distance + half):
                step = half
            else:
                distance += half
                step -= half
        distance += 1
    if not distance:
        return target
    above = target + distance
    return above if is_possible((above, above)) else target - distance
