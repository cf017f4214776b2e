"""Do published policies, written whole in the language, say what their sources say?

Each file in `published/` names its source. Beside its cases it is compared with the same rules as some lines of Python.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Policy, check, decide, load, load_cases, run_cases
from tests.support.making.by_hand import building_safety, mortgage

PUBLISHED = Path(__file__).parents[1] / "published"
NAMES = ("building-safety-costs", "mortgage-prequalification")


@cache
def _loaded(name: str) -> Policy:
    return load(PUBLISHED / f"{name}.yaml")


@cache
def _dearer() -> dict[int, Decimal]:
    with (PUBLISHED / "building-safety-costs.csv").open(encoding="utf-8", newline="") as file:
        return {int(row["bought_in"].removeprefix("<= ")): Decimal(row["then"]) for row in csv.DictReader(file)}


def test_every_published_policy_is_tried() -> None:
    """Each has cases beside it."""
    assert sorted(path.stem for path in PUBLISHED.glob("*.yaml")) == sorted(
        name for each in NAMES for name in (each, f"{each}.cases")
    )


@pytest.mark.thorough
@pytest.mark.parametrize("name", NAMES)
def test_a_published_policy_is_proved_and_counted_whole(name: str) -> None:
    """Far too many situations to list, and every count exact: of verdicts, of rules, and of each step and table."""
    proof = check(_loaded(name))
    assert (proof.findings, proof.sound) == ((), True)
    assert sum(many or 0 for many in proof.verdicts.values()) == proof.situations
    steps = [many for counts in proof.steps.values() for many in (*counts.outcomes.values(), *counts.rules.values())]
    assert None not in (*proof.rules.values(), *steps)


@pytest.mark.thorough
@pytest.mark.parametrize("name", NAMES)
def test_the_cases_of_a_published_policy_hold(name: str) -> None:
    policy = _loaded(name)
    report = run_cases(policy, load_cases(PUBLISHED / f"{name}.cases.yaml", policy))
    assert [each.case.title for each in report.results if not each.passed] == []


@st.composite
def _homes(draw: st.DrawFn) -> dict[str, Any]:
    """A home, of which every third costs as much as one at a limit, or a penny more or less."""
    record: dict[str, Any] = {
        "over_11_metres": draw(st.sampled_from((True, True, True, False))),
        "developer_pays": draw(st.sampled_from(("refused", "not_known", "refused", "agreed"))),
        "owned_by_leaseholders": draw(st.sampled_from((False, False, True))),
        "more_than_3": draw(st.booleans()),
        "bought_in": draw(st.integers(1900, 2022)),
        "london": draw(st.booleans()),
        "shared": draw(st.booleans()),
    }
    if record["more_than_3"]:
        record["main_home"] = draw(st.sampled_from((True, True, False)))
    if record["shared"]:
        record["share"] = Decimal(draw(st.integers(1_000, 10_000))) / 100
    dearer = _dearer()[max(1970, record["bought_in"])]
    limit = draw(st.sampled_from((175_000, 325_000, 1_000_000, 2_000_000)))
    beside = (limit / dearer).quantize(Decimal("0.01")) + draw(st.sampled_from((-1, 0, 1))) * Decimal("0.01")
    record["price"] = beside if draw(st.integers(0, 2)) == 0 else Decimal(draw(st.integers(0, 4_000_000)))
    record["paid"] = Decimal(draw(st.sampled_from((0, 1_000, 250_000, 10_000_000)))) / 100
    return record


@settings(max_examples=200)
@given(record=_homes())
def test_a_home_costs_what_it_does_by_hand(record: dict[str, Any]) -> None:
    decision = decide(_loaded("building-safety-costs"), record)
    assert (decision.verdict, dict(decision.output or {})) == building_safety.worked_out(record, _dearer())


@st.composite
def _loans(draw: st.DrawFn) -> dict[str, Any]:
    """A loan, of which every other one is beside a limit of the two tables."""
    value = draw(st.integers(1_000, 1_000_000))
    share = draw(st.sampled_from((60, 70, 75, 80)))
    beside = share * value // 100 + draw(st.sampled_from((-1, 0, 1)))
    limits = st.sampled_from((620, 640, 660, 680, 700, 720, 740))
    debts = st.sampled_from((Decimal("0.36"), Decimal("0.45"))).flatmap(
        lambda most: st.sampled_from((most, most + Decimal("0.0001"), Decimal("0.1")))
    )
    return {
        "loan": draw(st.one_of(st.just(max(1, beside)), st.integers(1, value))),
        "value": value,
        "score": draw(st.one_of(limits, limits.map(lambda score: score - 1), st.integers(300, 850))),
        "debts": draw(st.one_of(debts, debts, st.just("none"))),
    }


@settings(max_examples=200)
@given(record=_loans())
def test_a_mortgage_is_what_it_is_by_hand(record: dict[str, Any]) -> None:
    decision = decide(_loaded("mortgage-prequalification"), record)
    percent = (decision.output or {}).get("percent")
    assert (decision.verdict, None if percent is None else float(percent)) == mortgage.worked_out(record)
