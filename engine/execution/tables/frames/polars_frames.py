"""Verdict columns for Polars frames, eager and lazy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import TypeAlias

import numpy as np
import polars as pl
import pyarrow as pa

from engine.execution.extras import TableError
from engine.execution.tables.columns.bits import as_arrow, count
from engine.execution.tables.columns.matching import Path, Paths, find_columns, heads
from engine.execution.tables.columns.near_counts import near_counts, near_fields
from engine.execution.tables.columns.objects import object_column
from engine.execution.tables.columns.tally import NearCount, Noted, RefusedExample
from engine.execution.tables.frames.arrow_frames import arrow_column
from engine.execution.tables.kernels.blocks import decide_blocks
from engine.execution.tables.kernels.polars_rows import Expressions, verdict_expressions
from engine.execution.tables.kernels.row_decider import RowDecider
from engine.execution.tables.kernels.table_verdicts import PROBLEM, VERDICT, TableVerdicts
from engine.problems import Place
from engine.threads import ForkLock

# Called for each part with the number of rows, the rows with each verdict, the rows with each problem, and examples of
# wrong values.
Seen: TypeAlias = Callable[[int, Iterable[tuple[str, int]], Iterable[tuple[str, int]], Iterable[RefusedExample]], None]
# The number of verdicts to create at once: larger buffers are returned to the system and allocated anew each time.
_AT_ONCE = 1 << 20
_DECIDED = "decided"
# With more categories, a few rows may contain many of them.
_MOST_CATEGORIES = 256


def decide_polars(decider: RowDecider, frame: pl.DataFrame, added: tuple[str, ...], noted: Noted) -> pl.DataFrame:
    """Append the columns `added` to a frame: the verdict as an Enum of all verdicts, the others as texts.

    `noted` receives texts that are nearly equal to known ones. Raises `TableError`.
    """
    objects = _objects(decider, frame)
    if objects:
        return frame.hstack(decide_polars(decider, frame.with_columns(objects), added, noted).select(added))
    paths = find_columns(decider.policy, _schema(decider, frame), added, form=decider.form)
    noted(_near_counts(decider, frame, paths))
    # Polars expressions would be no faster here: 1.0 times for whole rows, half as fast for rows with nulls.
    return _decide_with_numpy(decider, frame, paths, added)


def plan_polars(
    decider: RowDecider,
    frame: pl.LazyFrame,
    added: tuple[str, ...],
    *,
    name: str = "table",
    seen: Seen | None = None,
    noted: Noted | None = None,
    answered: Callable[[Iterable[str]], None] | None = None,
) -> pl.LazyFrame:
    """Append the columns `added` to a lazy frame, to be decided in parts when it is collected.

    Args:
        decider: The policy.
        frame: The lazy frame.
        added: The columns to append, including `problem` if `seen` is given.
        name: The name of the table in messages.
        seen: Called with the results of each part, in any order and thread.
        noted: Called with texts that are nearly equal to known ones, likewise.
        answered: Called at once with the fields that have no column.
    """
    schema = frame.collect_schema()
    paths = find_columns(decider.policy, _schema(decider, schema.to_frame()), added, name, decider.form)
    if answered is not None:
        answered(each for each in decider.policy.field if each not in paths)
    one = ForkLock()

    def decided(part: pl.DataFrame) -> pl.DataFrame:
        # Each step is short, so several threads would mostly wait for each other.
        with one:
            return _decide_with_numpy(decider, part, paths, added, seen)

    def noting(made: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[pl.DataFrame], pl.DataFrame]:
        def both(part: pl.DataFrame) -> pl.DataFrame:
            if noted is not None:
                noted(_near_counts(decider, part, paths))
            return made(part)

        return both

    own = _expressions(decider, frame, paths, added)
    if own is None:
        return _map_parts(frame, noting(decided), {**schema, **_kinds(decider, added)})

    def completed(part: pl.DataFrame) -> pl.DataFrame:
        if _has_no_nulls(part, paths, own.needed):
            found = _with_problem(part, added)
        else:
            # Why a row has no verdict is found with numpy.
            found = None if PROBLEM in added else part.with_columns(own.certain())
        if found is None:
            return decided(part.drop(VERDICT))
        if seen is not None:
            verdict = found.get_column(VERDICT)
            seen(found.height, ((name, int((verdict == name).sum())) for name in decider.policy.verdict), (), ())
        return found

    return _map_parts(frame.with_columns(own.whole), noting(completed), {**schema, **_kinds(decider, added)})


def _near_counts(decider: RowDecider, frame: pl.DataFrame, paths: Paths) -> Iterable[NearCount]:
    """The near-misses of known texts in a frame."""
    fields = [name for name in near_fields(decider.policy, decider.form) if name in paths]
    return near_counts(decider.policy, {name: _resolve_path(frame, paths[name]).to_arrow() for name in fields})


def _objects(decider: RowDecider, frame: pl.DataFrame) -> list[pl.Series]:
    """The columns of Python objects that may answer fields, converted to typed ones."""
    asked = heads(decider.policy, decider.form)
    columns = [each for each in frame.get_columns() if each.dtype == pl.Object and each.name in asked]
    return [pl.Series(each.name, object_column(each.name, each.to_list())) for each in columns]


def _map_parts(
    frame: pl.LazyFrame, made: Callable[[pl.DataFrame], pl.DataFrame], schema: Mapping[str, pl.DataType]
) -> pl.LazyFrame:
    """Apply a function to each part of a lazy frame."""
    # No pushdown: filters on the verdict must not run before the verdict exists.
    return frame.map_batches(made, predicate_pushdown=False, projection_pushdown=False, schema=schema, streamable=True)


def _kinds(decider: RowDecider, added: tuple[str, ...]) -> dict[str, pl.DataType]:
    """The types of the added columns."""
    return {name: pl.Enum(list(decider.policy.verdict)) if name == VERDICT else pl.String() for name in added}


def _decide_with_numpy(
    decider: RowDecider,
    frame: pl.DataFrame,
    paths: Paths,
    added: tuple[str, ...],
    seen: Seen | None = None,
) -> pl.DataFrame:
    """Append the columns with the vectorized decider."""
    columns = {name: _resolve_path(frame, path) for name, path in paths.items()}

    def made(found: TableVerdicts) -> pl.DataFrame:
        if seen is not None:
            seen(found.rows, found.verdicts(), found.problems(), found.examples)
        return pl.DataFrame([_verdict(found) if name == VERDICT else _texts(found, name) for name in added])

    parts = decide_blocks(
        decider,
        frame.height,
        lambda start, rows: {name: _to_arrow(column.slice(start, rows)) for name, column in columns.items()},
        made,
    )
    # No rechunking, as for streamed Polars results.
    return frame.hstack(pl.concat(parts, rechunk=False))


def _expressions(decider: RowDecider, frame: pl.LazyFrame, paths: Paths, added: tuple[str, ...]) -> Expressions | None:
    """Polars expressions that decide the frame.

    None if they would not be exact, or if rules, outputs or other notations are needed.
    """
    if not {VERDICT, PROBLEM}.issuperset(added) or decider.blanks or decider.form.cells:
        return None
    columns = {
        name: reduce(lambda found, part: found.struct.field(part), inner, pl.col(first))
        for name, (first, *inner) in paths.items()
    }
    kinds = frame.select(column.alias(name) for name, column in columns.items()).collect_schema()
    return verdict_expressions(decider.policy, {name: (column, kinds[name]) for name, column in columns.items()})


def _has_no_nulls(frame: pl.DataFrame, paths: Paths, needed: Iterable[str]) -> bool:
    """Whether the needed columns have no nulls."""
    return not any(_resolve_path(frame, paths[name]).null_count() for name in needed)


def _with_problem(frame: pl.DataFrame, added: tuple[str, ...]) -> pl.DataFrame | None:
    """Append an empty column `problem` if it is requested; None if some row has no verdict."""
    if PROBLEM not in added:
        return frame
    if frame.get_column(VERDICT).null_count():
        return None
    return frame.hstack([pl.repeat(None, frame.height, dtype=pl.String(), eager=True).alias(PROBLEM)])


def _schema(decider: RowDecider, frame: pl.DataFrame) -> pa.Schema:
    """The Arrow schema of the frame, with null types for columns that cannot answer a field."""
    asked = heads(decider.policy, decider.form)
    kinds = {name: _arrow_type(name, frame.get_column(name)) for name in frame.columns if name in asked}
    return pa.schema([(name, kinds.get(name, pa.null())) for name in frame.columns])


def _arrow_type(name: str, column: pl.Series) -> pa.DataType:
    """The Arrow type of a column; raises `TableError` if there is none."""
    try:
        return column.head(0).to_arrow().type
    except pa.ArrowInvalid:
        message = f"the column `{name}` holds values of the type `{column.dtype}`, which Arrow has no type for"
        raise TableError.of("wrong-type", message, Place("table", path=name), "cast it to one of 64 bits") from None


def _resolve_path(frame: pl.DataFrame, path: Path) -> pl.Series:
    """The column at a path, which may lead into structs."""
    column = frame.get_column(path[0])
    for name in path[1:]:
        column = column.struct.field(name)
    return column


def _to_arrow(column: pl.Series) -> pa.Array:
    """A column as an Arrow array; a categorical as a dictionary array.

    Converting categoricals here buys 2 times on two of 4,000,000 rows: Polars scans all categories for each part.
    """
    if column.dtype != pl.Categorical:
        return column.to_arrow(compat_level=pl.CompatLevel.newest())
    there = column.drop_nulls()
    places = there.to_physical().to_numpy()
    if not len(places) or int(places.max()) >= _MOST_CATEGORIES:
        return column.to_arrow()
    firsts = [int(np.argmax(places == code)) if times else 0 for code, times in enumerate(np.bincount(places).tolist())]
    texts = there.gather(firsts).cast(pl.String).to_arrow()
    return pa.DictionaryArray.from_arrays(column.to_physical().to_arrow(), texts, safe=False)


def _verdict(found: TableVerdicts) -> pl.Series:
    """The verdict column, selected by bit planes, which is much faster than creating an Enum from numbers."""
    planes = [str(place) for place in range(len(found.planes))]
    bits = pl.DataFrame(
        [pl.Series(name, as_arrow(plane, found.rows)) for name, plane in zip(planes, found.planes, strict=True)]
        + [pl.Series(_DECIDED, as_arrow(found.decided, found.rows))]
    )
    chosen = _select_name(list(found.names), [pl.col(name) for name in planes], pl.Enum(list(found.names)))
    if count(found.decided) < found.rows or len(found.names) == 1:
        chosen = pl.when(_DECIDED).then(chosen)
    parts = [part.select(chosen.alias(VERDICT)).to_series() for part in bits.iter_slices(_AT_ONCE)]
    return pl.concat(parts, rechunk=False) if parts else pl.Series(VERDICT, [], pl.Enum(list(found.names)))


def _select_name(names: Sequence[str], planes: Sequence[pl.Expr], kind: pl.Enum) -> pl.Expr:
    """An expression for the name with this index, given as bits from lowest to highest."""
    if len(names) == 1:
        return pl.lit(names[0], dtype=kind)
    half = 1 << (len(planes) - 1)
    low = _select_name(names[:half], planes[:-1], kind)
    if len(names) <= half:
        return low
    return pl.when(planes[-1]).then(_select_name(names[half:], planes[:-1], kind)).otherwise(low)


def _texts(found: TableVerdicts, name: str) -> pl.Series:
    """A column of texts."""
    coded = found.column(name)
    if not coded.texts:
        return pl.Series(name, [], pl.String).clear(found.rows)
    return pl.Series(name, arrow_column(coded)).cast(pl.String)
