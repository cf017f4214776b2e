"""Is a reason enough and the least, does the least change lead there, and is every other rule told of truly?

Compared with trying every set of answers and every situation of small policies.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Explanation, RecordError, explain, load
from engine.analysis.deciding.hitting_sets import Smallest, find_smallest
from engine.budget import OutOfSteps
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import partial_records, policies, records
from tests.support.judging.oracle import asks_rightly, completions, holds, outcome, outcomes
from tests.support.judging.spaces import NOT_ASKED, settle, situations
from tests.support.making.picnic import STORM_PICNIC

NAMES = ("a", "b", "c", "d", "e", "f")


@settings(max_examples=200)
@given(enough=st.lists(st.frozensets(st.sampled_from(NAMES)), max_size=6))
def test_the_smallest_sets_are_found(enough: list[frozenset[str]]) -> None:
    """Where every set that contains one of some sets holds, the smallest are the smallest of those, all of them."""
    found = find_smallest(NAMES, lambda names: any(each <= names for each in enough))
    if not enough:
        assert found is None
        return
    size = min(map(len, enough))
    expected = [each for each in combinations(NAMES, size) if frozenset(each) in enough]
    assert found == Smallest(tuple(expected), minimal=True, complete=True)


@given(enough=st.frozensets(st.sampled_from(NAMES), min_size=1), allowed=st.integers(0, 12))
def test_where_the_steps_end_a_set_that_holds_is_given(enough: frozenset[str], allowed: int) -> None:
    """What is given still holds, or nothing is known of it; it is called minimal only where it is."""
    asked = 0

    def ask(names: frozenset[str]) -> bool:
        nonlocal asked
        asked += 1
        if asked > allowed:
            raise OutOfSteps
        return enough <= names

    found = find_smallest(NAMES, ask)
    assert found is not None
    assert enough <= frozenset(found.sets[0])
    assert not found.minimal or frozenset(found.sets[0]) == enough


def _explained(policy: dict[str, Any], record: dict[str, Any]) -> Explanation | None:
    """The explanation of a record, unless it describes what cannot happen."""
    try:
        return explain(load(policy), record, draft=True)
    except RecordError:
        return None


def _verdicts(policy: dict[str, Any], partial: dict[str, Any]) -> frozenset[str]:
    return outcomes(policy, partial).verdicts


@draw_by_day(25)
@given(data=st.data())
def test_a_reason_is_enough_and_the_least(data: st.DataObject) -> None:
    """All possible completions of the reason get the verdict, and no set of fewer answers has that."""
    policy = data.draw(policies(small=True))
    record = data.draw(partial_records(policy))
    found = _explained(policy, record)
    if found is None:
        return
    if found.verdict is None:
        assert found.to_dict()["reason"] == {}
        return
    reason = found.to_dict()["reason"]
    assert found.minimal
    assert _verdicts(policy, reason) == {found.verdict}
    given_ = {name: value for name, value in record.items() if value is not None}
    # What forces a verdict still does with more answers: sets of one answer less are enough to look at.
    for names in combinations(given_, len(reason) - 1) if reason else ():
        assert _verdicts(policy, {name: given_[name] for name in names}) != {found.verdict}


@draw_by_day(15)
@given(data=st.data())
def test_a_reversal_is_the_least_and_all_of_its_ways_are_told(data: st.DataObject) -> None:
    """The situations with another verdict that differ in the fewest answers are those that the ways describe."""
    policy = data.draw(policies(small=True))
    record = data.draw(records(policy))
    found = _explained(policy, record)
    if found is None:
        return
    fields = policy["situation"]
    said = {name: fields[name]["if_unsure"] if value == "unsure" else value for name, value in record.items()}
    at = {name: settle(fields[name], value) for name, value in said.items()}
    nearest: dict[str, tuple[int, list[tuple[set[str], dict[str, Any]]]]] = {}
    everywhere = [
        (settled, outcome(policy, other))
        for other in situations(policy)
        for settled in [{name: settle(fields[name], value) for name, value in other.items()}]
        # Others leave out an answer, or have one that nobody is asked for.
        if all(asks_rightly(policy, name, settled, partial(holds, policy)) for name in fields)
    ]
    for settled, here in everywhere:
        changed = {name for name in at if settled[name] != at[name]}
        if here.possible and here.verdict in policy["verdicts"]:
            many, known = nearest.get(here.verdict, (len(fields) + 1, []))
            if len(changed) < many:
                nearest[here.verdict] = len(changed), [(changed, settled)]
            elif len(changed) == many:
                known.append((changed, settled))
    for each in found.instead:
        if each.verdict not in nearest:
            assert (each.ways, each.total) == ((), 0)
            continue
        many, wanted = nearest[each.verdict]
        assert each.minimal
        assert {len(way) for way in each.ways} == {many}
        ways = [{turn.field: turn.to_dict()["to"] for turn in way} for way in each.ways]
        for way in ways:
            assert any(_leads_to(policy, way, settled) and changed == set(way) for changed, settled in wanted)
        if each.total != len(ways) or any(_is_tangled(policy, way) for way in ways):
            continue
        for changed, settled in wanted:
            assert any(changed == set(way) and _leads_to(policy, way, settled) for way in ways)
        for way in ways:
            reached = [
                here.possible and here.verdict == each.verdict
                for settled, here in everywhere
                if all(settled[name] == at[name] or name in way for name in at) and _leads_to(policy, way, settled)
            ]
            # Where other answers open more questions, the verdict may depend on these, and only becomes possible.
            assert any(reached) if found.opening & way.keys() else all(reached)


def _leads_to(policy: dict[str, Any], way: dict[str, Any], settled: dict[str, Any]) -> bool:
    """Whether a situation is as a way asks for."""
    answered = {name: to for name, to in way.items() if to is not None}
    unasked = way.keys() - answered.keys()
    return all(settled[name] == NOT_ASKED for name in unasked) and holds(policy, _when(answered), settled)


def _when(way: dict[str, Any]) -> dict[str, Any]:
    """What a way asks for, as a condition of the language."""
    parts = []
    for name, to in way.items():
        own = {word: bound for word, bound in to.items() if word != "not"} if isinstance(to, dict) else to
        parts += [{name: own}] if own != {} else []
        parts += [{"not": {name: to["not"]}}] if isinstance(to, dict) and "not" in to else []
    return {"all": parts} if parts else {}


def _is_tangled(policy: dict[str, Any], way: dict[str, Any]) -> bool:
    """Whether two changed fields may have to fit together: then one point stands for what fits."""
    return len(way) > 1 and any(
        name in policy["situation"] and policy["situation"][name].get("type") in ("integer", "number", "date")
        for name in way
    )


@draw_by_day(25)
@given(data=st.data())
def test_what_is_said_of_the_other_rules(data: st.DataObject) -> None:
    """A rule applies where it does in all completions; it fails by its tests, or stands behind a rule that applies."""
    policy = data.draw(policies(small=True))
    record = data.draw(partial_records(policy))
    found = _explained(policy, record)
    if found is None:
        return
    everywhere = [outcome(policy, each) for each in completions(policy, record)]
    assert {each.rule for each in found.others} == {rule["rule"] for rule in policy["rules"]} - {
        *found.rules,
        *found.possible_rules,
    }
    for each in found.others:
        applies = {each.rule in here.applies for here in everywhere}
        assert each.applies == (applies.pop() if len(applies) == 1 else None)
        assert bool(each.failed) <= (each.applies is False)
        for name in each.overridden_by:
            assert all(name in here.applies for here in everywhere)
            assert all(each.rule not in here.stands for here in everywhere)


def test_an_explanation_in_words() -> None:
    """What is enough, what would change it, and why the others did not decide, as a person reads it."""
    found = explain(load(STORM_PICNIC), {"rain": False, "guests": 5, "wind": "storm"})
    assert str(found) == (
        "In the kitchen\n"
        "\n"
        "Why\n"
        "  Plates would fly.  (storm)\n"
        "\n"
        "These 2 answers are enough, whatever the others are\n"
        "  How many come?     5\n"
        "  How windy is it?   A storm\n"
        "\n"
        "“In the garden” would be the verdict with 1 other answer\n"
        "  How many come?   at least 9  (now: 5)\n"
        "  or\n"
        "  How windy is it?   Calm or Fresh  (now: A storm)\n"
        "\n"
        "The other rules\n"
        "  dry: In the garden\n"
        "    applies, but storm overrides it: Dry or not, it is too windy.\n"
        "  wet: In the kitchen\n"
        "    does not apply; it would need\n"
        "      Does it rain? yes"
    )


def test_an_explanation_as_data() -> None:
    """The contract: the reason, the other rules, and every least way, a wide change as a range."""
    found = explain(load(STORM_PICNIC), {"rain": False, "guests": 5, "wind": "storm"}).to_dict()
    assert {key: found[key] for key in ("verdict", "rules", "reason", "minimal", "others", "instead")} == {
        "verdict": "kitchen",
        "rules": ["storm"],
        "reason": {"guests": 5, "wind": "storm"},
        "minimal": True,
        "others": [
            {"rule": "dry", "applies": True, "failed": [], "overridden_by": ["storm"]},
            {"rule": "wet", "applies": False, "failed": ["rain"], "overridden_by": []},
        ],
        "instead": {
            "garden": [
                [{"field": "guests", "from": 5, "to": {"at_least": 9}}],
                [{"field": "wind", "from": "storm", "to": ["calm", "fresh"]}],
            ]
        },
    }


def test_the_way_to_one_verdict() -> None:
    """With `instead` only that verdict is looked at; the one that it is already needs no change."""
    record = {"rain": False, "guests": 5, "wind": "calm"}
    assert [each.verdict for each in explain(load(STORM_PICNIC), record, instead="kitchen").instead] == ["kitchen"]
    assert "“In the garden” is the verdict already" in str(explain(load(STORM_PICNIC), record, instead="garden"))


def test_any_other_text_is_told_as_an_answer_also_where_the_question_may_not_be_asked() -> None:
    """As anything but the texts that do not lead there, never as a question that is not asked then."""
    town = {"ask": "Where?", "type": "text", "known": ["Lyon", "Oslo"], "applies_when": {"away": True}}
    policy = {
        "policy": "trip",
        "title": "Do we fly?",
        "situation": {"away": {"ask": "Is it away?", "type": "yes_no"}, "town": town},
        "verdicts": {"fly": {"title": "We fly"}, "drive": {"title": "We drive"}},
        "decision": "first",
        "rules": [
            {"rule": "near", "when": {"town": ["Lyon", "Oslo"]}, "then": "drive", "because": "It is near."},
            {"rule": "home", "when": {"away": False}, "then": "drive", "because": "We are there."},
            {"rule": "far", "otherwise": True, "then": "fly", "because": "It is far."},
        ],
    }
    found = explain(load(policy), {"away": True, "town": "Lyon"}, instead="fly")
    [[turn]] = found.instead[0].ways
    assert turn.to_dict() == {"field": "town", "from": "Lyon", "to": {"none_of": ["Lyon", "Oslo"]}}
    assert 'Where?   anything but "Lyon" or "Oslo"  (now: "Lyon")' in str(found)


def test_what_is_enough_for_the_verdict_may_leave_outputs_open() -> None:
    """Where there are outputs, the answers are said to be enough for the verdict: an output may need more of them."""
    policy = load(
        """
