"""Public functions that compile a policy to SQL: `write_sql` for a query, `columns_sql` for expressions.

SQL is generated with sqlglot, an optional dependency that is imported only when needed.
"""

from __future__ import annotations

from collections.abc import Collection, KeysView, Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.analysis.proving.errors import require_sound
from engine.execution.extras import need
from engine.execution.sql.limits import SqlError, refuse_amounts
from engine.execution.sql.table_name import table_parts
from engine.frozen import FrozenDict
from engine.language.documents.name_suggestions import did_you_mean
from engine.language.model.arguments import require, require_flag
from engine.language.model.field_kinds import NONE
from engine.language.model.policy import Policy, require_policy
from engine.language.situations.columns_file import ColumnsSource, add_columns, load_columns
from engine.language.situations.table_format import OWN_NAMES, TableFormat
from engine.problems import printable

if TYPE_CHECKING:
    from engine.execution.sql.expressions import Expression
    from engine.execution.sql.writing import Columns

# The dialects that the tests run on their databases.
TESTED = ("duckdb", "postgres", "sqlite", "spark")


@dataclass(frozen=True)
class SqlColumns:
    """The SQL expressions of a result, for use in one's own queries.

    `verdict` is an expression over the columns of the records; the others are over those and the column `verdict`. Each
    is NULL where it has nothing to say.

    Attributes:
        verdict: The name of the verdict.
        rules: The rules that decide whatever the missing answers are, in file order, joined by `, `; None if not asked
            for.
        possible_rules: The rules that decide for some completions only, likewise.
        problem: Why there is no verdict: `wrong: ` and the fields with a wrong answer, `impossible`, `undecided`, or
            `unsettled` if a missing answer is tied to others by a sum, or a sum is too large for the database.
        outputs: For each column of an output, such as `output.fee`, its text; empty if not asked for.
        steps: For each column of a step, such as `steps.risk`, its outcome, over the columns of the records; empty if
            not asked for.

    Example:
        >>> from engine import columns_sql, load
        >>> columns = columns_sql(load("parcel-prices"), "duckdb")
        >>> [name for name, _ in columns.beside_verdict()]
        ['rules', 'possible_rules', 'problem']
    """

    verdict: str
    rules: str | None
    possible_rules: str | None
    problem: str
    outputs: Mapping[str, str] = FrozenDict()
    steps: Mapping[str, str] = FrozenDict()

    def beside_verdict(self) -> list[tuple[str, str]]:
        """Return pairs of column name and expression for all columns but `verdict`, in the order of the result."""
        rules = (("rules", self.rules), ("possible_rules", self.possible_rules))
        found = (*rules, *self.steps.items(), ("problem", self.problem), *self.outputs.items())
        return [(name, sql) for name, sql in found if sql is not None]


def columns_sql(
    policy: Policy,
    dialect: str,
    *,
    columns: Collection[str] | None = None,
    texts: Mapping[str, Collection[str]] | None = None,
    names: Mapping[str, str] | None = None,
    rules: bool = True,
    steps: bool = False,
    outputs: bool = False,
) -> SqlColumns:
    """Write the SQL expressions that decide the rows of a table.

    Args:
        policy: The policy, from `load`.
        dialect: `duckdb`, `postgres`, `sqlite` or `spark`.
        columns: Names of the fields that have a column; all fields by default. Answers to other fields are missing.
            Where a field has `or_none` and is no choice or text, `FIELD.none` is a yes/no column of its own.
        texts: Field name to all texts that its column can hold, as an ENUM type declares them.
        names: Field name to column name, where they differ.
        rules: Include the expressions of the rules.
        steps: Include the expressions of the steps.
        outputs: Include the expressions of the outputs.

    Returns:
        The expressions, as text.

    Raises:
        UnsoundError: The policy is not proved sound.
        SqlError: The dialect is not supported, or the policy is too large for it or compares numbers that it cannot
            hold.
        NotInstalledError: The extra `sql` is not installed.
        PolicyError: `names` has an unknown field.
        TypeError: `policy` is not a policy, or another argument has the wrong type.

    Example:
        >>> from engine import columns_sql, load
        >>> columns = columns_sql(load("other-interviews"), "sqlite", columns=["offer"])
        >>> columns.verdict.startswith("CASE")
        True
    """
    _require(policy, dialect, "columns_sql")
    require_flag(rules, "columns_sql", "rules", True)
    require_flag(steps, "columns_sql", "steps", False)
    require_flag(outputs, "columns_sql", "outputs", False)
    way = "take the names of the columns that answer fields"
    if columns is not None:
        require(columns, (list, tuple, Set, KeysView), "columns_sql", "columns", "a list of names", way)
    if texts is not None:
        require(texts, Mapping, "columns_sql", "texts", "a mapping from columns to the texts they hold", way)
    if names is not None:
        what = "a mapping from fields to columns"
        require(names, Mapping, "columns_sql", "names", what, way)
        for each in (*names, *names.values()):
            require(each, str, "columns_sql", "names", what, way)
    form = add_columns(policy, names or {}, (), "names")
    if outputs:
        refuse_amounts(policy)
    found = _columns(policy, dialect, columns, texts or {}, form)
    from engine.execution.sql.own_names import rename_columns
    from engine.execution.sql.query import as_sql

    def written(column: Expression) -> str:
        return as_sql(rename_columns(policy, column, form), dialect)

    return SqlColumns(
        written(found.verdict()),
        written(found.rules()) if rules else None,
        written(found.possible_rules()) if rules else None,
        written(found.problem()),
        FrozenDict({name: written(column) for name, column in found.outputs().items()} if outputs else {}),
        FrozenDict({name: written(column) for name, column in found.steps().items()} if steps else {}),
    )


