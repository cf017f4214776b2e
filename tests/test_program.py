"""Do the tests that everything fast is compiled from lead each situation to its verdict, and to its rules?

Walked here test by test, and compared with the definition of what a policy means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import batch, load
from engine.execution.program import (
    AtLeast,
    Includes,
    MoreThan,
    OneOf,
    Program,
    Test,
    fields_of,
    rules_program,
    verdict_program,
)
from engine.language.policy import Policy
from engine.language.values import grid_position
from engine.meaning import reference
from engine.meaning.judges import Ending, Label
from tests.cases import as_values, ending
from tests.oracle import completions
from tests.spaces import situations
from tests.strategies import partial_records, policies


def _holds(policy: Policy, test: Test, values: Mapping[str, Any]) -> bool:
    if isinstance(test, OneOf):
        return values[test.field] in test.values
    if isinstance(test, AtLeast):
        return bool(values[test.field] >= test.value)
    if isinstance(test, MoreThan):
        return bool(values[test.field] > test.value)
    if isinstance(test, Includes):
        return test.option in values[test.field]
    return sum(times * grid_position(policy.field[name], values[name]) for name, times in test.terms) >= test.least


def _reached(policy: Policy, program: Program, values: Mapping[str, Any]) -> set[Label]:
    """The ends that answers leave open: both ways wherever a test needs an answer that is not given."""
    waiting, seen, found = [program.entry], {program.entry}, set()
    while waiting:
        place = waiting.pop()
        if place < 0:
            found.add(program.labels[~place])
            continue
        ask = program.asks[place]
        is_known = all(name in values for name in fields_of(ask.test))
        ways = [ask.yes if _holds(policy, ask.test, values) else ask.no] if is_known else [ask.yes, ask.no]
        waiting += [way for way in ways if way not in seen]
        seen |= {*ways}
    return found


@settings(max_examples=150)
@given(data=policies(small=True))
def test_the_tests_lead_every_situation_to_its_verdict_and_to_its_rules(data: dict[str, Any]) -> None:
    """Whole situations of every kind: one end each, as the definition has it."""
    policy = load(data)
    verdicts, rules = verdict_program(policy), rules_program(policy)
    for values in as_values(policy, situations(data)):
        expected = ending(policy, values)
        assert _reached(policy, verdicts, values) == {expected}
        standing = reference.outcome(policy, values).stands or Ending.GAP
        assert _reached(policy, rules, values) == {Ending.IMPOSSIBLE if expected == Ending.IMPOSSIBLE else standing}


@settings(max_examples=150)
@given(data=st.data())
def test_what_a_partial_record_leaves_open_is_reached_by_following_both_ways(data: st.DataObject) -> None:
    """Where no sum ties fields together the ends reached are those of all completions, and no others."""
    drawn = data.draw(policies(small=True))
    partial = data.draw(partial_records(drawn, unsure=False))
    policy = load(drawn)
    program = verdict_program(policy)
    (values,) = as_values(policy, [{name: value for name, value in partial.items() if value is not None}])
    expected = {ending(policy, each) for each in as_values(policy, completions(drawn, partial))}
    reached = _reached(policy, program, values) - {Ending.IMPOSSIBLE}
    assert reached >= expected
    assert program.tied - set(values) or reached == expected


def test_reaching_a_number_is_another_test_than_lying_above_it() -> None:
    """A number without a step, of which one value alone is told apart: in a program, and wherever tests are kept."""
    assert len({AtLeast("height", 500), MoreThan("height", 500)}) == 2
    policy = load(
        {
            "policy": "bridge",
            "title": "May it pass?",
            "situation": {"height": {"ask": "How high is it?", "type": "number"}},
            "verdicts": {"pass": {"title": "Yes"}, "stop": {"title": "No"}, "ask": {"title": "Ask"}},
            "rules": [
                {"rule": "low", "when": {"height": {"less_than": 500}}, "then": "pass", "because": "It fits."},
                {"rule": "just", "when": {"height": 500}, "then": "ask", "because": "It just fits."},
                {"rule": "high", "when": {"height": {"more_than": 500}}, "then": "stop", "because": "It is too high."},
            ],
        }
    )
    table = pa.table({"height": [499.5, 500.0, 500.5, None]})
    assert batch(policy, table, rules=True).select(["verdict", "rules"]).to_pylist() == [
        {"verdict": "pass", "rules": "low"},
        {"verdict": "ask", "rules": "just"},
        {"verdict": "stop", "rules": "high"},
        {"verdict": None, "rules": None},
    ]
