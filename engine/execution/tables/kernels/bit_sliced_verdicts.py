"""Which verdict does each row of a table get, by which rules, or else why none? A bit a row, whatever is missing.

Exactly what `decide` says of each row as a record: rows that leave fields out are decided where that is certain, wrong
ones never. Where a field that is not answered is tied to others by a sum, and that matters, the row is asked for by
itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from engine.analysis.deciding.completions import NO_RULES, Deciding, deciding_of
from engine.analysis.deciding.decision import decide_answers, possible_verdicts
from engine.execution.program import Program
from engine.execution.records.field_checks import Inexact
from engine.execution.records.open_records import MOST_ASKS
from engine.execution.records.tied_answers import TiedEnds
from engine.execution.tables.columns.answers import Array
from engine.execution.tables.columns.bits import Bits, count, every, joined, nobody, unpacked, where
from engine.execution.tables.columns.field_columns import FieldColumn
from engine.execution.tables.kernels.bit_sliced import first_reached, reached
from engine.execution.tables.kernels.table_verdicts import (
    IMPOSSIBLE,
    NONE,
    UNDECIDED,
    Coded,
    TableVerdicts,
    planes_for,
    rules_text,
)
from engine.execution.three_valued import short_list
from engine.frozen import frozen_value
from engine.language.model.field_kinds import Value
from engine.language.model.policy import Policy
from engine.language.situations.situation_records import Answers
from engine.meaning.hit_policies import Ending
from engine.meaning.spaces.areas import bits
from engine.problems import RecordError
from engine.threads import cached_property


class SlicedDecider:
    """Decides rows by the program for the verdict, and the one for the rules, if those are asked for."""

    def __init__(self, policy: Policy, verdicts: Program, rules: Program | None) -> None:
        self.policy = policy
        self._verdicts = verdicts
        self._rules = rules

    def decide(self, columns: Mapping[str, FieldColumn], rows: int) -> TableVerdicts:
        """The verdicts of so many rows."""
        found = self._found(columns, rows)
        names = tuple(self.policy.verdict)
        places = [(place, found.given[name]) for place, name in enumerate(names) if name in found.given]
        planes = tuple(
            joined((here for place, here in places if place >> bit & 1), rows) & found.decided
            for bit in range(planes_for(names))
        )
        problem = None if count(found.decided) == rows else _problems(columns, found, rows)
        if self._rules is None:
            return TableVerdicts(rows, names, planes, found.decided, problem, None)
        deciding = self._deciding(self._rules, columns, found, rows)
        return TableVerdicts(rows, names, planes, found.decided, problem, *deciding)

    def _found(self, columns: Mapping[str, FieldColumn], rows: int) -> _Found:
        listed = short_list(self.policy)
        if listed is not None and all(
            column.known is None and column.answers is not None for column in columns.values()
        ):
            ends = first_reached(listed, columns, rows)
        else:
            ends = dict(zip(self._verdicts.labels, reached(self._verdicts, columns, rows), strict=True))
        given = {verdict: ends[verdict] for verdict in self.policy.verdict if verdict in ends}
        impossible = ends.get(Ending.IMPOSSIBLE, nobody(rows))
        if all(column.known is None for column in columns.values()):
            # Every row is whole and right: it is at one end.
            decided = every(rows) ^ impossible if Ending.IMPOSSIBLE in ends else every(rows)
            return _Found(given, decided, nobody(rows), impossible, nobody(rows), {})
        wrong = joined([column.wrong for column in columns.values() if column.wrong is not None], rows)
        once, twice = _once_and_twice(given.values(), rows)
        doubtful = (twice | (once & impossible)) & self._tied(columns, rows) & ~wrong
        asked: dict[int, _Asked | None] = {}
        if doubtful.any():
            asked = {row: self._ask(columns, row) for row in where(doubtful, rows).tolist()}
            for here in (*given.values(), impossible, twice):
                here &= ~doubtful
            for row, said in asked.items():
                _set(impossible if said is None else given.get(said.verdict or "", twice), row)
            once = joined(given.values(), rows)
        decided = once & ~twice & ~wrong
        return _Found(given, decided, twice & ~wrong, impossible & ~once & ~twice & ~wrong, wrong, asked)

    def _tied(self, columns: Mapping[str, FieldColumn], rows: int) -> Bits:
        """The rows in which a field that a sum ties to others is not answered."""
        known = [columns[name].known for name in sorted(self._verdicts.tied)]
        return joined([~each for each in known if each is not None], rows)

    def _ask(self, columns: Mapping[str, FieldColumn], row: int) -> _Asked | None:
        """What `decide` says of one row, which question is worth asking aside; None where it cannot happen."""
        values = {
            name: column.answers.value(row)
            for name, column in columns.items()
            if column.answers is not None and _is_known(column, row)
        }
        answers = Answers(values, {})
        try:
            verdicts = self._tied_verdicts(values) or possible_verdicts(self.policy, answers)
        except RecordError:
            return None
        if len(verdicts) > 1 or self._rules is None:
            return _Asked(verdicts[0] if len(verdicts) == 1 else None, NO_RULES)
        decision = decide_answers(self.policy, answers)
        return _Asked(decision.verdict, Deciding(decision.rules, decision.possible_rules))

    def _tied_verdicts(self, values: Mapping[str, Value]) -> tuple[str, ...]:
        """The verdicts that can still come, where that is quickly found; else none."""
        try:
            plain = [_plain(values.get(field.name)) for field in self.policy.fields]
        except Inexact:
            return ()
        if self._tied_ends is None:
            return ()
        return tuple(str(self._verdicts.labels[end]) for end in bits(self._tied_ends.possible(tuple(plain))))

    @cached_property
    def _tied_ends(self) -> TiedEnds | None:
        """Made when the first row is asked for by itself; None where it cannot be, or would be large."""
        if len(self._verdicts.asks) > MOST_ASKS:
            return None
        try:
            return TiedEnds(self.policy, self._verdicts)
        except Inexact:
            return None

    def _deciding(
        self, program: Program, columns: Mapping[str, FieldColumn], found: _Found, rows: int
    ) -> tuple[Coded, Coded | None]:
        """The names of the rules that decide each row, and of those that may; None where no row has such."""
        kinds: dict[Deciding, int] = {}
        codes = np.full(rows, NONE, np.int32)
        ends = [
            (label, here & found.decided)
            for label, here in zip(program.labels, reached(program, columns, rows), strict=True)
            if isinstance(label, tuple)
        ]
        twice = _once_and_twice((here for _, here in ends), rows)[1]
        for label, here in ends:
            if here.any():
                codes[unpacked(here, rows)] = kinds.setdefault(Deciding(label, ()), len(kinds))
        several = where(twice, rows)
        if len(several):
            for labels, places in _patterns([here for _, here in ends], several, rows):
                deciding = deciding_of(self.policy, [ends[each][0] for each in labels])
                codes[places] = kinds.setdefault(deciding, len(kinds))
        asked = dict(found.asked)
        for row in where(twice & self._tied(columns, rows), rows).tolist():
            asked[row] = asked.get(row) or self._ask(columns, row)
        for row, said in asked.items():
            if said is not None and said.verdict is not None:
                codes[row] = kinds.setdefault(said.deciding, len(kinds))
        certain = _coded(codes, [rules_text(each.certain) for each in kinds])
        possible = [rules_text(each.possible) for each in kinds]
        return certain, _coded(codes, possible) if any(possible) else None


class _Asked(NamedTuple):
    """What was said of a row that was asked for by itself: its verdict, or None, and the rules, if they are wanted."""

    verdict: str | None
    deciding: Deciding


@frozen_value
class _Found:
    """The rows at the end of each verdict, those decided, and the others; what single rows were told."""

    given: dict[str, Bits]
    decided: Bits
    undecided: Bits
    impossible: Bits
    wrong: Bits
    asked: dict[int, _Asked | None]


def _once_and_twice(parts: Iterable[Bits], rows: int) -> tuple[Bits, Bits]:
    """The rows that are in at least one, and in at least two of these."""
    once, twice = nobody(rows), nobody(rows)
    for part in parts:
        twice |= once & part
        once |= part
    return once, twice


def _plain(value: Value | None) -> Any:
    """An answer as records have it; raises `Inexact` where no double stands for it."""
    if not isinstance(value, Decimal):
        return value
    double = float(value)
    if Decimal(repr(double)) != value:
        raise Inexact
    return double


def _coded(codes: Array, texts: Sequence[str | None]) -> Coded:
    """The texts of rows by their codes, -1 for none, where a code has none either."""
    places: dict[str, int] = {}
    moved = [NONE if text is None else places.setdefault(text, len(places)) for text in texts]
    return Coded(np.array([*moved, NONE], np.int32)[codes], tuple(places))


def _set(bits: Bits, row: int) -> None:
    bits[row >> 3] |= 1 << (row & 7)


def _is_known(column: FieldColumn, row: int) -> bool:
    return column.known is None or bool(column.known[row >> 3] >> (row & 7) & 1)


def _patterns(parts: Sequence[Bits], places: Array, rows: int) -> Iterator[tuple[list[int], Array]]:
    """Which of these parts some rows are in together, each such set with its rows."""
    held = np.stack([unpacked(part, rows)[places] for part in parts])
    kinds, which = np.unique(held, axis=1, return_inverse=True)
    for kind in range(kinds.shape[1]):
        yield np.flatnonzero(kinds[:, kind]).tolist(), places[which == kind]


def _problems(columns: Mapping[str, FieldColumn], found: _Found, rows: int) -> Coded:
    """Why rows have no verdict."""
    texts = {UNDECIDED: 0, IMPOSSIBLE: 1}
    codes = np.full(rows, NONE, np.int32)
    codes[unpacked(found.undecided, rows)] = texts[UNDECIDED]
    codes[unpacked(found.impossible, rows)] = texts[IMPOSSIBLE]
    wrong = where(found.wrong, rows)
    if len(wrong):
        names = [name for name, column in columns.items() if column.wrong is not None]
        parts = [column.wrong for column in columns.values() if column.wrong is not None]
        for fields, places in _patterns(parts, wrong, rows):
            text = f"wrong: {', '.join(names[each] for each in fields)}"
            codes[places] = texts.setdefault(text, len(texts))
    return Coded(codes, tuple(texts))
