"""The cells of outputs that are worked out: in each row from its own answers, after the rules of the row are known."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from engine.analysis.describing.example_numbers import answered_part
from engine.execution.output_cells import AmountCell
from engine.execution.tables.columns.bits import unpack
from engine.execution.tables.columns.field_columns import FieldColumn
from engine.execution.tables.kernels.table_verdicts import NONE, Coded
from engine.frozen import FrozenDict
from engine.language.model.policy import Policy
from engine.language.model.relations.rule_outputs import names_worked_with
from engine.meaning.reference import Situation
from engine.threads import Bounded

# The number of different answers whose values are cached, of each number.
_MOST_KEPT = 100_000


class AmountColumns:
    """Works out the amounts in the columns of outputs of one policy."""

    def __init__(self, policy: Policy) -> None:
        self._fields = {
            number: tuple(name for name in policy.field if name in names_worked_with(policy, [number]))
            for number in policy.numbers_given
        }
        self._parts = {number: answered_part(policy, fields) for number, fields in self._fields.items()}
        self._kept: dict[str, Bounded[tuple[object, ...], Fraction | None]] = {
            number: Bounded(_MOST_KEPT) for number in self._fields
        }

    def work_out(
        self, outputs: Mapping[str, Coded], columns: Mapping[str, FieldColumn], rows: int
    ) -> FrozenDict[str, Coded]:
        """The columns of outputs with an amount in place of each `AmountCell`; empty where its fields are open."""
        return FrozenDict({name: self._worked_out(coded, columns, rows) for name, coded in outputs.items()})

    def _worked_out(self, coded: Coded, columns: Mapping[str, FieldColumn], rows: int) -> Coded:
        amounts = {place: text for place, text in enumerate(coded.texts) if isinstance(text, AmountCell)}
        if not amounts:
            return coded
        texts = {text: place for place, text in enumerate(coded.texts)}
        codes = np.array(coded.codes, np.int32)
        for place, cell in amounts.items():
            computed = cell.computed
            read = [(name, columns[name]) for name in self._fields[computed.number]]
            here = coded.codes == place
            for _, column in read:
                if column.known is not None:
                    codes[here & ~unpack(column.known, rows)] = NONE
                    here = here & unpack(column.known, rows)
                elif column.answers is None:
                    codes[here] = NONE
                    here = np.zeros(rows, np.bool_)
            for row in np.flatnonzero(here).tolist():
                answers = tuple(column.answers.value(row) for _, column in read if column.answers is not None)
                value = self._value(computed.number, answers)
                text = None if value is None else computed.text(value)
                codes[row] = NONE if text is None else texts.setdefault(text, len(texts))
        return Coded(codes, tuple(texts))

    def _value(self, number: str, answers: tuple[object, ...]) -> Fraction | None:
        """The value of a number for the answers to its fields."""
        kept = self._kept[number]
        # The same whole number may stand in columns of different types, where it is the same answer.
        if answers in kept:
            return kept[answers]
        values = dict(zip(self._fields[number], answers, strict=True))
        return kept.keep(answers, Situation(self._parts[number], values).numbers[number])  # type: ignore[arg-type]
