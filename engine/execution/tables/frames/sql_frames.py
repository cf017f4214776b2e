"""Verdict columns for DuckDB relations and Spark data frames, computed as SQL without moving data.

Spark interprets expressions beyond some hundreds of rules, and SQL cannot evaluate partly answered sums exactly. In
these cases, each Spark worker decides Arrow batches in Python instead.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import pyarrow as pa

from engine.execution.extras import TableError
from engine.execution.output_cells import step_column
from engine.execution.program import verdict_program
from engine.execution.sql.limits import most_digits
from engine.execution.sql.policy_sql import SqlColumns, columns_sql
from engine.execution.tables.columns.matching import Path, Paths, find_columns
from engine.execution.tables.frames.arrow_frames import decide_table
from engine.execution.tables.kernels.row_decider import RowDecider
from engine.execution.tables.kernels.table_verdicts import DECIDING, PROBLEM, RULES, VERDICT
from engine.frozen import NamedTuple
from engine.language.model.field_kinds import CHOICE, TEXT, Field
from engine.language.model.policy import Policy
from engine.language.model.values.value_texts import expected
from engine.language.situations.table_format import TableFormat
from engine.meaning.logic import policy_of_step
from engine.problems import Place, Problem

# With more tests than this, Spark does not compile the condition.
_MOST_TESTS = 300
# The maximum precision of decimals in DuckDB and Spark.
_MOST_DIGITS = 38
# DuckDB exports these types as texts but does not compare them with texts.
_STRANGE = ("JSON", "UUID")


def decide_duckdb(decider: RowDecider, relation: Any, added: tuple[str, ...]) -> Any:
    """Append the columns `added` to a DuckDB relation; raises `TableError` and `SqlError`."""
    policy = decider.policy
    schema = relation.limit(0).to_arrow_table().schema
    paths = find_columns(policy, schema, added, form=decider.form)
    types = dict(zip(relation.columns, relation.types, strict=True))
    strange = [name for name, path in paths.items() if str(_type_at(types, path)) in _STRANGE]
    problems = [*_name_clashes(relation.columns, paths, added), *_type_problems(policy, schema, paths, strange)]
    problems += _notation_problems(decider.form, paths)
    if problems:
        raise TableError(problems)
    inner = {name: path for name, path in paths.items() if len(path) > 1}
    texts = tuple(
        (name, held) for name, path in paths.items() if (held := _enum_values(_type_at(types, path))) is not None
    )
    found = _sql(policy, frozenset(paths), texts, _names(paths), _Asked.of(policy, added))
    # Names of fields and of result columns consist of letters, digits, `_` and dots, so quoting is enough.
    for name, path in inner.items():
        # In dot notation, it could refer to a table of that name.
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
    asked: _Asked,
) -> SqlColumns:
    """The SQL expressions for columns of this form, cached, since generating them takes some milliseconds."""
    return columns_sql(policy, "duckdb", columns=columns, texts=dict(texts), names=dict(names), **asked._asdict())


class _Asked(NamedTuple):
    """Which columns are added beside the verdict and the problem."""

    rules: bool
    steps: bool
    outputs: bool

    @classmethod
    def of(cls, policy: Policy, added: tuple[str, ...]) -> _Asked:
        """Return what columns with these names say."""
        steps = {step_column(name) for name in policy.step}
        outputs = not {VERDICT, *DECIDING, *steps, PROBLEM}.issuperset(added)
        return cls(RULES in added, not steps.isdisjoint(added), outputs)


def _names(paths: Paths) -> tuple[tuple[str, str], ...]:
    """Fields whose column has another name. Struct members are projected to columns with the field's name."""
    return tuple((name, path[0]) for name, path in paths.items() if len(path) == 1 and path[0] != name)


def _notation_problems(form: TableFormat, paths: Paths) -> list[Problem]:
    """Problems with columns in other notations, which SQL does not read."""
    return [
        Problem(
            "wrong-type",
            f"the column `{'.'.join(paths[name])}` has its own notation, which SQL cannot read",
            (Place("table", path=".".join(paths[name])),),
            "fetch the relation as a table first, with `.pl()` or `.to_arrow_table()`",
        )
        for name in form.cells
        if name in paths
    ]


def _type_at(types: Mapping[str, Any], path: Path) -> Any:
    """The type of the column at a path."""
    kind = types[path[0]]
    for name in path[1:]:
        kind = dict(kind.children)[name]
    return kind


def _enum_values(kind: Any) -> tuple[str, ...] | None:
    """The values of an ENUM type; None for other types."""
    return tuple(dict(kind.children)["values"]) if kind.id == "enum" else None


