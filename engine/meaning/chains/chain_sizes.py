"""Sizes of the areas of a chain, and counts by the labels of trees over it.

Axes that depend on each other are a component: the axis of a step with those that its tree reads, tied fields with each
other. The size of an area is the product of those of its components.

A tree is counted from its root. Where nothing below a branch asks about a component, the size of what is left of it is
multiplied in at once. Where only the outcome of one of its steps is asked for below, and many areas reach a node, it is
multiplied in for each outcome. So ways that differ in nothing else meet again. A step that reads others is counted by
its tree joined with theirs, unless the area restricts one of these, or the joined tree is too large.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from math import prod

from engine.budget import Budget, attempt
from engine.frozen import NamedTuple
from engine.meaning.chains.counted_trees import Component, CountedBranch, CountedTree, counted_tree
from engine.meaning.chains.joined_trees import JoinedTrees
from engine.meaning.chains.open_step import OpenStep
from engine.meaning.hit_policies import Label
from engine.meaning.spaces.areas import Area, Areas, bits
from engine.meaning.tree import Tree
from engine.threads import cached_method

# Nodes of a tree that are counted for one step of a budget, where its fields are independent.
_NODES_A_STEP = 8
# A component is multiplied in for each outcome where a node is reached with so many times as many areas as outcomes.
_WORTH = 1
# The trees of a step and of those that it reads are joined for counting within so many steps of a budget.
_MOST_JOINED = 100_000
# Sizes by cell that are kept: tables that read nothing else than the step ask for few of them again and again.
_MOST_KEPT = 1_000
# Sizes of cells of one axis that are kept: of few fields there are few.
_MOST_SIZES = 100_000


class _Reached(NamedTuple):
    """How a node is reached: an area, and the axes of the components that have been multiplied in, as a bit mask."""

    area: Area
    counted: int


class _StepWithin(NamedTuple):
    """A step within its component: what it reads there, and what else the component holds.

    Attributes:
        step: The step.
        tree: Its tree, to be counted over what it reads.
        axes: The axes that it reads.
        groups: The groups of tied fields that it reads.
        is_plain: Whether it reads independent axes only.
        others: The components that it does not read.
        fields: The independent axes that it does not read.
        earlier: The axes of the steps that it reads.
    """

    step: OpenStep
    tree: CountedTree
    axes: list[int]
    groups: list[int]
    is_plain: bool
    others: list[Component]
    fields: list[int]
    earlier: list[int]


class ChainSizes:
    """Counts the situations in the areas of a chain.

    Args:
        areas: The areas.
        steps: The steps, each after those that it reads.
        axes: The axes that are no fields, with those of the steps among them.
    """

    def __init__(self, areas: Areas, steps: Sequence[OpenStep], axes: frozenset[int]) -> None:
        self._areas = areas
        self._steps = steps
        self._axes = axes
        self._sizes: dict[tuple[object, ...], list[int]] = {}
        self._sizes_on: dict[tuple[int, int], int] = {}
        # For each number of steps, the components of the chain that has only so many.
        self._levels = [[Component(own, (group,), ()) for group, own in enumerate(areas.axes_of_groups)]]
        for step in steps:
            self._levels.append(_with_step(self._levels[-1], step))

    def counts(self, tree: Tree, wanted: Callable[[Label], bool], budget: Budget) -> dict[Label, int]:
        """Return the number of situations with each wanted label of a tree; raises `OutOfSteps`."""
        components = self._levels[-1]
        counted = counted_tree(tree, components, self._independent(components), wanted)
        found = dict.fromkeys(filter(wanted, tree.labels), 0)
        self._count(counted, tree.area, found, budget)
        return found

    def size(self, area: Area, budget: Budget) -> int:
        """Return the number of situations in an area; raises `OutOfSteps`."""
        components = self._levels[-1]
        found = prod(self._areas.size_on(axis, area.masks[axis]) for axis in self._independent(components))
        return found and found * self._product(components, area, budget)

    def _independent(self, components: Sequence[Component]) -> frozenset[int]:
        """Return the axes outside some components, but for those of steps."""
        found = frozenset(range(len(self._areas.space.axes)))
        return found.difference(*(bits(each.axes) for each in components)) - self._axes

    def _product(self, components: Sequence[Component], area: Area, budget: Budget) -> int:
        found = 1
        for each in components:
            found = found and found * self._size(each, area, budget)
        return found

    def _size(self, component: Component, area: Area, budget: Budget) -> int:
        """Return the number of combinations of a component in an area; raises `OutOfSteps`."""
        areas, whole = self._areas, self._areas.whole.masks
        # What reads a step without restricting it does not matter.
        last = next((each for each in reversed(component.steps) if area.masks[each.axis] != whole[each.axis]), None)
        if last is None:
            fields = (axis for axis in bits(component.axes) if axis not in self._axes and axis not in areas.group_of)
            found = prod(areas.size_on(axis, area.masks[axis]) for axis in fields)
            return found and found * prod(areas.points(area.regions[group], budget) for group in component.groups)
        times, sizes = self._sizes_by_outcome(component, last.axis, area, budget)
        return times and times * sum(sizes[cell] for cell in bits(area.masks[last.axis]))

    def _sizes_by_outcome(
        self, component: Component, axis: int, area: Area, budget: Budget
    ) -> tuple[int, Sequence[int]]:
        """Return for each cell of a step's axis how many combinations of a component in an area have it.

        All of these numbers are to be multiplied by the number that is returned beside them; if it is 0, they are not
        told. The area restricts no later step. Raises `OutOfSteps`.
        """
        within = self._step_within(axis, component.axes)
        if within.earlier and all(area.masks[each] == self._areas.whole.masks[each] for each in within.earlier):
            within = self._joined_within(axis, component.axes) or within
        times = prod(self._areas.size_on(each, area.masks[each]) for each in within.fields)
        times = times and times * self._product(within.others, area, budget)
        return times, self._sizes_by_cell(within, area, budget) if times else ()

    def _outcomes(self, component: Component, axis: int, area: Area, budget: Budget) -> Iterator[tuple[int, int]]:
        """Iterate over the outcomes of a step in an area: its cell, and how many combinations of the component have it.

        Raises `OutOfSteps`.
        """
        whole = self._areas.whole.masks
        later = component.steps[next(at for at, each in enumerate(component.steps, 1) if each.axis == axis) :]
        if all(area.masks[each.axis] == whole[each.axis] for each in later):
            times, sizes = self._sizes_by_outcome(component, axis, area, budget)
            for cell in bits(area.masks[axis]) if times else ():
                yield cell, times * sizes[cell]
            return
        masks = list(area.masks)
        for cell in bits(area.masks[axis]):
            masks[axis] = 1 << cell
            yield cell, self._size(component, Area(tuple(masks), area.regions), budget)

    @cached_method
    def _step_within(self, axis: int, component: int) -> _StepWithin:
        """Return the step of an axis within its component, which is given by its axes."""
        at = next(at for at, each in enumerate(self._steps) if each.axis == axis)
        step = self._steps[at]
        parts = [each for each in self._levels[at] if each.axes & component]
        read = [each for each in parts if each.axes & step.reads]
        fields = [each for each in bits(component) if each in self._independent(parts)]
        own = frozenset(each for each in fields if step.reads >> each & 1)
        return _StepWithin(
            step=step,
            tree=counted_tree(step.tree, read, own),
            axes=sorted([*own, *(each for part in read for each in bits(part.axes))]),
            groups=[group for part in read for group in part.groups],
            is_plain=not read,
            others=[each for each in parts if not each.axes & step.reads],
            fields=[each for each in fields if each not in own],
            earlier=[each.axis for part in read for each in part.steps],
        )

    @cached_method
    def _joined_within(self, axis: int, component: int) -> _StepWithin | None:
        """As `_step_within`, with a tree that asks about no earlier step; None where that is too large."""
        within = self._step_within(axis, component)
        earlier = [each for each in self._steps if each.axis in within.earlier]
        trees = JoinedTrees(self._areas, earlier, self._axes, within.step.tree)
        tree = attempt(trees.joined, Budget(_MOST_JOINED))
        if tree is None:
            return None
        read = [each for each in self._levels[0] if each.groups[0] in within.groups]
        tied = self._areas.group_of
        own = frozenset(each for each in within.axes if each not in self._axes and each not in tied)
        return within._replace(tree=counted_tree(tree, read, own), is_plain=not read)

    def _sizes_by_cell(self, within: _StepWithin, area: Area, budget: Budget) -> list[int]:
        """Return for each cell of a step's axis how many combinations of what it reads, in an area, have it.

        Raises `OutOfSteps`.
        """
        step, (masks, regions) = within.step, area
        key = step.axis, *(masks[axis] for axis in within.axes), *(regions[group] for group in within.groups)
        if key in self._sizes:
            return self._sizes[key]
        found = [0] * len(self._areas.space.axes[step.axis].cells)
        by_label = dict.fromkeys(step.tree.labels, 0)
        count = self._count_fields if within.is_plain else self._count
        count(within.tree, area, by_label, budget)
        for label, many in by_label.items():
            found[step.cell[label]] += many
        if len(self._sizes) == _MOST_KEPT:
            self._sizes.clear()
        self._sizes[key] = found
        return found

    def _count(self, tree: CountedTree, area: Area, found: dict[Label, int], budget: Budget) -> None:
        """Add the sizes of what a tree gives each label in an area; raises `OutOfSteps`."""
        reached: dict[int, dict[_Reached, int]] = {}
        waiting: list[int] = []

        def arrive(branch: CountedBranch, here: _Reached, many: int) -> None:
            for axis, kept in branch.dropped:
                many *= self._areas.size_on(axis, kept & area.masks[axis])
            uncounted = [each for each in branch.settled if not each.axes & here.counted]
            many = many and many * self._product(uncounted, here.area, budget)
            if many and branch.child < 0:
                found[tree.labels[~branch.child]] += many
            elif many:
                if branch.child not in reached:
                    reached[branch.child] = {}
                    heappush(waiting, -branch.child)
                for each in branch.settled:
                    here = _Reached(self._without(each, here.area), here.counted & ~each.axes)
                met = reached[branch.child]
                met[here] = met.get(here, 0) + many

        if tree.entry is not None:
            arrive(tree.entry, _Reached(area, 0), 1)
        while waiting:
            # Parents have larger numbers than their children.
            number = -heappop(waiting)
            axis, branches, by_outcome = tree.nodes[number]
            met = reached.pop(number)
            for component, outcome in by_outcome:
                is_counted = all(here.counted & component.axes for here in met)
                if not is_counted and len(met) > _WORTH * len(self._areas.space.axes[outcome].cells):
                    met = self._met_by_outcome(met, component, outcome, budget)
            for here, many in met.items():
                budget.spend()
                mask = here.area.masks[axis]
                for branch in branches:
                    if not branch.cells & mask:
                        continue
                    budget.spend()
                    part = self._areas.narrow(here.area, axis, branch.cells, budget)
                    if part is not None:
                        arrive(branch, here._replace(area=part), many)

    def _met_by_outcome(
        self, met: Mapping[_Reached, int], component: Component, axis: int, budget: Budget
    ) -> dict[_Reached, int]:
        """Return how a node is reached, with a component multiplied in for each outcome of a step.

        Raises `OutOfSteps`.
        """
        found: dict[_Reached, int] = {}
        for here, many in met.items():
            if here.counted & component.axes:
                found[here] = found.get(here, 0) + many
                continue
            masks, regions = self._without(component, here.area)
            for cell, size in self._outcomes(component, axis, here.area, budget):
                if size:
                    own = (*masks[:axis], 1 << cell, *masks[axis + 1 :])
                    end = _Reached(Area(own, regions), here.counted | component.axes)
                    found[end] = found.get(end, 0) + many * size
        return found

    def _without(self, component: Component, area: Area) -> Area:
        """Return an area without what it says of a component."""
        masks, regions = list(area.masks), list(area.regions)
        for axis in bits(component.axes):
            masks[axis] = self._areas.whole.masks[axis]
        for group in component.groups:
            regions[group] = self._areas.whole.regions[group]
        return Area(tuple(masks), tuple(regions))

    def _count_fields(self, tree: CountedTree, area: Area, found: dict[Label, int], budget: Budget) -> None:
        """As `_count`, if no axis depends on another: each node is reached once."""
        masks, labels, nodes, sizes = area.masks, tree.labels, tree.nodes, self._sizes_on
        reached: dict[int, int] = {}
        waiting: list[int] = []
        assert tree.entry is not None
        now, branches, here, visited = 1, [tree.entry], -1, 0
        while True:
            for cells, child, dropped, _ in branches:
                if not cells & here:
                    continue
                many = now
                for axis, kept in dropped:
                    part = axis, kept & masks[axis]
                    many *= sizes[part] if part in sizes else self._size_on(*part)
                if child < 0:
                    found[labels[~child]] += many
                elif child in reached:
                    reached[child] += many
                else:
                    reached[child] = many
                    heappush(waiting, -child)
            if not waiting:
                budget.spend(1 + visited // _NODES_A_STEP)
                return
            # Parents have larger numbers than their children.
            number = -heappop(waiting)
            now = reached.pop(number)
            axis, branches, _ = nodes[number]
            here = masks[axis]
            visited += 1

    def _size_on(self, axis: int, mask: int) -> int:
        """As `Areas.size_on`, kept."""
        if len(self._sizes_on) == _MOST_SIZES:
            self._sizes_on.clear()
        found = self._sizes_on[axis, mask] = self._areas.size_on(axis, mask)
        return found


def _with_step(components: Sequence[Component], step: OpenStep) -> list[Component]:
    """Return the components of a chain with one step more."""
    axes = 1 << step.axis | step.reads
    joined = [each for each in components if each.axes & axes]
    for each in joined:
        axes |= each.axes
    groups = tuple(group for each in joined for group in each.groups)
    steps = tuple(one for each in joined for one in each.steps)
    return [*(each for each in components if not each.axes & axes), Component(axes, groups, (*steps, step))]
