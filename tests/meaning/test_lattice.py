"""Feasibility, nearest points and counts of lattice regions, against brute force and closed forms."""

from __future__ import annotations

from itertools import combinations, permutations, product
from math import comb
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.budget import Budget, OutOfSteps
from engine.integers.generating_functions import count_by_cones, count_by_expansion
from engine.integers.nearest_points import nearest
from engine.integers.omega import feasible
from engine.integers.point_counts import count
from engine.integers.polygon_counts import count_in_polygon
from engine.integers.polytopes import Interval, Polytope, Strip

Point = tuple[int, ...]

STEPS = 10**6
DAYS = 7305
CENTS = 10**8

# Pugh's example: its real shadow has integer points, it has none
PUGH = Polytope(((None, None),) * 2, (Strip((11, 13), (27, 45)), Strip((7, -9), (-10, 4))))


def is_in(region: Polytope, point: Point) -> bool:
    """Whether the point is in the region, by the definition."""
    sums = [sum(c * x for c, x in zip(s.coefficients, point, strict=True)) for s in region.strips]
    intervals = [*region.box, *(s.interval for s in region.strips)]
    return all(
        (lo is None or lo <= value) and (hi is None or value <= hi)
        for value, (lo, hi) in zip([*point, *sums], intervals, strict=True)
    )


def points(region: Polytope) -> list[Point]:
    """Every point of a region with a small closed box."""
    ranges = [range(lo, hi + 1) for lo, hi in region.box if lo is not None and hi is not None]
    return [point for point in product(*ranges) if is_in(region, point)]


def nearest_of(found: list[Point], targets: Point) -> Point | None:
    """The nearest point by its definition: in order, near before far, then large before small."""

    def key(point: Point) -> list[tuple[int, int]]:
        return [(abs(x - target), -x) for x, target in zip(point, targets, strict=True)]

    return min(found, key=key, default=None)


def between(n: int, i: int, j: int, interval: Interval) -> Strip:
    """A strip for x_i - x_j among n variables."""
    return Strip(tuple((k == i) - (k == j) for k in range(n)), interval)


@st.composite
def regions(draw: st.DrawFn, most: int, ends: bool = True) -> Polytope:
    """One to four variables and at most four strips, most of them through one point of the box."""
    n = draw(st.integers(1, 4))
    widths = st.integers(0, (40, 20, 9, 5)[n - 1])
    lows = draw(st.lists(st.integers(-10, 10), min_size=n, max_size=n))
    box = tuple((lo, lo + draw(widths) - draw(st.sampled_from((0, 0, 0, 0, 0, 0, 1)))) for lo in lows)
    inner = [draw(st.integers(lo, max(lo, hi))) for lo, hi in box]
    strips = []
    for _ in range(draw(st.integers(0, 4))):
        coefficients = tuple(draw(st.lists(st.integers(-most, most), min_size=n, max_size=n)))
        through = sum(c * x for c, x in zip(coefficients, inner, strict=True))
        lo: int | None = through + draw(st.integers(-most, 1))
        hi: int | None = through + draw(st.integers(-1, most))
        opened = draw(st.sampled_from(("", "", "", "lo", "hi", "both"))) if ends else ""
        strips.append(
            Strip(coefficients, (None if opened in ("lo", "both") else lo, None if opened in ("hi", "both") else hi))
        )
    return Polytope(box, tuple(strips))


@settings(max_examples=300, deadline=None)
@given(regions(12), st.lists(st.integers(-15, 30), min_size=4, max_size=4))
def test_small_regions_are_as_brute_force_has_them(region: Polytope, wishes: list[int]) -> None:
    """Feasibility, count and nearest point are those of the list of all points."""
    found = points(region)
    targets = tuple(wishes[: len(region.box)])
    assert feasible(region, Budget(STEPS)) == bool(found)
    assert count(region, Budget(STEPS)) == len(found)
    assert nearest(region, targets, Budget(STEPS)) == nearest_of(found, targets)


