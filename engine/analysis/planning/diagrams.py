"""Reduced ordered decision diagrams of outcomes, restricted answer by answer.

A diagram branches on the axes in one fixed order, leaves out axes that make no difference, and shares equal nodes, so
that two nodes are identical exactly if the same follows from both. Restricting a node to a known answer yields a node
again: equal remainders of a policy are recognized, whichever answers led to them.

A node maps cells to successors; cells that no situation combines with those before (because of sums over several
fields) are missing from it. R. E. Bryant, "Graph-based algorithms for Boolean function manipulation" (1986), here with
more than two branches (A. Srinivasan, T. Kam, S. Malik, R. K. Brayton, "Algorithms for discrete function manipulation",
ICCAD 1990).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.budget import Budget
from engine.frozen import NamedTuple
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.spaces.areas import bits
from engine.meaning.spaces.space import Space
from engine.meaning.tree import Tree


class Fork(NamedTuple):
    """The branches of a node: disjoint masks of the cells of its axis, each with the node it leads to."""

    axis: int
    ways: tuple[tuple[int, int], ...]


class Diagram:
    """A diagram over one space, with several roots.

    Nodes are numbered from 0; a terminal node is `~` the index of its label. Trees that are added must branch on the
    axes in the given order. Work is charged to `budget`, which may be replaced at any time, and raises `OutOfSteps`.
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
        """Add a decision tree and return its root node."""
        named: list[int] = []

        def child(number: int) -> int:
            return self.end(tree.labels[~number]) if number < 0 else named[number]

        for axis, branches in tree.nodes:
            ways = [(branch.cells, child(branch.child)) for branch in branches]
            named += [self._node(axis, ways)]
        return child(tree.entry.child)

    def end(self, label: Label) -> int:
        """Return the terminal node of a label."""
        if label not in self._ends:
            self._ends[label] = ~len(self.labels)
            self.labels.append(label)
        return self._ends[label]

    def _node(self, axis: int, ways: Iterable[tuple[int, int]]) -> int:
        """Return the node with these branches, reduced."""
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
        """Return the axes that still make a difference, as a bit mask."""
        return self._support[node] if node >= 0 else 0

    def endings(self, node: int) -> frozenset[Label]:
        """Return the labels reachable from a node, without the impossible."""
        if node < 0:
            label = self.labels[~node]
            return frozenset() if label is Ending.IMPOSSIBLE else frozenset([label])
        found = self._endings.get(node)
        if found is None:
            below = (self.endings(child) for _, child in self._forks[node].ways)
            found = self._endings[node] = frozenset().union(*below)
        return found

    def shares(self, node: int) -> dict[Label, float]:
        """Return the share of situations below a node that gets each label, the impossible included.

        Answers to a countable field are equally likely, and so are the cells of any other field; sums over several
        fields are treated as independent of everything else. Shares are floats that add up to 1.
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
        """Return the axis and the branches of a node that is not terminal."""
        return self._forks[node]

    def weight(self, axis: int, mask: int) -> int:
        """Return the number of answers in some cells of an axis; for an uncountable axis, the number of cells."""
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
        """Restrict a node to one cell of an axis; None if no situation is left."""
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
        """Group the cells of an axis by the node that is left when the axis is known to be in them.

        Returns masks, each with the node, ordered by their lowest cells.
        """
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
        """Partition the cells of an axis into masks that no node below distinguishes."""
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

    # Relevance of axes; impossible situations do not count.

    def can_turn(self, node: int, axes: Iterable[int]) -> bool:
        """Whether some two possible situations below a node that differ only on these axes get different labels."""
        left = {node}
        for axis in axes:
            left = {child for each in left for child in self._children(each, axis)}
        return self._united(sorted(left)) is None

    def _children(self, node: int, axis: int) -> list[int]:
        return [child for _, child in self.split(node, axis)] if self.support(node) >> axis & 1 else [node]

    def needed(self, node: int) -> int:
        """Return a minimal set of axes that determines the label of every possible situation, as a bit mask.

        Axes that only determine what is possible are not needed, nor are those implied by others. Among interchangeable
        axes the first is kept.
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
        """Remove an axis from a node if the label does not depend on it; otherwise return the node unchanged."""
        united = self._united(self._children(node, axis))
        return node if united is None else united

    def _united(self, nodes: Sequence[int]) -> int | None:
        """Merge nodes, treating the impossible as a wildcard; None if two contradict each other."""
        united: int | None = nodes[0]
        for node in nodes[1:]:
            if united is not None:
                united = self._unite(united, node)
        return united

    def _unite(self, one: int, other: int) -> int | None:
        """Merge two nodes, treating the impossible as a wildcard; None if they contradict each other."""
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
        """Merge two nodes cell by cell on the first axis of either."""
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
