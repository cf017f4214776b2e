"""How are the rows of a table led through a policy whose tree no fixed order of questions fits? From node to node.

All rows take a step at once, each by its own cell of the axis that its node asks; those that have arrived are put
aside. Slower than levels, but a tree that may ask anything next stays as small as the policy is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from engine.execution.tables.columns.answers import Array
from engine.execution.tables.columns.field_columns import FieldColumn
from engine.execution.tables.kernels.cell_codes import CellCoder
from engine.meaning.hit_policies import Label
from engine.meaning.spaces.areas import bits
from engine.meaning.spaces.space import Space
from engine.meaning.tree import Tree

_MOST_ENTRIES = 1 << 23
# So many rows at a time that their cells stay in a core's cache.
_AT_ONCE = 1 << 15


class TreeWalk(NamedTuple):
    """For every node the place of its axis among the `coders` and where its part of the table begins.

    The table leads from there and a cell to another node, or to an end (~ the place of its label).
    """

    coders: tuple[CellCoder, ...]
    asked: Array
    begins: Array
    table: Array
    entry: int
    labels: tuple[Label, ...]

    def ends(self, columns: Mapping[str, FieldColumn], rows: int) -> Array:
        """Each row's place among the labels, for rows whose answers are all there and right; any place for others."""
        found = np.zeros(rows, np.int32)
        codes = [np.minimum(coder.codes(columns, rows), coder.many - 1) for coder in self.coders]
        for start in range(0, rows, _AT_ONCE):
            many = min(_AT_ONCE, rows - start)
            cells = np.concatenate([each[start : start + many] for each in codes], dtype=np.int32, casting="unsafe")
            found[start : start + many] = self._walked(cells, many)
        return found

    def _walked(self, cells: Array, rows: int) -> Array:
        """The ends of a few rows, whose cells stand axis after axis."""
        found = np.zeros(rows, np.int32)
        # Whole words throughout: numpy would turn anything narrower into them before it looks something up.
        places, nodes = np.arange(rows), np.full(rows, self.entry)
        firsts = self.asked * rows
        while len(places):
            at = np.take(firsts, nodes, mode="clip")
            at += places
            at = np.take(cells, at, mode="clip") + np.take(self.begins, nodes, mode="clip")
            nodes = np.take(self.table, at, mode="clip").astype(np.intp)
            arrived = np.flatnonzero(nodes < 0)
            if len(arrived):
                found[np.take(places, arrived)] = ~np.take(nodes, arrived)
                left = np.flatnonzero(nodes >= 0)
                places, nodes = np.take(places, left), np.take(nodes, left)
        return found


def as_walk(space: Space, tree: Tree) -> TreeWalk | None:
    """The walk through a tree; None where it would be too large, or there is nowhere to go."""
    entries = sum(len(space.axes[node.axis].cells) for node in tree.nodes)
    if entries > _MOST_ENTRIES or tree.entry.child < 0:
        return None
    axes = sorted({node.axis for node in tree.nodes})
    place = {axis: number for number, axis in enumerate(axes)}
    rows = []
    for axis, branches in tree.nodes:
        # Cells that no situation has here, but a row with a wrong answer may: those lead to some end, and never round.
        row = np.full(len(space.axes[axis].cells), ~0, np.int32)
        for branch in branches:
            row[bits(branch.cells)] = branch.child
        rows.append(row)
    lengths = [len(row) for row in rows]
    return TreeWalk(
        coders=tuple(CellCoder(space, axis) for axis in axes),
        asked=np.array([place[node.axis] for node in tree.nodes], np.intp),
        begins=np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.intp),
        table=np.concatenate(rows),
        entry=tree.entry.child,
        labels=tree.labels,
    )
