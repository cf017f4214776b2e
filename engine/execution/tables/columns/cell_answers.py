"""Parsing the distinct texts of a column as answers, each text once, with the reader for cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from engine.execution.tables.columns.answers import WORD, Choices, Doubles, Flagged, Lists, Optional, Pool, Units
from engine.execution.tables.columns.bits import Flags, pack
from engine.execution.tables.columns.numeric import check_answers, read_doubles
from engine.frozen import NamedTuple
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NONE, NUMBER, TEXT, YES_NO, Field, Value
from engine.language.model.values.misfits import Misfit
from engine.language.situations.foreign_cells import cell_reader
from engine.language.situations.table_format import PLAIN, CellFormat

# From this many texts on, plainly written numbers are parsed in bulk.
_MANY = 1_000
_PLAIN = {INTEGER: r"^-?(0|[1-9][0-9]*)$", NUMBER: r"^-?(0|[1-9][0-9]*)([.][0-9]+)?$"}
# The maximum length of a plain number, including sign and decimal point.
_MOST_PLAIN = 15


class Cells(NamedTuple):
    """The answers of some texts.

    Attributes:
        answers: The answers.
        right: Which texts are valid or not answers at all (None: all).
        given: Which texts are answers, valid or not (None: all).
    """

    answers: Pool
    right: Flags | None
    given: Flags | None


def read_cells(field: Field, texts: pa.Array, *, blanks: bool, form: CellFormat = PLAIN) -> Cells:
    """Parse texts as answers to a field. Null is no answer, and neither is an empty text, except for choices and texts.

    With `blanks`, an empty text is no answer to any field, as for empty cells in files. `form` is the notation of the
    cells.
    """
    plain = _plain_numbers(field, texts) if form.is_plain else None
    read = cell_reader(field, form, blanks=blanks)
    numbers, is_plain = plain if plain is not None else (None, np.zeros(len(texts), np.bool_))
    values: list[Value | None] = [None] * len(texts)
    right, given = np.ones(len(texts), np.bool_), np.ones(len(texts), np.bool_)
    for place in np.flatnonzero(~is_plain).tolist():
        text = texts[place].as_py()
        try:
            values[place] = None if text is None else read(text)
            given[place] = values[place] is not None
        except Misfit:
            right[place] = False
    answers, fitting = _answers(field, values, numbers)
    if fitting is not None:
        right &= fitting | ~given
    return Cells(answers, None if right.all() else right, None if given.all() else given)


def _plain_numbers(field: Field, texts: pa.Array) -> tuple[npt.NDArray[Any], Flags] | None:
    """Parse plainly written numbers in bulk: the numbers, and which texts are such; None if that does not pay.

    Buys 40 times on a column of 100,000 different numbers.
    """
    if field.kind not in _PLAIN or len(texts) < _MANY:
        return None
    if pa.types.is_string_view(texts.type):
        # Arrow's regular expressions do not support string views.
        texts = texts.cast(pa.large_string())
    is_plain = pc.and_(
        pc.match_substring_regex(texts, _PLAIN[field.kind]), pc.less_equal(pc.binary_length(texts), _MOST_PLAIN)
    )
    is_plain = pc.fill_null(is_plain, False)
    kind = pa.int64() if field.kind == INTEGER else pa.float64()
    numbers = pc.cast(pc.if_else(is_plain, texts, pa.scalar("0", texts.type)), kind)
    return np.array(numbers.to_numpy(zero_copy_only=False)), np.asarray(is_plain.to_numpy(zero_copy_only=False))


def _answers(field: Field, values: list[Any], numbers: npt.NDArray[Any] | None) -> tuple[Pool, Flags | None]:
    """The answers in columnar form, and which of them are valid (None: all)."""
    is_none = np.array([isinstance(value, str) and value == NONE for value in values], np.bool_)
    if field.or_none is None or field.kind in (CHOICE, TEXT) or not is_none.any():
        return _plain_answers(field, values, numbers)
    # Any valid answer stands in the place of `none`.
    stand_in = False if field.kind == YES_NO else field.low if field.low is not None else field.high
    found, right = _plain_answers(
        field, [stand_in if held else value for held, value in zip(is_none, values, strict=True)], numbers
    )
    assert isinstance(found, Flagged | Units | Doubles)
    return Optional(found, pack(is_none), len(values)), right


def no_answers(field: Field, rows: int) -> Pool:
    """Any answers for rows that have none in the column of a field, which must be no choice or text."""
    return _plain_answers(field, [None] * rows, None)[0]


def _plain_answers(field: Field, values: list[Any], numbers: npt.NDArray[Any] | None) -> tuple[Pool, Flags | None]:
    """The answers of a column, where `none` is no answer or one of the choices."""
    if field.kind == CHOICE:
        place = {option: place for place, option in enumerate(field.options)}
        return Choices(narrow([place.get(value, 0) for value in values], field.options), field.options), None
    if field.kind == TEXT:
        place = {text: place for place, text in enumerate(field.known)}
        texts = (*field.known, None)
        return Choices(narrow([place.get(value, len(place)) for value in values], texts), texts), None
    if field.kind == YES_NO:
        return Flagged(pack(np.array([bool(value) for value in values], np.bool_)), len(values)), None
    if field.kind == ANY_OF:
        return lists(
            field.options, [sum(1 << field.options.index(each) for each in value or ()) for value in values]
        ), None
    if field.kind == DATE:
        days = np.array([value.toordinal() if value else 1 for value in values], np.int64)
        return Units(field, days), None
    if field.kind != INTEGER and field.kind != NUMBER:
        assert_never(field.kind)
    if numbers is None:
        numbers = np.zeros(len(values), np.int64 if field.kind == INTEGER else np.float64)
    for row, value in enumerate(values):
        if value is not None:
            numbers[row] = value
    return check_answers(Units(field, numbers)) if field.kind == INTEGER else read_doubles(field, numbers)


def narrow(codes: list[int], values: Sequence[object]) -> npt.NDArray[Any]:
    """Indexes into some values, in the smallest integer type."""
    return np.array(codes, np.min_scalar_type(len(values)))


def lists(options: tuple[str, ...], held: list[int]) -> Lists:
    """Lists of options in columnar form, each given as a bit set in a Python integer."""
    words = range(0, len(options), WORD)
    lowest = (1 << WORD) - 1
    return Lists(options, tuple(np.array([each >> word & lowest for each in held], np.uint64) for word in words))
