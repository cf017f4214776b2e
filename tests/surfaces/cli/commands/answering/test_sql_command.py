"""What does `verdict sql` print, in which form, and with which exit code? And what refuses the library?"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine import PolicyError, SqlError, UnsoundError, columns_sql, load, write_sql
from engine.execution.extras import install_command
from tests.support.running import Result, run

ROOT = Path(__file__).parents[5]
PICNIC = """\
policy: picnic
title: Where do we eat?
version: "2"
situation:
  rain: {ask: Does it rain?, type: yes_no}
  our.guests: {ask: How many come?, type: integer, from: 1, to: 30}
verdicts: {garden: {title: In the garden}, kitchen: {title: In the kitchen}}
rules:
  - {rule: dry, when: {rain: no}, then: garden, because: It is pleasant outside.}
  - {rule: wet, when: {rain: yes}, then: kitchen, because: Nobody likes wet bread.}
  - {rule: crowd, when: {our.guests: {at_least: 20}, rain: yes}, then: kitchen, because: They would not hear us.}
"""
QUERY = """\
SELECT
  *,
  CASE "verdict"
    WHEN 'garden'
    THEN 'dry'
    WHEN 'kitchen'
    THEN SUBSTR(', wet' || CASE WHEN "our.guests" >= 20 THEN ', crowd' ELSE '' END, 3)
  END AS "rules",
  CASE "verdict"
    WHEN 'kitchen'
    THEN NULLIF(
      SUBSTR(
        CASE WHEN "our.guests" >= 20 THEN '' WHEN "our.guests" < 20 THEN '' ELSE ', crowd' END,
        3
      ),
      ''
    )
  END AS "possible_rules",
  CASE
    WHEN "verdict" IS NOT NULL
    THEN NULL
    WHEN NOT (
      "our.guests" BETWEEN 1 AND 30 AND "our.guests" - TRUNC("our.guests") = 0
    )
    THEN 'wrong: ' || SUBSTR(
      CASE
        WHEN NOT (
          "our.guests" BETWEEN 1 AND 30 AND "our.guests" - TRUNC("our.guests") = 0
        )
        THEN ', our.guests'
        ELSE ''
      END,
      3
    )
    ELSE 'undecided'
  END AS "problem"
FROM (
  SELECT
    *,
    CASE
      WHEN NOT (
        "our.guests" BETWEEN 1 AND 30 AND "our.guests" - TRUNC("our.guests") = 0
      )
      THEN NULL
      WHEN NOT "rain"
      THEN 'garden'
      WHEN "rain"
      THEN 'kitchen'
    END AS "verdict"
  FROM "summer"."picnics"
) AS "decided"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for each test, with a policy in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "picnic.yaml").write_text(PICNIC, encoding="utf-8")
    return tmp_path


def test_a_query_reads_as_a_person_would_write_it() -> None:
    """A line says what it is; every name is quoted, and every column of the table is kept."""
    words = ("--dialect", "postgres", "--table", "summer.picnics", "--rules", "--problem")
    result = run("sql", "picnic.yaml", *words)
    head = f"-- picnic 2, sha256 {load('picnic.yaml').sha256}, as postgres SQL by oneverdict\n"
    assert result == Result(head + QUERY, "", 0)


def test_json_has_the_query_and_what_it_is_about() -> None:
    """`--format json` gives the query with the identity of the policy, and whether its dialect is tested."""
    policy = load("picnic.yaml")
    result = run("sql", "picnic.yaml", "--dialect", "duckdb", "--format", "json")
    assert (result.err, result.code) == ("", 0)
    assert json.loads(result.out) == {
        "schema": 1,
        "policy": "picnic",
        "version": "2",
        "sha256": policy.sha256,
        "dialect": "duckdb",
        "tested": True,
        "table": "records",
        "sql": write_sql(policy, "duckdb"),
    }


