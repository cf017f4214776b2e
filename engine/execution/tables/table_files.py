"""How does a file of records become a file of decided records, however large it is?

Read, decided and written part by part by Polars' streaming engine, in the order of the rows. Every cell of a CSV file
is kept as the text that it is.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from engine.execution.extras import TableError
from engine.execution.tables.polars_frames import plan_polars
from engine.execution.tables.row_decider import RowDecider
from engine.execution.tables.table_verdicts import PROBLEM, UNDECIDED
from engine.execution.tables.tally import Tallying
from engine.execution.tables.targets import CSV, PARQUET, Targets
from engine.problems import Place, Problem

_HEADER = 1 << 20
# Parts of so many rows: larger ones take more memory, smaller ones more time around the work.
_AT_ONCE = 200_000


def decide_files(
    decider: RowDecider,
    sources: Sequence[Path],
    kind: str,
    added: tuple[str, ...],
    targets: Targets,
    tallying: Tallying,
) -> None:
    """Writes the records of these files, one after the other, with the columns `added`, of which `problem` is one.

    Raises `TableError` for what cannot be read, and `OSError` for what cannot be written.
    """

    try:
        with pl.Config(streaming_chunk_size=_AT_ONCE):
            _write(decider, sources, kind, added, targets, tallying)
    except pl.exceptions.PolarsError as error:
        raise TableError([_unreadable(sources, error)]) from None


def _write(
    decider: RowDecider,
    sources: Sequence[Path],
    kind: str,
    added: tuple[str, ...],
    targets: Targets,
    tallying: Tallying,
) -> None:
    plan = plan_polars(
        decider, _scanned(sources, kind), added, name=str(sources[0]), seen=tallying.add, noted=tallying.note
    )
    if targets.rejected is None:
        _sunk(plan, targets.decided, targets.kind).collect(engine="streaming")
        return
    is_kept = pl.col(PROBLEM).is_null() | (pl.col(PROBLEM) == UNDECIDED)
    both = [(is_kept, targets.decided), (~is_kept, targets.rejected)]
    pl.collect_all([_sunk(plan.filter(rows), path, targets.kind) for rows, path in both], engine="streaming")


def _scanned(sources: Sequence[Path], kind: str) -> pl.LazyFrame:
    if kind == PARQUET:
        return pl.scan_parquet(list(sources), glob=False)
    separator = _separator(sources[0])
    return pl.scan_csv(list(sources), separator=separator, infer_schema=False, glob=False)


def _separator(path: Path) -> str:
    """What stands between the cells of a file, by its header, which is looked at more closely than Polars does.

    Polars would rename columns that are called alike, and take rows for a part of a header that never ends.
    """
    with path.open("rb") as file:
        start = file.read(_HEADER).decode("utf-8-sig", errors="replace")
    line = start.partition("\n")[0].removesuffix("\r")
    separator = ";" if line.count(";") > line.count(",") else ","
    if "\r" in line:
        raise TableError([_unread(path, "its lines end in a carriage return alone")])
    try:
        names = next(csv.reader(start.split("\n"), delimiter=separator, strict=True), [])
    except csv.Error as error:
        raise TableError([_unread(path, f"its header has a name that does not end ({error})")]) from None
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise TableError(
            Problem(
                "name-clash", f"two columns are called `{name}`", (Place(str(path), path=name),), "rename one of them"
            )
            for name in twice
        )
    return separator


def _sunk(plan: pl.LazyFrame, path: Path, kind: str) -> pl.LazyFrame:
    """The plan with its end in a file."""
    if kind == PARQUET:
        return plan.sink_parquet(path, lazy=True)
    return plan.sink_csv(path, lazy=True) if kind == CSV else plan.sink_ndjson(path, lazy=True)


def _unreadable(sources: Sequence[Path], error: pl.exceptions.PolarsError) -> Problem:
    return _unread(sources[0], (str(error).strip().splitlines() or ["no more is known"])[0])


def _unread(path: Path, reason: str) -> Problem:
    help_ = "one table in one encoding, UTF-8, with the same columns in every row and file"
    return Problem("unreadable-table", f"the table cannot be read: {reason}", (Place(str(path)),), help_)
