"""Does every kernel and every kind of table put into the columns of outputs what `decide` gives?"""

from __future__ import annotations

from typing import Any
from unittest import mock

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given

from engine import Policy, batch, load
from engine.execution.tables.kernels import row_decider
from engine.execution.tables.kernels.row_decider import RowDecider
from engine.execution.tables.kernels.table_verdicts import Coded
from tests.support.by_day import draw_by_day
from tests.support.drawing.columns import Table, tables_with_columns
from tests.support.drawing.thresholds import Chosen, as_chosen, thresholds
from tests.support.judging.querying.sql_rows import Told, output_names, told_outputs
from tests.support.making.frames import polars_frame
from tests.support.making.picnic import with_outputs

Drawn = tuple[Policy, Table, list[Told]]


def _texts(coded: Coded) -> list[str | None]:
    return [None if code < 0 else coded.texts[code] for code in coded.codes.tolist()]


@pytest.mark.thorough
@draw_by_day(30)
@given(drawn=tables_with_columns())
def test_every_kernel_gives_the_outputs_of_decide(drawn: Drawn) -> None:
    """Rows whole, partial, impossible and wrong: bit by bit, by a walk through the tree, and by level tables."""
    policy, table, _ = drawn
    names, expected = output_names(policy), [told_outputs(policy, record) for record in table.records]
    deciders = [RowDecider(policy, outputs=True)]
    with mock.patch.object(row_decider, "_MOST_TESTS", 0):
        deciders += [RowDecider(policy, outputs=True, rules=bool(each)) for each in (0, 1)]
    deciders[-1].expect(10**9)
    for decider in deciders:
        found = decider.decide(table.columns, table.rows)
        columns = [_texts(found.column(name)) for name in names]
        assert [tuple(column[row] for column in columns) for row in range(table.rows)] == expected


@pytest.mark.thorough
@draw_by_day(30)
@given(drawn=tables_with_columns(typed=True), chosen=thresholds())
def test_every_kind_of_table_gives_the_outputs_of_decide(drawn: Drawn, chosen: Chosen) -> None:
    """Arrow, Polars and lazy Polars, on both sides of every number from which on something is done otherwise."""
    policy, table, _ = drawn
    names, expected = output_names(policy), [told_outputs(policy, record) for record in table.records]
    frame = polars_frame(table.columns, table.rows)
    with as_chosen(chosen):
        arrow = batch(policy, pa.table(table.columns), outputs=True, rules=True)
        eager = batch(policy, frame, outputs=True)
        lazy = batch(policy, frame.lazy(), outputs=True).collect(engine="streaming")
    assert [tuple(row[name] for name in names) for row in arrow.to_pylist()] == expected
    for each in (eager, lazy):
        assert [tuple(row[name] for name in names) for row in each.to_dicts()] == expected


def test_a_duckdb_relation_has_the_outputs_as_columns() -> None:
    """Beside the verdict and the rules, in the order in which verdicts and rules first give them."""
    policy = load(with_outputs())
    with duckdb.connect() as connection:
        relation = connection.sql("SELECT * FROM (VALUES (TRUE, 3), (TRUE, NULL), (FALSE, 3)) AS rows (rain, guests)")
        found = batch(policy, relation, outputs=True)
        assert found.columns[2:] == ["verdict", "output.place", "output.tables"]
        assert found.fetchall() == [
            (True, 3, "kitchen", "inside", "1"),
            (True, None, "kitchen", "inside", None),
            (False, 3, "garden", None, '["rug"]'),
        ]


@pytest.mark.parametrize("wrong", ["yes", 1, None])
def test_whether_to_add_outputs_is_a_truth_value(wrong: Any) -> None:
    """Anything else is refused with the argument's name."""
    with pytest.raises(TypeError, match="batch: `outputs`"):
        batch(load(with_outputs()), pl.DataFrame({"rain": [True]}), outputs=wrong)
