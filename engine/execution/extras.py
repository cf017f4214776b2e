"""Is what a kind of work needs installed, which whoever decides one record does without?"""

from __future__ import annotations

from importlib.util import find_spec

from engine.problems import OneverdictError, Problem


class NotInstalledError(OneverdictError, ImportError):
    """A package that this work needs is not installed."""


class TableError(OneverdictError):
    """A table as a whole cannot be decided by a policy."""


def need(extra: str, work: str, *names: str) -> None:
    """Raises `NotInstalledError` where one of the packages for some work is missing; an extra installs them all."""
    missing = [name for name in names if not _is_there(name)]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        message = f"{work} with {' and '.join(missing)}, which {verb} not installed"
        help_ = f"install it with `pip install 'oneverdict[{extra}]'`"
        raise NotInstalledError([Problem("not-installed", message, (), help_)])


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ValueError:
        # What was put in its place without a specification is nothing to import.
        return False