@settings(max_examples=200, deadline=None)
@given(regions(90), st.integers(0, 6))
def test_large_coefficients_are_as_brute_force_has_them(region: Polytope, narrowing: int) -> None:
    """Strips that are narrow for their coefficients, where the shadows are inexact, are decided exactly."""
    strips = tuple(
        Strip(s.coefficients, (lo, None if lo is None or hi is None else min(hi, lo + narrowing)))
        for s in region.strips
        for lo, hi in [s.interval]
    )
    narrow = Polytope(region.box, strips)
    found = points(narrow)
    assert feasible(narrow, Budget(STEPS)) == bool(found)
    assert count(narrow, Budget(STEPS)) == len(found)


@settings(max_examples=60, deadline=None)
@given(regions(9, ends=False))
def test_each_way_of_counting_is_exact(region: Polytope) -> None:
    """Vertex cones, partial sums and the polygon sweep count the same points as the list of all points."""
    starts = [lo for lo, _ in region.box if lo is not None]
    sizes = tuple(hi - lo + 1 for lo, hi in region.box if lo is not None and hi is not None)
    rows = []
    for strip in region.strips[:2]:
        lo, hi = strip.interval
        base = sum(c * start for c, start in zip(strip.coefficients, starts, strict=True))
        ends = [c * (size - 1) for c, size in zip(strip.coefficients, sizes, strict=True)]
        least, most = sum(min(end, 0) for end in ends), sum(max(end, 0) for end in ends)
        low, high = max(least, (lo or 0) - base), min(most, (hi or 0) - base)
        if any(strip.coefficients) and low <= high:
            rows.append((strip.coefficients, low, high))
    if min(sizes) < 1:
        return
    kept = Polytope(
        tuple((0, size - 1) for size in sizes),
        tuple(Strip(coefficients, (lo, hi)) for coefficients, lo, hi in rows),
    )
    expected = len(points(kept))
    assert count_by_cones(sizes, tuple(rows), Budget(STEPS)) == expected
    assert count_by_expansion(sizes, tuple(rows), Budget(STEPS)) == expected
    if len(sizes) == 2 and all(all(coefficients) for coefficients, _, _ in rows):
        assert count_in_polygon(sizes, tuple(rows), Budget(STEPS)) == expected


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_point_of_an_open_region_is_found_or_there_is_none_near(data: st.DataObject) -> None:
    """Without any box, a region is infeasible, or its nearest point to the origin lies in it."""
    n = data.draw(st.integers(2, 3))
    vectors = st.tuples(*[st.integers(-9, 9)] * n)
    strips = tuple(
        Strip(data.draw(vectors), (lo, lo + data.draw(st.integers(0, 3))))
        for lo in data.draw(st.lists(st.integers(-20, 20), min_size=1, max_size=3))
    )
    region = Polytope(((None, None),) * n, strips)
    point = nearest(region, (0,) * n, Budget(STEPS))
    assert feasible(region, Budget(STEPS)) == (point is not None)
    if point is None:
        assert not points(Polytope(((-8, 8),) * n, strips))
    else:
        assert is_in(region, point)


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        (PUGH, False),
        # wider at one end each, which lets in (1, 2), (2, 1), (1, 1) or (2, 2)
        (Polytope(PUGH.box, (Strip((11, 13), (27, 45)), Strip((7, -9), (-11, 4)))), True),
        (Polytope(PUGH.box, (Strip((11, 13), (27, 45)), Strip((7, -9), (-10, 5)))), True),
        (Polytope(PUGH.box, (Strip((11, 13), (24, 45)), Strip((7, -9), (-10, 4)))), True),
        (Polytope(PUGH.box, (Strip((11, 13), (27, 48)), Strip((7, -9), (-10, 4)))), True),
        (Polytope(((None, None),) * 3, (Strip((1, -2, 0), (0, 0)), Strip((1, 0, -2), (1, 1)))), False),
        (Polytope(((None, None),) * 2, (Strip((3, -7), (1, 1)),)), True),
        (Polytope(((None, None),) * 2, (Strip((6, -9), (1, 2)),)), False),
        (Polytope(((0, None),) * 3, (Strip((6, 9, 20), (43, 43)),)), False),
        (Polytope(((0, None),) * 3, (Strip((6, 9, 20), (44, 44)),)), True),
        (Polytope(((1, 3046), (1, None)), (Strip((10000, -3047), (0, 0)),)), False),
        (Polytope(((1, 3047), (1, None)), (Strip((10000, -3047), (0, 0)),)), True),
        (Polytope(((None, None), (5, 4)), ()), False),
        (Polytope(((None, None), (None, 4)), ()), True),
        (Polytope((), ()), True),
        (Polytope(((0, 1),), (Strip((0,), (1, None)),)), False),
    ],
)
def test_known_regions(region: Polytope, expected: bool) -> None:
    """Parity, splinters, unbounded equalities and largest unreachable sums are decided exactly."""
    assert feasible(region, Budget(STEPS)) is expected
    assert (nearest(region, (0,) * len(region.box), Budget(STEPS)) is not None) is expected


