"""A guard against overwriting an input, or writing two outputs to one file.

Files are compared by device and inode, so other paths, links, hard links and redirections to the same file are
detected. A terminal, a pipe or `/dev/null` may be both input and output, since nothing in it can be lost.
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
    """End the command, before anything is written, if it would overwrite an input or write one file twice.

    Args:
        outputs: The names of the files to write; `-` is standard output.
        inputs: The names of the files to read; `-` is standard input. Names that are not regular files are ignored.

    Raises:
        click.UsageError: An output is also an input, or is given twice.
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
            raise click.UsageError(f"{shown} and {other} are the same file; give each output its own name")
        written[key] = name


def _identity(name: str, stream: Any) -> tuple[int, int] | None:
    """The device and inode of a regular file; None if it is something else or does not exist."""
    try:
        found = os.fstat(stream.fileno()) if name == STREAM else os.stat(name)
    except (OSError, ValueError, AttributeError):
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None
