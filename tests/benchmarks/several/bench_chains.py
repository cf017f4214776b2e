"""How long does a chain of decisions take to prove, beside its tables proved one by one?

Alone, each table asks for what the chain works out. Both ways begin with a loaded policy and end with all that `check`
says: errors with their examples, warnings, and the situations of every verdict, outcome and row.
"""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from engine import certify, check, decider, load, verify
from tests.benchmarks.conftest import Comparison
from tests.support.making.large_chains import Chain, large_chain
from tests.support.making.scorecards import scorecard
from tests.support.making.tables import tree_table

pytestmark = pytest.mark.benchmark(timer=process_time)
SOUND, FAULTY, LONG, CERTIFIED = 1.5, 6, 3, 8
FIELDS = {True: "the same fields", False: "fields of their own"}
RECORDS = 20_000


def _compare(ours: Comparison, work: str, chain: Chain, most: float, rounds: int) -> None:
    """The check of a chain beside those of its tables; each is read anew, since a proof is kept with its policy."""

    def alone() -> None:
        for policy in policies:
            check(policy)

    whole, policies = load(chain.whole), [load(each) for each in chain.alone]

    def anew() -> None:
        for policy in (whole, *policies):
            policy.memo.forget()

    def both() -> None:
        anew()
        alone()

    def chained() -> None:
        anew()
        check(whole)

    ours.in_turn(work, chained, {"its tables alone": (both, most)}, rounds=rounds)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(("faults", "most"), [(0, SOUND), (50, FAULTY)])
def test_two_tables(ours: Comparison, shared: bool, faults: int, most: float) -> None:
    """A step of a thousand rows, and a policy of a thousand that reads it, whole or without fifty rows."""
    what = f"1,000 + 1,000 rows, {FIELDS[shared]}" + (f", {faults} missing" if faults else "")
    _compare(ours, what, large_chain(1_000, 1, shared=shared, faults=faults), most, rounds=3)


@pytest.mark.parametrize("shared", [True, False])
def test_five_tables(ours: Comparison, shared: bool) -> None:
    """Four steps, each of which reads the one before."""
    chain = large_chain(200, 1, steps=4, shared=shared)
    _compare(ours, f"five tables of 200 rows, {FIELDS[shared]}", chain, LONG, rounds=1)


def test_ten_thousand_rows(ours: Comparison) -> None:
    """A step of ten thousand rows, and a policy of ten thousand that reads it."""
    chain = large_chain(10_000, 1, shared=False)
    _compare(ours, f"10,000 + 10,000 rows, {FIELDS[False]}", chain, LONG, rounds=1)


@pytest.mark.parametrize("shared", [True, False])
def test_a_certificate(ours: Comparison, shared: bool) -> None:
    """Written and verified, for a step of a thousand rows and a policy of a thousand that reads it."""
    policy = load(large_chain(1_000, 1, shared=shared).whole)

    def anew() -> None:
        policy.memo.forget()
        check(policy)

    ours.in_turn(
        f"1,000 + 1,000 rows, {FIELDS[shared]}: the certificate, verified",
        lambda: verify(policy, certify(policy)),
        {"the check": (anew, CERTIFIED)},
        rounds=1,
    )


@pytest.mark.parametrize(("knock_outs", "most"), [(0, 1), (10, 5)])
def test_a_scorecard(ours: Comparison, knock_outs: int, most: float) -> None:
    """Twenty fields with ten point entries each, bands of the sum, and rules of three fields that come before them."""
    card, table = scorecard(20, 10, knock_outs), tree_table(1_000, 5, seed=1, grown=0)
    what = "a scorecard of 20 x 10, three bands" + (f" and {knock_outs} rules before them" if knock_outs else "")
    ours.in_turn(
        f"{what}: the check",
        lambda: check(load(card)),
        {"the check of a table of 1,000 rows": (lambda: check(load(table)), most)},
        rounds=1 if knock_outs else 3,
    )


def test_deciding_through_a_step(ours: Comparison) -> None:
    """A compiled decision, beside that of the same table where the outcome of the step is an answer."""
    chain = large_chain(20, 1)
    through, alone = decider(load(chain.whole)), decider(load(chain.alone[-1]))
    record = {name: _any_answer(spec) for name, spec in chain.whole["situation"].items()}
    inner = {name: _any_answer(spec) for name, spec in chain.alone[-1]["situation"].items()}
    ours.in_turn(
        "one record through a step of 20 rows: the verdict",
        lambda: [through.verdict(record) for _ in range(RECORDS)],
        {"without the step": (lambda: [alone.verdict(inner) for _ in range(RECORDS)], 2.3)},
        rounds=7,
    )


def _any_answer(spec: dict[str, Any]) -> Any:
    return next(iter(spec["choices"])) if "choices" in spec else 10_000
