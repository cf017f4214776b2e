"""How can disjoint areas be told in fewer? A tree cuts by what it had to ask first; what it cut needlessly is joined.

An area is let grow along an axis wherever the others together already cover what it gains; they are left with the
rest. A growth is kept where fewer areas come of it. Not proved to be the fewest: exactly the same situations, still
disjoint.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from engine.budget import Budget, OutOfSteps
from engine.meaning.spaces.areas import Area, Areas

# The cells that a box leaves on each axis.
Box = tuple[int, ...]
# Beyond so many areas nobody reads them; so many pairs of areas are compared before what was found is good enough.
_MOST_JOINED = 150
_MOST_COMPARED = 200_000


def join(areas: Areas, found: Sequence[Area]) -> list[Area]:
    """The same situations in no more areas, still disjoint; those of entangled fields grow along other axes only."""
    if len(found) > _MOST_JOINED:
        return list(found)
    plain = [axis for axis in range(len(areas.whole.masks)) if axis not in areas.group_of]
    whole = tuple(areas.whole.masks[axis] for axis in plain)
    alike: dict[tuple[object, ...], list[Area]] = {}
    for area in found:
        alike.setdefault((area.regions, *(area.masks[axis] for axis in areas.group_of)), []).append(area)
    joined = []
    budget = Budget(_MOST_COMPARED)
    for same in alike.values():
        for box in _joined([tuple(area.masks[axis] for axis in plain) for area in same], whole, budget):
            masks = list(same[0].masks)
            for axis, mask in zip(plain, box, strict=True):
                masks[axis] = mask
            joined.append(Area(tuple(masks), same[0].regions))
    return joined


def _joined(boxes: list[Box], whole: Box, budget: Budget) -> list[Box]:
    while True:
        try:
            fewer = next(_fewer(boxes, whole, budget), None)
        except OutOfSteps:
            return boxes
        if fewer is None:
            return boxes
        boxes = fewer


def _fewer(boxes: list[Box], whole: Box, budget: Budget) -> Iterator[list[Box]]:
    """The ways to say the same in fewer boxes by letting one of them grow."""
    for place, box in enumerate(boxes):
        grown = box
        for axis, mask in enumerate(whole):
            wider = (*grown[:axis], mask, *grown[axis + 1 :])
            budget.spend(len(boxes))
            if wider == grown or not _is_covered(wider, boxes):
                continue
            grown = wider
            others = [list(without(each, grown)) for at, each in enumerate(boxes) if at != place]
            if sum(map(len, others)) + 1 < len(boxes):
                before = [part for parts in others[:place] for part in parts]
                yield [*before, grown, *(part for parts in others[place:] for part in parts)]


def _is_covered(box: Box, boxes: list[Box]) -> bool:
    """Whether disjoint boxes together hold all of another: by the number of cells that they have in common with it."""
    common = sum(count_cells(tuple(one & other for one, other in zip(box, each, strict=True))) for each in boxes)
    return common == count_cells(box)


def count_cells(box: Box) -> int:
    """How many choices of a cell for each axis a box holds."""
    return prod(mask.bit_count() for mask in box)


def without(box: Box, hole: Box) -> Iterator[Box]:
    """What another box leaves of a box, in disjoint parts."""
    if not all(one & other for one, other in zip(box, hole, strict=True)):
        yield box
        return
    for axis, mask in enumerate(hole):
        outside = box[axis] & ~mask
        if outside:
            yield (*box[:axis], outside, *box[axis + 1 :])
            box = (*box[:axis], box[axis] & mask, *box[axis + 1 :])
