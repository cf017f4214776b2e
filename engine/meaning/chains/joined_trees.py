"""One tree of a chain, without the axes of steps: the trees of its steps, one after the other, and then its own.

Every leaf of a step's tree leads on to the next tree, of which only the branches are followed that the area of the path
leaves open. Paths meet in one node where all that is asked later finds the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.budget import Budget
from engine.frozen import NamedTuple
from engine.meaning.chains.open_step import OpenStep
from engine.meaning.spaces.areas import Area, Areas, bits
from engine.meaning.tree import GrowingBranch, NodeColumns, Tree, branch_of
from engine.threads import cached_method


class _Part(NamedTuple):
    """One of the trees that are joined.

    Attributes:
        tree: The tree.
        step: The step that it decides; None for the last one.
        asked: For each node the axes that it, the nodes below and all later trees ask about, as a bit mask.
    """

    tree: Tree
    step: OpenStep | None
    asked: list[int]


class _Point(NamedTuple):
    """Where a path arrives: a node of one of the trees, or a label of the last one as a negative number; its area."""

    part: int
    node: int
    area: Area


class _Live(NamedTuple):
    """What is asked about from some point on: axes, but for those of steps, and groups of tied fields."""

    axes: tuple[int, ...]
    groups: tuple[int, ...]


class _Frame(NamedTuple):
    """A node being made: the cells that lead to it, its point and key, the points still to come, and its branches."""

    cells: int
    point: _Point
    key: object
    live: _Live
    points: Iterator[tuple[int, _Point]]
    branches: list[GrowingBranch]


class JoinedTrees:
    """Joins the trees of the steps of a chain and a tree over them.

    Args:
        areas: The areas of the chain.
        steps: The steps, each after those that it reads.
        axes: The axes that are no fields, with those of the steps among them.
        tree: The tree that asks about them, of the policy or of a later step.
    """

    def __init__(self, areas: Areas, steps: Sequence[OpenStep], axes: frozenset[int], tree: Tree) -> None:
        self._areas = areas
        self._axes = sum(1 << axis for axis in axes)
        self._parts: list[_Part] = []
        later = 0
        for of_step, step in ((tree, None), *((each.tree, each) for each in reversed(steps))):
            if step is None or later >> step.axis & 1:
                asked = _asked(of_step, later)
                self._parts.append(_Part(of_step, step, asked))
                later = asked[of_step.entry.child] if asked else later
        self._parts.reverse()

    def joined(self, budget: Budget) -> Tree:
        """Return the joined tree; raises `OutOfSteps`."""
        nodes = NodeColumns()
        known: dict[object, int] = {}
        start = self._settled(_Point(0, self._parts[0].tree.entry.child, self._areas.whole))
        everything = self._live((1 << len(self._areas.space.axes)) - 1)
        frames = [_Frame(~0, start, None, everything, iter([(~0, start)]), [])]
        while True:
            frame = frames[-1]
            cells, point = next(frame.points, (0, None))
            if point is None:
                frames.pop()
                if not frames:
                    labels = self._parts[-1].tree.labels
                    return Tree(self._areas.whole, nodes.nodes(), labels, branch_of(*frame.branches[0]))
                number = known[frame.key] = nodes.add(self._axis(frame.point), frame.branches)
                frames[-1].branches.append(self._branch(frame.cells, number, frames[-1], frame.point))
            elif point.node < 0:
                frame.branches.append(self._branch(cells, point.node, frame, point))
            elif (key := self._key(point)) in known:
                frame.branches.append(self._branch(cells, known[key], frame, point))
            else:
                live = self._live(self._asked_from(point))
                frames.append(_Frame(cells, point, key, live, self._points(point, budget), []))

    def _axis(self, point: _Point) -> int:
        return self._parts[point.part].tree.nodes[point.node].axis

    def _points(self, point: _Point, budget: Budget) -> Iterator[tuple[int, _Point]]:
        """Iterate over the branches of a node that some situation takes: their cells, and where they lead."""
        axis, branches = self._parts[point.part].tree.nodes[point.node]
        for branch in branches:
            cells = branch.cells & point.area.masks[axis]
            if cells:
                budget.spend()
                area = self._areas.narrow(point.area, axis, cells, budget)
                if area is not None:
                    yield cells, self._settled(_Point(point.part, branch.child, area))

    def _settled(self, point: _Point) -> _Point:
        """Return where a path leads until something is asked that is open."""
        part, number, area = point
        while True:
            tree, step, _ = self._parts[part]
            if number >= 0:
                axis, branches = tree.nodes[number]
                only = next((each.child for each in branches if not area.masks[axis] & ~each.cells), None)
                if only is None:
                    return _Point(part, number, area)
                number = only
            elif step is None:
                return _Point(part, number, area)
            else:
                masks = list(area.masks)
                masks[step.axis] = 1 << step.cell[tree.labels[~number]]
                area = Area(tuple(masks), area.regions)
                part += 1
                number = self._parts[part].tree.entry.child

    def _asked_from(self, point: _Point) -> int:
        """Return the axes that are asked about from a point on, as a bit mask."""
        return 0 if point.node < 0 else self._parts[point.part].asked[point.node]

    def _key(self, point: _Point) -> object:
        """Return all of a point that makes a difference from there on."""
        asked = self._asked_from(point)
        masks, regions = point.area
        read = [masks[axis] for axis in self._bits(asked)]
        return point.part, point.node, *read, *[regions[group] for group in self._live(asked).groups]

    @cached_method
    def _bits(self, asked: int) -> list[int]:
        return bits(asked)

    @cached_method
    def _live(self, asked: int) -> _Live:
        groups = self._areas.group_of
        axes = bits(asked & ~self._axes)
        tied = {groups[axis] for axis in axes if axis in groups}
        return _Live(tuple(axis for axis in axes if axis not in groups), tuple(sorted(tied)))

    def _branch(self, cells: int, child: int, above: _Frame, point: _Point) -> GrowingBranch:
        """Return a branch of a node, given the frame of the node and where the branch leads."""
        asked = self._asked_from(point)
        masks, regions = point.area
        dropped = tuple([part for axis in above.live.axes if not asked >> axis & 1 for part in (axis, masks[axis])])
        still = self._live(asked).groups
        return cells, child, dropped, tuple([regions[group] for group in above.live.groups if group not in still])


def _asked(tree: Tree, later: int) -> list[int]:
    """Return for each node the axes that it, the nodes below and all later trees ask about, as a bit mask."""
    found: list[int] = []
    for axis, branches in tree.nodes:
        axes = later | 1 << axis
        for branch in branches:
            axes |= found[branch.child] if branch.child >= 0 else 0
        found.append(axes)
    return found
