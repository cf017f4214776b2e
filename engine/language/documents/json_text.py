"""What does a JSON text hold, read exactly as it is written, and what is wrong with it?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from engine.language.documents.exact import decimal_type, read_number
from engine.language.documents.text import shortened
from engine.problems import Place, Problem, RecordError

if TYPE_CHECKING:
    from decimal import Decimal

_MOST_DIGITS = 15


def is_json(text: str) -> bool:
    """Whether this is a JSON map."""
    try:
        json.loads(text, parse_float=_decimal, parse_int=_whole)
    except (ValueError, RecursionError, RecordError):
        return False
    return text.lstrip()[:1] == "{"


def read_json(text: str, file: str) -> Any:
    """The data in a JSON text, numbers exactly as they are written; raises `RecordError`."""
    repeated: list[Problem] = []

    def entries(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            repeated.extend(_repeated([key for key, _ in pairs], file))
        return found

    try:
        data = json.loads(text, parse_float=_decimal, parse_int=_whole, object_pairs_hook=entries)
    except json.JSONDecodeError as error:
        place = Place(file, error.lineno, error.colno)
        help_ = "texts and names stand in double quotes, and a comma stands between entries"
        raise RecordError([Problem("json-syntax", "this is not JSON", (place,), help_)]) from None
    except RecursionError:
        raise RecordError([Problem("too-deep", "maps and lists are nested too deep", (Place(file),))]) from None
    if repeated:
        raise RecordError(repeated)
    return data


def _repeated(keys: list[str], file: str) -> Iterator[Problem]:
    met: set[str] = set()
    for key in keys:
        if key in met:
            message = f"the key `{shortened(key)}` stands here twice"
            yield Problem("duplicate-key", message, (Place(file, path=shortened(key)),), "keep one of the two")
        met.add(key)


def _whole(text: str) -> int | Decimal:
    """A JSON number without a point: the usual ones need no decimals, which take a while to load."""
    return int(text) if text.isdigit() and len(text) <= _MOST_DIGITS else _decimal(text)


def _decimal(text: str) -> Decimal:
    """A JSON number, exactly as written; one whose exponent no decimal can hold stays far beyond every range."""
    try:
        return read_number(text)
    except ArithmeticError:
        return decimal_type()("1e1000")
