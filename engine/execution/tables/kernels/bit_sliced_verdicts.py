"""Verdicts, deciding rules and problems by row, from the bit-sliced evaluation of a policy's programs.

The results are exactly those of `decide` for each row. Rows with missing answers get a verdict if it is certain; rows
with wrong answers never do. Rows in which a missing field is tied to others by a sum are decided individually where
that matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from engine.analysis.deciding.completions import NO_RULES, Deciding, deciding_of
from engine.analysis.deciding.decision import decide_answers, possible_verdicts
from engine.execution.output_cells import cells_together, output_cells
from engine.execution.program import Program
from engine.execution.records.field_checks import Inexact
from engine.execution.records.open_records import MOST_ASKS
from engine.execution.records.tied_answers import TiedEnds
from engine.execution.tables.columns.answers import Array
from engine.execution.tables.columns.bits import Bits, all_rows, count, no_rows, union, unpack, where
from engine.execution.tables.columns.field_columns import FieldColumn
from engine.execution.tables.kernels.bit_sliced import first_reached, reached_ends_by_row
from engine.execution.tables.kernels.table_verdicts import (
    NONE,
    Coded,
    TableVerdicts,
    planes_for,
    rules_text,
)
from engine.execution.three_valued import short_list
from engine.frozen import FrozenDict, NamedTuple, frozen_value
from engine.language.model.field_kinds import Value
from engine.language.model.policy import Policy
from engine.language.situations.situation_records import Answers
from engine.meaning.hit_policies import Ending
from engine.meaning.outcomes import IMPOSSIBLE, UNDECIDED
from engine.meaning.spaces.areas import bits
from engine.problems import RecordError
from engine.threads import cached_property


class SlicedDecider:
    """Decides rows by the program of verdicts and, if requested, the program of rules."""

    def __init__(self, policy: Policy, verdicts: Program, rules: Program | None, outputs: tuple[str, ...] = ()) -> None:
        """Prepare deciding; `outputs` are the columns of outputs to fill, which need the program of rules."""
        self.policy = policy
        self._outputs = outputs
        self._verdicts = verdicts
        self._rules = rules

    def decide(self, columns: Mapping[str, FieldColumn], rows: int) -> TableVerdicts:
        """The verdicts of a block of rows."""
        found = self._evaluate(columns, rows)
        names = tuple(self.policy.verdict)
        places = [(place, found.given[name]) for place, name in enumerate(names) if name in found.given]
        planes = tuple(
            union((here for place, here in places if place >> bit & 1), rows) & found.decided
            for bit in range(planes_for(names))
        )
        problem = None if count(found.decided) == rows else _problems(columns, found, rows)
        if self._rules is None:
            return TableVerdicts(rows, names, planes, found.decided, problem, None)
        deciding, outputs = self._deciding(self._rules, columns, found, rows)
        return TableVerdicts(rows, names, planes, found.decided, problem, *deciding, outputs)

    def _evaluate(self, columns: Mapping[str, FieldColumn], rows: int) -> _Outcomes:
        """The outcome of each row, as bit vectors."""
        listed = short_list(self.policy)
        if listed is not None and all(
            column.known is None and column.answers is not None for column in columns.values()
        ):
            ends = first_reached(listed, columns, rows)
        else:
            ends = dict(zip(self._verdicts.labels, reached_ends_by_row(self._verdicts, columns, rows), strict=True))
        given = {verdict: ends[verdict] for verdict in self.policy.verdict if verdict in ends}
        impossible = ends.get(Ending.IMPOSSIBLE, no_rows(rows))
        if all(column.known is None for column in columns.values()):
            # No row has a missing or wrong answer, so each reaches exactly one end.
            decided = all_rows(rows) ^ impossible if Ending.IMPOSSIBLE in ends else all_rows(rows)
            return _Outcomes(given, decided, no_rows(rows), impossible, no_rows(rows), {})
        wrong = union([column.wrong for column in columns.values() if column.wrong is not None], rows)
        once, twice = _at_least_one_and_two(given.values(), rows)
        doubtful = (twice | (once & impossible)) & self._tied(columns, rows) & ~wrong
        asked: dict[int, _RowResult | None] = {}
        if doubtful.any():
            asked = {row: self._decide_row(columns, row) for row in where(doubtful, rows).tolist()}
            for here in (*given.values(), impossible, twice):
                here &= ~doubtful
            for row, said in asked.items():
                _set_bit(impossible if said is None else given.get(said.verdict or "", twice), row)
            once = union(given.values(), rows)
        decided = once & ~twice & ~wrong
        return _Outcomes(given, decided, twice & ~wrong, impossible & ~once & ~twice & ~wrong, wrong, asked)

    def _tied(self, columns: Mapping[str, FieldColumn], rows: int) -> Bits:
        """The rows in which a field tied by a sum is missing."""
        known = [columns[name].known for name in sorted(self._verdicts.tied)]
        return union([~each for each in known if each is not None], rows)

    def _decide_row(self, columns: Mapping[str, FieldColumn], row: int) -> _RowResult | None:
        """The verdict and, if requested, the rules of one row; None if its answers are impossible."""
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
            return _RowResult(verdicts[0] if len(verdicts) == 1 else None, _Kind(NO_RULES))
        decision = decide_answers(self.policy, answers)
        cells = output_cells(self.policy, decision.output) if self._outputs else ()
        return _RowResult(decision.verdict, _Kind(Deciding(decision.rules, decision.possible_rules), cells))

    def _tied_verdicts(self, values: Mapping[str, Value]) -> tuple[str, ...]:
        """The possible verdicts of a row with partly answered sums; empty if they are not found quickly."""
        try:
            plain = [_plain(values.get(field.name)) for field in self.policy.fields]
        except Inexact:
            return ()
        if self._tied_ends is None:
            return ()
        return tuple(str(self._verdicts.labels[end]) for end in bits(self._tied_ends.possible(tuple(plain))))

    @cached_property
    def _tied_ends(self) -> TiedEnds | None:
        """The analysis of partly answered sums, created on first use; None if it does not apply or would be large."""
        if len(self._verdicts.asks) > MOST_ASKS:
            return None
        try:
            return TiedEnds(self.policy, self._verdicts)
        except Inexact:
            return None

    def _deciding(
        self, program: Program, columns: Mapping[str, FieldColumn], found: _Outcomes, rows: int
    ) -> tuple[tuple[Coded, Coded | None], FrozenDict[str, Coded]]:
        """The names of the rules that decide each row, and of those that may, and the columns of outputs.

        The names of those that may decide are None if no row has any.
        """
        kinds: dict[_Kind, int] = {}
        codes = np.full(rows, NONE, np.int32)
        ends = [
            (label, here & found.decided)
            for label, here in zip(program.labels, reached_ends_by_row(program, columns, rows), strict=True)
            if isinstance(label, tuple)
        ]
        twice = _at_least_one_and_two((here for _, here in ends), rows)[1]
        for label, here in ends:
            if here.any():
                codes[unpack(here, rows)] = kinds.setdefault(self._kind([label]), len(kinds))
        several = where(twice, rows)
        if len(several):
            for labels, places in _patterns([here for _, here in ends], several, rows):
                codes[places] = kinds.setdefault(self._kind([ends[each][0] for each in labels]), len(kinds))
        asked = dict(found.asked)
        for row in where(twice & self._tied(columns, rows), rows).tolist():
            asked[row] = asked.get(row) or self._decide_row(columns, row)
        for row, said in asked.items():
            if said is not None and said.verdict is not None:
                codes[row] = kinds.setdefault(said.kind, len(kinds))
        certain = _encode(codes, [rules_text(each.deciding.certain) for each in kinds])
        possible = [rules_text(each.deciding.possible) for each in kinds]
        outputs = {
            name: _encode(codes, [each.outputs[place] for each in kinds]) for place, name in enumerate(self._outputs)
        }
        return (certain, _encode(codes, possible) if any(possible) else None), FrozenDict(outputs)

    def _kind(self, standing: list[tuple[str, ...]]) -> _Kind:
        """What a row gets beside its verdict, by the rules that stand in each of its completions."""
        cells = cells_together(self.policy, standing) if self._outputs else ()
        return _Kind(deciding_of(self.policy, standing), cells)


class _Kind(NamedTuple):
    """What rows get beside their verdict: the rules that decide, and the texts of the columns of outputs."""

    deciding: Deciding
    outputs: tuple[str | None, ...] = ()


class _RowResult(NamedTuple):
    """The result of a row that was decided individually: its verdict, or None, and the rest, if requested."""

    verdict: str | None
    kind: _Kind


@frozen_value
class _Outcomes:
    """The outcomes of rows, as bit vectors, and the results of individually decided rows."""

    given: dict[str, Bits]
    decided: Bits
    undecided: Bits
    impossible: Bits
    wrong: Bits
    asked: dict[int, _RowResult | None]


def _at_least_one_and_two(parts: Iterable[Bits], rows: int) -> tuple[Bits, Bits]:
    """The rows in at least one, and in at least two of the bit vectors."""
    once, twice = no_rows(rows), no_rows(rows)
    for part in parts:
        twice |= once & part
        once |= part
    return once, twice


def _plain(value: Value | None) -> Any:
    """An answer in the form of records; raises `Inexact` if no double represents it."""
    if not isinstance(value, Decimal):
        return value
    double = float(value)
    if Decimal(repr(double)) != value:
        raise Inexact
    return double


def _encode(codes: Array, texts: Sequence[str | None]) -> Coded:
    """Coded texts, from row codes and the text of each code; -1 or None is no text. Equal texts are merged."""
    places: dict[str, int] = {}
    moved = [NONE if text is None else places.setdefault(text, len(places)) for text in texts]
    return Coded(np.array([*moved, NONE], np.int32)[codes], tuple(places))


def _set_bit(bits: Bits, row: int) -> None:
    """Set the bit of a row."""
    bits[row >> 3] |= 1 << (row & 7)


def _is_known(column: FieldColumn, row: int) -> bool:
    """Whether a row has a right answer in a column."""
    return column.known is None or bool(column.known[row >> 3] >> (row & 7) & 1)


def _patterns(parts: Sequence[Bits], places: Array, rows: int) -> Iterator[tuple[list[int], Array]]:
    """Group rows by which of the bit vectors contain them: yields the indexes of the vectors, and the rows."""
    held = np.stack([unpack(part, rows)[places] for part in parts])
    kinds, which = np.unique(held, axis=1, return_inverse=True)
    for kind in range(kinds.shape[1]):
        yield np.flatnonzero(kinds[:, kind]).tolist(), places[which == kind]


def _problems(columns: Mapping[str, FieldColumn], found: _Outcomes, rows: int) -> Coded:
    """The problem of each row without a verdict."""
    texts = {UNDECIDED: 0, IMPOSSIBLE: 1}
    codes = np.full(rows, NONE, np.int32)
    codes[unpack(found.undecided, rows)] = texts[UNDECIDED]
    codes[unpack(found.impossible, rows)] = texts[IMPOSSIBLE]
    wrong = where(found.wrong, rows)
    if len(wrong):
        names = [name for name, column in columns.items() if column.wrong is not None]
        parts = [column.wrong for column in columns.values() if column.wrong is not None]
        for fields, places in _patterns(parts, wrong, rows):
            text = f"wrong: {', '.join(names[each] for each in fields)}"
            codes[places] = texts.setdefault(text, len(texts))
    return Coded(codes, tuple(texts))
