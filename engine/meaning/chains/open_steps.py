"""Steps that stand for themselves: each is an axis with a cell for each outcome, as if somebody answered it.

Where numbers read outputs of a step, there is a cell for each outcome with these.

What holds whatever the steps say holds of the chain as well, so that most questions about large policies are settled
without looking into their steps. An area that would show otherwise is then taken apart along the decision trees of its
steps, the last one first, into the parts where the steps do have these outcomes (`OpenSteps.parts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy

from engine.budget import Budget
from engine.language.model.condition_tree import Holds
from engine.language.model.policy import Policy
from engine.language.model.relations.decision_steps import DecisionStep, StepFault
from engine.meaning.chains.chain_sizes import ChainSizes
from engine.meaning.chains.joined_trees import JoinedTrees
from engine.meaning.chains.open_step import Moved, OpenStep
from engine.meaning.chains.step_cells import StepCells
from engine.meaning.cubes import as_bits
from engine.meaning.formulas import Formulas, Ground
from engine.meaning.hit_policies import Label
from engine.meaning.spaces.areas import Area, Areas, bits
from engine.meaning.spaces.space import Space
from engine.meaning.tree import Tree

# Areas without a situation that are kept: steps that read nothing else than a step are taken apart in many such ones.
_MOST_EMPTY = 10_000


class OpenSteps:
    """The axes of the steps of a policy, as `StepAxes`; the trees of the steps are added one by one, in order."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        space = Space(policy)
        # The axis of each step that conditions read, and one for where it is misread.
        self._read: dict[str, int] = {}
        self._twins: dict[str, int] = {}
        self._cells: dict[str, StepCells] = {}
        for step in policy.steps_in_order:
            cells = self._cells[step.name] = StepCells(step)
            self._read[step.name] = space.add_named(step.name, cells.names)
            self._twins[step.name] = space.add_named(step.name, cells.names)
        self.axes = frozenset((*self._read.values(), *self._twins.values()))
        self.steps: tuple[OpenStep, ...] = ()
        self.areas = Areas(space, self)
        self.ground = Ground(self.areas, Formulas(space))
        self.held: Sequence[int] = ()
        self._sizes: ChainSizes | None = None
        self._empty: set[Area] = set()

    # What a policy reads of its steps.

    def cells_of(self, policy: Policy) -> dict[str, tuple[int, int]]:
        """Return what the facts say that conditions on steps come to, as axis and cells, by their names.

        Empty for a policy with other steps, facts or numbers, whose facts are read as they are written.
        """
        known = self.policy
        is_same = all(known.step.get(each.name) is each for each in policy.steps)
        is_same = is_same and all(known.fact.get(each.name) is each for each in policy.facts)
        if not is_same or not {*map(id, policy.numbers)} <= {*map(id, known.numbers)}:
            return {}
        found: dict[str, tuple[int, int]] = {}
        for step in policy.steps:
            axis = self._read[step.name]
            found.update((fact, (axis, mask)) for fact, mask in self._cells[step.name].masks.items())
        return found

    # Steps.

    def add(
        self, step: DecisionStep, inner: Policy, tree: Tree, reading: Tree, mentions: int, budget: Budget
    ) -> tuple[tuple[Holds, StepFault], ...]:
        """Add the next step, and return the tests for the faults that it has in some possible situation.

        Args:
            step: The step.
            inner: The policy that decides it.
            tree: Its decision tree.
            reading: The same, but for impossible situations, in which it may say anything.
            mentions: The axes that its rules mention, as a bit mask.
            budget: For finding out which outcomes it ever has; raises `OutOfSteps`.
        """
        of_axis = self._cells[step.name]
        outcomes = self._reached(tree, {label: of_axis.cell_of(inner, label) for label in tree.labels}, budget)
        # What is said in impossible situations alone counts as some outcome that the step has: others are no cell of
        # the whole area.
        cell = {label: of_axis.cell_of(inner, label) for label in reading.labels}
        cell = {label: each if each in outcomes else min(outcomes, default=0) for label, each in cell.items()}
        ends = tuple([1 << cell[label] for label in reading.labels])
        below: list[int] = []
        reads = 0
        for node in reading.nodes:
            reads |= 1 << node.axis
            cells = 0
            for branch in node.branches:
                cells |= below[branch.child] if branch.child >= 0 else ends[~branch.child]
            below.append(cells)
        for each in self.steps:
            if reads >> each.axis & 1:
                reads |= each.reads
            if mentions >> each.axis & 1:
                mentions |= each.mentions
        own = self._read[step.name]
        self.steps += (OpenStep(step, own, reading, tuple(below), ends, cell, reads, mentions, {}),)
        masks = list(self.areas.whole.masks)
        masks[own] = masks[self._twins[step.name]] = as_bits(outcomes)
        self.areas.whole = Area(tuple(masks), self.areas.whole.regions)
        held = {*self.areas.group_of, *(each.axis for each in self.steps)}
        for each in self.steps:
            held |= {*bits(each.reads)}
        self.held = sorted(held)
        self._sizes = None
        self._empty.clear()
        return tuple(each for at, each in enumerate(step.faults, start=of_axis.first_fault) if at in outcomes)

    def _reached(self, tree: Tree, cell: Mapping[Label, int], budget: Budget) -> set[int]:
        """Return the cells of the axis of the next step that some situation has."""
        if not self.steps:
            return {*cell.values()}
        found = set()
        for each in {*cell.values()}:
            if tree.find(self.areas, lambda label, each=each: cell[label] == each, budget) is not None:  # type: ignore[misc]
                found.add(each)
        return found

    def misread(self, axis: int, cell: int) -> Areas:
        """As `StepAxes.misread`; each step that reads the axis has another axis there."""
        found = copy(self)
        found._sizes, found._empty = None, set()
        found.areas = Areas(self.areas.space, found)
        found.areas.whole = self.areas.whole
        own = [each for each in self.steps if each.reads >> axis & 1]
        found._read = self._read | {each.step.name: self._twins[each.step.name] for each in own}
        instead = {each.axis: found._read[each.step.name] for each in own}
        moved = Moved(axis, cell)
        found.steps += tuple(each._replace(axis=instead[each.axis], instead=instead, moved=moved) for each in own)
        found.held = sorted({*self.held, *instead.values()})
        return found.areas

    def unlike(self, axis: int, cell: int, budget: Budget) -> Iterator[Area]:
        """As `StepAxes.unlike`: for each step, where it is the first that has another outcome."""
        for each in self.steps:
            if each.moved is not None:
                own = next(one for one in self.steps if one.step is each.step)
                masks = list(self.areas.whole.masks)
                masks[axis] = 1 << cell
                yield from own.unlike(each, self.areas, Area(tuple(masks), self.areas.whole.regions), budget)

    def mentioned_behind(self, axes: int) -> int:
        """As `StepAxes.mentioned_behind`."""
        for each in self.steps:
            if axes >> each.axis & 1:
                axes |= each.mentions
        return axes

    def parts(self, area: Area, budget: Budget) -> Iterator[Area]:
        """As `StepAxes.parts`."""
        restricted = self._restricted(area)
        if not restricted:
            yield area
            return
        key = self._without_unread(self._held_of(area), restricted)
        if key in self._empty:
            return
        last, is_empty = restricted[-1], True
        for inner in last.within(self.areas, self._opened(area, last.axis), area.masks[last.axis], budget):
            for part in self.parts(inner, budget):
                is_empty = False
                yield part
        if is_empty:
            if len(self._empty) == _MOST_EMPTY:
                self._empty.clear()
            self._empty.add(key)

    def _restricted(self, area: Area) -> list[OpenStep]:
        """Return the steps that have only some of their outcomes in an area, in order."""
        whole = self.areas.whole.masks
        return [each for each in self.steps if area.masks[each.axis] != whole[each.axis]]

    def _opened(self, area: Area, axis: int) -> Area:
        """Return an area without what it says of a step."""
        masks = list(area.masks)
        masks[axis] = self.areas.whole.masks[axis]
        return Area(tuple(masks), area.regions)

    def _without_unread(self, area: Area, steps: Sequence[OpenStep]) -> Area:
        """Return an area without what it says of axes that some steps do not read, so that equal ones are met once."""
        reads = 0
        for each in steps:
            reads |= each.reads
        masks, regions, whole = list(area.masks), list(area.regions), self.areas.whole
        for axis in self.held:
            if not reads >> axis & 1 and axis not in self.axes and axis not in self.areas.group_of:
                masks[axis] = whole.masks[axis]
        for group, axes in enumerate(self.areas.axes_of_groups):
            if not reads & axes:
                regions[group] = whole.regions[group]
                for axis in bits(axes):
                    masks[axis] = whole.masks[axis]
        return Area(tuple(masks), tuple(regions))

    def _held_of(self, area: Area) -> Area:
        """Return an area with all cells on the axes that no step reads."""
        masks = list(self.areas.whole.masks)
        for axis in self.held:
            masks[axis] = area.masks[axis]
        return Area(tuple(masks), area.regions)

    def joined(self, tree: Tree, budget: Budget) -> Tree:
        """As `StepAxes.joined`."""
        return JoinedTrees(self.areas, self.steps, self.axes, tree).joined(budget)

    def counts(self, tree: Tree, wanted: Callable[[Label], bool], budget: Budget) -> dict[Label, int]:
        """As `StepAxes.counts`."""
        return self._chain_sizes.counts(tree, wanted, budget)

    def size(self, area: Area, budget: Budget) -> int:
        """As `StepAxes.size`."""
        return self._chain_sizes.size(area, budget)

    @property
    def _chain_sizes(self) -> ChainSizes:
        if self._sizes is None:
            self._sizes = ChainSizes(self.areas, self.steps, self.axes)
        return self._sizes

    def cell_at(self, step: OpenStep, point: Sequence[int]) -> int:
        """Return the cell of a step's axis for a point, a cell for each axis that the step reads."""
        number = step.tree.entry.child
        while number >= 0:
            node = step.tree.nodes[number]
            cell = point[step.instead.get(node.axis, node.axis)]
            number = next(branch.child for branch in node.branches if branch.cells >> cell & 1)
        return step.ends[~number].bit_length() - 1

    def settled(self, point: Sequence[int]) -> list[int]:
        """As `StepAxes.settled`."""
        found = list(point)
        for each in self.steps:
            found[each.axis] = self.cell_at(each, found)
        return found
