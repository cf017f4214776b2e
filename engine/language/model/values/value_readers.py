"""Conversion of written answers to typed values of a field.

Three readers, one for each source (YAML nodes, JSON or Python data, text), share one validator, `fit`. Nothing is
coerced: `true` is never a number and `"5"` never an integer, but `1.0` is the integer 1.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from engine.language.documents.exact import decimal_type, is_whole, strip_zeros
from engine.language.documents.nodes import Node, Scalar, Sequence
from engine.language.documents.plain_values import Unsupported
from engine.language.documents.text import shorten
from engine.language.model.field_kinds import (
    ANY_OF,
    CHOICE,
    DATE,
    INTEGER,
    NONE,
    NOT_ASKED,
    NUMBER,
    TEXT,
    UNSURE,
    YES_NO,
    Field,
    Value,
)
from engine.language.model.values.grid_positions import grid_position
from engine.language.model.values.misfits import FLAGS, Misfit, date_help, option_help

if TYPE_CHECKING:
    from decimal import Decimal

MOST_DIGITS = 15


_MOST_LENGTH = 40


# The largest decimal exponent read: larger than any double's, and small enough for exact arithmetic to stay fast.
_MOST_MAGNITUDE = 400


# Integers of up to this many bits skip the check of magnitude.
_SHORT_BITS = 64


_TOO_LONG = f"a number of more than {_MOST_MAGNITUDE} digits is not supported"


# Compiled on first use.
_PLAIN_NUMBER = r"[-+]?(0|[1-9]\d*)(\.\d+)?"


_NUMBER_LIKE = r"[-+.]*\d[\d_xobeE.+a-fA-F-]*|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"


_AMOUNT = r"[-+]?\d[\d.,' ]*[,' ].*|[-+]?\d+(\.\d+)?\D+"


_SIGN = r"[<>]=?"


_DATE = r"(\d{4})-(\d{2})-(\d{2})"


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    """The compiled pattern, cached."""
    return re.compile(pattern, re.ASCII)


def read_decimal(scalar: Scalar) -> Decimal:
    """Read an unquoted decimal of at most 15 significant digits; raises `Misfit` for anything else."""
    text = scalar.text
    if not scalar.plain:
        help_ = f"write `{text}`, without quotes" if re.fullmatch(_PLAIN_NUMBER, text) else "remove the quotes"
        raise Misfit("bad-number", f'`"{shorten(text)}"` is text, not a number', help_)
    if not _compile(_PLAIN_NUMBER).fullmatch(text):
        help_ = "write it in plain digits with a point, such as `3`, `-1` or `0.25`"
        raise Misfit("bad-number", f"`{shorten(text)}` is not a plain decimal number", help_)
    digits = text.lstrip("+-").replace(".", "").lstrip("0")
    if len(text) > _MOST_LENGTH:
        raise Misfit("bad-number", f"`{shorten(text)}` is longer than {_MOST_LENGTH} characters", "round it")
    if len(digits) > MOST_DIGITS:
        message = f"`{shorten(text)}` has more than {MOST_DIGITS} significant digits"
        raise Misfit("bad-number", message, "round it: no real rule needs more")
    return decimal_type()(text)


def read_date(text: str) -> datetime.date:
    """Read a date written as `2026-01-31`; raises `Misfit` for another form or a nonexistent day."""
    found = _compile(_DATE).fullmatch(text)
    if not found:
        help_ = date_help(text) or "write year-month-day, such as `2026-01-31`"
        raise Misfit("bad-date", f"`{shorten(text)}` is not a date", help_)
    try:
        return datetime.date(*map(int, found.groups()))
    except ValueError:
        raise Misfit("bad-date", f"there is no day `{text}`", "compare it with a calendar") from None


def _from_scalar(field: Field, scalar: Scalar) -> object:
    """Parse a scalar as the field's kind; a text that cannot be of that kind stays text."""
    text = scalar.text
    if field.kind == YES_NO and scalar.plain and text in ("yes", "true", "no", "false"):
        return text in ("yes", "true")
    if field.kind in (INTEGER, NUMBER) and scalar.plain:
        if _is_count(text):
            return int(text)
        if _compile(_NUMBER_LIKE).fullmatch(text):
            return read_decimal(scalar)
    if field.kind == YES_NO and scalar.plain and text.casefold() in FLAGS:
        raise Misfit("wrong-type", f"`{text}` does not fit here", _flag_help(field, text))
    if field.kind == DATE and (scalar.plain or scalar.in_data) and _compile(_DATE).fullmatch(text):
        return read_date(text)
    return text if scalar.plain or field.kind not in (YES_NO, INTEGER, NUMBER, DATE) else _Quoted(text)


def _flag_help(field: Field, text: str) -> str:
    """The help that shows `yes` or `no` for a text such as `on`; empty for other texts."""
    return f"write `{FLAGS[text.casefold()]}`" if field.kind == YES_NO and text.casefold() in FLAGS else ""


