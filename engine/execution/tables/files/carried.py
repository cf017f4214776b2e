"""Checks that the columns of Parquet files can be read and written to the output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from engine.execution.extras import TableError
from engine.execution.tables.files.targets import PARQUET
from engine.language.documents.text import shorten
from engine.problems import Place, Problem

Schema: TypeAlias = Mapping[str, pl.DataType]
# The maximum precision of Polars decimals.
_MOST_DIGITS = 38
# The range of dates, in days from 1970, that can be written as text.
_MOST_DAYS = 95_000_000
_TICKS = {"ms": 10**3, "us": 10**6, "ns": 10**9}
_DROP = "leave the column out of the file, or write it with another type"
_ALIKE = "write all files with the same columns, each of one type"
_PARQUET = "write Parquet (`-o FILE.parquet`), or leave the column out of the file"


def check_schemas(paths: Sequence[Path], target: str) -> None:
    """Raise `TableError` for columns that Polars cannot read or the output format cannot hold.

    Several files are read as one table, so it is also an error if their columns differ.
    """
    problems = [problem for path in paths for problem in _column_problems(path, target)]
    if not problems:
        first, *others = ((path, pl.read_parquet_schema(path)) for path in paths)
        problems = [problem for other in others for problem in _differences(*first, *other)]
    if problems:
        raise TableError(problems)


def _differences(first: Path, schema: Schema, path: Path, other: Schema) -> Iterator[Problem]:
    """Problems with columns that differ from those of the first file; a column of nulls matches any type."""
    for name, kind in schema.items():
        if name not in other:
            yield _difference(path, name, f"there is no column `{name}`, and there is one in {first}")
        elif other[name] not in (kind, pl.Null):
            here, there = shorten(str(other[name])), shorten(str(kind))
            message = f"the column `{name}` holds values of the type `{here}`, and of `{there}` in {first}"
            yield _difference(path, name, message)
    for name in other:
        if name not in schema:
            yield _difference(path, name, f"there is a column `{name}`, and there is none in {first}")


def _difference(path: Path, name: str, message: str) -> Problem:
    """The problem of a column that differs."""
    return Problem("unreadable-table", message, (Place(str(path), path=name),), _ALIKE)


def _column_problems(path: Path, target: str) -> list[Problem]:
    """Problems with the columns of one file."""
    try:
        schema = pq.read_schema(path)
    except pa.ArrowException as error:
        reason = (str(error).strip().splitlines() or ["no more is known"])[0]
        message = f"the table cannot be read: {reason}"
        raise TableError.of("unreadable-table", message, Place(str(path)), "name a Parquet file") from None
    problems = [
        _type_problem(path, field, "which cannot be read", _DROP) for field in schema if _is_too_wide(field.type)
    ]
    if target != PARQUET and not problems:
        problems = [
            _type_problem(path, field, "which no cell can hold", _PARQUET)
            for field in schema
            if not _is_text(field.type)
        ]
    return problems


def _type_problem(path: Path, field: pa.Field, why: str, help_: str) -> Problem:
    """The problem of a column with an unsupported type."""
    message = f"the column `{field.name}` holds values of the type `{field.type}`, {why}"
    return Problem("wrong-type", message, (Place(str(path), path=field.name),), help_)


def _is_too_wide(kind: pa.DataType) -> bool:
    """Whether a type contains decimals that are too wide for Polars."""
    if pa.types.is_decimal(kind):
        return bool(kind.precision > _MOST_DIGITS)
    return any(_is_too_wide(kind.field(place).type) for place in range(kind.num_fields))


def _is_text(kind: pa.DataType) -> bool:
    """Whether values of this type can be written in a text table."""
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    strange = pa.types.is_nested(kind) or pa.types.is_duration(kind) or _is_binary(kind)
    return not strange


def _is_binary(kind: pa.DataType) -> bool:
    """Whether a type holds bytes."""
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def checked_values(plan: pl.LazyFrame, path: Path, target: str, noted: list[Problem]) -> pl.LazyFrame:
    """The plan with a check for dates and timestamps that cannot be written; the problem is added to `noted`."""
    if target == PARQUET:
        return plan
    limits = {name: limit for name, kind in plan.collect_schema().items() if (limit := _most_ticks(kind)) is not None}
    if not limits:
        return plan

    def checked(part: pl.DataFrame) -> pl.DataFrame:
        for name, limit in limits.items():
            ticks = part.get_column(name).to_physical()
            if not bool(ticks.is_between(-limit, limit).all()):
                message = (
                    f"the column `{name}` holds a {part.schema[name].base_type().__name__.lower()} beyond all calendars"
                )
                noted.append(Problem("out-of-range", message, (Place(str(path), path=name),), _PARQUET))
                raise TableError(noted)
        return part

    return plan.map_batches(checked, schema=plan.collect_schema(), streamable=True)


def _most_ticks(kind: pl.DataType) -> int | None:
    """The limit for physical values of a date or timestamp type; None for other types."""
    if kind == pl.Date:
        return _MOST_DAYS
    if isinstance(kind, pl.Datetime):
        return min(_MOST_DAYS * 86_400 * _TICKS[kind.time_unit], 2**63 - 1)
    return None
