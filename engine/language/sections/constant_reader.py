"""Reader for `constants`: named values that conditions and derived numbers refer to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.language.documents.nodes import Node, Scalar, Sequence
from engine.language.model.policy_parts import Constant, Item
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import read_date, read_decimal
from engine.language.parsing.cut_texts import refuse_cut_texts
from engine.language.parsing.reading import read_text, require_list, require_map, require_scalar, require_text
from engine.language.sections.item_readers import read_origin
from engine.language.sections.outline import Outline

if TYPE_CHECKING:
    import datetime
    from decimal import Decimal

CONSTANT_NAME = re.compile(r"(?!(?:all|any|not|verdict|yes|no|true|false|null|none|unsure)$)[a-z][a-z0-9_]*", re.ASCII)
_DAY = re.compile(r"\d{3,4}-\d{1,2}-\d{1,2}", re.ASCII)


def read_constant_item(outline: Outline, key: Scalar, node: Node) -> Constant | None:
    """Read a constant; None if its value does not fit, which is recorded."""
    mapping = require_map(node, ("means", "is", "unit", "cites"))
    means = require_text(mapping.get("means"))
    written = mapping.get("is")
    unit = read_text(mapping.get("unit"))
    value = _read_list(outline, written) if isinstance(written, Sequence) else _read_one(outline, written)
    origin = read_origin(outline, mapping)
    if value is None:
        return None
    return Constant(key.text, means, value, unit, origin["cites"], key.place)


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
