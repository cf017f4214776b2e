"""Reader for sums of fields and other numbers, and for the factors and additions in them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from engine.language.documents.nodes import Node, Scalar
from engine.language.model.field_kinds import DATE
from engine.language.model.policy_parts import Number
from engine.language.model.values.misfits import REPORTED, Misfit
from engine.language.model.values.value_readers import read_decimal
from engine.language.parsing.bounds import Bound
from engine.language.parsing.named_constants import added_constant, may_be_unread, named_constant, with_near_constant
from engine.language.parsing.ratios import refuse_ratio_as_part
from engine.language.parsing.reading import require_map, require_scalar, require_text
from engine.language.sections.outline import Outline

if TYPE_CHECKING:
    from decimal import Decimal


def read_sum(outline: Outline, key: Scalar, node: Node) -> Number | None:
    """Read a number that is a sum; None if something in it is wrong, which is recorded."""
    from decimal import Decimal

    from engine.language.model.relations.dated_numbers import versions_of

    mapping = require_map(node, ("means", "sum", "plus"))
    means = require_text(mapping.get("means"))
    written = require_map(mapping.get("sum"))
    plus = read_factor(outline, mapping.get("plus")) if "plus" in mapping.entries else Bound(Decimal(0))
    terms: list[tuple[str, Decimal]] = []
    named: list[str] = []
    is_sound = plus is not None
    for name, value in written.entries.values():
        read = read_factor(outline, value)
        coefficient = None if read is None else read.value
        is_summand = _check_summand(outline, key.text, name)
        if coefficient == 0:
            message = f"`{name.text}` times 0 adds nothing"
            outline.reading.refuse("bad-sum", message, value.place, "take it out of the sum")
        if read and coefficient and is_summand:
            terms.append((name.text, coefficient))
            named.append(read.constant)
        else:
            is_sound = False
    sources = (*named, "" if plus is None else plus.constant)
    number = Number(
        key.text,
        means,
        tuple(terms),
        Decimal(0) if plus is None else plus.value,
        key.place,
        sources if any(sources) else (),
    )
    if is_sound and not all(map(partial(_counts_days, outline), [each for _, each in versions_of(number)] or [number])):
        message = (
            f"the coefficients of the dates in `{key.text}` do not add up to 0, so it does not count days between dates"
        )
        outline.reading.refuse("bad-sum", message, key.place, "subtract one date from another: `{start: 1, today: -1}`")
        is_sound = False
    return number if is_sound else None


def _counts_days(outline: Outline, number: Number) -> bool:
    """Whether the coefficients of dates in a sum add up to 0, so that the dates are subtracted from each other."""
    from fractions import Fraction

    dates = [times for name, times in number.terms if (field := outline.fields.get(name)) and field.kind == DATE]
    return sum((Fraction(times) for times in dates), Fraction(0)) == 0


def read_factor(outline: Outline, node: Node | None) -> Bound | None:
    """Read a number of a sum, or the name of a constant; None if it does not fit, which is recorded."""
    scalar = require_scalar(node)
    return outline.reading.read_value(scalar.place, lambda: _factor(outline, scalar))


def _factor(outline: Outline, scalar: Scalar) -> Bound:
    """The number that a scalar states or names; raises `Misfit`."""
    if scalar.text in outline.constants:
        return added_constant(named_constant(scalar, outline.constants[scalar.text]))
    try:
        return Bound(read_decimal(scalar))
    except Misfit as misfit:
        if may_be_unread(scalar, outline.reading):
            raise Misfit(REPORTED, misfit.message) from None
        if outline.reading.is_shown():
            from engine.language.suggestions.quantities_meant import factor_help

            help_ = factor_help(scalar.text) if scalar.plain else ""
            misfit = Misfit(misfit.code, misfit.message, help_ or misfit.help)
        raise with_near_constant(misfit, scalar, outline.constants) from None


def _check_summand(outline: Outline, number: str, name: Scalar) -> bool:
    """Whether a term of a sum names a number, or a field that can be added up; records it if it does not."""
    if name.text in outline.names.numbers:
        return not refuse_ratio_as_part(outline.names, outline.reading, name)
    if name.text not in outline.fields:
        if name.text in outline.constants:
            message = f"`{name.text}` is a constant, and a sum is made of fields and other numbers"
            help_ = f"multiply a field by it, `FIELD: {name.text}`, or add it with `plus: {name.text}`"
            outline.reading.refuse("bad-sum", message, name.place, help_)
        elif name.text in outline.names.facts:
            message = f"`{name.text}` is a fact, which holds or does not, so it cannot be part of a sum"
            help_ = f"test it where the sum is compared: `{name.text}: yes`"
            outline.reading.refuse("bad-sum", message, name.place, help_)
        else:
            outline.reading.refuse_unknown("unknown-name", "field or number", name, outline.names.amounts(number))
        return False
    field = outline.fields[name.text]
    if field is not None and not field.is_grid:
        message = f"`{name.text}` cannot be part of a sum"
        help_ = "a sum is made of integers, dates, numbers with a `step`, and other sums"
        outline.reading.refuse("bad-sum", message, name.place, help_)
    return field is not None and field.is_grid
