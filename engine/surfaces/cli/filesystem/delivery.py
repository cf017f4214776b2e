"""Results of a command that go into a file or to standard output, as `--output` says."""

from __future__ import annotations

from engine.surfaces.cli.filesystem.atomic_file import write_whole
from engine.surfaces.cli.filesystem.output_errors import OutputError
from engine.surfaces.cli.filesystem.special_files import is_stdout
from engine.surfaces.cli.output import JSON, document_bytes, refuse, say_as


def deliver(form: str, text: str, output: str) -> None:
    """Writes a result of a format to a file, whole or not at all; `-` is standard output."""
    if is_stdout(output):
        say_as(form, text)
        return
    try:
        write_whole(output, document_bytes(form, text))
    except OutputError as error:
        refuse(error.problems, form == JSON)
