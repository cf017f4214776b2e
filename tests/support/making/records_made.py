"""Which records fill a large table? Drawn block by block from a seed, typed as a warehouse keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from engine.language.model.field_kinds import CHOICE, INTEGER, YES_NO
from engine.language.model.policy import Policy

BLOCK = 1_000_000


def record_blocks(policy: Policy, rows: int) -> Iterator[pa.Table]:
    """So many whole records of a policy with choices, yes/no and integers, and a number of their own."""
    random = np.random.default_rng(rows)
    for start in range(0, rows, BLOCK):
        many = min(BLOCK, rows - start)
        columns = {"id": pa.array(np.arange(start, start + many))}
        for field in policy.fields:
            if field.kind == CHOICE:
                codes = pa.array(random.integers(0, len(field.options), many, np.uint8))
                columns[field.name] = pa.DictionaryArray.from_arrays(codes, pa.array(field.options))
            elif field.kind == YES_NO:
                columns[field.name] = pa.array(random.integers(0, 2, many, np.uint8).astype(np.bool_))
            else:
                assert field.kind == INTEGER
                assert isinstance(field.high, int)
                columns[field.name] = pa.array(random.integers(0, field.high + 1, many, np.int64))
        yield pa.table(columns)


def typed_frame(policy: Policy, rows: int) -> pl.DataFrame:
    """The same in memory, choices as Enums and numbers in as few bytes as they take."""
    typed = [
        pl.col(field.name).cast(pl.Enum(list(field.options)) if field.kind == CHOICE else pl.UInt8)
        for field in policy.fields
        if field.kind in (CHOICE, INTEGER)
    ]
    frames = [pl.DataFrame(block).with_columns(typed) for block in record_blocks(policy, rows)]
    return pl.concat(frames, rechunk=True)


def write_parquet(policy: Policy, path: Path, rows: int) -> None:
    """A Parquet file of so many records, written as they are drawn."""
    writer: pq.ParquetWriter | None = None
    for block in record_blocks(policy, rows):
        writer = writer or pq.ParquetWriter(path, block.schema)
        writer.write_table(block)
    if writer is not None:
        writer.close()


def write_csv(policy: Policy, path: Path, rows: int) -> None:
    """A CSV file of so many records, written as they are drawn."""
    with path.open("wb") as file:
        for place, block in enumerate(record_blocks(policy, rows)):
            pl.DataFrame(block).write_csv(file, include_header=not place)
