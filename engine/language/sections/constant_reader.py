"""Reader for `constants`: named values that conditions and derived numbers refer to."""

from __future__ import annotations

import datetime
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.language.documents.nodes import Entry, Mapping, Node, Scalar, Sequence
from engine.language.documents.text import shorten
from engine.language.model.condition_tree import ByDay
from engine.language.model.field_kinds import DATE, Field
from engine.language.model.policy_parts import Constant, Item
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import read_date, read_decimal
from engine.language.parsing.cut_texts import refuse_cut_texts
from engine.language.parsing.reading import read_text, require_list, require_map, require_scalar, require_text
from engine.language.sections.item_readers import read_origin
from engine.language.sections.outline import Outline

if TYPE_CHECKING:
    from decimal import Decimal

CONSTANT_NAME = re.compile(
    r"(?!(?:all|any|not|verdict|yes|no|true|false|null|none|unsure)$)[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", re.ASCII
)
_DAY = re.compile(r"\d{3,4}-\d{1,2}-\d{1,2}", re.ASCII)


def read_constant_item(outline: Outline, key: Scalar, node: Node) -> Constant | None:
    """Read a constant; None if its value does not fit, which is recorded."""
    mapping = require_map(node, ("means", "is", "unit", "cites", "on"))
    means = require_text(mapping.get("means"))
    written = mapping.get("is")
    unit = read_text(mapping.get("unit"))
    value: Decimal | datetime.date | tuple[Item, ...] | ByDay | None
    if isinstance(written, Mapping):
        value = _read_periods(outline, key, written, mapping)
    else:
        value = _read_list(outline, written) if isinstance(written, Sequence) else _read_one(outline, written)
        if "on" in mapping.entries:
            message = f"`{key.text}` has one value for all days, and `on` goes with values that change"
            help_ = "take `on` out, or write the values with their first days, `is: {start: 22, 2024-07-01: 0}`"
            outline.reading.refuse("misplaced-key", message, mapping.entries["on"].key.place, help_)
    origin = read_origin(outline, mapping)
    if value is None:
        return None
    return Constant(key.text, means, value, unit, origin["cites"], key.place)


def _read_periods(outline: Outline, key: Scalar, written: Mapping, mapping: Mapping) -> ByDay | None:
    """Read the values of a dated constant; None if something in them is wrong, which is recorded."""
    reading = outline.reading
    periods: dict[datetime.date | None, Any] = {}
    is_sound = True
    for first, node in require_map(written).entries.values():
        day = None if first.text == "start" else reading.read_value(first.place, partial(_read_first_day, first))
        value = _read_one(outline, node)
        is_sound = is_sound and value is not None and (day is not None or first.text == "start")
        if day in periods and (day is not None or first.text == "start"):
            message = f"`{shorten(first.text)}` is written twice"
            reading.refuse("repeated", message, first.place, "keep one of the two")
        periods[day] = value
    on = read_text(mapping.get("on")) or read_text(outline.section("as_of"))
    if on is None:
        message = f"nothing says which value of `{key.text}` holds"
        help_ = "write `on: FIELD` in the constant, with the date field that says so"
        if outline.kind == "Policy":
            help_ = "write `as_of: FIELD` at the top with the date field that says so, or `on: FIELD` in the constant"
        reading.refuse("missing-key", message, key.place, help_)
        return None
    if not is_sound:
        return None
    if len({isinstance(value, datetime.date) for value in periods.values()}) > 1:
        message = f"`{key.text}` is a number on some days and a day on others"
        reading.refuse("wrong-type", message, written.place, "write numbers or days for all periods")
        return None
    # `None` stands for the beginning of time.
    in_order = sorted(periods.items(), key=lambda period: period[0] or datetime.date.min)
    return ByDay(on, tuple(in_order))


def _read_first_day(scalar: Scalar) -> datetime.date:
    """Read the first day of a period; raises `Misfit`."""
    try:
        return read_date(scalar.text)
    except Misfit as misfit:
        help_ = misfit.help if misfit.help.startswith("compare") or "write `" in misfit.help else ""
        known = "write the first day of the value, such as `2024-07-01`, or `start`"
        raise Misfit(misfit.code, misfit.message, help_ or known) from None


