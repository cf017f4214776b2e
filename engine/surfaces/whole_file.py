"""How does a file get written, whole or not at all?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_whole(name: str | os.PathLike[str], data: bytes) -> None:
    """Writes a file so that it is the old one or the new one at any time; raises `OSError`."""
    with whole_file(name) as beside:
        beside.write_bytes(data)


@contextmanager
def whole_file(name: str | os.PathLike[str]) -> Iterator[Path]:
    """A new, empty file to write to, which takes the place of the named one in the end; raises `OSError`.

    Where the work is stopped, nothing of it is left.
    """
    path = Path(os.path.realpath(name))
    beside = path.with_name(f".{path.name[:100]}.{os.getpid()}.tmp")
    try:
        beside.open("xb").close()
        yield beside
        if path.exists():
            shutil.copymode(path, beside)
        os.replace(beside, path)
    except BaseException as error:
        # Another process's file of the same name is not ours to take away.
        if not (isinstance(error, FileExistsError) and error.filename == str(beside)):
            beside.unlink(missing_ok=True)
        raise
