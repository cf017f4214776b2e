"""Which boxes meet? All pairs at once, axis by axis, with one bit a box.

Boxes meet where they meet on every axis. On one axis the boxes are sorted by where they begin and by where they end;
those that meet a box have begun when it ends and have not ended when it begins. Sets of boxes are whole numbers, so
that a pair costs a bit of a machine word an axis, and no pair is looked at alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def overlaps(boxes: Sequence[Mapping[int, int]]) -> list[int]:
    """For each box (axis to mask of cells, a missing axis is whole) the boxes that meet it, as a bit mask."""
    everything = (1 << len(boxes)) - 1
    found = [everything] * len(boxes)
    for axis in sorted({axis for box in boxes for axis in box}):
        by_mask: dict[int, int] = {}
        for index, box in enumerate(boxes):
            mask = box.get(axis)
            if mask is not None:
                by_mask[mask] = by_mask.get(mask, 0) | (1 << index)
        meets = _meets(by_mask)
        wild = everything
        for held in by_mask.values():
            wild &= ~held
        near = {mask: meeting | wild for mask, meeting in meets.items()}
        for index, box in enumerate(boxes):
            mask = box.get(axis)
            if mask is not None:
                found[index] &= near[mask]
    return found


def _meets(by_mask: Mapping[int, int]) -> dict[int, int]:
    """For each mask the boxes, of those that test the axis, whose masks have a cell in common with it."""
    solid = [mask for mask in by_mask if is_solid(mask)]
    ragged = [mask for mask in by_mask if not is_solid(mask)]
    found = dict.fromkeys(by_mask, 0)
    # Those that begin before a mask ends...
    by_start = sorted(solid, key=_start)
    begun, place = 0, 0
    for mask in sorted(solid, key=int.bit_length):
        while place < len(by_start) and _start(by_start[place]) < mask.bit_length():
            begun |= by_mask[by_start[place]]
            place += 1
        found[mask] = begun
    # ... but for those that end before it begins.
    by_end = sorted(solid, key=int.bit_length)
    ended, place = 0, 0
    for mask in sorted(solid, key=_start):
        while place < len(by_end) and by_end[place].bit_length() <= _start(mask):
            ended |= by_mask[by_end[place]]
            place += 1
        found[mask] &= ~ended
    for mask in ragged:
        for other, held in by_mask.items():
            if mask & other:
                found[mask] |= held
                found[other] |= by_mask[mask]
    return found


def _start(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def is_solid(mask: int) -> bool:
    """Whether the cells of a mask are neighbours."""
    run = mask + (mask & -mask)
    return run & mask == 0
