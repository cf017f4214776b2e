"""Reading Arrow columns as answers to a field: which rows have a valid answer, a wrong one or none.

Columns may be texts, booleans, integers, decimals, floats, dates or lists of texts. Texts are parsed like the cells of
a CSV file, including `unsure`. Nulls are missing answers, and so are empty texts, except for choices and texts. Values
that the language rejects are wrong. Columns of other types cannot be read; see `takes`.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.execution.program import OneOf
from engine.execution.tables.columns.answers import (
    WORD,
    Array,
    Choices,
    ColumnAnswers,
    Doubles,
    Flagged,
    Lists,
    Optional,
    Units,
)
from engine.execution.tables.columns.bits import Bits, Flags, all_rows, from_arrow, known_of, no_rows, pack
from engine.execution.tables.columns.cell_answers import Cells, no_answers, read_cells
from engine.execution.tables.columns.numeric import are_numbers, read_numbers
from engine.execution.tables.columns.string_views import are_few, rows_with
from engine.execution.tables.columns.tally import RefusedExample, wrong_value
from engine.frozen import frozen_value
from engine.language.documents.plain_values import plain_value
from engine.language.model.field_kinds import ANY_OF, YES_NO, Field
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import data_value
from engine.language.situations.foreign_cells import cell_reader
from engine.language.situations.table_format import PLAIN, CellFormat


@frozen_value
class FieldColumn:
    """The answers of a block of rows to one field.

    Attributes:
        answers: The valid answers; None if no row has any.
        known: The rows with a valid answer (None: all).
        wrong: The rows with a wrong answer (None: none). All other rows have no answer.
    """

    answers: ColumnAnswers | None
    known: Bits | None = None
    wrong: Bits | None = None


class ColumnReader:
    """Reads the columns of one field, block by block. Thread-safe."""

    def __init__(self, field: Field, *, blanks: bool, form: CellFormat = PLAIN) -> None:
        self.field = field
        self._blanks = blanks
        self._form = form
        # The texts of the previous block and their answers, since the next block often has the same texts.
        self._last: tuple[pa.Array, Cells] | None = None

    def read(self, array: pa.Array) -> FieldColumn:
        """Read an Arrow array of a type that can answer the field."""
        kind, rows = array.type, len(array)
        if self._form.words and (pa.types.is_boolean(kind) or pa.types.is_integer(kind)):
            return self._read_texts(as_dictionary(array))
        if pa.types.is_boolean(kind):
            return FieldColumn(Flagged(from_arrow(array.buffers()[1], array.offset, rows), rows), known_of(array))
        if pa.types.is_dictionary(kind) and not is_text(kind.value_type):
            return self.read(array.dictionary_decode())
        if pa.types.is_dictionary(kind):
            return self._read_texts(array)
        if is_text(kind):
            return self._read_few(array) or self._read_texts(array.dictionary_encode())
        if pa.types.is_null(kind):
            return unanswered_column(rows)
        if is_list(kind):
            return _column(*_read_lists(self.field, array), known_of(array), rows)
        return _column(*read_numbers(self.field, array), known_of(array), rows)

    def example(self, array: pa.Array, row: int) -> RefusedExample:
        """A wrong value of a column, with the reason."""
        try:
            value = array[row].as_py()
        except (OverflowError, ValueError):
            # The date is beyond Python's range.
            return wrong_value(self.field, f"{array.type} beyond all calendars", "")
        try:
            if isinstance(value, str):
                cell_reader(self.field, self._form, blanks=self._blanks)(value)
            else:
                data_value(self.field, plain_value(value))
        except Misfit as misfit:
            return wrong_value(self.field, str(value), misfit.message if self._form.is_signed else misfit.help)
        return wrong_value(self.field, str(value), "")

    def _read_texts(self, array: pa.DictionaryArray) -> FieldColumn:
        """Read a dictionary array; each distinct text is parsed once."""
        rows, known = len(array), known_of(array)
        if not len(array.dictionary) or not rows:
            return unanswered_column(rows)
        indices = array.indices if known is None else array.indices.fill_null(0)
        places = np.asarray(indices.to_numpy(zero_copy_only=False))
        return self._take(self._cells(array.dictionary), places, known, rows)

    def _read_few(self, array: pa.Array) -> FieldColumn | None:
        """Read a block by comparing with the texts of the previous block.

        None if those are not few and short, or others occur in this block.
        """
        last = self._last
        if last is None or not pa.types.is_string_view(array.type) or not are_few(last[0]):
            return None
        answers = last[1].answers
        if not isinstance(answers, Choices | Flagged):
            return None
        known = known_of(array)
        parts = rows_with(array, last[0].to_pylist(), known)
        if parts is None:
            return None
        spread = answers.spread(parts, len(array))
        cells = last[1]
        if cells.right is None and cells.given is None:
            return FieldColumn(spread, known)
        fine, wrong = no_rows(len(array)), no_rows(len(array))
        for place, part in enumerate(parts):
            if cells.right is not None and not cells.right[place]:
                wrong |= part
            elif cells.given is None or cells.given[place]:
                fine |= part
        return FieldColumn(spread, fine, wrong if wrong.any() else None)

    def _take(self, cells: Cells, places: Array, known: Bits | None, rows: int) -> FieldColumn:
        """The column of rows, given the parsed texts and each row's index among them."""
        if cells.given is not None:
            given = pack(cells.given[places])
            known = given if known is None else given & known
        right = None if cells.right is None else cells.right[places]
        return _column(cells.answers.take(places), right, known, rows)

    def _cells(self, texts: pa.Array) -> Cells:
        """Parse the distinct texts, or reuse those of the previous block."""
        last = self._last
        if last is not None and len(last[0]) == len(texts) and last[0].equals(texts):
            return last[1]
        cells = read_cells(self.field, texts, blanks=self._blanks, form=self._form)
        self._last = texts, cells
        return cells