def _unquoted_help(field: Field, text: str) -> str:
    """The help that shows a quoted text without its quotes; empty if it would not fit either."""
    try:
        check_kind(field, _from_scalar(field, Scalar(str(text), True, field.place)))
    except Misfit:
        return ""
    return f"write `{text}`"


def _is_count(text: str) -> bool:
    """Whether `text` is a short non-negative integer, the most common number, which needs no regular expression."""
    return text.isdigit() and text.isascii() and len(text) <= MOST_DIGITS and (text[0] != "0" or text == "0")


class _Quoted(str):
    """Quoted text in place of another kind of value, distinguished so that the message can mention the quotes."""


def node_value(field: Field, node: Node) -> Value:
    """Read a field's value from YAML or from a program's mapping; raises `Misfit`."""
    if isinstance(node, Sequence):
        if any(not isinstance(item, Scalar) for item in node.items):
            raise Misfit("wrong-type", "a list of answers holds plain values only", _expected(field))
        return fit(field, [item.text if isinstance(item, Scalar) else "" for item in node.items])
    if isinstance(node, Scalar):
        return fit(field, _from_scalar(field, node))
    raise Misfit("wrong-type", "there is a map where a value is expected", _expected(field))


def text_value(field: Field, text: str) -> Value:
    """Read a field's value from a command line or CSV cell; raises `Misfit`."""
    if field.kind == ANY_OF:
        from engine.language.documents.list_text import read_list

        return fit(field, read_list(text))
    return fit(field, _from_scalar(field, Scalar(text, True, field.place)))


def data_value(field: Field, data: object) -> Value:
    """Read a field's value from JSON or Python data, as `plain_value` returns it; raises `Misfit`."""
    if field.kind == DATE and isinstance(data, str) and not is_none(field, data):
        return fit(field, read_date(data))
    if field.kind == YES_NO and isinstance(data, str) and data.casefold() in FLAGS:
        flag = "true" if FLAGS[data.casefold()] == "yes" else "false"
        raise Misfit("wrong-type", f"the text `{data}` does not fit here", f"write `{flag}`, without quotes")
    return fit(field, data)


def is_unsure(field: Field, value: object) -> bool:
    """Whether this is the answer `unsure`, rather than an option or known text with that name."""
    text = value.text if isinstance(value, Scalar) else value
    return text == UNSURE and UNSURE not in field.known and UNSURE not in field.options


def is_none(field: Field, value: object) -> bool:
    """Whether this is the answer that there is no value, which the field must allow."""
    return field.or_none is not None and isinstance(value, str) and value == NONE


def _exact(data: int | float | Decimal) -> Decimal:
    """A number as an exact decimal; raises `Misfit` if it is infinite, NaN or out of range."""
    if isinstance(data, int) and data.bit_length() > 4 * _MOST_MAGNITUDE:
        raise Misfit("out-of-range", _TOO_LONG, "compare the unit")
    number = decimal_type()(repr(float(data)) if isinstance(data, float) else data)
    if not number.is_finite():
        raise Misfit("not-a-number", f"`{data}` is not a number", "leave the field out where it is not known")
    if number and abs(number.adjusted()) > _MOST_MAGNITUDE:
        raise Misfit("out-of-range", _TOO_LONG, "compare the unit")
    return number


def fit(field: Field, data: object) -> Value:
    """Check `data` against the field's kind, range and grid, and return the typed value; raises `Misfit`."""
    value = check_kind(field, data)
    if field.is_ranged and value != NONE:
        _require_in_range(field, value)
        if field.kind == NUMBER and field.step is not None:
            _require_on_grid(field, value)
    return value


def read_constant(field: Field, scalar: Scalar) -> Value:
    """Read a constant to compare the field with; it may lie outside the field's range and grid. Raises `Misfit`."""
    try:
        return check_kind(field, _from_scalar(field, scalar))
    except Misfit as misfit:
        if misfit.code != "wrong-type" or (field.low, field.high, field.step) == (None, None, None):
            raise
        return read_constant(replace(field, low=None, high=None, step=None), scalar)


def check_kind(field: Field, data: object) -> Value:
    """Check `data` against the field's kind only."""
    if is_none(field, data):
        return NONE
    if field.applies_when is not None and isinstance(data, str) and data == NOT_ASKED:
        raise Misfit("wrong-type", "this text is no answer", "where the question is not asked, leave the field out")
    return _KIND[field.kind](field, data)


def _expected(field: Field) -> str:
    """The help that says which values a field takes."""
    from engine.language.model.values.value_texts import expected

    return f"expected {expected(field)}"


