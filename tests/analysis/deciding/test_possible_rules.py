"""Are the rules that decide, whatever is still answered, told apart from those that may? Wherever rules are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import (
    Decision,
    Policy,
    RecordError,
    batch,
    decide,
    decider,
    explain,
    interview,
    load,
    tabulate,
    write_sql,
)
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import partial_records, policies
from tests.support.judging.oracle import outcomes
from tests.support.running import run

REFUND = """\
policy: refund
title: Does the money come back?
source:
  title: Our terms
  passages: {t1: We take things back for a month., t2: What was on sale stays sold.}
situation:
  opened: {ask: Was it opened?, type: yes_no}
  final: {ask: Was it sold as final?, type: yes_no}
  age: {ask: How many days ago was it bought?, type: integer, from: 0, to: 400}
verdicts:
  refuse: {title: No refund}
  pay: {title: Pay it back}
rules:
  - {rule: late, when: {age: {more_than: 30}}, then: refuse, because: Too late is too late., cites: [t1]}
  - {rule: final-sale, when: {final: yes}, then: refuse, because: Final is final., cites: [t2]}
  - {rule: was-opened, when: {opened: yes, age: {at_most: 30}}, then: refuse, because: It was opened., added: ours}
  - {rule: as-new, when: {opened: no, final: no, age: {at_most: 30}}, then: pay, because: As new., cites: [t1]}
