"""What becomes of unfinished work when a process is told to stop? It is undone, and the exit code names the signal.

A handler that raised an exception would lose it wherever somebody catches or ignores exceptions, and while modules are
imported it would end in a traceback. So the process ends where it is.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_undoing: list[Callable[[], object]] = []


def heed_signals() -> None:
    """Lets Ctrl-C, SIGTERM and SIGHUP end this process at once; what it was begun to ignore (`nohup`) stays ignored."""
    for number in _SIGNALS:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _stop)


@contextmanager
def undone_if_stopped(undo: Callable[[], object]) -> Iterator[None]:
    """While the work inside goes on, a signal that ends the process calls `undo` first."""
    _undoing.append(undo)
    try:
        yield
    finally:
        _undoing.remove(undo)


def _stop(number: int, _: object) -> None:
    for undo in reversed(_undoing):
        with suppress(Exception):
            undo()
    if number == signal.SIGINT:
        with suppress(OSError):
            # After the `^C` that a terminal shows.
            os.write(2, b"\nverdict: stopped\n")
    os._exit(128 + number)
