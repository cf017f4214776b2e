"""Which part of the space is looked at: the cells left on each axis, and what is left of entangled fields.

Entangled fields share a sum, so that a choice of cells may hold no situation at all: an area carries, for each group
of them, the region of whole-number points that its cells leave, and is dropped as soon as that is empty
(`lattice.py`). Every area that is handed on therefore holds a real situation.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from itertools import compress, count
from math import prod
from typing import NamedTuple, TypeVar

from engine.language.policy import Value
from engine.language.values import grid_position
from engine.meaning.budget import Budget, OutOfSteps
from engine.meaning.counting import count as count_points
from engine.meaning.lattice import Interval, Region, Strip, feasible
from engine.meaning.space import Space

T = TypeVar("T")
_POINT_STEP = 4
_IS_ONE = bytes(sign == ord("1") for sign in range(256))


class Area(NamedTuple):
    """The cells that are left on each axis (bit masks), and the region that is left of each group."""

    masks: tuple[int, ...]
    regions: tuple[Region, ...]


class Areas:
    """Makes, narrows and measures the areas of one space."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.whole = Area(
            tuple(axis.full for axis in space.axes), tuple(Region(group.box, ()) for group in space.groups)
        )
        self.group_of: dict[int, int] = {}
        self.group_axes: list[tuple[int, ...]] = []
        # Of which fields of its group an axis is a sum: their places in it, with their coefficients.
        self._weights: dict[int, tuple[tuple[int, int], ...]] = {}
        for index, group in enumerate(space.groups):
            axes = (*group.field_axes, *(axis for axis, _ in group.sum_axes))
            self.group_axes.append(axes)
            self.group_of |= dict.fromkeys(axes, index)
            self._weights |= {axis: ((place, 1),) for place, axis in enumerate(group.field_axes)}
            for axis, weights in group.sum_axes:
                self._weights[axis] = tuple((place, weight) for place, weight in enumerate(weights) if weight)
        self._ends = {axis: self._ends_of(axis) for axis in self.group_of}
        self._sizes: dict[tuple[int, int], int] = {}
        self._points: dict[Region, int] = {}

    def _ends_of(self, axis: int) -> tuple[list[int], list[int]]:
        """The first position of every cell but the first, and the last of every cell but the last."""
        cells = self.space.axes[axis].cells
        return [cell.interval[0] for cell in cells[1:]], [cell.interval[1] for cell in cells[:-1]]

    def answered(self, values: Mapping[str, Value]) -> Area:
        """The situations with these answers. Entangled fields keep their exact value: a cell would not settle a sum."""
        masks = list(self.whole.masks)
        regions = list(self.whole.regions)
        for name, value in values.items():
            field = self.space.fields[name]
            for axis in self.space.axes_of(field):
                masks[axis] = 1 << self.space.cell_of(axis, value)
        for index, group in enumerate(self.space.groups):
            known = {name: int(grid_position(self.space.fields[name], values[name])) for name in group.fields
                     if name in values}  # fmt: skip
            if known:
                whole = regions[index].box
                box = [(known[name],) * 2 if name in known else each
                       for name, each in zip(group.fields, whole, strict=True)]  # fmt: skip
                regions[index] = Region(tuple(box), ())
                self._tighten(masks, index, regions[index])
        return Area(tuple(masks), tuple(regions))

    def narrowed(self, area: Area, axis: int, mask: int, budget: Budget) -> Area | None:
        """The part of an area in which an axis has these cells; None where no situation is left.

        On the axis of a group the cells must be neighbours: a region keeps one interval of each sum.
        """
        masks = list(area.masks)
        masks[axis] &= mask
        if not masks[axis]:
            return None
        index = self.group_of.get(axis)
        if index is None:
            return Area(tuple(masks), area.regions)
        region = self._region(area.regions[index], index, axis, masks[axis])
        if not paid(feasible, region, budget):
            return None
        if region.box != area.regions[index].box and not self._tighten(masks, index, region):
            return None
        regions = list(area.regions)
        regions[index] = region
        return Area(tuple(masks), tuple(regions))

    def _region(self, region: Region, index: int, axis: int, mask: int) -> Region:
        group = self.space.groups[index]
        cells = self.space.axes[axis].cells
        low = cells[(mask & -mask).bit_length() - 1].interval[0]
        high = cells[mask.bit_length() - 1].interval[1]
        if axis in group.field_axes:
            box = list(region.box)
            place = group.field_axes.index(axis)
            box[place] = _meet(box[place], (low, high))
            return Region(tuple(box), region.strips)
        weights = dict(group.sum_axes)[axis]
        strips = {strip.coefficients: strip.interval for strip in region.strips}
        strips[weights] = _meet(strips.get(weights, (None, None)), (low, high))
        return Region(region.box, tuple(Strip(each, interval) for each, interval in sorted(strips.items())))

    def _tighten(self, masks: list[int], index: int, region: Region) -> bool:
        """Takes from the group's axes the cells that its box rules out; false where none is left."""
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

    def _span(self, region: Region, axis: int) -> Interval:
        """What the region's box allows on an axis: a field's own interval, or the least and most of a sum."""
        low: int | None = 0
        high: int | None = 0
        for place, weight in self._weights[axis]:
            least, most = region.box[place] if weight > 0 else reversed(region.box[place])
            low = None if low is None or least is None else low + weight * least
            high = None if high is None or most is None else high + weight * most
        return low, high

    def size_on(self, axis: int, mask: int) -> int:
        """How many values these cells of an axis hold; only where the space can be counted."""
        key = (axis, mask)
        found = self._sizes.get(key)
        if found is None:
            cells = self.space.axes[axis].cells
            found = self._sizes[key] = sum(cells[cell].size or 0 for cell in bits(mask))
        return found

    def points(self, region: Region, budget: Budget) -> int:
        """How many points a region holds; only where the space can be counted. Raises `OutOfSteps`."""
        if not region.strips:
            return prod(high - low + 1 for low, high in region.box if low is not None and high is not None)
        if region not in self._points:
            self._points[region] = paid(count_points, region, budget, _POINT_STEP)
        return self._points[region]

    def size(self, area: Area, budget: Budget) -> int:
        """How many situations an area holds; only where the space can be counted. Raises `OutOfSteps`."""
        plain = prod(self.size_on(axis, mask) for axis, mask in enumerate(area.masks) if axis not in self.group_of)
        return plain * prod(self.points(region, budget) for region in area.regions) if plain else 0


