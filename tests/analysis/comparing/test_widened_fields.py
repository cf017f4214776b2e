"""How are two versions compared whose questions take other answers, and which cannot be compared?"""

from __future__ import annotations

from typing import Any

import pytest

from engine import Policy, PolicyError, diff
from engine.language.model.widening import widen
from tests.support.drawing.versions import pair
from tests.support.making.parcel_versions import HEAVY, LIGHT, WEIGHT, policy


def test_an_open_end_takes_the_place_of_a_stated_one() -> None:
    """A range that is opened is compared with the one that was stated."""
    old = policy({"weight": WEIGHT}, [LIGHT, HEAVY])
    opened = {key: value for key, value in WEIGHT.items() if key != "to"}
    (change,) = diff(old, policy({"weight": opened}, [LIGHT, HEAVY])).changes
    assert (pair(change), change.situations) == (("(impossible)", "van"), None)
    assert change.regions is not None
    assert change.regions.lines() == ["What does it weigh? at least 10"]


def test_a_name_may_become_the_first_part_of_another() -> None:
    """An example over both `client` and `client.kind` is flat, since no record could hold both."""
    kind = {"ask": "Who sends it?", "choices": {"shop": "A shop", "person": "A person"}}
    shop, person = ({"rule": each, "then": "van" if each == "shop" else "bike"} for each in ("shop", "person"))
    old = policy({"client": kind}, [shop | {"when": {"client": "shop"}}, person | {"when": {"client": "person"}}])
    new = policy(
        {"client.kind": kind}, [shop | {"when": {"client.kind": "shop"}}, person | {"when": {"client.kind": "person"}}]
    )
    first = diff(old, new).to_dict()["changes"][0]
    assert first["example"] == {"client.kind": "person", "client": "shop"}


def test_choices_of_either_version_are_merged_in_an_order_that_both_have() -> None:
    """A level between two others lies between them in both; where versions contradict each other there is no order."""
    level = {"ask": "How urgent is it?", "ordered": True, "choices": {"low": "Low", "high": "High"}}
    more = level | {"choices": {"low": "Low", "middle": "Middle", "high": "High"}}
    rules = [{"rule": "calm", "when": {"level": {"less_than": "high"}}, "then": "bike"},
             {"rule": "fast", "when": {"level": {"at_least": "high"}}, "then": "van"}]  # fmt: skip
    old, new = policy({"level": level}, rules), policy({"level": more}, rules)
    assert [field.options for field in widen(old, new).view.fields] == [("low", "middle", "high")]
    assert {pair(each): each.situations for each in diff(old, new).changes} == {("(impossible)", "bike"): 1}
    turned = policy({"level": level | {"choices": {"high": "High", "low": "Low"}}}, rules)
    assert refusal(old, turned) == (
        "`level` cannot be compared: the choices rise as `low`, `high` in the old version "
        "and as `high`, `low` in the new one"
    )
    loose = {**turned.to_dict()["situation"]["level"], "ordered": False}
    same = [{**rule, "when": {"level": "high" if rule["rule"] == "fast" else "low"}} for rule in rules]
    assert diff(old, policy({"level": loose}, same)).same


def test_the_word_none_is_a_text_where_only_the_other_version_has_or_none() -> None:
    """One version asks what depends on a text there, and the other does not."""
    yes_no = {"ask": "Is it so?", "type": "yes_no"}
    note = {"ask": "What does it say?", "type": "text", "known": ["fragile"], "applies_when": {"labelled": True}}
    fields = {"labelled": yes_no, "note": note, "torn": yes_no | {"applies_when": {"note": {"known": True}}}}
    rules: list[dict[str, Any]] = [
        {"rule": "torn", "when": {"torn": True}, "then": "bike"},
        {"rule": "rest", "otherwise": True, "then": "van"},
    ]
    old, new = policy(fields, rules), policy(fields | {"note": note | {"or_none": "Nothing"}}, rules)
    assert {pair(each): each.situations for each in diff(old, new).changes} == {("bike", "van"): 1}


