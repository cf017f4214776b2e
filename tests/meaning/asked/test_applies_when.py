"""Where fields apply only under some answers, is everything still what brute force finds?"""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import (
    RecordError,
    certify,
    check,
    decide,
    decider,
    diff,
    interview,
    load,
    plan,
    verify,
)
from engine.language.situations.situation_records import read_record
from engine.meaning.asked.asked_questions import fill_in
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import partial_records, policies, records
from tests.support.drawing.versions import pair, pairs, versions
from tests.support.features import features
from tests.support.judging.comparison import said_by_engine, said_by_oracle
from tests.support.judging.deciding import decides_alike
from tests.support.judging.oracle import CONFLICT, GAP, completions, mentioned, outcome, outcomes
from tests.support.judging.spaces import given as answers_of
from tests.support.judging.tallies import tally
from tests.support.searching import draw_round, search_rounds

FAULTS = {"gap": GAP, "conflict": CONFLICT}

# Situations without a partner are many questions where what is ignored says what else is asked.
PLENTY = 20_000_000


@pytest.mark.thorough
@draw_by_day(40)
@given(policy=policies(countable=True, small=True, conditional=True))
def test_every_number_and_finding_is_what_brute_force_finds(policy: dict[str, Any]) -> None:
    """Counts, findings, and guarantees about two situations, which may be asked different questions."""
    assert said_by_engine(check(load(policy), steps=PLENTY), policy) == said_by_oracle(tally(policy))


@pytest.mark.search
def test_the_search_for_a_policy_with_conditional_fields_that_is_proved_wrongly() -> None:
    """Fresh policies, as many as the time allows."""

    @settings(max_examples=50, derandomize=False)
    @given(policy=policies(countable=True, small=True, conditional=True))
    def compare(policy: dict[str, Any]) -> None:
        assert said_by_engine(check(load(policy), steps=PLENTY), policy) == said_by_oracle(tally(policy))

    for number in search_rounds():
        draw_round(compare, number)


@draw_by_day(40)
@given(data=st.data())
def test_a_situation_gets_what_the_oracle_says(data: st.DataObject) -> None:
    """With open ends, continuous numbers and sums; a record leaves out what is not asked."""
    drawn = data.draw(policies(conditional=True))
    record = data.draw(records(drawn, unsure=False))
    expected = outcome(drawn, record)
    if not expected.possible:
        with pytest.raises(RecordError):
            decide(load(drawn), record, draft=True)
        return
    found = decide(load(drawn), record, draft=True)
    assert (found.verdict or FAULTS[found.outcome]) == expected.verdict
    assert (found.rules if found.verdict else expected.stands) == expected.stands


@pytest.mark.thorough
@draw_by_day(40)
@given(data=st.data())
def test_a_partial_record_gets_what_all_its_completions_get(data: st.DataObject) -> None:
    """An answer whose question may yet be asked or not says that it is; the question asked next may be asked."""
    drawn = data.draw(policies(small=True, conditional=True))
    partial = data.draw(partial_records(drawn, unsure=False))
    expected = outcomes(drawn, partial)
    if not expected.verdicts:
        with pytest.raises(RecordError):
            decide(load(drawn), partial, draft=True)
        return
    found = decide(load(drawn), partial, draft=True)
    if len(expected.verdicts) == 1:
        assert {found.verdict or FAULTS[found.outcome]} == expected.verdicts
        assert (found.rules, found.possible_rules) == (expected.rules, expected.possible_rules)
        return
    assert {*found.possible, *(FAULTS[fault] for fault in found.faults)} == expected.verdicts
    assert found.completions in (None, len(list(completions(drawn, partial))))
    assert found.ask is not None
    given_answers = fill_in(load(drawn), read_record(load(drawn), partial).values)
    assert found.ask not in given_answers
    assert mentioned(drawn, drawn["situation"][found.ask].get("applies_when", {})) <= given_answers.keys()


@pytest.mark.thorough
@draw_by_day(25)
@given(data=st.data())
def test_a_compiled_decider_decides_as_decide_does(data: st.DataObject) -> None:
    """Whole and partial records, with `unsure`, and with answers to questions that are not asked."""
    drawn = data.draw(policies(small=True, sound=True, conditional=True))
    assume(check(load(drawn)).sound)
    compiled = decider(load(drawn))
    for _ in range(3):
        decides_alike(compiled, data.draw(partial_records(drawn)))
    stray = {name: data.draw(records(bare(drawn)))[name] for name in drawn["situation"]}
    decides_alike(compiled, stray)


def bare(policy: dict[str, Any]) -> dict[str, Any]:
    """A policy in which every question is asked."""
    found = copy.deepcopy(policy)
    for spec in found["situation"].values():
        spec.pop("applies_when", None)
    return found


@pytest.mark.thorough
@draw_by_day(25)
@given(drawn=policies(conditional=True))
def test_a_right_certificate_is_accepted(drawn: dict[str, Any]) -> None:
    """The verifier finds every number and leaf as the proof has it; what is saved is the same policy."""
    policy = load(drawn)
    assert verify(policy, certify(policy)).sound == check(policy).sound
    assert load(policy.to_dict()) == policy
    assert load(policy.to_dict()).sha256 == policy.sha256


