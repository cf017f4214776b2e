"""Named constants in place of values: what they are compared with and added to, and their misspelled names."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from engine.language.documents.text import shorten
from engine.language.model.condition_tree import ByDay
from engine.language.model.field_kinds import DATE, Field
from engine.language.model.values.misfits import REPORTED, Misfit
from engine.language.model.values.value_readers import check_kind
from engine.language.model.values.value_texts import quantity_text
from engine.language.parsing.bounds import Bound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.language.documents.nodes import Scalar
    from engine.language.model.policy_parts import Constant
    from engine.language.parsing.reading import Reading

_NAME = r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*"
_CALCULATION = r"([a-z0-9_.]+)\s*[-+*/]\s*([a-z0-9_.]+)"


def named_constant(scalar: Scalar, constant: Constant | None) -> Constant:
    """The constant that a bare name stands for; raises `Misfit` if it is in quotes or could not be read."""
    if not scalar.plain and not scalar.in_data:
        help_ = f"write `{scalar.text}`, without quotes, for the constant"
        raise Misfit("wrong-type", f'`"{scalar.text}"` is text', help_)
    if constant is None:
        raise Misfit(REPORTED, f"the constant `{scalar.text}` could not be read")
    return constant


def compared_constant(constant: Constant, name: str, field: Field | None) -> Bound:
    """A constant as the value that a field, or a derived number, is compared with; raises `Misfit` if it is none.

    Args:
        constant: The constant, which is no list.
        name: Name of the field or derived number.
        field: The field; None for a derived number.
    """
    values = [value for _, value in constant.value.periods] if isinstance(constant.value, ByDay) else [constant.value]
    said = quantity_text(values[0])
    is_day, is_date = isinstance(values[0], datetime.date), field is not None and field.kind == DATE
    if is_day != is_date:
        own, wanted = ("day", "number") if is_day else ("number", "day")
        message = f"the constant `{constant.name}` is a {own} ({said}), and `{name}` is compared with a {wanted}"
        raise Misfit("wrong-type", message, f"name a constant that is a {wanted}, or write the {wanted} itself")
    if field is None:
        return Bound(constant.value, constant.name)
    if field.unit and constant.unit and field.unit != constant.unit:
        message = f"`{name}` counts {field.unit}, and the constant `{constant.name}` {constant.unit}"
        raise Misfit("wrong-comparison", message, "give both the same `unit`")
    try:
        fitting = [check_kind(field, value) for value in values]
    except Misfit as misfit:
        message = f"the constant `{constant.name}` does not fit `{name}`: {misfit.message}"
        raise Misfit(misfit.code, message, misfit.help) from None
    if isinstance(constant.value, ByDay):
        firsts = (first for first, _ in constant.value.periods)
        return Bound(ByDay(constant.value.on, tuple(zip(firsts, fitting, strict=True))), constant.name)
    return Bound(fitting[0], constant.name)


def added_constant(constant: Constant) -> Bound:
    """A constant as a number of a sum; raises `Misfit` if it is a day."""
    if isinstance(constant.value, tuple):
        message = f"the constant `{constant.name}` is a list, and a sum takes numbers"
        raise Misfit("wrong-type", message, "name a constant that is a number")
    value = constant.value.periods[0][1] if isinstance(constant.value, ByDay) else constant.value
    if isinstance(value, datetime.date):
        message = f"the constant `{constant.name}` is a day ({quantity_text(value)}), and a sum takes numbers"
        raise Misfit("wrong-type", message, "name a constant that is a number, or make the day a field")
    return Bound(constant.value, constant.name)


def may_be_unread(scalar: Scalar, reading: Reading) -> bool:
    """Whether a text may name a constant of a library that could not be read, which is reported already."""
    return scalar.plain and bool(re.fullmatch(_NAME, scalar.text, re.ASCII)) and reading.may_lack("unknown-name")


def with_near_constant(misfit: Misfit, scalar: Scalar, constants: Iterable[str]) -> Misfit:
    """The error about a value, as one about an unknown constant if the text is similar to the name of one."""
    worked_out = re.fullmatch(_CALCULATION, scalar.text, re.ASCII) if scalar.plain else None
    if worked_out is not None and {worked_out[1], worked_out[2]} & set(constants):
        help_ = "write the result, or give it a name of its own under `constants:`"
        return Misfit("wrong-type", f"`{shorten(scalar.text)}` is not a single value", help_)
    from engine.language.documents.name_suggestions import closest_name, normalise_name

    near = closest_name(scalar.text, list(constants)) if scalar.plain and scalar.text[:1].isalpha() else None
    if near is None:
        return misfit
    if near != scalar.text and normalise_name(near) == scalar.text:
        # The name of the constant is itself refused, with this one as its correction.
        return Misfit(REPORTED, misfit.message)
    return Misfit("unknown-name", f"there is no constant `{shorten(scalar.text)}`", f"did you mean `{near}`")
