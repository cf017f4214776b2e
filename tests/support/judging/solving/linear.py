"""Weighted sums of unknowns as formulas for z3, in whole numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple, TypeAlias

import z3

Formula: TypeAlias = z3.BoolRef


class Linear(NamedTuple):
    """A weighted sum of whole unknowns and a fixed part, exact."""

    weights: tuple[tuple[Fraction, z3.ArithRef], ...]
    plus: Fraction

    def times(self, factor: Fraction) -> Linear:
        """Every part times a factor."""
        return Linear(tuple((factor * weight, unknown) for weight, unknown in self.weights), factor * self.plus)

    def add(self, other: Linear) -> Linear:
        """The sum with another one."""
        return Linear((*self.weights, *other.weights), self.plus + other.plus)

    def compared(self, sign: str, constant: Fraction) -> Formula:
        """The comparison with a constant, in whole numbers only."""
        right = constant - self.plus
        whole = lcm(right.denominator, *(weight.denominator for weight, _ in self.weights))
        total = z3.Sum([int(weight * whole) * unknown for weight, unknown in self.weights] or [z3.IntVal(0)])
        return signed(total, sign, z3.IntVal(int(right * whole)))


def extreme(parts: Sequence[Linear], *, largest: bool) -> Linear:
    """The largest or the smallest of some sums, as one unknown in whole numbers only."""
    whole = lcm(*(number.denominator for part in parts for number in (part.plus, *(each for each, _ in part.weights))))
    totals = []
    for part in parts:
        weighted = [int(weight * whole) * unknown for weight, unknown in part.weights]
        totals.append(z3.Sum([*weighted, z3.IntVal(int(part.plus * whole))]))
    found = totals[0]
    for each in totals[1:]:
        found = z3.If(each > found if largest else each < found, each, found)
    return Linear(((Fraction(1, whole), found),), Fraction(0))


def chosen(cases: Sequence[tuple[Formula, Linear]]) -> Linear:
    """The sum whose condition holds, of which exactly one does, as one unknown in whole numbers only."""
    sums = [part for _, part in cases]
    whole = lcm(*(number.denominator for part in sums for number in (part.plus, *(each for each, _ in part.weights))))
    totals = []
    for part in sums:
        weighted = [int(weight * whole) * unknown for weight, unknown in part.weights]
        totals.append(z3.Sum([*weighted, z3.IntVal(int(part.plus * whole))]))
    found = totals[0]
    for (held, _), total in zip(cases, totals, strict=True):
        found = z3.If(held, total, found)
    return Linear(((Fraction(1, whole), found),), Fraction(0))


def signed(left: z3.ArithRef, sign: str, right: z3.ArithRef) -> Formula:
    """A comparison, by its sign."""
    return {
        ">=": left >= right,
        "<=": left <= right,
        ">": left > right,
        "<": left < right,
        "==": left == right,
    }[sign]


def exact_number(value: Any) -> Fraction:
    """The number that a value is; a date is its day number."""
    return Fraction(value.toordinal()) if isinstance(value, date) else Fraction(value)
