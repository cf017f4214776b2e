"""Which value of a field did somebody write, in YAML, in JSON or Python, or as text on a command line?

Three readers, one for each way of writing, end in one judge (`fit`) that compares the value with the field.
Nothing is coerced: `true` is never a number, `"5"` never an integer, and `1.0` is the integer 1.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from engine.language.documents.exact import decimal_type, fraction_type, is_whole, normal
from engine.language.documents.list_text import read_list, write_list
from engine.language.documents.name_suggestions import did_you_mean, label_help
from engine.language.documents.nodes import Node, Scalar, Sequence
from engine.language.documents.plain_values import Strange
from engine.language.documents.text import shortened
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NUMBER, TEXT, UNSURE, YES_NO, Field, Value

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

MOST_DIGITS = 15
_MOST_LENGTH = 40
# A record may hold any double; beyond this no real quantity lies, only an attempt to exhaust the exact arithmetic.
_MOST_MAGNITUDE = 400
# An integer of so many bits is surely shorter.
_SHORT_BITS = 64
_TOO_LONG = f"a number of more than {_MOST_MAGNITUDE} digits is not read"
# Compiled when a number or a date is met.
_PLAIN_NUMBER = r"[-+]?(0|[1-9]\d*)(\.\d+)?"
_NUMBER_LIKE = r"[-+.]*\d[\d_xobeE.+a-fA-F-]*|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
_AMOUNT = r"[-+]?\d[\d.,' ]*[,' ].*|[-+]?\d+(\.\d+)?\D+"
_SIGN = r"[<>]=?"
_SIGNS = {">=": "at_least", "<=": "at_most", ">": "more_than", "<": "less_than"}
# What people and spreadsheets write for yes and no; only the plain words are read.
FLAGS = {word: flag for flag, words in (("yes", "yes y true t on 1 ja oui"), ("no", "no n false f off 0 nein non"))
         for word in words.split()}  # fmt: skip
_DATE = r"(\d{4})-(\d{2})-(\d{2})"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


class Misfit(Exception):
    """A value that does not fit: its code, what is wrong, and the way out."""

    def __init__(self, code: str, message: str, help_: str | Callable[[], str] = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self._help = help_

    @property
    def help(self) -> str:
        """Worked out when it is asked for: looking for the name that was meant takes time."""
        return self._help if isinstance(self._help, str) else self._help()


def decimal_text(number: int | Decimal | Fraction) -> str:
    """A number as people write it: no exponent, no needless zeros."""
    if isinstance(number, int):
        return str(number)
    text = format(exact_decimal(number) if isinstance(number, fraction_type()) else number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def read_decimal(scalar: Scalar) -> Decimal:
    """An unquoted plain decimal of at most 15 significant digits; raises `Misfit` for anything else."""
    text = scalar.text
    if not scalar.plain:
        help_ = f"write `{text}`, without quotes" if re.fullmatch(_PLAIN_NUMBER, text) else "remove the quotes"
        raise Misfit("bad-number", f'`"{shortened(text)}"` is text, not a number', help_)
    if not _compiled(_PLAIN_NUMBER).fullmatch(text):
        help_ = "write it in plain digits with a point, such as `3`, `-1` or `0.25`"
        raise Misfit("bad-number", f"`{shortened(text)}` is not a plain decimal number", help_)
    digits = text.lstrip("+-").replace(".", "").lstrip("0")
    if len(text) > _MOST_LENGTH:
        raise Misfit("bad-number", f"`{shortened(text)}` is longer than {_MOST_LENGTH} characters", "round it")
    if len(digits) > MOST_DIGITS:
        message = f"`{shortened(text)}` has more than {MOST_DIGITS} significant digits"
        raise Misfit("bad-number", message, "round it: no real rule needs more")
    return decimal_type()(text)


def read_date(text: str) -> datetime.date:
    """A day written as `2026-01-31`; raises `Misfit` for another form and for days that no calendar has."""
    found = _compiled(_DATE).fullmatch(text)
    if not found:
        help_ = date_help(text) or "write year-month-day, such as `2026-01-31`"
        raise Misfit("bad-date", f"`{shortened(text)}` is not a date", help_)
    try:
        return datetime.date(*map(int, found.groups()))
    except ValueError:
        raise Misfit("bad-date", f"there is no day `{text}`", "compare it with a calendar") from None


def _from_scalar(field: Field, scalar: Scalar) -> object:
    """What an author's scalar says, read as the field's kind; text that is nothing of the kind stays text."""
    text = scalar.text
    if field.kind == YES_NO and scalar.plain and text in ("yes", "true", "no", "false"):
        return text in ("yes", "true")
    if field.kind in (INTEGER, NUMBER) and scalar.plain:
        if _is_count(text):
            return int(text)
        if _compiled(_NUMBER_LIKE).fullmatch(text):
            return read_decimal(scalar)
    if field.kind == YES_NO and scalar.plain and text.casefold() in FLAGS:
        raise Misfit("wrong-type", f"`{text}` does not fit here", _flag_help(field, text))
    if field.kind == DATE and (scalar.plain or scalar.in_data) and _compiled(_DATE).fullmatch(text):
        return read_date(text)
    return text if scalar.plain or field.kind not in (YES_NO, INTEGER, NUMBER, DATE) else _Quoted(text)


def _flag_help(field: Field, text: str) -> str:
    """The spelling of yes and no that is read here, for one that is not."""
    return f"write `{FLAGS[text.casefold()]}`" if field.kind == YES_NO and text.casefold() in FLAGS else ""


def _unquoted_help(field: Field, text: str) -> str:
    """The value without the quotes, where it fits so."""
    try:
        _of_kind(field, _from_scalar(field, Scalar(str(text), True, field.place)))
    except Misfit:
        return ""
    return f"write `{text}`"


def date_help(text: str) -> str:
    """The day that was written otherwise, as it is written here, where only one can be meant.

    >>> date_help("31.1.2026"), date_help("2026/01/31"), date_help("01/02/2026")
    ('write `2026-01-31`', 'write `2026-01-31`', '')
    """
    found = re.fullmatch(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})", text.strip(), re.ASCII)
    if not found:
        return ""
    first, sign, middle, last = int(found[1]), found[2], int(found[3]), int(found[4])
    year, month, day = (first, middle, last) if len(found[1]) == 4 else (last, middle, first)
    if len(found[1]) != 4 and sign != ".":
        # Some write the month first: it is told apart only where a number can be no month.
        if first <= 12 and middle <= 12 and first != middle:
            return ""
        month, day = (middle, first) if middle <= 12 else (first, middle)
    try:
        return f"write `{datetime.date(year, month, day).isoformat()}`" if year > 99 else ""
    except ValueError:
        return ""


def _is_count(text: str) -> bool:
    """Whether this is one of the numbers written most, which are told without a pattern: 0, 1, 2 and so on."""
    return text.isdigit() and text.isascii() and len(text) <= MOST_DIGITS and (text[0] != "0" or text == "0")


class _Quoted(str):
    """Text in quotes where something else was expected, kept apart so that the answer can say so."""


def node_value(field: Field, node: Node) -> Value:
    """The value of a field as an author wrote it in YAML; raises `Misfit`."""
    if isinstance(node, Sequence):
        if any(not isinstance(item, Scalar) for item in node.items):
            raise Misfit("wrong-type", "a list of answers holds plain values only", f"expected {expected(field)}")
        return fit(field, [item.text if isinstance(item, Scalar) else "" for item in node.items])
    if isinstance(node, Scalar):
        return fit(field, _from_scalar(field, node))
    raise Misfit("wrong-type", "a map stands where a value is expected", f"expected {expected(field)}")


def text_value(field: Field, text: str) -> Value:
    """The value of a field as typed on a command line or in a CSV cell; raises `Misfit`."""
    if field.kind == ANY_OF:
        return fit(field, read_list(text))
    return fit(field, _from_scalar(field, Scalar(text, True, field.place)))


def data_value(field: Field, data: object) -> Value:
    """The value of a field in JSON or Python data, as `plain_value` gives it; raises `Misfit`."""
    if field.kind == DATE and isinstance(data, str):
        return fit(field, read_date(data))
    if field.kind == YES_NO and isinstance(data, str) and data.casefold() in FLAGS:
        flag = "true" if FLAGS[data.casefold()] == "yes" else "false"
        raise Misfit("wrong-type", f"the text `{data}` does not fit here", f"write `{flag}`, without quotes")
    return fit(field, data)


def is_unsure(field: Field, value: object) -> bool:
    """Whether this is the answer `unsure`: a known text of that name is an answer like any other."""
    text = value.text if isinstance(value, Scalar) else value
    return text == UNSURE and UNSURE not in field.known and UNSURE not in field.options


def _exact(data: int | float | Decimal) -> Decimal:
    if isinstance(data, int) and data.bit_length() > 4 * _MOST_MAGNITUDE:
        raise Misfit("out-of-range", _TOO_LONG, "compare the unit")
    number = decimal_type()(repr(float(data)) if isinstance(data, float) else data)
    if not number.is_finite():
        raise Misfit("not-a-number", f"`{data}` is not a number", "leave the field out where it is not known")
    if number and abs(number.adjusted()) > _MOST_MAGNITUDE:
        raise Misfit("out-of-range", _TOO_LONG, "compare the unit")
    return number


def fit(field: Field, data: object) -> Value:
    """The field's value that `data` is, checked against everything the field declares; raises `Misfit`."""
    value = _of_kind(field, data)
    if field.kind in (INTEGER, NUMBER, DATE):
        _in_range(field, value)
        if field.kind == NUMBER and field.step is not None:
            _on_grid(field, value)
    return value


