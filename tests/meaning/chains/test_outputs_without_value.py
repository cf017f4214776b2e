"""Outputs that a step works out from answers that are not always there: against arithmetic by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
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
    assert [(each.verdict, each.output or {}) for each in found] == expected
    compiled = decider(payer)
    assert [compiled.verdict(record) for record in records] == verdicts
    rows = [{"worth": None, **record, "grade": str(record["grade"])} for record in records]
    table = batch(payer, pyarrow.Table.from_pylist(rows), outputs=True)
    assert table["verdict"].to_pylist() == verdicts
    assert table["output.price"].to_pylist() == [output.get("price") for _, output in expected]
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
        got = (found.verdict, found.output or {})
        assert got == (("they", {"price": None}) if record in without else worked_out(record))


def test_the_answer_that_is_missing_is_found_through_every_step() -> None:
    """The first of two ways is safe, and so is the other part of a sum: it is told of the answer that is missing."""
    ask = {"type": "integer", "from": 0, "to": 3, "or_none": "Nobody knows"}
    outcomes = {"size": {"title": "By size", "output": {"fee": {"number": "of_size"}}},
                "age": {"title": "By age", "output": {"fee": {"number": "of_age"}}}}  # fmt: skip
    sized = {"size": {"known": True}}
    first: list[dict[str, Any]] = [
        {"rule": "sized", "when": {**sized, "new": True}, "then": "size"},
        {"rule": "rest", "otherwise": True, "then": "age"},
    ]
    then: list[dict[str, Any]] = [
        {"rule": "sized", "when": sized, "then": "all"},
        {"rule": "rest", "otherwise": True, "then": "none"},
    ]
    costs = {"all": {"title": "All", "output": {"cost": {"number": "both"}}},
             "none": {"title": "None", "output": {"cost": 0}}}  # fmt: skip
    policy = load({
        "policy": "nested",
        "title": "Is it dear?",
        "situation": {"size": {"ask": "How large?", **ask}, "age": {"ask": "How old?", **ask},
                      "new": {"ask": "Is it new?", "type": "yes_no"}},
        "steps": {
            "way": {"means": "the way", "decision": "first", "outcomes": outcomes, "rules": _because(first)},
            "cost": {"means": "the cost", "decision": "first", "outcomes": costs, "rules": _because(then)},
        },
        "numbers": {
            "of_size": {"means": "by size", "sum": {"size": 2}},
            "of_age": {"means": "by age", "sum": {"age": 2}},
            "fee": {"means": "the fee", "output": "fee", "of": "way"},
            "both": {"means": "both", "sum": {"fee": 1, "size": 1}},
            "paid": {"means": "what is paid", "output": "cost", "of": "cost"},
        },
        "verdicts": {"dear": {"title": "Dear"}, "cheap": {"title": "Cheap"}},
        "decision": "first",
        "rules": _because([{"rule": "dear", "when": {"paid": {"at_least": 3}}, "then": "dear"},
                           {"rule": "rest", "otherwise": True, "then": "cheap"}]),
    })  # fmt: skip
    errors = check(policy).errors
    assert all("is worked out from `of_age` there" in _why(each) for each in errors)
    # Sizes are one of four or missing, and things new or not.
    assert {each.rules: each.situations for each in errors} == {("way/rest",): 4 + 2, ("cost/sized",): 4}
    assert not verify(policy, certify(policy)).sound


def _because(rules: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**rule, "because": "So."} for rule in rules]


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
