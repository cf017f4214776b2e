"""Which types are exact numbers, and how is one worked with? Loaded when the first is met: many a policy has none.

Nothing a host program tells Python's decimals may change an answer: what would round, or raise where it does, by the
context of the thread is done by a context of our own.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Context, Decimal
    from fractions import Fraction


# Kept, for a table may hold a million numbers, and an import statement takes as long as reading one.
@cache
def decimal_type() -> type[Decimal]:
    from decimal import Decimal

    return Decimal


@cache
def fraction_type() -> type[Fraction]:
    from fractions import Fraction

    return Fraction


@cache
def _exactly() -> Context:
    """Digits without end, and an error for what is no number."""
    from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_HALF_EVEN, Context, InvalidOperation, Overflow

    return Context(MAX_PREC, ROUND_HALF_EVEN, MIN_EMIN, MAX_EMAX, 1, 0, [], [InvalidOperation, Overflow])


def read_number(text: str) -> Decimal:
    """The number that a text is, with all its digits; raises `ArithmeticError` where it is none that can be held."""
    return decimal_type()(text, _exactly())


def normal(number: Decimal) -> Decimal:
    """The same number without zeros at its end, in which equal numbers are alike."""
    return number.normalize(_exactly())


def is_whole(number: Decimal) -> bool:
    return number == number.to_integral_value(context=_exactly())


def shifted(number: Decimal, places: int) -> Decimal:
    """The number times 10 to the power of `places`."""
    return number.scaleb(places, _exactly())