def test_a_query_goes_into_a_file() -> None:
    """`-o` writes what would have been printed."""
    printed = run("sql", "picnic.yaml", "--dialect", "spark")
    assert run("sql", "picnic.yaml", "--dialect", "spark", "-o", "picnic.sql") == Result("", "", 0)
    assert Path("picnic.sql").read_text(encoding="utf-8") == printed.out


@pytest.mark.parametrize("dialect", ["mysql", "snowflake", "bigquery", "tsql", "", "DuckDB"])
def test_a_dialect_that_was_not_tried_is_refused(dialect: str, caplog: pytest.LogCaptureFixture) -> None:
    """By its name, with those that there are: nothing is written that may be wrong, and sqlglot is silent."""
    near = "did you mean `duckdb`; SQL is written for" if dialect == "DuckDB" else "take one of"
    message = (
        f"unknown-dialect  no SQL is written for `{dialect}`: it is not tested on that database\n"
        f"  help  {near} `duckdb`, `postgres`, `sqlite`, `spark`\n"
    )
    assert run("sql", "picnic.yaml", "--dialect", dialect) == Result("", message, 2)
    with pytest.raises(SqlError, match="no SQL is written for"):
        columns_sql(load("picnic.yaml"), dialect)
    assert caplog.records == []


def test_an_unknown_dialect_is_refused_with_the_one_that_may_be_meant() -> None:
    """A slip in the dialect ends with 2, a suggestion, and the tested ones."""
    message = (
        "unknown-dialect  no SQL is written for `postgress`: it is not tested on that database\n"
        "  help  did you mean `postgres`; SQL is written for `duckdb`, `postgres`, `sqlite`, `spark`\n"
    )
    assert run("sql", "picnic.yaml", "--dialect", "postgress") == Result("", message, 2)


TABLES = {
    ("sqlite", "records"): '"records"',
    ("sqlite", "main.records"): '"main"."records"',
    ("duckdb", "db.main.records"): '"db"."main"."records"',
    ("postgres", 'shop."old.orders"'): '"shop"."old.orders"',
    ("postgres", '"say ""so"""'): '"say ""so"""',
    ("spark", "a.b.c"): "`a`.`b`.`c`",
    ("duckdb", "été 2026"): '"été 2026"',
}


@pytest.mark.parametrize(("dialect", "table"), TABLES)
def test_a_table_goes_by_all_parts_of_its_name(dialect: str, table: str) -> None:
    """None is left out, and each is quoted."""
    assert f"FROM {TABLES[dialect, table]}" in run("sql", "picnic.yaml", "--dialect", dialect, "--table", table).out


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "sqlite", "spark"])
@pytest.mark.parametrize(
    "table", ["", ".", "a.", ".a", "a..b", "a.b.c.d", 'a"b', '"a', '""', " ", "a. ", "a\nb", "\udcff", "\x1b[31m"]
)
def test_what_names_no_table_is_refused(dialect: str, table: str) -> None:
    """Nothing of it is dropped, and no query over a table without a name is written."""
    result = run("sql", "picnic.yaml", "--dialect", dialect, "--table", table)
    assert (result.out, result.code) == ("", 2)
    assert result.err.startswith("sql-table  `")


def test_sqlite_has_no_database_above_a_schema() -> None:
    result = run("sql", "picnic.yaml", "--dialect", "sqlite", "--table", "a.b.c")
    message = "`a.b.c` has 3 parts, and the name of a table in `sqlite` has at most 2"
    assert (result.err.splitlines()[0], result.code) == (f"sql-table  {message}", 2)


