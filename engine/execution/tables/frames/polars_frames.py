"""How are the verdicts of a Polars frame put beside its columns, of one in memory and of one that is still a plan?"""

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
from engine.execution.tables.kernels.table_verdicts import PROBLEM, RULES, VERDICT, TableVerdicts
from engine.problems import Place, Problem
from engine.threads import ForkLock

# Is told of so many rows more, how many got each verdict, how many have each problem, and some wrong values.
Seen: TypeAlias = Callable[[int, Iterable[tuple[str, int]], Iterable[tuple[str, int]], Iterable[RefusedExample]], None]
# Verdicts of so many rows are made at once: of more, the memory for them is asked of the system each time anew.
_AT_ONCE = 1 << 20
_DECIDED = "decided"
# Of more categories than these a few rows may hold many.
_MOST_CATEGORIES = 256


def decide_polars(decider: RowDecider, frame: pl.DataFrame, added: tuple[str, ...], noted: Noted) -> pl.DataFrame:
    """The frame with the columns `added` at its end: the verdict as an Enum of all verdicts, the others as texts.

    Texts that are like known ones are told to `noted`. Raises `TableError`.
    """
    objects = _objects(decider, frame)
    if objects:
        return frame.hstack(decide_polars(decider, frame.with_columns(objects), added, noted).select(added))
    paths = find_columns(decider.policy, _schema(decider, frame), added, form=decider.form)
    noted(_near_counts(decider, frame, paths))
    # Of many rows numpy makes the verdicts on every core as quickly, and those of rows with nulls more quickly.
    own = None if frame.height > _AT_ONCE else _expressions(decider, frame.lazy(), paths, added)
    found = None if own is None else _decided_by_itself(own, frame, paths, added)
    return _decided(decider, frame, paths, added, _Arrow().array) if found is None else found


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
    """The plan with the columns `added` at its end, decided part by part when it is carried out.

    What is found of each part is told to `seen`, in any order and thread; then `problem` is to be added. So are texts
    that are like known ones to `noted`. `answered` is told at once which fields have no column.
    """
    schema = frame.collect_schema()
    paths = find_columns(decider.policy, _schema(decider, schema.to_frame()), added, name, decider.form)
    if answered is not None:
        answered(each for each in decider.policy.field if each not in paths)
    arrow, one = _Arrow(), ForkLock()

    def decided(part: pl.DataFrame) -> pl.DataFrame:
        # Its steps are short, so that several threads would wait for one another more than they work.
        with one:
            return _decided(decider, part, paths, added, arrow.array, seen)

    def noting(made: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[pl.DataFrame], pl.DataFrame]:
        def both(part: pl.DataFrame) -> pl.DataFrame:
            if noted is not None:
                noted(_near_counts(decider, part, paths))
            return made(part)

        return both

    own = _expressions(decider, frame, paths, added)
    if own is None:
        return _by_parts(frame, noting(decided), {**schema, **_kinds(decider, added)})

    def completed(part: pl.DataFrame) -> pl.DataFrame:
        if _is_whole(part, paths, own.needed):
            found = _with_problem(part, added)
        else:
            found = _certain(own, part.drop(VERDICT), added)
        if found is None:
            return decided(part.drop(VERDICT))
        if seen is not None:
            verdict = found.get_column(VERDICT)
            seen(found.height, ((name, int((verdict == name).sum())) for name in decider.policy.verdict), (), ())
        return found

    return _by_parts(frame.with_columns(own.whole), noting(completed), {**schema, **_kinds(decider, added)})


def _near_counts(decider: RowDecider, frame: pl.DataFrame, paths: Paths) -> Iterable[NearCount]:
    fields = [name for name in near_fields(decider.policy, decider.form) if name in paths]
    return near_counts(decider.policy, {name: _at(frame, paths[name]).to_arrow() for name in fields})


