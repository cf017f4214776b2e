"""Does SQL tell apart what a database would take for the same, and does it say so where it cannot tell?"""

from __future__ import annotations

import sqlite3
from datetime import date
from itertools import product
from typing import Any

import pytest

from engine import Policy, load, write_sql
from tests.execution.sql.test_sql import judge, table_of
from tests.support.judging.querying.databases import DuckDB, SQLite
from tests.support.judging.querying.sql_rows import Told, told

ODD: dict[str, Any] = {
    "policy": "odd-columns",
    "title": "Which way?",
    "situation": {
        "value": {"ask": "What?", "type": "any_of", "choices": {"a": "A", "b": "B"}, "if_unsure": ["a"]},
        "path": {"ask": "When?", "type": "date", "if_unsure": date(2024, 2, 29)},
        "kind": {"ask": "Which?", "choices": {"made": "Made", "Made": "Made large"}},
        "number": {"ask": "How many?", "type": "integer", "from": 0, "to": 5},
        "yes": {"ask": "Is it so?", "type": "yes_no"},
    },
    "verdicts": {"left": {"title": "Left"}, "right": {"title": "Right"}},
    "decision": "first",
    "rules": [
        {"rule": "day", "when": {"path": date(2024, 2, 29), "yes": True}, "then": "left", "because": "So."},
        {"rule": "list", "when": {"value": {"includes": "a"}, "number": 1}, "then": "left", "because": "So."},
        {"rule": "large", "when": {"kind": "Made"}, "then": "left", "because": "So."},
        {"rule": "others", "otherwise": True, "then": "right", "because": "So."},
    ],
}


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("value", "unsure", None),
        ("value", '["b", "a"]', None),
        ("value", '["a", "a"]', "wrong: value"),
        ("value", '{"a": 1}', "wrong: value"),
        ("value", '["a", 1]', "wrong: value"),
        ("value", "a", "wrong: value"),
        ("value", 1, "wrong: value"),
        ("path", "unsure", None),
        ("path", "2023-02-29", "wrong: path"),
        ("path", "2024-2-29", "wrong: path"),
        ("path", "2024-02-29 12:00", "wrong: path"),
        ("path", "0000-01-01", "wrong: path"),
        ("path", 2460369.5, "wrong: path"),
        ("kind", "MADE", "wrong: kind"),
        ("kind", b"made", "wrong: kind"),
        ("number", 1.0, None),
        ("number", "1", "wrong: number"),
        ("number", 1.5, "wrong: number"),
        ("yes", "yes", "wrong: yes"),
        ("yes", 2, "wrong: yes"),
        ("yes", 1.0, "wrong: yes"),
    ],
)
def test_sqlite_looks_at_the_type_of_each_value(name: str, value: Any, problem: str | None) -> None:
    """Columns of SQLite take whatever is put into them, and their comparisons would read it as something else."""
    policy = load(ODD)
    row = {"value": '["a"]', "path": "2024-02-29", "kind": "made", "number": 1, "yes": 0, name: value}
    found = SQLite().ask(dict.fromkeys(row, ""), [row], write_sql(policy, "sqlite", problem=True), "verdict", "problem")
    assert found == [(None if problem else "left", problem)]


def test_a_whole_real_beyond_64_bits_is_an_integer_to_sqlite_too() -> None:
    """Of a field without ends; what has places or no end is wrong."""
    field = {"ask": "How many?", "type": "integer"}
    rules = [
        {"rule": "many", "when": {"count": {"at_least": 5}}, "then": "left", "because": "So."},
        {"rule": "few", "when": {"count": {"less_than": 5}}, "then": "right", "because": "So."},
    ]
    policy = load({**ODD, "situation": {"count": field}, "decision": "unique", "rules": rules})
    rows = [{"count": value} for value in (1e19, -1e300, 5.5, float("inf"), 2**62)]
    found = SQLite().ask({"count": ""}, rows, write_sql(policy, "sqlite", problem=True), "verdict", "problem")
    wrong = (None, "wrong: count")
    assert found == [("left", None), ("right", None), wrong, wrong, ("left", None)]


def test_texts_are_compared_byte_by_byte() -> None:
    """A column or collation that takes `MADE` for `made` makes no difference."""
    policy = load(ODD)
    connection = sqlite3.connect(":memory:")
    connection.execute('CREATE TABLE records ("value", "path", "kind" TEXT COLLATE NOCASE, "number", "yes")')
    connection.executemany("INSERT INTO records (kind) VALUES (?)", [("made",), ("Made",), ("MADE",)])
    found = connection.execute(write_sql(policy, "sqlite", problem=True)).fetchall()
    connection.close()
    assert [each[-2:] for each in found] == [(None, "undecided"), ("left", None), (None, "wrong: kind")]


