"""How long does it take to count exactly the situations whose outcome an edit changes?

The naive way proves both versions apart and lays every leaf of one over every leaf of the other.
"""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from operator import eq
from random import Random
from time import process_time

import pytest

from engine import Policy, load
from engine.analysis.proving.proof_session import STEPS
from engine.budget import Budget
from engine.meaning.changes import change
from engine.meaning.formulas import common_ground
from engine.meaning.hit_policies import Label
from engine.meaning.logic import Logic
from engine.meaning.spaces.areas import Areas
from engine.meaning.tree import Tree
from tests.benchmarks.conftest import Comparison
from tests.benchmarks.support.rows import peak_memory, timed
from tests.support.making.tables import Table, tree_table

pytestmark = pytest.mark.benchmark(timer=process_time)
ROWS, COLUMNS, EDITS, PAIRS = 1_000, 7, 50, 100_000

# A leaf: its label, and the cells that it leaves on each axis.
Leaf = tuple[Label, tuple[int, ...]]


def _edited(table: Table) -> Table:
    """The table with some rows edited: half of them give another verdict, half begin or end elsewhere."""
    random = Random("edits")
    table = deepcopy(table)
    for number, place in enumerate(random.sample(range(ROWS), EDITS)):
        rule = table["rules"][place]
        ranges = [test for test in rule["when"].values() if isinstance(test, dict)]
        if number % 2 and ranges:
            test = random.choice(ranges)
            end = random.choice(sorted(test))
            test[end] = max(0, test[end] - 137) if end == "at_least" else test[end] + 137
        else:
            rule["then"] = random.choice([verdict for verdict in table["verdicts"] if verdict != rule["then"]])
    return table


def _changed(old: Policy, new: Policy) -> int:
    return change(old, new).count(Budget(STEPS))


def _apart(old: Policy, new: Policy) -> tuple[Areas, list[Leaf], list[Leaf]]:
    """Both versions proved over the same cells: their leaves."""
    ground = common_ground(old, new)
    trees = [Logic(policy, ground).outcomes.grow(ground.areas.whole, Budget(STEPS)) for policy in (old, new)]
    return ground.areas, _leaves(ground.areas, trees[0]), _leaves(ground.areas, trees[1])


def _leaves(areas: Areas, tree: Tree) -> list[Leaf]:
    return [
        (label, area.masks) for label in tree.labels for area in tree.places(areas, partial(eq, label), Budget(STEPS))
    ]


def _met(areas: Areas, pairs: list[tuple[Leaf, Leaf]]) -> int:
    """The situations that two leaves of another outcome have in common, of some pairs."""
    total = 0
    for (before, masks), (after, others) in pairs:
        if before != after:
            many = 1
            for axis, (one, other) in enumerate(zip(masks, others, strict=True)):
                if not one & other:
                    break
                many *= areas.size_on(axis, one & other)
            else:
                total += many
    return total


@pytest.mark.parametrize("grown", [0.0, 0.1])
def test_changed_situations(ours: Comparison, grown: float) -> None:
    """Two versions of a table, sound at first or with gaps and overlaps: how many situations change?"""
    table = tree_table(ROWS, COLUMNS, seed=1, grown=grown)
    old, new = load(table), load(_edited(table))
    assert ours.measure(lambda: _changed(old, new)) > 0
    growing, (areas, before, after) = timed(lambda: _apart(old, new))
    random = Random("pairs")
    pairs = [(random.choice(before), random.choice(after)) for _ in range(PAIRS)]
    meeting, _ = timed(lambda: _met(areas, pairs))
    ours.beside(
        f"{ROWS:,} x {COLUMNS}, {'10 % grown' if grown else 'sound'}, {EDITS} rows edited: exact change count",
        f"both apart, leaf by leaf (from {PAIRS:,} pairs of {len(before) * len(after):,})",
        growing + meeting / PAIRS * len(before) * len(after),
        peak_memory(lambda: _changed(old, new)),
    )
