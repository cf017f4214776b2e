"""The values on the right of comparisons and in sums: written out, or those of constants."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.language.documents.name_suggestions import closest_name, normalise_name
from engine.language.documents.text import shorten
from engine.language.model.condition_tree import Compare, Condition
from engine.language.model.field_kinds import DATE, Field
from engine.language.model.values.misfits import REPORTED, Misfit
from engine.language.model.values.value_readers import check_kind
from engine.language.model.values.value_texts import quantity_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.language.documents.nodes import Scalar
    from engine.language.model.policy_parts import Constant
    from engine.problems import Place


class Bound(NamedTuple):
    """A value to compare with, and the name of the constant that it comes from; empty if it is written out."""

    value: Any
    constant: str = ""


def compare(name: str, op: str, compared: Bound | tuple[Bound, ...], place: Place) -> Condition:
    """Return the comparison of a field or number with a value, or with a list of them."""
    # `Bound` is itself a tuple.
    if isinstance(compared, Bound):
        return Compare(name, op, compared.value, place, compared.constant)
    named = tuple(bound.constant for bound in compared)
    return Compare(name, op, tuple(bound.value for bound in compared), place, named if any(named) else "")


def repetition(bound: Bound, written: str, where: str = "list") -> str:
    """The message about a value that stands in a list, or in a cell, for the second time."""
    value = f" ({quantity_text(bound.value)})" if bound.constant else ""
    return f"`{shorten(written)}`{value} is in the {where} twice"


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
        constant: The constant.
        name: Name of the field or derived number.
        field: The field; None for a derived number.
    """
    if isinstance(constant.value, tuple):
        message = f"the constant `{constant.name}` is a list, and one value stands here"
        raise Misfit("wrong-type", message, f"write `{name}: {{one_of: {constant.name}}}`, or name another constant")
    said = quantity_text(constant.value)
    is_day, is_date = isinstance(constant.value, datetime.date), field is not None and field.kind == DATE
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
        return Bound(check_kind(field, constant.value), constant.name)
    except Misfit as misfit:
        message = f"the constant `{constant.name}` does not fit `{name}`: {misfit.message}"
        raise Misfit(misfit.code, message, misfit.help) from None


def added_constant(constant: Constant) -> Bound:
    """A constant as a number of a sum; raises `Misfit` if it is a day."""
    if isinstance(constant.value, tuple):
        message = f"the constant `{constant.name}` is a list, and a sum takes numbers"
        raise Misfit("wrong-type", message, "name a constant that is a number")
    if isinstance(constant.value, datetime.date):
        message = f"the constant `{constant.name}` is a day ({quantity_text(constant.value)}), and a sum takes numbers"
        raise Misfit("wrong-type", message, "name a constant that is a number, or make the day a field")
    return Bound(constant.value, constant.name)


def with_near_constant(misfit: Misfit, scalar: Scalar, constants: Iterable[str]) -> Misfit:
    """The error about a value, as one about an unknown constant if the text is similar to the name of one."""
    near = closest_name(scalar.text, list(constants)) if scalar.plain and scalar.text[:1].isalpha() else None
    if near is None:
        return misfit
    if near != scalar.text and normalise_name(near) == scalar.text:
        # The name of the constant is itself refused, with this one as its correction.
        return Misfit(REPORTED, misfit.message)
    return Misfit("unknown-name", f"there is no constant `{shorten(scalar.text)}`", f"did you mean `{near}`")
