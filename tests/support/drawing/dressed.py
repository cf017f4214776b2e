"""Which objects may a program hand over for an answer? The same value in whatever class programs have for it."""

from __future__ import annotations

import datetime
from collections import OrderedDict, UserDict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from tests.support.drawing.fields import Draw


class Text(str):
    """A text whose class says other things of it than it holds."""

    __slots__ = ()

    def __str__(self) -> str:
        return "something else"

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 7


class Whole(int):
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __int__(self) -> int:
        return 5

    __index__ = __int__

    def __lt__(self, other: object) -> bool:
        return True


class Double(float):
    def __repr__(self) -> str:
        return "0.25"

    __str__ = __repr__

    def __float__(self) -> float:
        return 0.25


class Exact(Decimal):
    def __repr__(self) -> str:
        return "1"


class Day(datetime.date):
    def isoformat(self) -> str:
        return "2000-01-01"


class Moment(datetime.datetime):
    pass


class Listed(list[Any]):
    def __len__(self) -> int:
        return 99


class Pair(tuple[Any, ...]):
    __slots__ = ()


class Lookup(Mapping[str, Any]):
    """A record that is no dict."""

    def __init__(self, entries: Mapping[Any, Any]) -> None:
        self.entries = entries

    def __getitem__(self, key: str) -> Any:
        return self.entries[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


def _plain_member(value: Any) -> Any:
    return Enum("Answer", {"MEMBER": value}).MEMBER  # type: ignore[attr-defined]


def _text_member(text: str) -> Any:
    return Enum("Answer", {"MEMBER": text}, type=str).MEMBER  # type: ignore[attr-defined]


def _str_member(text: str) -> Any:
    return StrEnum("Answer", {"MEMBER": text}).MEMBER  # type: ignore[attr-defined]


def _whole_member(number: int) -> Any:
    return IntEnum("Answer", {"MEMBER": number}).MEMBER  # type: ignore[attr-defined]


def _same(value: Any) -> Any:
    return value


def _written(number: Any) -> Any:
    """A number as a decimal is made of it: a double is the shortest that reads back the same."""
    return repr(number) if isinstance(number, float) else number


Dresses = list[Callable[[Any], Any]]
_TEXTS: Dresses = [_same, Text, _plain_member, _text_member, _str_member, np.str_]
_FLAGS: Dresses = [_same, np.bool_, _plain_member]
_NUMBERS: Dresses = [
    *(_same, _plain_member),
    lambda number: Decimal(_written(number)),
    lambda number: Exact(_written(number)),
]
_LISTS: Dresses = [_same, tuple, Listed, Pair, lambda items: np.array(items, object)]
_DAYS: Dresses = [
    *(_same, _plain_member),
    lambda day: Day(day.year, day.month, day.day),
    lambda day: datetime.datetime(day.year, day.month, day.day),
    lambda day: Moment(day.year, day.month, day.day),
    lambda day: pd.Timestamp(day.isoformat()),
    lambda day: np.datetime64(day.isoformat()),
    lambda day: np.datetime64(day.isoformat(), "s"),
]


@st.composite
def dressed(draw: Draw, value: Any) -> Any:
    """An object that stands for a plain value."""
    if value is None:
        return draw(st.sampled_from([None, pd.NA, pd.NaT, np.datetime64("NaT"), _plain_member(None)]))
    if isinstance(value, bool):
        return draw(st.sampled_from(_FLAGS))(value)
    if isinstance(value, str):
        return draw(st.sampled_from(_TEXTS))(value)
    if isinstance(value, datetime.date):
        return draw(st.sampled_from(_DAYS))(value)
    if isinstance(value, list):
        items = [draw(dressed(each)) for each in value]
        return draw(st.sampled_from(_LISTS))(items)
    return draw(st.sampled_from([*_NUMBERS, *_of_number(value)]))(value)


def _of_number(value: Any) -> Iterator[Callable[[Any], Any]]:
    """The classes that hold just this number."""
    if isinstance(value, int):
        yield from (Whole, _whole_member)
        if abs(value) < 2**63:
            yield np.int64
        if 0 <= value < 2**8:
            yield np.uint8
    if isinstance(value, float):
        yield from (Double, np.float64)
    # What is no double of its own is the decimal that is written, and the double beside it another.
    exact = Decimal(_written(value))
    if Decimal(repr(float(value))) == exact and abs(value) < 2**53:
        yield lambda number: float(number)
        if Decimal(str(np.float32(value))) == exact:
            yield np.float32


_RECORDS: Dresses = [_same, OrderedDict, MappingProxyType, Lookup, UserDict]


@st.composite
def dressed_records(draw: Draw, record: Mapping[str, Any]) -> Any:
    """A record with every key, every answer and itself of some class; dotted names stay as they are."""
    entries: dict[Any, Any] = {}
    for name, value in record.items():
        entries[draw(dressed(name))] = draw(dressed(value))
    return draw(st.sampled_from(_RECORDS))(entries)