def _objects(decider: RowDecider, frame: pl.DataFrame) -> list[pl.Series]:
    """The columns of objects that fields may be answered by, typed."""
    asked = heads(decider.policy, decider.form)
    columns = [each for each in frame.get_columns() if each.dtype == pl.Object and each.name in asked]
    return [pl.Series(each.name, object_column(each.name, each.to_list())) for each in columns]


def _by_parts(
    frame: pl.LazyFrame, made: Callable[[pl.DataFrame], pl.DataFrame], schema: Mapping[str, pl.DataType]
) -> pl.LazyFrame:
    # What is asked of the verdict must not be asked before all rows have theirs.
    return frame.map_batches(made, predicate_pushdown=False, projection_pushdown=False, schema=schema, streamable=True)


def _kinds(decider: RowDecider, added: tuple[str, ...]) -> dict[str, pl.DataType]:
    return {name: pl.Enum(list(decider.policy.verdict)) if name == VERDICT else pl.String() for name in added}


def _decided(
    decider: RowDecider,
    frame: pl.DataFrame,
    paths: Paths,
    added: tuple[str, ...],
    read: Callable[[str, pl.Series], pa.Array],
    seen: Seen | None = None,
) -> pl.DataFrame:
    columns = {name: _at(frame, path) for name, path in paths.items()}

    def made(found: TableVerdicts) -> pl.DataFrame:
        if seen is not None:
            seen(found.rows, found.verdicts(), found.problems(), found.examples)
        return pl.DataFrame([_verdict(found) if name == VERDICT else _texts(found, name) for name in added])

    parts = decide_blocks(
        decider,
        frame.height,
        lambda start, rows: {name: read(name, column.slice(start, rows)) for name, column in columns.items()},
        made,
    )
    # Left in as many chunks as were made, as Polars leaves what it streams.
    return frame.hstack(pl.concat(parts, rechunk=False))


def _expressions(decider: RowDecider, frame: pl.LazyFrame, paths: Paths, added: tuple[str, ...]) -> Expressions | None:
    """How Polars can decide the frame by itself; None where it cannot, or is asked for rules, or reads cells."""
    if RULES in added or decider.blanks or decider.form.cells:
        return None
    columns = {
        name: reduce(lambda found, part: found.struct.field(part), inner, pl.col(first))
        for name, (first, *inner) in paths.items()
    }
    kinds = frame.select(column.alias(name) for name, column in columns.items()).collect_schema()
    return verdict_expressions(decider.policy, {name: (column, kinds[name]) for name, column in columns.items()})


def _decided_by_itself(
    own: Expressions, frame: pl.DataFrame, paths: Paths, added: tuple[str, ...]
) -> pl.DataFrame | None:
    """The frame as Polars decides it; None where it is asked why some row has no verdict."""
    if not _is_whole(frame, paths, own.needed):
        return _certain(own, frame, added)
    return _with_problem(frame.hstack([frame.select(own.whole).to_series()]), added)


def _certain(own: Expressions, frame: pl.DataFrame, added: tuple[str, ...]) -> pl.DataFrame | None:
    """A frame with nulls and what is certain all the same; None where it is asked why nothing is."""
    return None if PROBLEM in added else frame.hstack([frame.select(own.certain()).to_series()])


def _is_whole(frame: pl.DataFrame, paths: Paths, needed: Iterable[str]) -> bool:
    return not any(_at(frame, paths[name]).null_count() for name in needed)


def _with_problem(frame: pl.DataFrame, added: tuple[str, ...]) -> pl.DataFrame | None:
    """A frame with its verdicts as it was asked for; None where that is why some row has none."""
    if PROBLEM not in added:
        return frame
    if frame.get_column(VERDICT).null_count():
        return None
    return frame.hstack([pl.repeat(None, frame.height, dtype=pl.String(), eager=True).alias(PROBLEM)])