def constant(field: Field, scalar: Scalar) -> Value:
    """A constant that a condition compares the field with: of its kind, but free to lie outside range and grid."""
    try:
        return _of_kind(field, _from_scalar(field, scalar))
    except Misfit as misfit:
        if misfit.code != "wrong-type" or (field.low, field.high, field.step) == (None, None, None):
            raise
        return constant(replace(field, low=None, high=None, step=None), scalar)


def _of_kind(field: Field, data: object) -> Value:
    return _KIND[field.kind](field, data)


def _refuse(field: Field, data: object) -> Misfit:
    if isinstance(data, str) and (sign := re.match(_SIGN, data)) and field.kind in (INTEGER, NUMBER, DATE):
        return Misfit("wrong-type", f"`{shortened(data)}` is not a value", f"write `{{{_SIGNS[sign.group()]}: …}}`")
    if field.kind == DATE and isinstance(data, str) and not isinstance(data, _Quoted) and (help_ := date_help(data)):
        return Misfit("wrong-type", f"`{shortened(data)}` does not fit here", help_)
    if isinstance(data, str) and field.kind in (INTEGER, NUMBER) and re.fullmatch(_AMOUNT, data):
        number, _, unit = data.partition(" ")
        if field.unit and unit.strip() in (field.unit, field.unit.removesuffix("s")):
            return Misfit(
                "wrong-type", f"`{shortened(data)}` is not a plain number", f"write `{number}`, without the unit"
            )
        help_ = "write plain digits with a point, such as `0.5`; what they count goes in the field's `unit`"
        return Misfit("wrong-type", f"`{shortened(data)}` is not a plain number", help_)
    if isinstance(data, Strange):
        help_ = f"expected {expected(field)}" + (f"; {data.help}" if data.help else "")
        return Misfit("wrong-type", f"{data.words} does not fit here", help_)
    if isinstance(data, _Quoted):
        wanted = _flag_help(field, data) or _unquoted_help(field, data) or f"expected {expected(field)}"
        return Misfit("wrong-type", f'`"{shortened(data)}"` is text', f"{wanted}, without quotes")
    return Misfit("wrong-type", f"{_shown(data)} does not fit here", f"expected {expected(field)}")


