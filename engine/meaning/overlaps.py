"""Which boxes meet, and which contain others? All pairs at once, axis by axis, with one bit a box.

Boxes meet where they meet on every axis. On one axis the boxes are sorted by where they begin and by where they end;
those that meet a box have begun when it ends and have not ended when it begins, and those that contain it have begun
when it begins and have not ended before it ends. Sets of boxes are whole numbers, so that a pair costs a bit of a
machine word an axis, and no pair is looked at alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence


def overlaps(boxes: Sequence[Mapping[int, int]]) -> list[int]:
    """For each box (axis to mask of cells, a missing axis is whole) the boxes that meet it, as a bit mask."""
    found = [(1 << len(boxes)) - 1] * len(boxes)
    for axis, by_mask, wild in _axes(boxes):
        near = {mask: meeting | wild for mask, meeting in _meets(by_mask).items()}
        for index, box in enumerate(boxes):
            mask = box.get(axis)
            if mask is not None:
                found[index] &= near[mask]
    return found


def containers(boxes: Sequence[Mapping[int, int]]) -> list[int]:
    """For each box the boxes that contain it, itself among them, as a bit mask."""
    found = [(1 << len(boxes)) - 1] * len(boxes)
    for axis, by_mask, wild in _axes(boxes):
        around = {mask: holding | wild for mask, holding in _holds(by_mask).items()}
        for index, box in enumerate(boxes):
            mask = box.get(axis)
            found[index] &= wild if mask is None else around[mask]
    return found


def _axes(boxes: Sequence[Mapping[int, int]]) -> Iterator[tuple[int, dict[int, int], int]]:
    """Each axis that is tested, with the boxes by their mask on it, and those that do not test it."""
    for axis in sorted({axis for box in boxes for axis in box}):
        by_mask: dict[int, int] = {}
        for index, box in enumerate(boxes):
            mask = box.get(axis)
            if mask is not None:
                by_mask[mask] = by_mask.get(mask, 0) | (1 << index)
        wild = (1 << len(boxes)) - 1
        for held in by_mask.values():
            wild &= ~held
        yield axis, by_mask, wild


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
