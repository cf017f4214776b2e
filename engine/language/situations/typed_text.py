"""Which value does somebody mean who types it: with `--set`, or as the answer to a question?

Decimals may have a comma. What some people read as thousands and others as decimals is not taken for either, and groups
of digits are told how to be written. The page reads what is typed by the same rule (`surfaces/page/answers.js`).
"""

from __future__ import annotations

import re

from engine.language.documents.text import shortened
from engine.language.model.field_kinds import INTEGER, NUMBER, Field, Value
from engine.language.model.values import Misfit, text_value

_TWO_WAYS = r"([-+]?)([1-9]\d{0,2})[.,](\d{3})"
_COMMA = r"[-+]?(0|[1-9]\d*),\d+"
# Groups of three digits with one sign between all of them, and perhaps decimals after another sign.
_GROUPS = r"([-+]?[1-9]\d{0,2}(?:([., '’\u00a0\u2009\u202f])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,](\d+))?"


def typed_value(field: Field, text: str) -> Value:
    """The value of a field as somebody types it; raises `Misfit`."""
    return text_value(field, _plain_number(field, text) if field.kind in (INTEGER, NUMBER) else text)


def _plain_number(field: Field, text: str) -> str:
    """The text of a number with a point before its decimals; any other text as it is; raises `Misfit`."""
    two_ways = re.fullmatch(_TWO_WAYS, text, re.ASCII)
    if two_ways:
        sign, whole, rest = two_ways.groups()
        return _one_way(field, text, f"{sign}{whole}.{rest}", f"{sign}{whole}{rest}")
    if re.fullmatch(_COMMA, text, re.ASCII):
        return text.replace(",", ".")
    groups = re.fullmatch(_GROUPS, text, re.ASCII)
    if groups:
        plain = re.sub(r"[^-+\d]", "", groups[1]) + (f".{groups[3]}" if groups[3] else "")
        raise Misfit("bad-number", f"`{shortened(text)}` has its digits in groups", f"write `{plain}`")
    return text


def _one_way(field: Field, text: str, decimal: str, thousands: str) -> str:
    """The decimal, where it alone is an answer and all its digits count; raises `Misfit` where more may be meant."""
    fitting = [each for each in (decimal, thousands) if _fits(field, each)]
    if fitting == [decimal] and not decimal.endswith("0"):
        return decimal
    one = decimal.rstrip("0").rstrip(".")
    # Nobody groups four digits.
    unmistakable = {decimal: f"{one}0" if one == decimal else one, thousands: thousands}
    ways = " or ".join(f"`{unmistakable[each]}`" for each in fitting or (decimal, thousands))
    raise Misfit("bad-number", f"`{text}` can be read as {one} and as {thousands}", f"write {ways}")


def _fits(field: Field, text: str) -> bool:
    try:
        text_value(field, text)
    except Misfit:
        return False
    return True