policy: coats
title: Do we take the coat?
situation: {open: {ask: Are we open?, type: yes_no}, wet: {ask: Is it wet?, type: yes_no}}
verdicts: {take: {title: Take it}, leave: {title: Leave it}}
rules:
  - {rule: dry, when: {open: yes, wet: no}, then: take, output: {rail: front}, because: There is room.}
  - {rule: wet, when: {open: yes, wet: yes}, then: take, output: {rail: back}, because: It drips.}
  - {rule: shut, when: {open: no}, then: leave, because: Nobody is there.}
"""
    )
    head = "This answer alone is enough for the verdict, whatever the others are\n  Are we open?   yes"
    assert head in str(explain(policy, {"open": True, "wet": True}))
    assert head in str(explain(policy, {"open": True}))
    assert "This answer alone is enough, whatever" in str(explain(policy, {"open": False}))


def test_a_dozen_changed_answers_are_shown_for_each_verdict() -> None:
    """Where a verdict needs several changes at once, the text shows a few ways and counts the others."""
    record = {"breaths": 22, "hypercapnic": False, "saturation": 95, "oxygen": False, "pressure": 105, "pulse": 95,
              "consciousness": "alert", "temperature": 37}  # fmt: skip
    found = explain(load("early-warning"), record, instead="low-medium")
    (each,) = found.instead
    assert each.total is not None
    assert len(each.ways[0]) == 3
    text = str(found).split("“Low to medium risk")[1].split("The other rules")[0]
    assert text.count("(now: ") == 12
    assert f"  and in {each.total - 4:,} more ways\n" in text
    unsettled = str(replace(found, instead=(replace(each, total=None),)))
    assert "  and in 16 more ways, perhaps others too: the steps ended before all were found\n" in unsettled
    # Of ways with one change there may be twelve.
    assert "more way" not in str(explain(load("early-warning"), record, instead="high"))


def test_a_verdict_that_there_is_not() -> None:
    """A misspelt verdict is refused, with the one that was meant."""
    with pytest.raises(RecordError) as refused:
        explain(load(STORM_PICNIC), {"rain": True}, instead="gardn")
    assert str(refused.value) == (
        "instead  unknown-verdict  there is no verdict `gardn`\n  help  did you mean `garden`"
    )


def test_where_the_steps_end_first() -> None:
    """With few steps what is enough is still told, and that it may not be the least."""
    found = explain(load(STORM_PICNIC), {"rain": False, "guests": 5, "wind": "storm"}, steps=1)
    assert not found.minimal
    assert {"guests": 5, "wind": "storm"}.items() <= found.to_dict()["reason"].items()
    assert "answers are enough, whatever the others are, but fewer may be: the steps ended before" in str(found)
    assert found.to_dict()["instead_total"] == {"garden": None}