def test_a_policy_that_is_not_sound_is_refused() -> None:
    """The findings of its proof, and 1."""
    Path("picnic.yaml").write_text(PICNIC.replace("when: {rain: no}", "when: {rain: no, our.guests: 1}"))
    result = run("sql", "picnic.yaml", "--dialect", "duckdb")
    assert (result.out, result.code) == ("", 1)
    assert result.err.startswith("picnic.yaml:1:9  gap  ")
    as_json = run("sql", "picnic.yaml", "--dialect", "duckdb", "--format", "json").out
    assert [each["code"] for each in json.loads(as_json)["problems"]] == ["gap"]
    with pytest.raises(UnsoundError):
        columns_sql(load("picnic.yaml"), "duckdb")


def test_a_column_of_an_unknown_field_is_refused() -> None:
    """It would not be read, and nobody would notice."""
    with pytest.raises(PolicyError, match="there is no field `ofer`\n  help  did you mean `offer`"):
        columns_sql(load("other-interviews"), "duckdb", names={"ofer": "stage"})


def test_without_sqlglot_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra that is missing is named, with the command that adds it."""
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    message = (
        "not-installed  SQL is written with sqlglot, which is not installed\n"
        f"  help  install it with `{install_command('sql', ('sqlglot',))}`\n"
    )
    assert run("sql", "picnic.yaml", "--dialect", "duckdb") == Result("", message, 2)


def summing(most: int) -> dict[str, Any]:
    """A policy whose sum of two large weights of a field can go beyond 64 bits."""
    field = {"ask": "How many?", "type": "integer", "from": 0, "to": most}
    return {
        "policy": "stock",
        "title": "Do we order?",
        "situation": {"here": field, "there": field},
        "numbers": {"worth": {"means": "what it is worth", "sum": {"here": 999_999_999_999, "there": 7}}},
        "verdicts": {"order": {"title": "Order"}, "wait": {"title": "Wait"}},
        "rules": [
            {"rule": "low", "when": {"worth": {"less_than": 5}}, "then": "order", "because": "It runs out."},
            {"rule": "high", "when": {"worth": {"at_least": 5}}, "then": "wait", "because": "It lasts."},
        ],
    }


def test_a_sum_that_a_database_cannot_count_is_refused_by_name() -> None:
    """Where the ranges do not prove that 64 bits are enough, wider numbers are taken; SQLite has none."""
    policy = load(summing(999_999_999))
    assert "BIGINT" not in columns_sql(policy, "duckdb").verdict
    assert "INT128" in columns_sql(policy, "duckdb").verdict
    with pytest.raises(SqlError) as caught:
        columns_sql(policy, "sqlite")
    assert [(each.code, each.message, each.help) for each in caught.value.problems] == [
        (
            "sql-numbers",
            "a sum over `here`, `there` can become larger than this database can count exactly",
            "give the fields narrower ranges, or take another dialect",
        )
    ]
    assert "INT128" not in columns_sql(load(summing(999)), "duckdb").verdict
    assert columns_sql(load(summing(999)), "sqlite").rules is not None


def test_rules_are_left_out_where_nobody_asks_for_them() -> None:
    """`rules=False` saves the longest of the expressions."""
    policy = load("picnic.yaml")
    found = columns_sql(policy, "duckdb", rules=False)
    whole = columns_sql(policy, "duckdb")
    assert found == replace(whole, rules=None, possible_rules=None)


def test_a_query_adds_the_outcomes_of_steps(tmp_path: Path) -> None:
    """After the verdict, in the order of the steps; a field may not have the name of such a column."""
    result = run("sql", "lending", "--dialect", "duckdb", "--steps", "--problem")
    names = [line.split('AS "')[1].split('"')[0] for line in result.out.splitlines() if 'END AS "' in line]
    assert names == ["steps.risk", "steps.means_enough", "problem", "verdict"]
    text = re.sub(r"\bage:", "steps.risk:", load("lending").to_yaml())
    (tmp_path / "lending.yaml").write_text(text)
    clashing = run("sql", str(tmp_path / "lending.yaml"), "--dialect", "duckdb")
    assert clashing.code == 2
    assert "sql-name  `steps.risk` is a field, and a column of the result too" in clashing.err + clashing.out
