"""Does every kind of table get what `decide` says of each row, in whatever way its columns are read?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given

from engine import Policy
from engine.execution.tables.frames.batch import batch
from tests.support.by_day import draw_by_day
from tests.support.drawing.columns import Table, tables_with_columns
from tests.support.drawing.thresholds import Chosen, as_chosen, thresholds
from tests.support.judging.querying.sql_rows import Told
from tests.support.making.frames import pandas_frame, polars_frame

Rows = list[tuple[str | None, ...]]


def _from_polars(frame: pl.DataFrame) -> Rows:
    return list(frame.select(*Told._fields).iter_rows())


def _from_arrow(table: pa.Table) -> Rows:
    return [tuple(row.values()) for row in table.select(Told._fields).to_pylist()]


def _from_pandas(frame: pd.DataFrame) -> Rows:
    columns = [frame[name].astype(object) for name in Told._fields]
    return [tuple(None if pd.isna(value) else value for value in row) for row in zip(*columns, strict=True)]


_ALL: dict[str, Any] = {"rules": True, "problem": True}
_Columns = dict[str, pa.Array]


def _lazily(policy: Policy, frame: pl.DataFrame) -> Rows:
    return _from_polars(batch(policy, frame.lazy(), **_ALL).collect(engine="streaming"))


def _in_pandas(kinds: str, policy: Policy, columns: _Columns, rows: int) -> Rows:
    return _from_pandas(batch(policy, pandas_frame(columns, kinds), **_ALL))


WAYS: dict[str, Callable[[Policy, _Columns, int], Rows]] = {
    "pyarrow": lambda policy, columns, rows: _from_arrow(batch(policy, pa.table(columns), **_ALL)),
    "pyarrow, in chunks": lambda policy, columns, rows: _from_arrow(batch(policy, _in_chunks(columns), **_ALL)),
    "polars": lambda policy, columns, rows: _from_polars(batch(policy, polars_frame(columns, rows), **_ALL)),
    "polars, in chunks": lambda policy, columns, rows: _from_polars(
        batch(policy, _polars_chunks(polars_frame(columns, rows)), **_ALL)
    ),
    "polars, lazy": lambda policy, columns, rows: _lazily(policy, polars_frame(columns, rows)),
    "polars, categories": lambda policy, columns, rows: _lazily(policy, _texts_as(columns, rows, pl.Categorical)),
    "polars, enums": lambda policy, columns, rows: _lazily(policy, _texts_as(columns, rows, pl.Enum)),
    **{f"pandas, {kinds}": partial(_in_pandas, kinds) for kinds in ("arrow", "python", "pyarrow", "category")},
}


def _in_chunks(columns: _Columns) -> pa.Table:
    """Each column in chunks of its own lengths, one of them empty."""
    return pa.table({
        name: pa.chunked_array([array[:place], array[place:place], array[place:]])
        for place, (name, array) in enumerate(columns.items())
    })  # fmt: skip


def _polars_chunks(frame: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([frame[:1], frame[1:]], rechunk=False)


def _texts_as(columns: _Columns, rows: int, kind: Any) -> pl.DataFrame:
    """Texts as Polars keeps them where they are few."""
    frame = polars_frame(columns, rows)
    for name in frame.select(pl.col(pl.String, pl.Categorical)).columns:
        texts = frame.get_column(name).cast(pl.String)
        own = kind if kind == pl.Categorical else kind(texts.drop_nulls().unique().sort().to_list())
        frame = frame.with_columns(texts.cast(own))
    return frame


@pytest.mark.thorough
@draw_by_day(30)
@given(drawn=tables_with_columns())
def test_every_kind_of_table_gets_what_decide_says_of_each_row(drawn: tuple[Policy, Table, list[Told]]) -> None:
    """Drawn columns of every type, as a table of every kind that lies in memory."""
    _agree(drawn)


@pytest.mark.thorough
@draw_by_day(25)
@given(drawn=tables_with_columns(), chosen=thresholds())
def test_every_way_of_reading_a_column_gives_the_same(drawn: tuple[Policy, Table, list[Told]], chosen: Chosen) -> None:
    """The same on the other side of every number from which on something is done otherwise."""
    with as_chosen(chosen):
        _agree(drawn)


def _agree(drawn: tuple[Policy, Table, list[Told]]) -> None:
    policy, table, rows = drawn
    for way, decided in WAYS.items():
        assert decided(policy, table.columns, table.rows) == rows, way
