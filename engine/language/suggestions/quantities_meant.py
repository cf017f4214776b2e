"""Suggestions for numbers and days in another notation: percentages, separators, units, quotes."""

from __future__ import annotations

import re
from decimal import Decimal

from engine.language.documents.nodes import Scalar
from engine.language.documents.text import shorten
from engine.language.model.values.misfits import FLAGS, date_help
from engine.language.model.values.value_texts import decimal_text

_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}", re.ASCII)
_PERCENTAGE = re.compile(r"(-?\d{1,9}(?:\.\d{1,9})?) ?(?:%|percent|per cent)", re.ASCII)
_AMOUNT = re.compile(r"(-?\d{1,12}(?:\.\d{1,9})?) ?([^\s\d.,%][^\d.,%]*)", re.ASCII)
_UNIT_FIRST = re.compile(r"([€$£¥]) ?(-?\d{1,12}(?:\.\d{1,9})?)")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?", re.ASCII)


def factor_help(text: str) -> str:
    """The help for a text in place of a number of a sum; empty if it is not understood.

    >>> factor_help("20 %"), factor_help("1,500"), factor_help("some")
    ('write the share as a plain number: `0.2`', 'write `1500`, without separators', '')
    """
    if found := _PERCENTAGE.fullmatch(text.strip()):
        return f"write the share as a plain number: `{decimal_text(Decimal(found[1]) / 100)}`"
    if _THOUSANDS.fullmatch(text.strip()):
        return f"write `{re.sub('[^-0-9.]', '', text)}`, without separators"
    return ""


def quantity_help(scalar: Scalar) -> str:
    """The help for a text in place of the value of a constant; empty if it is not understood."""
    text = scalar.text.strip()
    if not scalar.plain and _DAY.fullmatch(text):
        return f"write `{text}`, without quotes"
    if help_ := date_help(text) or factor_help(text):
        return help_
    if found := _UNIT_FIRST.fullmatch(text):
        return f'write `{found[2]}`, and give the constant `unit: "{found[1]}"`'
    if found := _AMOUNT.fullmatch(text):
        return f"write `{found[1]}`, and give the constant `unit: {found[2].strip()}`"
    if scalar.plain and text.casefold() in FLAGS and not text.isdigit():
        return "a constant is a number, a day or a list; for something that holds or does not, write a fact"
    if scalar.plain and re.match(r"[^\W\d]", text):
        known = "a constant is a number, a day or a list"
        return f"{known}; write `{shorten(text)}` itself where it is compared, or a list, `[{shorten(text)}]`"
    return ""
