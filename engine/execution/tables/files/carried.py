"""Can every column of a Parquet file be carried into the output? Those that cannot are refused by name and type."""

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
# More digits than this no decimal of Polars has.
_MOST_DIGITS = 38
# Days from 1970 on, in both directions, that can be written as texts.
_MOST_DAYS = 95_000_000
_TICKS = {"ms": 10**3, "us": 10**6, "ns": 10**9}
_DROP = "leave the column out of the file, or write it with another type"
_ALIKE = "write all files with the same columns, each of one type"
_PARQUET = "write Parquet (`-o FILE.parquet`), or leave the column out of the file"


def check_schemas(paths: Sequence[Path], target: str) -> None:
    """Raises `TableError` for columns that Polars cannot hold, and for those that the target's kind of file cannot.

    Also where several files, which are read as one table, have other columns than the first.
    """
    problems = [problem for path in paths for problem in _not_held(path, target)]
    if not problems:
        first, *others = ((path, pl.read_parquet_schema(path)) for path in paths)
        problems = [problem for other in others for problem in _differences(*first, *other)]
    if problems:
        raise TableError(problems)


def _differences(first: Path, schema: Schema, path: Path, other: Schema) -> Iterator[Problem]:
    """How the columns of a file differ from those of the first; one of nulls alone has any type."""
    for name, kind in schema.items():
        if name not in other:
            yield _unlike(path, name, f"there is no column `{name}`, and there is one in {first}")
        elif other[name] not in (kind, pl.Null):
            here, there = shorten(str(other[name])), shorten(str(kind))
            message = f"the column `{name}` holds values of the type `{here}`, and of `{there}` in {first}"
            yield _unlike(path, name, message)
    for name in other:
        if name not in schema:
            yield _unlike(path, name, f"there is a column `{name}`, and there is none in {first}")


def _unlike(path: Path, name: str, message: str) -> Problem:
    return Problem("unreadable-table", message, (Place(str(path), path=name),), _ALIKE)


def _not_held(path: Path, target: str) -> list[Problem]:
    try:
        schema = pq.read_schema(path)
    except pa.ArrowException as error:
        reason = (str(error).strip().splitlines() or ["no more is known"])[0]
        message = f"the table cannot be read: {reason}"
        raise TableError([Problem("unreadable-table", message, (Place(str(path)),), "name a Parquet file")]) from None
    problems = [
        _not_carried(path, field, "which is not read here", _DROP) for field in schema if _is_too_wide(field.type)
    ]
    if target != PARQUET and not problems:
        problems = [
            _not_carried(path, field, "which no cell can hold", _PARQUET)
            for field in schema
            if not _is_text(field.type)
        ]
    return problems


def _not_carried(path: Path, field: pa.Field, why: str, help_: str) -> Problem:
    message = f"the column `{field.name}` holds values of the type `{field.type}`, {why}"
    return Problem("wrong-type", message, (Place(str(path), path=field.name),), help_)


def _is_too_wide(kind: pa.DataType) -> bool:
    if pa.types.is_decimal(kind):
        return bool(kind.precision > _MOST_DIGITS)
    return any(_is_too_wide(kind.field(place).type) for place in range(kind.num_fields))


def _is_text(kind: pa.DataType) -> bool:
    """Whether a cell of a table of text can hold such values."""
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    strange = pa.types.is_nested(kind) or pa.types.is_duration(kind) or _is_binary(kind)
    return not strange


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def checked_values(plan: pl.LazyFrame, path: Path, target: str, noted: list[Problem]) -> pl.LazyFrame:
    """The plan, which ends where a day or a moment cannot be written; what it is then stands among those `noted`."""
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
    if kind == pl.Date:
        return _MOST_DAYS
    if isinstance(kind, pl.Datetime):
        return min(_MOST_DAYS * 86_400 * _TICKS[kind.time_unit], 2**63 - 1)
    return None
