"""Assembling the result columns into one readable write_query."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import ErrorLevel, exp

from engine.execution.sql.expressions import Expression
from engine.execution.sql.own_names import rename_columns
from engine.execution.sql.writing import Columns
from engine.language.model.policy import Policy
from engine.language.situations.table_format import TableFormat


def write_query(
    policy: Policy,
    dialect: str,
    columns: Columns,
    table: Sequence[str],
    form: TableFormat,
    *,
    rules: bool,
    steps: bool,
    problem: bool,
    outputs: bool,
) -> str:
    """Write the query, below a comment with the name and hash of the policy."""
    found = _select({"verdict": rename_columns(policy, columns.verdict(), form)}, _table(table))
    made = {"rules": columns.rules(), "possible_rules": columns.possible_rules()} if rules else {}
    made |= columns.steps() if steps else {}
    made |= {"problem": columns.problem()} if problem else {}
    made |= columns.outputs() if outputs else {}
    asked = {name: rename_columns(policy, each, form) for name, each in made.items()}
    if asked:
        found = _select(asked, found.subquery(exp.Identifier(this="decided", quoted=True), copy=False))
    version = f" {_plain(policy.version)}" if policy.version else ""
    lines = [f"-- {policy.name}{version}, sha256 {policy.sha256}, as {dialect} SQL by oneverdict"]
    return "\n".join([*lines, as_sql(found, dialect, pretty=True)])


def as_sql(expression: Expression, dialect: str, *, pretty: bool = False) -> str:
    """Format an expression; raises sqlglot's `UnsupportedError` if the dialect lacks a feature."""
    return expression.sql(dialect, pretty=pretty, copy=False, unsupported_level=ErrorLevel.RAISE)


def _plain(text: str) -> str:
    """Text for a one-line comment."""
    return " ".join(text.split())


def _table(parts: Sequence[str]) -> Expression:
    """A table by the parts of its name, the table itself last."""
    *above, last = [exp.Identifier(this=part, quoted=True) for part in parts]
    found: Expression = exp.Table(this=last, db=above[-1] if above else None, catalog=above[0] if above[1:] else None)
    return found


def _select(columns: dict[str, Expression], source: Expression) -> exp.Select:
    """Select all columns of a source, and further named columns."""
    named = [exp.Alias(this=each, alias=exp.Identifier(this=name, quoted=True)) for name, each in columns.items()]
    return exp.select(exp.Star(), *named, copy=False).from_(source, copy=False)
