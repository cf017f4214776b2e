"""How are the verdicts of a table that a database or a cluster holds put beside its columns: DuckDB and Spark?

As SQL, so that nothing leaves the database. Spark falls to interpreted code past some hundreds of rules, and SQL cannot
tell what a sum makes of an answer that is missing: then each worker decides Arrow batches as this process would.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import pyarrow as pa

from engine.execution.extras import TableError
from engine.execution.program import verdict_program
from engine.execution.sql.limits import most_digits
from engine.execution.sql.policy_sql import SqlColumns, columns_sql
from engine.execution.tables.columns.matching import Path, Paths, find_columns
from engine.execution.tables.frames.arrow_frames import decide_table
from engine.execution.tables.kernels.row_decider import RowDecider
from engine.execution.tables.kernels.table_verdicts import RULES, VERDICT
from engine.language.model.field_kinds import CHOICE, TEXT, Field
from engine.language.model.policy import Policy
from engine.language.model.values import expected
from engine.language.situations.table_format import TableFormat
from engine.problems import Place, Problem

# With more tests than this Spark no longer compiles the condition.
_MOST_TESTS = 300
# What the decimals of DuckDB and Spark hold.
_MOST_DIGITS = 38
# What DuckDB hands over as texts, and does not compare with them.
_STRANGE = ("JSON", "UUID")


def decide_duckdb(decider: RowDecider, relation: Any, added: tuple[str, ...]) -> Any:
    """The DuckDB relation with the columns `added` at its end; raises `TableError` and `SqlError`."""
    policy = decider.policy
    schema = relation.limit(0).to_arrow_table().schema
    paths = find_columns(policy, schema, added, form=decider.form)
    types = dict(zip(relation.columns, relation.types, strict=True))
    strange = [name for name, path in paths.items() if str(_type(types, path)) in _STRANGE]
    problems = [*_same_names(relation.columns, paths, added), *_unread(policy, schema, paths, strange)]
    problems += _in_other_words(decider.form, paths)
    if problems:
        raise TableError(problems)
    inner = {name: path for name, path in paths.items() if len(path) > 1}
    texts = tuple((name, held) for name, path in paths.items() if (held := _texts(_type(types, path))) is not None)
    found = _sql(policy, frozenset(paths), texts, _names(paths), RULES in added)
    # Names of fields and of the result are letters, digits, `_` and dots: they need quotes and nothing else.
    for name, path in inner.items():
        # With dots it would be the column of another table, if one is called so.
        within = f'"{path[0]}"' + "".join(f"['{part}']" for part in path[1:])
        relation = relation.project(f'*, {within} AS "{name}"')
    relation = relation.project(f'*, {found.verdict} AS "{VERDICT}"')
    rest = [f'{sql} AS "{name}"' for name, sql in found.beside_verdict() if name in added]
    hidden = ", ".join(f'"{name}"' for name in inner)
    without = f" EXCLUDE ({hidden})" if inner else ""
    return relation.project(", ".join([f"*{without}", *rest]))


@lru_cache(maxsize=32)
def _sql(
    policy: Policy,
    columns: frozenset[str],
    texts: tuple[tuple[str, tuple[str, ...]], ...],
    names: tuple[tuple[str, str], ...],
    rules: bool,
) -> SqlColumns:
    """Written once, whatever number of relations with such columns there are: it takes some milliseconds."""
    return columns_sql(policy, "duckdb", columns=columns, texts=dict(texts), names=dict(names), rules=rules)


def _names(paths: Paths) -> tuple[tuple[str, str], ...]:
    """The columns of fields that are not called like them; those in structs are called so on the way."""
    return tuple((name, path[0]) for name, path in paths.items() if len(path) == 1 and path[0] != name)


def _in_other_words(form: TableFormat, paths: Paths) -> list[Problem]:
    """The columns whose cells are written in a form of their own, which is read in memory and not in a database."""
    return [
        Problem(
            "wrong-type",
            f"the column `{'.'.join(paths[name])}` is written in words or signs of its own, which SQL does not read",
            (Place("table", path=".".join(paths[name])),),
            "fetch the relation as a table first, with `.pl()` or `.to_arrow_table()`",
        )
        for name in form.cells
        if name in paths
    ]


def _type(types: Mapping[str, Any], path: Path) -> Any:
    kind = types[path[0]]
    for name in path[1:]:
        kind = dict(kind.children)[name]
    return kind


def _texts(kind: Any) -> tuple[str, ...] | None:
    """The texts of an ENUM; None of a column of another type."""
    return tuple(dict(kind.children)["values"]) if kind.id == "enum" else None


def decide_spark(decider: RowDecider, frame: Any, added: tuple[str, ...]) -> Any:
    """The Spark DataFrame with the columns `added` at its end; raises `TableError` and `SqlError`."""
    policy = decider.policy
    from pyspark.sql import functions
    from pyspark.sql.pandas.types import to_arrow_schema

    schema = to_arrow_schema(frame.schema)
    paths = find_columns(policy, schema, added, form=decider.form)
    problems = _same_names(frame.columns, paths, added)
    if problems:
        raise TableError(problems)
    program = verdict_program(policy)
    if len(program.asks) > _MOST_TESTS or program.tied or _unread(policy, schema, paths) or decider.form.cells:
        return _by_workers(policy, frame, added, decider.form)
    inner = {name: path for name, path in paths.items() if len(path) > 1}
    for name, path in inner.items():
        within = functions.col(f"`{path[0]}`")
        for part in path[1:]:
            within = within.getField(part)
        frame = frame.withColumn(name, within)
    found = columns_sql(policy, "spark", columns=frozenset(paths), names=dict(_names(paths)), rules=RULES in added)
    for name, sql in ((VERDICT, found.verdict), *found.beside_verdict()):
        if name in added:
            frame = frame.withColumn(name, functions.expr(sql))
    return frame.drop(*(functions.col(f"`{name}`") for name in inner))


def _by_workers(policy: Policy, frame: Any, added: tuple[str, ...], form: TableFormat) -> Any:
    from pyspark.sql.types import StringType, StructField, StructType

    names = frame.columns

    def decided(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        decider = _decider(policy, RULES in added, form)
        for batch in batches:
            table = decide_table(
                decider, pa.Table.from_batches([batch]).rename_columns(names), added, lambda near: None
            )
            kinds = [pa.string() if field.name in added else field.type for field in table.schema]
            yield from table.cast(pa.schema(list(zip(table.schema.names, kinds, strict=True)))).to_batches()

    new = [StructField(name, StringType()) for name in added]
    # Spark takes a dot in a name for the way into a struct when it hands the columns over.
    plain = frame.toDF(*(f"column_{place}" for place in range(len(names))))
    return plain.mapInArrow(decided, StructType([*frame.schema.fields, *new]))


@lru_cache(maxsize=8)
def _decider(policy: Policy, rules: bool, form: TableFormat) -> RowDecider:
    """Made once in a worker, whatever number of parts it is given."""
    return RowDecider(policy, rules=rules, form=form)


def _same_names(columns: Iterable[str], paths: Paths, added: tuple[str, ...]) -> list[Problem]:
    """The columns that a database, which does not tell capitals apart, takes for one that is asked for or added."""
    inner = (name for name, path in paths.items() if len(path) > 1)
    asked = {name.casefold(): name for name in (*inner, *(path[0] for path in paths.values()), *added)}
    clashing = {name: asked.get(name.casefold(), name) for name in columns}
    return [
        Problem(
            "name-clash",
            f"the database does not tell the column `{name}` from `{meant}`",
            (Place("table", path=name),),
            "rename the column",
        )
        for name, meant in clashing.items()
        if name != meant
    ]


def _unread(policy: Policy, schema: pa.Schema, paths: Paths, strange: Container[str] = ()) -> list[Problem]:
    """The columns that SQL does not read as tables do, and those of a `strange` type that seems to be text.

    Texts are read as cells of a CSV file, singles as their decimals, moments as the days that they begin, and decimals
    with all digits that they have beside those of what they are compared with.
    """
    problems = []
    for name, path in paths.items():
        kind = _kind(schema, path)
        is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)
        is_other = pa.types.is_float32(kind) or pa.types.is_float16(kind) or pa.types.is_timestamp(kind)
        is_read = is_text and policy.field[name].kind in (CHOICE, TEXT) and name not in strange
        if is_other or (is_text and not is_read) or _is_wide(policy, policy.field[name], kind):
            message = f"the column `{name}` holds values of the type `{kind}`, which SQL does not read exactly"
            help_ = f"cast it: expected {expected(policy.field[name])}"
            problems.append(Problem("wrong-type", message, (Place("table", path=name),), help_))
    return problems


def _is_wide(policy: Policy, field: Field, kind: pa.DataType) -> bool:
    """Whether there is no decimal type for a column's values and what they are compared with alike."""
    if not pa.types.is_decimal(kind):
        return False
    whole, places = most_digits(policy, field)
    precision, scale = int(kind.precision), int(kind.scale)
    return max(whole, precision - scale) + max(places, scale) > _MOST_DIGITS


def _kind(schema: pa.Schema, path: Path) -> pa.DataType:
    kind = schema.field(path[0]).type
    for name in path[1:]:
        kind = kind.field(name).type
    return kind