@draw_by_day(30)
@given(data=st.data())
def test_a_plan_asks_only_what_applies(data: st.DataObject) -> None:
    """It leads every situation to its outcome, and asks none a question that it does not answer."""
    drawn = data.draw(policies(small=True, conditional=True))
    policy = load(drawn)
    found = plan(policy)
    assert found is not None
    for situation in list(completions(drawn, {}))[:100]:
        record = answers_of(situation)
        values = fill_in(policy, read_record(policy, record).values)
        at, asked = found.root, set()
        while at >= 0:
            step = found.steps[at]
            question = found.question(step)
            asked |= set() if question is None else {question.name}
            at = next(way.to for way in step.ways if way.cells >> found.space.cell_at(step.axis, values) & 1)
        assert asked <= record.keys()
        assert len(asked) <= found.worst
        label: Any = found.endings[~at]
        got = getattr(label, "verdict", None) or str(getattr(label, "value", label))
        assert FAULTS.get(got, got) == outcome(drawn, record).verdict


@draw_by_day(25)
@given(data=st.data())
def test_an_interview_asks_only_what_applies(data: st.DataObject) -> None:
    """Answered truly it ends with what the definition says, and asks for nothing that the record leaves out."""
    drawn = data.draw(policies(small=True, conditional=True))
    record = data.draw(records(drawn, unsure=False))
    assume(outcome(drawn, record).possible)
    at = interview(load(drawn), draft=True)
    while at.question is not None:
        assert at.question.name in record
        at = at.answer(record[at.question.name])
    assert (at.decision.verdict or FAULTS[at.decision.outcome]) == outcome(drawn, record).verdict


@pytest.mark.thorough
@draw_by_day(10)
@given(both=versions(conditional=True))
def test_two_versions_differ_where_brute_force_finds_it(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """A field may be asked under other answers in the new version, or always, take other answers, or be new."""
    old, new = both
    found = diff(load(old), load(new))
    counted = pairs(old, new)
    changed = {each: many for each, many in counted.items() if each[0] != each[1]}
    assert {pair(change, old, new): change.situations for change in found.changes} == changed
    assert found.total == counted.total()


def test_what_depends_on_an_answer_of_the_other_version_alone_is_not_asked_further_on_either() -> None:
    """Not through two questions and their facts: `pages` is not asked where `kind` is none, and so `cover` is not."""
    situation = {
        "kind": {"ask": "Which kind?", "choices": {"book": "A book", "map": "A map"}, "or_none": "Neither"},
        "pages": {"ask": "How many pages?", "type": "integer", "from": 1, "to": 4},
        "cover": {"ask": "A hard cover?", "type": "yes_no", "applies_when": {"kind": "book", "pages": 4}},
    }
    old: dict[str, Any] = {
        "policy": "shelf",
        "title": "Where does it stand?",
        "situation": situation,
        "verdicts": {"top": {"title": "On top"}, "low": {"title": "Below"}},
        "rules": [{"rule": "all", "otherwise": True, "then": "low", "because": "There is room."}],
    }
    new = copy.deepcopy(old)
    del new["situation"]["kind"]["or_none"]
    new["situation"]["pages"]["applies_when"] = {"has_pages": True}
    new["situation"]["cover"]["applies_when"] = {"is_thick": True}
    new["facts"] = {
        "has_pages": {"means": "it has pages", "when": {"not": {"kind": "map"}}},
        "is_thick": {"means": "it is thick", "when": {"pages": {"at_least": 3}}},
    }
    found = diff(load(old), load(new))
    counted = pairs(old, new)
    assert {pair(change, old, new): change.situations for change in found.changes} == {
        each: many for each, many in counted.items() if each[0] != each[1]
    }
    assert found.total == counted.total()


@pytest.mark.thorough
@settings(derandomize=True, max_examples=200, deadline=None)
@given(drawn=policies(conditional=True))
def test_the_mix_of_what_is_drawn(drawn: dict[str, Any]) -> None:
    """What is drawn is noted, and the last test of this file looks at it."""
    conditional = {name: spec for name, spec in drawn["situation"].items() if "applies_when" in spec}
    for spec in conditional.values():
        SEEN.update([str(spec.get("type", "choice")), *(["or_none"] if "or_none" in spec else [])])
        read = mentioned(drawn, spec["applies_when"])
        SEEN.update(["nested"] if read & conditional.keys() else [])
        SEEN.update(["by a fact"] if spec["applies_when"].keys() & drawn.get("facts", {}).keys() else [])
    if conditional:
        SEEN.update(["in a sum"] if "numbers" in drawn else [])
        SEEN.update(each for each in features(drawn) if each.startswith(("guarantee:", "amount:")))


SEEN: Counter[str] = Counter()


@pytest.mark.thorough
def test_the_mix_is_wide() -> None:
    """Every kind, `or_none`, conditions on conditional fields and facts, sums and guarantees about two situations."""
    test_the_mix_of_what_is_drawn()
    wanted = [
        "choice",
        "yes_no",
        "integer",
        "number",
        "date",
        "any_of",
        "text",
        "or_none",
        "nested",
        "guarantee:ignores",
        "guarantee:rising",
        "amount:not-always",
    ]
    assert not [each for each in (*wanted, "by a fact", "in a sum") if SEEN[each] < 2]
