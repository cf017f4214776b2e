"""A chain whose step works its outputs out from answers that are not always there, and what it says by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from typing import Any

TAX = """
policy: road-tax
title: How is the car taxed?
situation:
  owner: {ask: Do they own a car?, type: yes_no}
  worth: {ask: What is it worth?, type: integer, from: 0, to: 20, unit: thousands, applies_when: {owner: yes}}
  grade: {ask: What grade has it?, type: integer, from: 1, to: 3, or_none: It was never graded}
numbers:
  levy: {means: the share of its worth, product: [worth, 0.3]}
  marked: {means: its worth and grade, sum: {worth: 1, grade: 2}}
verdicts:
  none: {title: It is not, output: {due: 0}}
  flat: {title: By its worth, output: {due: {number: levy, round: {to: 1, mode: half_up}}}}
  graded: {title: By its grade, output: {due: {number: marked}}}
rules:
  - {rule: no-car, when: {owner: no}, then: none, because: There is none.}
  - {rule: graded, when: {owner: yes, grade: {known: yes}}, then: graded, because: It has a grade.}
  - {rule: others, when: {owner: yes, grade: none}, then: flat, because: It has none.}
"""
PAYER = """
policy: payer
title: Who pays the tax?
situation:
  member: {ask: Are they a member?, type: yes_no}
steps:
  tax: {policy: road-tax.yaml}
numbers:
  due: {means: the tax, output: due, of: tax}
  least: {means: the tax or 3, larger_of: [due, 3]}
  help: {means: what members get, points: [{when: {member: yes}, add: 2, because: They are members.}]}
  left: {means: what is left of it, sum: {due: 1, help: -1}}
verdicts:
  nobody: {title: Nobody}
  they: {title: They do, output: {price: {number: least}}}
  club: {title: The club does, output: {price: {number: left}}}
decision: first
rules:
  - {rule: nothing, when: {due: 0}, then: nobody, because: Nothing is due.}
  - {rule: little, when: {least: {at_most: 5}}, then: club, because: It is little.}
  - {rule: much, when: {member: yes, left: {more_than: 9}}, then: club, because: It is too much for a member.}
  - {rule: rest, otherwise: yes, then: they, because: It is their car.}
guarantees:
  - {guarantee: always-known, always: {due: {known: yes}}, because: Each car is taxed.}
"""
FILES = {"road-tax.yaml": TAX, "payer.yaml": PAYER}


def situations() -> Iterator[dict[str, Any]]:
    """All situations of the chain, as records; what is not asked is left out."""
    for member, grade in product((True, False), ("none", 1, 2, 3)):
        yield {"member": member, "owner": False, "grade": grade}
        for worth in range(21):
            yield {"member": member, "owner": True, "worth": worth, "grade": grade}


def worked_out(record: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The verdict of a situation and its outputs, by arithmetic of `decimal` alone."""
    due = tax_of(record)
    if due == 0:
        return "nobody", {}
    left = due - 2 if record["member"] else due
    if max(due, Decimal(3)) <= 5 or (record["member"] and left > 9):
        return "club", {"price": str(left)}
    return "they", {"price": str(max(due, Decimal(3)))}


def tax_of(record: dict[str, Any]) -> Decimal:
    """The tax that the step works out."""
    if not record["owner"]:
        return Decimal(0)
    if record["grade"] == "none":
        return (Decimal("0.3") * Decimal(record["worth"])).quantize(Decimal(1), ROUND_HALF_UP)
    return Decimal(record["worth"]) + 2 * Decimal(record["grade"])
