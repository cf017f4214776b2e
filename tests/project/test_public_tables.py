"""Does `check` find what is known to be wrong with published tables, and nothing else?

Each file in `public/` is a table from the literature or from another tool's tests, with its source and known faults.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from engine import Proof, check, load

PUBLIC = Path(__file__).parents[1] / "public"

Fault = tuple[str, tuple[str, ...], int | None]

FAULTS: dict[str, list[Fault]] = {
    "dish-shadowed": [
        # The dashes of the third row have to be written as some test.
        ("always-true-test", ("rule-3",), None),
        ("dead-rule", ("rule-4", "rule-3"), 0),
        ("idle-verdict", ("rule-4",), 0),
    ],
    "firewall-anomalies": [
        ("dead-rule", ("rule-4", "rule-2"), 0),
        ("dead-rule", ("rule-7", "rule-6"), 0),
        ("redundant-rule", ("rule-9",), None),
    ],
    "firewall-shadow": [("dead-rule", ("rule-4", "rule-1", "rule-2"), 0)],
    "gaps-and-overlaps": [("conflict", ("rule-1", "rule-3"), None), ("gap", (), None)],
    "gaps-in-a-plane": [("gap", (), None)],
    "loan-approval": [("gap", (), None)],
    "two-flags": [("conflict", ("rule-1", "rule-2"), 1), ("gap", (), 1)],
}

# Where each gap is, as published.
GAPS: dict[str, list[dict[str, Any]]] = {
    "gaps-and-overlaps": [
        {"first": {"less_than": 1}, "second": {"more_than": 2, "less_than": 999}},
        {"first": {"at_least": 1, "less_than": 2}, "second": {"more_than": 2, "less_than": 5}},
        {"first": {"at_least": 1, "less_than": 2}, "second": {"more_than": 6, "less_than": 999}},
        {"first": {"at_least": 2, "at_most": 3}, "second": {"more_than": 4, "less_than": 5}},
        {"first": {"at_least": 2, "at_most": 3}, "second": {"more_than": 6, "less_than": 999}},
        {"first": {"more_than": 3, "at_most": 4}, "second": {"more_than": 4, "less_than": 999}},
        {"first": {"more_than": 4, "at_most": 5}, "second": {"less_than": 1}},
        {"first": {"more_than": 4, "at_most": 5}, "second": {"more_than": 4, "less_than": 999}},
        {"first": {"more_than": 5, "less_than": 6}},
        {"first": {"at_least": 6, "at_most": 7}, "second": {"more_than": 3, "less_than": 999}},
        {"first": {"more_than": 7}},
    ],
    "gaps-in-a-plane": [
        {"first": {"less_than": 0}, "second": {"more_than": 0}},
        {"first": 0, "second": {"at_least": 0}},
        {"first": {"more_than": 0}, "second": {"less_than": 0}},
    ],
    "loan-approval": [{"score": {"more_than": 660}, "ratio": "fair"}],
    "two-flags": [{"p1": True, "p2": True}],
}

# Where rules that disagree overlap, as published.
OVERLAPS: dict[str, dict[str, Any]] = {
    "gaps-and-overlaps": {"first": {"at_least": 2, "at_most": 4}, "second": {"at_least": 1, "at_most": 2}},
    "two-flags": {"p1": False, "p2": False},
}


def _faults(proof: Proof) -> list[Fault]:
    return sorted((finding.code, finding.rules, finding.situations) for finding in proof.findings)


def _disagreements(faults: list[Fault]) -> list[tuple[str, ...]]:
    """The gap, if there is one, and the rules of each conflict."""
    return sorted((code, *rules) for code, rules, _ in faults if code in ("gap", "conflict"))


def _mapping(name: str) -> dict[str, Any]:
    mapping: dict[str, Any] = yaml.safe_load((PUBLIC / f"{name}.yaml").read_text(encoding="utf-8"))
    return mapping


def test_every_published_table_has_its_known_faults_listed() -> None:
    """There is a list of known faults for each file, and a file for each list."""
    assert sorted(path.stem for path in PUBLIC.iterdir()) == sorted(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_the_known_faults_of_a_published_table_are_found_and_no_others(name: str) -> None:
    """Every gap, overlap, shadowed and redundant rule that its authors name, and nothing more."""
    assert _faults(check(load(PUBLIC / f"{name}.yaml"))) == sorted(FAULTS[name])


@pytest.mark.parametrize("name", GAPS)
def test_the_gap_is_exactly_where_it_was_published(name: str) -> None:
    """With a rule for each published gap there is no gap left, and none of these rules meets a rule of the table."""
    table = _mapping(name)
    table["verdicts"]["nothing"] = {"title": "Nothing"}
    table["rules"] += [
        {"rule": f"gap-{place}", "when": when, "then": "nothing", "because": "Nobody says what to do here."}
        for place, when in enumerate(GAPS[name])
    ]
    assert _disagreements(_faults(check(load(table)))) == [
        known for known in _disagreements(FAULTS[name]) if known != ("gap",)
    ]


@pytest.mark.parametrize("name", OVERLAPS)
def test_rules_disagree_only_where_it_was_published(name: str) -> None:
    """With the published overlap declared impossible, no conflict is left."""
    table = _mapping(name)
    table.setdefault("impossible", []).append({"when": OVERLAPS[name], "because": "It is known to be wrong."})
    assert _disagreements(_faults(check(load(table)))) == [("gap",)]
