"""Choosing the output format from the file name and `--format`, which must not contradict each other."""

from __future__ import annotations

import os
from collections.abc import Mapping

import click

from engine.problems import printable
from engine.surfaces.cli.filesystem.special_files import is_special

# Endings of formats that no command writes.
_ELSEWHERE = {
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".pdf", ".ps", ".eps"),
    *(".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".odp", ".zip", ".gz"),
}


def is_foreign_format(output: str) -> bool:
    """Whether the file name has the ending of a format that no command writes."""
    return not is_special(output) and os.path.splitext(output)[1].lower() in _ELSEWHERE


def choose_format(output: str, asked: str | None, endings: Mapping[str, str], default: str) -> str:
    """The format to write to an output.

    Args:
        output: The name of the file; `-` is standard output.
        asked: The value of `--format`; None if it is not given.
        endings: The formats by file name ending, the usual ending of each format first.
        default: The format if neither the name nor `--format` implies one.

    Raises:
        click.UsageError: The name implies another format than `--format`, or one that is not written.
    """
    ending = "" if is_special(output) else os.path.splitext(output)[1].lower()
    said = endings.get(ending)
    shown = printable(output)
    if said is not None:
        if asked not in (None, said):
            raise click.UsageError(f"`{shown}` is the name of {said}, and `--format {asked}` says otherwise; keep one")
        return said
    if is_foreign_format(output) or (ending and asked is None):
        listed = ", ".join(f"`{each}`" for each in endings)
        raise click.UsageError(f"`{shown}` cannot be written as its name says; name it with one of {listed}")
    return asked or default
