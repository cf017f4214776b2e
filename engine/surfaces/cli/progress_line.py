"""A progress line in the terminal for long-running work.

It shows what is being done and for how long, and disappears at the end. A thread repaints it, so it stays alive while a
single step takes long. If standard error is not a terminal, nothing is shown.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from time import monotonic

from engine.problems import printable
from engine.progress import observed
from engine.surfaces.cli.stopping import undo_on_signal

# Work that takes less time than this, in seconds, shows no line.
_PATIENCE = 2.0
_PAUSE = 0.5
_ERASED = "\r\x1b[K"


@contextmanager
def show_progress(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Context manager: show the progress of the work in the block, once it has taken more than two seconds.

    What the work tells its observer is shown. The yielded function says the same from any thread.
    """
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda doing: None
        return
    line = _Line()
    painter = Thread(target=line.paint, daemon=True)
    painter.start()
    try:
        with undo_on_signal(line.erase), observed(line.tell):
            yield line.tell
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
        """Set the description of the current work."""
        self._doing = doing

    def paint(self) -> None:
        """Repaint the line until the work has ended."""
        pause = _PATIENCE
        while not self._ended.wait(pause):
            pause = _PAUSE
            text = printable(f"{self._doing}: {monotonic() - self._began:.0f} s")
            with self._painting:
                if not self._ended.is_set():
                    self._is_there = True
                    self._write(_ERASED + text[: max(1, _width() - 1)])

    def erase(self) -> None:
        """Remove the line for good; a signal handler may call this while the line is being painted."""
        self._ended.set()
        if self._painting.acquire(timeout=_PAUSE):
            try:
                if self._is_there:
                    self._is_there = False
                    self._write(_ERASED)
            finally:
                self._painting.release()

    def _write(self, text: str) -> None:
        """Write to standard error, ignoring failures."""
        with suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), text.encode(sys.stderr.encoding or "utf-8", "replace"))


def _width() -> int:
    """The width of the terminal."""
    with suppress(OSError, ValueError):
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    return 80
