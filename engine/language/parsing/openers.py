"""Access to files that belong to a policy, such as the table of its rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from engine.language.documents.text import shorten
from engine.language.model.values.misfits import Misfit

# From a file's name as the policy gives it to its name in messages and its contents; raises `Misfit`.
Opener: TypeAlias = Callable[[str], tuple[str, bytes]]


def no_folder(name: str) -> tuple[str, bytes]:
    """The `Opener` of a policy that does not come from a file: always raises `Misfit`."""
    message = f"there is no folder to look for `{shorten(name)}` in: this policy does not come from a file"
    raise Misfit("table-place", message, "save the policy beside its table, or write the rules as a list")
