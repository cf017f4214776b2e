"""How long does it take to know the first question, and the whole plan, beside the check of the same policy?

Each time begins with a policy that was just loaded, and a decision about it, which an interview needs too, counts.
"""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from engine import check, interview, load, plan
from tests.benchmarks.conftest import Comparison
from tests.support.making.asking import succession, yes_no_rules

pytestmark = pytest.mark.benchmark(timer=process_time)
POLICIES = {
    "14 questions, 39 rules": (succession(), 15.0, 15.0),
    "20 questions, 21 rules": (yes_no_rules(20, 20, 3, seed=2), 6.0, 10.0),
}


@pytest.mark.parametrize("name", POLICIES)
def test_asking(ours: Comparison, name: str) -> None:
    mapping, most_first, _ = POLICIES[name]
    checked: dict[str, Any] = {"check": (lambda: check(load(mapping)), most_first)}
    ours.in_turn(f"{name}: the first question", lambda: interview(load(mapping)), checked, rounds=5)


@pytest.mark.parametrize("name", POLICIES)
def test_planning(ours: Comparison, name: str) -> None:
    mapping, _, most_plan = POLICIES[name]
    checked: dict[str, Any] = {"check": (lambda: check(load(mapping)), most_plan)}
    ours.in_turn(f"{name}: the whole plan", lambda: plan(load(mapping)), checked, rounds=5)
