"""Outputs that a step works out from answers that are not always there: against arithmetic by hand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from engine import Finding, Policy, SqlError, batch, certify, check, decide, decider, diff, load, verify, write_sql
from tests.support.making.by_hand.road_tax import FILES, situations, worked_out


def _load(folder: Path, old: str = "", new: str = "") -> Policy:
    """The chain from a folder, with one text of its files replaced."""
    for name, text in FILES.items():
        (folder / name).write_text(text.replace(old, new) if old else text)
    return load(folder / "payer.yaml")


@pytest.fixture(scope="module")
def payer(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    return _load(tmp_path_factory.mktemp("payer"))


def test_every_situation_gets_what_it_does_by_hand(payer: Policy) -> None:
    """From `decide`, compiled and in a table; and so many of them as `check` counts and the verifier finds."""
    records = list(situations())
    expected = [worked_out(record) for record in records]
    verdicts = [verdict for verdict, _ in expected]
    found = [decide(payer, record) for record in records]
    assert [(each.verdict, (each.output or {}).get("price")) for each in found] == expected
    compiled = decider(payer)
    assert [compiled.verdict(record) for record in records] == verdicts
    rows = [{"worth": None, **record, "grade": str(record["grade"])} for record in records]
    table = batch(payer, pyarrow.Table.from_pylist(rows), outputs=True)
    assert table["verdict"].to_pylist() == verdicts
    assert table["output.price"].to_pylist() == [price for _, price in expected]
    proof = check(payer)
    assert not proof.findings
    assert proof.verdicts == Counter(verdicts)
    assert verify(payer, certify(payer)).sound


def test_what_is_not_asked_leaves_nothing_open(payer: Policy) -> None:
    """Who owns no car is told at once, whatever the grade; who owns one is asked for what the tax is made of."""
    assert decide(payer, {"owner": False}).verdict == "nobody"
    assert decide(payer, {"owner": True, "member": False, "grade": 3}).ask == "worth"


def test_a_query_says_that_it_cannot_tell_what_is_not_asked(payer: Policy) -> None:
    with pytest.raises(SqlError) as caught:
        write_sql(payer, dialect="sqlite", table="records")
    assert [problem.code for problem in caught.value.problems] == ["sql-not-asked"]


@pytest.fixture
def faulty(tmp_path: Path) -> Policy:
    """Cars without a grade are taxed by their grade."""
    return _load(tmp_path, "grade: none}, then: flat", "grade: none}, then: graded")


def test_an_output_of_a_step_without_a_value_is_its_fault(faulty: Policy) -> None:
    """It is told of the rule of the step, and before what follows from it."""
    without = [record for record in situations() if record["owner"] and record["grade"] == "none"]
    proof = check(faulty)
    assert [(each.code, each.rules, each.situations) for each in proof.errors] == [
        ("no-output", ("tax/others",), len(without)),
        ("broken-guarantee", (), len(without)),
        ("no-output", ("rest",), len(without)),
    ]
    assert _why(proof.errors[0]) == (
        "the number `due` is worked out from `tax.marked` there, which has none where `grade` is `none` or `worth` is "
        "not asked"
    )
    assert not verify(faulty, certify(faulty)).sound
    for record in situations():
        found = decide(faulty, record, draft=True)
        got = (found.verdict, (found.output or {}).get("price"))
        assert got == (("they", None) if record in without else worked_out(record))


def _why(finding: Finding) -> str:
    return finding.message.partition(": ")[2]


@pytest.mark.parametrize(
    ("old", "new"), [("half_up", "down"), ("to: 1,", "to: 0.5,"), ("product: [worth, 0.3]", "product: [worth, 0.35]")]
)
def test_another_way_of_working_it_out_is_a_change(payer: Policy, tmp_path: Path, old: str, new: str) -> None:
    """Of the verdict where that changes, and of the amount where it gives one."""
    other = _load(tmp_path, old, new)
    found = diff(payer, other)
    moved: Counter[Any] = Counter()
    for record in situations():
        before, after = decide(payer, record), decide(other, record)
        moved[before.verdict, after.verdict] += before.verdict != after.verdict
    told = Counter({(each.before.verdict, each.after.verdict): each.situations for each in found.changes})
    assert +moved == Counter({pair: many for pair, many in told.items() if pair[0] != pair[1]})
