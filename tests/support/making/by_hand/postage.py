"""A chain whose step works its outputs out, rounded in several ways and on two days, and what it says by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal
from itertools import product
from typing import Any

INNER = """
policy: postage
title: How is it sent?
as_of: sent
constants:
  rate: {means: what a kilogram costs, is: {start: 1.1, 2024-07-01: 1.25}}
situation:
  sent: {ask: When was it sent?, type: date, from: 2024-06-29, to: 2024-07-02}
  kilos: {ask: How heavy is it?, type: number, from: 0, to: 3, step: 0.05}
numbers:
  net: {means: the price by weight, product: [kilos, rate]}
  heavy: {means: the weight or 2, larger_of: [kilos, 2]}
  share: {means: the price by weight again, ratio: {of: net, to: heavy}}
verdicts:
  letter: {title: As a letter, output: {fee: 2, each: 1}}
  box:
    title: As a box
    output:
      fee: {number: net, round: {to: 0.25, mode: up}}
      each: {number: share, round: {to: 0.1, mode: half_even}}
rules:
  - {rule: light, when: {kilos: {at_most: 0.5}}, then: letter, because: It goes through the slot.}
  - {rule: heavy, when: {kilos: {more_than: 0.5}}, then: box, because: It does not.}
"""
OUTER = """
policy: parcel
title: Who pays for the parcel?
as_of: sent
situation:
  sent: {ask: When was it sent?, type: date, from: 2024-06-29, to: 2024-07-02}
  weight: {ask: How heavy is it?, type: number, from: 0, to: 3, step: 0.05}
  fragile: {ask: Can it break?, type: yes_no}
steps:
  postage: {policy: postage.yaml, with: {kilos: weight}}
numbers:
  fee: {means: the fee, output: fee, of: postage}
  each: {means: the fee by weight, output: each, of: postage}
  care: {means: what care costs, points: [{when: {fragile: yes}, add: 0.75, because: It can break.}]}
  total: {means: the fee with care, sum: {fee: 1, care: 1}}
  least: {means: the fee or 2.5, larger_of: [fee, 2.5]}
  by_weight: {means: never compared, sum: {fee: 1, weight: 0.1}}
verdicts:
  us: {title: We pay, output: {price: {number: total}, more: {number: by_weight, round: {to: 0.01, mode: down}}}}
  both: {title: We share it, output: {price: {number: each}}}
  them: {title: They pay, output: {price: {number: least}}}
decision: first
rules:
  - {rule: cheap, when: {total: {less_than: 2.75}}, then: us, because: It is cheap.}
  - {rule: dense, when: {each: {at_least: 1.2}}, then: both, because: It is dear for its weight.}
  - {rule: odd, when: {fee: [1.25, 3]}, then: us, because: That is a round amount.}
  - {rule: rest, otherwise: yes, then: them, because: They sent for it.}
"""
FILES = {"postage.yaml": INNER, "parcel.yaml": OUTER}


def situations() -> Iterator[dict[str, Any]]:
    """All situations of the chain, as records."""
    days = [date(2024, 6, 29), date(2024, 6, 30), date(2024, 7, 1), date(2024, 7, 2)]
    for day, twentieths, fragile in product(days, range(61), (True, False)):
        yield {"sent": day, "weight": Decimal(twentieths) / 20, "fragile": fragile}


def worked_out(record: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The verdict of a situation and its outputs, by arithmetic of `decimal` alone."""
    weight = record["weight"]
    fee, each = Decimal(2), Decimal(1)
    if weight > Decimal("0.5"):
        net = weight * (Decimal("1.25") if record["sent"] >= date(2024, 7, 1) else Decimal("1.1"))
        fee = (net / Decimal("0.25")).quantize(Decimal(1), ROUND_UP) * Decimal("0.25")
        each = (net / max(weight, Decimal(2))).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    total = fee + (Decimal("0.75") if record["fragile"] else 0)
    more = int((fee + weight / 10) * 100)
    ours = {"price": _plain(total), "more": f"{more // 100}.{more % 100:02}"}
    if total < Decimal("2.75"):
        return "us", ours
    if each >= Decimal("1.2"):
        return "both", {"price": _plain(each)}
    if fee in (Decimal("1.25"), 3):
        return "us", ours
    return "them", {"price": _plain(max(fee, Decimal("2.5")))}


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
