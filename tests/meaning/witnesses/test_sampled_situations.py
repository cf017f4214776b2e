"""Do situations drawn at random show what is so, and nothing else?"""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine import check, load
from engine.analysis.proving import proof_session
from engine.budget import Budget
from engine.meaning.formula_store import TRUE
from engine.meaning.logic import Logic
from engine.meaning.queries import Requirements
from engine.meaning.witnesses import sampled_situations
from engine.meaning.witnesses.sampled_situations import SampledSituations
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.judging.comparison import said_by_engine, said_by_oracle
from tests.support.judging.tallies import tally

PLENTY = 20_000_000


def _logic(policy: dict[str, Any]) -> Logic:
    logic = Logic(load(policy))
    assume(not logic.areas.group_of)
    return logic


@pytest.mark.thorough
@draw_by_day(40)
@given(
    policies(countable=True, small=True) | policies(countable=True, small=True, conditional=True),
    st.sampled_from([1, 64]),
)
def test_a_proof_says_the_same_whatever_samples_show(policy: dict[str, Any], drawn: int) -> None:
    """Requirements of conditions of every size, with few of them and with many; the search answers what they leave."""
    with mock.patch.object(proof_session, "NESTED", -1), mock.patch.object(sampled_situations, "_IN_A_BOX", drawn):
        proof = check(load(policy), steps=PLENTY)
    assert said_by_engine(proof, policy) == said_by_oracle(tally(policy))


@draw_by_day(30)
@given(policies(countable=True, small=True), st.data())
def test_what_they_show_a_search_finds(policy: dict[str, Any], data: st.DataObject) -> None:
    """Of all rules at once, some, none, and any of them; not the other way round."""
    logic = _logic(policy)
    rules = st.lists(st.sampled_from(logic.applies), max_size=3)
    all_of, none_of, any_of = data.draw(rules), data.draw(rules), data.draw(st.none() | rules)
    query = logic.query(all_of, none_of, any_of)
    assert query.requirements is not None
    if SampledSituations(logic).show(query.requirements):
        assert query.exists(Budget(PLENTY))


def test_a_box_that_is_rare_is_drawn_from() -> None:
    """One day of ten thousand and one place of ten: at random from everywhere, none would be among so few."""
    places = {f"p{place}": f"Place {place}" for place in range(10)}
    day = {"ask": "On which day?", "type": "integer", "from": 1, "to": 10_000}
    logic = Logic(
        load(
            {
                "policy": "trip",
                "title": "Where to?",
                "situation": {"day": day, "place": {"ask": "Where?", "choices": places}},
                "verdicts": {"go": {"title": "Go"}, "stay": {"title": "Stay"}},
                "decision": "first",
                "rules": [
                    {"rule": "rare", "when": {"day": 77, "place": "p3"}, "then": "go", "because": "It is the fair."},
                    {"rule": "others", "otherwise": True, "then": "stay", "because": "Nothing is on."},
                ],
            }
        )
    )
    samples = SampledSituations(logic)
    rare = logic.applies[0]
    assert samples.show(Requirements(logic.formulas, (rare,), (), None))
    assert samples.show(Requirements(logic.formulas, (TRUE,), (rare,), None))
    assert not samples.show(Requirements(logic.formulas, (rare,), (rare,), None))
    assert not samples.show(Requirements(logic.formulas, (), (), ()))
    # The numbers of other formulas say nothing.
    assert not samples.show(Requirements(Logic(logic.policy).formulas, (TRUE,), (), None))
