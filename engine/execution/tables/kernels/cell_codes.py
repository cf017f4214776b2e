"""In which cell of an axis does each row lie? For large tables, whose tests are looked up rather than made.

A cell is a set of answers that no rule tells apart, so that a row's cells are all that a decision needs of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from math import ceil, floor, inf, nextafter
from typing import Any

import numpy as np

from engine.execution.program import Includes
from engine.execution.tables.columns.answers import Array, Choices, Doubles, Flagged, Lists, Picked, Units
from engine.execution.tables.columns.bits import unpacked
from engine.execution.tables.columns.field_columns import FieldColumn
from engine.execution.tables.kernels.bit_sliced import weighted
from engine.language.model.values import grid_value
from engine.meaning.spaces.space import Space

# A range of so many units is looked up in a table, and searched otherwise.
_MOST_LISTED = 1 << 17
_MOST_INT = 2**63 - 1


class CellCoder:
    """The cells that the answers of a table lie in, on one axis of a space; for any number of threads."""

    def __init__(self, space: Space, axis: int) -> None:
        self.shape = space.axes[axis]
        self.field = space.fields[self.shape.fields[0]]
        self.many = len(self.shape.cells)
        self._kind = np.min_scalar_type(self.many)
        weights = dict(each for group in space.groups for each in ((at, (group, by)) for at, by in group.sum_axes))
        self._terms: tuple[tuple[str, int], ...] = ()
        if axis in weights:
            group, times = weights[axis]
            self._terms = tuple((name, by) for name, by in zip(group.fields, times, strict=True) if by)
        # In the order of the cells: what is not known comes last.
        self._values: tuple[str | None, ...] = self.field.options or (*self.field.known, None)
        # For how units are counted, the table of a range and where it begins, or where the cells begin.
        self._listed: dict[tuple[int, int], tuple[Array, int]] = {}
        self._begun: dict[tuple[int, int], list[int]] = {}

    def codes(self, columns: Mapping[str, FieldColumn], rows: int) -> Array:
        """Each row's cell; any cell where the answer is missing or wrong."""
        if self._terms:
            total = weighted([(columns[name], times) for name, times in self._terms])
            return self._searched(total, [cell.interval[0] for cell in self.shape.cells[1:]])
        answers = columns[self.field.name].answers
        if isinstance(answers, Choices):
            cells = np.array([self._values.index(value) for value in answers.values], self._kind)
            return np.take(cells, answers.codes, mode="clip")
        if isinstance(answers, Picked):
            codes = np.zeros(rows, self._kind)
            for code, held in answers.rows.items():
                codes[unpacked(held, rows)] = code
            return codes
        if isinstance(answers, Flagged):
            return unpacked(answers.bits, rows).view(np.uint8)
        if isinstance(answers, Lists):
            assert self.shape.option is not None
            return unpacked(answers.meets(Includes(self.field.name, self.shape.option)), rows).view(np.uint8)
        if isinstance(answers, Units):
            return self._of_units(answers)
        assert isinstance(answers, Doubles)
        starts = np.array([float(low) if is_in else nextafter(float(low), inf) for low, is_in in self._stretches()])
        return np.searchsorted(starts, answers.numbers, side="right").astype(self._kind)

    def _stretches(self) -> list[tuple[Any, bool]]:
        """Where the cells but the first begin, and whether that belongs to them."""
        if self.field.is_grid:
            return [(grid_value(self.field, cell.interval[0]), True) for cell in self.shape.cells[1:]]
        return [cell.interval[:2] for cell in self.shape.cells[1:]]

    def _of_units(self, answers: Units) -> Array:
        counted = answers.places, answers.origin
        if counted not in self._begun:
            begun = [(answers.at(low), is_in) for low, is_in in self._stretches()]
            self._begun[counted] = [ceil(low) if is_in else floor(low) + 1 for low, is_in in begun]
        starts = self._begun[counted]
        units = answers.units
        if units.dtype == np.uint64:
            # What lies beyond 64 bits with a sign is in the last cell, or wrong; numpy mixes the two as doubles.
            units = np.minimum(units, _MOST_INT).astype(np.int64)
        if self.field.low is None or self.field.high is None or units.dtype == object:
            return self._searched(units, starts)
        least, most = ceil(answers.at(self.field.low)), floor(answers.at(self.field.high))
        if most - least >= _MOST_LISTED:
            return self._searched(units, starts)
        if counted not in self._listed:
            self._listed[counted] = self._searched(np.arange(least, most + 1), starts), least
        table, first = self._listed[counted]
        places = units if not first else units.astype(np.int64) - first
        return np.take(table, places, mode="clip")

    def _searched(self, values: Array, starts: Sequence[int]) -> Array:
        if values.dtype == object:
            return np.array([bisect_right(starts, value) for value in values], self._kind)
        # What begins beyond 64 bits begins before or after every value.
        before = sum(start < -_MOST_INT for start in starts)
        inside = np.array([start for start in starts if abs(start) <= _MOST_INT], np.int64)
        return (np.searchsorted(inside, values, side="right") + before).astype(self._kind)
