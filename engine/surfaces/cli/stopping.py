"""Signal handling: clean up unfinished work and exit with the code of the signal.

The handler ends the process directly instead of raising an exception: code that catches or ignores exceptions could
swallow it, and an exception raised during an import would print a traceback.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_undoing: list[Callable[[], object]] = []


def install_signal_handlers() -> None:
    """Make Ctrl-C, SIGTERM and SIGHUP end this process at once; ignored signals, as under `nohup`, stay ignored."""
    for number in _SIGNALS:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _stop)


@contextmanager
def undo_on_signal(undo: Callable[[], object]) -> Iterator[None]:
    """Context manager: if a signal ends the process inside the block, `undo` is called first."""
    _undoing.append(undo)
    try:
        yield
    finally:
        _undoing.remove(undo)


def _stop(number: int, _: object) -> None:
    """Run the registered clean-ups, newest first, and end the process with exit code 128 plus the signal's number."""
    for undo in reversed(_undoing):
        with suppress(Exception):
            undo()
    if number == signal.SIGINT:
        with suppress(OSError):
            # The line break follows the `^C` that a terminal shows.
            os.write(2, b"\nverdict: stopped\n")
    os._exit(128 + number)
