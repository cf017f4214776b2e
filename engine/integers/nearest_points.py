"""Search for the integer point of a region nearest to a target, by bisection over feasibility tests."""

from __future__ import annotations

from engine.budget import Budget
from engine.integers.omega import feasible
from engine.integers.polytopes import Interval, Polytope, Strip, contains, intersect


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
    if contains(region, targets):
        return targets
    if not feasible(region, budget):
        return None
    box = list(region.box)
    for variable, target in enumerate(targets):
        value = _nearest_value(box, region.strips, variable, target, budget)
        box[variable] = (value, value)
    return tuple(lo for lo, _ in box if lo is not None)


def _nearest_value(box: list[Interval], strips: tuple[Strip, ...], variable: int, target: int, budget: Budget) -> int:
    """The value nearest to the target that the variable takes in the region, which must not be empty."""

    def is_possible(interval: Interval) -> bool:
        narrowed = (*box[:variable], intersect(interval, box[variable]), *box[variable + 1 :])
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