def refuse_undated(outline: Outline) -> None:
    """Record an `as_of` or `on` that names no date field, and dated constants without a value for some days of it."""
    top = outline.section("as_of")
    if isinstance(top, Scalar) and not top.empty:
        _refuse_no_date(outline, top, "as_of")
    for name, entry in outline.declared("constants").items():
        constant = outline.constants.get(name)
        on = entry.value.get("on") if isinstance(entry.value, Mapping) else None
        if isinstance(on, Scalar) and not on.empty:
            _refuse_no_date(outline, on, "on")
        if constant is None or not isinstance(constant.value, ByDay):
            continue
        field = outline.fields.get(constant.value.on)
        first = constant.value.periods[0][0]
        if field is None or field.kind != DATE or field.absences:
            outline.constants[name] = None
        elif first is not None and (field.low is None or first > _day(field.low)):
            _refuse_uncovered(outline, entry, field, first)


def _day(low: object) -> datetime.date:
    """The first day of a date field."""
    assert isinstance(low, datetime.date)
    return low


def _refuse_uncovered(outline: Outline, entry: Entry, field: Field, first: datetime.date) -> None:
    """Record a dated constant whose first day comes after the first day that its field takes."""
    written = entry.value.get("is") if isinstance(entry.value, Mapping) else None
    own = (
        min(written.entries.values(), key=lambda each: each.key.text).key if isinstance(written, Mapping) else entry.key
    )
    declared = outline.declared("situation").get(field.name)
    node = declared.value if declared else None
    low = node.entries["from"].value.place if isinstance(node, Mapping) and "from" in node.entries else field.place
    begins = f"takes days from {field.low.isoformat()} on" if isinstance(field.low, datetime.date) else "takes any day"
    message = f"`{entry.key.text}` has no value before {first.isoformat()}, and `{field.name}` {begins}"
    help_ = "write its first value under `start`, or with an earlier day"
    if field.low is not None or first > datetime.date.min:
        help_ += f", or let `{field.name}` begin with `from: {first.isoformat()}`"
    outline.reading.refuse("uncovered-constant", message, (own.place, low), help_)


def _refuse_no_date(outline: Outline, written: Scalar, word: str) -> None:
    """Record a field that is unknown, or no date."""
    if written.text not in outline.fields:
        dates = [name for name, field in outline.fields.items() if field and field.kind == DATE]
        outline.reading.refuse_unknown("unknown-name", "field", written, dates or outline.fields)
        return
    field = outline.fields[written.text]
    if field is not None and field.kind != DATE:
        message = f"`{field.name}` is not a date, and `{word}` names the day that counts"
        dates = [f"`{name}`" for name, each in outline.fields.items() if each and each.kind == DATE]
        help_ = f"name a field of type `date`: {', '.join(dates[:12])}" if dates else "add a field of type `date`"
        outline.reading.refuse("wrong-type", message, written.place, help_)
    elif field is not None and field.absences:
        what, key = ("answered `none`", "or_none") if field.or_none is not None else ("left unasked", "applies_when")
        message = f"`{field.name}` may be {what}, and `{word}` names the day that counts"
        outline.reading.refuse("wrong-type", message, written.place, f"take `{key}` out of `{field.name}`")


def _read_list(outline: Outline, written: Sequence) -> tuple[Item, ...]:
    """Read the values of a list constant; a repeated one is recorded."""
    items = [require_scalar(item) for item in require_list(written)]
    refuse_cut_texts(outline.reading, "is", written, sentences=False)
    outline.reading.refuse_repeats(items)
    return tuple(_read_item(item) for item in items)


def _read_item(scalar: Scalar) -> Item:
    """Read a value of a list: a number or a day that is written as one, else a text. Its use says what it has to be."""
    try:
        return read_quantity(scalar)
    except Misfit:
        return scalar.text


def _read_one(outline: Outline, written: Node | None) -> Decimal | datetime.date | None:
    """Read the value of a constant; None if it does not fit, which is recorded."""
    scalar = require_scalar(written)
    return outline.reading.read_value(scalar.place, lambda: _read_value(outline, scalar))


def _read_value(outline: Outline, scalar: Scalar) -> Decimal | datetime.date:
    """Read the value of a constant; raises `Misfit`."""
    if scalar.plain and scalar.text in outline.constants:
        message = f"`{scalar.text}` is a constant too, and a constant cannot be made of another"
        raise Misfit("wrong-type", message, "write the value itself")
    return read_quantity(scalar)


def read_quantity(scalar: Scalar) -> Decimal | datetime.date:
    """Read a number or a day, whichever is written; raises `Misfit`."""
    text = scalar.text
    if _DAY.fullmatch(text) and (scalar.plain or scalar.in_data):
        return read_date(text)
    try:
        return read_decimal(scalar)
    except Misfit as misfit:
        from engine.language.suggestions.quantities_meant import quantity_help

        raise Misfit(misfit.code, misfit.message, quantity_help(scalar) or misfit.help) from None
