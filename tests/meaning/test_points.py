"""Points: what every entry adds whose condition holds, against every situation and in examples."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import PolicyError, certify, check, decide, diff, explain, load, verify
from engine.analysis.proving import proof_session
from engine.meaning import descent
from engine.meaning.spaces import field_order
from tests.support.by_day import draw_by_day
from tests.support.drawing.fields import Draw, Hand
from tests.support.judging import oracle
from tests.support.judging.comparison import said_by_engine, said_by_oracle
from tests.support.judging.tallies import tally
from tests.support.making.scorecards import scorecard

_ADDS = (0, 1, 2, 3, 5, 8, -2, Decimal("0.5"))


@st.composite
def scorecards(draw: Draw) -> dict[str, Any]:
    """Scorecards: some fields, each cut into bands that add points, now and then bands that overlap or have holes."""
    hand = Hand(draw)
    fields: dict[str, Any] = {}
    entries: list[dict[str, Any]] = []
    for name in ("age", "debts", "income", "years")[: hand.count(1, 4)]:
        most = hand.count(1, 6)
        fields[name] = {"ask": "How much?", "type": "integer", "from": 0, "to": most}
        cuts = sorted({0, *(hand.count(0, most) for _ in range(hand.count(1, 3)))})
        for low, high in zip(cuts, [*cuts[1:], most + 1], strict=True):
            far = min(most, high - 1 + hand.pick((0, 0, 0, 1)))
            if hand.chance(90):
                entries.append({"when": {name: {"at_least": low, "at_most": far}}, "add": hand.pick(_ADDS)})
    fields["known"] = {"ask": "Is it known?", "type": "yes_no"}
    other = hand.pick(list(fields))
    entries.append({"when": {"known": True, **({} if other == "known" else {other: {"at_least": 1}})}, "add": 4})
    for entry in entries:
        entry["because"] = "It counts."
    # In any order: they only add up.
    entries = [entries[place] for place in hand.some(range(len(entries)), len(entries))]
    lowest = sum(entry["add"] for entry in entries if entry["add"] < 0)
    highest = sum(entry["add"] for entry in entries if entry["add"] > 0)
    steps = sorted({int(lowest + (highest - lowest) * hand.count(0, 12) // 12) for _ in range(hand.count(1, 3))})
    rules = []
    for place in range(len(steps) + 1):
        begin, end = steps[place - 1 : place], steps[place : place + 1]
        band = {**({"at_least": begin[0]} if begin else {}), **({"less_than": end[0]} if end else {})}
        rules.append({"rule": f"band-{place}", "when": {"points": band}, "then": f"v{place % 3}", "because": "So."})
    return {
        "policy": "card",
        "title": "How good is it?",
        "situation": fields,
        "numbers": {"points": {"means": "the points", "points": entries}},
        "verdicts": {f"v{place}": {"title": f"Class {place}"} for place in range(3)},
        "rules": rules,
    }


@pytest.mark.thorough
@draw_by_day(25)
@given(data=scorecards())
def test_a_scorecard_is_proved_and_counted_as_situation_by_situation(data: dict[str, Any]) -> None:
    policy = load(data)
    proof = check(policy)
    expected = Counter(oracle.outcome(data, at).verdict for at in oracle.situations(data))
    assert proof.sound
    assert {name: many for name, many in proof.verdicts.items() if many} == expected
    assert verify(policy, certify(policy)).situations == sum(expected.values())


@draw_by_day(25)
@given(
    data=scorecards(),
    before=st.data(),
    limits=st.sampled_from(((0, 200, 400_000), (0, 200, 0), (0, 0, 0), (8, 200, 0))),
    starts=st.sampled_from(((40_000, 2), (0, 1), (40_000, 9))),
    few=st.sampled_from((0, 32)),
    nested=st.sampled_from((-1, 6)),
)
def test_rules_before_the_bands_are_counted_as_situation_by_situation(
    data: dict[str, Any],
    before: st.DataObject,
    limits: tuple[int, int, int],
    starts: tuple[int, int],
    few: int,
    nested: int,
) -> None:
    """The fields are asked in the order of these rules, also where fields are moved in it, or in that of the file: with
    few fields, or too many rules.
    """
    hand = Hand(before.draw)
    weaker = [rule["rule"] for rule in data["rules"]]
    for place in range(hand.count(1, 3)):
        names = hand.some(list(data["situation"]), hand.count(1, 2))
        when = {name: True if name == "known" else {"at_least": hand.count(0, 3)} for name in names}
        overrides = [{"rules": list(weaker), "because": "It comes first."}]
        rule = {"rule": f"before-{place}", "when": when, "then": f"v{hand.count(0, 2)}", "because": "So."}
        data["rules"].insert(0, {**rule, "overrides": overrides})
        weaker.append(f"before-{place}")
    ordered = mock.patch.multiple(field_order, FEWEST_FIELDS=limits[0], MOST_RULES=limits[1], _MOST_MOVES=limits[2])
    begun = mock.patch.multiple(field_order, _MOST_COMPARED=starts[0], _MOST_IMPROVED=starts[1])
    known = mock.patch.object(descent, "_FEW_CUBES", few)
    with ordered, begun, known, mock.patch.object(proof_session, "NESTED", nested):
        policy = load(data)
        proof = check(policy)
        certificate = certify(policy)
    assert proof.sound
    assert said_by_engine(proof, data) == said_by_oracle(tally(data))
    assert verify(policy, certificate).situations == proof.situations


@pytest.mark.thorough
def test_a_large_scorecard_with_rules_before_it_is_proved() -> None:
    """Asked in the order of the file, the fields of these rules would keep too many sets of them open."""
    proof = check(load(scorecard(12, 8, knock_outs=8)))
    assert proof.sound
    assert sum(many or 0 for many in proof.verdicts.values()) == proof.situations
    # The bands that rules with the same verdict come before, too.
    assert None not in proof.rules.values()


_RISK: dict[str, Any] = {
    "policy": "risk",
    "title": "How high is the risk?",
    "constants": {"severe": {"means": "what counts for much", "is": 2}},
    "situation": {
        "age": {"ask": "How old?", "type": "integer", "from": 0, "to": 120},
        "stroke": {"ask": "Was there a stroke?", "type": "yes_no"},
        "pressure": {"ask": "What is the pressure?", "type": "number", "from": 50},
    },
    "facts": {"high": {"means": "the pressure is high", "when": {"pressure": {"more_than": 140.5}}}},
    "numbers": {
        "risk": {
            "means": "risk points",
            "points": [
                {"when": {"age": {"at_least": 65}}, "add": 1, "because": "From 65 on."},
                {"when": {"age": {"at_least": 75}}, "add": 1, "because": "From 75 on once more."},
                {"when": {"stroke": True}, "add": "severe", "because": "A stroke."},
                {"when": {"high": True}, "add": 1, "because": "High pressure."},
            ],
        },
        "burden": {"means": "age and risk", "sum": {"age": 0.1, "risk": -1}},
        "worst": {"means": "at least two", "larger_of": ["risk", 2]},
    },
    "verdicts": {"treat": {"title": "Treat"}, "wait": {"title": "Wait"}},
    "rules": [
        {"rule": "treat", "when": {"risk": {"at_least": 3}}, "then": "treat", "because": "It is high."},
        {"rule": "wait", "when": {"risk": {"less_than": 3}}, "then": "wait", "because": "It is low."},
    ],
}


def _with(when: dict[str, Any]) -> dict[str, Any]:
    rules = [
        {"rule": "treat", "when": when, "then": "treat", "because": "It is high."},
        {"rule": "wait", "when": {"not": when}, "then": "wait", "because": "It is low."},
    ]
    return {**_RISK, "rules": rules}


def test_every_entry_that_holds_adds_its_points() -> None:
    policy = load(_RISK)
    assert check(policy).sound
    assert decide(policy, {"age": 80, "stroke": False, "pressure": 141}).verdict == "treat"
    assert decide(policy, {"age": 80, "stroke": False, "pressure": 140.5}).verdict == "wait"
    assert decide(policy, {"age": 70, "stroke": True}).verdict == "treat"
    assert decide(policy, {"age": 64, "stroke": False}).verdict == "wait"
    assert decide(policy, {"age": 64}).verdict is None


@pytest.mark.parametrize(
    ("when", "age", "stroke", "verdict"),
    [
        ({"burden": {"more_than": 4}}, 75, False, "treat"),
        ({"burden": {"more_than": 4}}, 59, True, "wait"),
        ({"worst": 2}, 20, False, "treat"),
        ({"worst": {"more_than": 2}}, 66, True, "treat"),
        ({"risk": [0, 2]}, 20, True, "treat"),
        ({"risk": {"none_of": [0, 2]}}, 20, True, "wait"),
    ],
)
def test_points_stand_in_other_numbers_and_are_compared_with_values(
    when: dict[str, Any], age: int, stroke: bool, verdict: str
) -> None:
    policy = load(_with(when))
    assert check(policy).sound
    assert verify(policy, certify(policy)).policy == "risk"
    assert decide(policy, {"age": age, "stroke": stroke, "pressure": 100}).verdict == verdict


def test_explanations_say_which_entries_added_what_and_which_are_open() -> None:
    [score] = explain(load(_RISK), {"age": 80, "stroke": True}).scores
    assert (score.number, score.total) == ("risk", None)
    assert score.added == (("1", "From 65 on."), ("1", "From 75 on once more."), ("2", "A stroke."))
    assert score.open == (("1", "High pressure."),)
    why = explain(load(_RISK), {"age": 80, "stroke": True, "pressure": 90})
    assert why.to_dict()["scores"]["risk"]["total"] == "4"
    assert "risk points: 4\n  +1  From 65 on.\n" in str(why)


def test_the_constant_that_an_entry_adds_is_called_by_its_name_and_stays_out_of_the_hash() -> None:
    policy = load(_RISK)
    assert policy.to_dict()["numbers"]["risk"]["points"][2]["add"] == "severe"
    entries = [{**entry, "add": 2 if entry["add"] == "severe" else entry["add"]}
               for entry in _RISK["numbers"]["risk"]["points"]]  # fmt: skip
    numbers = {**_RISK["numbers"], "risk": {"means": "risk points", "points": entries}}
    written = {key: value for key, value in _RISK.items() if key != "constants"} | {"numbers": numbers}
    assert load(written).sha256 == policy.sha256
    assert load(policy.to_yaml()).to_dict() == policy.to_dict()


_FEES: dict[str, Any] = {
    "policy": "fees",
    "title": "Is it dear?",
    "as_of": "day",
    "constants": {
        "rate": {"means": "what a kilo costs", "is": {"start": Decimal("1.5"), "2024-07-01": 2}},
        "base": {"means": "the basic fee", "is": {"start": 3, "2025-01-01": 0}},
        "least": {"means": "the least fee", "is": {"start": 4, "2024-07-01": 5}},
        "bonus": {"means": "what members are worth", "is": {"start": 1, "2024-01-01": 3}},
    },
    "situation": {
        "day": {"ask": "Which day?", "type": "date", "from": "2023-12-25", "to": "2025-01-05"},
        "weight": {"ask": "How heavy?", "type": "integer", "from": 0, "to": 12},
        "member": {"ask": "Is it for a member?", "type": "yes_no"},
    },
    "numbers": {
        "fee": {"means": "the fee", "sum": {"weight": "rate"}, "plus": "base"},
        "charged": {"means": "what is charged", "larger_of": ["fee", "least"]},
        "points": {
            "means": "points",
            "points": [
                {"when": {"member": True}, "add": "bonus", "because": "It is for a member."},
                {"when": {"weight": {"at_least": 10}}, "add": -1, "because": "It is heavy."},
            ],
        },
        "net": {"means": "what is left to pay", "sum": {"charged": 1, "points": Decimal("-0.5")}},
    },
    "verdicts": {"dear": {"title": "Dear"}, "cheap": {"title": "Cheap"}},
    "rules": [
        {"rule": "dear", "when": {"net": {"more_than": 12}}, "then": "dear", "because": "It is a lot."},
        {"rule": "cheap", "when": {"net": {"at_most": 12}}, "then": "cheap", "because": "It is little."},
    ],
}


@pytest.mark.thorough
def test_constants_in_numbers_count_with_the_value_of_the_day() -> None:
    policy = load(_FEES)
    proof = check(policy)
    assert proof.sound
    assert proof.verdicts == Counter(oracle.outcome(_FEES, at).verdict for at in oracle.situations(_FEES))
    assert verify(policy, certify(policy)).situations == proof.situations
    assert load(policy.to_yaml()).sha256 == policy.sha256
    late = {"day": "2024-07-01", "weight": 6, "member": False}
    assert decide(policy, late).verdict == "dear"
    assert decide(policy, {**late, "day": "2024-06-30"}).verdict == "cheap"
    assert decide(policy, {"weight": 12, "member": False}).verdict == "dear"


def test_between_two_days_numbers_have_the_values_of_each() -> None:
    policy = load(_FEES)
    [change] = diff(policy, between=("2024-06-30", "2024-07-01")).changes
    assert (change.before.verdict, change.after.verdict) == ("cheap", "dear")
    assert dict(change.numbers)["the fee on 2024-07-01"] != dict(change.numbers)["the fee on 2024-06-30"]


def test_an_entry_that_adds_the_value_of_the_day_is_open_until_the_day_is_known() -> None:
    [score] = explain(load(_FEES), {"weight": 12, "member": True}).scores
    assert (score.total, len(score.open)) == (None, 2)
    [score] = explain(load(_FEES), {"weight": 12, "member": True, "day": "2024-06-30"}).scores
    assert (score.total, score.added[0]) == ("2", ("3", "It is for a member."))


_FEE_BY_ZONE: dict[str, Any] = {
    "policy": "zones",
    "title": "Is it dear?",
    "situation": {
        "zone": {"ask": "Which zone?", "choices": {"a": "A", "b": "B", "c": "C"}},
        "weight": {"ask": "How heavy?", "type": "number", "from": 0, "to": 30, "step": Decimal("0.5")},
        "floors": {"ask": "How high?", "type": "integer", "from": 0, "to": 5},
    },
    "numbers": {
        "rate": {
            "means": "the rate of the zone",
            "points": [
                {"when": {"zone": zone}, "add": Decimal(add), "because": "By zone."}
                for zone, add in (("a", "1.5"), ("b", "2.3"), ("c", "3.7"))
            ],
        },
        "load": {"means": "what counts", "sum": {"weight": 1, "floors": -2}},
        "fee": {"means": "what it costs", "product": ["rate", "load"]},
        "carried": {"means": "what carrying costs", "product": ["floors", "weight", Decimal("0.03")]},
        "charged": {"means": "what is charged", "larger_of": ["fee", 5]},
        "total": {"means": "in all", "sum": {"charged": 1, "carried": 1}},
        "squared": {"means": "the square", "product": ["floors", "floors"]},
    },
    "verdicts": {"dear": {"title": "Dear"}, "cheap": {"title": "Cheap"}},
}


@pytest.mark.parametrize(
    "when",
    [
        {"fee": {"at_least": 12}},
        {"fee": {"less_than": Decimal("-3.7")}},
        {"total": {"more_than": Decimal("40.07")}},
        {"carried": [0, Decimal("0.9")]},
        {"squared": {"at_most": 9}, "total": {"none_of": [5, 8]}},
    ],
)
def test_products_are_proved_value_by_value(when: dict[str, Any]) -> None:
    rules = [
        {"rule": "dear", "when": when, "then": "dear", "because": "It is a lot."},
        {"rule": "cheap", "when": {"not": when}, "then": "cheap", "because": "It is little."},
    ]
    data = {**_FEE_BY_ZONE, "rules": rules}
    policy = load(data)
    proof = check(policy)
    assert proof.sound
    assert proof.verdicts == Counter(oracle.outcome(data, at).verdict for at in oracle.situations(data))
    assert verify(policy, certify(policy)).situations == proof.situations


def _factor(most: int) -> list[str]:
    """The problems of a product of a wide field and one with some values."""
    fields = {
        "wide": {"ask": "How much?", "type": "integer", "from": 0},
        "few": {"ask": "How many?", "type": "integer", "from": 1, "to": most},
    }
    numbers = {"both": {"means": "both", "product": ["wide", "few"]}}
    rules = [
        {"rule": "dear", "when": {"both": {"at_least": 9}}, "then": "dear", "because": "It is a lot."},
        {"rule": "cheap", "otherwise": True, "then": "cheap", "because": "It is little."},
    ]
    try:
        policy = load({**_FEE_BY_ZONE, "situation": fields, "numbers": numbers, "rules": rules})
    except PolicyError as error:
        return [problem.code for problem in error.problems]
    assert decide(policy, {"wide": 3, "few": 3}).verdict == "dear"
    assert decide(policy, {"wide": 2, "few": 4}).verdict == "cheap"
    return []


def test_a_factor_may_have_a_thousand_values_and_not_more() -> None:
    assert _factor(1_000) == []
    assert _factor(1_001) == ["too-many-cases"]


def _long(many: int, add: Any) -> dict[str, Any]:
    """A card with a yes/no question for each entry."""
    fields = {f"q{place}": {"ask": "Is it so?", "type": "yes_no"} for place in range(many)}
    entries = [{"when": {name: True}, "add": add, "because": "It is so."} for name in fields]
    numbers = {"risk": {"means": "risk points", "points": entries}}
    kept = {key: value for key, value in _RISK.items() if key not in ("constants", "facts")}
    return {**kept, "situation": fields, "numbers": numbers}


@pytest.mark.thorough
def test_hundreds_of_entries_are_nested_deeper_than_a_program_may_call_itself() -> None:
    policy = load(_long(240, 1))
    assert check(policy).situations == 2**240
    assert verify(policy, certify(policy)).situations == 2**240


def test_points_come_to_three_hundred_thousand_cases_and_not_to_more() -> None:
    card = _long(30, 1)
    card["numbers"]["risk"]["points"][0]["add"] = 9_971
    assert check(load(card)).situations == 2**30
    card["numbers"]["risk"]["points"][0]["add"] = 9_972
    with pytest.raises(PolicyError, match="too many different sums"):
        load(card)


def test_points_beside_fields_come_to_five_thousand_sums_and_not_to_more() -> None:
    card = _long(2, 1)
    card["situation"]["age"] = {"ask": "How old?", "type": "integer", "from": 0, "to": 99}
    card["numbers"]["both"] = {"means": "age and risk", "sum": {"age": 1, "risk": 1}}
    rules = [{**rule, "when": {"both": rule["when"]["risk"]}} for rule in card["rules"]]
    card["numbers"]["risk"]["points"][0]["add"] = 4_999
    policy = load({**card, "rules": rules})
    assert check(policy).situations == 400
    assert decide(policy, {"age": 2, "q0": False, "q1": True}).verdict == "treat"
    card["numbers"]["risk"]["points"][0]["add"] = 5_000
    with pytest.raises(PolicyError, match="too many different sums"):
        load({**card, "rules": rules})
