"""Access to files that belong to a policy: the table of its rules, and the libraries that it uses."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from engine.frozen import frozen_value
from engine.language.documents.text import shorten
from engine.language.model.values.misfits import Misfit

_BELOW = "name a file in the policy's folder or below it, with `/` between the names"


def _misplaced_table(message: str, help_: str) -> Misfit:
    return Misfit("table-place", message, help_)


def _misplaced_library(message: str, help_: str) -> Misfit:
    return Misfit("library-place", message, help_)


def _misplaced_step(message: str, help_: str) -> Misfit:
    return Misfit("policy-place", message, help_)


@frozen_value
class Companion:
    """A kind of file that belongs to a policy.

    Attributes:
        word: What messages call it.
        misplaced: Makes the `Misfit` for a file that is not where it has to be, from a message and a help.
        without: What to do about it where a policy comes from no file.
        may_climb: Whether its path may hold `..`, as long as it stays in the policy's folder.
    """

    word: str
    misplaced: Callable[[str, str], Misfit]
    without: str
    may_climb: bool

    def leads_out(self, name: str) -> Misfit:
        """The `Misfit` for a path that leads out of the policy's folder."""
        return self.misplaced(f"`{shorten(name)}` leads out of the policy's folder", _BELOW)

    def links_out(self, name: str) -> Misfit:
        """The `Misfit` for a link that leads out of the policy's folder."""
        return self.misplaced(f"`{shorten(name)}` is a link that leads out of the policy's folder", _BELOW)


TABLE = Companion(
    "table", _misplaced_table, "save the policy beside its table, or write the rules as a list", may_climb=False
)
LIBRARY = Companion(
    "library",
    _misplaced_library,
    "save it as a file beside its libraries, or write in it what it takes from them",
    may_climb=True,
)

STEP_POLICY = Companion(
    "policy",
    _misplaced_step,
    "save it as a file beside the policies of its steps, or write their rules in it",
    may_climb=True,
)


@frozen_value
class Opened:
    """A file that was opened.

    Attributes:
        file: Its name in messages.
        data: Its contents.
        path: Its path from the policy's folder, links resolved: the same for the same file.
    """

    file: str
    data: bytes
    path: str


# From a path relative to the policy's folder, as `join_path` returns it, and the kind of file; raises `Misfit`.
Opener: TypeAlias = Callable[[str, Companion], Opened]


def no_folder(path: str, companion: Companion) -> Opened:
    """The `Opener` of a policy that does not come from a file: always raises `Misfit`."""
    message = f"there is no folder to look for `{shorten(path)}` in: what names it does not come from a file"
    raise companion.misplaced(message, companion.without)


def join_path(folder: str, name: str, companion: Companion) -> str:
    """The path of a file that another file names.

    Args:
        folder: The other file's folder, as a path from the policy's folder; empty for that folder itself.
        name: The path as written, with `/` between the names.
        companion: What kind of file it is.

    Returns:
        Its path from the policy's folder, with every `..` at its front.

    Raises:
        Misfit: If it is not a relative path, or has a `..` that this kind of file may not have.
    """
    if "\\" in name or re.match(r"/|[A-Za-z]:", name):
        raise companion.misplaced(f"`{shorten(name)}` is not a path from the policy's folder", _BELOW)
    parts: list[str] = []
    for part in (*folder.split("/"), *name.split("/")):
        if part == ".." and not companion.may_climb:
            raise companion.leads_out(name)
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def stay_below(path: str, companion: Companion) -> list[str]:
    """Split a path from the policy's folder into its names; raises `Misfit` if it leads out of that folder."""
    parts = path.split("/")
    if parts[0] == "..":
        raise companion.leads_out(path)
    return parts


def opener_within(folder: str, open_beside: Opener) -> Opener:
    """Return the opener of a file in a folder, from the opener of the file that names it."""

    def open_within(path: str, companion: Companion) -> Opened:
        opened = open_beside(posixpath.normpath(posixpath.join(folder, path)), companion)
        return replace(opened, path=posixpath.relpath(opened.path, folder or "."))

    return open_within