def _shown(data: object) -> str:
    if isinstance(data, bool):
        return "`true`" if data else "`false`"
    if isinstance(data, str):
        return f"`{shortened(data)}`" if data else "an empty text"
    if isinstance(data, list | tuple | set | frozenset):
        return "a list"
    if isinstance(data, datetime.date):
        return f"the date `{data.isoformat()}`"
    if isinstance(data, (int, float, decimal_type())):
        return f"`{shortened(decimal_text(_exact(data)))}`"
    return "`null`"


def _choice(field: Field, data: object) -> Value:
    if not isinstance(data, str):
        raise _refuse(field, data)
    if data not in field.option_set:
        message = f"`{shortened(data)}` is not a choice of `{field.name}`"
        raise Misfit("unknown-choice", message, lambda: option_help(field, data))
    return str(data)


def option_help(field: Field, written: str) -> str:
    """The choice that was meant: the one whose label was written, or one of a like name."""
    return label_help(written, field.texts) or did_you_mean(written, field.options)


def _yes_no(field: Field, data: object) -> Value:
    if not isinstance(data, bool):
        raise _refuse(field, data)
    return data


def _number(field: Field, data: object) -> Value:
    if field.kind == INTEGER and type(data) is int and data.bit_length() <= _SHORT_BITS:
        return data
    if isinstance(data, bool) or not isinstance(data, (int, float, decimal_type())):
        raise _refuse(field, data)
    number = _exact(data)
    if field.kind == NUMBER:
        return normal(number)
    if not is_whole(number):
        message = f"`{decimal_text(number)}` is not a whole number"
        raise Misfit("wrong-type", message, f"expected {expected(field)}")
    return int(number)


