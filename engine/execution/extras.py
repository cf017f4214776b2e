"""Optional dependencies: checking for them, and the command that installs them.

Deciding one record needs none of them. They are grouped as the extras of `pyproject.toml`.
"""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec

from engine.problems import OneverdictError

_DISTRIBUTION = "oneverdict"


class NotInstalledError(OneverdictError, ImportError):
    """An optional package is not installed; the help of the problem is a command that installs it.

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
        a `list` is not a table that can be decided
    """


def need(extra: str, work: str, *names: str) -> None:
    """Check that optional packages can be imported.

    Args:
        extra: The extra of the distribution that installs them.
        work: What needs them, as the beginning of a sentence: `SQL is written`.
        names: The modules to import.

    Raises:
        NotInstalledError: One of them is missing; the help is a command that installs everything in the extra.
    """
    missing = [name for name in names if not _is_there(name)]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        listed = " and ".join([", ".join(missing[:-1]), missing[-1]] if len(missing) > 1 else missing)
        message = f"{work} with {listed}, which {verb} not installed"
        help_ = f"install it with `{install_command(extra, names)}`"
        raise NotInstalledError.of("not-installed", message, (), help_)


def install_command(extra: str, names: tuple[str, ...]) -> str:
    """The command that installs the packages of an extra for the running Python.

    It lists the packages instead of the extra, so it works however this distribution was installed: from an index, a
    wheel or a clone.
    """
    wanted = _requirements(extra) or names
    return " ".join([_quote(sys.executable or "python3"), "-m pip install", *map(_quote, wanted)])


def _requirements(extra: str) -> list[str]:
    """The requirements of an extra according to the installed distribution; empty if it is not installed."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        found = requires(_DISTRIBUTION) or []
    except PackageNotFoundError:
        return []
    marked = re.compile(rf";\s*extra\s*==\s*['\"]{re.escape(extra)}['\"]\s*$")
    return [marked.sub("", each).strip() for each in found if marked.search(each)]


def _quote(word: str) -> str:
    """Quote a word for the shells of Unix and Windows if necessary."""
    return word if re.fullmatch(r"[\w./\\:=+-]+", word) else f'"{word}"'


def _is_there(name: str) -> bool:
    """Whether a module can be found."""
    try:
        return find_spec(name) is not None
    except ValueError:
        # `sys.modules` has an entry without a specification, which cannot be imported.
        return False
