"""Conversion of Python objects to the values of the language.

One rule serves every entry point that accepts Python data. The type of an object is decided by its built-in base
class, and its value by that class's own methods, regardless of overridden `__eq__`, `__hash__` or `__str__`:

A subclass of `str`, `int`, `float`, `Decimal` or `date` counts as that base class. An enum member counts as its value;
a member that is also a string or number must equal its value. A `datetime` at midnight without a time zone is a date.
Lists, tuples, sets and one-dimensional numpy arrays are lists. Scalars of numpy and pandas count as the Python value
they hold, and narrow floats as their shortest exact decimal. `NA`, `NaT` and None are missing. Every other object is
refused, with a message that names its class.

numpy and pandas are never imported: a program that passes one of their values already has.
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
from engine.language.documents.text import shorten

# Instances of exactly these types need no conversion.
_PLAIN = frozenset({str, bool, int, float, datetime.date, type(None)})
_LISTS = (list, tuple, set, frozenset)
_NOTHING = ("NAType", "NaTType")
_MIDNIGHT = r"(\d{4}-\d{2}-\d{2})(T00(:00(:00(\.0*)?)?)?)?"
_NO_TIME = "give the day alone, as a `date`"
_NO_ZONE = "which day it is depends on the time zone: give the day alone, as a `date`"


@frozen_value
class Unsupported:
    """An object that is no value of the language: a description of it, and advice on what to pass instead."""

    words: str
    help: str = ""


def plain_value(data: object) -> Any:
    """Convert an object to `str`, `bool`, a number, `date`, `list` or None; `Unsupported` if it is none of these.

    Items of a list are converted by `plain_scalar`, so a list within a list is unsupported.
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
    """Convert an object as `plain_value` does, except that lists are unsupported."""
    kind = type(data)
    if kind in _PLAIN:
        return data
    if issubclass(kind, Enum):
        return _from_enum_member(data)
    if _package(kind) == "pandas" and kind.__name__ in _NOTHING:
        return None
    built_in = _to_built_in(data)
    return _from_numpy_scalar(data) if built_in is None else built_in


def _to_built_in(data: Any) -> Any:
    """Convert an instance of a built-in type or of a subclass; None for any other class.

    Calls the methods of the built-in type explicitly, so that a subclass cannot override them.
    """
    kind = type(data)
    if issubclass(kind, str):
        return str.__str__(data)
    if issubclass(kind, int):
        return int.__int__(data)
    if issubclass(kind, float):
        return float.__float__(data)
    if issubclass(kind, datetime.datetime):
        return _from_datetime(data)
    if issubclass(kind, datetime.date):
        return datetime.date.fromordinal(datetime.date.toordinal(data))
    decimal = decimal_type()
    return decimal(data) if issubclass(kind, decimal) else None


def _from_enum_member(member: Any) -> Any:
    """The value of an enum member; unsupported if the member is itself a string or number and differs from it."""
    meant = plain_scalar(member._value_)
    own = _to_built_in(member)
    if own is None or (type(own) is type(meant) and own == meant):
        return meant
    name = f"`{shorten(f'{type(member).__qualname__}.{member._name_}')}`"
    return Unsupported(f"{name} (its own value differs from its enum value)", "pass the one you mean")


def _from_datetime(moment: Any) -> datetime.date | Unsupported:
    """The date of a `datetime` at midnight; unsupported if it has another time or a time zone."""
    if datetime.datetime.tzinfo.__get__(moment) is not None:
        return Unsupported("a date with a time and a time zone", _NO_ZONE)
    if _package(type(moment)) == "pandas":
        # A pandas timestamp can hold nanoseconds and years that a `datetime` cannot.
        return _from_iso_text(str(moment.to_datetime64()))
    if datetime.datetime.time(moment) != datetime.time():
        return Unsupported("a date with a time", _NO_TIME)
    return datetime.datetime.date(moment)


def _from_iso_text(text: str) -> datetime.date | Unsupported:
    """The date in an ISO 8601 text whose time, if any, is midnight."""
    if not re.match(r"\d{4}-", text):
        return Unsupported("a date outside the years 1 to 9999")
    found = re.fullmatch(_MIDNIGHT, text, re.ASCII)
    try:
        return datetime.date.fromisoformat(found[1]) if found else Unsupported("a date with a time", _NO_TIME)
    except ValueError:
        return Unsupported("a date that does not exist")


def _from_numpy_scalar(data: Any) -> Any:
    """The value of a numpy scalar; every other object is unsupported."""
    is_numpy = any(each.__name__ == "generic" and _package(each) == "numpy" for each in type(data).__mro__)
    sort = data.dtype.kind if is_numpy else ""
    if sort == "b":
        return bool(data)
    if sort in ("i", "u"):
        return int(data)
    if sort == "f":
        # Not `str`, which depends on numpy's print options.
        return read_number(sys.modules["numpy"].format_float_positional(data, unique=True, trim="-"))
    if sort == "M":
        unit = data.dtype.name
        if str(data) == "NaT":
            return None
        is_day = not unit.endswith(("[Y]", "[M]", "[W]"))
        return _from_iso_text(str(data)) if is_day else Unsupported(f"a `{unit}`, which is longer than a day", _NO_TIME)
    if isinstance(data, Mapping):
        return Unsupported("a map")
    if isinstance(data, _LISTS):
        return Unsupported("a list" if isinstance(data, list | tuple) else "a set")
    kind = type(data)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return Unsupported(
        f"a value of the class `{shorten(f'{module}{kind.__qualname__}')}`", _ADVICE.get(kind.__name__, "")
    )


_ADVICE = {
    "bytes": "`.decode()` turns bytes into text",
    "Fraction": "pass the decimal you mean, as a `Decimal`",
    "Series": "`.to_dict()` makes a record of a row, and `.tolist()` a list of a column",
}


def _items(data: Any) -> Iterator[Any]:
    """The items of a list; those of a set in a reproducible order."""
    base = next(each for each in _LISTS if issubclass(type(data), each))
    items = base.__iter__(data)
    return iter(sorted(items, key=_sort_key)) if base in (set, frozenset) else items


def _sort_key(item: object) -> tuple[str, str]:
    """A key that orders values of mixed types."""
    value = plain_scalar(item)
    return type(value).__name__, str(value)


def _package(kind: type) -> str:
    """The top-level package that defines a class."""
    return kind.__module__.partition(".")[0]