def _misfit_for(field: Field, data: object) -> Misfit:
    """The error for data of the wrong type."""
    if isinstance(data, str) and re.match(_SIGN, data) and field.is_ranged:
        # A condition says what to write in place of the sign; an answer has none.
        help_ = f"{_expected(field)}, without a sign"
        return Misfit("wrong-type", f"`{shorten(data)}` is not a value", help_)
    if field.kind == DATE and isinstance(data, str) and not isinstance(data, _Quoted) and (help_ := date_help(data)):
        return Misfit("wrong-type", f"`{shorten(data)}` does not fit here", help_)
    if isinstance(data, str) and field.kind in (INTEGER, NUMBER) and re.fullmatch(_AMOUNT, data):
        number, _, unit = data.partition(" ")
        if field.unit and unit.strip() in (field.unit, field.unit.removesuffix("s")):
            return Misfit(
                "wrong-type", f"`{shorten(data)}` is not a plain number", f"write `{number}`, without the unit"
            )
        help_ = "write plain digits with a point, such as `0.5`; what they count goes in the field's `unit`"
        return Misfit("wrong-type", f"`{shorten(data)}` is not a plain number", help_)
    if isinstance(data, Unsupported):
        help_ = _expected(field) + (f"; {data.help}" if data.help else "")
        return Misfit("wrong-type", f"{data.words} does not fit here", help_)
    if isinstance(data, _Quoted):
        wanted = _flag_help(field, data) or _unquoted_help(field, data) or _expected(field)
        return Misfit("wrong-type", f'`"{shorten(data)}"` is text', f"{wanted}, without quotes")
    return Misfit("wrong-type", f"{_describe(data)} does not fit here", _expected(field))


def _describe(data: object) -> str:
    """The data as it stands in a message."""
    if isinstance(data, bool):
        return "`true`" if data else "`false`"
    if isinstance(data, str):
        return f"`{shorten(data)}`" if data else "an empty text"
    if isinstance(data, list | tuple | set | frozenset):
        return "a list"
    if isinstance(data, datetime.date):
        return f"the date `{data.isoformat()}`"
    if isinstance(data, (int, float, decimal_type())):
        from engine.language.model.values.value_texts import decimal_text

        return f"`{shorten(decimal_text(_exact(data)))}`"
    return "`null`"


def _choice(field: Field, data: object) -> Value:
    """Check an option."""
    if not isinstance(data, str):
        raise _misfit_for(field, data)
    if data not in field.option_set:
        message = f"`{shorten(data)}` is not a choice of `{field.name}`"
        raise Misfit("unknown-choice", message, lambda: option_help(field, data))
    return str(data)


def _yes_no(field: Field, data: object) -> Value:
    """Check a yes/no answer."""
    if not isinstance(data, bool):
        raise _misfit_for(field, data)
    return data


def _number(field: Field, data: object) -> Value:
    """Check an integer or number, and return it as `int` or normalised `Decimal`."""
    if field.kind == INTEGER and type(data) is int and data.bit_length() <= _SHORT_BITS:
        return data
    if isinstance(data, bool) or not isinstance(data, (int, float, decimal_type())):
        raise _misfit_for(field, data)
    number = _exact(data)
    if field.kind == NUMBER:
        return strip_zeros(number)
    if not is_whole(number):
        from engine.language.model.values.value_texts import decimal_text

        message = f"`{decimal_text(number)}` is not a whole number"
        raise Misfit("wrong-type", message, _expected(field))
    return int(number)


def _date(field: Field, data: object) -> Value:
    """Check a date."""
    if not isinstance(data, datetime.date):
        raise _misfit_for(field, data)
    return data


def _any_of(field: Field, data: object) -> Value:
    """Check a list of options, and return it in the policy's order."""
    if not isinstance(data, list | tuple | set | frozenset):
        raise _misfit_for(field, data)
    chosen = list(data)
    for name in chosen:
        _choice(field, name)
    once = set(chosen)
    if len(once) < len(chosen):
        name = next(each for each in chosen if chosen.count(each) > 1)
        raise Misfit("repeated", f"`{name}` is in the list twice", "keep one of the two")
    return tuple(option for option in field.options if option in once)


def _text(field: Field, data: object) -> Value:
    """Check a text."""
    if not isinstance(data, str):
        raise _misfit_for(field, data)
    return str(data)


_KIND: dict[str, Callable[[Field, object], Value]] = {
    CHOICE: _choice,
    YES_NO: _yes_no,
    INTEGER: _number,
    NUMBER: _number,
    DATE: _date,
    ANY_OF: _any_of,
    TEXT: _text,
}


def _require_in_range(field: Field, value: Any) -> None:
    """Raise `Misfit` if the value lies outside the field's range."""
    low, high = field.low, field.high
    if (low is not None and value < low) or (high is not None and value > high):
        from engine.language.model.values.value_texts import value_text

        message = f"`{shorten(value_text(field, value))}` is out of range"
        raise Misfit("out-of-range", message, _expected(field))


def _require_on_grid(field: Field, value: Any) -> None:
    """Raise `Misfit` if the value is not on the field's grid."""
    if grid_position(field, value).denominator != 1:
        from engine.language.model.values.value_texts import value_text

        message = f"`{value_text(field, value)}` lies between two steps"
        raise Misfit("off-grid", message, _expected(field))