def _date(field: Field, data: object) -> Value:
    if not isinstance(data, datetime.date):
        raise _refuse(field, data)
    return data


def _any_of(field: Field, data: object) -> Value:
    if not isinstance(data, list | tuple | set | frozenset):
        raise _refuse(field, data)
    chosen = list(data)
    for name in chosen:
        _choice(field, name)
    once = set(chosen)
    if len(once) < len(chosen):
        name = next(each for each in chosen if chosen.count(each) > 1)
        raise Misfit("repeated", f"`{name}` stands in the list twice", "keep one of the two")
    return tuple(option for option in field.options if option in once)


def _text(field: Field, data: object) -> Value:
    if not isinstance(data, str):
        raise _refuse(field, data)
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


def _in_range(field: Field, value: Any) -> None:
    low, high = field.low, field.high
    if (low is not None and value < low) or (high is not None and value > high):
        message = f"`{shortened(value_text(field, value))}` is out of range"
        raise Misfit("out-of-range", message, f"expected {expected(field)}")


def _on_grid(field: Field, value: Any) -> None:
    if grid_position(field, value).denominator != 1:
        message = f"`{value_text(field, value)}` lies between two steps"
        raise Misfit("off-grid", message, f"expected {expected(field)}")


def grid_base(field: Field) -> int | Fraction:
    """The value at position 0 of a grid field; dates count in days from the year 1, as Python does."""
    if field.kind != NUMBER or field.low is None or isinstance(field.low, datetime.date):
        return 0
    return fraction_type()(field.low)


def grid_position(field: Field, value: Any) -> int | Fraction:
    """Where a value lies on the grid of an integer, date or stepped number; a whole number when it lies on it."""
    if field.kind == DATE:
        return int(value.toordinal())
    if field.step is None and isinstance(value, int):
        return value
    fraction = fraction_type()
    if field.step is None:
        return fraction(value)
    return (fraction(value) - grid_base(field)) / fraction(field.step)


def grid_value(field: Field, position: int) -> int | Decimal | datetime.date:
    """The value at a whole position of the grid: the inverse of `grid_position`."""
    if field.kind == DATE:
        return datetime.date.fromordinal(position)
    if field.step is None:
        return position
    return exact_decimal(grid_base(field) + position * fraction_type()(field.step))


def exact_decimal(number: Fraction) -> Decimal:
    """A fraction that is a finite decimal, as that decimal, with as many digits as it takes."""
    places = 0
    while number.denominator != 1:
        number *= 10
        places += 1
    digits = tuple(map(int, str(abs(number.numerator))))
    # Built from its digits: arithmetic on decimals would round to the precision of the context.
    return decimal_type()((int(number < 0), digits, -places))


def expected(field: Field) -> str:
    """What answers a field takes, in words."""
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
    """A value as it is written: `yes`, `12.5`, `2026-01-31`, `[insured, tracked]`, `van`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return write_list(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value if isinstance(value, str) else decimal_text(value)


def value_data(value: Value) -> Any:
    """A value as JSON data; a decimal as the double that reads back as the same decimal."""
    if isinstance(value, decimal_type()):
        return int(value) if is_whole(value) else float(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
