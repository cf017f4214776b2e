"""Do the rows of a decision table name the steps that have no outcome, or several? Compared with every situation."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from engine import load, tabulate
from engine.meaning.reference import Situation
from tests.support.by_day import draw_by_day
from tests.support.drawing.collected import draws
from tests.support.drawing.strategies import policies
from tests.support.judging import oracle
from tests.support.judging.cases import situation_values
from tests.support.judging.oracle import CONFLICT, GAP
from tests.support.judging.spaces import Policy

_OUTCOMES = {GAP: "gap", CONFLICT: "conflict"}


def _agrees(policy: Policy, disjoint: bool) -> list[str]:
    """Each row names the first faulty steps of its situations, and their rules that stand; returns what was seen."""
    loaded, seen = load(policy), []
    possible = [each for each in oracle.situations(policy) if oracle.outcome(policy, each).possible]
    settled = [oracle.settled(policy, each) for each in possible]
    situations = [Situation(loaded, values) for values in situation_values(loaded, possible)]
    faults = [oracle.fault_of(policy, at) for at in settled]
    for row in tabulate(loaded, disjoint=disjoint).rows:
        inside = [place for place, each in enumerate(situations) if each.holds(row.when)]
        found = [(place, fault) for place in inside if (fault := faults[place])]
        steps = {name for _, (name, _) in found}
        assert set(row.steps) == steps
        if not steps:
            continue
        assert {_OUTCOMES[fault] for _, (_, fault) in found} == {row.outcome}
        is_own = any(faults[place] is None for place in inside)
        seen += [f"{row.outcome}{' also of the policy' * is_own}"] + ["several"] * (len(steps) > 1)
        assert all(f"the {'step' if name in policy['steps'] else 'number'} `{name}`" in row.title for name in steps)
        assert ("or no verdict" in row.title or "of the policy" in row.title) == is_own
        standing = [
            {f"{name}/{rule}" for rule in oracle.step_outcome(policy, name, settled[place])[1]}
            for place, (name, _) in found
        ]
        rules = (*(row.rules or ()), *row.possible_rules)
        assert {rule for rule in rules if "/" in rule} == set().union(*standing)
        if not is_own and len(steps) == 1:
            assert set(row.rules or ()) == set.intersection(*standing)
    return seen


@pytest.mark.thorough
@draw_by_day(10, deadline=None)
@given(policies(small=True, chained=True))
def test_rows_name_the_steps_that_have_no_single_outcome(policy: dict[str, Any]) -> None:
    for disjoint in (False, True):
        _agrees(policy, disjoint)


@pytest.mark.search
def test_faults_of_steps_are_drawn_in_rows() -> None:
    """Gaps and conflicts, of one step and of several, and some beside those of the policy's own rules."""
    missing = {"gap", "conflict", "policy", "several"}
    for policy in draws(policies(small=True, chained=True), 60):
        missing -= {word for each in _agrees(policy, True) for word in missing if word in each}
        if not missing:
            break
    assert missing == set()
