"""Is what a table needs installed, which whoever decides one record does without?"""

from __future__ import annotations

from importlib.util import find_spec

from engine.problems import OneverdictError, Problem


class TableError(OneverdictError):
    """A table as a whole cannot be decided by a policy."""


def need_tables(*names: str) -> None:
    """Raises `TableError` where one of these packages for tables is not installed."""
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        message = f"tables are decided with {' and '.join(missing)}, which {_is(missing)} not installed"
        raise TableError([Problem("not-installed", message, (), "`pip install 'oneverdict[tables]'` installs it all")])


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
