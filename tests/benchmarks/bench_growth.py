"""How does a proof grow with the rules and the fields of a table? Nothing to compare with: the table shows the bend."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any

import pytest

from engine import Policy, load
from engine.analysis.proving.proof_session import STEPS
from engine.budget import OutOfSteps
from tests.benchmarks.support.proving import counted
from tests.benchmarks.support.rows import Growth, timed
from tests.support.making.tables import Table, first_table, tree_table

pytestmark = pytest.mark.benchmark(timer=process_time)
KINDS: dict[str, Callable[[int, int, int], Table]] = {"unique, 10 % grown": tree_table, "first": first_table}
SIZES = [
    *(("unique, 10 % grown", rules, columns) for columns in (5, 10, 20) for rules in (100, 300, 1_000, 3_000, 10_000)),
    *(("first", rules, columns) for columns in (5, 10) for rules in (100, 300, 1_000)),
]


def _nodes(policy: Policy) -> int | None:
    """The nodes of the tree, all situations counted, within the steps that a proof gives it."""
    try:
        return counted(policy, STEPS // 2).nodes
    except OutOfSteps:
        return None


@pytest.mark.parametrize(("kind", "rules", "columns"), SIZES)
def test_growth(benchmark: Any, growth: list[Growth], kind: str, rules: int, columns: int) -> None:
    """A proof with exact counts of one table."""
    policy = load(KINDS[kind](rules, columns, 1))
    seconds, nodes = benchmark.pedantic(timed, args=(lambda: _nodes(policy),))
    benchmark.extra_info.update(rules=rules, columns=columns, nodes=nodes)
    growth.append(Growth(kind, rules, columns, seconds, nodes))
