"""Box intersection and containment for all pairs at once, axis by axis, with one bit per box.

Boxes meet if they meet on every axis. On one axis the boxes are sorted by their starts and by their ends: those that
meet a box have started when it ends and not ended when it starts; those that contain it have started when it starts and
not ended before it ends. Sets of boxes are integers, so that a pair costs one bit of a machine word per axis.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from engine.frozen import NamedTuple
from engine.meaning.cubes import as_bits
from engine.threads import cached_method, cached_property


class Boxes:
    """Boxes (axis to mask of cells; a missing axis is unrestricted), and which of them meet or contain each other.

    Sets are computed for one box at a time, since those of all boxes together need much memory.
    """

    def __init__(self, boxes: Sequence[Mapping[int, int]]) -> None:
        self.boxes = boxes
        self._all = (1 << len(boxes)) - 1

    @cached_property
    def _axes(self) -> list[_Axis]:
        return list(_axes(self.boxes))

    @cached_property
    def _near(self) -> list[list[int]]:
        return [each.held if each.apart else _in_order(each, _meets) for each in self._axes]

    @cached_property
    def _around(self) -> list[list[int]]:
        return [each.held if each.apart else _in_order(each, _holds) for each in self._axes]

    def meeting(self, box: int) -> int:
        """Return the boxes that meet a box, itself included, as a bit mask."""
        found = self._all
        for axis, near in zip(self._axes, self._near, strict=True):
            kind = axis.kinds.get(box)
            if kind is not None:
                found &= axis.wild | near[kind]
        return found

    def containing(self, box: int) -> int:
        """Return the boxes that contain a box, itself included, as a bit mask."""
        found = self._all
        for axis, around in zip(self._axes, self._around, strict=True):
            kind = axis.kinds.get(box)
            found &= axis.wild if kind is None else axis.wild | around[kind]
        return found

    def at(self, point: Sequence[int]) -> int:
        """Return the boxes that contain a point (a cell for each axis), as a bit mask."""
        found = self._all
        for axis, cell in enumerate(point):
            holding = self.holding(axis, cell)
            if holding is not None:
                found &= holding
        return found

    @cached_method
    def holding(self, axis: int, cell: int) -> int | None:
        """Return the boxes that contain a cell of an axis, as a bit mask; None if no box tests the axis."""
        place = self._places.get(axis)
        return None if place is None else self._axes[place].wild | self._cells[place].holding(cell)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {each.axis: place for place, each in enumerate(self._axes)}

    @cached_property
    def _cells(self) -> list[_Cells]:
        return [_Cells(each) for each in self._axes]


class _Cells:
    """Lookup of the boxes, of those that test an axis, that contain a cell of it.

    Masks without holes are looked up by their sorted starts and ends; masks with holes one by one.
    """

    def __init__(self, axis: _Axis) -> None:
        solid = {mask: held for mask, held in zip(axis.masks, axis.held, strict=True) if is_solid(mask)}
        self._holed = [(mask, held) for mask, held in zip(axis.masks, axis.held, strict=True) if mask not in solid]
        self._alone = {}
        if axis.apart:
            self._alone = {_start(mask): held for mask, held in solid.items() if not mask & (mask - 1)}
            solid = {mask: held for mask, held in solid.items() if mask & (mask - 1)}
        self._starts, self._begun = _running(solid, _start)
        self._ends, self._ended = _running(solid, int.bit_length)

    def holding(self, cell: int) -> int:
        if cell in self._alone:
            return self._alone[cell]
        found = self._begun[bisect_right(self._starts, cell)] & ~self._ended[bisect_right(self._ends, cell)]
        for mask, held in self._holed:
            if mask >> cell & 1:
                found |= held
        return found


def _running(by_mask: Mapping[int, int], place: Callable[[int], int]) -> tuple[list[int], list[int]]:
    """Return the sorted positions of some masks, and the unions of boxes up to each, starting with the empty set."""
    places, reached = [], [0]
    for mask in sorted(by_mask, key=place):
        places.append(place(mask))
        reached.append(reached[-1] | by_mask[mask])
    return places, reached


class _Axis(NamedTuple):
    """The boxes on one axis: the distinct masks, the boxes of each mask, and the index of each box's mask.

    `wild` has the boxes that do not test the axis; `apart` says whether the masks are pairwise disjoint.
    """

    axis: int
    masks: list[int]
    held: list[int]
    kinds: dict[int, int]
    wild: int
    apart: bool


def _axes(boxes: Sequence[Mapping[int, int]]) -> Iterator[_Axis]:
    """Iterate over the axes that some box tests."""
    tested: dict[int, dict[int, int]] = {}
    for index, box in enumerate(boxes):
        for axis, mask in box.items():
            tested.setdefault(axis, {})[index] = mask
    for axis in sorted(tested):
        places: dict[int, int] = {}
        kinds = {index: places.setdefault(mask, len(places)) for index, mask in tested[axis].items()}
        held = [0] * len(places)
        for index, kind in kinds.items():
            held[kind] |= 1 << index
        covered, apart = 0, True
        for mask in places:
            apart = apart and not covered & mask
            covered |= mask
        yield _Axis(axis, list(places), held, kinds, ((1 << len(boxes)) - 1) & ~as_bits(kinds), apart)


def _in_order(axis: _Axis, sets: Callable[[Mapping[int, int]], Mapping[int, int]]) -> list[int]:
    """Return the results of `sets` in the order of the axis's masks."""
    found = sets(dict(zip(axis.masks, axis.held, strict=True)))
    return [found[mask] for mask in axis.masks]


