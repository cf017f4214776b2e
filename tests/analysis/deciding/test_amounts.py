"""Are outputs that are worked out given exactly, and open only as long as something that they read is?"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import (
    Policy,
    UnsoundError,
    batch,
    certify,
    check,
    decide,
    decider,
    diff,
    explain,
    find_survivors,
    interview,
    load,
    load_cases,
    run_cases,
    verify,
)
from engine.analysis.deciding.given_outputs import with_amounts
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import partial_records, policies
from tests.support.judging.yields import numbers_given
from tests.support.making.parcel_fees import GUEST, PARCEL


@pytest.fixture
def parcel() -> Policy:
    return load(PARCEL)


def test_an_amount_is_worked_out_with_all_that_it_reads(parcel: Policy) -> None:
    """Dated constants, products, the larger of some, points and sums: 3.555 × 1.25 + 2.5 = 6.94375."""
    decision = decide(parcel, GUEST)
    assert decision.output == {"fee": "6.95", "currency": "EUR"}
    assert decide(parcel, {**GUEST, "sent": "2024-06-30"}).output["fee"] == "6.50"
    assert decision.to_dict()["output"]["fee"] == "6.95"
    assert "fee       6.95" in str(decision)
    assert check(parcel).findings == ()


@pytest.mark.parametrize("missing", ["sent", "weight", "zone"])
def test_it_is_open_while_a_field_is_that_it_reads(parcel: Policy, missing: str) -> None:
    """Directly, through numbers, and through what points ask; the verdict stays decided."""
    record = {name: value for name, value in GUEST.items() if name != missing}
    decision = decide(parcel, record)
    assert (decision.verdict, decision.open_outputs, decision.ask) == ("take", ("fee",), missing)
    assert decision.output == {"fee": None, "currency": "EUR"}
    assert decide(parcel, {**GUEST, "insured": None}).open_outputs == ()
    asked = interview(parcel, record)
    assert asked.decision.ask == missing
    assert asked.answer(GUEST[missing]).decision == decide(parcel, GUEST)


def test_an_explanation_tells_how_an_amount_comes_about(parcel: Policy) -> None:
    """The value before rounding, and the numbers that it is made of."""
    why = explain(parcel, GUEST)
    [amount] = why.amounts
    assert (amount.output, amount.text, amount.number, amount.value) == ("fee", "6.95", "total", "6.94375")
    assert "  fee: 6.95 = total (6.94375, rounded to 0.05 (half up))\n    total: what is paid" in str(why)
    assert why.to_dict()["amounts"]["fee"] == {
        "given": "6.95",
        "number": "total",
        "round": {"to": 0.05, "mode": "half_up"},
        "value": "6.94375",
        "numbers": {"net": "4.44375", "more": "2.5", "charged": "4.44375"},
    }
    assert explain(parcel, {**GUEST, "weight": None}).amounts == ()


def test_an_amount_without_a_value_is_proved_never_to_be_given(parcel: Policy) -> None:
    """Where a rule gives one, that is an error, which a forged certificate cannot hide."""
    data = parcel.to_dict()
    data["rules"] = [rule for rule in data["rules"] if rule["rule"] != "plain"]
    data["rules"][1]["when"].pop("insured")
    broken = load(data)
    finding, other = check(broken).errors
    assert finding.code == other.code == "no-output"
    assert finding.situations == 366 * 20_001 * 2
    assert dict(finding.example or {})["insured"] == "none"
    with pytest.raises(UnsoundError, match="no value of `cover`"):
        decide(broken, GUEST)
    draft = decide(broken, {**GUEST, "member": True}, draft=True)
    assert (draft.verdict, draft.output, draft.open_outputs) == (
        "free",
        {"fee": 0, "cover": None, "stamp": "2.7", "share": None},
        (),
    )
    assert not verify(broken, certify(broken)).sound
    assert verify(parcel, certify(parcel)).sound


@pytest.mark.parametrize(
    ("of_small", "of_large", "told"),
    [
        (("fee",), ("tip",), "2 of 4 situations get no value of `fee`, or none of `tip`:"),
        (("fee", "tip"), ("tip",), "2 of 4 situations get no value of `fee`, or none of `tip`:"),
        (("fee", "tip"), ("fee", "tip"), "2 of 4 situations get no value of `fee` and `tip`:"),
        (("fee", "tip"), (), "1 of 4 situations gets no value of `fee` and `tip`:"),
        (("fee",), ("fee",), "2 of 4 situations get no value of `fee`:"),
    ],
)
def test_all_outputs_without_a_value_are_named(of_small: Sequence[str], of_large: Sequence[str], told: str) -> None:
    """Those of all situations that the finding counts, not of one of them alone."""

    def rule(name: str, outputs: Sequence[str], large: bool) -> dict[str, Any]:
        output = {each: {"number": "weighed"} if each in outputs else 5 for each in ("fee", "tip")}
        return {"rule": name, "when": {"large": large}, "then": "pay", "because": "So.", "output": output}

    found = check(load({
        "policy": "parcel",
        "title": "What is paid?",
        "situation": {
            "large": {"ask": "Is it large?", "type": "yes_no"},
            "weight": {"ask": "Kilos?", "type": "integer", "from": 1, "to": 1, "or_none": "Not weighed"},
        },
        "numbers": {"weighed": {"means": "kilos", "sum": {"weight": 1}}},
        "verdicts": {"pay": {"title": "Pay"}},
        "rules": [rule("small", of_small, False), rule("big", of_large, True)],
    }))  # fmt: skip
    [finding] = found.errors
    assert finding.message.startswith(told)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("mode: half_up", "mode: up", "fee: total rounded to 0.05 (up)"),
        ("to: 0.05", "to: 0.01", "fee: total rounded to 0.01 (half_up)"),
        ("is: {start: 1.1,", "is: {start: 1.2,", "fee: total rounded to 0.05 (half_up), worked out otherwise"),
        ("add: 2.5", "add: 2.6", "fee: total rounded to 0.05 (half_up), worked out otherwise"),
        ("{when: {zone: far}", "{when: {zone: near}", "fee: total rounded to 0.05 (half_up), worked out otherwise"),
    ],
)
def test_a_changed_formula_is_a_changed_output(parcel: Policy, old: str, new: str, told: str) -> None:
    """Wherever it is given, also if only something changed that its number reads."""
    found = diff(parcel, load(PARCEL.replace(old, new)))
    assert sum(change.situations or 0 for change in found.changes) == 366 * 20_001 * 2 * 502
    [change] = found.changes
    assert f"We take it ({told})" in str(found)
    assert change.before.outputs == (("fee", "total rounded to 0.05 (half_up)"),)
    told_as_data = found.to_dict()["changes"][0]
    assert told_as_data["before_output"]["fee"]["number"] == "total"
    assert told_as_data.get("worked_out_otherwise", []) == (["fee"] if "otherwise" in told else [])


@pytest.mark.parametrize("words", ["means: what is paid", "because: It is far.", "mode: half_up"])
def test_other_words_are_no_other_amount(parcel: Policy, words: str) -> None:
    """Nor is another spelling of a step."""
    same = load(PARCEL.replace(words, f"{words} indeed" if "mode" not in words else words).replace("0.05", "0.050"))
    assert diff(parcel, same).same
    assert (same.sha256 == parcel.sha256) == ("mode" in words)


def test_other_names_are_no_other_amount(parcel: Policy) -> None:
    """Only what is said of the numbers counts, not what they are called; two of one meaning are as one."""
    renamed = PARCEL.replace("net", "bare").replace("charged", "taken")
    assert diff(parcel, load(renamed)).same
    twice = PARCEL.replace("  charged:", "  bare: {means: with the rate, product: [weight, rate]}\n  charged:")
    assert diff(parcel, load(twice.replace("larger_of: [net", "larger_of: [bare"))).same


def test_two_days_of_one_policy_differ_in_what_is_worked_out() -> None:
    """A number that the day alone makes is a written value on each day."""
    text = PARCEL.replace("product: [weight, rate]", "product: [2, rate]").replace("charged, 4]", "net, 0.01]")
    policy = load(text.replace("larger_of: [net, 4]", "larger_of: [net, 0.01]").replace("number: total", "number: net"))
    found = diff(policy, between=("2024-06-30", "2024-07-01"))
    [change] = found.changes
    assert (change.before.outputs, change.after.outputs) == ((("fee", "2.20"),), (("fee", "2.50"),))
    both = diff(load(PARCEL), between=("2024-06-30", "2024-07-01"))
    assert [change.after.outputs[0][1] for change in both.changes] == [
        "total rounded to 0.05 (half_up), worked out otherwise"
    ]
    assert diff(load(PARCEL), between=("2024-07-01", "2024-07-02")).same


@pytest.mark.parametrize(
    ("expected", "passes"),
    [("6.95", True), (6.95, True), ("6.950", True), ("6.9", False), (7, False), (None, False), ("EUR", False)],
)
def test_cases_compare_an_amount_as_a_number(parcel: Policy, expected: Any, *, passes: bool) -> None:
    """However it is written; a written value is compared as it is."""
    case = {"case": "far", "given": GUEST, "expect": "take", "output": {"fee": expected}}
    cases = load_cases({"policy": "parcel", "cases": [case]}, parcel)
    assert run_cases(parcel, cases).passed == passes
    if passes:
        assert find_survivors(parcel, cases).killed > 0
    free = {"case": "free", "given": {**GUEST, "member": True}, "expect": "free", "output": {"fee": "0"}}
    assert not run_cases(parcel, load_cases({"policy": "parcel", "cases": [free]}, parcel)).passed


@pytest.mark.thorough
@draw_by_day(25)
@given(data=st.data())
def test_a_decider_works_out_what_decide_does(data: st.DataObject) -> None:
    """For drawn policies and partial records; every amount is a number or open."""
    drawn = data.draw(policies(small=True, sound=True).filter(numbers_given))
    policy = load(drawn)
    decisions = decider(policy)
    for _ in range(5):
        record = data.draw(partial_records(drawn))
        try:
            decision = decide(policy, record)
        except Exception as error:
            with pytest.raises(type(error)):
                decisions(record)
            continue
        assert decisions(record) == decision
        for name, amount in (explain(policy, record).to_dict().get("amounts") or {}).items():
            assert Decimal(amount["given"]) == Decimal(decision.output[name])


def test_nothing_is_worked_out_twice(parcel: Policy) -> None:
    """Outputs that have been worked out stay as they are."""
    given_once = ({"fee": "6.95"}, ())
    assert with_amounts(parcel, {}, given_once, None) == (given_once, None)


# The amount asks for one outcome of a step, another outcome of which depends on more.
STEPPED = """
policy: stepped
title: What does it cost?
situation:
  old: {ask: Is it old?, type: yes_no}
  rare: {ask: Is it rare?, type: yes_no}
  paid: {ask: Is it paid?, type: yes_no}
