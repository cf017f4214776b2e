"""Which tables might somebody decide? Columns of every type that can hold the answers of drawn records.

A table is drawn together with the records that its rows are, as `decide` would be given them one by one.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import assume
from hypothesis import strategies as st

from engine import check, load
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NONE, NUMBER, TEXT, YES_NO, Field
from engine.language.model.policy import Policy
from engine.language.model.values.value_texts import decimal_text
from tests.support.drawing.fields import Draw, Hand
from tests.support.drawing.strategies import partial_records, policies, records
from tests.support.judging.querying.sql_rows import Told, told

UNSURE = "unsure"


@dataclass(frozen=True)
class Table:
    """A table, and the records that its rows are."""

    columns: dict[str, pa.Array]
    records: list[dict[str, Any]]

    @property
    def rows(self) -> int:
        return len(self.records)


class Wrong:
    """An answer that no field has, whatever a column makes of it."""


@st.composite
def tables(draw: Draw, policy: Policy, data: dict[str, Any], most: int = 12, typed: bool = False) -> Table:
    """Some rows, whole, partial and wrong, in columns of drawn types; a column may be missing, or hold nothing.

    With `typed`, only answers that are texts are in columns of texts, as a database wants it.
    """
    hand = Hand(draw)
    kinds = [records if hand.chance(50) else partial_records for _ in range(hand.count(1, most))]
    drawn = [draw(kind(data, unsure=not typed)) for kind in kinds]
    rows = [{name: _spelled(policy.field[name], value) for name, value in record.items()} for record in drawn]
    columns: dict[str, pa.Array] = {}
    for field in policy.fields:
        if hand.chance(5):
            for row in rows:
                row.pop(field.name, None)
            continue
        answers = [row.get(field.name) for row in rows]
        nones = [field.none_column is not None and answer == NONE for answer in answers]
        is_beside = any(nones) and (typed or hand.chance(60))
        if is_beside and field.none_column is not None:
            answers = [None if none else answer for none, answer in zip(nones, answers, strict=True)]
            flags = [True if none else hand.pick((None, False)) for none in nones]
            columns[field.none_column] = _cut(hand, pa.array(flags, pa.bool_()))
        able = [kind for kind in _KINDS[field.kind] if not typed or field.kind in (CHOICE, TEXT) or kind in _TYPED]
        # Only texts say `none` themselves.
        able = [kind for kind in able if is_beside or not any(nones) or kind.column is _text_column]
        fits = [kind for kind in able if all(kind.holds(field, answer) for answer in answers)]
        kind = hand.pick(fits)
        if hand.chance(40):
            answers = [hand.pick((*kind.wrong(field), answer)) if hand.chance(20) else answer for answer in answers]
        columns[field.name] = _cut(hand, _encoded(hand, kind.column(hand, field, answers), typed))
        for row, answer, none in zip(rows, answers, nones, strict=True):
            # What is answered beside `none` is wrong, whatever it is.
            row[field.name] = answer if not none or not is_beside else NONE if answer is None else Wrong()
    return Table(columns, rows)


@st.composite
def decided_tables(draw: Draw, typed: bool = False) -> tuple[Policy, Table, list[Told]]:
    """A sound policy, a table of its records, and what each row is to get."""
    drawn = draw(policies(sound=True))
    policy = load(drawn)
    assume(check(policy).sound)
    table = draw(tables(policy, drawn, typed=typed))
    return policy, table, [told(policy, record) for record in table.records]


def tables_with_columns(typed: bool = False) -> st.SearchStrategy[tuple[Policy, Table, list[Told]]]:
    """The same, of tables that have a column for some field."""
    return decided_tables(typed=typed).filter(lambda drawn: bool(drawn[1].columns))


_INDICES = (pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.int64(), pa.uint64())


def _encoded(hand: Hand, array: pa.Array, typed: bool) -> pa.Array:
    """The column itself, or as a dictionary: codes of every type, values of every type that has dictionaries."""
    is_text = pa.types.is_string(array.type) or pa.types.is_large_string(array.type)
    if not hand.chance(40) or pa.types.is_nested(array.type) or (typed and not is_text):
        return array
    answers = array.to_pylist()
    held = list(dict.fromkeys(answer for answer in answers if answer is not None))
    # Values that no row has, and one that several codes stand for.
    values = [*held, *held[:1]] if hand.chance(30) else held
    codes = [None if answer is None else held.index(answer) for answer in answers]
    if not typed and hand.chance(30):
        # What is missing may be missing among the values.
        values = [*values, None]
        codes = [len(values) - 1 if code is None else code for code in codes]
    return pa.DictionaryArray.from_arrays(pa.array(codes, hand.pick(_INDICES)), pa.array(values, array.type))


def _cut(hand: Hand, array: pa.Array) -> pa.Array:
    """The column itself, or the same in the middle of a longer one."""
    # Arrow puts dictionaries of half floats together wrongly: -5 becomes 50432, the number of its bits.
    is_mangled = pa.types.is_dictionary(array.type) and pa.types.is_float16(array.type.value_type)
    if is_mangled or not hand.chance(30):
        return array
    many = hand.count(1, 9)
    try:
        return pa.concat_arrays([array, array, array]).slice(len(array), len(array)) if many > 4 else array.slice(0)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        # Some dictionaries and views are not put together.
        return array


def _spelled(field: Field, value: Any) -> Any:
    """An answer as it is kept here: days as dates, numbers as decimals or whole numbers."""
    if field.kind == DATE and isinstance(value, str) and value not in (UNSURE, NONE):
        return datetime.date.fromisoformat(value)
    if field.kind in (INTEGER, NUMBER) and isinstance(value, float | Decimal):
        exact = Decimal(repr(value)) if isinstance(value, float) else value
        return int(exact) if exact == exact.to_integral_value() else exact
    return value


@dataclass(frozen=True)
class Kind:
    """A type of columns: which answers it can hold, wrong ones that it can hold, and the column of some answers."""

    holds: Callable[[Field, Any], bool]
    wrong: Callable[[Field], Sequence[Any]]
    column: Callable[[Hand, Field, list[Any]], pa.Array]


def _not_unsure(_: Field, answer: Any) -> bool:
    return bool(answer != UNSURE)


def _text(field: Field, answer: Any) -> str | None:
    if answer is None or isinstance(answer, str):
        return answer
    if isinstance(answer, datetime.datetime):
        return answer.isoformat(" ")
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, datetime.date):
        return answer.isoformat()
    if isinstance(answer, list):
        return f"[{', '.join(answer)}]"
    return decimal_text(answer)


def _text_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    texts = [_text(field, answer) for answer in answers]
    if field.kind not in (CHOICE, TEXT) and hand.chance(30):
        texts = ["" if text is None else text for text in texts]
    return pa.array(texts, hand.pick((pa.string(), pa.large_string(), pa.string_view())))


def _wrong_text(field: Field) -> Sequence[Any]:
    # As on the command line, white space around a list is none of it.
    found = ["no such answer", *(["unsure "] if field.kind != ANY_OF else [])]
    if field.kind in (INTEGER, NUMBER):
        # Of sixteen digits no number is read.
        found += ["1e3", "007", "1,000", "nan", "0x1", "1234567890123456", "-0.123456789012345678"]
    if field.kind == DATE:
        found += ["2026-02-30", "31.01.2026"]
    if field.kind == YES_NO:
        found += ["Yes", "1", "TRUE"]
    if field.if_unsure is None and UNSURE not in field.options:
        found.append(UNSURE)
    return found if field.kind != TEXT else [each for each in found if each == UNSURE]


def _beyond(field: Field) -> list[Any]:
    """Numbers and days beyond the ends of a field."""
    if field.kind == DATE:
        day = datetime.timedelta(days=1)
        found = [field.low - day] if isinstance(field.low, datetime.date) and field.low > datetime.date.min else []
        return found + (
            [field.high + day] if isinstance(field.high, datetime.date) and field.high < datetime.date.max else []
        )
    ends = [(field.low, -1), (field.high, 1)]
    return [int(end) + by for end, by in ends if isinstance(end, int | Decimal) and -(2**40) < end < 2**40]


def _whole_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    most = max((abs(int(answer)) for answer in answers if answer is not None), default=0)
    signed = ((pa.int8(), 2**7), (pa.int16(), 2**15), (pa.int32(), 2**31), (pa.int64(), 2**63))
    kinds = [kind for kind, limit in signed if most < limit]
    if all(answer is None or answer >= 0 for answer in answers):
        unsigned = ((pa.uint8(), 2**8), (pa.uint16(), 2**16), (pa.uint32(), 2**32), (pa.uint64(), 2**64))
        kinds += [kind for kind, limit in unsigned if most < limit]
    return pa.array([None if answer is None else int(answer) for answer in answers], hand.pick(kinds))


def _is_whole(_: Field, answer: Any) -> bool:
    return answer is None or (isinstance(answer, int | Decimal) and int(answer) == answer and -(2**63) < answer < 2**63)


def _double_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    return pa.array([None if answer is None else float(answer) for answer in answers], pa.float64())


def _is_double(_: Field, answer: Any) -> bool:
    return answer is None or (answer != UNSURE and Decimal(repr(float(answer))) == answer)


def _is_single(_: Field, answer: Any) -> bool:
    return answer is None or (answer != UNSURE and Decimal(str(np.float32(answer))) == answer)


def _single_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    return pa.array([None if answer is None else np.float32(answer) for answer in answers], pa.float32())


def _is_half(_: Field, answer: Any) -> bool:
    is_small = answer is None or (answer != UNSURE and abs(answer) < 2**15)
    return answer is None or (is_small and Decimal(str(np.float16(answer))) == answer)


def _half_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    return pa.array([None if answer is None else np.float16(answer) for answer in answers], pa.float16())


def _decimal_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    kinds = [pa.decimal128(18, 6), pa.decimal128(38, 6), pa.decimal256(38, 6), pa.decimal256(76, 30)]
    if all(answer is None or int(answer) == answer for answer in answers):
        kinds.append(pa.decimal128(18, 0))
    kind = hand.pick(kinds)
    return pa.array([None if answer is None else Decimal(answer) for answer in answers], kind)


def _plain_decimal_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    kind = pa.decimal128(hand.pick((18, 38)), 6)
    return pa.array([None if answer is None else Decimal(answer) for answer in answers], kind)


def _is_decimal(_: Field, answer: Any) -> bool:
    return answer is None or (answer != UNSURE and abs(answer) < 10**11 and Decimal(answer) * 10**6 % 1 == 0)


def _wrong_number(field: Field) -> Sequence[Any]:
    between = [Decimal("0.5")] if field.kind == INTEGER else []
    if field.kind == NUMBER and field.step is not None and field.step % Decimal("0.000002") == 0:
        low = field.low or Decimal(0)
        assert isinstance(low, int | Decimal)
        between = [low + field.step / 2]
    return [*_beyond(field), *between]


def _wrong_double(field: Field) -> Sequence[Any]:
    return [*_wrong_number(field), float("nan"), float("inf"), float("-inf")]


_TEXTS = Kind(lambda field, answer: True, _wrong_text, _text_column)
_WHOLE = Kind(_is_whole, lambda field: [each for each in _beyond(field) if int(each) == each], _whole_column)
_DOUBLES = Kind(_is_double, _wrong_double, _double_column)
_SINGLES = Kind(_is_single, lambda field: [float("nan")], _single_column)
_HALVES = Kind(_is_half, lambda field: [float("nan")], _half_column)
_DECIMALS = Kind(_is_decimal, _wrong_number, _decimal_column)
_DAYS = Kind(
    _not_unsure, _beyond, lambda hand, field, answers: pa.array(answers, hand.pick((pa.date32(), pa.date64())))
)


def _noon(field: Field) -> list[Any]:
    """A moment in the middle of a day that would be right."""
    day = next((end for end in (field.low, field.high) if isinstance(end, datetime.date)), datetime.date(2026, 1, 1))
    return [*_beyond(field), datetime.datetime(day.year, day.month, day.day, 12)]


def _are_years_of_nanoseconds(_: Field, answer: Any) -> bool:
    return answer is None or (answer != UNSURE and datetime.date(1700, 1, 1) < answer < datetime.date(2200, 1, 1))


_MOMENTS = Kind(
    _are_years_of_nanoseconds,
    _noon,
    lambda hand, field, answers: pa.array(
        [None if answer is None else datetime.datetime(answer.year, answer.month, answer.day,
                                                       getattr(answer, "hour", 0)) for answer in answers],
        pa.timestamp(hand.pick(("s", "ms", "us", "ns"))),
    ),
)  # fmt: skip
_FLAGS = Kind(_not_unsure, lambda field: [], lambda hand, field, answers: pa.array(answers, pa.bool_()))


def _list_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    texts = hand.pick((pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())))
    kinds = [pa.list_(texts), pa.large_list(texts)]
    if not pa.types.is_dictionary(texts):
        kinds += [pa.list_view(texts), pa.large_list_view(texts)]
    lengths = {len(answer) for answer in answers if answer is not None}
    if len(lengths) == 1 and lengths != {0}:
        kinds += [pa.list_(texts, *lengths)] * 3
    return pa.array(answers, hand.pick(kinds))


def _plain_list_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    texts = hand.pick((pa.string(), pa.large_string()))
    return pa.array(answers, hand.pick((pa.list_(texts), pa.large_list(texts))))


def _null_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    return pa.nulls(len(answers))


def _wrong_list(field: Field) -> Sequence[Any]:
    return [["no such answer"], [field.options[0]] * 2, [None]]


_LISTS = Kind(_not_unsure, _wrong_list, _list_column)
_NULLS = Kind(lambda field, answer: answer is None, lambda field: [], _null_column)
# As a database has them; it reads neither singles nor decimals of more than 38 digits nor moments exactly.
_PLAIN_LISTS = Kind(_not_unsure, _wrong_list, _plain_list_column)
_PLAIN_DECIMALS = Kind(_is_decimal, _wrong_number, _plain_decimal_column)

_TYPED = (_FLAGS, _WHOLE, _DOUBLES, _PLAIN_DECIMALS, _DAYS, _PLAIN_LISTS)
_KINDS = {
    CHOICE: (_TEXTS, _TEXTS, _NULLS),
    TEXT: (_TEXTS, _TEXTS, _NULLS),
    YES_NO: (_FLAGS, _TEXTS, _NULLS),
    INTEGER: (_TEXTS, _WHOLE, _WHOLE, _DOUBLES, _SINGLES, _HALVES, _DECIMALS, _PLAIN_DECIMALS, _NULLS),
    NUMBER: (_TEXTS, _WHOLE, _DOUBLES, _DOUBLES, _SINGLES, _HALVES, _DECIMALS, _PLAIN_DECIMALS, _NULLS),
    DATE: (_DAYS, _TEXTS, _MOMENTS, _NULLS),
    ANY_OF: (_LISTS, _LISTS, _PLAIN_LISTS, _TEXTS, _NULLS),
}
