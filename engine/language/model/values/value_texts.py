"""Values as text in files, as JSON data, and what a field accepts in words."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from engine.language.documents.exact import decimal_type, fraction_type, is_whole
from engine.language.documents.list_text import write_list
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NUMBER, TEXT, YES_NO, Field, Value
from engine.language.model.values.grid_positions import exact_decimal, grid_base

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction


def decimal_text(number: int | Decimal | Fraction) -> str:
    """Format a number without exponent and trailing zeros."""
    if isinstance(number, int):
        return str(number)
    text = format(exact_decimal(number) if isinstance(number, fraction_type()) else number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def quantity_text(value: Any) -> str:
    """Format a number or a day."""
    return value.isoformat() if isinstance(value, datetime.date) else decimal_text(value)


def expected(field: Field) -> str:
    """The answers a field accepts, in words."""
    # Of a choice, `none` is among the choices.
    return _expected(field) if field.or_none is None or field.kind == CHOICE else f"{_expected(field)}, or `none`"


def _expected(field: Field) -> str:
    """The answers of a field's kind, in words."""
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