def bits(mask: int) -> list[int]:
    """The places of the ones in a bit mask, lowest first: by whichever way is quick for so many of them."""
    many = mask.bit_count()
    if many * 3 > mask.bit_length():
        return list(compress(count(), bin(mask)[:1:-1].encode().translate(_IS_ONE)))
    found = []
    if many < 8:
        while mask:
            lowest = mask & -mask
            found.append(lowest.bit_length() - 1)
            mask ^= lowest
        return found
    text = bin(mask)[:1:-1]
    place = text.find("1")
    while place >= 0:
        found.append(place)
        place = text.find("1", place + 1)
    return found


def paid(work: Callable[[Region, Budget], T], region: Region, budget: Budget, price: int = 1) -> T:
    """What the work on a region gives, its steps paid for by the number of fields: each step looks at them all."""
    price *= max(1, len(region.box) ** 2 // 64)
    if price == 1:
        return work(region, budget)
    own = Budget((budget.steps - budget.spent) // price)
    try:
        return work(region, own)
    except RecursionError:
        # A chain of hundreds of fields is walked field by field, deeper than Python goes.
        raise OutOfSteps from None
    finally:
        budget.spent += price * min(own.spent, own.steps)


def _meet(one: Interval, other: Interval) -> Interval:
    low = one[0] if other[0] is None else other[0] if one[0] is None else max(one[0], other[0])
    high = one[1] if other[1] is None else other[1] if one[1] is None else min(one[1], other[1])
    return low, high
