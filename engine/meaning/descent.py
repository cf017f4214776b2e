"""Descents through a list of cubes: search for a situation, and growth of the exact decision tree.

A descent narrows an area split by split, drops the cubes that fail in it, and ends where the hit policy is certain.
What follows from a state depends only on its remaining cubes and on what is left of the axes that they test: states
equal in that share one node, so that the tree is a directed acyclic graph. The same descent searches (it stops at the
first matching area) and grows the whole tree.

Shared nodes: R. E. Bryant, "Graph-based algorithms for Boolean function manipulation" (1986). Rule lists as decision
diagrams: M. G. Gouda and A. X. Liu, "Firewall design: consistency, completeness, and compactness" (ICDCS 2004).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from operator import eq
from typing import TypeVar

from engine.budget import Budget, OutOfSteps
from engine.frozen import NamedTuple
from engine.meaning.cubes import Cubes, State
from engine.meaning.hit_policies import First, HitPolicy, Label
from engine.meaning.spaces.areas import Area
from engine.meaning.splits import Chooser, Split, free, halving, ordered, settling
from engine.meaning.tree import GrowingBranch, NodeColumns, Tree, branch_of
from engine.threads import cached_property

T = TypeVar("T")
_FIRST_ATTEMPT = 1_000
_GROWTH = 6
_TESTS_A_STEP = 64
# Up to so many cubes, what the hit policy says of sets of them is kept, for so many sets.
_FEW_CUBES = 32
_MOST_JUDGED = 10_000
# Cubes that add a unit of work to the cost of a child: sets of them are integers with as many bits, which are kept.
_CUBES_A_UNIT = 1 << 9
# So many axes and rests on which something is open make a node dearer by a step, too: each is looked at.
_OPEN_A_STEP = 32
# Formulas that are nested deeper are descended in the author's order of the fields first.
NESTED = 6
_STEPS_A_PART = 10


class Descent:
    """The descents over one list of cubes under one hit policy."""

    def __init__(self, cubes: Cubes, hit_policy: HitPolicy) -> None:
        self.cubes = cubes
        self.hit_policy = hit_policy
        self.areas = cubes.areas
        self._trees: dict[Area, Tree] = {}
        self._judged: dict[tuple[int, int], tuple[int, Label | None]] = {}

    # States.

    def enter(self, area: Area) -> tuple[State, Label | None]:
        """Return the state in which a descent into an area begins, and its label if that is already certain."""
        return self._evaluate(self.cubes.within(area))

    def _evaluate(self, state: State) -> tuple[State, Label | None]:
        self.cubes.meter.work += self.hit_policy.weight(state.alive)
        kept, label = self._judge(state.alive, state.unsettled)
        # Where the label is certain, nothing is tested any more.
        return state.only(kept) if label is None else State(state.area, kept, {}, {}), label

    def _judge(self, alive: int, unsettled: int) -> tuple[int, Label | None]:
        """Return what the hit policy says of cubes; kept where there are few, since many states have the same ones."""
        if self.cubes.size > _FEW_CUBES:
            return self.hit_policy.evaluate(alive, unsettled)
        found = self._judged.get((alive, unsettled))
        if found is None:
            if len(self._judged) == _MOST_JUDGED:
                self._judged.clear()
            found = self._judged[alive, unsettled] = self.hit_policy.evaluate(alive, unsettled)
        return found

    def _key(self, state: State, live: int) -> tuple[object, ...]:
        """Return a key that is equal for states, with these live axes (a bit mask), from which the same follows."""
        masks, axes = state.area.masks, self.cubes.listed(live)
        # One flat tuple, which the garbage collector leaves alone; the axes say what begins where.
        own = (state.alive, live, *[masks[axis] for axis in axes], *state.rests, *state.rests.values())
        if not self.areas.group_of:
            return own
        groups = {self.areas.group_of[axis] for axis in axes if axis in self.areas.group_of}
        return *own, *[state.area.regions[group] for group in sorted(groups)]

    def _children(self, state: State, split: Split, budget: Budget) -> Iterator[tuple[int, State, Label | None]]:
        """Iterate over the parts of a split that hold situations: mask, state, and label or None."""
        axis, masks, held = split
        meter = self.cubes.meter
        open_ = len(state.left) + len(state.rests)
        price = 1 + open_ // _OPEN_A_STEP
        bits_of_sets = self.cubes.size // _CUBES_A_UNIT
        if held is None:
            price += state.left.get(axis, 0).bit_count() // _TESTS_A_STEP
        for place, mask in enumerate(masks):
            budget.spend(price)
            meter.work += bits_of_sets
            if held is None:
                child = self.cubes.narrow(state, axis, mask, budget)
            else:
                child = self.cubes.narrow_to(state, axis, mask, held[place], budget)
            if meter.work >= meter.UNITS_A_STEP:
                meter.pay(budget)
            if child is not None:
                yield mask, *self._evaluate(child)

    # Choosers.

    def _split(self, chooser: Chooser, state: State) -> Split:
        """Choose the next split; before a sum is split, it is settled which of its fields have a value."""
        split = chooser(self.cubes, state)
        for axis, none in self.areas.space.optional_terms.get(split.axis, ()):
            left = state.area.masks[axis]
            if left & none and left != none:
                return Split(axis, (left & none, left & ~none))
        return split

    def _ways(self) -> Iterator[Chooser]:
        """Iterate over the choosers to try, most promising first; which are depends on the hit policy."""
        if self._is_nested:
            yield ordered(self.order)
        cuts = [settling, free] if isinstance(self.hit_policy, First) else [free, settling]
        for cut in cuts:
            yield halving(self.hit_policy, cut)
        for order in self._orders:
            yield ordered(order)

    @cached_property
    def _is_nested(self) -> bool:
        """Whether some condition is nested deeply, as points are.

        Few states are kept apart if the fields of such a condition are settled in the order of nesting.
        """
        depths = self.cubes.formulas.depths
        return any(depths[formula] > NESTED for formula in self.cubes.rest.values())

    @cached_property
    def _orders(self) -> list[list[int]]:
        """Orders of the axes to branch on: those that are tested most first, and the author's order if it differs."""
        tested = {axis: each.bit_count() for axis, each in self.cubes.tested.items()}
        for formula in self.cubes.rest.values():
            for axis, times in self.cubes.formulas.literals(formula).items():
                tested[axis] = tested.get(axis, 0) + times
        most = self.contiguous(sorted(tested, key=lambda axis: (-tested[axis], axis)))
        author = self.contiguous(sorted(tested))
        return [most] if most == author else [most, author]

    def contiguous(self, axes: list[int]) -> list[int]:
        """Reorder axes so that those of a group of tied fields are adjacent.

        Interleaving would keep more states apart.
        """
        found: dict[int, None] = {}
        for axis in axes:
            group = self.areas.group_of.get(axis)
            found |= dict.fromkeys(
                [axis] if group is None else [each for each in axes if self.areas.group_of.get(each) == group]
            )
        return list(found)

    def _attempts(self, budget: Budget, work: Callable[[Chooser, Budget], T]) -> T:
        """Run `work` with one chooser after another, with growing step limits, until one finishes.

        Raises `OutOfSteps`.
        """
        # Disjoint rules give about one node per rule, overlapping ones a few times more.
        allowed = max(_FIRST_ATTEMPT, 24 * self.cubes.size)
        if self._is_nested:
            # The order of nesting is nearly always the best one, and takes a few steps for each part of the conditions.
            allowed = max(allowed, _STEPS_A_PART * len(self.cubes.formulas.negation))
        while True:
            for chooser in self._ways():
                left = budget.left
                try:
                    with budget.share(allowed) as attempt:
                        return work(chooser, attempt)
                except OutOfSteps:
                    # The rest may be less than one costly step, and would then never be spent.
                    if allowed >= left:
                        raise
            allowed *= _GROWTH

    # Queries.

    def find(self, area: Area, wanted: Callable[[Label], bool], budget: Budget) -> Area | None:
        """Return a part of an area in which every situation has a wanted label; None if there is none.

        Raises `OutOfSteps`.
        """
        state, label = self.enter(area)
        tree = self._trees.get(area)
        if label is not None:
            found = area if wanted(label) else None
        elif tree is not None and not any(map(wanted, tree.labels)):
            found = None
        else:
            found = self._attempts(budget, lambda chooser, attempt: self._search(state, wanted, chooser, attempt)[0])
        steps = self.areas.steps
        if found is None or steps is None:
            return found
        # No step may have its outcome there; only then all such areas are needed.
        part = next(steps.parts(found, budget), None)
        return self.grow(area, budget).find(self.areas, wanted, budget) if part is None else part

    def closers(self, area: Area, budget: Budget) -> int:
        """Return cubes, as a bit mask, that alone already determine every label of an area; not a minimum set.

        Raises `OutOfSteps`.
        """
        state, label = self.enter(area)
        if label is not None:
            return state.alive
        return self._attempts(budget, lambda chooser, attempt: self._search(state, _nothing, chooser, attempt)[1])

    def _search(
        self, state: State, wanted: Callable[[Label], bool], chooser: Chooser, budget: Budget
    ) -> tuple[Area | None, int]:
        """Return the first area with a wanted label, and the cubes by which labels were certain on the way to it."""
        closers = 0
        live_axes = self.cubes.live_axes
        refuted: set[object] = {self._key(state, live_axes(state))}
        path = [self._children(state, self._split(chooser, state), budget)]
        while path:
            child = next(path[-1], None)
            if child is None:
                path.pop()
                continue
            _, below, label = child
            if label is not None:
                closers |= below.alive
                if wanted(label):
                    return below.area, closers
                continue
            key = self._key(below, live_axes(below))
            # A state met again is already refuted: it cannot occur below itself.
            if key not in refuted:
                refuted.add(key)
                path.append(self._children(below, self._split(chooser, below), budget))
        return None, closers

    def labels(self, area: Area, budget: Budget) -> set[Label]:
        """Return the labels that situations of an area get; raises `OutOfSteps`."""
        found = self._labels_in_cells(area, budget)
        if self.areas.steps is None:
            return found
        return {each for each in found if self.find(area, partial(eq, each), budget) is not None}

    def _labels_in_cells(self, area: Area, budget: Budget) -> set[Label]:
        """Return the labels of an area, those included whose cells hold no situation because of a step."""
        state, label = self.enter(area)
        if label is not None:
            return {label}
        found: set[Label] = set()

        def note(label: Label) -> bool:
            found.add(label)
            return False

        # A search for nothing meets every label; what an attempt meets before its steps end is met all the same.
        self._attempts(budget, lambda chooser, attempt: self._search(state, note, chooser, attempt))
        return found

    def grow(self, area: Area, budget: Budget) -> Tree:
        """Return the whole tree over an area, cached; raises `OutOfSteps`."""
        tree = self._trees.get(area)
        if tree is None:
            tree = self._trees[area] = self.grow_once(area, budget)
        return tree

    def adopt(self, tree: Tree) -> None:
        """Take a whole tree over an area that was found before as if it were grown by `grow`."""
        self._trees[tree.area] = tree

    def grow_once(self, area: Area, budget: Budget) -> Tree:
        """Return the whole tree over an area without caching it; raises `OutOfSteps`."""
        return self._attempts(budget, lambda chooser, attempt: self.grow_by(chooser, area, attempt))

    @property
    def order(self) -> list[int]:
        """The axes in the order of the space, with those of tied fields adjacent."""
        return self.contiguous(self.areas.space.order)

    def grow_in_order(self, area: Area, budget: Budget) -> Tree:
        """Return the whole tree over an area, branching on the axes in `order`; raises `OutOfSteps`."""
        return self.grow_by(ordered(self.order), area, budget)

    def grow_by(self, chooser: Chooser, area: Area, budget: Budget) -> Tree:
        """Return the whole tree over an area with splits chosen by one chooser; raises `OutOfSteps`."""
        state, label = self.enter(area)
        if label is not None:
            return Tree(state.area, (), (label,), branch_of(*self._branch(0, ~0, self._axes, state, 0)))
        return self._grown(state, chooser, budget)

    def _grown(self, state: State, chooser: Chooser, budget: Budget) -> Tree:
        """Grow the tree from a state depth first, with an explicit stack; nodes are shared by their keys."""
        nodes = NodeColumns()
        numbers: dict[object, int] = {}
        labels: dict[Label, int] = {}
        live = self.cubes.live_axes(state)
        frames = [self._frame(0, state, live, self._key(state, live), chooser, budget)]
        while True:
            frame = frames[-1]
            child = next(frame.children, None)
            if child is not None:
                cells, below, label = child
                if label is not None:
                    number = ~labels.setdefault(label, len(labels))
                    frame.branches.append(self._branch(cells, number, frame.live, below, 0))
                    continue
                live = self.cubes.live_axes(below)
                key = self._key(below, live)
                if key in numbers:
                    frame.branches.append(self._branch(cells, numbers[key], frame.live, below, live))
                else:
                    frames.append(self._frame(cells, below, live, key, chooser, budget))
                continue
            frames.pop()
            number = numbers[frame.key] = nodes.add(frame.axis, frame.branches)
            above = frames[-1].live if frames else self._axes
            branch = self._branch(frame.cells, number, above, frame.state, frame.live)
            if not frames:
                return Tree(state.area, nodes.nodes(), tuple(labels), branch_of(*branch))
            frames[-1].branches.append(branch)

    @property
    def _axes(self) -> int:
        """All axes, as a bit mask."""
        return (1 << len(self.areas.space.axes)) - 1

    def _frame(self, cells: int, state: State, live: int, key: object, chooser: Chooser, budget: Budget) -> _Frame:
        split = self._split(chooser, state)
        return _Frame(cells, state, live, key, split[0], self._children(state, split, budget), [])

    def _branch(self, cells: int, child: int, seen: int, below: State, live: int) -> GrowingBranch:
        """Return a branch to a state.

        The axes that were `seen` above and are not `live` in the state any more, both bit masks, are dropped, and
        regions likewise.
        """
        groups = self.areas.group_of
        masks, listed = below.area.masks, self.cubes.listed
        gone = listed(seen & ~live)
        if not groups:
            return cells, child, tuple([part for axis in gone for part in (axis, masks[axis])]), ()
        dropped = tuple([part for axis in gone if axis not in groups for part in (axis, masks[axis])])
        before = {groups[axis] for axis in listed(seen) if axis in groups}
        after = {groups[axis] for axis in listed(live) if axis in groups}
        return cells, child, dropped, tuple([below.area.regions[group] for group in sorted(before - after)])


def _nothing(_: Label) -> bool:
    return False


class _Frame(NamedTuple):
    """A node being grown: the cells that lead to it, its state, the children still to come, and its branches so far."""

    cells: int
    state: State
    live: int
    key: object
    axis: int
    children: Iterator[tuple[int, State, Label | None]]
    branches: list[GrowingBranch]
