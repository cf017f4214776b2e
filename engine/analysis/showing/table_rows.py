"""Disjoint rows of a decision table, as few as can be found, each with one outcome.

A minimum is as hard to find as a minimum decision tree. Candidates are the areas of trees grown by several heuristics,
and of trees with a fixed axis order, improved by moving one axis at a time to its best position ("sifting", R. Rudell,
"Dynamic variable ordering for ordered binary decision diagrams", ICCAD 1993). Areas of a tree with the same outcome are
merged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from math import inf

from engine.budget import Budget, OutOfSteps, attempt
from engine.frozen import NamedTuple
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Logic
from engine.meaning.spaces.areas import Area
from engine.meaning.spaces.box_merging import merge
from engine.meaning.splits import Chooser, free, ordered, settling
from engine.meaning.tree import Tree

# Areas of larger trees are not merged.
_MOST_JOINED = 5_000


class Found(NamedTuple):
    """Disjoint areas with their outcomes, in no particular order.

    `total` is their number even if not all are listed; `said` is the number of cells of the table that are not empty.
    """

    areas: tuple[tuple[Label, Area], ...]
    total: int
    said: int = 0

    @property
    def rank(self) -> tuple[int, int]:
        """The number of rows and of cells that are not empty: smaller is better."""
        return self.total, self.said


def find_rows(logic: Logic, most: int | None, budget: Budget, further: Budget) -> Found:
    """Find disjoint rows, as few as the steps allow.

    Args:
        logic: The logic of the policy.
        most: Largest number of rows to return if there are too many to merge; None for all.
        budget: The step budget of the first tree, which must be completed.
        further: The step budget for better ones.

    Raises:
        OutOfSteps: `budget` is spent.
    """
    tree = logic.yields.grow(logic.areas.whole, budget)
    total = tree.paths(_possible)
    if total > _MOST_JOINED:
        shown = [(label, area) for label in _labels(tree) for area in _areas(logic, tree, label, most, budget)]
        return Found(tuple(shown[:most]), total)
    return _Search(logic, further).best(_rows(logic, tree, None, budget))


class _Search:
    """Tries heuristics and axis orders until the steps run out, and keeps the best rows."""

    def __init__(self, logic: Logic, budget: Budget) -> None:
        self.logic = logic
        self.budget = budget

    def best(self, found: Found) -> Found:
        for chooser in (settling, free):
            found = self._better(found, chooser)
        blocks = self._blocks([area for _, area in found.areas])
        for start in (blocks[::-1], blocks):
            for order in self._sifted(start):
                found = self._better(found, self._chooser(order))
        return found

    def _blocks(self, areas: Sequence[Area]) -> list[tuple[int, ...]]:
        """Return the axes that areas test, with those of a group of tied fields as one block."""
        groups = self.logic.areas.group_of
        blocks: dict[tuple[int, ...], None] = {}
        for axis, full in enumerate(self.logic.areas.whole.masks):
            if all(area.masks[axis] == full for area in areas):
                continue
            group = groups.get(axis)
            blocks[(axis,) if group is None else self.logic.areas.tied.group_axes[group]] = None
        return list(blocks)

    def _sifted(self, blocks: list[tuple[int, ...]]) -> Iterator[list[tuple[int, ...]]]:
        """Iterate over better and better orders, by the number of areas of their trees."""
        best = self._paths(blocks)
        yield blocks
        while True:
            before = best
            for block in list(blocks):
                others = [each for each in blocks if each != block]
                for place in range(len(blocks)):
                    order = [*others[:place], block, *others[place:]]
                    paths = self._paths(order)
                    if paths < best:
                        best, blocks = paths, order
            if best >= before:
                return
            yield blocks

    def _chooser(self, blocks: Sequence[tuple[int, ...]]) -> Chooser:
        order = dict.fromkeys(axis for block in blocks for axis in block)
        return ordered([*order, *(axis for axis in range(len(self.logic.space.axes)) if axis not in order)])

    def _paths(self, blocks: Sequence[tuple[int, ...]]) -> float:
        """Return the number of areas of the tree with this order; infinity if the steps run out."""
        tree = attempt(self.logic.yields.grow_by, self._chooser(blocks), self.logic.areas.whole, self.budget)
        return inf if tree is None else tree.paths(_possible)

    def _better(self, found: Found, chooser: Chooser) -> Found:
        """Return the better of what was found and of the rows that a chooser gives."""
        logic = self.logic
        try:
            tree = logic.yields.grow_by(chooser, logic.areas.whole, self.budget)
            if tree.paths(_possible) > _MOST_JOINED:
                return found
            axes = range(len(logic.space.axes))
            tries = [_rows(logic, tree, joining, self.budget) for joining in (axes, axes[::-1])]
        except OutOfSteps:
            return found
        return min([found, *tries], key=lambda each: each.rank)


def _possible(label: Label) -> bool:
    return label is not Ending.IMPOSSIBLE


def _labels(tree: Tree) -> list[Label]:
    return [label for label in tree.labels if _possible(label)]


def _areas(logic: Logic, tree: Tree, label: Label, most: int | None, budget: Budget) -> list[Area]:
    return list(islice(tree.places(logic.areas, lambda each: each == label, budget), most))


def _rows(logic: Logic, tree: Tree, joining: Sequence[int] | None, budget: Budget) -> Found:
    found: list[tuple[Label, Area]] = []
    for label in _labels(tree):
        areas = _areas(logic, tree, label, None, budget)
        budget.spend(len(areas))
        found += [(label, area) for area in merge(logic.areas, areas, joining)]
    whole = logic.areas.whole.masks
    said = sum(mask != full for _, area in found for mask, full in zip(area.masks, whole, strict=True))
    return Found(tuple(found), len(found), said)
