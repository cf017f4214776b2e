"""How a file that stands beside a policy is opened, such as the table of its rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from engine.language.documents.text import shortened
from engine.language.model.values import Misfit

# Gives what a file beside the policy is called in messages, and what it holds; raises `Misfit`.
Opener: TypeAlias = Callable[[str], tuple[str, bytes]]


def no_folder(name: str) -> tuple[str, bytes]:
    """Refuses to open a file for a policy that is no file itself."""
    message = f"there is no folder in which `{shortened(name)}` could stand: this policy does not come from a file"
    raise Misfit("table-place", message, "save the policy beside its table, or write the rules as a list")
