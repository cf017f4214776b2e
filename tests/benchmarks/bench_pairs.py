"""How long does it take to prove a guarantee about all pairs of situations, and rules that change with the day?

Pairs are set beside the check of the same policy, and beside the comparison with a version in which one rule gives
another verdict. Periods are set beside the same rules without days, one policy for each period.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from time import process_time
from typing import Any

import pytest

from engine import check, load
from engine.analysis.proving.proof_session import STEPS
from engine.budget import Budget
from engine.language.model.condition_tree import ALWAYS
from engine.language.model.guarantees import Indifference, Monotonicity, PairGuarantee
from engine.language.model.policy import Policy
from engine.meaning.changes import change
from engine.meaning.promises.pair_queries import breaking_pairs
from tests.benchmarks.conftest import Comparison
from tests.benchmarks.support.rows import peak_memory
from tests.support.making.tables import Table, tree_table

pytestmark = pytest.mark.benchmark(timer=process_time)
ROWS, COLUMNS = 300, 5
PERIODS, EACH = 30, 33
# A guarantee costs less than the proof itself, and so much for each pair of neighbouring values.
MOST_CHECKS, MOST_DIFFS = 1, 5
MOST_PERIODS = 3
ROUNDS = 7


def _spread(values: int) -> Table:
    """A sound table with each row once for every value of one more field, which makes no difference."""
    table = tree_table(ROWS, COLUMNS, seed=1, grown=0)
    table["situation"]["who"] = {"ask": "Who is it?", "type": "integer", "from": 0, "to": values - 1}
    table["rules"] = [
        {**rule, "rule": f"{rule['rule']}-{value}", "when": {**rule.get("when", {}), "who": value}}
        for rule in table["rules"]
        for value in range(values)
    ]
    return table


def _edited(table: Table) -> Table:
    """The table with one rule that gives another verdict."""
    edited: dict[str, Any] = deepcopy(dict(table))
    rule = edited["rules"][len(edited["rules"]) // 2]
    rule["then"] = next(verdict for verdict in edited["verdicts"] if verdict != rule["then"])
    return edited


def _is_kept(policy: Policy, guarantee: PairGuarantee) -> bool:
    breaking = breaking_pairs(policy, guarantee)
    return breaking is not None and not breaking.query.exists(Budget(STEPS))


@pytest.mark.parametrize("values", [2, 5])
@pytest.mark.parametrize("kind", ["ignores", "rising"])
def test_all_pairs(ours: Comparison, kind: str, values: int) -> None:
    """A guarantee that holds, so that all pairs are compared."""
    table = _spread(values)
    policy, edited = load(table), load(_edited(table))
    guarantee: PairGuarantee = Indifference("pairs", ALWAYS, ("who",), "")
    if kind == "rising":
        guarantee = Monotonicity("pairs", ALWAYS, ("who",), None, None, "falls", "")
    assert _is_kept(policy, guarantee)
    ours.in_turn(
        f"{ROWS:,} x {COLUMNS} rows for each of {values} values: `{kind}` over all pairs",
        lambda: _is_kept(policy, guarantee),
        {
            "the check of the policy": (lambda: check(load(table)), MOST_CHECKS),
            "a `diff` with one rule changed": (
                lambda: change(policy, edited).count(Budget(STEPS)),
                MOST_DIFFS * (values - 1),
            ),
        },
        rounds=ROUNDS,
        memory=peak_memory(lambda: _is_kept(policy, guarantee)),
    )


def _in_periods() -> tuple[Table, list[Table]]:
    """A table that is another one in each period, and the table of each period without days."""
    singly = [tree_table(EACH, COLUMNS, seed=period, grown=0) for period in range(PERIODS)]
    days = [date(2000, 1, 1) + timedelta(days=365 * period) for period in range(PERIODS + 1)]
    whole: dict[str, Any] = deepcopy(dict(singly[0]))
    last = days[-1] - timedelta(days=1)
    whole["situation"] = {"asked": {"ask": "When?", "type": "date", "from": days[0], "to": last}, **whole["situation"]}
    whole["as_of"] = "asked"
    whole["rules"] = [
        {
            **rule,
            "rule": f"{rule['rule']}-{period}",
            "valid": {"from": days[period], "to": days[period + 1] - timedelta(days=1)},
        }
        for period, table in enumerate(singly)
        for rule in table["rules"]
    ]
    return whole, singly


def test_periods(ours: Comparison) -> None:
    """Rules of which each is valid in one of many periods."""
    table, singly = _in_periods()
    policy, policies = load(table), [load(each) for each in singly]
    assert len(policy.rules) == PERIODS * EACH
    ours.in_turn(
        f"{PERIODS * EACH} rules in {PERIODS} periods: the check",
        lambda: check(load(table)),
        {
            f"the checks of {PERIODS} policies, one for each period": (
                lambda: [check(load(each)) for each in singly],
                MOST_PERIODS,
            )
        },
        rounds=ROUNDS,
        memory=peak_memory(lambda: check(load(table))),
    )
    assert check(policy).sound == all(check(each).sound for each in policies)
