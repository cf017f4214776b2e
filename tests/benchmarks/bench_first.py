"""How long does it take to find every rule of a `first` table that never decides?

z3 is asked in two ways: rule by rule with all rules before it, and in one walk down the table, with what it has
learned of the rules above. The second is what somebody who knows z3 well would do.
"""

from __future__ import annotations

from time import process_time

import pytest

from engine import Policy, load
from engine.analysis.proving.proof_session import STEPS
from engine.budget import Budget
from engine.meaning.logic import Logic
from tests.benchmarks.conftest import Comparison
from tests.benchmarks.support import smt
from tests.benchmarks.support.rows import peak_memory
from tests.support.making.tables import first_table

pytestmark = pytest.mark.benchmark(timer=process_time)
ROWS, COLUMNS, SAMPLE = 3_000, 5, 60


def _dead(policy: Policy) -> list[int]:
    logic = Logic(policy)
    budget = Budget(STEPS)
    return [rule for rule in range(len(policy.rules)) if not logic.standing(rule).exists(budget)]


def test_every_dead_rule(ours: Comparison) -> None:
    """Random prefixes and wildcards: most rules are hidden by those before them."""
    table = first_table(ROWS, COLUMNS, seed=1)
    policy = load(table)
    dead = ours.measure(lambda: _dead(policy))
    work, memory = f"{ROWS:,} x {COLUMNS}, first: every dead rule", peak_memory(lambda: _dead(policy))
    alone = smt.dead_one_by_one(table, SAMPLE)
    some, found = alone.found
    assert found == [rule for rule in some if rule in set(dead)]
    ours.beside(work, f"z3, rule by rule (from {SAMPLE} rules)", alone.seconds, memory, most=1 / 30)
    walk = smt.dead_in_one_walk(table)
    assert walk.found == dead
    ours.beside(work, "z3, all rules in one walk", walk.seconds, memory)
