"""How does a file get written, whole or not at all?"""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def write_whole(name: str | os.PathLike[str], data: bytes) -> None:
    """Writes a file so that it is the old one or the new one at any time; raises `OSError`."""
    path = Path(os.path.realpath(name))
    beside = path.with_name(f".{path.name[:100]}.{os.getpid()}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(data)
        if path.exists():
            shutil.copymode(path, beside)
        os.replace(beside, path)
    except BaseException as error:
        if not isinstance(error, FileExistsError):
            beside.unlink(missing_ok=True)
        raise
