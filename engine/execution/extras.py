"""Optional packages: is what a kind of work needs installed, and which command installs it?

Deciding one record needs none of them. They are grouped as the extras of `pyproject.toml`.
"""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec

from engine.problems import OneverdictError, Problem

_DISTRIBUTION = "oneverdict"


class NotInstalledError(OneverdictError, ImportError):
    """An optional package that the work needs is not installed; the help is a command that installs it.

    It is an `ImportError` as well.

    Example:
        >>> from engine import NotInstalledError
        >>> issubclass(NotInstalledError, ImportError)
        True
    """


class TableError(OneverdictError):
    """A table that a policy cannot decide, such as one of an unknown type or with an ambiguous column.

    Example:
        >>> from engine import TableError, batch, load
        >>> try:
        ...     batch(load("other-interviews"), [{"offer": "hint"}])
        ... except TableError as error:
        ...     print(error.problems[0].message)
        a `list` is no table that can be decided
    """


def need(extra: str, work: str, *names: str) -> None:
    """Makes sure that the packages for some work can be imported.

    Args:
        extra: The extra of the distribution that brings them.
        work: What needs them, as the beginning of a sentence: `SQL is written`.
        names: The modules to import.

    Raises:
        NotInstalledError: One of them is missing; the help is a command that installs all that the extra brings.
    """
    missing = [name for name in names if not _is_there(name)]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        message = f"{work} with {' and '.join(missing)}, which {verb} not installed"
        help_ = f"install it with `{install_command(extra, names)}`"
        raise NotInstalledError([Problem("not-installed", message, (), help_)])


def install_command(extra: str, names: tuple[str, ...]) -> str:
    """A command that installs what an extra brings into the Python that runs.

    It names the packages themselves, not the extra, so that it works however this distribution came here: from an
    index, a wheel or a clone.
    """
    wanted = _requirements(extra) or names
    return " ".join([_quoted(sys.executable or "python3"), "-m pip install", *map(_quoted, wanted)])


def _requirements(extra: str) -> list[str]:
    """What the metadata of the installed distribution demands for an extra; nothing where it is not installed."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        found = requires(_DISTRIBUTION) or []
    except PackageNotFoundError:
        return []
    marked = re.compile(rf";\s*extra\s*==\s*['\"]{re.escape(extra)}['\"]\s*$")
    return [marked.sub("", each).strip() for each in found if marked.search(each)]


def _quoted(word: str) -> str:
    """A word as the shells of Unix and Windows read it."""
    return word if re.fullmatch(r"[\w./\\:=+-]+", word) else f'"{word}"'


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ValueError:
        # What was put in its place without a specification is nothing to import.
        return False
