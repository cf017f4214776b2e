"""Short descriptions of a set of situations: few regions, which may overlap and use the author's facts.

A region is a box of cells and a few facts; the box may grow over everything that its facts exclude. Regions are chosen
greedily, each grown as far as the set allows (a prime implicant: W. V. Quine, "A way to simplify truth functions",
1955), until they cover the set, as in heuristic two-level minimization (R. K. Brayton et al., "Logic Minimization
Algorithms for VLSI Synthesis", 1984). Together they are exactly the same situations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from engine.analysis.describing.box_growing import Box, count_cells, without
from engine.budget import Budget, OutOfSteps
from engine.frozen import NamedTuple
from engine.integers.polytopes import Interval
from engine.language.model.condition_tree import Holds
from engine.meaning.logic import Logic
from engine.meaning.spaces.areas import Area, Areas

# More areas, or boxes of one fact, would give a result that nobody reads.
_MOST_AREAS, _MOST_OF_A_FACT = 150, 60
# Facts that one region uses at most, and facts that are tried of those that hold in all of it.
_MOST_FACTS, _MOST_TRIED = 2, 8
_STEPS = 200_000


class Described(NamedTuple):
    """All situations of an area in which some facts hold or fail as stated; `parts` are its disjoint areas."""

    area: Area
    facts: tuple[Holds, ...]
    parts: tuple[Area, ...]


def shorten(
    logic: Logic, found: Sequence[Area], free: Sequence[Area] = (), facts: Sequence[str] = ()
) -> list[Described]:
    """Describe disjoint areas by fewer and shorter regions.

    Args:
        logic: The policy, over the space of the areas.
        found: Disjoint areas, each with a situation.
        free: Areas that regions may include, such as impossible situations.
        facts: The facts that regions may name. A region that names some is smaller than its area.

    Returns:
        Overlapping regions that together are exactly the same situations, apart from free ones; empty if the areas are
        too many, or if nothing shorter was found within a fixed number of steps.
    """
    if len(found) > _MOST_AREAS:
        return []
    boxes = _Boxes(logic.areas, Budget(_STEPS))
    wanted = [boxes.of(area) for area in found]
    try:
        cover = _Cover(boxes, wanted, [*wanted, *map(boxes.of, free)], list(_literals(logic, boxes, facts)))
        regions = cover.regions()
        shorter = [each for region in regions for each in boxes.described(region)]
    except OutOfSteps:
        return []
    before = sum(boxes.length(boxes.of(area)) for area in found)
    return shorter if sum(boxes.length(each.box) + len(each.facts) for each in regions) < before else []


class _Boxes:
    """Areas as boxes: the cells on each axis, including those of tied fields and of their sums.

    The areas cut no cells, so that a box is exactly its situations; on axes of tied fields the cells are adjacent. A
    box need not contain a situation.
    """

    def __init__(self, areas: Areas, budget: Budget) -> None:
        self.areas = areas
        self.budget = budget
        self.whole: Box = areas.whole.masks
        self.axes = range(len(self.whole))

    def of(self, area: Area) -> Box:
        """Return the box of an area."""
        masks = list(area.masks)
        for group, region in zip(self.areas.space.groups, area.regions, strict=True):
            sums = {strip.coefficients: strip.interval for strip in region.strips}
            for axis, interval in zip(group.field_axes, region.box, strict=True):
                masks[axis] = self._within(axis, interval)
            for axis, weights in group.sum_axes:
                masks[axis] = self._within(axis, sums.get(weights, (None, None)))
        return tuple(masks)

    def _within(self, axis: int, interval: Interval) -> int:
        """Return the mask of the cells within an interval."""
        low, high = interval
        return sum(
            1 << place
            for place, cell in enumerate(self.areas.space.axes[axis].cells)
            if (low is None or (cell.interval[0] is not None and cell.interval[0] >= low))
            and (high is None or (cell.interval[1] is not None and cell.interval[1] <= high))
        )

    def area(self, box: Box) -> Area | None:
        """Return the area of a box; None if it contains no situation."""
        areas = self.areas
        plain = tuple(full if axis in areas.group_of else box[axis] for axis, full in enumerate(self.whole))
        found: Area | None = Area(plain, areas.whole.regions)
        for axis in areas.group_of:
            if found is not None and box[axis] != self.whole[axis]:
                found = areas.narrow(found, axis, box[axis], self.budget)
        return found

    def is_written(self, box: Box) -> bool:
        """Whether a box is what can be written of it: a sum in bounds has a value, and so have all fields in it."""
        optional = self.areas.space.optional_terms.items()
        return not any(
            box[axis] != self.whole[axis] and any(box[term] & none for term, none in terms) for axis, terms in optional
        )

    def described(self, region: _Region) -> Iterator[Described]:
        """Convert a region to areas; nothing if it contains no situation."""
        area = self.area(region.box)
        parts = tuple(found for part in region.parts if (found := self.area(part)) is not None)
        if area is not None and parts:
            yield Described(area, tuple(literal.says for literal in region.facts), parts)

    def length(self, box: Box) -> int:
        """Return the length of a box's description: 1, plus the number of axes that it restricts."""
        return 1 + sum(mask != full for mask, full in zip(box, self.whole, strict=True))

    def more(self, box: Box, axis: int) -> Iterator[Box]:
        """Iterate over the boxes with one cell more on an axis; on axes of tied fields it must be adjacent."""
        mask = box[axis]
        free = self.whole[axis] & ~mask
        if axis in self.areas.group_of:
            free &= mask << 1 | mask >> 1
        while free:
            lowest = free & -free
            free ^= lowest
            yield (*box[:axis], mask | lowest, *box[axis + 1 :])

    def subtract(self, boxes: Sequence[Box], holes: Sequence[Box]) -> list[Box]:
        """Subtract boxes from others; the result is disjoint. Ties between fields are ignored."""
        left = list(boxes)
        for hole in holes:
            if not left:
                break
            self.budget.spend(len(left))
            left = [part for box in left for part in without(box, hole)]
        return left


