"""Exact rounding of fractions to multiples of a decimal step, by size: a number and its negative are rounded alike."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from engine.language.documents.exact import fraction_type, strip_zeros

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

RoundingMode: TypeAlias = Literal["half_up", "half_even", "half_down", "down", "up"]
ROUNDING_MODES: Final[tuple[RoundingMode, ...]] = get_args(RoundingMode)


def round_to(value: Fraction, to: Decimal, mode: RoundingMode) -> str:
    """Round a number and write it in plain digits, with as many decimals as the step has.

    Args:
        value: The number.
        to: The step, above 0; trailing zeros of it do not count.
        mode: What becomes of a number between two multiples of the step: the nearer one, and of a number halfway
            between them the one farther from 0 (`half_up`), the one nearer to 0 (`half_down`), or the even multiple
            (`half_even`); or always the one nearer to 0 (`down`), or farther from it (`up`).

    >>> from decimal import Decimal
    >>> from fractions import Fraction
    >>> round_to(Fraction(-5, 2), Decimal(1), "half_up"), round_to(Fraction(44, 10), Decimal("0.05"), "up")
    ('-3', '4.40')
    """
    fraction = fraction_type()
    step = fraction(to)
    times, rest = divmod(abs(value), step)
    if _is_away(int(times), rest, step, mode):
        times += 1
    return _written(-times * step if value < 0 else times * step, _decimals(to))


def _is_away(times: int, rest: Fraction, step: Fraction, mode: RoundingMode) -> bool:
    """Whether a number without sign, `times` whole steps and a rest, is rounded away from 0."""
    if mode in ("down", "up"):
        return mode == "up" and rest > 0
    if 2 * rest != step:
        return 2 * rest > step
    return mode == "half_up" or (mode == "half_even" and times % 2 == 1)


def rounded_comparison(op: str, bound: Fraction, to: Decimal, mode: RoundingMode) -> tuple[str, Fraction]:
    """Return the comparison of a number that holds where its rounded value compares with a bound.

    Rounding never falls: what is rounded to at least some multiple of the step is all from one point on.

    Args:
        op: `at_least`, `more_than`, `at_most` or `less_than`.
        bound: What the rounded value is compared with.
        to: The step, above 0.
        mode: As in `round_to`.

    Returns:
        The operator, again one of the four, and what the number itself is compared with.

    >>> from decimal import Decimal
    >>> from fractions import Fraction
    >>> rounded_comparison("at_most", Fraction(2), Decimal(1), "half_up")
    ('less_than', Fraction(5, 2))
    """
    fraction = fraction_type()
    step = fraction(to)
    is_upwards = op in ("at_least", "more_than")
    # The least multiple of the step that meets the comparison, or the least one that does not.
    times = ceil(bound / step) if op in ("at_least", "less_than") else floor(bound / step) + 1
    # Which numbers become that multiple, and not the one below: from where on, and whether that point is one of them.
    if mode in ("down", "up"):
        is_itself = (mode == "down") == (times > 0)
        start, is_in = (times if is_itself else times - 1) * step, is_itself
    else:
        is_in = times % 2 == 0 if mode == "half_even" else (mode == "half_up") == (times > 0)
        start = (2 * times - 1) * step / 2
    if is_upwards:
        return "at_least" if is_in else "more_than", start
    return "less_than" if is_in else "at_most", start


def _decimals(step: Decimal) -> int:
    exponent = strip_zeros(step).as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)


def _written(value: Fraction, decimals: int) -> str:
    """Write a multiple of a step with some decimals."""
    digits = str(abs(int(value * 10**decimals))).rjust(decimals + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else sign + digits
