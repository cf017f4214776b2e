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
from engine.language.policy import ANY_OF, CHOICE, DATE, INTEGER, NUMBER, TEXT, YES_NO, Field, Policy
from engine.language.values import decimal_text
from tests.fields import Draw, Hand
from tests.sql_rows import Told, told
from tests.strategies import partial_records, policies, records

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
        able = [kind for kind in _KINDS[field.kind] if not typed or field.kind in (CHOICE, TEXT) or kind in _TYPED]
        fits = [kind for kind in able if all(kind.holds(field, answer) for answer in answers)]
        kind = hand.pick(fits)
        if hand.chance(40):
            answers = [hand.pick((*kind.wrong(field), answer)) if hand.chance(20) else answer for answer in answers]
        columns[field.name] = kind.column(hand, field, answers)
        for row, answer in zip(rows, answers, strict=True):
            row[field.name] = answer
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


def _spelled(field: Field, value: Any) -> Any:
    """An answer as it is kept here: days as dates, numbers as decimals or whole numbers."""
    if field.kind == DATE and isinstance(value, str) and value != UNSURE:
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
    return answer != UNSURE


def _text(field: Field, answer: Any) -> str | None:
    if answer is None or isinstance(answer, str):
        return answer
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
    kind = hand.pick((pa.string(), pa.large_string(), pa.string_view()))
    array = pa.array(texts, kind)
    if hand.chance(40) and kind != pa.string_view():
        array = array.dictionary_encode()
    return array


def _wrong_text(field: Field) -> Sequence[Any]:
    found = ["no such answer", "unsure "]
    if field.kind in (INTEGER, NUMBER):
        found += ["1e3", "007", "1,000", "nan", "0x1"]
    if field.kind == DATE:
        found += ["2026-02-30", "31.01.2026"]
    if field.kind == YES_NO:
        found += ["Yes", "1", "TRUE"]
    if field.if_unsure is None and UNSURE not in field.options:
        found.append(UNSURE)
    return found if field.kind != TEXT else found[5:]


def _beyond(field: Field) -> list[Any]:
    """Numbers and days beyond the ends of a field."""
    if field.kind == DATE:
        day = datetime.timedelta(days=1)
        found = [field.low - day] if isinstance(field.low, datetime.date) and field.low > datetime.date.min else []
        return found + (
            [field.high + day] if isinstance(field.high, datetime.date) and field.high < datetime.date.max else []
        )
    ends = [(field.low, -1), (field.high, 1)]
    return [int(end) + by for end, by in ends if isinstance(end, int | Decimal) and abs(end) < 2**40]


def _whole_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    most = max((abs(int(answer)) for answer in answers if answer is not None), default=0)
    kinds = [kind for kind, limit in ((pa.int8(), 2**7), (pa.int16(), 2**15), (pa.int64(), 2**63)) if most < limit]
    if all(answer is None or answer >= 0 for answer in answers):
        kinds += [pa.uint32()] if most < 2**32 else []
        kinds += [pa.uint64()]
    return pa.array([None if answer is None else int(answer) for answer in answers], hand.pick(kinds))


def _is_whole(_: Field, answer: Any) -> bool:
    return answer is None or (isinstance(answer, int | Decimal) and int(answer) == answer and abs(answer) < 2**63)


def _double_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    return pa.array([None if answer is None else float(answer) for answer in answers], pa.float64())


def _is_double(_: Field, answer: Any) -> bool:
    return answer is None or (answer != UNSURE and Decimal(repr(float(answer))) == answer)


def _is_single(_: Field, answer: Any) -> bool:
    return answer is None or (answer != UNSURE and Decimal(str(np.float32(answer))) == answer)


def _single_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    return pa.array([None if answer is None else np.float32(answer) for answer in answers], pa.float32())


def _decimal_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    kind = pa.decimal128(hand.pick((18, 38)), 6)
    return pa.array([None if answer is None else Decimal(answer) for answer in answers], kind)


def _is_decimal(_: Field, answer: Any) -> bool:
    return answer is None or (answer != UNSURE and abs(answer) < 10**11 and Decimal(answer) * 10**6 % 1 == 0)


def _wrong_number(field: Field) -> Sequence[Any]:
    between = [Decimal("0.5")] if field.kind == INTEGER else []
    if field.kind == NUMBER and field.step is not None and field.step % Decimal("0.000002") == 0:
        between = [(field.low or Decimal(0)) + field.step / 2]  # type: ignore[operator]
    return [*_beyond(field), *between]


def _wrong_double(field: Field) -> Sequence[Any]:
    return [*_wrong_number(field), float("nan"), float("inf"), float("-inf")]


_TEXTS = Kind(lambda field, answer: True, _wrong_text, _text_column)
_WHOLE = Kind(_is_whole, lambda field: [each for each in _beyond(field) if int(each) == each], _whole_column)
_DOUBLES = Kind(_is_double, _wrong_double, _double_column)
_SINGLES = Kind(_is_single, lambda field: [float("nan")], _single_column)
_DECIMALS = Kind(_is_decimal, _wrong_number, _decimal_column)
_DAYS = Kind(
    _not_unsure, _beyond, lambda hand, field, answers: pa.array(answers, hand.pick((pa.date32(), pa.date64())))
)
_FLAGS = Kind(_not_unsure, lambda field: [], lambda hand, field, answers: pa.array(answers, pa.bool_()))


def _list_column(hand: Hand, field: Field, answers: list[Any]) -> pa.Array:
    texts = hand.pick((pa.string(), pa.large_string()))
    return pa.array(answers, hand.pick((pa.list_(texts), pa.large_list(texts))))


_LISTS = Kind(_not_unsure, lambda field: [["no such answer"], [field.options[0]] * 2, [None]], _list_column)

# What a database reads exactly: singles are no such thing to it.
_TYPED = (_FLAGS, _WHOLE, _DOUBLES, _DECIMALS, _DAYS, _LISTS)
_KINDS = {
    CHOICE: (_TEXTS,),
    TEXT: (_TEXTS,),
    YES_NO: (_FLAGS, _TEXTS),
    INTEGER: (_TEXTS, _WHOLE, _WHOLE, _DOUBLES, _SINGLES, _DECIMALS),
    NUMBER: (_TEXTS, _WHOLE, _DOUBLES, _DOUBLES, _SINGLES, _DECIMALS),
    DATE: (_DAYS, _TEXTS),
    ANY_OF: (_LISTS, _TEXTS),
}
