"""Parsing of values that a person types: with `--set`, or as the answer to a question.

A decimal comma is accepted. A number that may be read with a thousands separator or a decimal sign is refused, and for
grouped digits the message shows the accepted form. The web page uses the same rules (`surfaces/page/answers.js`).
"""

from __future__ import annotations

import re

from engine.language.documents.text import shorten
from engine.language.model.field_kinds import ANY_OF, INTEGER, NUMBER, Field, Value
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import text_value

_NOTHING = ("none", "nothing", "empty", "no", "0", "none of them", "{}", "()", "null")
_TWO_WAYS = r"([-+]?)([1-9]\d{0,2})[.,](\d{3})"
_COMMA = r"[-+]?(0|[1-9]\d*),\d+"
# Groups of three digits with one separator throughout, optionally followed by decimals after another sign.
_GROUPS = r"([-+]?[1-9]\d{0,2}(?:([., '’\u00a0\u2009\u202f])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,](\d+))?"


def typed_value(field: Field, text: str) -> Value:
    """Read a typed value; raises `Misfit`."""
    if field.kind in (INTEGER, NUMBER):
        return text_value(field, _normalise_number(field, text))
    try:
        return text_value(field, text)
    except Misfit as misfit:
        if field.kind == ANY_OF and text.casefold() in _NOTHING:
            raise Misfit(misfit.code, misfit.message, "for none of them write `[]`") from None
        raise


def _normalise_number(field: Field, text: str) -> str:
    """Rewrite a typed number with a decimal point; raises `Misfit` if it is ambiguous. Other text is unchanged."""
    two_ways = re.fullmatch(_TWO_WAYS, text, re.ASCII)
    if two_ways:
        sign, whole, rest = two_ways.groups()
        return _resolve_reading(field, text, f"{sign}{whole}.{rest}", f"{sign}{whole}{rest}")
    if re.fullmatch(_COMMA, text, re.ASCII):
        return text.replace(",", ".")
    groups = re.fullmatch(_GROUPS, text, re.ASCII)
    if groups:
        plain = re.sub(r"[^-+\d]", "", groups[1]) + (f".{groups[3]}" if groups[3] else "")
        raise Misfit("bad-number", f"`{shorten(text)}` has its digits in groups", f"write `{plain}`")
    return text


def _resolve_reading(field: Field, text: str, decimal: str, thousands: str) -> str:
    """Resolve a number with two readings.

    Returns `decimal` if it alone is a valid answer and does not end in zero; raises `Misfit` in all other cases.
    """
    fitting = [each for each in (decimal, thousands) if _fits(field, each)]
    if fitting == [decimal] and not decimal.endswith("0"):
        return decimal
    one = decimal.rstrip("0").rstrip(".")
    # A spelling with other than three decimals cannot be read as grouped thousands.
    unmistakable = {decimal: f"{one}0" if one == decimal else one, thousands: thousands}
    ways = " or ".join(f"`{unmistakable[each]}`" for each in fitting or (decimal, thousands))
    raise Misfit("bad-number", f"`{text}` can be read as {one} and as {thousands}", f"write {ways}")


def _fits(field: Field, text: str) -> bool:
    try:
        text_value(field, text)
    except Misfit:
        return False
    return True