def test_a_missing_answer_that_one_sum_alone_needs_leaves_nothing_unsettled() -> None:
    """The day of the news is asked for the notice alone: without it, SQL says what the library says."""
    policy = load("air-passenger-rights")
    kinds, rows, _ = table_of(policy, 200)
    rows = [{**row, "told_on": None} for row in rows]
    held = [row for row in rows if row["trip.departs"] is not None]
    found = DuckDB().ask(kinds, held, write_sql(policy, "duckdb", rules=True, problem=True), *Told._fields)
    assert [Told(*each) for each in found] == [told(policy, row) for row in held]
    assert len(found) > 100


def tying(sums: dict[str, dict[str, int]], *rules: dict[str, Any], impossible: Any = None) -> Policy:
    """A policy over three small numbers and some sums of them, whose first rule that fits decides."""
    field = {"ask": "How many?", "type": "integer", "from": 0, "to": 3}
    listed = [{"rule": f"rule-{place}", "because": "So.", **rule} for place, rule in enumerate(rules)]
    data = {
        "policy": "tying",
        "title": "Which way?",
        "situation": dict.fromkeys(("a", "b", "c"), field),
        "numbers": {name: {"means": name, "sum": terms} for name, terms in sums.items()},
        "verdicts": {"left": {"title": "Left"}, "right": {"title": "Right"}},
        "decision": "first",
        "rules": [*listed, {"rule": "others", "otherwise": True, "then": "right", "because": "So."}],
    }
    return load(data | ({"impossible": [{"when": impossible, "because": "So."}]} if impossible else {}))


@pytest.mark.parametrize("least", [-3, 0, 1, 4, 9])
def test_a_sum_that_is_compared_with_one_number_leaves_nothing_unsettled(least: int) -> None:
    """Whatever it multiplies: it reaches both ends, and what is between them says nothing more."""
    policy = tying({"sum": {"a": 1, "b": -3, "c": 2}}, {"when": {"sum": {"at_least": least}}, "then": "left"})
    rows = [dict(zip("abc", values, strict=True)) for values in product((None, 0, 1, 2, 3), repeat=3)]
    expected = [told(policy, row) for row in rows]
    for database in (DuckDB(), SQLite()):
        query = write_sql(policy, database.name, rules=True, problem=True)
        found = database.ask(dict.fromkeys("abc", "bigint"), rows, query, *Told._fields)
        assert [Told(*each) for each in found] == expected


@pytest.mark.parametrize(
    "policy",
    [
        # With `c` the sum moves in steps of two: it may step over what is between.
        tying({"sum": {"a": 1, "c": 2}}, {"when": {"sum": 3}, "then": "left"}),
        # Two sums want `c`: what one leaves open the other may exclude.
        tying({"one": {"a": 1, "c": -1}, "two": {"b": 1, "c": -1}},
              {"when": {"one": {"at_least": 1}, "two": {"at_most": 0}}, "then": "left"}),
        # Where only 3 is possible there may be nothing that is.
        tying({"sum": {"a": 1, "c": 2}}, {"when": {"b": 0}, "then": "left"}, impossible={"not": {"sum": 3}}),
        # One verdict, by different rules.
        tying({"sum": {"a": 1, "c": 2}}, {"when": {"sum": 3}, "then": "right"}, {"when": {"b": 0}, "then": "left"}),
        # An end of `c` settles the sum.
        tying({"sum": {"a": 1, "b": 1, "c": -1}}, {"when": {"sum": {"at_least": 3}}, "then": "left"}),
    ],
)  # fmt: skip
def test_what_sums_leave_open_is_told_or_said_to_be_unsettled(policy: Policy) -> None:
    """Every record over three small numbers, missing ones included; no verdict and no rule is ever made up."""
    rows = [dict(zip("abc", values, strict=True)) for values in product((None, 0, 1, 2, 3), repeat=3)]
    expected = [told(policy, row) for row in rows]
    for database in (DuckDB(), SQLite()):
        query = write_sql(policy, database.name, rules=True, problem=True)
        found = database.ask(dict.fromkeys("abc", "bigint"), rows, query, *Told._fields)
        judge(policy, rows, expected, found)
    assert found.count((None, None, None, "unsettled")) < len(rows) // 2