def takes(field: Field, kind: pa.DataType, form: CellFormat = PLAIN) -> bool:
    """Whether a column of this Arrow type can answer a field in a notation."""
    if is_text(kind) or pa.types.is_null(kind):
        return True
    if form.words and (pa.types.is_boolean(kind) or pa.types.is_integer(kind)):
        # For example, 1 and 0, if the notation gives them a meaning.
        return True
    if pa.types.is_dictionary(kind):
        return takes(field, kind.value_type, form)
    if field.kind == YES_NO:
        return bool(pa.types.is_boolean(kind))
    if field.kind == ANY_OF:
        # If all lists are empty, their value type is null.
        return is_list(kind) and _are_texts(kind.value_type)
    return are_numbers(field, kind)


def unanswered_column(rows: int) -> FieldColumn:
    """The column of a field that no row answers."""
    return FieldColumn(None, no_rows(rows))


def with_none(field: Field, column: FieldColumn, beside: FieldColumn, rows: int) -> FieldColumn:
    """The column of a field and the yes/no column beside it, which says where the answer is `none`.

    Where that says yes, the field's own column must be empty.
    """
    every, nobody = all_rows(rows), no_rows(rows)
    if beside.answers is None:
        return column if beside.wrong is None else _with_wrong(column, beside.wrong, every)
    none = beside.answers.meets(OneOf(field.name, (True,))) & (every if beside.known is None else beside.known)
    known = every if column.known is None else column.known
    wrong = (nobody if beside.wrong is None else beside.wrong) | (none & known)
    wrong = wrong | (nobody if column.wrong is None else column.wrong)
    answers = column.answers
    if answers is None:
        answers = no_answers(field, rows)
    if isinstance(answers, Optional):
        # What is not known has any value, `none` as well.
        none, answers = none | (answers.none & known), answers.answers
    assert isinstance(answers, Flagged | Units | Doubles)
    return FieldColumn(Optional(answers, none, rows), (known | none) & ~wrong, wrong if wrong.any() else None)


def _with_wrong(column: FieldColumn, wrong: Bits, every: Bits) -> FieldColumn:
    """A column with more wrong rows."""
    known = (every if column.known is None else column.known) & ~wrong
    return FieldColumn(column.answers, known, wrong if column.wrong is None else wrong | column.wrong)


def is_text(kind: pa.DataType) -> bool:
    """Whether an Arrow type holds texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _are_texts(kind: pa.DataType) -> bool:
    """Whether an Arrow type holds texts, possibly as a dictionary, or only nulls."""
    held = kind.value_type if pa.types.is_dictionary(kind) else kind
    return is_text(held) or bool(pa.types.is_null(held))


def as_dictionary(texts: pa.Array) -> pa.DictionaryArray:
    """Texts as a dictionary array of large strings; Arrow cannot encode string views or take from them."""
    if not pa.types.is_dictionary(texts.type):
        return texts.cast(pa.large_string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(texts.indices, texts.dictionary.cast(pa.large_string()), safe=False)


def is_list(kind: pa.DataType) -> bool:
    """Whether an Arrow type is a list."""
    kinds = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list, pa.types.is_list_view)
    return any(each(kind) for each in (*kinds, pa.types.is_large_list_view))


def _column(answers: ColumnAnswers, right: Flags | None, known: Bits | None, rows: int) -> FieldColumn:
    """The column, where `right` tells which of the rows with a value have a valid one."""
    if right is None:
        return FieldColumn(answers, known)
    fits = pack(right)
    wrong = ~fits & (all_rows(rows) if known is None else known)
    if not wrong.any():
        return FieldColumn(answers, known)
    return FieldColumn(answers, fits if known is None else fits & known, wrong)


def _read_lists(field: Field, array: pa.Array) -> tuple[Lists, Flags | None]:
    """Read lists of options, and which of them are valid: no other texts and no duplicates."""
    # Flatten instead of casting, which is wrong for list views.
    texts = as_dictionary(pc.list_flatten(array))
    lengths = pc.fill_null(pc.list_value_length(array), 0)
    many = np.asarray(lengths.to_numpy(zero_copy_only=False)).astype(np.int64)
    begins = np.concatenate([[0], np.cumsum(many)])
    place = {option: place for place, option in enumerate(field.options)}
    # One extra code stands for everything that is not an option, including null.
    codes = np.array([place.get(each, len(place)) for each in texts.dictionary.to_pylist()] + [len(place)], np.int64)
    held = codes[np.asarray(texts.indices.fill_null(len(texts.dictionary)).to_numpy(zero_copy_only=False))]
    distinct = np.zeros(len(many), np.int64)
    words = []
    for first in range(0, len(place), WORD):
        own = (held >= first) & (held < min(first + WORD, len(place)))
        bits = np.where(own, np.uint64(1) << ((held - first) & (WORD - 1)).astype(np.uint64), np.uint64(0))
        words.append(_or_runs(bits, begins, many))
        distinct += np.bitwise_count(words[-1])
    right = distinct == many
    return Lists(field.options, tuple(words)), None if right.all() else right


def _or_runs(bits: Array, begins: Array, many: Array) -> Array:
    """The bitwise OR of each run of values; 0 for an empty run."""
    joined = np.bitwise_or.reduceat(np.append(bits, np.uint64(0)), begins[:-1])
    return np.where(many > 0, joined, np.uint64(0))
