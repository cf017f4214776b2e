"""Mapping answers to the cells of an axis, so that large policies can be decided by table lookups.

A cell is a set of answers that no rule distinguishes, so the cells of a row determine its decision.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from math import ceil, floor, inf, nextafter
from typing import Any

import numpy as np

from engine.execution.program import Includes
from engine.execution.tables.columns.answers import (
    Array,
    Choices,
    ColumnAnswers,
    Doubles,
    Flagged,
    Lists,
    Optional,
    Picked,
    Units,
    valued,
)
from engine.execution.tables.columns.bits import unpack
from engine.execution.tables.columns.field_columns import FieldColumn
from engine.execution.tables.kernels.bit_sliced import weighted_sum
from engine.language.model.field_kinds import NONE
from engine.language.model.values.grid_positions import grid_value
from engine.meaning.spaces.space import Space

# Up to this many units, cells are looked up in a table, which buys 5 times; otherwise by binary search.
_MOST_LISTED = 1 << 17
_MOST_INT = 2**63 - 1


class CellCoder:
    """Maps the answers of a table to the cells of one axis. Thread-safe."""

    def __init__(self, space: Space, axis: int) -> None:
        self.shape = space.axes[axis]
        self.field = space.fields[self.shape.fields[0]]
        self.many = len(self.shape.cells)
        self._none = space.none_on(axis)
        self._kind = np.min_scalar_type(self.many)
        # In the order of the cells: unknown texts are last.
        self._values: tuple[str | None, ...] = (*self.field.all_listed, None)
        # By the scale of units: a lookup table with its first unit, and the first units of the cells.
        self._listed: dict[tuple[int, int], tuple[Array, int]] = {}
        self._begun: dict[tuple[int, int], list[int]] = {}

    def codes(self, columns: Mapping[str, FieldColumn], rows: int) -> Array:
        """The cell index of each row; arbitrary if the answer is missing or wrong."""
        if self.shape.terms:
            total = weighted_sum([(columns[name], times) for name, times in self.shape.terms])
            return self._search(total, self.shape.starts)
        answers = columns[self.field.name].answers
        if not self._none or isinstance(answers, Choices | Picked):
            return self._plain_codes(answers, rows)
        # The cells without a value are the first or the last ones.
        codes = self._plain_codes(valued(answers), rows)
        if self._none & 1 and self.shape.option is None:
            codes = codes + self._kind.type(self._none.bit_count())
        if isinstance(answers, Optional):
            place = next(place for place, cell in enumerate(self.shape.cells) if cell.sample == NONE)
            codes = np.where(unpack(answers.none, rows), self._kind.type(place), codes)
        return codes

    def _plain_codes(self, answers: ColumnAnswers | None, rows: int) -> Array:
        """The cell index of each row, among the cells that hold values."""
        if isinstance(answers, Choices):
            cells = np.array([self._values.index(value) for value in answers.values], self._kind)
            return np.take(cells, answers.codes, mode="clip")
        if isinstance(answers, Picked):
            codes = np.zeros(rows, self._kind)
            for code, held in answers.rows.items():
                codes[unpack(held, rows)] = code
            return codes
        if isinstance(answers, Flagged):
            return unpack(answers.bits, rows).view(np.uint8)
        if isinstance(answers, Lists):
            assert self.shape.option is not None
            return unpack(answers.meets(Includes(self.field.name, self.shape.option)), rows).view(np.uint8)
        if isinstance(answers, Units):
            return self._code_units(answers)
        assert isinstance(answers, Doubles)
        starts = np.array([float(low) if is_in else nextafter(float(low), inf) for low, is_in in self._cell_starts()])
        return np.searchsorted(starts, answers.numbers, side="right").astype(self._kind)

    def _cell_starts(self) -> list[tuple[Any, bool]]:
        """The lower bounds of all cells except the first, and whether they are included."""
        cells = [cell for cell in self.shape.cells if not self.field.lacks(cell.sample)]
        if self.field.is_grid:
            return [(grid_value(self.field, cell.interval[0]), True) for cell in cells[1:]]
        return [cell.interval[:2] for cell in cells[1:]]

    def _code_units(self, answers: Units) -> Array:
        """The cell of each answer in units."""
        counted = answers.places, answers.origin
        if counted not in self._begun:
            begun = [(answers.at(low), is_in) for low, is_in in self._cell_starts()]
            self._begun[counted] = [ceil(low) if is_in else floor(low) + 1 for low, is_in in begun]
        starts = self._begun[counted]
        units = answers.units
        if units.dtype == np.uint64:
            # Larger values are in the last cell or wrong; numpy would compare signed and unsigned integers as doubles.
            units = np.minimum(units, _MOST_INT).astype(np.int64)
        if self.field.low is None or self.field.high is None or units.dtype == object:
            return self._search(units, starts)
        least, most = ceil(answers.at(self.field.low)), floor(answers.at(self.field.high))
        if most - least >= _MOST_LISTED:
            return self._search(units, starts)
        if counted not in self._listed:
            self._listed[counted] = self._search(np.arange(least, most + 1), starts), least
        table, first = self._listed[counted]
        places = units if not first else units.astype(np.int64) - first
        return np.take(table, places, mode="clip")

    def _search(self, values: Array, starts: Sequence[int]) -> Array:
        """The cell of each value by binary search."""
        if values.dtype == object:
            return np.array([bisect_right(starts, value) for value in values], self._kind)
        # Bounds beyond 64 bits are below or above all values.
        before = sum(start < -_MOST_INT for start in starts)
        inside = np.array([start for start in starts if abs(start) <= _MOST_INT], np.int64)
        return (np.searchsorted(inside, values, side="right") + before).astype(self._kind)