steps:
  risk:
    means: how risky it is
    outcomes: {low: Low, middle: Middle, high: High}
    rules:
      - {rule: new, when: {old: no}, then: low, because: New things last.}
      - {rule: common, when: {old: yes, rare: no}, then: middle, because: Old things break.}
      - {rule: rare, when: {old: yes, rare: yes}, then: high, because: Nobody can mend them.}
numbers:
  fee: {means: what it costs, points: [{when: {risk: low}, add: 3, because: It lasts.}]}
verdicts: {take: {title: We take it, output: {fee: {number: fee}}}, leave: {title: We leave it}}
rules:
  - {rule: paid, when: {paid: yes}, then: take, because: So.}
  - {rule: unpaid, when: {paid: no}, then: leave, because: So.}
"""


def test_a_step_that_an_amount_reads_is_worked_out_as_a_whole() -> None:
    """All that it reads has to be known; then the amount is the same in a decision, a decider and a table."""
    policy = load(STEPPED)
    assert check(policy).findings == ()
    assert diff(policy, load(STEPPED.replace("rare: no}, then: middle", "rare: no}, then: high"))).same is False
    decision = decide(policy, {"paid": True, "old": False})
    assert (decision.output, decision.open_outputs, decision.ask) == ({"fee": None}, ("fee",), "rare")
    records = [{"paid": True, "old": old, "rare": rare} for old in (False, True) for rare in (False, True, None)]
    decisions = decider(policy)
    given = [decide(policy, record).output for record in records]
    assert [decisions(record).output for record in records] == given
    assert given == [{"fee": "3"}, {"fee": "3"}, {"fee": None}, {"fee": "0"}, {"fee": "0"}, {"fee": None}]
    table = batch(policy, pyarrow.Table.from_pylist(records), outputs=True)
    assert table.column("output.fee").to_pylist() == [each["fee"] for each in given]


_STEPS = """
policy: steps
title: What is paid?
situation:
  first: {ask: Which one?, type: integer, from: 1, to: 3}
  other: {ask: How many?, type: integer, from: 1, to: 3}