def decide_spark(decider: RowDecider, frame: Any, added: tuple[str, ...]) -> Any:
    """Append the columns `added` to a Spark data frame; raises `TableError` and `SqlError`."""
    policy = decider.policy
    from pyspark.sql import functions
    from pyspark.sql.pandas.types import to_arrow_schema

    schema = to_arrow_schema(frame.schema)
    paths = find_columns(policy, schema, added, form=decider.form)
    problems = _name_clashes(frame.columns, paths, added)
    if problems:
        raise TableError(problems)
    asked = _Asked.of(policy, added)
    programs = [verdict_program(policy)]
    programs += [verdict_program(policy_of_step(policy, name)) for name in policy.step if asked.steps]
    is_heavy = any(len(program.asks) > _MOST_TESTS or program.tied for program in programs)
    # No query works out amounts.
    is_heavy = is_heavy or (bool(policy.numbers_given) and asked.outputs)
    if is_heavy or _type_problems(policy, schema, paths) or decider.form.cells:
        return _decide_in_workers(policy, frame, added, decider.form)
    inner = {name: path for name, path in paths.items() if len(path) > 1}
    for name, path in inner.items():
        within = functions.col(f"`{path[0]}`")
        for part in path[1:]:
            within = within.getField(part)
        frame = frame.withColumn(name, within)
    names = dict(_names(paths))
    found = columns_sql(policy, "spark", columns=frozenset(paths), names=names, **asked._asdict())
    for name, sql in ((VERDICT, found.verdict), *found.beside_verdict()):
        if name in added:
            frame = frame.withColumn(name, functions.expr(sql))
    return frame.drop(*(functions.col(f"`{name}`") for name in inner))


def _decide_in_workers(policy: Policy, frame: Any, added: tuple[str, ...], form: TableFormat) -> Any:
    """Append the columns by deciding Arrow batches in the Spark workers."""
    from pyspark.sql.types import StringType, StructField, StructType

    names = frame.columns

    def decided(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        decider = _decider(policy, _Asked.of(policy, added), form)
        for batch in batches:
            table = decide_table(
                decider, pa.Table.from_batches([batch]).rename_columns(names), added, lambda near: None
            )
            kinds = [pa.string() if field.name in added else field.type for field in table.schema]
            yield from table.cast(pa.schema(list(zip(table.schema.names, kinds, strict=True)))).to_batches()

    new = [StructField(name, StringType()) for name in added]
    # Spark reads a dot in a column name as a struct access when it exports the columns.
    plain = frame.toDF(*(f"column_{place}" for place in range(len(names))))
    return plain.mapInArrow(decided, StructType([*frame.schema.fields, *new]))


@lru_cache(maxsize=8)
def _decider(policy: Policy, asked: _Asked, form: TableFormat) -> RowDecider:
    """The decider of a worker, cached for all its batches."""
    return RowDecider(policy, form=form, **asked._asdict())


def _name_clashes(columns: Iterable[str], paths: Paths, added: tuple[str, ...]) -> list[Problem]:
    """Problems with columns whose names differ only in case from a needed or added one: databases ignore case."""
    inner = (name for name, path in paths.items() if len(path) > 1)
    asked = {name.casefold(): name for name in (*inner, *(path[0] for path in paths.values()), *added)}
    clashing = {name: asked.get(name.casefold(), name) for name in columns}
    return [
        Problem(
            "name-clash",
            f"the database does not distinguish the column `{name}` from `{meant}`",
            (Place("table", path=name),),
            "rename the column",
        )
        for name, meant in clashing.items()
        if name != meant
    ]


def _type_problems(policy: Policy, schema: pa.Schema, paths: Paths, strange: Container[str] = ()) -> list[Problem]:
    """Problems with columns whose values SQL reads differently from tables in memory.

    Those are texts in place of other values, single-precision floats, timestamps, text-like `strange` types, and
    decimals with too many digits for an exact comparison.
    """
    problems = []
    columns = {name: path for name, path in paths.items() if name in policy.field}
    for name, path in columns.items():
        kind = _arrow_type_at(schema, path)
        is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)
        is_other = pa.types.is_float32(kind) or pa.types.is_float16(kind) or pa.types.is_timestamp(kind)
        is_read = is_text and policy.field[name].kind in (CHOICE, TEXT) and name not in strange
        if is_other or (is_text and not is_read) or _is_wide(policy, policy.field[name], kind):
            message = f"the column `{name}` holds values of the type `{kind}`, which SQL does not read exactly"
            help_ = f"cast it: expected {expected(policy.field[name])}"
            problems.append(Problem("wrong-type", message, (Place("table", path=name),), help_))
    return problems


def _is_wide(policy: Policy, field: Field, kind: pa.DataType) -> bool:
    """Whether no decimal type holds both the values of a column and the constants that they are compared with."""
    if not pa.types.is_decimal(kind):
        return False
    whole, places = most_digits(policy, field)
    precision, scale = int(kind.precision), int(kind.scale)
    return max(whole, precision - scale) + max(places, scale) > _MOST_DIGITS


def _arrow_type_at(schema: pa.Schema, path: Path) -> pa.DataType:
    """The Arrow type of the column at a path."""
    kind = schema.field(path[0]).type
    for name in path[1:]:
        kind = kind.field(name).type
    return kind
