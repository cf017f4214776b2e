"""Deciding rows of large policies by level tables: one table lookup per axis, without branches.

A decision tree with a fixed order of axes is an automaton: the table of each level maps a state and a cell to a state
of the next level. Axes that make no difference are read all the same, so that all rows are at the same level. This is
the evaluation of decision diagrams by table lookup; for packets, see P. Gupta and N. McKeown, "Packet classification on
multiple fields" (SIGCOMM 1999). They buy 4 to 9 times on a tree walk of 1,000 rules over three to five columns.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.budget import Budget, attempt
from engine.execution.tables.columns.answers import Array
from engine.execution.tables.columns.field_columns import FieldColumn
from engine.execution.tables.kernels.cell_codes import CellCoder
from engine.frozen import NamedTuple
from engine.meaning.descent import Descent
from engine.meaning.hit_policies import Label
from engine.meaning.spaces.areas import bits
from engine.meaning.spaces.space import Space
from engine.meaning.splits import ordered
from engine.meaning.tree import Tree

_MOST_ENTRIES = 1 << 24
_STEPS = 100_000
# With more axes, hardly any order yields few enough states.
_MOST_AXES = 8


class Level(NamedTuple):
    """One axis, with a table indexed by `state * cells + cell` that gives the state of the next level."""

    coder: CellCoder
    table: Array


class Automaton(NamedTuple):
    """The levels; the final states are indexes into `labels`."""

    levels: tuple[Level, ...]
    labels: tuple[Label, ...]

    def ends(self, columns: Mapping[str, FieldColumn], rows: int) -> Array:
        """The label index of each row; arbitrary for rows with missing or wrong answers."""
        if not self.levels:
            return np.zeros(rows, np.uint8)
        states: Array | None = None
        for coder, table in self.levels:
            codes = coder.codes(columns, rows)
            # For a wrong answer, any state will do as long as it exists, hence the clipping.
            if states is None:
                states = np.take(table, codes, mode="clip")
                continue
            places = np.multiply(states, coder.many, dtype=np.int32)
            places += codes
            states = np.take(table, places, mode="clip")
        assert states is not None
        return states


def find_automaton(descent: Descent) -> Automaton | None:
    """The automaton of a descent; None if it would be too large.

    Tries the author's order of axes, and then the order by how often axes are tested.
    """
    if len(descent.areas.space.axes) > _MOST_AXES:
        return None
    tested = {axis: each.bit_count() for axis, each in descent.cubes.tested.items()}
    most = sorted(range(len(descent.areas.space.axes)), key=lambda axis: -tested.get(axis, 0))
    for order in (descent.order, descent.contiguous(most)):
        tree = attempt(descent.grow_by, ordered(order), descent.areas.whole, Budget(_STEPS))
        if tree is not None:
            return _build(descent.areas.space, order, tree)
    return None


def _build(space: Space, order: list[int], tree: Tree) -> Automaton | None:
    """The automaton of a tree with a fixed order of axes; None if it is too large."""
    rank = {axis: place for place, axis in enumerate(order)}
    asked = sorted({node.axis for node in tree.nodes}, key=rank.__getitem__)
    level_of = {axis: level for level, axis in enumerate(asked)}
    end = len(asked)
    states: list[dict[int, int]] = [{} for _ in range(end + 1)]
    entry = tree.entry.child

    def state(place: int, level: int) -> int:
        return states[level].setdefault(place, len(states[level]))

    # Final states are numbered like the labels.
    for place in range(len(tree.labels)):
        state(~place, end)
    state(entry, 0)
    levels = []
    for level, axis in enumerate(asked):
        many = len(space.axes[axis].cells)
        here = states[level]
        rows = []
        entries = len(here) * many
        if entries > _MOST_ENTRIES:
            return None
        for place in list(here):
            node = tree.nodes[place] if place >= 0 else None
            if node is None or level_of[node.axis] != level:
                rows.append(np.full(many, state(place, level + 1), np.int32))
                continue
            row = np.zeros(many, np.int32)
            for branch in node.branches:
                row[bits(branch.cells)] = state(branch.child, level + 1)
            rows.append(row)
        levels.append((axis, np.concatenate(rows)))
    return Automaton(
        tuple(
            Level(CellCoder(space, axis), table.astype(np.min_scalar_type(int(table.max())))) for axis, table in levels
        ),
        tree.labels,
    )
