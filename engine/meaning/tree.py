"""Decision trees: which labels are reached, in how many situations, and in which areas.

Nodes are shared, so that a tree is a directed acyclic graph (R. E. Bryant, "Graph-based algorithms for Boolean function
manipulation", 1986). `descent` grows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from math import prod
from typing import TYPE_CHECKING

from engine.budget import Budget
from engine.frozen import NamedTuple, frozen_value
from engine.meaning.hit_policies import Label
from engine.meaning.spaces.areas import Area, Areas

if TYPE_CHECKING:
    from engine.integers.polytopes import Polytope


class Branch(NamedTuple):
    """A branch of a node: its cells, and its child, a node number or `~` the index of a label.

    `dropped` has the axes, with their remaining cells, and `regions` the regions of groups of tied fields that nothing
    below the branch tests any more.
    """

    cells: int
    child: int
    dropped: tuple[tuple[int, int], ...]
    regions: tuple[Polytope, ...]


class Node(NamedTuple):
    """A node: the axis it branches on, and its branches."""

    axis: int
    branches: tuple[Branch, ...]


# A branch of a growing tree: as `Branch`, but axes and cells that are dropped alternate in one tuple.
GrowingBranch = tuple[int, int, tuple[int, ...], "tuple[Polytope, ...]"]


class NodeColumns:
    """The nodes of a growing tree, as columns.

    The garbage collector leaves tuples of numbers alone, but would visit each named node and branch again and again,
    with everything else in memory, and find none to free. That took a fifth of the time of a large tree.
    """

    def __init__(self) -> None:
        self._axes: list[int] = []
        self._cells: list[tuple[int, ...]] = []
        self._children: list[tuple[int, ...]] = []
        self._dropped: list[tuple[tuple[int, ...], ...]] = []
        self._regions: list[tuple[tuple[Polytope, ...], ...]] = []

    def add(self, axis: int, branches: Sequence[GrowingBranch]) -> int:
        """Add a node, and return its number."""
        cells, children, dropped, regions = zip(*branches, strict=True)
        self._axes.append(axis)
        self._cells.append(cells)
        self._children.append(children)
        self._dropped.append(dropped)
        self._regions.append(regions)
        return len(self._axes) - 1

    def nodes(self) -> tuple[Node, ...]:
        """Return the nodes, in the order in which they were added."""
        columns = zip(self._axes, self._cells, self._children, self._dropped, self._regions, strict=True)
        pairs: dict[tuple[int, ...], tuple[tuple[int, int], ...]] = {}
        found = []
        for axis, cells, children, dropped, regions in columns:
            for each in dropped:
                # Many branches drop the same cells: they share them.
                if each not in pairs:
                    pairs[each] = _in_pairs(each)
            found.append(Node(axis, tuple(map(Branch, cells, children, map(pairs.__getitem__, dropped), regions))))
        return tuple(found)


def branch_of(cells: int, child: int, dropped: tuple[int, ...], regions: tuple[Polytope, ...]) -> Branch:
    """Return a branch of a growing tree as one of a whole tree."""
    return Branch(cells, child, _in_pairs(dropped), regions)


def _in_pairs(dropped: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    return tuple(zip(dropped[::2], dropped[1::2], strict=True))


@frozen_value
class Tree:
    """A whole decision tree.

    Attributes:
        area: The area that it covers.
        nodes: The nodes, children before parents.
        labels: The labels of the leaves.
        entry: The branch that leads to the root.
    """

    area: Area
    nodes: tuple[Node, ...]
    labels: tuple[Label, ...]
    entry: Branch

    def counts(self, areas: Areas, budget: Budget) -> dict[Label, int]:
        """Return the number of situations with each label; the space must be countable. Raises `OutOfSteps`."""
        return self.sizes(areas, budget) if areas.steps is None else areas.steps.counts(self, lambda _: True, budget)

    def sizes(self, areas: Areas, budget: Budget) -> dict[Label, int]:
        """As `counts`, for a tree that asks about no step; raises `OutOfSteps`."""
        reached = [0] * len(self.nodes)
        found = dict.fromkeys(self.labels, 0)

        def pass_on(branch: Branch, many: int) -> None:
            for axis, cells in branch.dropped:
                many *= areas.size_on(axis, cells)
            for region in branch.regions:
                many *= areas.points(region, budget)
            if branch.child < 0:
                found[self.labels[~branch.child]] += many
            else:
                reached[branch.child] += many

        pass_on(self.entry, 1)
        for number in range(len(self.nodes) - 1, -1, -1):
            for branch in self.nodes[number].branches:
                pass_on(branch, reached[number])
        return found

    def count(self, areas: Areas, wanted: Callable[[Label], bool], budget: Budget) -> int:
        """Return the number of situations with a wanted label; the space must be countable. Raises `OutOfSteps`.

        Regions of tied fields that lead to no wanted label are not counted, so this may be far cheaper than `counts`.
        """
        if areas.steps is not None:
            return sum(areas.steps.counts(self, wanted, budget).values())
        below = [0] * len(self.nodes)

        def many(branch: Branch) -> int:
            found = int(wanted(self.labels[~branch.child])) if branch.child < 0 else below[branch.child]
            if found:
                found *= prod(areas.size_on(axis, cells) for axis, cells in branch.dropped)
                found *= prod(areas.points(region, budget) for region in branch.regions)
            return found

        for number, node in enumerate(self.nodes):
            below[number] = sum(map(many, node.branches))
        return many(self.entry)

    def places(self, areas: Areas, wanted: Callable[[Label], bool], budget: Budget) -> Iterator[Area]:
        """Iterate over disjoint areas whose union is all situations with a wanted label; raises `OutOfSteps`."""
        for area in self._leaves(areas, wanted, budget):
            yield from [area] if areas.steps is None else areas.steps.parts(area, budget)

    def find(self, areas: Areas, wanted: Callable[[Label], bool], budget: Budget) -> Area | None:
        """Return the first of the areas that `places` gives, without going the same way twice; None if there is none.

        Raises `OutOfSteps`.
        """
        steps = areas.steps
        assert steps is not None
        met: set[object] = set()

        def is_new(number: int, area: Area) -> bool:
            key = number, tuple([area.masks[axis] for axis in steps.held]), area.regions
            if key in met:
                return False
            met.add(key)
            return True

        parts = (steps.parts(area, budget) for area in self._leaves(areas, wanted, budget, is_new))
        return next(chain.from_iterable(parts), None)

    def _leaves(
        self,
        areas: Areas,
        wanted: Callable[[Label], bool],
        budget: Budget,
        is_new: Callable[[int, Area], bool] | None = None,
    ) -> Iterator[Area]:
        """Iterate over the areas in which the tree has a wanted label, as far as cells say; raises `OutOfSteps`.

        Args:
            areas: The areas of the space.
            wanted: Whether a label is wanted.
            budget: The step budget.
            is_new: Whether to go on from a node, or from a label as a negative number, with an area; None for always.
        """
        leads = self._leads(wanted)
        waiting = [(self.entry.child, self.area)] if leads(self.entry) else []
        while waiting:
            number, area = waiting.pop()
            if is_new is not None and not is_new(number, area):
                continue
            if number < 0:
                yield area
                continue
            node = self.nodes[number]
            for branch in reversed(node.branches):
                if leads(branch):
                    budget.spend()
                    part = areas.narrow(area, node.axis, branch.cells, budget)
                    if part is not None:
                        waiting.append((branch.child, part))

    def paths(self, wanted: Callable[[Label], bool]) -> int:
        """Return an upper bound of the number of areas that `places` gives, without visiting them."""
        below = [0] * len(self.nodes)

        def ways(branch: Branch) -> int:
            return int(wanted(self.labels[~branch.child])) if branch.child < 0 else below[branch.child]

        for number, node in enumerate(self.nodes):
            below[number] = sum(ways(branch) for branch in node.branches)
        return ways(self.entry)

    def _leads(self, wanted: Callable[[Label], bool]) -> Callable[[Branch], bool]:
        """Return a predicate: whether a branch leads to a wanted label."""
        below = [False] * len(self.nodes)

        def leads(branch: Branch) -> bool:
            return wanted(self.labels[~branch.child]) if branch.child < 0 else below[branch.child]

        for number, node in enumerate(self.nodes):
            below[number] = any(leads(branch) for branch in node.branches)
        return leads

    def shortest(self, wanted: Callable[[Label], bool]) -> list[tuple[int, int]]:
        """Return the path to a wanted label with the fewest nodes, as pairs of axis and mask of cells.

        One must exist.
        """
        best: list[tuple[int, Branch | None]] = []

        def below(branch: Branch) -> int | None:
            if branch.child < 0:
                return 0 if wanted(self.labels[~branch.child]) else None
            return best[branch.child][0] if best[branch.child][1] is not None else None

        for node in self.nodes:
            ways = [(many + 1, branch) for branch in node.branches if (many := below(branch)) is not None]
            best.append(min(ways, key=lambda way: way[0], default=(0, None)))
        path = []
        number = self.entry.child
        while number >= 0:
            branch = best[number][1]
            assert branch is not None
            path.append((self.nodes[number].axis, branch.cells))
            number = branch.child
        return path
