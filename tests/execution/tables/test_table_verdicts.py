"""Does a table get row by row what `decide` says of each row as a record, whatever its columns are made of?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given

from engine import Policy, load
from engine.execution.tables.kernels import row_decider
from engine.execution.tables.kernels.row_decider import RowDecider
from engine.execution.tables.kernels.table_verdicts import Coded, TableVerdicts
from tests.support.by_day import draw_by_day
from tests.support.drawing.columns import Table, decided_tables
from tests.support.judging.querying.sql_rows import Told, told
from tests.support.making.tables import first_table, tree_table


def _rows(found: TableVerdicts) -> list[tuple[str | None, ...]]:
    return list(zip(*(_texts(found.column(name)) for name in Told._fields), strict=True))


def _texts(coded: Coded) -> list[str | None]:
    return [None if code < 0 else coded.texts[code] for code in coded.codes.tolist()]


def _deciders(policy: Policy) -> dict[str, RowDecider]:
    """A decider for each way of deciding whole rows, which the size of the policy and of the table choose otherwise."""
    found = {"sliced": RowDecider(policy, rules=True)}
    with mock.patch.object(row_decider, "_MOST_TESTS", 0):
        found |= {way: RowDecider(policy, rules=True) for way in ("walk", "levels")}
    found["levels"].expect(10**9)
    return found


@pytest.mark.thorough
@draw_by_day(30)
@given(decided=decided_tables())
def test_every_row_gets_what_decide_says_of_it(decided: tuple[Policy, Table, list[Told]]) -> None:
    """Columns of every type, rows whole, partial, impossible and wrong: verdict, rules and problem of each."""
    policy, table, rows = decided
    given = [row[0] for row in rows]
    for decider in _deciders(policy).values():
        found = decider.decide(table.columns, table.rows)
        assert _rows(found) == rows
        assert dict(found.verdicts()) == {name: given.count(name) for name in policy.verdict}


@pytest.mark.thorough
@pytest.mark.parametrize("make", [tree_table, first_table])
def test_the_ways_through_a_large_table_agree(make: Callable[..., dict[str, Any]]) -> None:
    """Three hundred rules over numbers and choices, whole rows and rows with nulls, as doubles and as whole numbers."""
    policy = load(make(300, 4, 1, **({"grown": 0} if make is tree_table else {})))
    random = np.random.default_rng(1)
    columns: dict[str, pa.Array] = {}
    for field in policy.fields:
        if field.options:
            columns[field.name] = pa.array(random.choice(field.options, 5_000), mask=random.random(5_000) < 0.02)
        else:
            assert isinstance(field.high, int)
            numbers = random.integers(0, field.high + 1, 5_000)
            columns[field.name] = pa.array(numbers if len(columns) % 2 else numbers.astype(np.float64))
    found = {way: _rows(decider.decide(columns, 5_000)) for way, decider in _deciders(policy).items()}
    assert found == dict.fromkeys(found, found["sliced"])
    records = [
        dict(zip(columns, row, strict=True)) for row in zip(*map(pa.Array.to_pylist, columns.values()), strict=True)
    ]
    assert found["sliced"][:200] == [told(policy, record) for record in records[:200]]


def test_a_row_beyond_the_ranges_ends_too() -> None:
    """Where wrong answers lead to what no situation is, the way through a large table does not go round and round."""
    many = {"ask": "How many?", "type": "integer", "from": 0, "to": 9}
    policy = load({
        "policy": "chairs",
        "title": "Are there chairs for all?",
        "situation": {"chairs": many, "guests": many},
        "numbers": {"spare": {"means": "the chairs that are left", "sum": {"chairs": 1, "guests": -1}}},
        "decision": "first",
        "verdicts": {"fetch": {"title": "Fetch a few"}, "fine": {"title": "It will do"}},
        "rules": [
            {"rule": "few-more", "when": {"chairs": {"at_least": 5}, "spare": {"at_least": -4, "less_than": 0}},
             "then": "fetch", "because": "There are some more next door."},
            {"rule": "otherwise", "otherwise": True, "then": "fine", "because": "They sit, or stand."},
        ],
    })  # fmt: skip
    columns = {"chairs": pa.array([5, 5, 5]), "guests": pa.array([6, 12, 2])}
    told = [
        ("fetch", "few-more", None, None),
        (None, None, None, "wrong: guests"),
        ("fine", "otherwise", None, None),
    ]
    assert {way: _rows(decider.decide(columns, 3)) for way, decider in _deciders(policy).items()} == {
        "sliced": told, "walk": told, "levels": told
    }  # fmt: skip
