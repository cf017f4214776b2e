"""Parsing table names, optionally qualified by schema and database."""

from __future__ import annotations

import re

from engine.execution.sql.limits import SqlError
from engine.problems import printable

# The maximum number of name parts in each dialect: table, schema, database.
_MOST_PARTS = {"duckdb": 3, "postgres": 3, "sqlite": 2, "spark": 3}
_PART = r'"(?:[^"]|"")+"|[^".]+'


def table_parts(name: str, dialect: str) -> list[str]:
    """Split a table name into its parts, the table itself last.

    Args:
        name: The parts separated by dots; a part in double quotes may contain dots, and quotes written twice.
        dialect: One of the tested dialects.

    Raises:
        SqlError: The name has more parts than the dialect supports, or a part that is empty or unprintable.

    >>> table_parts('shop."old.orders"', "sqlite")
    ['shop', 'old.orders']
    """
    shown = printable(name)
    help_ = 'write `table` or `schema.table`; a part with a dot in it goes in double quotes: `"old.orders"`'
    if not re.fullmatch(rf"(?:{_PART})(?:\.(?:{_PART}))*", name):
        raise _name_error(f"`{shown}` does not name a table", help_)
    parts = [part[1:-1].replace('""', '"') if part.startswith('"') else part for part in re.findall(_PART, name)]
    if not all(part.strip() and part.isprintable() for part in parts):
        raise _name_error(f"`{shown}` does not name a table: a part of it is empty or cannot be seen", help_)
    most = _MOST_PARTS[dialect]
    if len(parts) > most:
        raise _name_error(
            f"`{shown}` has {len(parts)} parts, and the name of a table in `{dialect}` has at most {most}", help_
        )
    return parts


def _name_error(message: str, help_: str) -> SqlError:
    """The error for an invalid table name."""
    return SqlError.of("sql-table", message, (), help_)