def test_every_sum_of_two_coprime_steps_is_decided() -> None:
    """Exactly (a - 1) * (b - 1) / 2 sums of a and b cannot be made, of which a * b - a - b is the largest."""
    a, b = 17, 23
    missing = [
        total
        for total in range(a * b + 1)
        if not feasible(Polytope(((0, None),) * 2, (Strip((a, b), (total, total)),)), Budget(STEPS))
    ]
    assert len(missing) == (a - 1) * (b - 1) // 2
    assert missing[-1] == a * b - a - b


@settings(max_examples=100, deadline=None)
@given(regions(30))
def test_counting_settles_what_has_too_many_splinters(region: Polytope) -> None:
    """Feasibility is the same when systems in three variables are counted before any piece is tried."""
    with patch("engine.integers.omega.MOST_PIECES", 0):
        assert feasible(region, Budget(STEPS)) == bool(points(region))


def test_large_coefficients_do_not_take_many_steps() -> None:
    """A closed box with two strips that have thousands of splinters is settled in few steps."""
    strips = (Strip((9973, -7919, 6007), (11, 4000)), Strip((5003, 8641, -9001), (77, 4000)))
    region = Polytope(((1, 10**5),) * 3, strips)
    budget = Budget(5000)
    assert feasible(region, budget) == (count(region, Budget(STEPS)) > 0)


@pytest.mark.parametrize(
    ("region", "targets", "expected"),
    [
        (Polytope(((None, None),), (Strip((3,), (1, 8)),)), (0,), (1,)),
        (Polytope(((None, None),) * 2, (Strip((1, -2), (1, 1)),)), (0, 0), (1, 0)),
        (Polytope(((None, None),) * 2, (Strip((1, 1), (10**30, 10**30)),)), (5, 0), (5, 10**30 - 5)),
        (Polytope(((10**20, None), (0, 9)), (Strip((1, -1), (None, 10**20)),)), (3, 3), (10**20, 3)),
        (Polytope(((0, 10),) * 2, (Strip((1, 1), (None, 3)),)), (9, 9), (3, 0)),
        (Polytope(((0, 10),) * 2, (Strip((1, 1), (4, 3)),)), (9, 9), None),
        (PUGH, (0, 0), None),
    ],
)
def test_the_nearest_point(region: Polytope, targets: Point, expected: Point | None) -> None:
    """Coordinates are as near as the earlier ones allow, ties go up, and distances may be astronomical."""
    assert nearest(region, targets, Budget(STEPS)) == expected


def test_complementary_strips_add_up() -> None:
    """Cutting a big box by a sum into three gives counts that add up to the box."""
    for coefficients in ((10, -3), (10000, -3047), (1, 1, -1), (3, 5, 7), (10000, -3047, 911), (3, -2, 1, 1, 5)):
        box = ((-7, CENTS),) * len(coefficients)
        cuts: list[Interval] = [(None, 12344), (12345, 10**9), (10**9 + 1, None)]
        counts = [count(Polytope(box, (Strip(coefficients, cut),)), Budget(STEPS)) for cut in cuts]
        assert sum(counts) == (CENTS + 8) ** len(coefficients)