def write_sql(
    policy: Policy,
    dialect: str,
    *,
    table: str = "records",
    rules: bool = False,
    steps: bool = False,
    problem: bool = False,
    outputs: bool = False,
    columns: ColumnsSource | None = None,
) -> str:
    """Write a query that decides the rows of a table: all its columns, and the column `verdict`.

    Args:
        policy: The policy, from `load`.
        dialect: `duckdb`, `postgres`, `sqlite` or `spark`.
        table: Name of the table, qualified by its schema if need be.
        rules: Add the columns `rules` and `possible_rules`; see `SqlColumns`.
        steps: Add a column for the outcome of each step, such as `steps.risk`; NULL where it is open, or there is no
            verdict because of a wrong answer.
        problem: Add the column `problem`; see `SqlColumns`.
        outputs: Add a column for each output; see `SqlColumns`.
        columns: The format of the table, if it was not made for the policy, as `batch` takes it.

    Returns:
        The query, as text.

    Raises:
        UnsoundError: The policy is not proved sound.
        SqlError: The dialect is not supported, or the policy is too large for it or compares numbers that it cannot
            hold.
        NotInstalledError: The extra `sql` is not installed.
        PolicyError: `columns` cannot be read, or does not fit the policy.
        TypeError: `policy` is not a policy, or another argument has the wrong type.

    Example:
        >>> import duckdb
        >>> from engine import load, write_sql
        >>> policy = load("parcel-prices")
        >>> parcels = duckdb.sql("SELECT 'home' AS zone, 'shoebox' AS size, 1.5 AS weight, FALSE AS express")
        >>> duckdb.sql(write_sql(policy, "duckdb", table="parcels")).fetchall()
        [('home', 'shoebox', Decimal('1.5'), False, 'euros-6')]
    """
    _require(policy, dialect, "write_sql")
    require_flag(rules, "write_sql", "rules", False)
    require_flag(steps, "write_sql", "steps", False)
    require_flag(problem, "write_sql", "problem", False)
    require_flag(outputs, "write_sql", "outputs", False)
    require(table, str, "write_sql", "table", "the name of a table", "leave it out for `records`")
    check_dialect(dialect)
    parts = table_parts(table, dialect)
    if outputs:
        refuse_amounts(policy)
    form = OWN_NAMES if columns is None else load_columns(policy, columns, "write_sql")
    answered = [name for name in _all_columns(policy) if name.removesuffix(f".{NONE}") not in form.unanswered]
    found = _columns(policy, dialect, answered, {}, form)
    from engine.execution.sql.query import write_query

    return write_query(policy, dialect, found, parts, form, rules=rules, steps=steps, problem=problem, outputs=outputs)


def _require(policy: object, dialect: object, function: str) -> None:
    """Raise `TypeError` if the policy or the name of the dialect has the wrong type."""
    require_policy(policy, function)
    listed = ", ".join(f'"{name}"' for name in TESTED)
    require(dialect, str, function, "dialect", "the name of a database", f"take one of {listed}")


def check_dialect(dialect: str) -> None:
    """Raise `SqlError` for an untested dialect: generated SQL might be wrong there."""
    if dialect not in TESTED:
        listed = ", ".join(f"`{name}`" for name in TESTED)
        near = "" if dialect in _others() else did_you_mean(dialect, TESTED)
        help_ = f"{near}; SQL is written for {listed}" if near.startswith("did you mean") else f"take one of {listed}"
        message = f"no SQL is written for `{printable(dialect)}`: it is not tested on that database"
        raise SqlError.of("unknown-dialect", message, (), help_)


def _others() -> set[str]:
    """The names of all dialects that sqlglot knows."""
    need("sql", "SQL is written", "sqlglot")
    from sqlglot.dialects.dialect import Dialects

    return {each.value for each in Dialects}


def _columns(
    policy: Policy,
    dialect: str,
    columns: Collection[str] | None,
    texts: Mapping[str, Collection[str]],
    form: TableFormat,
) -> Columns:
    """The result columns of a policy; raises as the public functions do."""
    need("sql", "SQL is written", "sqlglot")
    check_dialect(dialect)
    require_sound(policy)
    from engine.execution.sql.own_names import check_form
    from engine.execution.sql.writing import Columns

    check_form(policy, form)
    return Columns(policy, dialect, frozenset(_all_columns(policy) if columns is None else columns), texts, form)


def _all_columns(policy: Policy) -> list[str]:
    """The columns that a table may have: one for each field, and those that say where the answer is `none`."""
    beside = (field.none_column for field in policy.fields)
    return [*policy.field, *(name for name in beside if name is not None)]
