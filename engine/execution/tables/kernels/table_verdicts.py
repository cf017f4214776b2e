"""The verdicts of a block of rows, with rules and problems, and their conversion to columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from engine.execution.tables.columns.answers import Array
from engine.execution.tables.columns.bits import Bits, count, pack, unpack
from engine.execution.tables.columns.tally import RefusedExample
from engine.frozen import FrozenDict, frozen_value

VERDICT, RULES, POSSIBLE_RULES, PROBLEM = "verdict", "rules", "possible_rules", "problem"
# The columns for the deciding rules.
DECIDING = RULES, POSSIBLE_RULES
NONE = -1
# This many rows fit in the cache of a core, which buys 1.1 times.
_AT_ONCE = 1 << 19


@frozen_value
class Coded:
    """A column of texts: for each row an index into `texts`, or -1 for none."""

    codes: Array
    texts: tuple[str, ...]


@frozen_value
class TableVerdicts:
    """The verdicts of a block of rows.

    Attributes:
        rows: The number of rows.
        names: The names of all verdicts.
        planes: Bit vectors of the verdict's index in `names`, lowest bit first; 0 for rows without a verdict.
        decided: The rows with a verdict, as a bit vector.
        problem: Why other rows have none.
        rules: The rules that decide for certain, if requested.
        possible_rules: The rules that may decide, if there are any.
        outputs: The columns of outputs by name, if requested.
        examples: Wrong values, one per field that has some.
        steps: The outcomes of steps, by name of the column, if requested.
    """

    rows: int
    names: tuple[str, ...]
    planes: tuple[Bits, ...]
    decided: Bits
    problem: Coded | None
    rules: Coded | None
    possible_rules: Coded | None = None
    outputs: FrozenDict[str, Coded] = FrozenDict()
    examples: tuple[RefusedExample, ...] = ()
    steps: FrozenDict[str, Coded] = FrozenDict()

    def column(self, name: str) -> Coded:
        """A result column by name."""
        if name == VERDICT:
            return self._verdict()
        if name in self.steps:
            return self.steps[name]
        own = {RULES: self.rules, POSSIBLE_RULES: self.possible_rules, PROBLEM: self.problem}
        coded = own[name] if name in own else self.outputs[name]
        return coded if coded is not None else Coded(np.full(self.rows, NONE, np.int8), ())

    def verdicts(self) -> list[tuple[str, int]]:
        """The number of rows with each verdict."""
        return [(name, count(self._rows_of(place))) for place, name in enumerate(self.names)]

    def _rows_of(self, place: int) -> Bits:
        """The rows with one verdict, as a bit vector."""
        found = self.decided
        for bit, plane in enumerate(self.planes):
            # Planes contain only decided rows.
            found = found & plane if place >> bit & 1 else found & ~plane
        return found

    def problems(self) -> list[tuple[str, int]]:
        """The number of rows with each problem."""
        if self.problem is None:
            return []
        many = np.bincount(self.problem.codes + 1, minlength=len(self.problem.texts) + 1)[1:]
        return list(zip(self.problem.texts, many.tolist(), strict=True))

    def _verdict(self) -> Coded:
        """The verdict column."""
        # Arrow reuses its memory, while numpy would allocate it anew.
        kind = np.dtype(np.int8 if len(self.planes) < 8 else np.int32)
        codes = np.frombuffer(pa.allocate_buffer(self.rows * kind.itemsize), kind)
        is_whole = count(self.decided) == self.rows
        for start in range(0, self.rows, _AT_ONCE):
            part = codes[start : start + _AT_ONCE]
            self._write_codes(part, start // 8)
            if not is_whole:
                part[~unpack(self.decided[start // 8 :], len(part))] = NONE
        return Coded(codes, self.names)

    def _write_codes(self, codes: Array, first: int) -> None:
        """Write verdict indexes from the given byte of the bit vectors on, from the highest bit to the lowest."""
        highest, *others = reversed(self.planes)
        codes[:] = unpack(highest[first:], len(codes)).view(np.int8)
        for plane in others:
            np.add(codes, codes, out=codes)
            np.bitwise_or(codes, unpack(plane[first:], len(codes)).view(np.int8), out=codes)


def from_codes(
    names: tuple[str, ...],
    codes: Array,
    problem: Coded | None,
    rules: Coded | None,
    possible_rules: Coded | None = None,
    outputs: Mapping[str, Coded] | None = None,
) -> TableVerdicts:
    """The verdicts of rows from their indexes among the names, -1 for none."""
    rows = len(codes)
    decided = pack(codes >= 0)
    planes = tuple(pack((codes & codes.dtype.type(1 << bit)) != 0) & decided for bit in range(planes_for(names)))
    return TableVerdicts(rows, names, planes, decided, problem, rules, possible_rules, FrozenDict(outputs or {}))


def rules_text(rules: Sequence[str]) -> str | None:
    """The names of rules as in a column: joined by `, `; None if there are none."""
    return ", ".join(rules) or None


def planes_for(names: tuple[str, ...]) -> int:
    """The number of bits needed for the index of a name; at least one."""
    return max((len(names) - 1).bit_length(), 1)


def replace_rows(all_rows: TableVerdicts, part: TableVerdicts, places: Array) -> TableVerdicts:
    """Replace the verdicts at some rows by others."""
    verdict = np.array(all_rows.column(VERDICT).codes, np.int32)
    verdict[places] = part.column(VERDICT).codes
    problem, rules, possible = (
        None if getattr(part, name) is None and getattr(all_rows, name) is None
        else _replace_column(all_rows, part, places, name)
        for name in (PROBLEM, RULES, POSSIBLE_RULES)
    )  # fmt: skip
    outputs = {name: _replace_column(all_rows, part, places, name) for name in all_rows.outputs}
    return from_codes(all_rows.names, verdict, problem, rules, possible, outputs)


def _replace_column(all_rows: TableVerdicts, part: TableVerdicts, places: Array, name: str) -> Coded:
    """One column with the values at some rows replaced."""
    before, after = all_rows.column(name), part.column(name)
    texts = {text: place for place, text in enumerate(before.texts)}
    # Code -1 selects the last entry, which stands for none.
    moved = np.array([*(texts.setdefault(text, len(texts)) for text in after.texts), NONE], np.int32)
    codes = np.array(before.codes, np.int32)
    codes[places] = moved[after.codes]
    return Coded(codes, tuple(texts))