"""
OPENED = (
    "Whatever you answer about “Was it sold as final?” and “How many days ago was it bought?”, one of these applies:"
)
FINAL = "Depending on “Was it opened?” and “How many days ago was it bought?”, these may count too:"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("refund.yaml").write_text(REFUND)


def refund() -> Policy:
    return load("refund.yaml")


WAYS: dict[str, Callable[[Policy, dict[str, Any]], Decision]] = {
    "decide": decide,
    "the decider": lambda policy, record: decider(policy)(record),
    "explain": lambda policy, record: explain(policy, record).decision,
    "interview": lambda policy, record: interview(policy, record).decision,
}


@draw_by_day(30)
@given(data=st.data())
def test_every_way_tells_the_rules_that_all_and_that_some_completions_have(data: st.DataObject) -> None:
    """By trying every completion: all ways to decide in a program, and tables, say so of the same record."""
    drawn = data.draw(policies(small=True, sound=True))
    policy, partial = load(drawn), data.draw(partial_records(drawn))
    expected = outcomes(drawn, partial)
    for way in WAYS.values():
        try:
            decision = way(policy, partial)
        except RecordError:
            assert not expected.verdicts
            continue
        if decision.verdict is None:
            assert (decision.rules, decision.possible_rules) == ((), ())
            continue
        assert (decision.rules, decision.possible_rules) == (expected.rules, expected.possible_rules)
        assert decision.because == tuple(policy.rule[name].because for name in expected.rules)
        cited = {passage for name in expected.rules for passage in policy.rule[name].cites}
        assert set(decision.cites) == cited | set(policy.verdict[decision.verdict].cites)


def test_a_reason_that_is_not_known_to_hold_is_not_told_as_one() -> None:
    """Nobody said when it was bought: that it is too late is one of three reasons that may hold."""
    decision = decide(refund(), {"opened": True})
    assert (decision.verdict, decision.rules, decision.because) == ("refuse", (), ())
    assert decision.possible_rules == ("late", "final-sale", "was-opened")
    assert decision.to_dict()["possible_rules"] == ["late", "final-sale", "was-opened"]
    expected = dedent(f"""\
        No refund

        Why
          {OPENED}
            - Too late is too late.  (late)
            - Final is final.  (final-sale)
            - It was opened.  (was-opened)
        """)
    assert run("decide", "refund.yaml", "--set", "opened=yes") == (expected, "", 0)
    explained = run("explain", "refund.yaml", "--set", "opened=yes").out
    assert explained.startswith(expected)
    assert "This answer alone is enough" in explained
    (other,) = explain(refund(), {"opened": True}).others
    assert (other.rule, other.applies) == ("as-new", False)


def test_what_is_certain_comes_first_and_is_all_that_is_cited() -> None:
    """It was sold as final, which is enough; the passage about the month is cited by a rule that only may apply."""
    decision = decide(refund(), {"final": True})
    assert (decision.rules, decision.possible_rules) == (("final-sale",), ("late", "was-opened"))
    assert (decision.because, decision.cites) == (("Final is final.",), ("t2",))
    assert str(decision) == dedent(f"""\
        No refund

        Why
          Final is final.  (final-sale)
          {FINAL}
            - Too late is too late.  (late)
            - It was opened.  (was-opened)

        Source
          t2: What was on sale stays sold.""")


def test_under_first_only_one_rule_decides() -> None:
    """The second rule decides just where the first does not, so that neither is certain."""
    policy = load("refund.yaml").to_dict() | {"decision": "first"}
    assert decide(load(policy), {"final": True}).possible_rules == ("late", "final-sale")
    assert decide(load(policy), {"final": True}).rules == ()


def test_a_rule_in_the_way_of_another_is_among_the_questions() -> None:
    """Whether `plain` stands depends on what the rule that overrides it asks, and that question is named."""
    data = load("refund.yaml").to_dict()
    data["rules"] = [
        {"rule": "plain", "when": {"opened": True}, "then": "refuse", "because": "It was opened.", "added": "ours"},
        {"rule": "old", "when": {"age": {"more_than": 30}}, "then": "refuse", "because": "It is old.", "cites": ["t1"],
         "overrides": {"plain": "Then it counts that it is old."}},
        {"rule": "new", "when": {"opened": False, "age": {"at_most": 30}}, "then": "pay", "because": "New.",
         "cites": ["t2"]},
    ]  # fmt: skip
    assert "Whatever you answer about “How many days ago was it bought?”, one of these applies:" in str(
        decide(load(data), {"opened": True})
    )


def test_many_questions_are_not_listed() -> None:
    """Beyond three, they are the questions that are left."""
    fields = {name: {"ask": f"Is it {name}?", "type": "yes_no"} for name in ("red", "blue", "old", "new")}
    rules = [{"rule": name, "when": {name: True}, "then": "yes", "because": f"It is {name}."} for name in fields]
    none = {"rule": "none", "when": dict.fromkeys(fields, False), "then": "yes", "because": "It is none of these."}
    policy = {"policy": "many", "title": "?", "situation": fields, "verdicts": {"yes": {"title": "Yes"}}}
    decision = decide(load({**policy, "rules": [*rules, none]}), {})
    assert "Whatever you answer about the questions that are left, one of these applies:" in str(decision)
    decision = decide(load({**policy, "rules": [*rules, none]}), {"new": False})
    assert "about “Is it red?”, “Is it blue?” and “Is it old?”, one of" in str(decision)


def test_the_rules_of_a_conflict_are_told_apart_too() -> None:
    """A draft: two rules disagree in every completion, and a third may be among them."""
    data = load("refund.yaml").to_dict()
    del data["rules"][3]["when"]["final"]
    decision = decide(load(data), {"opened": False, "final": True, "age": 3}, draft=True)
    assert (decision.outcome, decision.rules) == ("conflict", ("final-sale", "as-new"))
    data["rules"][3]["when"] = {"opened": False}
    decision = decide(load(data), {"opened": False, "final": True}, draft=True)
    assert (decision.rules, decision.possible_rules) == (("final-sale", "as-new"), ("late",))
    assert str(decision).splitlines()[4:] == [
        "  These rules disagree:",
        "  - final-sale: “No refund”",
        "  - as-new: “Pay it back”",
        "  Depending on “How many days ago was it bought?”, this may stand too:",
        "  - late: “No refund”",
    ]


def test_by_names_all_rules_that_may_decide() -> None:
    """A case that leaves answers out lists the certain and the possible rules, and what is told of them differs."""
    Path("refund.cases.yaml").write_text(
        dedent("""\
        policy: refund
        cases:
          - {case: Final, given: {final: yes}, expect: refuse, by: [late, final-sale, was-opened]}
          - {case: Opened, given: {opened: yes}, expect: refuse, by: [was-opened]}
          - {case: Sold as final, given: {final: yes}, expect: pay}
        """)
    )
    told = run("test", "refund.cases.yaml").out
    assert "expected `was-opened` to decide, but it was `late` or `final-sale` or `was-opened`" in told
    assert "got “No refund” (refuse) by `final-sale`, perhaps `late` or `was-opened`" in told


ROWS = [
    {"opened": True, "final": None, "age": None},
    {"opened": None, "final": True, "age": None},
    {"opened": None, "final": True, "age": 31},
    {"opened": True, "final": False, "age": 3},
    {"opened": None, "final": None, "age": None},
]
TOLD = [
    ("refuse", None, "late, final-sale, was-opened"),
    ("refuse", "final-sale", "late, was-opened"),
    ("refuse", "late, final-sale", None),
    ("refuse", "was-opened", None),
    (None, None, None),
]


def test_tables_have_a_column_for_either() -> None:
    """Frames in memory and plans, a database, and its query: the same of each row."""
    columns = ["verdict", "rules", "possible_rules"]
    frame = pl.DataFrame(ROWS)
    assert batch(refund(), frame, rules=True).select(columns).rows() == TOLD
    assert batch(refund(), frame.lazy(), rules=True).select(columns).collect().rows() == TOLD
    assert [tuple(row[name] for name in columns) for row in batch(refund(), pa.Table.from_pylist(ROWS), rules=True)
            .to_pylist()] == TOLD  # fmt: skip
    with duckdb.connect() as connection:
        relation = batch(refund(), connection.from_arrow(frame.to_arrow()), rules=True)
        assert relation.project(", ".join(columns)).fetchall() == TOLD
        connection.register("records", frame.to_arrow())
        found = connection.sql(write_sql(refund(), "duckdb", rules=True))
        assert found.project(", ".join(columns)).fetchall() == TOLD


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_files_have_a_column_for_either(kind: str) -> None:
    """`--rules` adds both columns to every kind of file."""
    frame = pl.DataFrame(ROWS)
    if kind == "csv":
        frame.with_columns(pl.col("opened", "final").replace_strict({True: "yes", False: "no"})).write_csv("in.csv")
    elif kind == "jsonl":
        frame.write_ndjson("in.jsonl")
    else:
        frame.write_parquet("in.parquet")
    assert run("batch", "refund.yaml", f"in.{kind}", "-o", f"out.{kind}", "--rules", "-q") == ("", "", 1)
    read: dict[str, Callable[[str], pl.DataFrame]] = {
        "csv": pl.read_csv,
        "jsonl": pl.read_ndjson,
        "parquet": pl.read_parquet,
    }
    assert read[kind](f"out.{kind}").select("verdict", "rules", "possible_rules").rows() == TOLD


def test_a_decision_table_tells_them_apart_too() -> None:
    """Of a row, those that stand in every situation of it, and those that stand in some; so does its CSV."""
    rows = {row.rules or row.possible_rules: row for row in tabulate(refund()).rows}
    late = rows["late",]
    assert (late.possible_rules, late.facts()[1]) == (("final-sale",), "late; perhaps final-sale")
    data = refund().to_dict()
    data["rules"][0]["when"] = {"age": {"more_than": 30}, "opened": True}
    data["rules"][2]["when"] = {"age": {"more_than": 30}, "opened": False}
    data["rules"][3]["when"] = {"final": False, "age": {"at_most": 30}}
    (row,) = (row for row in tabulate(load(data)).rows if "was-opened" in row.possible_rules)
    assert (row.rules, row.facts()[1]) == ((), "one of late, final-sale, was-opened")
    assert row.to_dict()["possible_rules"] == ["late", "final-sale", "was-opened"]
    Path("refund.yaml").write_text(json.dumps(data))
    told = run("table", "refund.yaml", "--format", "csv").out
    assert "One of these applies: Too late is too late. Final is final. It was opened." in told


def test_a_field_may_not_be_called_like_the_column() -> None:
    """In SQL and in tables `possible_rules` is a column of the result."""
    data = json.loads(json.dumps(refund().to_dict()).replace('"opened"', '"possible_rules"'))
    Path("refund.yaml").write_text(json.dumps(data))
    told = run("sql", "refund.yaml", "--dialect", "duckdb").err
    assert "`possible_rules` is a field, and a column of the result too" in told
