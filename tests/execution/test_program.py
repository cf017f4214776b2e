"""Do the tests that everything fast is compiled from lead each situation to its verdict, and to its rules?

Walked test by test, as for a record that leaves questions open, and compared with the definition.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import batch, load
from engine.execution.program import (
    AtLeast,
    MoreThan,
    rules_program,
    verdict_program,
)
from engine.execution.records.open_ends import reached_ends
from engine.meaning import reference
from engine.meaning.hit_policies import Ending
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import partial_records, policies
from tests.support.judging.cases import as_values, ending, situation_values
from tests.support.judging.oracle import completions
from tests.support.judging.spaces import situations


@pytest.mark.thorough
@draw_by_day(30)
@given(data=policies(small=True))
def test_the_tests_lead_every_situation_to_its_verdict_and_to_its_rules(data: dict[str, Any]) -> None:
    """Whole situations of every kind: one end each, as the definition has it."""
    policy = load(data)
    verdicts, rules = verdict_program(policy), rules_program(policy)
    for values in situation_values(policy, situations(data)):
        expected = ending(policy, values)
        assert reached_ends(policy, verdicts, values) == {expected}
        standing = reference.outcome(policy, values).stands or Ending.GAP
        assert reached_ends(policy, rules, values) == {Ending.IMPOSSIBLE if expected == Ending.IMPOSSIBLE else standing}


@pytest.mark.thorough
@draw_by_day(60)
@given(data=st.data())
def test_what_a_partial_record_leaves_open_is_reached_by_following_both_ways(data: st.DataObject) -> None:
    """Where no sum ties fields together the ends reached are those of all completions, and no others."""
    drawn = data.draw(policies(small=True))
    partial = data.draw(partial_records(drawn, unsure=False))
    policy = load(drawn)
    program = verdict_program(policy)
    (values,) = as_values(policy, [{name: value for name, value in partial.items() if value is not None}])
    expected = {ending(policy, each) for each in situation_values(policy, completions(drawn, partial))}
    reached = reached_ends(policy, program, values) - {Ending.IMPOSSIBLE}
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
