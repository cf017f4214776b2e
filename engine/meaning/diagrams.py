"""What do the answers given leave of a policy? Its outcomes as a reduced diagram, narrowed answer by answer.

A diagram asks the axes in one fixed order, leaves out what makes no difference, and keeps every node once, so that two
nodes are one exactly if the same follows from both. What is left once an axis is known is a node again: equal rests of
a policy are recognised, however they came about.

A node maps cells to what follows; cells that no situation shows together with those before (sums over several fields)
are missing from it. R. E. Bryant, "Graph-based algorithms for Boolean function manipulation" (1986), here with more
than two ways on (A. Srinivasan, T. Kam, S. Malik, R. K. Brayton, "Algorithms for discrete function manipulation",
ICCAD 1990).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.budget import Budget
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.spaces.areas import bits
from engine.meaning.spaces.space import Space
from engine.meaning.tree import Tree


class Fork(NamedTuple):
    """The ways on from a node: disjoint masks of the cells of its axis, each with the node that it leads to."""

    axis: int
    ways: tuple[tuple[int, int], ...]


class Diagram:
    """Reduced nodes over one space, named by whole numbers; an end is named by ~ the place of its label.

    Trees that are taken in must ask the axes in the order given. Work on nodes is paid for out of `budget`, which may
    be replaced by another, and raises `OutOfSteps`.
    """

    def __init__(self, space: Space, order: Iterable[int], budget: Budget) -> None:
        self.space = space
        self.budget = budget
        self.labels: list[Label] = []
        self._rank = {axis: rank for rank, axis in enumerate(order)}
        self._forks: list[Fork] = []
        self._support: list[int] = []
        self._names: dict[Fork, int] = {}
        self._ends: dict[Label, int] = {}
        self._endings: dict[int, frozenset[Label]] = {}
        self._shares: dict[int, dict[Label, float]] = {}
        self._fixed: dict[tuple[int, int, int], int | None] = {}
        self._splits: dict[tuple[int, int], tuple[tuple[int, int], ...]] = {}
        self._pairs: dict[tuple[int, int], int | None] = {}
        self._needed: dict[int, int] = {}
        self._sizes: dict[int, list[int]] = {}
        self._weights: dict[tuple[int, int], int] = {}

    def take(self, tree: Tree) -> int:
        """The node of a whole tree."""
        named: list[int] = []

        def child(number: int) -> int:
            return self.end(tree.labels[~number]) if number < 0 else named[number]

        for axis, branches in tree.nodes:
            ways = [(branch.cells, child(branch.child)) for branch in branches]
            named += [self._node(axis, ways)]
        return child(tree.entry.child)

    def end(self, label: Label) -> int:
        """The node where everything gets one label."""
        if label not in self._ends:
            self._ends[label] = ~len(self.labels)
            self.labels.append(label)
        return self._ends[label]

    def _node(self, axis: int, ways: Iterable[tuple[int, int]]) -> int:
        self.budget.spend()
        cells: dict[int, int] = {}
        for mask, child in ways:
            cells[child] = cells.get(child, 0) | mask
        if len(cells) == 1:
            ((child, mask),) = cells.items()
            if mask == self.space.axes[axis].full:
                return child
        fork = Fork(axis, tuple(sorted((mask, child) for child, mask in cells.items())))
        name = self._names.get(fork)
        if name is None:
            name = self._names[fork] = len(self._forks)
            self._forks.append(fork)
            support = 1 << axis
            for _, child in fork.ways:
                support |= self.support(child)
            self._support.append(support)
        return name

    def support(self, node: int) -> int:
        """The axes that still make a difference, as a bit mask."""
        return self._support[node] if node >= 0 else 0

    def endings(self, node: int) -> frozenset[Label]:
        """What can still come of a node, the impossible left out."""
        if node < 0:
            label = self.labels[~node]
            return frozenset() if label is Ending.IMPOSSIBLE else frozenset([label])
        found = self._endings.get(node)
        if found is None:
            below = (self.endings(child) for _, child in self._forks[node].ways)
            found = self._endings[node] = frozenset().union(*below)
        return found

    def shares(self, node: int) -> dict[Label, float]:
        """How the situations that are left are shared among the labels, those included that are impossible.

        The answers to a field that can be counted count alike, and the cells of any other; the sums over several
        fields are taken as if their cells came up apart from all else. The shares are rounded.
        """
        if node < 0:
            return {self.labels[~node]: 1.0}
        found = self._shares.get(node)
        if found is None:
            found = {}
            fork = self._forks[node]
            whole = sum(self.weight(fork.axis, mask) for mask, _ in fork.ways)
            for mask, child in fork.ways:
                part = self.weight(fork.axis, mask) / whole
                for label, share in self.shares(child).items():
                    found[label] = found.get(label, 0.0) + part * share
            self._shares[node] = found
        return found

    def fork(self, node: int) -> Fork:
        """What a node that is no end asks, and where the answers lead."""
        return self._forks[node]

    def weight(self, axis: int, mask: int) -> int:
        """How many answers some cells of an axis hold; where they cannot be counted, how many cells they are."""
        key = (axis, mask)
        found = self._weights.get(key)
        if found is None:
            sizes = self._sizes.get(axis)
            if sizes is None:
                counted = [cell.size for cell in self.space.axes[axis].cells]
                sizes = self._sizes[axis] = [1 if None in counted else size or 0 for size in counted]
            found = self._weights[key] = sum(sizes[cell] for cell in bits(mask))
        return found

    def fixed(self, node: int, axis: int, cell: int) -> int | None:
        """What is left of a node once an axis is known to be in a cell; None where no situation is."""
        if not self.support(node) >> axis & 1:
            return node
        key = (node, axis, cell)
        if key not in self._fixed:
            fork = self._forks[node]
            if fork.axis == axis:
                self._fixed[key] = next((child for mask, child in fork.ways if mask >> cell & 1), None)
            else:
                below = [(mask, self.fixed(child, axis, cell)) for mask, child in fork.ways]
                left = [(mask, child) for mask, child in below if child is not None]
                self._fixed[key] = self._node(fork.axis, left) if left else None
        return self._fixed[key]

    def split(self, node: int, axis: int) -> tuple[tuple[int, int], ...]:
        """The cells of an axis by what follows from them: masks, each with the node that is left, the lowest first."""
        key = (node, axis)
        found = self._splits.get(key)
        if found is None:
            cells: dict[int, int] = {}
            for alike in self._alike(node, axis):
                child = self.fixed(node, axis, (alike & -alike).bit_length() - 1)
                if child is not None:
                    cells[child] = cells.get(child, 0) | alike
            ways = ((mask, child) for child, mask in cells.items())
            found = self._splits[key] = tuple(sorted(ways, key=lambda way: way[0] & -way[0]))
        return found

    def _alike(self, node: int, axis: int) -> list[int]:
        """The cells of an axis in sets that no node below tells apart."""
        apart = [self.space.axes[axis].full]
        seen = {node}
        waiting = [node]
        while waiting:
            fork = self._forks[waiting.pop()]
            if fork.axis == axis:
                for mask, _ in fork.ways:
                    apart = [part for each in apart for part in (each & mask, each & ~mask) if part]
                continue
            for _, child in fork.ways:
                if self.support(child) >> axis & 1 and child not in seen:
                    seen.add(child)
                    waiting.append(child)
        return apart

    # What can matter, where the impossible does not.

    def can_turn(self, node: int, axes: Iterable[int]) -> bool:
        """Whether two possible situations that differ on these axes alone get different labels."""
        left = {node}
        for axis in axes:
            left = {child for each in left for child in self._children(each, axis)}
        return self._united(sorted(left)) is None

    def _children(self, node: int, axis: int) -> list[int]:
        return [child for _, child in self.split(node, axis)] if self.support(node) >> axis & 1 else [node]

    def needed(self, node: int) -> int:
        """Axes, as a bit mask, that are enough to tell a verdict and none of which could be left out beside the others.

        An axis may make a difference only to what is possible, or say no more than others do. Of axes that may stand
        for one another the first is kept.
        """
        found = self._needed.get(node)
        if found is None:
            left = node
            for axis in reversed(bits(self.support(node))):
                if self.support(left) >> axis & 1:
                    left = self._without(left, axis)
            found = self._needed[node] = self.support(left)
        return found

    def _without(self, node: int, axis: int) -> int:
        """The node with an axis left out, if what can still come does not depend on it; else the node as it is."""
        united = self._united(self._children(node, axis))
        return node if united is None else united

    def _united(self, nodes: Sequence[int]) -> int | None:
        """What some nodes say together where any may be the impossible; None where two contradict each other."""
        united: int | None = nodes[0]
        for node in nodes[1:]:
            if united is not None:
                united = self._unite(united, node)
        return united

    def _unite(self, one: int, other: int) -> int | None:
        """What two nodes say together where either may be the impossible; None where they contradict each other."""
        if one == other or self._is_impossible(other):
            return one
        if self._is_impossible(one):
            return other
        if one < 0 and other < 0:
            return None
        key = (min(one, other), max(one, other))
        if key not in self._pairs:
            self._pairs[key] = self._united_by_cells(one, other)
        return self._pairs[key]

    def _united_by_cells(self, one: int, other: int) -> int | None:
        axis = min((self._forks[node].axis for node in (one, other) if node >= 0), key=self._rank.__getitem__)
        first, second = self._ways(one, axis), self._ways(other, axis)
        ways = []
        for mask, child in first:
            for their, theirs in second:
                if mask & their:
                    both = self._unite(child, theirs)
                    if both is None:
                        return None
                    ways.append((mask & their, both))
        for own, others in ((first, second), (second, first)):
            rest = self.space.axes[axis].full
            for mask, _ in others:
                rest &= ~mask
            ways += [(mask & rest, child) for mask, child in own if mask & rest]
        return self._node(axis, ways)

    def _ways(self, node: int, axis: int) -> tuple[tuple[int, int], ...]:
        if node >= 0 and self._forks[node].axis == axis:
            return self._forks[node].ways
        return ((self.space.axes[axis].full, node),)

    def _is_impossible(self, node: int) -> bool:
        return node < 0 and self.labels[~node] is Ending.IMPOSSIBLE
