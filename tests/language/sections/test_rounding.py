"""Is an amount rounded exactly, in every mode, and written with the decimals of the step?"""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine import ComputedOutput
from engine.language.model.values.rounding import ROUNDING_MODES, RoundingMode, round_to
from tests.support.judging.yields import ROUNDING

# Numbers of these steps, and halves between them, have few decimals, so that `decimal` divides them exactly.
_STEPS = ("0.01", "0.10", "0.05", "1", "10", "2.5", "0.25", "100", "0.001")


@given(
    number=st.decimals(min_value=-(10**12), max_value=10**12, places=4),
    to=st.sampled_from(_STEPS),
    mode=st.sampled_from(ROUNDING_MODES),
)
@example(Decimal("2.5"), "1", "half_up")
@example(Decimal("-2.5"), "1", "half_even")
@example(Decimal("-0.004"), "0.01", "half_up")
def test_it_is_what_decimal_says(number: Decimal, to: str, mode: RoundingMode) -> None:
    """The multiple of the step that `quantize` gives for the number of steps."""
    step = Decimal(to)
    with localcontext(Context(prec=60)):
        times = (number / step).quantize(Decimal(1), ROUNDING[mode])
        places = max(0, -int(step.normalize().as_tuple().exponent))
        expected = (times * step).quantize(Decimal(1).scaleb(-places)) + 0
    assert round_to(Fraction(number), step, mode) == f"{expected:f}"


@given(st.integers(-50, 50), st.sampled_from((*_STEPS, "3", "0.7")), st.sampled_from(ROUNDING_MODES))
def test_a_tie_goes_by_size(halves: int, to: str, mode: RoundingMode) -> None:
    """Of a number and its negative, of every step, as the mode says."""
    number = Fraction(to) * halves / 2
    text = round_to(number, Decimal(to), mode)
    assert text.removeprefix("-") == round_to(-number, Decimal(to), mode).removeprefix("-")
    assert text.startswith("-") == (number < 0 and Fraction(text) != 0)
    times = abs(Fraction(text)) / Fraction(to)
    low, is_tie = divmod(abs(halves), 2)
    up = {"half_up": 1, "up": 1, "half_even": low % 2, "half_down": 0, "down": 0}[mode]
    assert times == low + (up if is_tie else 0)


@pytest.mark.parametrize(
    ("number", "to", "text"),
    [
        ("4.4967", "0.01", "4.50"),
        ("4.4967", "0.010", "4.50"),
        ("4.47", "0.05", "4.45"),
        ("44", "10", "40"),
        ("0", "0.01", "0.00"),
        ("-0.001", "0.01", "0.00"),
        ("-0.4", "1", "0"),
        ("1234567890123.455", "0.01", "1234567890123.46"),
    ],
)
def test_as_many_decimals_are_written_as_the_step_has(number: str, to: str, text: str) -> None:
    """Whether or not they are zeros, and never a negative zero."""
    assert ComputedOutput("fee", Decimal(to), "half_up").text(Decimal(number)) == text


@pytest.mark.parametrize(("number", "text"), [("4.50", "4.5"), ("100", "100"), ("-0.125", "-0.125"), ("0.0", "0")])
def test_what_is_not_rounded_has_all_its_digits_and_no_others(number: str, text: str) -> None:
    """Whatever somebody has set for their own decimals."""
    with localcontext(Context(prec=3, traps=[Inexact])):
        assert ComputedOutput("fee").text(Fraction(number)) == text
