"""Parsing of cells in tables that use words and notation of their own.

A cell is read exactly as its format says; anything else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache

from engine.language.documents.list_text import read_list
from engine.language.documents.text import shorten
from engine.language.model.field_kinds import (
    ANY_OF,
    CHOICE,
    DATE,
    INTEGER,
    NONE,
    NUMBER,
    TEXT,
    UNSURE,
    YES_NO,
    Field,
    Value,
)
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import fit, is_unsure, text_value
from engine.language.model.values.value_texts import expected
from engine.language.situations.table_format import CellFormat

_ISO = "YYYY-MM-DD"
_PARTS = {"YYYY": r"(?P<year>\d{4})", "MM": r"(?P<month>\d{2})", "DD": r"(?P<day>\d{2})",
          "M": r"(?P<month>\d{1,2})", "D": r"(?P<day>\d{1,2})"}  # fmt: skip
# No-break spaces, which programs use as thousands separators.
_SPACES = re.compile("[\u00a0\u202f]")
_PART = re.compile("YYYY|MM|DD|M|D")
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


def cell_reader(field: Field, form: CellFormat, *, blanks: bool) -> Callable[[str], Value | None]:
    """Build the parser for the cells of a field's column.

    Args:
        field: The field that the column answers.
        form: The format of its cells.
        blanks: Whether an empty cell is always a missing answer; if not, it is a text where answers are texts.

    Returns:
        A function from a cell's text to the answer, or None if it is missing; it raises `Misfit` for anything else.
    """
    key = spelling(form)
    words: dict[str, Value] = {}
    if field.if_unsure is not None and is_unsure(field, UNSURE):
        words[key(UNSURE)] = field.if_unsure
    if field.none_column is not None:
        words[key(NONE)] = NONE
    words |= {key(word): value for word, value in form.words.items()}
    empty = set(map(key, form.empty))
    named: dict[str, Value] = {}
    if field.kind in (CHOICE, TEXT, ANY_OF):
        named = {key(name): name for name in (*field.options, *field.known)}
    elif field.kind == YES_NO:
        named = dict(_YES_NO)
    is_blank_none = blanks or field.kind not in (CHOICE, TEXT)

    def read(text: str) -> Value | None:
        normalised = " ".join(text.split()) if form.ignores_spaces else text
        at = key(normalised)
        if at in words:
            return words[at]
        if at in empty or (not normalised and is_blank_none):
            return None
        if field.kind == ANY_OF:
            return fit(field, _listed(field, normalised))
        if at in named:
            return named[at]
        return read_plain(field, _normalise(field, form, normalised))

    def _listed(field: Field, text: str) -> list[str]:
        found: list[str] = []
        for part in read_list(text, form.separator):
            value = words.get(key(part), named.get(key(part), part))
            found += value if isinstance(value, tuple) else (str(value),)
        return found

    return read


def read_plain(field: Field, text: str) -> Value:
    """Read an answer in the language's notation; `unsure` becomes the field's `if_unsure`. Raises `Misfit`."""
    if is_unsure(field, text):
        if field.if_unsure is None:
            raise Misfit("unsure-refused", f"`{field.name}` cannot be answered `unsure`")
        return field.if_unsure
    return text_value(field, text)


def spelling(form: CellFormat) -> Callable[[str], str]:
    """A function that maps texts to the same key if and only if the format treats them as equal."""

    def key(text: str) -> str:
        normalised = " ".join(text.split()) if form.ignores_spaces else text
        return normalised.casefold() if form.ignores_capitals else normalised

    return key


def _normalise(field: Field, form: CellFormat, text: str) -> str:
    """Rewrite a date or number in the language's notation; any other text is unchanged."""
    if field.kind == DATE and form.date not in (None, _ISO) and not is_unsure(field, text):
        return _normalise_date(form.date or _ISO, text)
    if field.kind in (INTEGER, NUMBER) and (form.decimal, form.thousands) != (".", "") and not is_unsure(field, text):
        return _normalise_number(field, form, text)
    return text


def _normalise_number(field: Field, form: CellFormat, text: str) -> str:
    """Rewrite a number in the language's notation; raises `Misfit`."""
    if form.thousands == " ":
        text = _SPACES.sub(" ", text)
    found = _number_pattern(form.decimal, form.thousands).fullmatch(text)
    if found is None:
        groups = f", with `{form.thousands}` between groups of three digits" if form.thousands else ""
        message = f"`{shorten(text)}` is not a number with the decimal sign `{form.decimal}`{groups}"
        raise Misfit("bad-number", message, f"expected {expected(field)}")
    whole = found["whole"].replace(form.thousands, "") if form.thousands else found["whole"]
    part = found["part"]
    return f"{found['sign']}{whole}" + (f".{part}" if part else "")


@cache
def _number_pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    """The pattern of numbers with a given decimal sign and thousands separator."""
    grouped = rf"|[1-9]\d{{0,2}}({re.escape(thousands)}\d{{3}})+" if thousands else ""
    return re.compile(rf"(?P<sign>[-+]?)(?P<whole>0|[1-9]\d*{grouped})({re.escape(decimal)}(?P<part>\d+))?", re.ASCII)


def _normalise_date(form: str, text: str) -> str:
    """Rewrite a date in ISO format; raises `Misfit`."""
    found = date_pattern(form).fullmatch(text)
    if found is None and not form.startswith("YYYY-"):
        # ISO dates are unambiguous, so they are accepted too.
        found = date_pattern(_ISO).fullmatch(text)
    if found is None:
        raise Misfit("bad-date", f"`{shorten(text)}` is not a date written {form}", "correct it, or the date's format")
    try:
        return date(*(int(found[part]) for part in ("year", "month", "day"))).isoformat()
    except ValueError:
        raise Misfit(
            "bad-date", f"there is no day `{shorten(text)}` (written {form})", "compare it with a calendar"
        ) from None


@cache
def date_pattern(form: str) -> re.Pattern[str]:
    """The pattern of dates in a format such as `DD.MM.YYYY`; raises `ValueError` for an invalid format."""
    pattern, end, names = "", 0, []
    for part in _PART.finditer(form):
        pattern += re.escape(form[end : part.start()]) + _PARTS[part[0]]
        names.append(part[0][0])
        end = part.end()
    rest = _PART.sub("", form)
    if sorted(names) != ["D", "M", "Y"] or re.search(r"\w", rest):
        raise ValueError(form)
    return re.compile(pattern + re.escape(form[end:]), re.ASCII)
