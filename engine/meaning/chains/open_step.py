"""A step that stands for itself: its decision tree, and the axis whose cells are its outcomes."""

from __future__ import annotations

from collections.abc import Iterator

from engine.budget import Budget
from engine.frozen import NamedTuple
from engine.language.model.relations.decision_steps import DecisionStep
from engine.meaning.hit_policies import Label
from engine.meaning.spaces.areas import Area, Areas
from engine.meaning.tree import Tree


class Moved(NamedTuple):
    """A step that is read where one field has another answer: on `axis`, `cell` stands for all cells."""

    axis: int
    cell: int


class OpenStep(NamedTuple):
    """A step whose outcomes are the cells of an axis.

    Attributes:
        step: The step.
        axis: Its axis.
        tree: Its decision tree; in impossible situations it may say anything.
        below: For each node of the tree the cells of the step's axis to which it leads, as a bit mask.
        ends: The same for each label.
        cell: The cell for each label.
        reads: The axes that the tree reads, as a bit mask, those of earlier steps and all that these read among them.
        mentions: Likewise the axes that the rules mention, whether or not they make a difference.
        instead: The axes that it reads in place of those of earlier steps.
        moved: Where it is read, if not where the situation is.
    """

    step: DecisionStep
    axis: int
    tree: Tree
    below: tuple[int, ...]
    ends: tuple[int, ...]
    cell: dict[Label, int]
    reads: int
    mentions: int
    instead: dict[int, int]
    moved: Moved | None = None

    def within(self, areas: Areas, area: Area, outcomes: int, budget: Budget) -> Iterator[Area]:
        """Iterate over the parts of an area in which the step has one of some outcomes; raises `OutOfSteps`."""
        nodes = self.tree.nodes
        waiting = [(self.tree.entry.child, area)]
        while waiting:
            number, here = waiting.pop()
            if number < 0:
                if self.ends[~number] & outcomes:
                    yield here
                continue
            axis, branches = nodes[number]
            for cells, child, _, _ in reversed(branches):
                if (self.below[child] if child >= 0 else self.ends[~child]) & outcomes:
                    budget.spend()
                    part = self._narrowed(areas, here, axis, cells, budget)
                    if part is not None:
                        waiting.append((child, part))

    def unlike(self, moved: OpenStep, areas: Areas, area: Area, budget: Budget) -> Iterator[Area]:
        """Iterate over the parts of an area in which the step has another outcome than where it is read elsewhere.

        Earlier steps are taken to be the same in both places. Raises `OutOfSteps`.
        """
        assert moved.moved is not None
        nodes, there = self.tree.nodes, moved.moved
        asks: list[bool] = []
        for node in nodes:
            asks.append(node.axis == there.axis or any(each.child >= 0 and asks[each.child] for each in node.branches))
        waiting = [(self.tree.entry.child, self.tree.entry.child, area)]
        while waiting:
            one, other, here = waiting.pop()
            if one == other and (one < 0 or not asks[one]):
                continue
            # Parents have larger numbers than their children, and ends have none.
            asked = max(one, other)
            if asked < 0:
                if self.ends[~one] != self.ends[~other]:
                    masks = list(here.masks)
                    masks[self.axis], masks[moved.axis] = self.ends[~one], self.ends[~other]
                    yield Area(tuple(masks), here.regions)
                continue
            axis, branches = nodes[asked]
            away = next((each.child for each in branches if each.cells >> there.cell & 1), asked)
            if axis == there.axis and one != asked:
                waiting.append((one, away, here))
                continue
            for branch in reversed(branches):
                budget.spend()
                part = areas.narrow(here, axis, branch.cells, budget)
                if part is not None and axis in moved.instead:
                    part = areas.narrow(part, moved.instead[axis], branch.cells, budget)
                if part is not None:
                    apart = away if axis == there.axis else branch.child
                    waiting.append((branch.child if one == asked else one, apart if other == asked else other, part))

    def _narrowed(self, areas: Areas, area: Area, axis: int, cells: int, budget: Budget) -> Area | None:
        if self.moved is not None and axis == self.moved.axis:
            return area if cells >> self.moved.cell & 1 else None
        return areas.narrow(area, self.instead.get(axis, axis), cells, budget)
