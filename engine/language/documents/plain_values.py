"""Which plain value does an object of a Python program stand for?

The rule, the same wherever a program hands over answers or a policy. A value is what it holds, whatever its class
makes of `==`, `hash` and `str`: a subclass of `str`, `int`, `float`, `Decimal` or `date` counts as the text, number or
day that it is. A member of an enumeration counts as its value, and where it is a text or number itself too, the two
have to be the same. A `datetime` without a time zone, at midnight, is that day. A list, tuple, set or one-dimensional
numpy array is a list. Scalars of numpy and pandas count as what they hold, narrow floats as the shortest decimal that
reads back the same; `NA` and `NaT` are no answer, like `None`. Everything else is refused by the name of its class.

numpy and pandas are never imported: whoever hands over one of their values has done so.
"""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from engine.frozen import frozen_value
from engine.language.documents.exact import decimal_type, read_number
from engine.language.documents.text import shortened

# Exactly these; what is none of them is looked at more closely.
_PLAIN = frozenset({str, bool, int, float, datetime.date, type(None)})
_LISTS = (list, tuple, set, frozenset)
_NOTHING = ("NAType", "NaTType")
_MIDNIGHT = r"(\d{4}-\d{2}-\d{2})(T00(:00(:00(\.0*)?)?)?)?"
_NO_TIME = "give the day alone, as a `date`"
_NO_ZONE = "which day it is depends on the time zone: give the day alone, as a `date`"


@frozen_value
class Strange:
    """An object that is no value of the language: what it is, in words, and what to hand over in its place."""

    words: str
    help: str = ""


def plain_value(data: object) -> Any:
    """The text, yes/no, number, day, list or None that an object stands for, of a built-in type; else a `Strange`.

    What stands in a list is read in the same way, except that a list in a list is strange.
    """
    kind = type(data)
    if kind in _PLAIN:
        return data
    if issubclass(kind, _LISTS):
        return [plain_scalar(item) for item in _items(data)]
    if _package(kind) == "numpy" and kind.__name__ == "ndarray" and data.ndim == 1:  # type: ignore[attr-defined]
        return [plain_scalar(item) for item in data.tolist()]  # type: ignore[attr-defined]
    return plain_scalar(data)


def plain_scalar(data: object) -> Any:
    """As `plain_value`, of what is no list."""
    kind = type(data)
    if kind in _PLAIN:
        return data
    if issubclass(kind, Enum):
        return _of_member(data)
    if _package(kind) == "pandas" and kind.__name__ in _NOTHING:
        return None
    built_in = _built_in(data)
    return _of_scalar(data) if built_in is None else built_in


def _built_in(data: Any) -> Any:
    """What an object is by the built-in type that its class is made from; None for other classes.

    By the methods of these types, so that it does not matter which of them its class has written anew.
    """
    kind = type(data)
    if issubclass(kind, str):
        return str.__str__(data)
    if issubclass(kind, int):
        return int.__int__(data)
    if issubclass(kind, float):
        return float.__float__(data)
    if issubclass(kind, datetime.datetime):
        return _of_moment(data)
    if issubclass(kind, datetime.date):
        return datetime.date.fromordinal(datetime.date.toordinal(data))
    decimal = decimal_type()
    return decimal(data) if issubclass(kind, decimal) else None


def _of_member(member: Any) -> Any:
    """The value of an enumeration's member."""
    meant = plain_scalar(member._value_)
    own = _built_in(member)
    if own is None or (type(own) is type(meant) and own == meant):
        return meant
    name = f"`{shortened(f'{type(member).__qualname__}.{member._name_}')}`"
    return Strange(f"{name}, which is one thing by itself and another by its value", "hand over the one that is meant")


def _of_moment(moment: Any) -> datetime.date | Strange:
    if datetime.datetime.tzinfo.__get__(moment) is not None:
        return Strange("a date with a time and a time zone", _NO_ZONE)
    if _package(type(moment)) == "pandas":
        # It tells of nanoseconds, and of years, that a `datetime` does not have.
        return _of_iso(str(moment.to_datetime64()))
    if datetime.datetime.time(moment) != datetime.time():
        return Strange("a date with a time", _NO_TIME)
    return datetime.datetime.date(moment)


def _of_iso(text: str) -> datetime.date | Strange:
    found = re.fullmatch(_MIDNIGHT, text, re.ASCII)
    try:
        return datetime.date.fromisoformat(found[1]) if found else Strange("a date with a time", _NO_TIME)
    except ValueError:
        return Strange("a day that no calendar has")


def _of_scalar(data: Any) -> Any:
    """The value of a numpy scalar; all other objects are strange."""
    is_numpy = any(each.__name__ == "generic" and _package(each) == "numpy" for each in type(data).__mro__)
    sort = data.dtype.kind if is_numpy else ""
    if sort == "b":
        return bool(data)
    if sort in ("i", "u"):
        return int(data)
    if sort == "f":
        # Independent of the digits that numpy is told to print.
        return read_number(sys.modules["numpy"].format_float_positional(data, unique=True, trim="-"))
    if sort == "M":
        unit = data.dtype.name
        if str(data) == "NaT":
            return None
        is_day = not unit.endswith(("[Y]", "[M]", "[W]"))
        return _of_iso(str(data)) if is_day else Strange(f"a `{unit}`, which is longer than a day", _NO_TIME)
    if isinstance(data, Mapping):
        return Strange("a map")
    if isinstance(data, _LISTS):
        return Strange("a list" if isinstance(data, list | tuple) else "a set")
    kind = type(data)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return Strange(
        f"a value of the class `{shortened(f'{module}{kind.__qualname__}')}`", _INSTEAD.get(kind.__name__, "")
    )


_INSTEAD = {
    "bytes": "`.decode()` makes text of bytes",
    "Fraction": "hand over the decimal that is meant, as a `Decimal`",
    "Series": "`.to_dict()` makes a record of a row, and `.tolist()` a list of a column",
}


def _items(data: Any) -> Iterator[Any]:
    """What a list holds; of a set in an order that is always the same."""
    base = next(each for each in _LISTS if issubclass(type(data), each))
    items = base.__iter__(data)
    return iter(sorted(items, key=_order)) if base in (set, frozenset) else items


def _order(item: object) -> tuple[str, str]:
    value = plain_scalar(item)
    return type(value).__name__, str(value)


def _package(kind: type) -> str:
    return kind.__module__.partition(".")[0]
