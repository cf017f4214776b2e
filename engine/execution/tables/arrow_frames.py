"""How are the verdicts of a table that lies in memory put beside its columns: pyarrow and pandas?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from engine.execution.extras import TableError
from engine.execution.tables.bits import count, packed
from engine.execution.tables.blocks import decide_blocks
from engine.execution.tables.matching import Path, find_columns
from engine.execution.tables.row_decider import RowDecider
from engine.execution.tables.table_verdicts import Coded, Verdicts
from engine.problems import Place, Problem


def decide_table(decider: RowDecider, table: pa.Table, added: tuple[str, ...]) -> pa.Table:
    """The table with the columns `added` at its end, as dictionaries of texts; raises `TableError`."""
    found = decide_arrow(decider, table, added)
    for name in added:
        table = table.append_column(name, arrow_column(found.column(name)))
    return table


def decide_arrow(decider: RowDecider, table: pa.Table, added: tuple[str, ...]) -> Verdicts:
    """The verdicts of a table that these columns can be added to; raises `TableError`."""
    paths = find_columns(decider.policy, table.schema, added)
    columns = {name: _at(table, path) for name, path in paths.items()}
    return decide_blocks(decider, table.num_rows, lambda start, rows: _block(columns, start, rows))


def arrow_column(coded: Coded) -> pa.DictionaryArray:
    """Texts as an Arrow dictionary, null where there is none."""
    kind = pa.dictionary(pa.from_numpy_dtype(coded.codes.dtype), pa.string())
    known = packed(coded.codes >= 0)
    many = len(coded.codes) - count(known)
    buffers = [pa.py_buffer(known) if many else None, pa.py_buffer(coded.codes)]
    texts = pa.array(coded.texts, pa.string())
    return pa.DictionaryArray.from_buffers(kind, len(coded.codes), buffers, texts, null_count=many)


def _at(table: pa.Table, path: Path) -> pa.ChunkedArray:
    column = table.column(path[0])
    return pc.struct_field(column, list(path[1:])) if path[1:] else column


def _block(columns: Mapping[str, pa.ChunkedArray], start: int, rows: int) -> dict[str, pa.Array]:
    return {name: _one(column.slice(start, rows)) for name, column in columns.items()}


def _one(column: pa.ChunkedArray) -> pa.Array:
    if column.num_chunks == 1:
        return column.chunk(0)
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def decide_pandas(decider: RowDecider, frame: Any, added: tuple[str, ...]) -> Any:
    """The pandas frame with the columns `added` at its end, as categoricals; raises `TableError`."""
    import pandas as pd

    names = [str(label) for label in frame.columns]
    heads = {part for field in decider.policy.fields for part in (field.name, field.name.split(".")[0])}
    arrays = [
        _from_pandas(name, frame.iloc[:, place]) if name in heads else pa.nulls(len(frame))
        for place, name in enumerate(names)
    ]
    found = decide_arrow(decider, pa.Table.from_arrays(arrays, names=names), added)
    columns = {name: found.column(name) for name in added}
    new = {name: pd.Categorical.from_codes(each.codes, list(each.texts)) for name, each in columns.items()}
    return frame.assign(**new)


def _from_pandas(name: str, series: Any) -> pa.Array:
    try:
        return pa.array(series, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        message = f"the column `{name}` mixes values of several types"
        help_ = "give it one type; what is not answered is None or NA"
        raise TableError([Problem("wrong-type", message, (Place("table", path=name),), help_)]) from None
