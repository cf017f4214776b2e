"""Regions of tied fields: the integer points left of fields that share a sum.

Cells of tied fields can be chosen so that no situation is left. An area therefore has, for each group of tied fields,
the region of integer points that its cells leave, and is dropped as soon as one is empty (`omega.py`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from math import prod
from typing import TypeVar

from engine.budget import Budget, OutOfSteps
from engine.integers.nearest_points import nearest
from engine.integers.omega import feasible
from engine.integers.point_counts import count
from engine.integers.polytopes import Interval, Polytope, Strip
from engine.language.model.field_kinds import Value
from engine.language.model.values.grid_positions import grid_position
from engine.meaning.spaces.space import Space

T = TypeVar("T")
_POINT_STEP = 4
# Regions of which it is kept whether they are empty.
_MOST_KEPT = 10_000


class TiedFields:
    """Creates, narrows and measures the regions of one space's groups of tied fields, referred to by their index."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.whole = tuple(Polytope(group.box, ()) for group in space.groups)
        self.group_axes = [(*group.field_axes, *(axis for axis, _ in group.sum_axes)) for group in space.groups]
        # The fields that an axis sums: their indices in the group, with their coefficients.
        self._weights: dict[int, tuple[tuple[int, int], ...]] = {}
        for group in space.groups:
            self._weights |= {axis: ((place, 1),) for place, axis in enumerate(group.field_axes)}
            for axis, weights in group.sum_axes:
                self._weights[axis] = tuple((place, weight) for place, weight in enumerate(weights) if weight)
        self._ends = {axis: self._ends_of(axis) for axis in self._weights}
        self._points: dict[Polytope, int] = {}
        self._feasible: dict[Polytope, bool] = {}

    def _ends_of(self, axis: int) -> tuple[list[int], list[int]]:
        """Return the first position of every cell but the first, and the last position of every cell but the last."""
        cells = self.space.axes[axis].cells
        return [cell.interval[0] for cell in cells[1:]], [cell.interval[1] for cell in cells[:-1]]

    def restrict(self, index: int, values: Mapping[str, Value]) -> Polytope:
        """Return what answers leave of a group, with their exact values: a cell would not determine a sum."""
        group = self.space.groups[index]
        known = {name: int(grid_position(self.space.fields[name], values[name])) for name in group.fields
                 if name in values}  # fmt: skip
        box = [(known[name],) * 2 if name in known else each
               for name, each in zip(group.fields, self.whole[index].box, strict=True)]  # fmt: skip
        return Polytope(tuple(box), ())

    def narrow(self, region: Polytope, index: int, axis: int, mask: int, budget: Budget) -> Polytope | None:
        """Restrict an axis of a region to some cells, which must be neighbours; None if it is then empty.

        Raises `OutOfSteps`.
        """
        group = self.space.groups[index]
        cells = self.space.axes[axis].cells
        low = cells[(mask & -mask).bit_length() - 1].interval[0]
        high = cells[mask.bit_length() - 1].interval[1]
        if axis in group.field_axes:
            box = list(region.box)
            place = group.field_axes.index(axis)
            box[place] = _meet(box[place], (low, high))
            found = Polytope(tuple(box), region.strips)
        else:
            weights = dict(group.sum_axes)[axis]
            strips = {strip.coefficients: strip for strip in region.strips}
            before = strips[weights].interval if weights in strips else (None, None)
            strips[weights] = Strip(weights, _meet(before, (low, high)))
            found = Polytope(region.box, tuple([strips[each] for each in sorted(strips)]))
        return found if self._has_points(found, budget) else None

    def _has_points(self, region: Polytope, budget: Budget) -> bool:
        """Whether a region is not empty, found out once; raises `OutOfSteps`."""
        known = self._feasible.get(region)
        if known is None:
            known = _paid(feasible, region, budget)
            if len(self._feasible) == _MOST_KEPT:
                self._feasible.clear()
            self._feasible[region] = known
        return known

    def tighten(self, masks: list[int], index: int, region: Polytope) -> bool:
        """Remove from `masks`, in place, the cells that a group's box rules out; false if an axis has no cell left."""
        for axis in self.group_axes[index]:
            low, high = self._span(region, axis)
            starts, ends = self._ends[axis]
            if low is not None:
                masks[axis] &= -1 << bisect_left(ends, low)
            if high is not None:
                masks[axis] &= (2 << bisect_right(starts, high)) - 1
            if not masks[axis]:
                return False
        return True

    def _span(self, region: Polytope, axis: int) -> Interval:
        """Return the interval that the region's box allows on an axis: a field's interval, or the bounds of a sum."""
        low: int | None = 0
        high: int | None = 0
        for place, weight in self._weights[axis]:
            least, most = region.box[place] if weight > 0 else reversed(region.box[place])
            low = None if low is None or least is None else low + weight * least
            high = None if high is None or most is None else high + weight * most
        return low, high

    def points(self, region: Polytope, budget: Budget) -> int:
        """Return the number of points in a region; the space must be countable. Raises `OutOfSteps`."""
        if not region.strips:
            return prod(high - low + 1 for low, high in region.box if low is not None and high is not None)
        if region not in self._points:
            self._points[region] = _paid(count, region, budget, _POINT_STEP)
        return self._points[region]

    def nearest(self, region: Polytope, targets: tuple[int, ...], budget: Budget) -> tuple[int, ...] | None:
        """Return the point of a region nearest to the targets, None if it is empty. Raises `OutOfSteps`."""
        return _paid(lambda within, own: nearest(within, targets, own), region, budget)


def _paid(work: Callable[[Polytope, Budget], T], region: Polytope, budget: Budget, price: int = 1) -> T:
    """Run `work` on a region, charging more per step the more fields it has; raises `OutOfSteps`."""
    price *= max(1, len(region.box) ** 2 // 64)
    if price == 1:
        return work(region, budget)
    try:
        with budget.share(budget.left, price) as own:
            return work(region, own)
    except RecursionError:
        # A chain of hundreds of fields exceeds Python's recursion limit.
        raise OutOfSteps from None


def _meet(one: Interval, other: Interval) -> Interval:
    low = one[0] if other[0] is None else other[0] if one[0] is None else max(one[0], other[0])
    high = one[1] if other[1] is None else other[1] if one[1] is None else min(one[1], other[1])
    return low, high
