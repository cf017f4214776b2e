"""Outputs that are worked out: the value of a number, as it is or rounded, in place of data that is written out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from engine.frozen import frozen_value, late_type
from engine.language.documents.exact import fraction_type
from engine.language.model.values.rounding import RoundingMode, round_to, rounded_comparison
from engine.language.model.values.value_texts import decimal_text

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction
else:
    Decimal = late_type("decimal", "Decimal")
    Fraction = late_type("fractions", "Fraction")


@frozen_value
class ComputedOutput:
    """An output that is the value of a derived number: it stands in `Verdict.output` and `Rule.output` as a value does.

    Two are equal if they give the same number, rounded in the same way; two numbers that are always equal are not the
    same.

    Attributes:
        number: Name of the number.
        to: The step that it is rounded to, such as 0.01; None if it is not rounded.
        mode: How it is rounded, by size: `half_up`, `half_even`, `half_down`, `down` (towards 0) or `up`; None if it is
            not rounded.

    Example:
        >>> from decimal import Decimal
        >>> from engine import ComputedOutput
        >>> fee = ComputedOutput("charged", Decimal("0.01"), "half_up")
        >>> fee.text(Decimal("4.4967"))
        '4.50'
        >>> str(fee)
        'charged rounded to 0.01 (half_up)'
    """

    number: str
    to: Decimal | None = None
    mode: RoundingMode | None = None

    def text(self, value: Decimal | Fraction) -> str:
        """Return what is given where the number has some value, as a decimal number in plain digits.

        Args:
            value: The value of the number.

        Returns:
            The rounded value with as many decimals as `to` has; a value that is not rounded with all its digits.
        """
        exact = fraction_type()(value)
        return decimal_text(exact) if self.to is None or self.mode is None else round_to(exact, self.to, self.mode)

    def amount(self, value: Decimal | Fraction) -> Fraction:
        """Return what is given where the number has some value, exactly.

        Args:
            value: The value of the number.

        Returns:
            The rounded value, or the value itself if it is not rounded.
        """
        exact = fraction_type()(value)
        return exact if self.to is None or self.mode is None else fraction_type()(round_to(exact, self.to, self.mode))

    def comparison(self, op: str, bound: Fraction) -> tuple[str, Fraction]:
        """Return the comparison of the number that holds where what is given compares with a bound.

        Args:
            op: `at_least`, `more_than`, `at_most` or `less_than`.
            bound: What the amount is compared with.

        Returns:
            The operator, one of the four, and what the number is compared with.
        """
        if self.to is None or self.mode is None:
            return op, bound
        return rounded_comparison(op, bound, self.to, self.mode)

    def __str__(self) -> str:
        return self.number if self.to is None else f"{self.number} rounded to {decimal_text(self.to)} ({self.mode})"

    def to_dict(self) -> dict[str, Any]:
        """Return the output as JSON data, as the language writes it."""
        from engine.language.model.values.value_texts import value_data

        if self.to is None:
            return {"number": self.number}
        return {"number": self.number, "round": {"to": value_data(self.to), "mode": self.mode}}


def computed_in(output: Any) -> Iterator[tuple[str, ComputedOutput]]:
    """Iterate over the outputs that are worked out, as pairs of name and value; none in outputs without names."""
    if isinstance(output, dict):
        yield from ((name, value) for name, value in output.items() if isinstance(value, ComputedOutput))


def work_out(output: Any, value_of: Callable[[str], Fraction | None]) -> Any:
    """Return outputs with amounts in place of those that are worked out; None where a number has no value.

    Args:
        output: The outputs of rules or verdicts.
        value_of: Returns the value of a number by its name, None if it has none.
    """
    found = {name: (each, value_of(each.number)) for name, each in computed_in(output)}
    amounts = {name: None if value is None else each.text(value) for name, (each, value) in found.items()}
    return {**output, **amounts} if amounts else output


def written_output(output: Any) -> Any:
    """Return outputs as JSON data, in which those that are worked out are written as the language writes them."""
    amounts = {name: each.to_dict() for name, each in computed_in(output)}
    return {**output, **amounts} if amounts else output
