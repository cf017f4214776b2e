"""Temporary folders that are removed when the command ends, even by a signal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from engine.surfaces.cli.filesystem.output_errors import OutputError
from engine.surfaces.cli.stopping import undo_on_signal


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Context manager: yields a new private folder and removes it at the end.

    Raises `OutputError` if it cannot be created.
    """
    folder = _make_folder()

    def remove() -> None:
        rmtree(folder, ignore_errors=True)

    with undo_on_signal(remove):
        try:
            yield folder
        finally:
            remove()


def _make_folder() -> Path:
    """Create the folder, or raise `OutputError`."""
    try:
        return Path(mkdtemp(prefix="verdict-"))
    except OSError as error:
        message = f"no temporary folder can be made: {(error.strerror or str(error)).lower()}"
        help_ = "set the variable TMPDIR to a folder in which you may make files"
        raise OutputError.of("unwritable-file", message, (), help_) from None
