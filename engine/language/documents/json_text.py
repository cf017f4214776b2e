"""JSON records with exact numbers and located errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from engine.language.documents.exact import decimal_type, read_number
from engine.language.documents.text import shorten
from engine.problems import Place, Problem, RecordError

if TYPE_CHECKING:
    from decimal import Decimal

_MOST_DIGITS = 15


def is_json(text: str) -> bool:
    """Whether `text` is a JSON object."""
    try:
        json.loads(text, parse_float=_decimal, parse_int=_integer)
    except (ValueError, RecursionError, RecordError):
        return False
    return text.lstrip()[:1] == "{"


def read_json(text: str, file: str) -> Any:
    """Parse a JSON text, keeping numbers exactly as written.

    Raises:
        RecordError: If the text is not JSON, is nested too deeply for the parser, or repeats a key in one object.
    """
    repeated: list[Problem] = []

    def entries(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            repeated.extend(_repeated([key for key, _ in pairs], file))
        return found

    try:
        data = json.loads(text, parse_float=_decimal, parse_int=_integer, object_pairs_hook=entries)
    except json.JSONDecodeError as error:
        place = Place(file, error.lineno, error.colno)
        help_ = "texts and names need double quotes, and entries are separated by commas"
        raise RecordError.of("json-syntax", "this is not JSON", place, help_) from None
    except RecursionError:
        raise RecordError.of("too-deep", "maps and lists are nested too deep", Place(file)) from None
    if repeated:
        raise RecordError(repeated)
    return data


def _repeated(keys: list[str], file: str) -> Iterator[Problem]:
    """One problem for each repetition of a key."""
    met: set[str] = set()
    for key in keys:
        if key in met:
            message = f"the key `{shorten(key)}` appears here twice"
            yield Problem("duplicate-key", message, (Place(file, path=shorten(key)),), "keep one of the two")
        met.add(key)


def _integer(text: str) -> int | Decimal:
    """Parse a JSON integer: an `int` where it is short and non-negative, which spares loading `decimal`."""
    return int(text) if text.isdigit() and len(text) <= _MOST_DIGITS else _decimal(text)


def _decimal(text: str) -> Decimal:
    """Parse a JSON number exactly; one whose exponent is out of range becomes a value beyond every range."""
    try:
        return read_number(text)
    except ArithmeticError:
        return decimal_type()("1e1000")
