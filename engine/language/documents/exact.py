"""Exact decimal arithmetic, independent of the caller's decimal context.

All operations that could round or signal use a private context of maximal precision, so nothing a host program sets
in `decimal.getcontext()` changes an answer. `decimal` and `fractions` are imported on first use, because most
policies need neither.
"""

from __future__ import annotations

from functools import cache
from math import gcd, lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Context, Decimal
    from fractions import Fraction


# Cached: an import statement takes as long as reading one number, and a table may hold a million.
@cache
def decimal_type() -> type[Decimal]:
    """`decimal.Decimal`, imported on first use."""
    from decimal import Decimal

    return Decimal


@cache
def fraction_type() -> type[Fraction]:
    """`fractions.Fraction`, imported on first use."""
    from fractions import Fraction

    return Fraction


@cache
def _exact_context() -> Context:
    """The context of maximal precision and range; it raises for invalid operations and overflow."""
    from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_HALF_EVEN, Context, InvalidOperation, Overflow

    return Context(MAX_PREC, ROUND_HALF_EVEN, MIN_EMIN, MAX_EMAX, 1, 0, [], [InvalidOperation, Overflow])


def read_number(text: str) -> Decimal:
    """Parse a decimal with all its digits.

    Raises:
        ArithmeticError: If `text` is not a number or its exponent is out of range.
    """
    return decimal_type()(text, _exact_context())


def strip_zeros(number: Decimal) -> Decimal:
    """The same number without trailing zeros, so that equal numbers have equal digits and exponents."""
    return number.normalize(_exact_context())


def is_whole(number: Decimal) -> bool:
    """Whether the number is an integer."""
    return number == number.to_integral_value(context=_exact_context())


def shift_point(number: Decimal, places: int) -> Decimal:
    """`number` times 10 to the power of `places`."""
    return number.scaleb(places, _exact_context())


def common_divisor(amounts: Iterable[Fraction | int]) -> Fraction | int:
    """The largest number of which all amounts are multiples; 0 if all are 0."""
    fraction = fraction_type()
    found = [fraction(each) for each in amounts]
    whole = lcm(*(each.denominator for each in found))
    return fraction(gcd(*(int(each * whole) for each in found)), whole)
