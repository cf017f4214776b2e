"""Reader for `constants`: named values that conditions and derived numbers refer to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.language.documents.nodes import Node, Scalar
from engine.language.model.policy_parts import Constant
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import read_date, read_decimal
from engine.language.parsing.reading import read_optional, require_map, require_scalar, require_text
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
    written = require_scalar(mapping.get("is"))
    unit = read_optional(require_text, mapping.get("unit"))
    value = outline.reading.read_value(written.place, lambda: _read_value(outline, written))
    origin = read_origin(outline, mapping)
    if value is None:
        return None
    return Constant(key.text, means, value, unit, origin["cites"], key.place)


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
