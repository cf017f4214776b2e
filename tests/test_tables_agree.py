"""Do tables of every kind get the same, over every cell and boundary, with nulls and with what is wrong?

What each row is to get is what the compiled decider says of it as a record, which is compared with `decide` elsewhere.
What databases give for the same rows as SQL is compared in `test_sql.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from random import Random
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from engine import Policy, batch, decider, load
from engine.execution.record_lines import found_of
from tests.databases import spark_session
from tests.sql_rows import draw_rows, right_values, wrong_of

ADDED = ["verdict", "rules", "problem"]
POLICIES = ("other-interviews", "air-passenger-rights", "customs-channel", "parcel-prices")
# So many of all combinations of values in and beside every cell; the flagship's are fewer, and all of them tried.
MOST, DRAWN = 16_000, 1_500
COLUMNS = {
    "choice": ("text", pa.string()),
    "text": ("text", pa.string()),
    "yes_no": ("bool", pa.bool_()),
    "integer": ("bigint", pa.int64()),
    "number": ("double", pa.float64()),
    "date": ("date", pa.date32()),
    "any_of": ("list", pa.list_(pa.string())),
}
Rows = list[tuple[str | None, ...]]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with spark_session() as found:
        yield found.session


@cache
def _table(name: str) -> tuple[Policy, pa.Table, Rows]:
    """A policy, a table of right, missing and wrong answers, and what its rows are to get."""
    policy = load(name)
    random = Random(name)
    kinds = {field.name: COLUMNS[field.kind][0] for field in policy.fields}
    right = right_values(policy)
    whole = [dict(zip(right, values, strict=True)) for values in _some(list(right.values()), random)]
    rows = [
        {name: float(value) if kinds[name] == "double" else value for name, value in row.items()} for row in whole
    ] + draw_rows(policy, random, DRAWN, wrong_of(policy, kinds), kinds)
    types = {field.name: COLUMNS[field.kind][1] for field in policy.fields}
    table = pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in types.items()})
    compiled = decider(policy)
    return policy, table, [tuple(found_of(compiled, row)[each] for each in ADDED) for row in rows]


def _some(values: list[list[Any]], random: Random) -> Iterator[tuple[Any, ...]]:
    """All combinations, or as many drawn ones where there are more."""
    many = 1
    for each in values:
        many *= len(each)
    if many <= MOST:
        yield from product(*values)
        return
    for _ in range(MOST):
        yield tuple(random.choice(each) for each in values)


def _duckdb(policy: Policy, table: pa.Table) -> Rows:
    with duckdb.connect() as connection:
        relation = batch(policy, connection.from_arrow(table), rules=True, problem=True)
        return list(relation.project(", ".join(ADDED)).fetchall())


def _rows(table: pa.Table) -> Rows:
    return list(zip(*(table[name].to_pylist() for name in ADDED), strict=True))


WAYS: dict[str, Callable[[Policy, pa.Table], Rows]] = {
    "pyarrow": lambda policy, table: _rows(batch(policy, table, rules=True, problem=True)),
    "Polars": lambda policy, table: batch(policy, pl.DataFrame(table), rules=True, problem=True).select(ADDED).rows(),
    "Polars, lazy": lambda policy, table: (
        batch(policy, pl.DataFrame(table).lazy(), rules=True, problem=True).select(ADDED).collect().rows()
    ),
    "pandas": lambda policy, table: _rows(
        pa.Table.from_pandas(batch(policy, table.to_pandas(), rules=True, problem=True)[ADDED].astype(object))
    ),
    "DuckDB": _duckdb,
}


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("way", WAYS)
def test_every_row_gets_what_the_decider_says_of_it(way: str, name: str) -> None:
    """Sixteen thousand whole rows or all there are, and rows with nulls and wrong values."""
    policy, table, rows = _table(name)
    found = WAYS[way](policy, table)
    assert [
        (place, one, other) for place, (one, other) in enumerate(zip(found, rows, strict=True)) if one != other
    ] == []


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
def test_a_cluster_gives_the_same(name: str, spark: Any) -> None:
    """Spark, which is given the query, or whose workers decide."""
    policy, table, rows = _table(name)
    frame = batch(policy, spark.createDataFrame(table), rules=True, problem=True)
    found = [tuple(row) for row in frame.select(*ADDED).collect()]
    assert [
        (place, one, other) for place, (one, other) in enumerate(zip(found, rows, strict=True)) if one != other
    ] == []
