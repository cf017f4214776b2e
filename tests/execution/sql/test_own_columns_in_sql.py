"""Does a query read the columns and words of somebody's own table?"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import polars as pl
import pytest

from engine import TableError, batch, load, write_sql
from tests.execution.tables.files.refunds import REFUND
from tests.support.running import run

TABLE = [
    ("Schuhe", "N", 60),
    ("Essen", None, 1),
    ("shoes", "Y", 60),
    ("-", "N", 1),
    ("Hut", "N", 1),
    ("Schuhe", "x", 1),
]
WORDS = {
    "columns": {
        "kind": {"column": "Art", "words": {"Schuhe": "shoes", "Essen": "food"}, "empty": ["-"]},
        "opened": {"column": 'Offen "?"', "words": {"Y": True, "N": False}},
        "price": "Preis",
    },
    "unanswered": ["bought", "returned"],
}


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("refund.yaml").write_text(REFUND)


def test_a_query_reads_columns_and_words_of_a_table_s_own() -> None:
    """In DuckDB and SQLite as in memory: words for choices and for yes and no, other names, and what is no word."""
    policy = load(Path("refund.yaml"))
    frame = pl.DataFrame(TABLE, schema=["Art", 'Offen "?"', "Preis"], orient="row")
    expected = batch(policy, frame, problem=True, columns=WORDS).select("verdict", "problem").rows()
    assert [problem for _, problem in expected] == [
        "undecided", None, "undecided", "undecided", "wrong: kind", "wrong: opened"
    ]  # fmt: skip
    sql = {dialect: write_sql(policy, dialect, problem=True, columns=WORDS) for dialect in ("duckdb", "sqlite")}
    with duckdb.connect() as connection:
        connection.register("records", frame.to_arrow())
        assert [row[-2:] for row in connection.sql(sql["duckdb"]).fetchall()] == expected
    database = sqlite3.connect(":memory:")
    database.execute('CREATE TABLE records ("Art" TEXT, "Offen ""?""" TEXT, "Preis" INTEGER)')
    database.executemany("INSERT INTO records VALUES (?, ?, ?)", TABLE)
    assert [row[-2:] for row in database.execute(sql["sqlite"])] == expected


def test_what_sql_does_not_read_exactly_is_refused_by_name() -> None:
    """Days and numbers in other signs, in a query and in a relation; other names alone are read."""
    Path("c.yaml").write_text('columns: {price: {column: Preis, decimal: ","}}')
    refused = run("sql", "refund.yaml", "--dialect", "duckdb", "--columns", "c.yaml")
    assert (refused.code, "SQL does not read how `price` is written" in refused.err) == (2, True)
    policy = load(Path("refund.yaml"))
    with duckdb.connect() as connection:
        relation = connection.sql("SELECT 'food' AS \"Art\", 'x' AS kind")
        assert batch(policy, relation, columns={"kind": "Art"}).project("verdict").fetchall() == [("refuse",)]
        with pytest.raises(TableError, match="has its own notation"):
            batch(policy, relation, columns={"columns": {"kind": {"column": "Art", "words": {"Essen": "food"}}}})
