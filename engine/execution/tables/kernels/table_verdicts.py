"""What was found of so many rows: which verdict each gets, by which rules, or else why none?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from engine.execution.tables.columns.answers import Array
from engine.execution.tables.columns.bits import Bits, count, packed, unpacked
from engine.execution.tables.columns.tally import RefusedExample
from engine.frozen import frozen_value

VERDICT, RULES, POSSIBLE_RULES, PROBLEM = "verdict", "rules", "possible_rules", "problem"
# The columns that tell which rules decide.
DECIDING = RULES, POSSIBLE_RULES
UNDECIDED, IMPOSSIBLE = "undecided", "impossible"
NONE = -1
# So many rows fit in the cache of a core.
_AT_ONCE = 1 << 19


@frozen_value
class Coded:
    """A text for each row: its place in `texts`, -1 for none."""

    codes: Array
    texts: tuple[str, ...]


@frozen_value
class TableVerdicts:
    """The verdicts of so many rows, by the names of all that there are.

    `planes` are the bits of each row's verdict, as its place among `names`, the lowest first; `decided` are the rows
    that have one. `problem` says of the others why not, `rules` which rules decide, if those were asked for; `examples`
    are wrong values, one of each field that has some.
    """

    rows: int
    names: tuple[str, ...]
    planes: tuple[Bits, ...]
    decided: Bits
    problem: Coded | None
    rules: Coded | None
    possible_rules: Coded | None = None
    examples: tuple[RefusedExample, ...] = ()

    def column(self, name: str) -> Coded:
        """One of the columns that a result can have: the verdict, the rules or the problem of each row."""
        if name == VERDICT:
            return self._verdict()
        coded = {RULES: self.rules, POSSIBLE_RULES: self.possible_rules, PROBLEM: self.problem}[name]
        return coded if coded is not None else Coded(np.full(self.rows, NONE, np.int8), ())

    def verdicts(self) -> list[tuple[str, int]]:
        """How many rows get each verdict."""
        return [(name, count(self._rows_of(place))) for place, name in enumerate(self.names)]

    def _rows_of(self, place: int) -> Bits:
        found = self.decided
        for bit, plane in enumerate(self.planes):
            # A plane has none but decided rows.
            found = found & plane if place >> bit & 1 else found & ~plane
        return found

    def problems(self) -> list[tuple[str, int]]:
        """How many rows have each problem."""
        if self.problem is None:
            return []
        many = np.bincount(self.problem.codes + 1, minlength=len(self.problem.texts) + 1)[1:]
        return list(zip(self.problem.texts, many.tolist(), strict=True))

    def _verdict(self) -> Coded:
        # Memory of Arrow's own is used again where numpy would ask the system for it anew.
        kind = np.dtype(np.int8 if len(self.planes) < 8 else np.int32)
        codes = np.frombuffer(pa.allocate_buffer(self.rows * kind.itemsize), kind)
        is_whole = count(self.decided) == self.rows
        for start in range(0, self.rows, _AT_ONCE):
            part = codes[start : start + _AT_ONCE]
            self._write_codes(part, start // 8)
            if not is_whole:
                part[~unpacked(self.decided[start // 8 :], len(part))] = NONE
        return Coded(codes, self.names)

    def _write_codes(self, codes: Array, first: int) -> None:
        """The places of the verdicts from one byte of the bits on, the highest bit first: doubled as the next comes."""
        highest, *others = reversed(self.planes)
        codes[:] = unpacked(highest[first:], len(codes)).view(np.int8)
        for plane in others:
            np.add(codes, codes, out=codes)
            np.bitwise_or(codes, unpacked(plane[first:], len(codes)).view(np.int8), out=codes)


def verdicts_of(
    names: tuple[str, ...],
    codes: Array,
    problem: Coded | None,
    rules: Coded | None,
    possible_rules: Coded | None = None,
) -> TableVerdicts:
    """The verdicts of rows by their places among the names, -1 for none."""
    rows = len(codes)
    decided = packed(codes >= 0)
    planes = tuple(packed((codes & codes.dtype.type(1 << bit)) != 0) & decided for bit in range(planes_for(names)))
    return TableVerdicts(rows, names, planes, decided, problem, rules, possible_rules)


def rules_text(rules: Sequence[str]) -> str | None:
    """The names of rules as a column has them: joined by `, `; nothing where there are none."""
    return ", ".join(rules) or None


def planes_for(names: tuple[str, ...]) -> int:
    """How many bits tell so many names apart; one at least."""
    return max((len(names) - 1).bit_length(), 1)


def replaced(all_rows: TableVerdicts, part: TableVerdicts, places: Array) -> TableVerdicts:
    """The verdicts with those at some places by others."""
    verdict = np.array(all_rows.column(VERDICT).codes, np.int32)
    verdict[places] = part.column(VERDICT).codes
    others = (
        None if getattr(part, name) is None and getattr(all_rows, name) is None
        else _replaced(all_rows, part, places, name)
        for name in (PROBLEM, RULES, POSSIBLE_RULES)
    )  # fmt: skip
    return verdicts_of(all_rows.names, verdict, *others)


def _replaced(all_rows: TableVerdicts, part: TableVerdicts, places: Array, name: str) -> Coded:
    before, after = all_rows.column(name), part.column(name)
    texts = {text: place for place, text in enumerate(before.texts)}
    # One more place than there are texts: -1, for none, is the last.
    moved = np.array([*(texts.setdefault(text, len(texts)) for text in after.texts), NONE], np.int32)
    codes = np.array(before.codes, np.int32)
    codes[places] = moved[after.codes]
    return Coded(codes, tuple(texts))