@pytest.mark.parametrize("n", [2, 3, 4])
@pytest.mark.parametrize("size", [DAYS, CENTS])
def test_values_that_lie_close_together(n: int, size: int) -> None:
    """All pairs within d: summed over the exact spread r, there are size - r places and a power difference."""
    d = 1000
    strips = tuple(between(n, i, j, (-d, d)) for i, j in combinations(range(n), 2))
    spreads = sum(((r + 1) ** n - 2 * r**n + (r - 1) ** n) * (size - r) for r in range(1, d + 1))
    assert count(Polytope(((0, size - 1),) * n, strips), Budget(STEPS)) == size + spreads


def test_a_chain_of_dates() -> None:
    """A chain over three dates counts, for each middle date, the earlier times the later ones."""
    region = Polytope(((0, DAYS - 1),) * 3, (between(3, 1, 0, (1, 90)), between(3, 2, 1, (0, 30))))
    expected = sum(min(y, 90) * min(DAYS - y, 31) for y in range(DAYS))
    assert count(region, Budget(STEPS)) == expected


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_sorted_amounts_and_limited_totals(n: int) -> None:
    """Ascending tuples and tuples with a limited total are counted by binomials, in open boxes too."""
    ascending = tuple(between(n, i, i + 1, (None, 0)) for i in range(n - 1))
    assert count(Polytope(((0, CENTS - 1),) * n, ascending), Budget(STEPS)) == comb(CENTS + n - 1, n)
    total = Polytope(((0, None),) * n, (Strip((1,) * n, (None, CENTS)),))
    assert count(total, Budget(STEPS)) == comb(CENTS + n, n)


def test_a_long_sum() -> None:
    """Twenty digits with mixed weights are counted like the product of their polynomials."""
    weights = (3, 5, 7, -2) * 5
    sums = {0: 1}
    for weight in weights:
        after: dict[int, int] = {}
        for value, ways in sums.items():
            for digit in range(10):
                after[value + weight * digit] = after.get(value + weight * digit, 0) + ways
        sums = after
    expected = sum(ways for value, ways in sums.items() if 10 <= value <= 100)
    region = Polytope(((0, 9),) * 20, (Strip(weights, (10, 100)),))
    assert count(region, Budget(STEPS)) == expected


@pytest.mark.slow
def test_a_long_chain() -> None:
    """Fourteen variables, each tied to the next one only, are counted like paths."""
    n, size = 14, 60
    strips = tuple(Strip(tuple(3 * (k == i) - 2 * (k == i + 1) for k in range(n)), (-40, 25)) for i in range(n - 1))
    paths = [1] * size
    for _ in range(n - 1):
        paths = [sum(paths[x] for x in range(size) if -40 <= 3 * x - 2 * y <= 25) for y in range(size)]
    assert count(Polytope(((0, size - 1),) * n, strips), Budget(STEPS)) == sum(paths)


