"""Which answer is the text of a cell, in a table with words and signs of its own?

Exactly what the format says, and nothing else: what is neither one of its words nor written in its signs is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache

from engine.language.documents.list_text import read_list
from engine.language.documents.text import shortened
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NUMBER, TEXT, UNSURE, YES_NO, Field, Value
from engine.language.model.values import Misfit, expected, fit, is_unsure, text_value
from engine.language.situations.table_format import CellFormat

_ISO = "YYYY-MM-DD"
_PARTS = {"YYYY": r"(?P<year>\d{4})", "MM": r"(?P<month>\d{2})", "DD": r"(?P<day>\d{2})",
          "M": r"(?P<month>\d{1,2})", "D": r"(?P<day>\d{1,2})"}  # fmt: skip
# The narrow and the unbreakable space, which programs put between thousands.
_SPACES = re.compile("[\u00a0\u202f]")
_PART = re.compile("YYYY|MM|DD|M|D")
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


def cell_reader(field: Field, form: CellFormat, *, blanks: bool) -> Callable[[str], Value | None]:
    """What reads the cells of a field's column: the answer, or None for none; it raises `Misfit` for anything else.

    With `blanks` an empty cell is never an answer; else it is one where answers are texts.
    """
    key = spelling(form)
    words: dict[str, Value] = {}
    if field.if_unsure is not None and is_unsure(field, UNSURE):
        words[key(UNSURE)] = field.if_unsure
    words |= {key(word): value for word, value in form.words.items()}
    empty = set(map(key, form.empty))
    named: dict[str, Value] = {}
    if field.kind in (CHOICE, TEXT, ANY_OF):
        named = {key(name): name for name in (*field.options, *field.known)}
    elif field.kind == YES_NO:
        named = dict(_YES_NO)
    is_blank_none = blanks or field.kind not in (CHOICE, TEXT)

    def read(text: str) -> Value | None:
        said = " ".join(text.split()) if form.ignores_spaces else text
        at = key(said)
        if at in words:
            return words[at]
        if at in empty or (not said and is_blank_none):
            return None
        if field.kind == ANY_OF:
            return fit(field, _listed(field, said))
        if at in named:
            return named[at]
        return read_plain(field, _plainly(field, form, said))

    def _listed(field: Field, text: str) -> list[str]:
        found: list[str] = []
        for part in read_list(text, form.separator):
            value = words.get(key(part), named.get(key(part), part))
            found += value if isinstance(value, tuple) else (str(value),)
        return found

    return read


def read_plain(field: Field, text: str) -> Value:
    """The answer that a plainly written text is, `unsure` by the field's cautious reading; raises `Misfit`."""
    if is_unsure(field, text):
        if field.if_unsure is None:
            raise Misfit("unsure-refused", f"`{field.name}` cannot be answered `unsure`")
        return field.if_unsure
    return text_value(field, text)


def spelling(form: CellFormat) -> Callable[[str], str]:
    """What two texts share that a format takes for the same."""

    def key(text: str) -> str:
        said = " ".join(text.split()) if form.ignores_spaces else text
        return said.casefold() if form.ignores_capitals else said

    return key


def _plainly(field: Field, form: CellFormat, text: str) -> str:
    """A day or a number in the language's own spelling; anything else as it is."""
    if field.kind == DATE and form.date not in (None, _ISO) and not is_unsure(field, text):
        return _day(form.date or _ISO, text)
    if field.kind in (INTEGER, NUMBER) and (form.decimal, form.thousands) != (".", "") and not is_unsure(field, text):
        return _number(field, form, text)
    return text


def _number(field: Field, form: CellFormat, text: str) -> str:
    if form.thousands == " ":
        text = _SPACES.sub(" ", text)
    found = _number_pattern(form.decimal, form.thousands).fullmatch(text)
    if found is None:
        groups = f", with `{form.thousands}` between groups of three digits" if form.thousands else ""
        message = f"`{shortened(text)}` is not a number with the decimal sign `{form.decimal}`{groups}"
        raise Misfit("bad-number", message, f"expected {expected(field)}")
    whole = found["whole"].replace(form.thousands, "") if form.thousands else found["whole"]
    part = found["part"]
    return f"{found['sign']}{whole}" + (f".{part}" if part else "")


@cache
def _number_pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    grouped = rf"|[1-9]\d{{0,2}}({re.escape(thousands)}\d{{3}})+" if thousands else ""
    return re.compile(rf"(?P<sign>[-+]?)(?P<whole>0|[1-9]\d*{grouped})({re.escape(decimal)}(?P<part>\d+))?", re.ASCII)


def _day(form: str, text: str) -> str:
    found = date_pattern(form).fullmatch(text)
    if found is None and not form.startswith("YYYY-"):
        # The language's own spelling cannot be taken for another day.
        found = date_pattern(_ISO).fullmatch(text)
    if found is None:
        raise Misfit(
            "bad-date", f"`{shortened(text)}` is not a date written {form}", "correct it, or the date's format"
        )
    try:
        return date(*(int(found[part]) for part in ("year", "month", "day"))).isoformat()
    except ValueError:
        raise Misfit(
            "bad-date", f"there is no day `{shortened(text)}` (written {form})", "compare it with a calendar"
        ) from None


@cache
def date_pattern(form: str) -> re.Pattern[str]:
    """What a day written in a form looks like; raises `ValueError` for what is no form of dates."""
    pattern, end, names = "", 0, []
    for part in _PART.finditer(form):
        pattern += re.escape(form[end : part.start()]) + _PARTS[part[0]]
        names.append(part[0][0])
        end = part.end()
    rest = _PART.sub("", form)
    if sorted(names) != ["D", "M", "Y"] or re.search(r"\w", rest):
        raise ValueError(form)
    return re.compile(pattern + re.escape(form[end:]), re.ASCII)
