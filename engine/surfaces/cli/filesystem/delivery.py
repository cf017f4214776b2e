"""Delivering the result of a command to a file or to standard output."""

from __future__ import annotations

from engine.surfaces.cli.filesystem.atomic_file import write_atomically
from engine.surfaces.cli.filesystem.special_files import is_stdout
from engine.surfaces.cli.output import document_bytes, say_as


def deliver(form: str, text: str, output: str) -> None:
    """Write a result in a format to a file, atomically, or to standard output (`-`).

    Ends the command if the file cannot be written.
    """
    if is_stdout(output):
        say_as(form, text)
        return
    write_atomically(output, document_bytes(form, text))
