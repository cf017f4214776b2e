"""Verdict columns for pyarrow tables and pandas frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.execution.extras import TableError
from engine.execution.tables.columns.bits import count, pack
from engine.execution.tables.columns.field_columns import as_dictionary, is_text
from engine.execution.tables.columns.matching import Path, find_columns, heads
from engine.execution.tables.columns.near_counts import near_counts, near_fields
from engine.execution.tables.columns.objects import object_column
from engine.execution.tables.columns.tally import Noted
from engine.execution.tables.kernels.blocks import decide_blocks
from engine.execution.tables.kernels.row_decider import RowDecider
from engine.execution.tables.kernels.table_verdicts import Coded
from engine.problems import Place


def decide_table(decider: RowDecider, table: pa.Table, added: tuple[str, ...], noted: Noted) -> pa.Table:
    """Append the columns `added` to a table, as dictionary arrays of texts.

    `noted` receives texts that are nearly equal to known ones. Raises `TableError`.
    """
    for name, column in _decide_columns(decider, table, added, noted).items():
        table = table.append_column(name, column)
    return table


def _decide_columns(
    decider: RowDecider, table: pa.Table, added: tuple[str, ...], noted: Noted
) -> dict[str, pa.ChunkedArray]:
    """The columns `added` for a table, by name."""
    paths = find_columns(decider.policy, table.schema, added, form=decider.form)
    columns = {name: _resolve_path(table, path) for name, path in paths.items()}
    texts = {name: columns[name] for name in near_fields(decider.policy, decider.form) if name in columns}
    noted(near_counts(decider.policy, texts))
    parts = decide_blocks(
        decider,
        table.num_rows,
        lambda start, rows: _block(columns, start, rows),
        lambda found: {name: found.column(name) for name in added},
    )
    return {name: _concat_coded([part[name] for part in parts]) for name in added}


def _concat_coded(parts: Sequence[Coded]) -> pa.ChunkedArray:
    """The column of several blocks, with one dictionary."""
    kind = np.result_type(*(part.codes.dtype for part in parts))
    chunks = [arrow_column(Coded(part.codes.astype(kind, copy=False), part.texts)) for part in parts]
    return pa.chunked_array(chunks).unify_dictionaries()


def arrow_column(coded: Coded) -> pa.DictionaryArray:
    """Coded texts as an Arrow dictionary array; code -1 is null."""
    kind = pa.dictionary(pa.from_numpy_dtype(coded.codes.dtype), pa.string())
    # Finding the minimum is much faster than finding which codes are negative.
    known = pack(coded.codes >= 0) if len(coded.codes) and coded.codes.min() < 0 else None
    many = 0 if known is None else len(coded.codes) - count(known)
    buffers = [None if known is None else pa.py_buffer(known), pa.py_buffer(coded.codes)]
    texts = pa.array(coded.texts, pa.string())
    return pa.DictionaryArray.from_buffers(kind, len(coded.codes), buffers, texts, null_count=many)


def _resolve_path(table: pa.Table, path: Path) -> pa.ChunkedArray:
    """The column at a path, which may lead into structs."""
    column = table.column(path[0])
    return pc.struct_field(column, list(path[1:])) if path[1:] else column


def _block(columns: Mapping[str, pa.ChunkedArray], start: int, rows: int) -> dict[str, pa.Array]:
    """The arrays of some rows."""
    return {name: _combine_chunks(column.slice(start, rows)) for name, column in columns.items()}


def _combine_chunks(column: pa.ChunkedArray) -> pa.Array:
    """A chunked array as one array."""
    if column.num_chunks == 1:
        return column.chunk(0)
    if pa.types.is_dictionary(column.type):
        column = _unify_dictionaries(column)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _unify_dictionaries(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Chunks with one shared dictionary or, if that is not possible, without dictionaries."""
    if is_text(column.type.value_type):
        # Arrow mixes up the values of some other types, such as half floats.
        with suppress(pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return column.unify_dictionaries()
        # There is a null among the texts, or there are more texts than the codes can represent.
    chunks = [_takeable(chunk).dictionary_decode() for chunk in column.chunks]
    return pa.chunked_array(chunks, chunks[0].type if chunks else column.type.value_type)


def _takeable(chunk: pa.DictionaryArray) -> pa.DictionaryArray:
    """The chunk, with a dictionary that Arrow's `take` supports."""
    return as_dictionary(chunk) if pa.types.is_string_view(chunk.type.value_type) else chunk


def decide_pandas(decider: RowDecider, frame: Any, added: tuple[str, ...], noted: Noted) -> Any:
    """Append the columns `added` to a pandas frame, as categoricals.

    `noted` receives texts that are nearly equal to known ones. Raises `TableError`.
    """
    names = [str(label) for label in frame.columns]
    asked = heads(decider.policy, decider.form)
    arrays = [
        _from_pandas(name, frame.iloc[:, place]) if name in asked else pa.nulls(len(frame))
        for place, name in enumerate(names)
    ]
    columns = _decide_columns(decider, pa.Table.from_arrays(arrays, names=names), added, noted)
    return frame.assign(**{name: column.to_pandas().array for name, column in columns.items()})


def _from_pandas(name: str, series: Any) -> pa.Array:
    """A pandas column as an Arrow array."""
    if series.dtype == object:
        return object_column(name, series.tolist())
    try:
        return pa.array(series, from_pandas=True)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        message = f"the column `{name}` holds values of the type `{series.dtype}`, which Arrow has no type for"
        help_ = "cast it to a type of texts, numbers, yes and no, or days"
        raise TableError.of("wrong-type", message, Place("table", path=name), help_) from None
