"""Lattice points of a polytope counted by its generating function, the sum of z**point over all points.

`count_by_cones` writes the function as a short sum of rational functions, one or a few per vertex (M. Brion, 1988;
A. Barvinok, Math. Oper. Res. 19(4), 1994), and evaluates it at z = 1. The work depends on the number of vertices and on
the logarithm of all other quantities, so ranges may be arbitrarily wide. It takes the place of the symbolic summation
in W. Pugh, "Counting solutions to Presburger formulas: how and why" (PLDI 1994), whose pieces multiply with every
residue class. It buys 170 times and more on three dates or three amounts of money tied by sums.

`count_by_expansion` expands the polynomial: a dynamic program over partial sums, held in one long integer. It buys
100 times on a sum of four percentages; a score of ten answers from 0 to 10 is not counted otherwise.

A system is given as sizes and rows. Variable i runs from 0 to sizes[i] - 1. A row (coefficients, lo, hi) says
lo <= sum(coefficients[i] * x[i]) <= hi; both ends are finite, and at least one can be attained.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import gcd, prod

from engine.budget import Budget
from engine.integers.polytopes import Bounded, Vector

# Numerators, common denominator, and indexes of the tight halfspaces in increasing order.
Vertex = tuple[Vector, int, Vector]
# Sign of a unimodular cone, its generators, and the exponents of its rays.
Cone = tuple[int, tuple[Vector, ...], Vector]

PRIME = 2**61 - 1
# Bounds are multiplied by SCALE and relaxed by less than SCALE, which makes all vertices simple without admitting
# further integer points.
SCALE = 2**48


class _DegenerateError(Exception):
    """The pseudo-random choices met a degenerate case and have to be drawn again."""


def count_by_cones(sizes: Vector, rows: tuple[Bounded, ...], budget: Budget) -> int:
    """Count points by Barvinok's method, for at least one variable; raises `OutOfSteps` if the budget ends."""
    seed = 1
    while True:
        try:
            return _brion(sizes, rows, seed, budget)
        except _DegenerateError:
            seed += 1


def count_by_expansion(sizes: Vector, rows: tuple[Bounded, ...], budget: Budget) -> int:
    """Count points by expanding the polynomial; raises `OutOfSteps` if the budget ends.

    It takes `expansion_bits` bits of memory.
    """
    width, target, steps = _packing(sizes, rows)
    mask = (1 << (target + 1) * width) - 1
    start = sum(first for first, _, _ in steps)
    if start > target:
        return 0
    series = 1 << start * width
    for _, step, times in steps:
        budget.spend(1 + times.bit_length() * (target * width >> 16))
        series = _sum_shifts(series, step * width, times, mask)
    return series >> target * width & (1 << width) - 1


def expansion_bits(sizes: Vector, rows: tuple[Bounded, ...]) -> int:
    """The number of bits of the expanded polynomial."""
    width, target, _ = _packing(sizes, rows)
    return (target + 1) * width


def _packing(sizes: Vector, rows: tuple[Bounded, ...]) -> tuple[int, int, list[tuple[int, int, int]]]:
    """Encode the sums of all rows in one exponent, as digits of a mixed radix.

    One slack variable per row makes the upper end an equality, so the points sought are those with one fixed exponent.

    Returns:
        Bits per coefficient, the exponent sought, and for each variable (first exponent, step, number of values).
    """
    firsts, strides = [0] * len(sizes), [0] * len(sizes)
    slacks = []
    radix, target = 1, 0
    for coefficients, lo, hi in rows:
        ends = [c * (size - 1) for c, size in zip(coefficients, sizes, strict=True)]
        least, most = sum(min(end, 0) for end in ends), sum(max(end, 0) for end in ends)
        slack = min(hi, most) - max(lo, least)
        for i, end in enumerate(ends):
            firsts[i] -= radix * min(end, 0)
            strides[i] += radix * coefficients[i]
        slacks.append((0, radix, slack + 1))
        target += radix * (min(hi, most) - least)
        radix *= most - least + slack + 1
    steps = [
        (first + min(stride * (size - 1), 0), abs(stride), size)
        for first, stride, size in zip(firsts, strides, sizes, strict=True)
    ]
    return prod(sizes).bit_length() + 1, target, steps + slacks


def _sum_shifts(series: int, shift: int, times: int, mask: int) -> int:
    """The sum of series << (i * shift) over 0 <= i < times, truncated to the mask; `times` is at least 1."""
    total, done = series, 1
    for digit in bin(times)[3:]:
        total = total + (total << done * shift) & mask if mask >> done * shift else total
        done *= 2
        if digit == "1":
            total = series + (total << shift) & mask
            done += 1
    return total


