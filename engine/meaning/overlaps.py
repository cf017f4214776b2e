"""Which boxes meet, and which contain others? All pairs at once, axis by axis, with one bit a box.

Boxes meet where they meet on every axis. On one axis the boxes are sorted by where they begin and by where they end;
those that meet a box have begun when it ends and have not ended when it begins, and those that contain it have begun
when it begins and have not ended before it ends. Sets of boxes are whole numbers, so that a pair costs a bit of a
machine word an axis, and no pair is looked at alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from engine.meaning.cubes import as_bits
from engine.threads import cached_property


class Boxes:
    """Some boxes (axis to mask of cells, a missing axis is whole), and which of them have to do with each other.

    Sets of boxes are made for the box that is asked about: those of all boxes together take much memory.
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
        """The boxes that meet a box, itself among them, as a bit mask."""
        found = self._all
        for axis, near in zip(self._axes, self._near, strict=True):
            kind = axis.kinds.get(box)
            if kind is not None:
                found &= axis.wild | near[kind]
        return found

    def containing(self, box: int) -> int:
        """The boxes that contain a box, itself among them, as a bit mask."""
        found = self._all
        for axis, around in zip(self._axes, self._around, strict=True):
            kind = axis.kinds.get(box)
            found &= axis.wild if kind is None else axis.wild | around[kind]
        return found

    def at(self, point: Sequence[int]) -> int:
        """The boxes that hold a point, which has a cell for each axis."""
        found = self._all
        for axis, cell in enumerate(point):
            holding = self.holding(axis, cell)
            if holding is not None:
                found &= holding
        return found

    def holding(self, axis: int, cell: int) -> int | None:
        """The boxes that hold a cell of an axis; None where all do, since none tests it."""
        place = self._places.get(axis)
        if place is None:
            return None
        known = self._held.setdefault(axis, {})
        found = known.get(cell)
        if found is None:
            found = known[cell] = self._axes[place].wild | self._cells[place].holding(cell)
        return found

    @cached_property
    def _places(self) -> dict[int, int]:
        return {each.axis: place for place, each in enumerate(self._axes)}

    @cached_property
    def _held(self) -> dict[int, dict[int, int]]:
        return {}

    @cached_property
    def _cells(self) -> list[_Cells]:
        return [_Cells(each) for each in self._axes]


class _Cells:
    """Which boxes that test an axis hold a cell of it: of masks without holes, those that have begun and not ended."""

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
    """The places of some masks in order, and the boxes of those up to each, beginning with none."""
    places, reached = [], [0]
    for mask in sorted(by_mask, key=place):
        places.append(place(mask))
        reached.append(reached[-1] | by_mask[mask])
    return places, reached


class _Axis(NamedTuple):
    """What the boxes are on an axis: the masks that there are, the boxes of each, and of which kind each box is.

    `wild` are those that do not test the axis; the masks are `apart` where no two have a cell in common.
    """

    axis: int
    masks: list[int]
    held: list[int]
    kinds: dict[int, int]
    wild: int
    apart: bool


def _axes(boxes: Sequence[Mapping[int, int]]) -> Iterator[_Axis]:
    """Each axis that is tested."""
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
    """For each mask of an axis a set of the boxes that test it."""
    found = sets(dict(zip(axis.masks, axis.held, strict=True)))
    return [found[mask] for mask in axis.masks]


def _meets(by_mask: Mapping[int, int]) -> dict[int, int]:
    """For each mask the boxes, of those that test the axis, whose masks have a cell in common with it."""
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
    """For each mask the boxes, of those that test the axis, whose masks have all its cells."""
    # Whether it has holes itself or not, a mask without holes contains it by its ends alone.
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
    """For each of some masks the boxes of those, of the masks without holes, whose place is no more than its limit."""
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
    """Whether the cells of a mask are neighbours."""
    run = mask + (mask & -mask)
    return run & mask == 0
