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

from engine.language.documents.exact import decimal_type, fraction_type, is_whole, strip_zeros
from engine.language.documents.list_text import read_list, write_list
from engine.language.documents.name_suggestions import did_you_mean, label_help
from engine.language.documents.nodes import Node, Scalar, Sequence
from engine.language.documents.plain_values import Unsupported
from engine.language.documents.text import shorten
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NUMBER, TEXT, UNSURE, YES_NO, Field, Value

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

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
_SIGNS = {">=": "at_least", "<=": "at_most", ">": "more_than", "<": "less_than"}
# What people and spreadsheets write for yes and no, for help texts: only `yes`, `no`, `true` and `false` are read.
FLAGS = {word: flag for flag, words in (("yes", "yes y true t on 1 ja oui"), ("no", "no n false f off 0 nein non"))
         for word in words.split()}  # fmt: skip
_DATE = r"(\d{4})-(\d{2})-(\d{2})"


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    """The compiled pattern, cached."""
    return re.compile(pattern, re.ASCII)


class Misfit(Exception):
    """A value that does not fit its field: problem code, message, and help."""

    def __init__(self, code: str, message: str, help_: str | Callable[[], str] = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self._help = help_

    @property
    def help(self) -> str:
        """The help, computed on first use: searching for similar names takes time."""
        return self._help if isinstance(self._help, str) else self._help()


def decimal_text(number: int | Decimal | Fraction) -> str:
    """Format a number without exponent and trailing zeros."""
    if isinstance(number, int):
        return str(number)
    text = format(exact_decimal(number) if isinstance(number, fraction_type()) else number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


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
        _check_kind(field, _from_scalar(field, Scalar(str(text), True, field.place)))
    except Misfit:
        return ""
    return f"write `{text}`"


def date_help(text: str) -> str:
    """The help that shows a date in the required form; empty if it is ambiguous or no date.

    >>> date_help("31.1.2026"), date_help("2026/01/31"), date_help("01/02/2026")
    ('write `2026-01-31`', 'write `2026-01-31`', '')
    """
    found = re.fullmatch(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})", text.strip(), re.ASCII)
    if not found:
        return ""
    first, sign, middle, last = int(found[1]), found[2], int(found[3]), int(found[4])
    year, month, day = (first, middle, last) if len(found[1]) == 4 else (last, middle, first)
    if len(found[1]) != 4 and sign != ".":
        # Some write the month first; the two orders can be told apart only if one of the numbers exceeds 12.
        if first <= 12 and middle <= 12 and first != middle:
            return ""
        month, day = (middle, first) if middle <= 12 else (first, middle)
    try:
        return f"write `{datetime.date(year, month, day).isoformat()}`" if year > 99 else ""
    except ValueError:
        return ""


def _is_count(text: str) -> bool:
    """Whether `text` is a short non-negative integer, the most common number, which needs no regular expression."""
    return text.isdigit() and text.isascii() and len(text) <= MOST_DIGITS and (text[0] != "0" or text == "0")


class _Quoted(str):
    """Quoted text in place of another kind of value, distinguished so that the message can mention the quotes."""


def node_value(field: Field, node: Node) -> Value:
    """Read a field's value from YAML or from a program's mapping; raises `Misfit`."""
    if isinstance(node, Sequence):
        if any(not isinstance(item, Scalar) for item in node.items):
            raise Misfit("wrong-type", "a list of answers holds plain values only", f"expected {expected(field)}")
        return fit(field, [item.text if isinstance(item, Scalar) else "" for item in node.items])
    if isinstance(node, Scalar):
        return fit(field, _from_scalar(field, node))
    raise Misfit("wrong-type", "there is a map where a value is expected", f"expected {expected(field)}")


def text_value(field: Field, text: str) -> Value:
    """Read a field's value from a command line or CSV cell; raises `Misfit`."""
    if field.kind == ANY_OF:
        return fit(field, read_list(text))
    return fit(field, _from_scalar(field, Scalar(text, True, field.place)))


def data_value(field: Field, data: object) -> Value:
    """Read a field's value from JSON or Python data, as `plain_value` returns it; raises `Misfit`."""
    if field.kind == DATE and isinstance(data, str):
        return fit(field, read_date(data))
    if field.kind == YES_NO and isinstance(data, str) and data.casefold() in FLAGS:
        flag = "true" if FLAGS[data.casefold()] == "yes" else "false"
        raise Misfit("wrong-type", f"the text `{data}` does not fit here", f"write `{flag}`, without quotes")
    return fit(field, data)


def is_unsure(field: Field, value: object) -> bool:
    """Whether this is the answer `unsure`, rather than an option or known text with that name."""
    text = value.text if isinstance(value, Scalar) else value
    return text == UNSURE and UNSURE not in field.known and UNSURE not in field.options


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
    value = _check_kind(field, data)
    if field.is_ranged:
        _require_in_range(field, value)
        if field.kind == NUMBER and field.step is not None:
            _require_on_grid(field, value)
    return value


def read_constant(field: Field, scalar: Scalar) -> Value:
    """Read a constant to compare the field with; it may lie outside the field's range and grid. Raises `Misfit`."""
    try:
        return _check_kind(field, _from_scalar(field, scalar))
    except Misfit as misfit:
        if misfit.code != "wrong-type" or (field.low, field.high, field.step) == (None, None, None):
            raise
        return read_constant(replace(field, low=None, high=None, step=None), scalar)


def _check_kind(field: Field, data: object) -> Value:
    """Check `data` against the field's kind only."""
    return _KIND[field.kind](field, data)


def _misfit_for(field: Field, data: object) -> Misfit:
    """The error for data of the wrong type."""
    if isinstance(data, str) and (sign := re.match(_SIGN, data)) and field.is_ranged:
        return Misfit("wrong-type", f"`{shorten(data)}` is not a value", f"write `{{{_SIGNS[sign.group()]}: …}}`")
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
        help_ = f"expected {expected(field)}" + (f"; {data.help}" if data.help else "")
        return Misfit("wrong-type", f"{data.words} does not fit here", help_)
    if isinstance(data, _Quoted):
        wanted = _flag_help(field, data) or _unquoted_help(field, data) or f"expected {expected(field)}"
        return Misfit("wrong-type", f'`"{shorten(data)}"` is text', f"{wanted}, without quotes")
    return Misfit("wrong-type", f"{_describe(data)} does not fit here", f"expected {expected(field)}")


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


def option_help(field: Field, written: str) -> str:
    """The help for an unknown option: the one with this label, or with a similar name."""
    return label_help(written, field.texts) or did_you_mean(written, field.options)


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
        message = f"`{decimal_text(number)}` is not a whole number"
        raise Misfit("wrong-type", message, f"expected {expected(field)}")
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
        message = f"`{shorten(value_text(field, value))}` is out of range"
        raise Misfit("out-of-range", message, f"expected {expected(field)}")


def _require_on_grid(field: Field, value: Any) -> None:
    """Raise `Misfit` if the value is not on the field's grid."""
    if grid_position(field, value).denominator != 1:
        message = f"`{value_text(field, value)}` lies between two steps"
        raise Misfit("off-grid", message, f"expected {expected(field)}")


def grid_base(field: Field) -> int | Fraction:
    """The value at position 0 of the field's grid: `low` for a stepped number, else 0."""
    if field.kind != NUMBER or field.low is None or isinstance(field.low, datetime.date):
        return 0
    return fraction_type()(field.low)


def grid_position(field: Field, value: Any) -> int | Fraction:
    """The position of a value on the grid of an integer, date or number; integral if and only if it lies on the grid.

    A date's position is its ordinal, in days from year 1.
    """
    if field.kind == DATE:
        return int(value.toordinal())
    if field.step is None and isinstance(value, int):
        return value
    fraction = fraction_type()
    if field.step is None:
        return fraction(value)
    return (fraction(value) - grid_base(field)) / fraction(field.step)


def grid_value(field: Field, position: int) -> int | Decimal | datetime.date:
    """The value at an integral grid position; the inverse of `grid_position`."""
    if field.kind == DATE:
        return datetime.date.fromordinal(position)
    if field.step is None:
        return position
    return exact_decimal(grid_base(field) + position * fraction_type()(field.step))


def exact_decimal(number: Fraction) -> Decimal:
    """Convert a fraction with a finite decimal expansion to a decimal, exactly."""
    places = 0
    while number.denominator != 1:
        number *= 10
        places += 1
    digits = tuple(map(int, str(abs(number.numerator))))
    # Built from digits, because decimal arithmetic rounds to the precision of the context.
    return decimal_type()((int(number < 0), digits, -places))


def expected(field: Field) -> str:
    """The answers a field accepts, in words."""
    if field.kind in (CHOICE, ANY_OF):
        names = ", ".join(f"`{option}`" for option in field.options[:12])
        names += ", …" if len(field.options) > 12 else ""
        return f"one of {names}" if field.kind == CHOICE else f"a list of none, some or all of {names}"
    if field.kind == YES_NO:
        return "yes or no (`true` or `false` in JSON and Python)"
    if field.kind == TEXT:
        return "text"
    kind = {INTEGER: "a whole number", NUMBER: "a number", DATE: "a date such as `2026-01-31`"}[field.kind]
    if field.low is not None:
        kind += f" from {value_text(field, field.low)}"
    if field.high is not None:
        kind += f" {'up to' if field.low is None else 'to'} {value_text(field, field.high)}"
    if field.step is not None:
        start = grid_base(field)
        kind += f" in steps of {decimal_text(field.step)}"
        kind += f" counted from {decimal_text(start)}" if start % fraction_type()(field.step) else ""
    return kind


def value_text(field: Field, value: Any) -> str:
    """A value as written in a file: `yes`, `12.5`, `2026-01-31`, `[insured, tracked]`, `van`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return write_list(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value if isinstance(value, str) else decimal_text(value)


def value_data(value: Value) -> Any:
    """A value as JSON data; a decimal becomes an integer or the nearest double."""
    if isinstance(value, decimal_type()):
        return int(value) if is_whole(value) else float(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def omit_empty(**entries: Any) -> dict[str, Any]:
    """The entries that are neither None nor empty, with tuples as lists."""
    kept = {key: list(value) if isinstance(value, tuple) else value for key, value in entries.items()}
    return {key: value for key, value in kept.items() if value is not None and value not in ([], {})}
