"""What is a terminal shown while something takes long? One line that says what is done, gone when it is done.

It is painted by a thread of its own, so that it goes on while one question takes long. Over a pipe nothing is shown.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from time import monotonic

from engine.problems import printable
from engine.progress import observed
from engine.surfaces.cli.stopping import undone_if_stopped

# Nothing is shown of what takes no longer than this, in seconds.
_PATIENCE = 2.0
_PAUSE = 0.5
_ERASED = "\r\x1b[K"


@contextmanager
def progress_shown(*, quiet: bool = False) -> Iterator[None]:
    """While the work inside goes on, a terminal shows what is being done, once that takes more than two seconds."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    line = _Line()
    painter = Thread(target=line.paint, daemon=True)
    painter.start()
    try:
        with undone_if_stopped(line.erase), observed(line.tell):
            yield
    finally:
        line.erase()
        painter.join()


class _Line:
    """The last line of the terminal."""

    def __init__(self) -> None:
        self._doing = "working"
        self._began = monotonic()
        self._ended = Event()
        self._painting = Lock()
        self._is_there = False

    def tell(self, doing: str) -> None:
        self._doing = doing

    def paint(self) -> None:
        """Paints the line again and again until the work has ended."""
        pause = _PATIENCE
        while not self._ended.wait(pause):
            pause = _PAUSE
            text = printable(f"{self._doing}: {monotonic() - self._began:.0f} s")
            with self._painting:
                if not self._ended.is_set():
                    self._is_there = True
                    self._write(_ERASED + text[: max(1, _width() - 1)])

    def erase(self) -> None:
        """Takes the line away, for good; a signal may call it while the line is being painted."""
        self._ended.set()
        if self._painting.acquire(timeout=_PAUSE):
            try:
                if self._is_there:
                    self._is_there = False
                    self._write(_ERASED)
            finally:
                self._painting.release()

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), text.encode(sys.stderr.encoding or "utf-8", "replace"))


def _width() -> int:
    with suppress(OSError, ValueError):
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    return 80
