"""Deciding table files of any size with Polars' streaming engine, in the order of the rows.

Every cell of a text table is kept as its original text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from engine.execution.extras import TableError
from engine.execution.tables.columns.tally import Tallying
from engine.execution.tables.files.carried import check_schemas, checked_values
from engine.execution.tables.files.row_lengths import may_be_short
from engine.execution.tables.files.targets import PARQUET, TSV, Targets
from engine.execution.tables.files.text_tables import TextLayout, find_faults, find_layout, unreadable_table
from engine.execution.tables.frames.polars_frames import plan_polars
from engine.execution.tables.kernels.row_decider import RowDecider
from engine.execution.tables.kernels.table_verdicts import PROBLEM
from engine.meaning.outcomes import UNDECIDED
from engine.problems import Problem

# The number of rows in a part: larger parts take more memory, smaller ones more overhead.
_AT_ONCE = 200_000


def decide_files(
    decider: RowDecider,
    sources: Sequence[Path],
    kind: str,
    added: tuple[str, ...],
    targets: Targets,
    tallying: Tallying,
) -> None:
    """Write the records of some files, one after the other, with the columns `added`, which include `problem`.

    Raises `TableError` for files that cannot be read, and `OSError` for those that cannot be written.
    """
    layout = None if kind == PARQUET else _layout(decider, sources, kind)
    noted: list[Problem] = []
    try:
        frame = _scan(sources, layout, targets)
        plan = plan_polars(
            decider,
            frame,
            added,
            name=str(sources[0]),
            seen=tallying.add,
            noted=tallying.note,
            answered=tallying.answer,
        )
        with pl.Config(streaming_chunk_size=_AT_ONCE):
            _write(checked_values(plan, sources[0], targets.kind, noted), targets)
        if layout is not None:
            _refuse_short_rows(sources, layout)
    except pl.exceptions.PolarsError as error:
        raise TableError(noted or _faults(sources, layout, error)) from None


def _layout(decider: RowDecider, sources: Sequence[Path], kind: str) -> TextLayout:
    """The layout that all files share; raises `TableError` if they differ."""
    delimiter = decider.form.delimiter or ("\t" if kind == TSV else None)
    first, *others = (find_layout(path, delimiter) for path in sources)
    for path, layout in zip(sources[1:], others, strict=True):
        if layout != first:
            raise TableError([unreadable_table(path, f"its columns are not those of {sources[0]}")])
    return first


def _refuse_short_rows(sources: Sequence[Path], layout: TextLayout) -> None:
    """Raise `TableError` for the first row with fewer cells than the header. Longer rows are rejected by Polars."""
    for path in sources:
        if may_be_short(path, layout.delimiter, len(layout.names)):
            found = find_faults(path, layout)
            if found:
                raise TableError(found)


def _write(plan: pl.LazyFrame, targets: Targets) -> None:
    """Run the plan and write its rows, rejected ones to a separate file if there is one."""
    if targets.rejected is None:
        _sink(plan, targets.decided, targets.kind).collect(engine="streaming")
        return
    is_kept = pl.col(PROBLEM).is_null() | (pl.col(PROBLEM) == UNDECIDED)
    both = [(is_kept, targets.decided), (~is_kept, targets.rejected)]
    pl.collect_all([_sink(plan.filter(rows), path, targets.kind) for rows, path in both], engine="streaming")


def _scan(sources: Sequence[Path], layout: TextLayout | None, targets: Targets) -> pl.LazyFrame:
    """The lazy frame of all files."""
    if layout is None:
        check_schemas(sources, targets.kind)
        return pl.scan_parquet(list(sources), glob=False)
    names = list(layout.names)
    # Polars does not remove quotes from a header, so the names are set here.
    return pl.scan_csv(
        list(sources),
        separator=layout.delimiter,
        infer_schema=False,
        glob=False,
        with_column_names=lambda found: names if len(found) == len(names) else found,
    )


def _sink(plan: pl.LazyFrame, path: Path, kind: str) -> pl.LazyFrame:
    """The plan with a file as its sink."""
    if kind == PARQUET:
        return plan.sink_parquet(path, lazy=True)
    return plan.sink_csv(path, separator="\t" if kind == TSV else ",", lazy=True)


def _faults(sources: Sequence[Path], layout: TextLayout | None, error: pl.exceptions.PolarsError) -> list[Problem]:
    """The problems behind a Polars error."""
    if layout is not None:
        for path in sources:
            found = find_faults(path, layout)
            if found:
                return found
    return [unreadable_table(sources[0], (str(error).strip().splitlines() or ["no more is known"])[0])]