def _schema(decider: RowDecider, frame: pl.DataFrame) -> pa.Schema:
    """The names of all columns, with the Arrow types of those that may answer a field."""
    asked = heads(decider.policy, decider.form)
    kinds = {name: _arrow_type(name, frame.get_column(name)) for name in frame.columns if name in asked}
    return pa.schema([(name, kinds.get(name, pa.null())) for name in frame.columns])


def _arrow_type(name: str, column: pl.Series) -> pa.DataType:
    try:
        return column.head(0).to_arrow().type
    except pa.ArrowInvalid:
        message = f"the column `{name}` holds values of the type `{column.dtype}`, which Arrow has no type for"
        raise TableError(
            [Problem("wrong-type", message, (Place("table", path=name),), "cast it to one of 64 bits")]
        ) from None


def _at(frame: pl.DataFrame, path: Path) -> pl.Series:
    column = frame.get_column(path[0])
    for name in path[1:]:
        column = column.struct.field(name)
    return column


class _Arrow:
    """Hands columns over to Arrow, part after part of the same frame."""

    def __init__(self) -> None:
        # The texts of a categorical by their codes, as far as all of them are known: they are the same in every part.
        self._texts: dict[str, pa.Array] = {}

    def array(self, name: str, column: pl.Series) -> pa.Array:
        """The column of a field."""
        if column.dtype == pl.Categorical:
            return self._categories(name, column)
        return column.to_arrow(compat_level=pl.CompatLevel.newest())

    def _categories(self, name: str, column: pl.Series) -> pa.Array:
        """A categorical as a dictionary; Polars would look through its categories for each part, and each row."""
        there = column.drop_nulls() if column.null_count() else column
        places = there.to_physical().to_numpy()
        most = int(places.max()) if len(places) else _MOST_CATEGORIES
        if most >= _MOST_CATEGORIES:
            return column.to_arrow()
        texts = self._texts.get(name)
        if texts is None or most >= len(texts):
            many = np.bincount(places).tolist()
            firsts = [int(np.argmax(places == code)) if times else 0 for code, times in enumerate(many)]
            texts = there.gather(firsts).cast(pl.String).to_arrow()
            if all(many):
                self._texts[name] = texts
        return pa.DictionaryArray.from_arrays(column.to_physical().to_arrow(), texts, safe=False)


def _verdict(found: TableVerdicts) -> pl.Series:
    """The verdicts, chosen by their bits: far quicker than to make an Enum of numbers."""
    planes = [str(place) for place in range(len(found.planes))]
    bits = pl.DataFrame(
        [pl.Series(name, as_arrow(plane, found.rows)) for name, plane in zip(planes, found.planes, strict=True)]
        + [pl.Series(_DECIDED, as_arrow(found.decided, found.rows))]
    )
    chosen = _choice(list(found.names), [pl.col(name) for name in planes], pl.Enum(list(found.names)))
    if count(found.decided) < found.rows or len(found.names) == 1:
        chosen = pl.when(_DECIDED).then(chosen)
    parts = [part.select(chosen.alias(VERDICT)).to_series() for part in bits.iter_slices(_AT_ONCE)]
    return pl.concat(parts, rechunk=False) if parts else pl.Series(VERDICT, [], pl.Enum(list(found.names)))


def _choice(names: Sequence[str], planes: Sequence[pl.Expr], kind: pl.Enum) -> pl.Expr:
    """The name whose place has these bits, the highest asked first."""
    if len(names) == 1:
        return pl.lit(names[0], dtype=kind)
    half = 1 << (len(planes) - 1)
    low = _choice(names[:half], planes[:-1], kind)
    if len(names) <= half:
        return low
    return pl.when(planes[-1]).then(_choice(names[half:], planes[:-1], kind)).otherwise(low)


def _texts(found: TableVerdicts, name: str) -> pl.Series:
    coded = found.column(name)
    if not coded.texts:
        return pl.Series(name, [], pl.String).clear(found.rows)
    return pl.Series(name, arrow_column(coded)).cast(pl.String)
