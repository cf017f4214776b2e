"""Where a question is not asked, what holds, and what is told?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine import (
    RecordError,
    certify,
    check,
    check_library,
    decide,
    diff,
    explain,
    find_survivors,
    load,
    load_cases,
    load_library,
    propose_cases,
    tabulate,
    verify,
)
from engine.surfaces.cli.group import verdict

CAR: dict[str, Any] = {
    "policy": "car",
    "title": "May it drive in?",
    "situation": {
        "car": {"ask": "Do you own a car?", "type": "yes_no"},
        "age": {
            "ask": "How old is it?",
            "type": "integer",
            "from": 0,
            "to": 30,
            "unit": "years",
            "or_none": "Nobody knows",
            "applies_when": {"car": True},
        },
        "fuels": {
            "ask": "What does it burn?",
            "type": "any_of",
            "choices": {"gas": "Gas", "oil": "Oil"},
            "applies_when": {"age": {"known": True}},
        },
    },
    "numbers": {"left": {"means": "years left", "sum": {"age": -1}, "plus": 30}},
    "facts": {"old": {"means": "it is old", "when": {"age": {"at_least": 20}}}},
    "verdicts": {"in": {"title": "Drive in"}, "out": {"title": "Stay out"}},
    "decision": "first",
    "rules": [
        {"rule": "old", "when": {"old": True}, "then": "out", "because": "Old cars stay out."},
        {"rule": "rest", "otherwise": True, "then": "in", "because": "Everybody else may."},
    ],
}


def holds(when: dict[str, Any], record: dict[str, Any]) -> bool:
    """Whether a condition holds for a record of the car."""
    rules = [{"rule": "it", "when": when, "then": "out", "because": "So."}, CAR["rules"][1]]
    return decide(load({**CAR, "rules": rules}), record, draft=True).verdict == "out"


@pytest.mark.parametrize(
    "when",
    [
        {"age": "none"},
        {"age": ["none", 3]},
        {"age": {"at_least": 0}},
        {"age": {"none_of": [3]}},
        {"age": {"known": True}},
        {"fuels": {"excludes": ["gas"]}},
        {"fuels": {"only": []}},
        {"fuels": {"includes_any": ["gas", "oil"]}},
        {"fuels": {"known": True}},
        {"left": {"at_most": 30}},
        {"left": {"known": True}},
        {"old": True},
    ],
)
def test_nothing_holds_of_what_is_not_asked(when: dict[str, Any]) -> None:
    """Neither what it is compared with nor what it is not; only what is turned round holds."""
    assert not holds(when, {"car": False})
    assert holds({"not": when}, {"car": False})


def test_none_is_an_answer_and_not_being_asked_is_not() -> None:
    """A number has no value for either, and `known` tells neither apart."""
    assert holds({"age": "none"}, {"car": True, "age": "none"})
    for record in ({"car": True, "age": "none"}, {"car": False}):
        assert holds({"age": {"known": False}, "left": {"known": False}, "fuels": {"known": False}}, record)


def test_there_is_one_situation_where_a_question_is_not_asked() -> None:
    """No car: 1. A car of unknown age: 1. Of each of 31 ages: 4 sets of fuels."""
    proof = check(load(CAR))
    assert proof.situations == 1 + 1 + 31 * 4
    assert "car, in 1" not in str(proof)
    assert verify(load(CAR), certify(load(CAR))).situations == proof.situations


def test_an_answer_that_nobody_asks_for_is_refused_where_it_stands() -> None:
    """Also where one question leaves the next one unasked; an answer before its condition says that it holds."""
    with pytest.raises(RecordError) as refused:
        decide(load(CAR), {"car": True, "age": "none", "fuels": ["gas"]})
    [problem] = refused.value.problems
    assert (problem.code, problem.places[0].path) == ("not-asked", "fuels")
    assert decide(load(CAR), {"age": 25}).verdict == "out"
    with pytest.raises(RecordError, match="`fuels` is not asked here"):
        decide(load(CAR), {"car": False, "fuels": ["gas"]})


def test_what_is_not_asked_is_left_out_of_what_is_told() -> None:
    """Examples, proposed cases and reasons have no answer to it; a change of answers says that it goes."""
    rules = [CAR["rules"][0], {"rule": "young", "when": {"old": False, "car": True}, "then": "in", "because": "So."}]
    [gap] = check(load({**CAR, "rules": rules})).errors
    assert gap.example == {"car": False}
    assert "not asked" not in str(gap)
    policy = load(CAR)
    case = {"case": "an old car", "given": {"car": True, "age": 25, "fuels": []}, "expect": "out"}
    cases = load_cases({"policy": "car", "cases": [case]}, policy)
    proposed = propose_cases(policy, cases)
    texts = [str(each.to_dict()) for each in proposed.cases]
    assert texts
    assert not any("not asked" in text.split("reasons")[0] for text in texts)
    found = find_survivors(policy, cases)
    assert all("not asked" not in str(each.to_dict()["example"]) for each in found.survivors)
    why = explain(policy, {"car": False}, instead="out")
    assert why.reason == {"car": False}
    assert [turn.field for turn in why.instead[0].ways[0]] == ["car"]
    # How old the car is has to be said then, too.
    assert "would become possible with 1 other answer" in str(why)
    back = explain(policy, {"car": True, "age": 25, "fuels": []}, instead="in")
    assert "would be the verdict with 1 other answer" in str(back)


def test_an_answer_that_is_not_asked_for_with_other_ones_is_said_to_be_so() -> None:
    """An explanation of what would change does not speak of what the condition says of such an answer."""
    rules = [
        {"rule": "drives", "when": {"car": True}, "then": "in", "because": "So."},
        CAR["rules"][1] | {"then": "out"},
    ]
    why = explain(load({**CAR, "rules": rules}), {"car": True, "age": "none"}, instead="out")
    assert "How old is it?      is not asked  (now: Nobody knows)" in str(why)
    assert why.to_dict()["instead"]["out"][0][1] == {"field": "age", "from": "none", "to": None}


def test_an_amount_is_worked_out_otherwise_where_another_question_is_asked() -> None:
    """It counts what is not asked as not answered; `diff` names the output that differs."""
    points = [{"when": {"age": {"at_least": 20}}, "add": 2, "because": "It is old."}]
    data = {**CAR, "numbers": {"worth": {"means": "what it is worth", "points": points}}}
    data["rules"] = [{**rule, "output": {"fee": {"number": "worth"}}} for rule in CAR["rules"]]
    always = {key: value for key, value in CAR["situation"]["age"].items() if key != "applies_when"}
    other = {**data, "situation": {**CAR["situation"], "age": always}}
    alike = [each for each in diff(load(data), load(other)).changes if each.before.verdict == each.after.verdict]
    assert [(each.before.verdict, each.otherwise) for each in alike] == [("in", ("fee",)), ("out", ("fee",))]


@pytest.mark.parametrize(("never", "broken"), [("rises", [44]), ("falls", [])])
def test_a_number_moves_where_a_question_is_asked_in_one_of_two_situations_alone(never: str, broken: list[int]) -> None:
    """Nothing in it reads the car; but with one, eleven ages of 20 and more give points, each with four fuels."""
    points = [{"when": {"age": {"at_least": 20}}, "add": 2, "because": "It is old."}]
    numbers = {**CAR["numbers"], "worth": {"means": "what it is worth", "points": points}}
    promise = {"guarantee": "cars", "rising": "car", "never": {"worth": never}, "because": "So."}
    found = check(load({**CAR, "numbers": numbers, "guarantees": [promise]})).errors
    assert [each.situations for each in found] == broken


def test_situations_without_a_partner_are_counted_where_an_amount_is_compared_that_is_not_always_asked() -> None:
    """Two of weight 0 and one of weight 1 may have boxes; those of weight 2 and 3 have none, and so no partner."""
    data: dict[str, Any] = {
        **{key: CAR[key] for key in ("policy", "title", "verdicts")},
        "situation": {
            "boxed": {"ask": "Is it in boxes?", "type": "yes_no"},
            "boxes": {"ask": "How many?", "type": "integer", "from": 0, "to": 2, "applies_when": {"boxed": True}},
            "weight": {"ask": "How heavy?", "type": "integer", "from": 0, "to": 3},
        },
        "impossible": [{"when": {"boxes": {"at_most": {"field": "weight"}}}, "because": "So many hold it."}],
        "rules": [{"rule": "all", "then": "in", "because": "So."}],
        "guarantees": [{"guarantee": "boxes", "ignores": "boxed", "because": "They do not matter."}],
    }
    proof = check(load(data))
    assert proof.situations == 7
    assert [each.situations for each in proof.findings if each.code == "no-partner"] == [2]


def test_a_library_may_have_such_a_field() -> None:
    """It is checked with it, and a policy that takes the field over takes over what says whether it is asked."""
    parts = {"situation": CAR["situation"], "facts": CAR["facts"]}
    checked = check_library(load_library({"library": "cars", "title": "Cars", **parts}))
    assert checked.situations == 126


def test_an_interview_asks_nobody_without_a_car_how_old_it_is(tmp_path: Path) -> None:
    """On the command line, the next question comes only after those that say whether it is asked."""
    file = tmp_path / "car.yaml"
    file.write_text(load(CAR).to_yaml(), encoding="utf-8")
    found = CliRunner().invoke(verdict, ["ask", str(file)], input="no\n")
    assert "How old" not in found.output
    assert "Drive in" in found.output
    shown = CliRunner().invoke(verdict, ["show", str(file)]).output
    assert "asked only when:\n      Do you own a car? yes" in shown
    assert "What cannot happen" not in shown


def test_a_table_counts_as_impossible_only_what_the_author_says() -> None:
    """That a question is not asked makes nothing impossible."""
    assert tabulate(load(CAR)).left_out == 0
    assert "cannot happen" not in str(tabulate(load(CAR)))
    never = {"when": {"age": {"at_least": 30}}, "because": "There are none."}
    assert tabulate(load({**CAR, "impossible": [never]})).left_out == 4


def test_a_table_tells_what_is_not_asked_from_what_there_is_none_of() -> None:
    """A field may be answered `none` and be left unasked, which are two things."""
    fuels = {
        "ask": "What does it run on?",
        "choices": {"gas": "Petrol", "power": "Current"},
        "or_none": "It does not run",
    }
    rules = [
        {"rule": "off", "when": {"fuel": "none"}, "then": "out", "because": "It cannot leave."},
        {"rule": "smoky", "when": {"fuel": "gas"}, "then": "out", "because": "It smells."},
        {"rule": "rest", "otherwise": True, "then": "in", "because": "All others may."},
    ]
    fields = {"car": CAR["situation"]["car"], "fuel": {**fuels, "applies_when": {"car": True}}}
    policy = load(
        {"policy": "car", "title": "Where?", "situation": fields, "verdicts": CAR["verdicts"], "rules": rules}
    )
    cells = {word for row in tabulate(policy).rows for word in row.words if word}
    assert cells == {"yes", "no", "Petrol or It does not run", "Current", "not asked"}
