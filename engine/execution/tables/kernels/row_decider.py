"""The table decider of one policy: it reads the columns and chooses the kernel.

Every row gets exactly the verdict that `decide` gives for it as a record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pyarrow as pa

from engine.analysis.proving.errors import require_sound
from engine.execution.output_cells import output_columns, step_column
from engine.execution.program import STEPS, rules_program, settled_program, verdict_program
from engine.execution.tables.columns.bits import union, where
from engine.execution.tables.columns.field_columns import (
    ColumnReader,
    FieldColumn,
    is_list,
    is_text,
    unanswered_column,
    with_none,
)
from engine.execution.tables.columns.matching import saying_none
from engine.execution.tables.columns.tally import RefusedExample, wrong_value
from engine.execution.tables.kernels.amount_cells import AmountColumns
from engine.execution.tables.kernels.bit_sliced_verdicts import SlicedDecider
from engine.execution.tables.kernels.lookups import find_lookups
from engine.execution.tables.kernels.table_verdicts import VERDICT, TableVerdicts, replace_rows
from engine.frozen import FrozenDict
from engine.language.model.field_kinds import NONE
from engine.language.model.policy import Policy
from engine.language.situations.table_format import OWN_NAMES, TableFormat
from engine.meaning.logic import policy_of_step

# With more tests than this, lookups by cell are faster than evaluating all tests.
_MOST_TESTS = 96


class RowDecider:
    """Decides tables by one policy. It is reusable and thread-safe.

    Args:
        policy: The policy.
        rules: Whether to find the deciding rules as well.
        outputs: Whether to find the outputs as well.
        blanks: Whether an empty text is a missing answer for every field, as an empty cell in a file is.
        form: The names and notations of the columns.
        steps: Whether to find the outcomes of all steps as well.

    Raises:
        UnsoundError: The policy is not proved sound, or its tree exceeds the step limit.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        rules: bool = False,
        outputs: bool = False,
        blanks: bool = False,
        form: TableFormat = OWN_NAMES,
        steps: bool = False,
    ) -> None:
        self.policy = policy
        self.blanks = blanks
        self.form = form
        require_sound(policy)
        verdicts = settled_program(policy, verdict_program)
        reads_rules = rules or outputs
        columns = output_columns(policy) if outputs else ()
        deciding = settled_program(policy, rules_program) if reads_rules else None
        self._sliced = SlicedDecider(policy, verdicts, deciding, columns)
        self._amounts = AmountColumns(policy) if outputs and policy.numbers_given else None
        is_large = len(verdicts.asks) > _MOST_TESTS
        self._lookups = find_lookups(policy, reads_rules, STEPS, columns) if is_large else None
        self._readers = {
            field.name: ColumnReader(field, blanks=blanks, form=form.cell(field.name)) for field in policy.fields
        }
        self._none_readers = {
            field.name: ColumnReader(saying_none(field), blanks=True)
            for field in policy.fields
            if field.none_column is not None
        }

        # The policies of the steps have the same fields.
        self._steps = {
            step_column(step.name): RowDecider(policy_of_step(policy, step.name), blanks=blanks, form=form)
            for step in policy.steps_in_order
            if steps
        }

    @property
    def has_steps(self) -> bool:
        """Whether it finds the outcomes of steps."""
        return bool(self._steps)

    def expect(self, rows: int) -> None:
        """Announce further rows; enough of them are worth some preparation."""
        if self._lookups is not None:
            self._lookups.expect(rows)

    def is_slow(self, kinds: Iterable[pa.DataType]) -> bool:
        """Whether columns of these types take long to decide: with lookups, or for texts."""
        return self._lookups is not None or any(map(is_text, kinds))

    def decide(self, arrays: Mapping[str, pa.Array], rows: int) -> TableVerdicts:
        """The verdicts of a block of rows, from the Arrow arrays of the fields that have a column."""
        columns = self._columns(arrays, rows)
        found = self._decide(columns, arrays, rows)
        if self._amounts is not None:
            found = replace(found, outputs=self._amounts.work_out(found.outputs, columns, rows))
        if self._steps:
            inner = {name: each._decide(columns, arrays, rows) for name, each in self._steps.items()}
            found = replace(found, steps=FrozenDict({name: each.column(VERDICT) for name, each in inner.items()}))
        wrong = {name: column.wrong for name, column in columns.items() if column.wrong is not None}
        if not wrong:
            return found
        examples = (self._example(name, arrays, int(where(bits, rows)[0])) for name, bits in wrong.items())
        return replace(found, examples=tuple(examples))

    def _example(self, name: str, arrays: Mapping[str, pa.Array], row: int) -> RefusedExample:
        """A wrong value of a field in a row, with the reason."""
        beside = arrays.get(f"{name}.{NONE}") if name in self._none_readers else None
        if beside is None or not beside[row].is_valid:
            return self._readers[name].example(arrays[name], row)
        said = self._none_readers[name].read(beside.slice(row, 1))
        if said.wrong is not None:
            return self._none_readers[name].example(beside, row)
        if said.answers is None or said.answers.value(0) is not True:
            return self._readers[name].example(arrays[name], row)
        reason = f"`{name}.{NONE}` beside it says that there is none"
        return wrong_value(self.policy.field[name], str(arrays[name][row].as_py()), reason)

    def _decide(self, columns: Mapping[str, FieldColumn], arrays: Mapping[str, pa.Array], rows: int) -> TableVerdicts:
        """Decide by lookups if possible, and rows with missing or wrong answers by bit-slicing."""
        if self._lookups is None or any(column.answers is None for column in columns.values()):
            return self._sliced.decide(columns, rows)
        found = self._lookups.decide(columns, rows)
        open_rows = where(union((~each.known for each in columns.values() if each.known is not None), rows), rows)
        if not len(open_rows):
            return found
        some = {name: _take(array, pa.array(open_rows)) for name, array in arrays.items()}
        part = self._sliced.decide(self._columns(some, len(open_rows)), len(open_rows))
        return replace_rows(found, part, open_rows)

    def _columns(self, arrays: Mapping[str, pa.Array], rows: int) -> dict[str, FieldColumn]:
        """The answers of all fields."""
        found = {
            field.name: self._readers[field.name].read(arrays[field.name])
            if field.name in arrays
            else unanswered_column(rows)
            for field in self.policy.fields
        }
        for name, reader in self._none_readers.items():
            beside = arrays.get(f"{name}.{NONE}")
            if beside is not None:
                found[name] = with_none(self.policy.field[name], found[name], reader.read(beside), rows)
        return found


def _take(array: pa.Array, places: pa.Array) -> pa.Array:
    """The values at some rows."""
    # Arrow's `take` supports neither string views nor lists that contain them, and its casts of list views are wrong.
    kind, lists = array.type, pa.large_list(pa.large_string())
    is_view = pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind)
    if is_view or (is_list(kind) and pa.types.is_dictionary(kind.value_type)):
        return pa.array([array[place].as_py() for place in places.to_pylist()], lists)
    if pa.types.is_string_view(kind):
        array = array.cast(pa.large_string())
    elif is_list(kind):
        array = array.cast(lists)
    return array.take(places)
