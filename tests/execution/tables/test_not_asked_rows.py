"""Where a question is not asked, is its empty cell what it should be, in tables and in SQL?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine import Policy, RecordError, SqlError, batch, check, decide, load, write_sql
from engine.language.situations.situation_records import read_record
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import partial_records, policies

KINDS = {
    "yes_no": pa.bool_(),
    "any_of": pa.list_(pa.string()),
    "integer": pa.int64(),
    "number": pa.decimal128(20, 6),
    "date": pa.date32(),
    "text": pa.string(),
    "choice": pa.string(),
}


def table_of(policy: Policy, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """A table of records, with a column for each field; one that may be none is left to other tests."""
    columns = {}
    for name, field in policy.field.items():
        cells = [list(row[name]) if isinstance(row.get(name), tuple) else row.get(name) for row in rows]
        columns[name] = pa.array(cells, KINDS[field.kind])
    return pa.table(columns)


def drawn_rows(data: st.DataObject) -> tuple[Policy, list[dict[str, Any]]]:
    """A sound policy, and rows of its table."""
    drawn = data.draw(policies(small=True, sound=True, conditional=True))
    assume(not any("or_none" in spec for spec in drawn["situation"].values()))
    policy = load(drawn)
    assume(check(policy).sound)
    return policy, [read_record(policy, data.draw(partial_records(drawn, unsure=False))).values for _ in range(8)]


def verdict_of(policy: Policy, row: Mapping[str, Any]) -> str | None:
    """What `decide` says of a row; None also where it is impossible."""
    try:
        return decide(policy, row).verdict
    except RecordError:
        return None


@pytest.mark.thorough
@draw_by_day(25)
@given(data=st.data())
def test_a_row_gets_what_its_record_gets(data: st.DataObject) -> None:
    """Verdicts and rules are those of `decide`, for whole and for partial rows."""
    policy, rows = drawn_rows(data)
    found = batch(policy, table_of(policy, rows), rules=True, problem=True).to_pylist()
    for row, said in zip(rows, found, strict=True):
        assert said["verdict"] == verdict_of(policy, row)
        assert (said["problem"] is None) == (said["verdict"] is not None)


@pytest.mark.thorough
@draw_by_day(25)
@given(data=st.data())
def test_a_query_says_the_same_or_is_refused(data: st.DataObject) -> None:
    """Where it cannot settle a row, a missing answer is tied to others; a field that is not asked is tied to none."""
    policy, rows = drawn_rows(data)
    records = table_of(policy, rows)
    query = None
    with suppress(SqlError):
        query = write_sql(policy, "duckdb", problem=True)
    if query is None:
        return
    relation: Any = duckdb.sql(query)
    assert records.num_rows == len(rows)
    for row, cells in zip(rows, relation.fetchall(), strict=True):
        said = dict(zip(relation.columns, cells, strict=True))
        assert said["verdict"] == verdict_of(policy, row) or said["problem"] == "unsettled"


CAR: dict[str, Any] = {
    "policy": "car",
    "title": "Does the car need a permit?",
    "situation": {
        "car": {"ask": "Do you own a car?", "type": "yes_no"},
        "age": {"ask": "How old is it?", "type": "integer", "from": 0, "to": 50, "applies_when": {"car": True}},
    },
    "verdicts": {"needed": {"title": "Needed"}, "free": {"title": "Not needed"}},
    "rules": [
        {"rule": "none", "when": {"car": False}, "then": "free", "because": "There is no car."},
        {"rule": "old", "when": {"age": {"at_least": 10}}, "then": "needed", "because": "It is old."},
        {"rule": "new", "when": {"age": {"less_than": 10}}, "then": "free", "because": "It is new."},
    ],
}


@pytest.mark.parametrize("engine", ["pyarrow", "duckdb"])
def test_an_answer_that_nobody_asks_for_is_the_problem_of_its_row(engine: str) -> None:
    """An empty cell is fine where the question is not asked, and a value is fine where it is."""
    cars = pa.table({"car": [False, False, True, True, None], "age": pa.array([None, 3, 3, None, 12], pa.int64())})
    given_table: Any = cars if engine == "pyarrow" else duckdb.from_arrow(cars)
    found = batch(load(CAR), given_table, problem=True)
    rows = found.to_pylist() if engine == "pyarrow" else found.to_arrow_table().to_pylist()
    assert [row["verdict"] for row in rows] == ["free", None, "free", None, "needed"]
    assert [row["problem"] for row in rows] == [None, "impossible", None, "undecided", None]


def test_an_amount_knows_what_is_not_asked() -> None:
    """Points add nothing where a question is not asked; where its answer is missing, the amount is still open."""
    car = {
        **CAR,
        "numbers": {
            "more": {"means": "what comes on top", "points": [{"when": {"age": {"at_least": 10}}, "add": 5}]},
            "fee": {"means": "what it costs", "sum": {"km": 0.5, "more": 1}},
        },
        "situation": {**CAR["situation"], "km": {"ask": "How far?", "type": "integer", "from": 0, "to": 100}},
        "verdicts": {"pays": {"title": "They pay", "output": {"fee": {"number": "fee"}}}},
        "rules": [{"rule": "all", "otherwise": True, "then": "pays", "because": "All pay."}],
    }
    car["numbers"]["more"]["points"][0]["because"] = "It is old."
    policy = load(car)
    rows = [(False, None), (True, 12), (True, 3), (True, None), (None, 12), (None, None)]
    records = [{"car": owned, "age": age, "km": 20} for owned, age in rows]
    columns = {name: pa.array([row[name] for row in records], KINDS[kind])
               for name, kind in (("car", "yes_no"), ("age", "integer"), ("km", "integer"))}  # fmt: skip
    found = batch(policy, pa.table(columns), outputs=True)
    assert [row["output.fee"] for row in found.to_pylist()] == ["10", "15", "10", None, "15", None]
    assert [(decide(policy, row).output or {})["fee"] for row in records] == ["10", "15", "10", None, "15", None]
