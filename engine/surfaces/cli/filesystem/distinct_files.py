"""Is an output of a command a file that it reads, or are two of its outputs one file? Then none is written.

Files are compared as the system does, so that another path, a link, a hard link and a redirection are seen through. A
terminal, a pipe or `/dev/null` may be both: nothing in it is lost.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from typing import Any

import click

STREAM = "-"


def refuse_overwriting(outputs: Iterable[str], inputs: Iterable[str]) -> None:
    """Ends the command, before anything is written, where it would overwrite what it reads or writes one file twice.

    Args:
        outputs: The names of the files to write; `-` is standard output.
        inputs: The names of the files that are read; `-` is standard input. What is no file is passed over.

    Raises:
        click.UsageError: An output is an input, or is named twice.
    """
    read: dict[object, str] = {
        identity: name for name in inputs if (identity := _identity(name, sys.stdin)) is not None
    }
    written: dict[object, str] = {}
    for name in outputs:
        if name != STREAM and os.path.exists(name) and not os.path.isfile(name):
            continue
        key: object = _identity(name, sys.stdout) or (name if name == STREAM else os.path.realpath(name))
        shown = "standard output" if name == STREAM else f"`{name}`"
        if key in read:
            other = "standard input" if read[key] == STREAM else f"`{read[key]}`"
            raise click.UsageError(f"{shown} would overwrite {other}, which is read; name another output")
        if key in written:
            other = "standard output" if written[key] == STREAM else f"`{written[key]}`"
            raise click.UsageError(f"{shown} and {other} are one file; give each output a name of its own")
        written[key] = name


def _identity(name: str, stream: Any) -> tuple[int, int] | None:
    """What the system knows a regular file by; None for what is none, or is not there yet."""
    try:
        found = os.fstat(stream.fileno()) if name == STREAM else os.stat(name)
    except (OSError, ValueError, AttributeError):
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None
