"""Is what `decide` says true, for whole and for partial records? Compared with trying every completion."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Answers, Decision, RecordError, decide, explain, interview, load
from engine.language.situations.situation_records import read_record
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import partial_records, policies, records
from tests.support.judging.deciding import decide_draft
from tests.support.judging.oracle import CONFLICT, GAP, completions, mentioned, outcome, outcomes, settled
from tests.support.judging.spaces import settle, situations
from tests.support.judging.yields import OPEN, by_value, gets, open_outputs, output_of, worked_out


@draw_by_day(30)
@given(data=st.data())
def test_a_partial_record_gets_what_all_its_completions_get(data: st.DataObject) -> None:
    """One outcome over all possible completions is the answer; several are all named; none is refused."""
    policy = data.draw(policies(small=True))
    partial = data.draw(partial_records(policy))
    expected = outcomes(policy, partial)
    if not expected.verdicts:
        with pytest.raises(RecordError) as refused:
            decide(load(policy), partial, draft=True)
        assert [problem.code for problem in refused.value.problems] == ["impossible-situation"]
        return
    decision = decide(load(policy), partial, draft=True)
    faults = {"gap": GAP, "conflict": CONFLICT}
    if len(expected.verdicts) == 1:
        assert {decision.verdict or faults[decision.outcome]} == expected.verdicts
        assert (decision.rules, decision.possible_rules) == (expected.rules, expected.possible_rules)
        told = {rule["rule"]: rule for rule in policy["rules"]}
        assert decision.because == (
            tuple(told[name]["because"] for name in expected.rules) if decision.outcome != "gap" else ()
        )
        if decision.verdict is not None:
            _has_the_outputs_of_all(policy, partial, decision)
    else:
        assert decision.outcome == "undecided"
        assert (decision.rules, decision.possible_rules, decision.because) == ((), (), ())
        assert {*decision.possible, *(faults[fault] for fault in decision.faults)} == expected.verdicts


def _has_the_outputs_of_all(policy: dict[str, Any], partial: dict[str, Any], decision: Decision) -> None:
    """Each output that is the same in all completions is given, and the others are null and listed."""
    standing = {outcome(policy, record).stands for record in completions(policy, partial)}
    first = output_of(policy, next(iter(standing)))
    if not isinstance(first, dict | None):
        assert by_value(decision.output) == by_value(first)
        return
    expected = open_outputs(policy, list(standing), settled(policy, partial))
    assert set(decision.open_outputs) == {name for name, value in expected.items() if value == OPEN}
    assert by_value(decision.output or {}) == by_value(
        {name: None if value == OPEN else value for name, value in expected.items()}
    )


@draw_by_day(30)
@given(data=st.data())
def test_answers_as_read_are_a_record(data: st.DataObject) -> None:
    """Answers read from a record decide, explain and open an interview as the record does, `unsure` included."""
    drawn = data.draw(policies(small=True))
    policy = load(drawn)
    record = data.draw(partial_records(drawn))
    answers = read_record(policy, record)
    assert read_record(policy, answers) == answers
    decision = decide_draft(policy, record)
    if decision is None:
        return
    assert decide(policy, answers, draft=True) == decision
    assert str(explain(policy, answers, draft=True)) == str(explain(policy, record, draft=True))
    assert interview(policy, answers, draft=True) == interview(policy, record, draft=True)


def test_made_up_answers_are_checked() -> None:
    """Answers that a program made are read as strictly as a record."""
    with pytest.raises(RecordError, match="`start_date`: `1` does not fit here"):
        decide(load("other-interviews"), Answers({"offer": "hint", "start_date": 1}, {}))
    with pytest.raises(RecordError, match="`offer` cannot be answered `unsure`"):
        decide(load("other-interviews"), Answers({"offer": "hint"}, {"offer": "hint"}))


@pytest.mark.thorough
@draw_by_day(30)
@given(data=st.data())
def test_the_field_it_asks_for_can_still_matter(data: st.DataObject) -> None:
    """Some two completions of a record with different outcomes, or outputs, differ in the field that is asked for.

    Wherever one answer alone can turn an outcome or an output, they differ in nothing else. Or it says whether another
    open question is asked.
    """
    policy = data.draw(policies(small=True))
    partial = data.draw(partial_records(policy))
    decision = decide_draft(load(policy), partial)
    if decision is None:
        return
    if decision.outcome != "undecided" and not decision.open_outputs:
        assert decision.ask is None
        return
    assert decision.ask is not None
    assert partial.get(decision.ask) is None
    by_others: dict[Any, set[Any]] = {}
    by_answer: dict[Any, set[Any]] = {}
    for record in completions(policy, partial):
        _, _, stands, given = outcome(policy, record)
        verdict = gets(policy, given, stands)
        others = tuple((name, str(value)) for name, value in record.items() if name != decision.ask)
        by_others.setdefault(others, set()).add(verdict)
        by_answer.setdefault(str(record[decision.ask]), set()).add(verdict)
    turns = any(len(verdicts) > 1 for verdicts in by_others.values())
    # What says whether another question is asked is asked before it.
    whens = [spec.get("applies_when", {}) for name, spec in policy["situation"].items() if name not in partial]
    assert turns or len(by_answer) > 1 or any(decision.ask in mentioned(policy, when) for when in whens)


@pytest.mark.thorough
@draw_by_day(30)
@given(data=st.data())
def test_the_completions_of_an_undecided_record_are_counted(data: st.DataObject) -> None:
    """How many possible situations a partial record leaves, and how many of them get each verdict."""
    policy = data.draw(policies(small=True, countable=True))
    partial = data.draw(partial_records(policy))
    decision = decide_draft(load(policy), partial)
    if decision is None:
        return
    if decision.outcome != "undecided":
        assert (decision.completions, decision.situations) == (None, {})
        return
    fields = policy["situation"]
    said = {name: value for name, value in partial.items() if value is not None}
    said = {name: fields[name]["if_unsure"] if value == "unsure" else value for name, value in said.items()}
    here = {name: settle(fields[name], value) for name, value in said.items()}
    found = Counter(
        outcome(policy, record).verdict
        for record in situations(policy)
        if outcome(policy, record).possible
        and all(settle(fields[name], record[name]) == value for name, value in here.items())
    )
    assert decision.completions == found.total()
    assert decision.situations == {name: many for name, many in found.items() if name in policy["verdicts"]}


@pytest.mark.thorough
@draw_by_day(30)
@given(data=st.data())
def test_a_whole_record_gets_what_the_oracle_gives(data: st.DataObject) -> None:
    """Every field type in every spelling of a record: the verdict is the oracle's, or the situation is refused."""
    policy = data.draw(policies())
    record = data.draw(records(policy))
    expected = outcome(policy, record)
    try:
        decision = decide(load(policy), record, draft=True)
    except RecordError:
        assert not expected.possible
        return
    assert expected.possible
    assert (decision.verdict or {"gap": GAP, "conflict": CONFLICT}[decision.outcome]) == expected.verdict
    if decision.verdict is not None:
        at = settled(policy, record)
        assert by_value(decision.output) == by_value(worked_out(policy, output_of(policy, expected.stands), at))
    assert decision.outcome != "decided" or decision.rules == expected.stands
