"""Preparing the standard streams of the process, which may be closed, full or of any encoding."""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import suppress
from typing import Any


def prepare_streams() -> None:
    """Make the standard streams safe to use, before any other file is opened.

    If the process was started with a closed descriptor, the next opened file would get its number, and library output
    would end up in that file. So each closed descriptor is opened on the null device, in the opposite direction:
    reading from standard input and writing to the outputs then fails or goes nowhere. Characters that the encoding
    lacks are escaped instead of raising an error.
    """
    for descriptor, how in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, how)
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def colours_wanted(stream: Any) -> bool:
    """Whether to print in colour: only on a terminal, unless `NO_COLOR` or `FORCE_COLOR` says otherwise."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def is_utf8(stream: Any) -> bool:
    """Whether the encoding of the stream is UTF-8."""
    return codecs.lookup(stream.encoding).name == "utf-8"


def silence(stream: Any) -> None:
    """Redirect a stream to the null device, so that Python does not fail again when it flushes the buffer at exit."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