class _Literal(NamedTuple):
    """A fact that holds or fails, with the disjoint boxes in which it does, and those in which it does not."""

    says: Holds
    inside: tuple[Box, ...]
    outside: tuple[Box, ...]


def _literals(logic: Logic, boxes: _Boxes, facts: Sequence[str]) -> Iterator[_Literal]:
    """Iterate over each fact as one that holds and as one that fails, without those that take many boxes."""
    for fact in facts:
        formula = logic.condition(Holds(fact, True))
        sides = []
        for each in (formula, logic.formulas.negation[formula]):
            query = logic.query_of_all([each])
            tree = query.tree(boxes.budget)
            if tree is not None and tree.paths(query.wanted) <= _MOST_OF_A_FACT:
                found = tree.places(logic.areas, query.wanted, boxes.budget)
                sides.append(tuple(boxes.of(area) for area in found))
        if len(sides) == 2:
            holds, fails = sides
            yield _Literal(Holds(fact, True), holds, fails)
            yield _Literal(Holds(fact, False), fails, holds)


class _Region(NamedTuple):
    """A box with facts, and the parts of it in which these are as stated."""

    box: Box
    facts: tuple[_Literal, ...]
    parts: tuple[Box, ...]


class _Cover:
    """Covers the wanted boxes by regions that stay within the allowed boxes."""

    def __init__(
        self, boxes: _Boxes, wanted: Sequence[Box], allowed: Sequence[Box], literals: Sequence[_Literal]
    ) -> None:
        self.boxes = boxes
        self.wanted = wanted
        self.allowed = allowed
        self.literals = literals

    def regions(self) -> list[_Region]:
        """Return the regions, as few and short as found."""
        left = list(self.wanted)
        chosen: list[_Region] = []
        for box in self.wanted:
            if self.boxes.subtract([box], [part for each in chosen for part in each.parts]):
                best = self._best(box, left)
                chosen.append(best)
                left = self.boxes.subtract(left, best.parts)
        return self._needed(chosen)

    def _best(self, seed: Box, left: list[Box]) -> _Region:
        """Return the region around a box that covers most in relation to its length."""
        useful = [each for each in self.literals if not self.boxes.subtract([seed], each.inside)]
        tries = [facts for many in range(_MOST_FACTS + 1) for facts in combinations(useful[:_MOST_TRIED], many)]
        return max((self._grown(seed, facts) for facts in tries), key=lambda each: self._worth(each, left))

    def _worth(self, region: _Region, left: list[Box]) -> float:
        covered = sum(map(count_cells, left)) - sum(map(count_cells, self.boxes.subtract(left, region.parts)))
        return covered / (self.boxes.length(region.box) + len(region.facts))

    def _grown(self, seed: Box, facts: tuple[_Literal, ...]) -> _Region:
        """Grow the seed as far as the allowed boxes, and what the facts exclude, permit."""
        allowed = [*self.allowed, *(box for each in facts for box in each.outside)]
        box = seed
        for axis in self.boxes.axes:
            wider = (*box[:axis], self.boxes.whole[axis], *box[axis + 1 :])
            if wider != box and self._fits(wider, allowed):
                box = wider
        for axis in self.boxes.axes:
            while more := next((each for each in self.boxes.more(box, axis) if self._fits(each, allowed)), None):
                box = more
        parts: tuple[Box, ...] = (box,)
        for each in facts:
            parts = _intersect(parts, each.inside)
        return _Region(box, facts, parts)

    def _fits(self, box: Box, allowed: Sequence[Box]) -> bool:
        return self.boxes.is_written(box) and not self.boxes.subtract([box], allowed)

    def _needed(self, chosen: list[_Region]) -> list[_Region]:
        """Drop the regions that the others cover together."""
        needed = list(chosen)
        for each in chosen[::-1]:
            others = [part for other in needed if other is not each for part in other.parts]
            if not self.boxes.subtract(each.parts, others):
                needed.remove(each)
        return needed


def _intersect(boxes: Sequence[Box], others: Sequence[Box]) -> tuple[Box, ...]:
    both = (tuple(one & other for one, other in zip(box, each, strict=True)) for box in boxes for each in others)
    return tuple(box for box in both if all(box))
