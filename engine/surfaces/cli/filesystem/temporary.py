"""Where is what is needed only while a command runs? In a folder of its own, which goes with the command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from engine.problems import Problem
from engine.surfaces.cli.filesystem.output_errors import OutputError
from engine.surfaces.cli.stopping import undone_if_stopped


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A new folder that nobody else looks into; raises `OutputError` where none can be made."""
    folder = _made()

    def remove() -> None:
        rmtree(folder, ignore_errors=True)

    with undone_if_stopped(remove):
        try:
            yield folder
        finally:
            remove()


def _made() -> Path:
    try:
        return Path(mkdtemp(prefix="verdict-"))
    except OSError as error:
        message = f"no temporary folder can be made: {(error.strerror or str(error)).lower()}"
        help_ = "set the variable TMPDIR to a folder in which you may make files"
        raise OutputError([Problem("unwritable-file", message, (), help_)]) from None