def _meets(by_mask: Mapping[int, int]) -> dict[int, int]:
    """For each mask, return the boxes that test the axis and whose masks share a cell with it."""
    solid = [mask for mask in by_mask if is_solid(mask)]
    begun = _up_to(by_mask, solid, _start, lambda mask: mask.bit_length() - 1)
    ended = _up_to(by_mask, solid, int.bit_length, _start)
    found = dict.fromkeys(by_mask, 0) | {mask: begun[mask] & ~ended[mask] for mask in solid}
    for mask in by_mask.keys() - begun.keys():
        for other, held in by_mask.items():
            if mask & other:
                found[mask] |= held
                found[other] |= by_mask[mask]
    return found


def _holds(by_mask: Mapping[int, int]) -> dict[int, int]:
    """For each mask, return the boxes that test the axis and whose masks contain it."""
    # A mask without holes contains any mask whose ends lie within its own.
    solid = [mask for mask in by_mask if is_solid(mask)]
    around = {mask: by_mask[mask] for mask in solid}
    begun = _up_to(around, by_mask, _start, _start)
    ended = _up_to(around, by_mask, int.bit_length, lambda mask: mask.bit_length() - 1)
    found = {mask: begun[mask] & ~ended[mask] for mask in by_mask}
    for other in by_mask.keys() - around.keys():
        for mask in by_mask:
            if not mask & ~other:
                found[mask] |= by_mask[other]
    return found


def _up_to(
    by_mask: Mapping[int, int], masks: Iterable[int], place: Callable[[int], int], limit: Callable[[int], int]
) -> dict[int, int]:
    """For each of `masks`, return the boxes of masks without holes whose `place` is at most the mask's `limit`."""
    waiting = sorted((mask for mask in by_mask if is_solid(mask)), key=place, reverse=True)
    found = {}
    reached = 0
    for mask in sorted(masks, key=limit):
        while waiting and place(waiting[-1]) <= limit(mask):
            reached |= by_mask[waiting.pop()]
        found[mask] = reached
    return found


def _start(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def is_solid(mask: int) -> bool:
    """Whether the cells of a mask are adjacent, without holes."""
    run = mask + (mask & -mask)
    return run & mask == 0


def meet(one: Mapping[int, int], other: Mapping[int, int]) -> bool:
    """Whether two boxes share a cell on every axis that both of them test."""
    return all(mask & one.get(axis, mask) for axis, mask in other.items())
