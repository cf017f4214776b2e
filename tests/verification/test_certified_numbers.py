"""Are derived numbers, facts and fields that are not always asked certified and verified, in every test of them?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine import certify, check, load, verify
from tests.support.judging.certificate_trial import certified, refused
from tests.verification.test_certificate import resealed

ASKED = {"applies_when": {"sure": True}}
NUMBER = {"type": "number", "from": 0, "or_none": "None"}


def test_a_fact_that_always_or_never_holds_is_verified() -> None:
    """No test is left of its condition: what it is stands from the beginning."""
    data: dict[str, Any] = {
        "policy": "visits",
        "title": "Who comes in?",
        "situation": {"age": {"ask": "How old are they?", "type": "integer", "from": 0, "to": 9}},
        "facts": {
            "born": {"means": "they are there", "when": {"age": {"at_least": 0}}},
            "grown": {"means": "they are grown up", "when": {"age": {"more_than": 9}}},
        },
        "verdicts": {"in": {"title": "In"}, "out": {"title": "Out"}},
        "rules": [
            {"rule": "young", "when": {"born": True, "grown": False, "age": {"less_than": 6}}, "then": "out"},
            {"rule": "old", "when": {"born": True, "age": {"at_least": 6}}, "then": "in"},
        ],
    }
    for item in data["rules"]:
        item["because"] = "So."
    certified(data)


def test_a_larger_number_that_is_one_of_some_is_verified() -> None:
    """Equal to a value is both at least and at most it, in a condition and in its negation."""
    score = {"ask": "How many points?", "type": "integer", "from": 0, "to": 5}
    data: dict[str, Any] = {
        "policy": "scores",
        "title": "Which medal?",
        "situation": {"first": score, "second": score},
        "numbers": {"best": {"means": "the better try", "larger_of": ["first", "second"]}},
        "verdicts": {"silver": {"title": "Silver"}, "bronze": {"title": "Bronze"}, "gold": {"title": "Gold"}},
        "rules": [
            {"rule": "good", "when": {"best": [3, 4]}, "then": "silver"},
            {"rule": "fair", "when": {"best": {"none_of": [3, 4], "less_than": 5}}, "then": "bronze"},
            {"rule": "excellent", "when": {"not": {"best": {"at_most": 4}}}, "then": "gold"},
        ],
        "guarantees": [{"guarantee": "no-other", "when": {"not": {"best": [3, 4]}}, "never": "silver"}],
    }
    for item in [*data["rules"], *data["guarantees"]]:
        item["because"] = "So."
    certified(data)


def test_a_ratio_is_verified() -> None:
    """Each constant is a sum of its own; the value of 1 as an answer and `known` are told apart."""
    data: dict[str, Any] = {
        "policy": "loan",
        "title": "Is it small enough?",
        "situation": {
            "paid": {"ask": "How much is paid back?", "type": "integer", "from": 0, "to": 6},
            "income": {"ask": "How much comes in?", "type": "integer", "from": 1, "to": 4, "or_none": "Nothing"},
        },
        "numbers": {
            "most": {"means": "the larger one", "larger_of": ["paid", 2]},
            "share": {"means": "the part", "ratio": {"of": "most", "to": "income"}},
        },
        "verdicts": {"yes": {"title": "Yes"}, "ask": {"title": "Perhaps"}, "no": {"title": "No"}},
        "rules": [
            {"rule": "unknown", "when": {"share": {"known": False}}, "then": "no"},
            {"rule": "low", "when": {"share": {"known": True, "at_most": 0.5}}, "then": "yes"},
            {"rule": "equal", "when": {"share": [1, 1.5]}, "then": "ask"},
            {"rule": "high", "when": {"share": {"more_than": 0.5, "none_of": [1, 1.5]}}, "then": "no"},
        ],
        "guarantees": [{"guarantee": "above", "always": {"not": {"share": {"less_than": 0.5}}}}],
    }
    for item in [*data["rules"], *data["guarantees"]]:
        item["because"] = "So."
    certified(data)


@pytest.mark.parametrize("factor", [{"sum": {"first": 1, "second": 2}}, {"larger_of": ["both", 2]}])
def test_a_product_with_a_sum_of_few_values_is_verified(factor: dict[str, Any]) -> None:
    """The sum is compared with each of its values, and nothing else compares it."""
    score = {"ask": "How many points?", "type": "integer", "from": 0, "to": 2}
    certified({
        "policy": "scores",
        "title": "Is it won?",
        "situation": {"first": score, "second": score, "level": {**score, "to": 5}},
        "numbers": {
            "both": {"means": "both tries", "sum": {"first": 1, "second": 2}},
            "tries": {"means": "what the tries count", **factor},
            "points": {"means": "all points", "product": ["tries", "level"]},
        },
        "verdicts": {"won": {"title": "Won"}, "lost": {"title": "Lost"}},
        "rules": [
            {"rule": "many", "when": {"points": {"at_least": 7}}, "then": "won", "because": "So."},
            {"rule": "few", "when": {"points": {"less_than": 7}}, "then": "lost", "because": "So."},
        ],
    })  # fmt: skip


def _parcels(rows: list[dict[str, Any]], **parts: Any) -> dict[str, Any]:
    """A policy with a fee by the zone and the weight; `rows` are the rules of its rate, which `parts` give."""
    rules = [
        {"rule": "low", "when": {"fee": {"at_most": 12}}, "then": "cheap"},
        {"rule": "high", "when": {"fee": {"more_than": 12}, "rate": [1.5, 4]}, "then": "dear"},
    ]
    for item in [*rules, *rows]:
        item["because"] = "So."
    fee = {"means": "what it costs", "product": ["weight", "rate"]}
    return {
        "policy": "parcels",
        "title": "Is it dear?",
        "situation": {
            "zone": {"ask": "Which zone?", "choices": {"near": "Near", "far": "Far"}},
            "weight": {"ask": "How heavy?", "type": "integer", "from": 1, "to": 9},
        },
        **parts,
        "numbers": {"rate": {"means": "the rate", **parts["numbers"]}, "fee": fee},
        "verdicts": {"cheap": {"title": "Cheap"}, "dear": {"title": "Dear"}},
        "rules": rules,
    }


def _is_verified(data: dict[str, Any]) -> None:
    """Whether the certificate is right, and is refused with another verdict in it."""
    policy = load(data)
    right = certify(policy).to_dict()
    assert verify(policy, right).situations == 18
    assert right["verdicts"] == {"cheap": 8 + 3, "dear": 1 + 6}
    nodes = right["tree"]["nodes"]
    [branch, *_] = [branch for node in nodes for branch in node["branches"] if branch.get("verdict") == "dear"]
    branch["verdict"] = "cheap"
    assert "for a situation that gets the verdict `dear`" in refused(policy, resealed(right))


def test_a_number_that_a_table_gives_is_verified() -> None:
    """It is one of its amounts, each where the rules of its step give it, also as a part of another number."""
    rows = [
        {"rule": "near", "when": {"zone": "near"}, "then": 1.5},
        {"rule": "far", "when": {"zone": "far"}, "then": 4},
        {"rule": "far-and-heavy", "when": {"zone": "far", "weight": {"at_least": 5}}, "then": 4},
    ]
    _is_verified(_parcels(rows, numbers={"table": rows}))


def test_a_number_that_a_step_gives_is_verified() -> None:
    """It is the amount of the rules that stand; where they give different ones, the step has a conflict."""
    outcomes = {name: {"title": name, "output": {"fee": fee}} for name, fee in (("near", 1.5), ("far", 4))}
    rows: list[dict[str, Any]] = [
        {"rule": "near", "when": {"zone": "near"}, "then": "near"},
        {"rule": "far", "when": {"zone": "far"}, "then": "far"},
        {"rule": "heavy", "when": {"zone": "far", "weight": {"at_least": 5}}, "then": "far", "output": {"fee": 4.0}},
    ]
    steps = {"way": {"means": "how it goes", "outcomes": outcomes, "rules": rows}}
    _is_verified(_parcels(rows, numbers={"output": "fee", "of": "way"}, steps=steps))
    rows[-1]["output"] = {"fee": 5}
    disputed = load(_parcels(rows, numbers={"output": "fee", "of": "way"}, steps=steps))
    found = verify(disputed, certify(disputed))
    assert (found.sound, found.situations) == (False, 18)


@pytest.mark.parametrize(
    ("asked", "when"),
    [
        ({"type": "yes_no", "or_none": "Nobody knows"}, True),
        ({"type": "integer", "from": 0, "to": 3}, {"at_least": 2}),
        ({"type": "date", "from": "2025-01-01", "or_none": "Never"}, {"before": "2025-02-01"}),
        (NUMBER, {"more_than": 1.5}),
        ({"type": "number", "to": 9}, {"none_of": [3]}),
        ({"choices": {"a": "A", "b": "B"}, "ordered": True}, {"at_most": "a"}),
        ({"type": "text", "known": ["Bath"]}, {"none_of": ["Bath"]}),
        ({"type": "any_of", "choices": {"a": "A", "b": "B"}}, {"excludes": ["a"]}),
        ({"type": "any_of", "choices": {"a": "A", "b": "B"}}, {"includes_any": ["a", "b"]}),
    ],
)
def test_a_field_that_is_not_always_asked_is_verified(asked: dict[str, Any], when: Any) -> None:
    """Of every kind: where it is not asked there is one situation, in which no comparison of it holds."""
    data: dict[str, Any] = {
        "policy": "asked",
        "title": "Is it so?",
        "situation": {
            "sure": {"ask": "Are you sure?", "type": "yes_no"},
            "more": {"ask": "What is it?", **asked, **ASKED},
        },
        "verdicts": {"yes": {"title": "Yes"}, "no": {"title": "No"}, "nothing": {"title": "Nothing"}},
        "rules": [
            {"rule": "holds", "when": {"more": when}, "then": "yes"},
            {"rule": "fails", "when": {"more": {"known": True}, "not": {"more": when}}, "then": "no"},
            {"rule": "lacks", "when": {"more": {"known": False}}, "then": "nothing"},
        ],
        "guarantees": [{"guarantee": "blind", "ignores": "sure"}],
    }
    for item in [*data["rules"], *data["guarantees"]]:
        item["because"] = "So."
    policy = load(data)
    certificate = certify(policy)
    assert verify(policy, certificate).sound == check(policy).sound
    wrong = json.loads(certificate.to_json().replace('"verdict": "nothing"', '"verdict": "yes"'))
    assert refused(policy, resealed(wrong))


def test_a_sum_that_only_has_to_have_a_value_ties_no_fields() -> None:
    """Its fields may be asked one by one then, in parts of several ranges."""
    known = {"known": True}
    data: dict[str, Any] = {
        "policy": "loads",
        "title": "How should it go?",
        "situation": {
            "floors": {"ask": "How many floors?", "type": "integer", "from": 0, "to": 3},
            "items": {"ask": "How many things?", "type": "integer", "from": 10, "to": 12, "or_none": "None"},
            "fragile": {"ask": "Can it break?", "type": "yes_no"},
        },
        "numbers": {"load": {"means": "how much it is", "sum": {"floors": 1, "items": 1}}},
        "impossible": [
            {"when": {"any": [{"items": {"less_than": 12}}, {"items": "none"}], "fragile": False}},
            {"when": {"items": 12, "fragile": True}},
        ],
        "verdicts": {"van": {"title": "By van"}, "bike": {"title": "By bike"}, "walk": {"title": "On foot"}},
        "decision": "first",
        "rules": [
            {
                "rule": "high",
                "when": {"fragile": True, "floors": {"at_least": 2}, "load": known},
                "then": "van",
            },
            {
                "rule": "low",
                "when": {"fragile": True, "floors": {"at_most": 1}, "not": {"load": known}},
                "then": "bike",
            },
            {"rule": "rest", "otherwise": True, "then": "walk"},
        ],
    }
    for item in [*data["rules"], *data["impossible"]]:
        item["because"] = "So."
    policy = load(data)
    certificate = certify(policy)
    assert any(len(branch.spans) == 2 for node in certificate.nodes for branch in node.branches)
    assert verify(policy, certificate).sound == check(policy).sound


@pytest.mark.thorough
def test_points_nested_deeper_than_a_program_may_call_itself_are_verified() -> None:
    """A condition for each of many questions is left at every place: as many levels as there are points."""
    fields = {f"q{place}": {"ask": "Is it so?", "type": "yes_no"} for place in range(260)}
    entries = [{"when": {name: True}, "add": 1, "because": "It is so."} for name in fields]
    data: dict[str, Any] = {
        "policy": "checklist",
        "title": "Is anything wrong?",
        "situation": fields,
        "numbers": {"wrong": {"means": "what is wrong", "points": entries}},
        "verdicts": {"stop": {"title": "Stop"}, "go": {"title": "Go"}},
        "rules": [
            {"rule": "wrong", "when": {"wrong": {"at_least": 1}}, "then": "stop", "because": "So."},
            {"rule": "right", "when": {"wrong": {"less_than": 1}}, "then": "go", "because": "So."},
        ],
    }
    policy = load(data)
    right = certify(policy).to_dict()
    assert verify(policy, right).situations == 2**260
    [node] = [node for node in right["tree"]["nodes"] if all("verdict" in each for each in node["branches"])]
    for branch in node["branches"]:
        branch["verdict"] = "stop"
    assert "it certifies the verdict `stop` for a situation that gets the verdict `go`" in refused(
        policy, resealed(right)
    )
