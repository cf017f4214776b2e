"""What is a policy as SQL: the verdict of every row of a table, the rules that decide it, and why there is none?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from importlib.util import find_spec

from engine.analysis.proof import find_errors
from engine.language.policy import Policy
from engine.problems import OneverdictError, Problem, UnsoundError

# The dialects that are tried on their databases; sqlglot writes others too.
MOST_TESTS = 20_000
TESTED = ("duckdb", "postgres", "sqlite", "spark")


class SqlError(OneverdictError):
    """A policy could not be written as SQL."""


@dataclass(frozen=True)
class SqlColumns:
    """One SQL expression for each column of a result, over the columns of the records.

    `verdict` is the name of the verdict, `rules` those that decide, joined by `, `, in file order; both are NULL where
    there is no verdict. `problem` is then `wrong: ` and the fields with a wrong value, `impossible`, `undecided` or
    `unsettled`, and else NULL. The expressions may use helping columns that `steps` adds first, one step after the
    other: each is a list of names and expressions, over the columns of the records and of the steps before it. Often
    there are none.
    """

    verdict: str
    rules: str
    problem: str
    steps: tuple[tuple[tuple[str, str], ...], ...] = ()


def columns_sql(policy: Policy, dialect: str, columns: Collection[str] | None = None) -> SqlColumns:
    """The expressions for a table with these columns, all fields by default; a field without one is not answered.

    Raises `UnsoundError` for a policy that is not proved sound, and `SqlError` for one that cannot be written in the
    dialect, or where sqlglot is not installed.
    """
    errors = find_errors(policy)
    if errors:
        raise UnsoundError(finding.problem() for finding in errors)
    if find_spec("sqlglot") is None:
        help_ = "`pip install 'oneverdict[sql]'` installs it"
        raise SqlError([Problem("no-sqlglot", "SQL is written with sqlglot, which is not installed", (), help_)])
    from engine.execution.sql_writing import Columns

    found = Columns(policy, dialect, frozenset(policy.field if columns is None else columns), MOST_TESTS)
    return SqlColumns(*(each().sql(dialect) for each in (found.verdict, found.rules, found.problem)))
