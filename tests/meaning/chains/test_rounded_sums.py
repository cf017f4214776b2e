"""Rounded amounts that are compared beside fields and other rounded amounts: against arithmetic by hand."""

from __future__ import annotations

import sqlite3
from collections import Counter
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import combinations

import pyarrow
import pytest

from engine import PolicyError, batch, certify, check, decide, decider, load, verify, write_sql
from tests.support.making.by_hand.grant import TEXT, net_income, situations, worked_out

# The tax has few amounts, more of them, and so many that rounding changes nothing.
_WAYS = [
    ("3", "half_even"),
    *(pytest.param(*each, marks=pytest.mark.thorough) for each in (("3", "up"), ("0.75", "half_up"), ("0.75", "down"))),
    pytest.param("0.05", "half_down", marks=pytest.mark.thorough),
]


@pytest.mark.parametrize(("to", "mode"), [*_WAYS, pytest.param("0.1", "half_even", marks=pytest.mark.thorough)])
def test_every_situation_gets_what_it_does_by_hand(to: str, mode: str) -> None:
    """From `decide`, compiled, in a table and in SQL; and so many of them as `check` counts."""
    # Of so many amounts no guarantee about two situations may speak.
    policy = load(TEXT.format(to=to, mode=mode).partition("guarantees:")[0])
    records = list(situations())
    expected = [worked_out(record, to, mode) for record in records]
    assert [decide(policy, record).verdict for record in records] == expected
    compiled = decider(policy)
    assert [compiled.verdict(record) for record in records] == expected
    table = batch(policy, pyarrow.Table.from_pylist(records))
    assert table["verdict"].to_pylist() == expected
    assert check(policy).verdicts == {**dict.fromkeys(policy.verdict, 0), **Counter(expected)}
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE records (income INTEGER, children INTEGER)")
        connection.executemany("INSERT INTO records VALUES (?, ?)", [tuple(each.values()) for each in records])
        query = write_sql(policy, dialect="sqlite", table="records")
        assert [row[2] for row in connection.execute(query)] == expected


@pytest.mark.parametrize(("to", "mode"), _WAYS)
def test_what_is_left_after_a_rounded_tax_falls_in_so_many_pairs(to: str, mode: str) -> None:
    """Of all pairs of incomes with the same children; a certificate holds the same."""
    policy = load(TEXT.format(to=to, mode=mode))
    left = [net_income(income, to, mode) for income in range(91)]
    falls = sum(after < before for before, after in combinations(left, 2))
    proof = check(policy)
    found = [each.situations for each in proof.errors if each.code == "broken-guarantee"]
    assert found == ([4 * falls] if falls else [])
    assert verify(policy, certify(policy)).sound == proof.sound == (not falls)


def test_rounding_that_changes_nothing_takes_no_cases() -> None:
    """However many amounts there are: a fifth of a whole number is a multiple of 0.01."""
    text = TEXT.format(to="0.01", mode="half_up").replace("to: 90", "to: 1000000").replace("0.35", "0.2")
    policy = load(text)
    proof = check(policy)
    assert proof.sound
    # Of an income of 55 and more, 51 and more is left.
    left = [(income, Decimal(income) * 4 / 5 + 7 if income > 30 else Decimal(income)) for income in range(60)]
    assert proof.verdicts["grant"] == sum(
        net <= 50 and net < 20 * people for income, net in left for people in range(1, 5)
    )


LEVY = """
policy: levy
title: Who pays the levy?
situation:
  worth: {ask: What is it worth?, type: integer, from: 0, to: 1100}
  tons: {ask: How heavy is it?, type: integer, from: 0, to: 1200}
steps:
  class:
    means: its class
    outcomes: {any: {title: Any, output: {rate: {number: exact, round: {to: 0.5, mode: half_even}}}}}
    rules: [{rule: all, when: {worth: {at_least: 0}}, then: any, because: All are levied.}]
numbers:
  exact: {means: a part of the worth, sum: {worth: 0.0035}}
  rate: {means: the rate, output: rate, of: class}
  levied: {means: the levy, product: [rate, tons]}
  both: {means: the levy without the worth, sum: {levied: 1, worth: -1}}
verdicts: {high: {title: High}, low: {title: Low}}
decision: first
rules:
  - {rule: dear, when: {levied: {at_least: 2000}}, then: high, because: It is much.}
  - {rule: odd, when: {both: {at_least: 0, at_most: 100}}, then: high, because: That is near.}
  - {rule: rest, otherwise: yes, then: low, because: It is little.}
"""


