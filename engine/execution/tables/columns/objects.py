"""Conversion of columns of Python objects to typed Arrow arrays.

Each object is interpreted as in a record (see `plain_values`). In columns of objects, NaN stands for null.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pyarrow as pa

from engine.execution.extras import TableError
from engine.language.documents.plain_values import Unsupported, plain_value
from engine.problems import Place

# Types that Arrow interprets correctly. Lists and dicts have to be converted.
_USUAL = frozenset({str, bool, int, float, datetime.date, type(None)})
_NUMBERS = frozenset({int, float, Decimal, type(None)})
_REFUSALS = (pa.ArrowException, OverflowError, TypeError, ValueError)


def object_column(name: str, objects: Sequence[Any]) -> pa.Array:
    """The Arrow array of some objects; raises `TableError` for unsupported values and for mixed types."""
    if not _USUAL.issuperset(map(type, objects)):
        objects = [_plain(each, name, row) for row, each in enumerate(objects, 1)]
    try:
        return pa.array(objects, from_pandas=True)
    except _REFUSALS as error:
        is_mixed = isinstance(error, pa.ArrowException)
    if _NUMBERS.issuperset(map(type, objects)):
        # Numbers of mixed types, or too large for most types.
        is_mixed = False
        with suppress(*_REFUSALS):
            return pa.array([_decimal(each) for each in objects], from_pandas=True)
    if is_mixed:
        message = f"the column `{name}` mixes values of several types"
        help_ = "give it one type; missing answers are None or NA"
    else:
        message = f"the column `{name}` holds a value that no typed column can hold"
        help_ = "examples are integers of many digits, infinite numbers, and texts that are not valid Unicode"
    raise TableError.of("wrong-type", message, Place("table", path=name), help_)


def _plain(value: Any, name: str, row: int) -> Any:
    """The object as plain data; raises `TableError` if that is not possible."""
    if isinstance(value, Mapping):
        return {_plain(key, name, row): _plain(each, name, row) for key, each in value.items()}
    plain = plain_value(value)
    for each in plain if isinstance(plain, list) else [plain]:
        if isinstance(each, Unsupported):
            message = f"the column `{name}` holds {each.words} in row {row:,}"
            raise TableError.of("wrong-type", message, Place("table", path=name), each.help)
    return plain


def _decimal(number: float | Decimal | None) -> Decimal | None:
    """The number as a decimal."""
    return number if number is None else Decimal(repr(number) if isinstance(number, float) else number)
