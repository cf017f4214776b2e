"""Which format has an output? The one that its name says, or that was asked for, and never one against its name."""

from __future__ import annotations

import os
from collections.abc import Mapping

import click

from engine.problems import printable
from engine.surfaces.cli.filesystem.special_files import is_special

# What people name files that no command writes.
_ELSEWHERE = {
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".pdf", ".ps", ".eps"),
    *(".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".odp", ".zip", ".gz"),
}


def is_of_another_tool(output: str) -> bool:
    """Whether an output has a name by which people know files that no command writes."""
    return not is_special(output) and os.path.splitext(output)[1].lower() in _ELSEWHERE


def form_of(output: str, asked: str | None, endings: Mapping[str, str], default: str) -> str:
    """The format to write to an output.

    Args:
        output: The name of the file; `-` is standard output.
        asked: The format of `--format`, if there is one.
        endings: The endings of names, each with the format that it says, first the usual one of each format.
        default: The format where neither the name nor `--format` says one.

    Raises:
        click.UsageError: The name says another format than `--format`, or one that is not written.
    """
    ending = "" if is_special(output) else os.path.splitext(output)[1].lower()
    said = endings.get(ending)
    shown = printable(output)
    if said is not None:
        if asked not in (None, said):
            raise click.UsageError(f"`{shown}` is the name of {said}, and `--format {asked}` says otherwise; keep one")
        return said
    if is_of_another_tool(output) or (ending and asked is None):
        listed = ", ".join(f"`{each}`" for each in endings)
        raise click.UsageError(f"`{shown}` cannot be written as its name says; name it with one of {listed}")
    return asked or default
