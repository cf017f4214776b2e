"""How long does a proof take, beside z3's answer to its first question alone: is there a gap?

z3 stops at the first gap that it finds; the proof counts all situations with no verdict, with several, and with each.
Both begin with the rows and end with the answer: the proof cuts the space and makes formulas, z3 has its own written
down for it. What it takes once they are there is shown beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from typing import Any

import pytest

from engine import Policy, check, load
from engine.meaning.hit_policies import Ending
from engine.meaning.logic import Logic
from engine.meaning.overlaps import Boxes
from tests.benchmarks.conftest import Comparison
from tests.benchmarks.support import smt
from tests.benchmarks.support.proving import counted
from tests.benchmarks.support.rows import peak_memory, timed
from tests.support.judging.solving.solver import Solver
from tests.support.making.tables import Table, tree_table, write_yaml

pytestmark = pytest.mark.benchmark(timer=process_time)
GROWN = [(1_500, 3), (1_000, 5), (1_500, 7)]
PAIRS = 300


def test_everything_about_the_flagship(ours: Comparison) -> None:
    """All that `check` says of the shipped policy, beside z3's answer to whether it has a gap."""
    policy = load("rules/other-interviews.yaml")
    ours.measure(check, rounds=20, setup=lambda: ((load("rules/other-interviews.yaml"),), {}))
    solvers = [Solver(policy) for _ in range(9)]
    taken = [timed(partial(solver.exists, solver.possible, solver.gap)) for solver in solvers]
    assert not any(gap for _, gap in taken)
    ours.beside(
        "flagship: everything that `check` says",
        "z3, one gap query",
        median(seconds for seconds, _ in taken),
        peak_memory(lambda: check(policy)),
    )


@pytest.mark.parametrize(("rows", "columns"), GROWN)
def test_all_overlaps(ours: Comparison, rows: int, columns: int) -> None:
    """Which rows of a table meet: all at once, beside z3 pair by pair."""
    table = tree_table(rows, columns, seed=1)
    logic = Logic(load(table))
    boxes = [logic.formulas.terms(formula)[0] for formula in logic.applies]

    found = ours.measure(lambda: _overlaps(boxes), rounds=9)
    pairs = _pairs(rows)
    answer = smt.overlaps(table, pairs)
    assert answer.found == [bool(found[one] >> two & 1) for one, two in pairs]
    ours.beside(
        f"{rows:,} x {columns}: all overlaps",
        f"z3, pair by pair (from {PAIRS} pairs)",
        answer.seconds / PAIRS * (rows * (rows - 1) // 2),
        peak_memory(lambda: _overlaps(boxes)),
        most=1 / 100,
    )


def _overlaps(boxes: list[Mapping[int, int]]) -> list[int]:
    """For each row the rows that meet it, as a bit mask."""
    found = Boxes(boxes)
    return [found.meeting(row) for row in range(len(boxes))]


def _pairs(rows: int) -> list[tuple[int, int]]:
    random = Random(rows)
    return [(found[0], found[1]) for found in (random.sample(range(rows), 2) for _ in range(PAIRS))]


@pytest.mark.parametrize(("rows", "columns"), GROWN)
def test_proof_with_counts(ours: Comparison, rows: int, columns: int) -> None:
    """A table with overlaps and gaps, every outcome counted."""
    table = tree_table(rows, columns, seed=1)
    _prove(ours, f"{rows:,} x {columns}: proof with exact counts", table, load(table), most=4, times=5)


def test_proof_of_a_large_sound_table(ours: Comparison, sound_table: Table, sound_policy: Policy) -> None:
    """Ten thousand rows over twenty columns, disjoint and complete: there is no gap for z3 to stop at."""
    _prove(ours, "10,000 x 20, sound: proof with exact counts", sound_table, sound_policy, most=1, times=1)


def test_all_findings_with_mends(ours: Comparison, tmp_path: Path) -> None:
    """All that `check` says of a table with overlaps and gaps, mends of its file among it, beside the bare proof."""
    path = write_yaml(tree_table(1_500, 7, seed=1), tmp_path)
    ours.in_turn(
        "1,500 x 7: all findings, with mends",
        lambda: check(load(path)),
        {"reading it and the bare proof": (lambda: counted(load(path)), 4)},
        rounds=3,
    )


def _prove(ours: Comparison, work: str, table: Table, policy: Policy, most: float, times: int) -> None:
    found: Any = ours.measure(lambda: counted(policy))
    answer = smt.gap(table, times)
    assert answer.stopped or answer.found == (found.labels.get(Ending.GAP, 0) > 0)
    memory = peak_memory(lambda: counted(policy))
    whole = answer.writing + answer.seconds
    ours.beside(work, "z3, one gap query, written and asked", whole, memory, most=most, stopped=answer.stopped)
    ours.beside(work, "z3, the asking alone", answer.seconds, memory, stopped=answer.stopped)
