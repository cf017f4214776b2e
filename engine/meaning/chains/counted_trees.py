"""Trees as they are counted: what each branch leaves behind, by the components of what depends on each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.frozen import NamedTuple
from engine.meaning.chains.open_step import OpenStep
from engine.meaning.hit_policies import Label
from engine.meaning.tree import Branch, Tree


class Component(NamedTuple):
    """Axes that depend on each other, as a bit mask, with the groups of tied fields and the steps among them."""

    axes: int
    groups: tuple[int, ...]
    steps: tuple[OpenStep, ...]


class CountedBranch(NamedTuple):
    """A branch of a tree that is counted.

    Attributes:
        cells: Its cells.
        child: Its child, or a label as a negative number.
        dropped: The independent axes that nothing below asks about, with the cells that are left of them.
        settled: The components that the node asks about, or nodes below, and nothing below the branch.
    """

    cells: int
    child: int
    dropped: tuple[tuple[int, int], ...]
    settled: tuple[Component, ...]


class CountedNode(NamedTuple):
    """A node of a tree that is counted: its axis, its branches, and the components of which only an outcome matters.

    Of these the node, and those below, ask for nothing but the outcome of a step, whose axis stands beside.
    """

    axis: int
    branches: list[CountedBranch]
    by_outcome: list[tuple[Component, int]]


class CountedTree(NamedTuple):
    """A tree that is counted: its nodes, children before parents, the branch to the root, and the labels."""

    nodes: list[CountedNode]
    entry: CountedBranch | None
    labels: tuple[Label, ...]


def counted_tree(
    tree: Tree,
    components: Sequence[Component],
    independent: frozenset[int],
    wanted: Callable[[Label], bool] = lambda _: True,
) -> CountedTree:
    """Return a tree as it is counted.

    Args:
        tree: The tree.
        components: The components that are counted.
        independent: The axes outside of them that are counted.
        wanted: Whether a label is wanted.
    """
    # For each node the axes that it and the nodes below ask about, 0 if they lead to no wanted label.
    asked: list[int] = []
    nodes: list[CountedNode] = []
    outcomes = {1 << step.axis: (each, step.axis) for each in components for step in each.steps}

    def of_branch(branch: Branch, above: Sequence[Component]) -> CountedBranch | None:
        below = asked[branch.child] if branch.child >= 0 else 0
        if not (below if branch.child >= 0 else wanted(tree.labels[~branch.child])):
            return None
        dropped = tuple([each for each in branch.dropped if each[0] in independent])
        settled = tuple([each for each in above if not each.axes & below])
        return CountedBranch(branch.cells, branch.child, dropped, settled)

    for axis, branches in tree.nodes:
        axes = 0
        for branch in branches:
            if branch.child >= 0:
                axes |= asked[branch.child]
            elif wanted(tree.labels[~branch.child]):
                axes |= 1 << axis
        axes |= 1 << axis if axes else 0
        asked.append(axes)
        above = [each for each in components if each.axes & axes]
        counted = [each for branch in branches if (each := of_branch(branch, above)) is not None]
        by_outcome = [outcomes[only] for each in above if (only := each.axes & axes) in outcomes]
        nodes.append(CountedNode(axis, counted, by_outcome))
    return CountedTree(nodes, of_branch(tree.entry._replace(cells=-1), components), tree.labels)
