"""The cells of outputs that are worked out: in each row from its own answers, after the rules of the row are known."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from engine.analysis.describing.example_numbers import answered_part
from engine.execution.output_cells import AmountCell
from engine.execution.tables.columns.bits import unpack
from engine.execution.tables.columns.field_columns import FieldColumn
from engine.execution.tables.kernels.table_verdicts import NONE, Coded
from engine.frozen import FrozenDict
from engine.language.model.asking.applicability import fields_before
from engine.language.model.policy import Policy
from engine.language.model.relations.rule_outputs import names_worked_with
from engine.meaning.asked.asked_questions import fill_in
from engine.meaning.reference import Situation
from engine.threads import Bounded

# The number of different answers whose values are cached, of each number.
_MOST_KEPT = 100_000


class AmountColumns:
    """Works out the amounts in the columns of outputs of one policy."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._needed = {
            number: frozenset(names_worked_with(policy, [number])) & policy.field.keys()
            for number in policy.numbers_given
        }
        self._fields = {number: self._in_order(names) for number, names in self._needed.items()}
        self._parts = {number: answered_part(policy, fields) for number, fields in self._needed.items()}
        self._kept: dict[str, Bounded[tuple[object, ...], Fraction | None]] = {
            number: Bounded(_MOST_KEPT) for number in self._fields
        }

    def _in_order(self, needed: frozenset[str]) -> tuple[str, ...]:
        """Some fields and those that say whether they are asked, in file order."""
        fields = self._policy.field
        read = needed.union(*(fields_before(self._policy, fields[name]) for name in needed))
        return tuple(name for name in fields if name in read)

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
            read = [columns[name] for name in self._fields[computed.number]]
            known = [unpack(column.known, rows) if column.known is not None else None for column in read]
            for row in np.flatnonzero(coded.codes == place).tolist():
                answers = tuple(
                    None if column.answers is None or (has is not None and not has[row]) else column.answers.value(row)
                    for column, has in zip(read, known, strict=True)
                )
                value = self._value(computed.number, answers)
                text = None if value is None else computed.text(value)
                codes[row] = NONE if text is None else texts.setdefault(text, len(texts))
        return Coded(codes, tuple(texts))

    def _value(self, number: str, answers: tuple[object, ...]) -> Fraction | None:
        """The value of a number for the answers to its fields, None for each open one; None if it has no value."""
        kept = self._kept[number]
        # The same whole number may stand in columns of different types, where it is the same answer.
        if answers in kept:
            return kept[answers]
        answered: Any = {
            name: each for name, each in zip(self._fields[number], answers, strict=True) if each is not None
        }
        values = fill_in(self._policy, answered)
        is_open = not self._needed[number] <= values.keys()
        return kept.keep(answers, None if is_open else Situation(self._parts[number], values).numbers[number])
