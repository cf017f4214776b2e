"""Greedy merging of disjoint areas that differ in one dimension only."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from math import inf

from engine.integers.polytopes import Interval, Polytope, Strip
from engine.meaning.spaces.areas import Area, Areas


def merge(areas: Areas, found: Iterable[Area], axes: Sequence[int] | None = None) -> list[Area]:
    """Merge disjoint areas until no two differ in one dimension only.

    A dimension is an axis, or one interval of a group of tied fields. The order of `axes` (default: that of the space)
    decides what is merged first, and with it what can be merged later.
    """
    left = list(found)
    order = range(len(areas.whole.masks)) if axes is None else axes
    plain = [axis for axis in order if axis not in areas.group_of]
    while True:
        before = len(left)
        for axis in plain:
            left = _along_axis(left, axis)
        for index, group in enumerate(areas.space.groups):
            for place in range(len(group.fields)):
                left = _along(areas, left, index, _Side(place))
            for _, weights in group.sum_axes:
                left = _along(areas, left, index, _Sum(weights))
        if len(left) == before:
            return left


def _along_axis(left: list[Area], axis: int) -> list[Area]:
    """Merge areas that differ on this axis only."""
    alike: dict[tuple[object, ...], int] = {}
    for area in left:
        key = (*area.masks[:axis], *area.masks[axis + 1 :], area.regions)
        alike[key] = alike.get(key, 0) | area.masks[axis]
    return [Area((*key[:axis], mask, *key[axis:-1]), key[-1]) for key, mask in alike.items()]  # type: ignore[arg-type]


class _Side:
    """Access to the interval of one field of a group."""

    def __init__(self, place: int) -> None:
        self.place = place

    def interval(self, region: Polytope) -> Interval | None:
        """Return the field's interval in a region."""
        return region.box[self.place]

    def put(self, region: Polytope, interval: Interval) -> Polytope:
        """Return the region with another interval for the field."""
        return Polytope((*region.box[: self.place], interval, *region.box[self.place + 1 :]), region.strips)


class _Sum:
    """Access to the interval of one sum over the fields of a group."""

    def __init__(self, weights: tuple[int, ...]) -> None:
        self.weights = weights

    def interval(self, region: Polytope) -> Interval | None:
        """Return the sum's interval in a region; None if the region does not restrict it."""
        return next((strip.interval for strip in region.strips if strip.coefficients == self.weights), None)

    def put(self, region: Polytope, interval: Interval) -> Polytope:
        """Return the region with another interval for the sum."""
        others = {strip.coefficients: strip.interval for strip in region.strips} | {self.weights: interval}
        kept = sorted((weights, each) for weights, each in others.items() if each != (None, None))
        return Polytope(region.box, tuple(Strip(weights, each) for weights, each in kept))


def _along(areas: Areas, left: list[Area], index: int, side: _Side | _Sum) -> list[Area]:
    """Merge areas that differ in one interval of a group only, where the intervals are adjacent."""
    own = frozenset(areas.tied.group_axes[index])
    alike: dict[Hashable, list[Area]] = {}
    for area in left:
        region = area.regions[index]
        interval = side.interval(region)
        others = tuple(mask for axis, mask in enumerate(area.masks) if axis not in own)
        rest = None if interval is None else side.put(region, (None, None))
        alike.setdefault((others, area.regions[:index], area.regions[index + 1 :], rest or area), []).append(area)
    return [area for bucket in alike.values() for area in _chained(bucket, index, side)]


def _chained(bucket: list[Area], index: int, side: _Side | _Sum) -> list[Area]:
    """Merge areas that are alike but for one interval, along chains of adjacent intervals."""
    if len(bucket) == 1:
        return bucket
    found: list[Area] = []
    for area in sorted(bucket, key=_low_end(index, side)):
        last = side.interval(found[-1].regions[index]) if found else None
        this = side.interval(area.regions[index])
        if last is None or this is None or last[1] is None or this[0] is None or last[1] + 1 != this[0]:
            found.append(area)
            continue
        before = found.pop()
        region = side.put(before.regions[index], (last[0], this[1]))
        regions = (*before.regions[:index], region, *before.regions[index + 1 :])
        # The masks are a superset of the cells that points of the merged region lie in, as for every area.
        masks = tuple(one | other for one, other in zip(before.masks, area.masks, strict=True))
        found.append(Area(masks, regions))
    return found


def _low_end(index: int, side: _Side | _Sum) -> Callable[[Area], float]:
    def low_end(area: Area) -> float:
        interval = side.interval(area.regions[index])
        return -inf if interval is None or interval[0] is None else interval[0]

    return low_end
