"""Does every database say of a row what the library says of the same record?

The queries run on DuckDB, PostgreSQL, SQLite and Spark themselves, over columns of every type that a field can have.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from engine import Policy, check, load, write_sql
from engine.meaning.space import Space
from tests.databases import Database, DuckDB, SQLite, can_hold, postgres_server, spark_session
from tests.sql_rows import KINDS, Row, Told, draw_kinds, draw_rows, told, wrong_of
from tests.strategies import policies

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
    found = database.ask(kinds, [rows[place] for place in held], query)
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
