"""What are the standard streams of this process, which may be closed, full, gone, or of any encoding?"""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import suppress
from typing import Any


def prepare_streams() -> None:
    """Makes sure of the standard streams before anything is opened or written.

    A descriptor that the process was begun without would be given to the next file that is opened, and what a library
    prints would get into that file. So each is taken: from standard input and to standard output nothing can come or
    go, and what is not a result goes nowhere. No character ends in an error, whatever the encoding.
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
    """Colour on a terminal only, unless `NO_COLOR` or `FORCE_COLOR` says otherwise."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def is_utf8(stream: Any) -> bool:
    return codecs.lookup(stream.encoding).name == "utf-8"


def silence(stream: Any) -> None:
    """Sends what is still buffered nowhere, so that Python does not fail on it once more at its end."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