def test_two_sums_over_six_variables() -> None:
    """Sums over every variable with mixed coefficients are counted like pairs of partial sums."""
    one, two = (3, 5, 7, -2, 4, 1), (12, -5, 3, 11, -2, 3)
    sums = {(0, 0): 1}
    for a, b in zip(one, two, strict=True):
        after: dict[tuple[int, int], int] = {}
        for (p, q), ways in sums.items():
            for x in range(7):
                key = p + a * x, q + b * x
                after[key] = after.get(key, 0) + ways
        sums = after
    expected = sum(ways for (p, q), ways in sums.items() if 10 <= p <= 50 and -3 <= q <= 40)
    region = Polytope(((0, 6),) * 6, (Strip(one, (10, 50)), Strip(two, (-3, 40))))
    assert count(region, Budget(STEPS)) == expected


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_counts_do_not_depend_on_the_coordinates(data: st.DataObject) -> None:
    """Moving, reordering and mirroring the variables of a big region leaves its count as it is."""
    n = data.draw(st.integers(2, 3))
    vectors = st.tuples(*[st.integers(-20, 20)] * n)
    sizes = data.draw(st.tuples(*[st.integers(1, 10**9)] * n))
    strips = []
    for coefficients in data.draw(st.lists(vectors, min_size=1, max_size=3)):
        middle = sum(c * size // 2 for c, size in zip(coefficients, sizes, strict=True))
        width = data.draw(st.integers(0, 10**9))
        strips.append((coefficients, middle - width, middle + width))
    order = data.draw(st.sampled_from(list(permutations(range(n)))))
    moves = data.draw(st.tuples(*[st.integers(-(10**12), 10**12)] * n))
    signs = data.draw(st.tuples(*[st.sampled_from((1, -1))] * n))

    plain = Polytope(tuple((0, size) for size in sizes), tuple(Strip(c, (lo, hi)) for c, lo, hi in strips))
    # coordinate i of the image is the one at order[i], mirrored or not, and moved
    box = tuple(
        (moves[i] + min(0, signs[i] * sizes[j]), moves[i] + max(0, signs[i] * sizes[j])) for i, j in enumerate(order)
    )
    changed = []
    for coefficients, lo, hi in strips:
        mapped = tuple(signs[i] * coefficients[j] for i, j in enumerate(order))
        base = sum(c * move for c, move in zip(mapped, moves, strict=True))
        changed.append(Strip(mapped, (lo + base, hi + base)))
    assert count(Polytope(box, tuple(changed)), Budget(STEPS)) == count(plain, Budget(STEPS))


@settings(max_examples=40, deadline=None)
@given(regions(12), st.integers(-30, 30))
def test_a_cut_splits_a_count(region: Polytope, at: int) -> None:
    """A region is counted like its two sides of any cut."""
    coefficients = tuple(range(1, len(region.box) + 1))
    intervals = ((None, at), (at + 1, None))
    sides = [Polytope(region.box, (*region.strips, Strip(coefficients, interval))) for interval in intervals]
    assert sum(count(side, Budget(STEPS)) for side in sides) == count(region, Budget(STEPS))


def test_an_open_box_is_counted_if_the_strips_close_it() -> None:
    """A square on its corner has no interval for either variable, and 61 points."""
    region = Polytope(((None, None),) * 2, (Strip((1, 1), (0, 10)), Strip((1, -1), (0, 10))))
    assert count(region, Budget(STEPS)) == 61


@pytest.mark.parametrize(
    "region",
    [
        Polytope(((0, None),), ()),
        Polytope(((None, None),) * 2, (Strip((1, 1), (0, 10)),)),
        Polytope(((0, 5), (0, None), (0, 5)), (Strip((1, 0, 1), (0, 5)),)),
    ],
)
def test_unbounded_regions_have_no_count(region: Polytope) -> None:
    """A variable without an end is refused by name."""
    with pytest.raises(ValueError, match="unbounded"):
        count(region, Budget(STEPS))


def test_an_equality_is_worth_a_variable() -> None:
    """Equalities with any coefficients are counted exactly over big ranges."""
    region = Polytope(((0, 3047 * 10**6), (0, 10**10)), (Strip((10000, -3047), (0, 0)),))
    assert count(region, Budget(STEPS)) == 10**6 + 1
    total = Polytope(((0, CENTS),) * 4, (Strip((1, 1, 1, 1), (CENTS, CENTS)),))
    assert count(total, Budget(STEPS)) == comb(CENTS + 3, 3)


def test_the_budget_ends_hostile_questions() -> None:
    """What takes more steps than there are raises, and the same question always takes the same steps."""
    hostile = Polytope(
        ((None, None),) * 5,
        tuple(Strip(tuple(pow(i + 2, j + 3, 997) - 498 for j in range(5)), (1, 9)) for i in range(5)),
    )
    wide = Polytope(((0, CENTS),) * 12, tuple(Strip(s.coefficients * 2 + (1, 2), (0, 10**6)) for s in hostile.strips))
    with pytest.raises(OutOfSteps):
        feasible(hostile, Budget(300))
    with pytest.raises(OutOfSteps):
        count(wide, Budget(2000))
    spent = []
    for _ in range(2):
        budget = Budget(STEPS)
        count(Polytope(((0, DAYS),) * 3, (Strip((3, -2, 1), (0, 99)),)), budget)
        spent.append(budget.spent)
    assert spent[0] == spent[1]
