"""Are the situations whose outcome two policies do not agree on found and counted exactly?"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine import Policy, load
from engine.budget import Budget
from engine.language.model.relations.rule_outputs import Yield, yield_together
from engine.meaning.changes import change
from engine.meaning.hit_policies import Ending
from engine.meaning.reference import excluded_by, outcome
from tests.support.by_day import draw_by_day
from tests.support.drawing.edits import edited
from tests.support.drawing.fields import Draw, Hand
from tests.support.drawing.strategies import policies
from tests.support.judging.cases import situation_values
from tests.support.judging.spaces import situations

PLENTY = 1_000_000


def ending(policy: Policy, values: dict[str, Any], *, has_outputs: bool) -> str | Yield | Ending:
    """The outcome of a situation by the definition; with outputs, a verdict and what is given beside it."""
    known = {name: values[name] for name in policy.field}
    if excluded_by(policy, known):
        return Ending.IMPOSSIBLE
    found = outcome(policy, known)
    if found.verdict is None:
        return Ending(found.kind)
    if not has_outputs:
        return found.verdict
    given_there = yield_together(policy, found.stands)
    assert given_there is not None
    return given_there


def changed(old: Policy, new: Policy) -> dict[Any, int]:
    """How many situations change from what to what."""
    question = change(old, new)
    tree = question.tree(Budget(PLENTY))
    assert tree is not None
    counts = tree.counts(question.areas, Budget(PLENTY))
    return {label: many for label, many in counts.items() if question.wanted(label)}


@st.composite
def versions(draw: Draw) -> tuple[dict[str, Any], dict[str, Any]]:
    """A policy, and the same with one to three edits."""
    hand = Hand(draw)
    one = other = draw(policies(small=True))
    for _ in range(hand.count(1, 3)):
        other = edited(hand, other)
    return one, other


@pytest.mark.thorough
@draw_by_day(30)
@given(both=versions())
def test_every_change_is_counted(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """The same pairs of outcomes, as often, as by asking the definition everywhere."""
    one, other = both
    old, new = load(one), load(other)
    asked = situation_values(old, situations(one))
    # A constant may say whether a question is asked; `test_diff.py` compares versions that ask otherwise.
    assume(asked == situation_values(new, situations(one)))
    has_outputs = old.has_rule_outputs or new.has_rule_outputs
    expected = Counter(
        (ending(old, values, has_outputs=has_outputs), ending(new, values, has_outputs=has_outputs)) for values in asked
    )
    assert changed(old, new) == {pair: many for pair, many in expected.items() if pair[0] != pair[1]}
    assert change(old, old).exists(Budget(PLENTY)) is False


def test_fields_of_either_policy_count() -> None:
    """A field that only one policy has is a field of both: what the other says does not depend on it."""
    base: dict[str, Any] = {
        "policy": "picnic",
        "title": "Where?",
        "situation": {"rain": {"ask": "Does it rain?", "type": "yes_no"}},
        "verdicts": {"park": {"title": "Park"}, "hall": {"title": "Hall"}},
    }
    old = load(base | {"rules": [
        {"rule": "dry", "when": {"rain": False}, "then": "park", "because": "Grass."},
        {"rule": "wet", "when": {"rain": True}, "then": "hall", "because": "Bread."},
    ]})  # fmt: skip
    wider = base["situation"] | {"guests": {"ask": "How many?", "type": "integer", "from": 1, "to": 60}}
    new = load(base | {"situation": wider, "rules": [
        {"rule": "few", "when": {"guests": {"at_most": 40}}, "then": "park", "because": "Grass."},
        {"rule": "many", "when": {"guests": {"more_than": 40}}, "then": "hall", "because": "Room."},
    ]})  # fmt: skip
    assert changed(old, new) == {("park", "hall"): 20, ("hall", "park"): 40}
    assert changed(new, old) == {("hall", "park"): 20, ("park", "hall"): 40}
