"""Does every database say of a row what the library says of the same record?

The queries run on DuckDB, PostgreSQL, SQLite and Spark themselves, over columns of every type that a field can have.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from engine import Policy, check, columns_sql, load, write_sql
from engine.meaning.space import Space
from tests.databases import Database, DuckDB, Postgres, SQLite, can_hold, postgres_server, spark_session
from tests.sql_rows import KINDS, Row, Told, draw_kinds, draw_rows, told, wrong_of
from tests.strategies import policies
from tests.tables import tree_table

SHIPPED = ("other-interviews", "air-passenger-rights", "customs-channel", "parcel-prices")
DRAWN = 24


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The database of this name."""
    if request.param in ("duckdb", "sqlite"):
        yield DuckDB() if request.param == "duckdb" else SQLite()
        return
    with postgres_server() if request.param == "postgres" else spark_session() as found:
        yield found


everywhere = pytest.mark.parametrize("database", ["duckdb", "sqlite", "postgres", "spark"], indirect=True)


@cache
def drawn_policies() -> tuple[Policy, ...]:
    """Sound policies of every sort."""
    found: list[Policy] = []

    @settings(max_examples=DRAWN, phases=[Phase.generate])
    @given(data=policies(sound=True))
    def collect(data: dict[str, Any]) -> None:
        policy = load(data)
        if check(policy).sound:
            found.append(policy)

    collect()
    return tuple(found)


def table_of(policy: Policy, many: int) -> tuple[dict[str, str], list[Row], list[Told]]:
    """Column types, rows, and what is to stand beside each."""
    random = Random(policy.sha256)
    kinds = draw_kinds(policy, random, KINDS)
    rows = draw_rows(policy, random, many, wrong_of(policy, kinds), kinds)
    return kinds, rows, [told(policy, row) for row in rows]


def compare(database: Database, policy: Policy, many: int) -> None:
    kinds, rows, expected = table_of(policy, many)
    held = [place for place, row in enumerate(rows) if can_hold(database.name, row)]
    query = write_sql(policy, database.name, rules=True, problem=True)
    found = database.ask(kinds, [rows[place] for place in held], query, *Told._fields)
    tied = Space(policy).entangled
    for place, said in zip(held, found, strict=True):
        told_ = Told(*said)
        is_vague = any(rows[place][name] is None for name in tied)
        if is_vague and told_.problem == "unsettled" and not _is_wrong(expected[place]):
            told_ = expected[place]
        if is_vague and told_.verdict is not None and told_.rules is None:
            told_ = told_._replace(rules=expected[place].rules)
        assert told_ == expected[place], (policy.name, kinds, rows[place])
    assert len(found) == len(held)


def _is_wrong(expected: Told) -> bool:
    return expected.problem is not None and expected.problem.startswith("wrong")


@everywhere
def test_a_row_of_a_shipped_policy_gets_what_the_library_says(database: Database) -> None:
    """Every cell, both sides of every boundary, missing answers and wrong values."""
    for name in SHIPPED:
        compare(database, load(name), 150)


@everywhere
def test_a_row_of_a_drawn_policy_gets_what_the_library_says(database: Database) -> None:
    """Fields of every type, with and without ends, sums, impossible combinations, overrides, rules in order."""
    for policy in drawn_policies():
        compare(database, policy, 60)


@everywhere
def test_a_table_of_a_thousand_rules_is_decided(database: Database) -> None:
    """A query of hundreds of kilobytes is read by every database, and says what the library says."""
    policy = load(tree_table(1000, 10, 1, grown=0))
    random = Random(1)
    kinds = {field.name: "text" if field.options else "bigint" for field in policy.fields}
    values = {field.name: field.options or range(20_001) for field in policy.fields}
    rows = [{name: random.choice(values[name]) for name in kinds} for _ in range(60)]
    found = database.ask(kinds, rows, write_sql(policy, database.name), "verdict")
    assert found == [(told(policy, row).verdict,) for row in rows]


def test_a_field_without_a_column_is_not_answered() -> None:
    """Of every shipped policy, over a table with half of its columns."""
    for name in SHIPPED:
        policy = load(name)
        kinds, rows, _ = table_of(policy, 60)
        held = {each: kind for place, (each, kind) in enumerate(kinds.items()) if place % 2 == 0}
        said = columns_sql(policy, "duckdb", columns=held)
        query = f"""--
            SELECT *, {said.rules} AS "rules", {said.problem} AS "problem"
            FROM (SELECT *, {said.verdict} AS "verdict" FROM "records")"""
        found = DuckDB().ask(held, rows, query, *Told._fields)
        full = DuckDB().ask(
            kinds,
            [{each: value if each in held else None for each, value in row.items()} for row in rows],
            write_sql(policy, "duckdb", rules=True, problem=True),
            *Told._fields,
        )
        assert found == full


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


def test_texts_are_compared_byte_by_byte() -> None:
    """A column or collation that takes `MADE` for `made` makes no difference."""
    policy = load(ODD)
    connection = sqlite3.connect(":memory:")
    connection.execute('CREATE TABLE records ("value", "path", "kind" TEXT COLLATE NOCASE, "number", "yes")')
    connection.executemany("INSERT INTO records (kind) VALUES (?)", [("made",), ("Made",), ("MADE",)])
    found = connection.execute(write_sql(policy, "sqlite", problem=True)).fetchall()
    connection.close()
    assert [each[-2:] for each in found] == [(None, "undecided"), ("left", None), (None, "wrong: kind")]


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_postgres_compares_texts_byte_by_byte(database: Postgres) -> None:
    """Padded characters are read without their padding, and a collation without case makes no difference."""
    policy = load(ODD)
    kinds = {"value": "TEXT[]", "path": "DATE", "number": "INT", "yes": "BOOLEAN"}
    rows = [{**dict.fromkeys(kinds), "kind": kind} for kind in ("made", "Made", "MADE")]
    database.run("CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
    for kind in ("TEXT COLLATE loose", "CHAR(10)"):
        query = write_sql(policy, "postgres", problem=True)
        found = database.ask({**kinds, "kind": kind}, rows, query, "verdict", "problem")
        assert found == [(None, "undecided"), ("left", None), (None, "wrong: kind")]
