"""Does every database say of a row what the library says of the same record?

The queries run on DuckDB, PostgreSQL, SQLite and Spark themselves, over columns of every type that a field can have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from engine import Policy, check, columns_sql, load, write_sql
from engine.execution.sql.limits import SqlError
from engine.meaning.logic import policy_of_step
from engine.meaning.spaces.space import Space
from tests.support.by_day import AT_ONCE
from tests.support.drawing.strategies import policies
from tests.support.judging.querying.databases import (
    Database,
    DuckDB,
    Postgres,
    SQLite,
    can_hold,
    postgres_server,
    spark_session,
)
from tests.support.judging.querying.sql_rows import (
    KINDS,
    Row,
    Told,
    as_columns,
    draw_kinds,
    draw_rows,
    leaves_out_parts,
    left_open,
    output_names,
    told,
    told_outputs,
    wrong_of,
)
from tests.support.making.tables import tree_table
from tests.support.searching import draw_round, search_rounds

SHIPPED = ("other-interviews", "air-passenger-rights", "customs-channel", "parcel-prices", "lending")
# By day; the search goes on with fresh ones.
DRAWN = 5
CHAINS = 3


_WEIGHT: dict[str, Any] = {"ask": "How heavy is it?", "type": "number", "from": 0, "step": 0.25}
WEIGHED = load(
    {
        "policy": "weights",
        "title": "How does it go?",
        "situation": {"letter": {**_WEIGHT, "to": 500}, "freight": {**_WEIGHT, "to": 50_000_000}},
        "numbers": {"both": {"means": "the whole weight", "sum": {"letter": 1, "freight": 1}}},
        "decision": "first",
        "verdicts": {"van": {"title": "By van"}, "ship": {"title": "By ship"}},
        "rules": [
            {"rule": "light", "when": {"both": {"at_most": 40_000_400}}, "then": "van", "because": "It is light."},
            {"rule": "heavy", "otherwise": True, "then": "ship", "because": "It is heavy."},
        ],
    }
)


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The database of this name."""
    if request.param in ("duckdb", "sqlite"):
        yield DuckDB() if request.param == "duckdb" else SQLite()
        return
    with postgres_server() if request.param == "postgres" else spark_session() as found:
        yield found


@cache
def drawn_policies() -> tuple[Policy, ...]:
    """Sound policies of every sort."""
    found: list[Policy] = []

    for drawn, many in ((policies(sound=True), DRAWN), (policies(sound=True, small=True, chained=True), CHAINS)):

        @settings(max_examples=many, phases=[Phase.generate])
        @given(data=drawn)
        def collect(data: dict[str, Any]) -> None:
            policy = load(data)
            if check(policy).sound and not leaves_out_parts(policy):
                found.append(policy)

        collect()
    assert sum(bool(policy.steps) for policy in found) >= CHAINS - 1
    return tuple(found)


@cache
def table_of(policy: Policy, many: int) -> tuple[dict[str, str], list[Row], list[Told]]:
    """Column types, rows, and what is to stand beside each."""
    random = Random(policy.sha256)
    kinds = draw_kinds(policy, random, KINDS)
    rows = draw_rows(policy, random, many, wrong_of(policy, kinds), kinds)
    return kinds, rows, [told(policy, row) for row in rows]


def compare(database: Database, policy: Policy, many: int) -> None:
    """Asks the database for rows of a policy, and compares."""
    kinds, rows, expected = table_of(policy, many)
    held = [place for place, row in enumerate(rows) if can_hold(database.name, row)]
    # No query works amounts out.
    outputs = () if policy.numbers_given else output_names(policy)
    query = write_sql(policy, database.name, rules=True, steps=True, problem=True, outputs=bool(outputs))
    asked = [rows[place] for place in held]
    added = (*Told._fields, *outputs, *(f"steps.{name}" for name in policy.step))
    found = database.ask(*as_columns(policy, kinds, asked), query, *added)
    many, last = len(Told._fields), len(added) - len(policy.steps)
    judge(policy, asked, [expected[place] for place in held], [each[:many] for each in found])
    if outputs:
        judge_outputs(policy, asked, [each[many:last] for each in found])
    judge_steps(policy, asked, [each[last:] for each in found])


def judge_steps(policy: Policy, rows: list[Row], found: list[tuple[Any, ...]]) -> None:
    """The outcomes are those of the policies that decide the steps; a sum with a missing part may leave some open."""
    for place, name in enumerate(policy.step):
        inner = policy_of_step(policy, name)
        tied = Space(inner).tied
        for row, said in zip(rows, found, strict=True):
            wanted = told(inner, row).verdict
            is_vague = any(row[each] is None for each in tied)
            assert said[place] == wanted or (is_vague and said[place] is None), (policy.name, name, row)


def judge_outputs(policy: Policy, rows: list[Row], found: list[tuple[Any, ...]]) -> None:
    """The outputs are those of the library; where a sum needs an answer that is missing, some may be left open."""
    tied = Space(policy).tied
    for row, said in zip(rows, found, strict=True):
        is_vague = any(row[name] is None for name in tied)
        for one, wanted in zip(said, told_outputs(policy, row), strict=True):
            assert one == wanted or (is_vague and one is None), (policy.name, row)


