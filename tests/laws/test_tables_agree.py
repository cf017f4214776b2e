"""Do tables of every kind get the same, over every cell and boundary, with nulls and with what is wrong?

What each row is to get is what the compiled decider says of it as a record, which is compared with `decide` elsewhere.
What databases give for the same rows as SQL is compared in `test_sql.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from math import prod
from random import Random
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from engine import Policy, batch, decider, load
from engine.execution.program import verdict_program
from engine.execution.tables.files.record_lines import decide_record
from tests.support.judging.querying.databases import spark_session
from tests.support.judging.querying.sql_rows import draw_rows, left_open, right_values, wrong_of

ADDED = ["verdict", "rules", "possible_rules", "problem"]
POLICIES = ("other-interviews", "air-passenger-rights", "customs-channel", "parcel-prices")
# Of the flagship's whole rows, in and beside every cell, all are tried; of others as many drawn ones.
MOST, DRAWN = {"other-interviews": 16_000}, 120
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


def _table(name: str) -> tuple[Policy, pa.Table]:
    """A policy, and a table of right, missing and wrong answers."""
    policy = load(name)
    random = Random(name)
    kinds = {field.name: COLUMNS[field.kind][0] for field in policy.fields}
    right = right_values(policy)
    whole = [dict(zip(right, values, strict=True)) for values in _some(list(right.values()), random, name)]
    rows = [
        {field: float(value) if kinds[field] == "double" else value for field, value in row.items()} for row in whole
    ] + draw_rows(policy, random, DRAWN, wrong_of(policy, kinds), kinds)
    types = {field.name: COLUMNS[field.kind][1] for field in policy.fields}
    return policy, pa.table({field: pa.array([row[field] for row in rows], kind) for field, kind in types.items()})


def _some(values: list[list[Any]], random: Random, name: str) -> Iterable[tuple[Any, ...]]:
    """All combinations, or as many drawn ones where there are more."""
    most = MOST.get(name, 2_000)
    if prod(map(len, values)) <= most:
        return product(*values)
    return (tuple(random.choice(each) for each in values) for _ in range(most))


def _rows(table: pa.Table) -> Rows:
    return list(zip(*(table[name].to_pylist() for name in ADDED), strict=True))


def _pyarrow(policy: Policy, table: pa.Table) -> Rows:
    return _rows(batch(policy, table, rules=True, problem=True))


def _polars(policy: Policy, table: pa.Table) -> Rows:
    return batch(policy, pl.DataFrame(table), rules=True, problem=True).select(ADDED).rows()


def _lazy(policy: Policy, table: pa.Table) -> Rows:
    return batch(policy, pl.DataFrame(table).lazy(), rules=True, problem=True).select(ADDED).collect().rows()


def _pandas(policy: Policy, table: pa.Table) -> Rows:
    frame = batch(policy, table.to_pandas(types_mapper=pd.ArrowDtype), rules=True, problem=True)
    return _rows(pa.Table.from_pandas(frame[ADDED].astype(object)))


def _duckdb(policy: Policy, table: pa.Table) -> Rows:
    with duckdb.connect() as connection:
        relation = batch(policy, connection.from_arrow(table), rules=True, problem=True)
        return list(relation.project(", ".join(ADDED)).fetchall())


def _different(found: Rows, rows: Rows) -> list[tuple[int, Any, Any]]:
    return [(place, one, other) for place, (one, other) in enumerate(zip(found, rows, strict=True)) if one != other]


@pytest.mark.thorough
@pytest.mark.parametrize("name", POLICIES)
def test_every_row_gets_what_the_decider_says_of_it(name: str) -> None:
    """Whole rows in and beside every cell, rows with nulls and rows with wrong values, as tables of every kind."""
    policy, table = _table(name)
    compiled = decider(policy)
    records = table.to_pylist()
    rows = [tuple(decide_record(compiled, record)[0][each] for each in ADDED) for record in records]
    for way in (_pyarrow, _polars, _lazy, _pandas):
        assert _different(way(policy, table), rows) == []
    is_tied = bool(verdict_program(policy).tied)
    different = _different(_duckdb(policy, table), rows)
    assert [each for each in different if not (is_tied and each[1] in left_open(each[2]))] == []


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
def test_a_cluster_gives_the_same() -> None:
    """Spark, which is given the query, or whose workers decide."""
    with spark_session() as spark:
        for name in POLICIES:
            policy, table = _table(name)
            frame = batch(policy, spark.session.createDataFrame(table), rules=True, problem=True)
            found = [tuple(row) for row in frame.select(*ADDED).collect()]
            assert _different(found, _pyarrow(policy, table)) == []
