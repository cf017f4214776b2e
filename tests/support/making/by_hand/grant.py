"""A rounded tax that is compared beside the income and beside another rounded amount, and what is said by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from typing import Any

TEXT = """
policy: grant
title: Who gets the grant?
situation:
  income: {{ask: What do you earn in a week?, type: integer, from: 0, to: 90}}
  children: {{ask: How many children live with you?, type: integer, from: 0, to: 3}}
steps:
  tax:
    means: what is taken from the income
    decision: first
    outcomes:
      free: {{title: Nothing, output: {{tax: 0, dues: 2}}}}
      part:
        title: A part
        output:
          tax: {{number: owed, round: {{to: {to}, mode: {mode}}}}}
          dues: {{number: fees, round: {{to: 2, mode: {mode}}}}}
    rules:
      - {{rule: little, when: {{income: {{at_most: 30}}}}, then: free, because: Little is free.}}
      - {{rule: rest, otherwise: yes, then: part, because: The rest is taxed.}}
numbers:
  owed: {{means: a part of the income, sum: {{income: 0.35}}, plus: -7}}
  fees: {{means: what the children cost, sum: {{children: -1.5}}, plus: 2}}
  tax_due: {{means: the tax, output: tax, of: tax}}
  dues_due: {{means: the dues, output: dues, of: tax}}
  net: {{means: what is left, sum: {{income: 1, tax_due: -1}}}}
  both: {{means: tax and dues, sum: {{tax_due: 1, dues_due: 1}}}}
  people: {{means: the people, sum: {{children: 1}}, plus: 1}}
  each: {{means: what is left for everybody, ratio: {{of: net, to: people}}}}
verdicts:
  grant: {{title: A grant, output: {{net: {{number: net}}}}}}
  loan: {{title: A loan, output: {{net: {{number: net}}}}}}
  nothing: {{title: Nothing, output: {{net: {{number: net}}}}}}
decision: first
rules:
  - {{rule: poor, when: {{net: {{at_most: 50}}, each: {{less_than: 20}}}}, then: grant, because: They need it.}}
  - {{rule: burdened, when: {{both: {{at_least: 11}}}}, then: loan, because: They pay a lot.}}
  - {{rule: even, when: {{net: [47, 50.5, 51]}}, then: loan, because: These are odd amounts.}}
  - {{rule: rest, otherwise: yes, then: nothing, because: They have enough.}}
guarantees:
  - {{guarantee: work-pays, rising: income, never: {{net: falls}}, because: Who earns more keeps more.}}
"""
_MODES = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "half_down": ROUND_HALF_DOWN,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
}


def situations() -> Iterator[dict[str, Any]]:
    """All situations, as records."""
    for income in range(91):
        for children in range(4):
            yield {"income": income, "children": children}


def net_income(income: int, to: str, mode: str) -> Decimal:
    """What is left of an income, by arithmetic of `decimal` alone."""
    return income - (Decimal(0) if income <= 30 else _rounded(income * Decimal("0.35") - 7, to, mode))


def worked_out(record: dict[str, Any], to: str, mode: str) -> str:
    """The verdict of a situation."""
    income, children = record["income"], record["children"]
    net = net_income(income, to, mode)
    dues = Decimal(2) if income <= 30 else _rounded(2 - children * Decimal("1.5"), "2", mode)
    if net <= 50 and Fraction(net) / (children + 1) < 20:
        return "grant"
    return "loan" if income - net + dues >= 11 or net in (47, Decimal("50.5"), 51) else "nothing"


def _rounded(value: Decimal, to: str, mode: str) -> Decimal:
    return (value / Decimal(to)).quantize(Decimal(1), _MODES[mode]) * Decimal(to)