def judge(policy: Policy, rows: list[Row], expected: list[Told], found: list[tuple[Any, ...]]) -> None:
    """What was found is what is expected, or says where an answer that a sum needs is missing that it cannot tell."""
    tied = Space(policy).tied
    for row, wanted, said in zip(rows, expected, found, strict=True):
        is_vague = any(row[name] is None for name in tied) and not _is_wrong(wanted)
        assert Told(*said) in [wanted, *(left_open(wanted) if is_vague else ())], (policy.name, row)


def _is_wrong(expected: Told) -> bool:
    return expected.problem is not None and expected.problem.startswith("wrong")


@pytest.mark.thorough
@pytest.mark.parametrize(
    "database", ["duckdb", "sqlite", "postgres", pytest.param("spark", marks=pytest.mark.search)], indirect=True
)
def test_a_row_gets_what_the_library_says(database: Database) -> None:
    """Every cell of the shipped policies and both sides of every boundary; drawn policies with fields of every type.

    Missing answers and wrong values are among them; then a table of a thousand rules, a query of 200 KB and more, and
    weights in columns too narrow for them as hundredths. They are one test, since a database may take longer to start
    than to answer.
    """
    for name in SHIPPED:
        compare(database, load(name), 120)
    for policy in drawn_policies():
        compare(database, policy, 60)
    table = load(tree_table(1000, 10, 1, grown=0))
    random = Random(1)
    values = {field.name: field.options or range(20_001) for field in table.fields}
    rows = [{name: random.choice(each) for name, each in values.items()} for _ in range(60)]
    kinds = {field.name: "text" if field.options else "bigint" for field in table.fields}
    found = database.ask(kinds, rows, write_sql(table, database.name), "verdict")
    assert found == [(told(table, row).verdict,) for row in rows]
    weights = [{"letter": 400, "freight": each} for each in (40_000_000, 40_000_001, 90_000_000, None)]
    query = write_sql(WEIGHED, database.name, rules=True, problem=True)
    found = database.ask({"letter": "smallint", "freight": "integer"}, weights, query, *Told._fields)
    assert [Told(*each) for each in found] == [told(WEIGHED, row) for row in weights]


@pytest.mark.thorough
def test_a_field_without_a_column_is_not_answered() -> None:
    """Of every shipped policy, over a table with half of its columns."""
    for name in SHIPPED:
        policy = load(name)
        kinds, rows, _ = table_of(policy, 60)
        held = {each: kind for place, (each, kind) in enumerate(kinds.items()) if place % 2 == 0}
        said = columns_sql(policy, "duckdb", columns=list(held))
        query = f"""--
            SELECT *, {said.rules} AS "rules", {said.possible_rules} AS "possible_rules", {said.problem} AS "problem"
            FROM (SELECT *, {said.verdict} AS "verdict" FROM "records")"""
        found = DuckDB().ask(held, rows, query, *Told._fields)
        full = DuckDB().ask(
            kinds,
            [{each: value if each in held else None for each, value in row.items()} for row in rows],
            write_sql(policy, "duckdb", rules=True, problem=True),
            *Told._fields,
        )
        assert found == full


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_postgres_compares_texts_byte_by_byte(database: Postgres) -> None:
    """Padded characters are read without their padding, and a collation without case makes no difference."""
    verdicts = {name: {"title": name} for name in ("small", "large")}
    rules = [
        {"rule": verdict, "when": {"size": size}, "then": verdict, "because": "So."}
        for size, verdict in (("made", "small"), ("Made", "large"))
    ]
    field = {"ask": "Which?", "choices": {"made": "Made", "Made": "Made large"}}
    data = {"policy": "sizes", "title": "Which?", "situation": {"size": field}, "verdicts": verdicts, "rules": rules}
    policy = load(data)
    rows = [{"size": size} for size in ("made", "Made", "MADE")]
    database.run("CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
    for kind in ("TEXT COLLATE loose", "CHAR(10)"):
        query = write_sql(policy, "postgres", problem=True)
        found = database.ask({"size": kind}, rows, query, "verdict", "problem")
        assert found == [("small", None), ("large", None), (None, "wrong: size")]


@pytest.mark.search
@pytest.mark.parametrize("database", ["duckdb", "sqlite", "postgres", "spark"], indirect=True)
def test_the_search_for_a_row_that_a_database_reads_otherwise(database: Database, tell: Callable[[str], None]) -> None:
    """As many drawn policies as the time allows, on each database."""
    compared = 0

    @settings(max_examples=AT_ONCE)
    @given(data=policies(sound=True) | policies(sound=True, chained=True))
    def search(data: dict[str, Any]) -> None:
        nonlocal compared
        policy = load(data)
        if not check(policy).sound:
            return
        try:
            compare(database, policy, 40)
        except SqlError as refused:
            # Sums with an open end may be larger than a database can count exactly: these are refused by name.
            ends = {field.place: (field.low, field.high) for field in policy.fields}
            codes = {problem.code for problem in refused.problems}
            is_tied = "sql-not-asked" in codes and leaves_out_parts(policy)
            numbers = [problem for problem in refused.problems if problem.code == "sql-numbers"]
            are_open = [any(None in ends[place] for place in problem.places) for problem in numbers]
            if not codes <= {"sql-numbers", *(["sql-not-asked"] if is_tied else [])} or not all(are_open):
                raise
        else:
            compared += 1

    for number in search_rounds():
        draw_round(search, number)
    tell(f"{database.name} compared with decide: {compared:,} policies of 40 rows")
    assert compared
