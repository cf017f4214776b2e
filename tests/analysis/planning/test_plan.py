"""Are the questions as few as can be, do they lead to the right verdict, and is none asked in vain?

Compared with trying every order of the questions over all situations of small policies.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any
from unittest import mock

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine import Plan, RecordError, decide, interview, load, plan
from engine.language.model.relations.rule_outputs import Yield
from engine.language.situations.situation_records import read_record
from engine.meaning.asked.asked_questions import fill_in
from engine.meaning.hit_policies import Ending
from engine.meaning.reference import excluded_by
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import partial_records, policies, records
from tests.support.judging.oracle import CONFLICT, GAP, mentioned, outcome
from tests.support.judging.spaces import NOT_ASKED, settle, situations
from tests.support.judging.spaces import given as answers_of
from tests.support.judging.yields import by_value, gets, output_of
from tests.support.making.asking import succession, yes_no_rules
from tests.support.making.picnic import STORM_PICNIC
from tests.support.making.tables import tree_table

FEW_FIELDS, FEW_SITUATIONS = 5, 400
_FAULTS: dict[object, str] = {Ending.GAP: GAP, Ending.CONFLICT: CONFLICT}


def _everywhere(policy: dict[str, Any]) -> list[tuple[dict[str, Any], Any]]:
    """Every possible situation, its answers in comparable form, with what it gets."""
    fields = policy["situation"]
    return [
        ({name: settle(fields[name], value) for name, value in record.items()}, gets(policy, here.verdict, here.stands))
        for record in situations(policy)
        if (here := outcome(policy, record)).possible
    ]


def _before(policy: dict[str, Any]) -> dict[str, frozenset[str]]:
    """For each question those that have to come before it: what it is asked after, and what says whether it is."""
    return {
        name: frozenset(filter(None, [spec.get("ask_after"), *mentioned(policy, spec.get("applies_when", {}))]))
        for name, spec in policy["situation"].items()
    }


def _fewest(places: list[tuple[dict[str, Any], Any]], pins: dict[str, frozenset[str]]) -> Fraction:
    """The least number of questions that can be expected, by trying every next question after any answers.

    Each question is there with those that have to come before it. One that nobody is asked is not waited for.
    """
    needed_first = frozenset[str]().union(*pins.values())

    @cache
    def expected(left: tuple[int, ...], asked: frozenset[str]) -> Fraction:
        if len({places[each][1] for each in left}) < 2:
            return Fraction(0)
        known = {name for name in pins if name in asked or all(places[each][0][name] == NOT_ASKED for each in left)}
        best = None
        for name, before in pins.items():
            by_answer: dict[Any, list[int]] = {}
            for each in left:
                by_answer.setdefault(places[each][0][name], []).append(each)
            is_needed_first = name in needed_first
            if name in known or before - known or (len(by_answer) < 2 and not is_needed_first):
                continue
            after = asked | {name} if is_needed_first else asked
            rest = sum(
                (Fraction(len(part), len(left)) * expected(tuple(part), after) for part in by_answer.values()),
                Fraction(0),
            )
            if best is None or rest < best:
                best = rest
        assert best is not None
        return 1 + best

    return expected(tuple(range(len(places))), frozenset())


def _followed(found: Plan, values: Any) -> tuple[object, int]:
    """Where the plan leads a situation, and how many questions were asked on the way."""
    at, asked = found.root, set()
    while at >= 0:
        step = found.steps[at]
        axis = found.space.axes[step.axis]
        if len(axis.fields) == 1:
            asked.add(axis.name)
            cell = found.space.cell_of(step.axis, values[axis.name])
            at = next(way.to for way in step.ways if way.cells >> cell & 1)
        else:
            assert asked >= set(axis.fields)
            return None, len(asked)
    return found.endings[~at], len(asked)


@pytest.mark.thorough
@draw_by_day(25)
@given(exact_steps=st.sampled_from([10, 15_000]), data=policies(small=True, countable=True))
def test_no_plan_needs_fewer_questions(exact_steps: int, data: dict[str, Any]) -> None:
    """A plan that is called exact expects as many questions as the best way to ask, and every plan leads where it
    should and expects what it says; where the search for the fewest ends early, that is said."""
    policy = load(data)
    with mock.patch("engine.analysis.planning.planner._EXACT_STEPS", exact_steps):
        found = plan(policy)
    assert found is not None
    assume(len(policy.fields) <= FEW_FIELDS and len(list(situations(data))) <= FEW_SITUATIONS)
    places = _everywhere(data)
    if found.expected is None or not places:
        return
    asked = []
    for record in situations(data):
        possible, _, stands, verdict = outcome(data, record)
        if not (possible or NOT_ASKED not in record.values()):
            continue
        label, many = _followed(found, fill_in(policy, read_record(policy, answers_of(record)).values))
        assert many <= found.worst
        if possible:
            asked.append(many)
            if isinstance(label, Yield):
                assert (label.verdict, by_value(label.output)) == (verdict, by_value(output_of(data, stands)))
            else:
                assert _FAULTS.get(label, label) == verdict
    assert found.expected == Fraction(sum(asked), len(asked))
    fewest = _fewest(places, _before(data))
    assert found.expected == fewest if found.exact else found.expected >= fewest


@draw_by_day(25)
@given(data=st.data())
def test_an_interview_ends_in_the_verdict(data: st.DataObject) -> None:
    """Answered truly it ends with what the definition says, asks nothing twice, and stops once that is certain."""
    mapping = data.draw(policies(small=True))
    record = data.draw(records(mapping, unsure=False))
    policy = load(mapping)
    if excluded_by(policy, fill_in(policy, read_record(policy, record).values)):
        return
    at = interview(policy, draft=True)
    for _ in policy.fields:
        if at.question is None:
            break
        so_far = decide(policy, dict(at.answers.values), draft=True)
        assert so_far.outcome == "undecided" or so_far.open_outputs
        assert at.question.name not in at.asked
        assert at.question.ask_after in (None, *at.asked)
        at = at.answer(record[at.question.name])
    assert at.question is None
    whole = decide(policy, record, draft=True)
    assert (at.decision.outcome, at.decision.verdict) == (whole.outcome, whole.verdict)
    assert by_value(at.decision.output) == by_value(whole.output)
    assert set(at.decision.rules) <= set(whole.rules) <= {*at.decision.rules, *at.decision.possible_rules}


@draw_by_day(25)
@given(data=st.data())
def test_going_back_is_as_if_it_had_not_been_answered(data: st.DataObject) -> None:
    """Back after an answer gives the interview before it, from whatever was known at the start."""
    mapping = data.draw(policies(small=True))
    known = data.draw(partial_records(mapping))
    record = data.draw(records(mapping))
    policy = load(mapping)
    try:
        before = interview(policy, known, draft=True)
        if before.question is None:
            return
        after = before.answer(record[before.question.name])
    except RecordError:
        return
    assert after.asked == (before.question.name,)
    assert after.back() == before
    assert before.back() == before


def test_a_question_that_others_answer_is_not_asked() -> None:
    """Where what is possible ties two answers together, only one of them is asked for."""
    fields = {name: {"ask": f"{name}?", "type": "yes_no"} for name in ("one", "two", "three", "four")}
    policy = load({
        "policy": "tied",
        "title": "Which?",
        "situation": fields,
        "impossible": [
            {"when": {"one": True, "two": False}, "because": "They go together."},
            {"when": {"one": False, "two": True}, "because": "They go together."},
        ],
        "verdicts": {"odd": {"title": "Odd"}, "even": {"title": "Even"}},
        "rules": [
            {"rule": "odd", "when": {"any": [{"one": True, "three": False}, {"one": False, "three": True}]},
             "then": "odd", "because": "One of them."},
            {"rule": "even", "when": {"any": [{"one": True, "three": True}, {"one": False, "three": False}]},
             "then": "even", "because": "Both or none."},
        ],
    })  # fmt: skip
    found = plan(policy)
    assert found is not None
    assert (found.exact, found.expected, found.worst) == (True, Fraction(2), 2)
    asked = {found.space.axes[step.axis].name for step in found.steps}
    assert len(asked & {"one", "two"}) == 1
    assert "four" not in asked


def test_where_nothing_is_possible_nothing_is_asked() -> None:
    """A draft that declares everything impossible has a plan of no question."""
    parcel = {"ask": "What is it?", "choices": {"letter": "It is a letter", "box": "It is a box"}}
    policy = load({
        "policy": "no-parcel",
        "title": "How should it go?",
        "situation": {"parcel": parcel},
        "impossible": [{"when": {"parcel": ["letter", "box"]}, "because": "It was lost."}],
        "verdicts": {"van": {"title": "By van"}, "bike": {"title": "By bike"}},
        "rules": [{"rule": "heavy", "when": {"parcel": "box"}, "then": "van", "because": "It is heavy."}],
    })  # fmt: skip
    assert str(plan(policy)) == "no-parcel: 0.00 questions on average, and no plan needs fewer; 0 at most"


def test_a_pinned_question_comes_after_the_one_it_names() -> None:
    """`ask_after` holds, though the plan would be shorter the other way round."""
    situation = {
        "guests": {"ask": "How many come?", "type": "integer", "from": 1, "to": 30},
        "wind": {**STORM_PICNIC["situation"]["wind"], "ask_after": "rain"},
        "rain": {"ask": "Does it rain?", "type": "yes_no", "ask_after": "guests"},
    }
    found = plan(load({**STORM_PICNIC, "situation": situation}))
    assert found is not None
    first = found.steps[found.root]
    assert found.space.axes[first.axis].name == "guests"


def test_a_pinned_question_comes_after_one_that_cannot_matter() -> None:
    """Nobody is asked how old the spouse is who was not asked first whether there is one."""
    policy = load({
        "policy": "pension",
        "title": "Is there a pension?",
        "situation": {
            "spouse": {"ask": "Is there a spouse?", "type": "yes_no"},
            "age": {"ask": "How old is the spouse?", "type": "integer", "from": 0, "to": 120, "ask_after": "spouse"},
        },
        "verdicts": {"paid": {"title": "It is paid"}, "none": {"title": "There is none"}},
        "decision": "first",
        "rules": [
            {"rule": "old", "when": {"age": {"at_least": 65}}, "then": "paid", "because": "Pensions begin at 65."},
            {"rule": "young", "otherwise": True, "then": "none", "because": "It is too early."},
        ],
    })  # fmt: skip
    begun = interview(policy)
    assert begun.question is not None
    assert begun.question.name == "spouse"
    following = begun.answer(True).question
    assert following is not None
    assert following.name == "age"
    assert decide(policy, {}).ask == "age"
    assert str(plan(policy)) == (
        "pension: 2.00 questions on average, and no plan needs fewer; 2 at most\n"
        "\n"
        "1. Is there a spouse?\n"
        "   any answer   go on with 2\n"
        "\n"
        "2. How old is the spouse?\n"
        "   at most 64    There is none\n"
        "   at least 65   It is paid"
    )


def test_a_plan_in_words() -> None:
    """Each question with its answers, and where they lead; how many are expected, and that no plan needs fewer."""
    assert str(plan(load(STORM_PICNIC))) == (
        "picnic: 1.63 questions on average, and no plan needs fewer; 3 at most\n"
        "\n"
        "1. Does it rain?\n"
        "   no    go on with 2\n"
        "   yes   In the kitchen\n"
        "\n"
        "2. How many come?\n"
        "   at most 8    go on with 3\n"
        "   at least 9   In the garden\n"
        "\n"
        "3. How windy is it?\n"
        "   Calm or Fresh   In the garden\n"
        "   A storm         In the kitchen"
    )


def test_the_flagship_is_asked_in_as_few_questions_as_can_be() -> None:
    """A signed offer with a start date takes three answers, a hint takes one."""
    policy = load("other-interviews")
    at = interview(policy)
    for name, answer in (("offer", "made"), ("start_date", True), ("acceptance", "signed")):
        assert at.question is not None
        assert at.question.name == name
        at = at.answer(answer)
    assert (at.question, at.decision.verdict) == (None, "cancel")
    assert interview(policy).answer("hint").decision.verdict == "keep"


@pytest.mark.thorough
@pytest.mark.parametrize("mapping", [succession(), yes_no_rules(20, 20, 3, seed=2)], ids=["succession", "drawn"])
def test_many_questions_are_planned_greedily_and_that_is_said(mapping: dict[str, Any]) -> None:
    """Where the fewest questions would take minutes to find, the most telling ones are asked, each time the same."""
    found = plan(load(mapping))
    assert found is not None
    assert (found.exact, found.worst <= len(mapping["situation"])) == (False, True)
    assert "though a plan with fewer may exist" in str(found)
    policy = load(mapping)
    first = interview(policy).question
    assert first is not None
    assert found.space.axes[found.steps[found.root].axis].name == first.name
    assert interview(policy).question == interview(load(mapping)).question


def test_a_table_too_large_for_a_plan_is_still_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no plan fits into the steps, the questions that can matter are asked in the order of the file."""
    monkeypatch.setattr("engine.analysis.planning.planner._MOST_GROWING", 5)
    policy = load(tree_table(40, 4, seed=1, grown=0.0))
    assert plan(policy) is None
    at = interview(policy)
    while at.question is not None:
        field = at.question
        at = at.answer(field.options[0] if field.options else 17)
    assert at.decision.outcome == "decided"


def test_an_answer_after_the_end() -> None:
    """An interview that is over cannot be answered any further."""
    with pytest.raises(ValueError, match="the verdict is certain"):
        interview(load(STORM_PICNIC), {"rain": True}).answer(True)
