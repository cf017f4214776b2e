"""Reduction of the number of disjoint areas by growing them, which undoes needless cuts of the decision tree.

An area grows along an axis if the others together cover what it gains; they keep the rest. The growth is kept if it
leaves fewer areas. The result covers exactly the same situations and is disjoint, but need not be minimum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from engine.budget import Budget, attempt
from engine.meaning.spaces.areas import Area, Areas

# For each axis the mask of its cells.
Box = tuple[int, ...]
# More areas are left as they are, since nobody reads them; and the limit of comparisons of two areas.
_MOST_JOINED = 150
_MOST_COMPARED = 200_000


def join(areas: Areas, found: Sequence[Area]) -> list[Area]:
    """Return the same situations in no more areas, still disjoint.

    Areas with the same cells and regions of tied fields are combined; they only grow along other axes.
    """
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
        fewer = attempt(next, _fewer(boxes, whole, budget), None)
        if fewer is None:
            return boxes
        boxes = fewer


def _fewer(boxes: list[Box], whole: Box, budget: Budget) -> Iterator[list[Box]]:
    """Iterate over the covers with fewer boxes that growing a single box yields."""
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
    """Whether disjoint boxes together cover another box, by counting common cells."""
    common = sum(count_cells(tuple(one & other for one, other in zip(box, each, strict=True))) for each in boxes)
    return common == count_cells(box)


def count_cells(box: Box) -> int:
    """Return the number of combinations of cells in a box."""
    return prod(mask.bit_count() for mask in box)


def without(box: Box, hole: Box) -> Iterator[Box]:
    """Subtract a box from another; iterate over disjoint remaining boxes."""
    if not all(one & other for one, other in zip(box, hole, strict=True)):
        yield box
        return
    for axis, mask in enumerate(hole):
        outside = box[axis] & ~mask
        if outside:
            yield (*box[:axis], outside, *box[axis + 1 :])
            box = (*box[:axis], box[axis] & mask, *box[axis + 1 :])