def test_a_rounded_amount_is_multiplied_with_a_field() -> None:
    """Neither the field nor the number that is rounded has few values, but the amount has."""
    policy = load(LEVY)
    high = 0
    for worth in range(1101):
        halves = int((worth * Decimal("0.007")).quantize(Decimal(1), ROUND_HALF_EVEN))
        high += sum(halves * tons >= 4000 or 0 <= halves * tons - 2 * worth <= 200 for tons in range(1201))
    proof = check(policy)
    assert proof.sound
    assert proof.verdicts["high"] == high
    assert verify(policy, certify(policy)).sound
    with pytest.raises(PolicyError) as refused:
        load(LEVY.replace("to: 0.5", "to: 0.002"))
    assert {each.code for each in refused.value.problems} == {"too-many-cases"}


def test_a_rounded_amount_with_too_many_values_is_refused_beside_a_field() -> None:
    """With a way out; alone it may be compared, and given as an output."""
    text = TEXT.format(to="0.1", mode="up").replace("to: 90", "to: 9000")
    with pytest.raises(PolicyError) as refused:
        load(text)
    [problem] = [each for each in refused.value.problems if each.code == "bad-part"]
    assert problem.message == (
        "`net` adds up the rounded `tax_due` and `income`, and conditions compare it: that is more than 1,000 cases, "
        "one for each value of `tax_due`"
    )
    assert problem.help is not None
    assert problem.help.startswith("round `tax_due` to larger steps, or give what it is made of a smaller range;")
    alone = text.replace("{net: {at_most", "{tax_due: {at_most").replace("each: {less", "people: {less")
    alone = alone.replace("{net: [", "{tax_due: [").replace("both: {at", "tax_due: {at").partition("guarantees")[0]
    assert load(alone)


def test_two_rounded_amounts_beside_a_field_multiply_their_values() -> None:
    """Alone with each other they do not: of the one with more values, none is a case."""
    text = TEXT.format(to="0.1", mode="up").partition("guarantees")[0]
    assert load(text.replace("income: 1, tax_due: -1", "income: 1, dues_due: -1"))
    with pytest.raises(PolicyError) as refused:
        load(text.replace("tax_due: 1, dues_due: 1", "tax_due: 1, dues_due: 1, children: 1"))
    [problem] = refused.value.problems
    assert problem.message.endswith("is more than 1,000 cases, one for each combination of rounded values")
    assert load(text.replace("to: 2, mode", "to: 0.001, mode"))


SHARE = """
policy: share
title: Is it much?
situation:
  paid: {ask: What is paid?, type: integer, from: 0, to: 20}
  income: {ask: What comes in?, type: integer, from: 1, to: 10}
steps:
  part:
    means: which part it is
    outcomes: {all: {title: All, output: {share: {number: quotient, round: {to: 1, mode: half_up}}}}}
    rules: [{rule: all, when: {paid: {at_least: 0}}, then: all, because: All have a part.}]
numbers:
  quotient: {means: the part, ratio: {of: paid, to: income}}
  share: {means: the rounded part, output: share, of: part}
  bounded: {means: the part or 3, larger_of: [share, 3]}
  mixed: {means: the part and what is paid, sum: {share: 1, paid: 1}}
verdicts: {much: {title: Much}, little: {title: Little}}
rules:
  - {rule: much, when: {share: {at_least: 5}}, then: much, because: It is much.}
  - {rule: little, when: {share: {less_than: 5}}, then: little, because: It is little.}
guarantees:
  - {guarantee: more, rising: paid, never: {NUMBER: falls}, because: More is more.}
"""


def test_a_guarantee_speaks_of_a_rounded_number_with_few_values_only() -> None:
    with pytest.raises(PolicyError) as refused:
        load(TEXT.format(to="0.1", mode="up"))
    [problem] = refused.value.problems
    assert problem.message == "`work-pays` speaks of the number `net`, which is rounded and has more than 50 values"
    assert problem.help is not None
    assert problem.help.startswith("round it to larger steps, or give what it is made of a smaller range;")


@pytest.mark.parametrize("number", ["share", "bounded", "mixed"])
def test_no_guarantee_speaks_of_what_is_rounded_from_a_ratio(number: str) -> None:
    """However few values it has: also where it is only a part of the number."""
    with pytest.raises(PolicyError) as refused:
        load(SHARE.replace("NUMBER", number))
    [problem] = refused.value.problems
    assert problem.message == f"`more` speaks of the number `{number}`, which is rounded from a ratio"
    assert check(load(SHARE.partition("guarantees:")[0])).sound