def refusal(old: Policy, new: Policy) -> str:
    with pytest.raises(PolicyError) as caught:
        diff(old, new)
    (problem,) = caught.value.problems
    assert problem.code == "not-comparable"
    assert [each.path for each in problem.places] == [f"situation.{problem.message.split('`')[1]}"] * 2
    return problem.message


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ({"type": "integer"}, {"type": "number"},
         "the answer is a whole number in the old version and a number in the new one"),
        ({"type": "integer", "unit": "kg"}, {"type": "integer", "unit": "g"},
         "the answer is in `kg` in the old version and in `g` in the new one"),
        ({"type": "number", "step": 1}, {"type": "number"},
         "the answer is a number in steps of 1 counted from 0 in the old version and any number in the new one"),
        ({"type": "number", "step": 1, "from": 1}, {"type": "number", "step": 0.5, "from": 1},
         "the answer is a number in steps of 1 counted from 1 in the old version "
         "and a number in steps of 0.5 counted from 1 in the new one"),
        ({"type": "number", "step": 1}, {"type": "number", "step": 1, "from": 0.5},
         "the answer is a number in steps of 1 counted from 0 in the old version "
         "and a number in steps of 1 counted from 0.5 in the new one"),
    ],
)  # fmt: skip
def test_answers_that_have_nothing_in_common_are_refused(old: dict[str, Any], new: dict[str, Any], why: str) -> None:
    """Another type, unit or grid makes another question."""
    one, other = (policy({"weight": {"ask": "What does it weigh?", **spec}}, [LIGHT, HEAVY]) for spec in (old, new))
    assert refusal(one, other) == f"`weight` cannot be compared: {why}"


def test_grids_that_fit_are_compared_wherever_they_begin() -> None:
    """A grid of halves from 1 and one from 2.5 have all values from 2.5 on in common."""
    halves = {"ask": "What does it weigh?", "type": "number", "step": 0.5, "to": 9}
    old = policy({"weight": halves | {"from": 1}}, [LIGHT, HEAVY])
    new = policy({"weight": halves | {"from": 2.5}}, [LIGHT, HEAVY])
    assert {pair(each): each.situations for each in diff(old, new).changes} == {("bike", "(impossible)"): 3}


def test_a_text_none_of_one_version_is_that_there_is_none_in_the_other() -> None:
    """What is none of some texts holds of the text, and not where there is none, whoever else is asked what."""
    city = {"ask": "Where to?", "type": "text", "known": ["Lyon"]}
    rules: list[dict[str, Any]] = [{"rule": "far", "when": {"city": {"none_of": ["Lyon"]}}, "then": "van"},
             {"rule": "near", "otherwise": True, "then": "bike"}]  # fmt: skip
    bridge = {"ask": "By the bridge?", "type": "yes_no", "applies_when": {"city": "Lyon"}}
    for more in ({}, {"bridge": bridge}):
        old = policy({"city": city | {"or_none": "Nowhere"}, **more}, rules)
        new = policy({"city": city, **more}, rules)
        (change,) = diff(old, new).changes
        assert (pair(change), change.situations) == (("bike", "van"), 1)
        assert change.example == {"city": "none"}


def test_what_depends_on_an_answer_of_the_other_version_is_not_asked() -> None:
    """Where only the new version takes an answer, only its own questions tell situations apart."""
    weight = {"ask": "How heavy?", "type": "integer", "from": 0, "to": 1}
    many = {"ask": "How many?", "type": "integer", "from": 1, "to": 10, "applies_when": {"weight": {"none_of": [1]}}}
    rules: list[dict[str, Any]] = [{"rule": "all", "otherwise": True, "then": "van"}]
    old = policy({"weight": weight, "many": many}, rules)
    new = policy({"weight": weight | {"or_none": "Nobody knows"}, "many": many}, rules)
    (change,) = diff(old, new).changes
    assert (pair(change), change.situations) == (("(impossible)", "van"), 1)
