"""How are the verdicts of a table that a database or a cluster holds put beside its columns: DuckDB and Spark?

As SQL, so that nothing leaves the database. Spark falls to interpreted code past some hundreds of rules, and SQL cannot
tell what a sum makes of an answer that is missing: then each worker decides Arrow batches as this process would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import pyarrow as pa

from engine.execution.extras import TableError
from engine.execution.program import verdict_program
from engine.execution.sql.policy_sql import SqlColumns, columns_sql
from engine.execution.tables.arrow_frames import decide_table
from engine.execution.tables.matching import Path, Paths, find_columns
from engine.execution.tables.row_decider import RowDecider
from engine.execution.tables.table_verdicts import PROBLEM, RULES, VERDICT
from engine.language.policy import CHOICE, TEXT, Policy
from engine.language.values import expected
from engine.problems import Place, Problem

# With more tests than this Spark no longer compiles the condition.
_MOST_TESTS = 300


def decide_duckdb(decider: RowDecider, relation: Any, added: tuple[str, ...]) -> Any:
    """The DuckDB relation with the columns `added` at its end; raises `TableError` and `SqlError`."""
    policy = decider.policy
    schema = relation.limit(0).to_arrow_table().schema
    paths = find_columns(policy, schema, added)
    problems = _unread(policy, schema, paths)
    if problems:
        raise TableError(problems)
    inner = {name: path for name, path in paths.items() if len(path) > 1}
    types = dict(zip(relation.columns, relation.types, strict=True))
    texts = tuple((name, held) for name, path in paths.items() if (held := _texts(types, path)) is not None)
    found = _sql(policy, frozenset(paths), texts, RULES in added)
    # Names of fields and of the result are letters, digits, `_` and dots: they need quotes and nothing else.
    for name, path in inner.items():
        within = ".".join(f'"{part}"' for part in path)
        relation = relation.project(f'*, {within} AS "{name}"')
    relation = relation.project(f'*, {found.verdict} AS "{VERDICT}"')
    rest = [f'{sql} AS "{name}"' for name, sql in ((RULES, found.rules), (PROBLEM, found.problem)) if name in added]
    hidden = ", ".join(f'"{name}"' for name in inner)
    without = f" EXCLUDE ({hidden})" if inner else ""
    return relation.project(", ".join([f"*{without}", *rest]))


@lru_cache(maxsize=32)
def _sql(
    policy: Policy, columns: frozenset[str], texts: tuple[tuple[str, tuple[str, ...]], ...], rules: bool
) -> SqlColumns:
    """Written once, whatever number of relations with such columns there are: it takes some milliseconds."""
    return columns_sql(policy, "duckdb", columns=columns, texts=dict(texts), rules=rules)


def _texts(types: Mapping[str, Any], path: Path) -> tuple[str, ...] | None:
    """The texts of an ENUM; None of a column of another type."""
    kind = types[path[0]]
    for name in path[1:]:
        kind = dict(kind.children)[name]
    return tuple(dict(kind.children)["values"]) if kind.id == "enum" else None


def decide_spark(decider: RowDecider, frame: Any, added: tuple[str, ...]) -> Any:
    """The Spark DataFrame with the columns `added` at its end; raises `TableError` and `SqlError`."""
    policy = decider.policy
    from pyspark.sql import functions
    from pyspark.sql.pandas.types import to_arrow_schema

    schema = to_arrow_schema(frame.schema)
    paths = find_columns(policy, schema, added)
    program = verdict_program(policy)
    if len(program.asks) > _MOST_TESTS or program.tied or _unread(policy, schema, paths):
        return _by_workers(policy, frame, added)
    inner = {name: path for name, path in paths.items() if len(path) > 1}
    for name, path in inner.items():
        frame = frame.withColumn(name, functions.col(".".join(f"`{part}`" for part in path)))
    found = columns_sql(policy, "spark", columns=frozenset(paths), rules=RULES in added)
    for name, sql in ((VERDICT, found.verdict), (RULES, found.rules), (PROBLEM, found.problem)):
        if name in added and sql is not None:
            frame = frame.withColumn(name, functions.expr(sql))
    return frame.drop(*(functions.col(f"`{name}`") for name in inner))


def _by_workers(policy: Policy, frame: Any, added: tuple[str, ...]) -> Any:
    from pyspark.sql.types import StringType, StructField, StructType

    names = frame.columns

    def decided(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        decider = _decider(policy, RULES in added)
        for batch in batches:
            table = decide_table(decider, pa.Table.from_batches([batch]).rename_columns(names), added)
            kinds = [pa.string() if field.name in added else field.type for field in table.schema]
            yield from table.cast(pa.schema(list(zip(table.schema.names, kinds, strict=True)))).to_batches()

    new = [StructField(name, StringType()) for name in added]
    # Spark takes a dot in a name for the way into a struct when it hands the columns over.
    plain = frame.toDF(*(f"column_{place}" for place in range(len(names))))
    return plain.mapInArrow(decided, StructType([*frame.schema.fields, *new]))


@lru_cache(maxsize=8)
def _decider(policy: Policy, rules: bool) -> RowDecider:
    """Made once in a worker, whatever number of parts it is given."""
    return RowDecider(policy, rules=rules)


def _unread(policy: Policy, schema: pa.Schema, paths: Paths) -> list[Problem]:
    """The columns that SQL does not read as tables do: texts as cells of a CSV file, singles as their decimals."""
    problems = []
    for name, path in paths.items():
        kind = _kind(schema, path)
        is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)
        is_single = pa.types.is_float32(kind) or pa.types.is_float16(kind)
        if is_single or (is_text and policy.field[name].kind not in (CHOICE, TEXT)):
            message = f"the column `{name}` holds values of the type `{kind}`, which SQL does not read exactly"
            help_ = f"cast it: expected {expected(policy.field[name])}"
            problems.append(Problem("wrong-type", message, (Place("table", path=name),), help_))
    return problems


def _kind(schema: pa.Schema, path: Path) -> pa.DataType:
    kind = schema.field(path[0]).type
    for name in path[1:]:
        kind = kind.field(name).type
    return kind