"""


def test_an_amount_may_depend_on_whether_a_step_has_an_outcome_at_all() -> None:
    """A test of none of its outcomes reads no fact of the step, and what the step reads is asked all the same."""
    steps = """
steps:
  kind:
    means: which kind it is
    outcomes: {plain: Plain}
    rules:
      - {rule: all, then: plain, because: So.}
      - {rule: few, when: {other: {less_than: 2}}, then: plain, because: So.}
  price:
    means: how dear it is
    outcomes: {cheap: {title: Cheap, output: {fee: 0}}, dear: {title: Dear, output: {fee: 1}}}
    rules:
      - {rule: none, when: {kind: {none_of: [plain]}}, then: cheap, because: So.}
      - {rule: rest, otherwise: yes, then: dear, because: So.}
numbers: {fee: {means: the fee, output: fee, of: price}}
verdicts: {pay: {title: Pay, output: {fee: {number: fee}}}}
rules: [{rule: all, then: pay, because: So.}]
"""
    policy = load(_STEPS + steps)
    found = decide(policy, {})
    assert (found.verdict, found.output, found.open_outputs, found.ask) == ("pay", {"fee": None}, ("fee",), "other")
    assert decide(policy, {"other": 2}).output == {"fee": "1"}


def test_a_draft_may_disagree_everywhere_for_reasons_that_no_rule_reads() -> None:
    """Which rules disagree depends on a step that none of them reads."""
    steps = """
steps:
  kind:
    means: which kind it is
    outcomes: {low: Low, high: High}
    rules:
      - {rule: two, when: {other: 2}, then: low, because: So.}
      - {rule: all, then: high, because: So.}
verdicts: {pay: {title: Pay}, refuse: {title: Refuse}}
rules: [{rule: one, then: pay, because: So.}, {rule: other, then: refuse, because: So.}]
"""
    found = decide(load(_STEPS + steps), {"first": 3}, draft=True)
    assert found.outcome == "conflict"
    assert "Whatever you answer about the questions that are left, some of these rules disagree:" in str(found)