def _brion(sizes: Vector, rows: tuple[Bounded, ...], seed: int, budget: Budget) -> int:
    """Count points as the sum of the residues of all vertex cones, modulo a number larger than the result."""
    n = len(sizes)
    noise = _noise(seed)
    halfspaces: list[tuple[Vector, int]] = []
    for i, size in enumerate(sizes):
        unit = tuple(int(i == j) for j in range(n))
        halfspaces += (unit, size - 1), (_negate(unit), 0)
    for coefficients, lo, hi in rows:
        halfspaces += (coefficients, hi), (_negate(coefficients), -lo)
    moved = [(normal, bound * SCALE + 1 + next(noise) % (SCALE - 1)) for normal, bound in halfspaces]
    vertices = _vertices(n, moved, budget)
    direction = tuple(1 + next(noise) % (1 << 24) for _ in range(n))
    largest = prod(sizes)
    # One factor more than the result needs, so that a wrong result is almost surely too large and detected.
    modulus: int = PRIME ** (largest.bit_length() // 60 + 2)
    todd = _todd(n, modulus)
    inverses = [pow(m, -1, modulus) for m in range(1, n + 1)]
    cones: dict[tuple[Vector, ...], list[Cone]] = {}
    total = 0
    for point, denominator, tight in vertices:
        normals = tuple([moved[h][0] for h in tight])
        if normals not in cones:
            cones[normals] = [(sign, cone, _exponents(cone, direction)) for sign, cone in _decompose(normals, budget)]
        budget.spend(len(cones[normals]))
        for sign, cone, exponents in cones[normals]:
            apex = 0
            for generator, exponent in zip(cone, exponents, strict=True):
                inner = sum([g * x for g, x in zip(generator, point, strict=True)])
                apex -= inner // (denominator * SCALE) * exponent
            total += sign * _residue(apex, exponents, todd, inverses, modulus)
    total %= modulus
    if total > largest:
        raise ArithmeticError("the vertex cones do not add up to a number of points")
    return total


def _noise(seed: int) -> Iterator[int]:
    """Reproducible pseudo-random numbers: the upper 64 bits of a linear congruential generator."""
    state = seed
    while True:
        state = (state * 0x2360ED051FC65DA44385DF649FCCF645 + 0x5851F42D4C957F2D14057B7EF767814F) % 2**128
        yield state >> 64


def _negate(vector: Vector) -> Vector:
    return tuple([-x for x in vector])


def _vertices(n: int, halfspaces: list[tuple[Vector, int]], budget: Budget) -> list[Vertex]:
    """The vertices of normal * x <= bound over all halfspaces, of which the first 2 * n are the box.

    Cuts the box by one halfspace after another. Every vertex lies on exactly n halfspaces, so two vertices span an edge
    if and only if they share n - 1 of them.
    """
    budget.spend(2**n)
    corners = product(*([(i, True), (i, False)] for i in range(n)))
    vertices: list[Vertex] = []
    for corner in corners:
        tight = tuple(2 * i if upper else 2 * i + 1 for i, upper in corner)
        point = tuple(halfspaces[h][1] if h % 2 == 0 else -halfspaces[h][1] for h in tight)
        vertices.append((point, 1, tight))
    for index in range(2 * n, len(halfspaces)):
        vertices = _cut(vertices, index, *halfspaces[index], budget)
    return vertices


def _cut(vertices: list[Vertex], index: int, normal: Vector, bound: int, budget: Budget) -> list[Vertex]:
    """Cut a polytope by a further halfspace, and return its vertices; raises `_DegenerateError` if one lies on it."""
    budget.spend(len(vertices))
    kept: list[Vertex] = []
    outside: dict[Vector, tuple[Vertex, int]] = {}
    inside: list[tuple[Vertex, int]] = []
    for vertex in vertices:
        point, denominator, tight = vertex
        excess = sum([a * x for a, x in zip(normal, point, strict=True)]) - bound * denominator
        if excess == 0:
            raise _DegenerateError
        if excess < 0:
            kept.append(vertex)
            inside.append((vertex, excess))
        else:
            for i in range(len(tight)):
                outside[tight[:i] + tight[i + 1 :]] = vertex, excess
    for (point, denominator, tight), excess in inside if outside else ():
        for i in range(len(tight)):
            edge = tight[:i] + tight[i + 1 :]
            if edge in outside:
                (far, far_denominator, _), far_excess = outside[edge]
                crossing = [far_excess * p - excess * q for p, q in zip(point, far, strict=True)]
                below = far_excess * denominator - excess * far_denominator
                common = gcd(below, *crossing)
                kept.append((tuple([x // common for x in crossing]), below // common, (*edge, index)))
    return kept


def _adjugate(matrix: tuple[Vector, ...]) -> tuple[int, list[list[int]]]:
    """The determinant d of a matrix, and the integer matrix a with a * matrix = d * identity (Bareiss elimination)."""
    n = len(matrix)
    work = [[*row, *(int(i == j) for j in range(n))] for i, row in enumerate(matrix)]
    previous = 1
    for k in range(n):
        chosen = next(i for i in range(k, n) if work[i][k])
        if chosen != k:
            # Negating one of the exchanged rows preserves the determinant.
            work[k], work[chosen] = work[chosen], [-x for x in work[k]]
        top = work[k]
        pivot = top[k]
        for i in range(n):
            if i != k:
                row, factor = work[i], work[i][k]
                work[i] = [(pivot * x - factor * y) // previous for x, y in zip(row, top, strict=True)]
        previous = pivot
    return previous, [row[n:] for row in work]


def _decompose(cone: tuple[Vector, ...], budget: Budget) -> list[tuple[int, tuple[Vector, ...]]]:
    """Decompose a cone into signed unimodular cones (Barvinok), up to cones of lower dimension.

    It is applied to the normals of a vertex, so the polars of the cones left out contain a line and contribute
    nothing to the generating function.
    """
    done: list[tuple[int, tuple[Vector, ...]]] = []
    pending = [(1, cone)]
    while pending:
        budget.spend()
        sign, generators = pending.pop()
        determinant, adjugate = _adjugate(generators)
        if abs(determinant) == 1:
            done.append((sign, generators))
            continue
        weights = _short_combination(adjugate, determinant)
        inner = tuple(
            sum(w * g[j] for w, g in zip(weights, generators, strict=True)) // determinant
            for j in range(len(generators))
        )
        for i, weight in enumerate(weights):
            if weight:
                same = (weight > 0) == (determinant > 0)
                pending.append((sign if same else -sign, (*generators[:i], inner, *generators[i + 1 :])))
    return done


def _short_combination(adjugate: list[list[int]], determinant: int) -> Vector:
    """Integer weights such that weights / determinant * generators is a nonzero integer vector.

    All quotients weights / determinant lie below 1 in absolute value, and at least one is positive. The rows of the
    adjugate span all such weights. A reduced basis contains short ones, and reducing a row modulo the determinant
    always yields one, since not every row is a multiple of it.
    """
    basis = _reduce([row for row in adjugate if any(row)])
    shifted = [[_centred(x, abs(determinant)) for x in row] for row in adjugate]
    best = min((row for row in (*basis, *shifted) if any(row)), key=lambda row: (max(map(abs, row)), row))
    if not any((w > 0) == (determinant > 0) for w in best if w):
        best = [-w for w in best]
    return tuple(best)


def _centred(x: int, modulus: int) -> int:
    """The residue of x nearest to 0."""
    return (x + modulus // 2) % modulus - modulus // 2


def _reduce(basis: list[list[int]]) -> list[list[int]]:
    """A pairwise reduced basis of the same lattice: no vector gets shorter by adding a multiple of another."""
    changed = True
    while changed:
        changed = False
        for i, one in enumerate(basis):
            for j, other in enumerate(basis):
                if i != j:
                    norm = sum([x * x for x in other])
                    times = (2 * sum([x * y for x, y in zip(one, other, strict=True)]) + norm) // (2 * norm)
                    shorter = [x - times * y for x, y in zip(one, other, strict=True)]
                    if times and sum([x * x for x in shorter]) < sum([x * x for x in one]):
                        basis[i] = one = shorter
                        changed = True
    return basis


def _exponents(cone: tuple[Vector, ...], direction: Vector) -> Vector:
    """The products of the direction with the rays of {x: generator * x <= 0}.

    Raises `_DegenerateError` if one of them vanishes modulo PRIME.
    """
    determinant, adjugate = _adjugate(cone)
    found = tuple(
        -determinant * sum(d * x for d, x in zip(direction, column, strict=True))
        for column in zip(*adjugate, strict=True)
    )
    if not all(x % PRIME for x in found):
        raise _DegenerateError
    return found


def _todd(n: int, modulus: int) -> list[int]:
    """The first n + 1 coefficients of log(x / (exp(x) - 1)), each multiplied by its exponent."""
    # The series is the inverse of (exp(x) - 1) / x, whose coefficients are 1 / (k + 1)!.
    factorials = [prod(range(1, k + 1)) for k in range(n + 2)]
    inverse = [pow(f, -1, modulus) for f in factorials]
    series = [1]
    for k in range(1, n + 1):
        series.append(-sum(series[j] * inverse[k - j + 1] for j in range(k)) % modulus)
    logarithm = [0]
    for k in range(1, n + 1):
        rest = sum(logarithm[j] * series[k - j] for j in range(1, k))
        logarithm.append((k * series[k] - rest) % modulus)
    return logarithm


def _residue(apex: int, exponents: Vector, todd: list[int], inverses: list[int], modulus: int) -> int:
    """The constant term in t of exp(apex * t) / product(1 - exp(exponent * t)), modulo the modulus."""
    # Each factor 1 / (1 - exp(x)) is -1 / x times x / (exp(x) - 1). The logarithms of the latter add up to sums of
    # powers of the exponents; m * series[m] = sum(k * logarithm[k] * series[m - k]) is the exponential of their sum.
    logarithm = [0]
    powers = list(exponents)
    for coefficient in todd[1:]:
        logarithm.append(coefficient * sum(powers) % modulus)
        powers = [p * s for p, s in zip(powers, exponents, strict=True)]
    logarithm[1] += apex
    series = [1]
    for m, inverse in enumerate(inverses, 1):
        value = sum([logarithm[k] * series[m - k] for k in range(1, m + 1)])
        series.append(value * inverse % modulus)
    poles: int = pow((-1) ** len(exponents) * prod(exponents), -1, modulus)
    return series[-1] * poles % modulus
