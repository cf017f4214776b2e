"""Signal handling: clean up unfinished work and exit with the code of the signal.

The handler ends the process directly instead of raising an exception: code that catches or ignores exceptions could
swallow it, and an exception raised during an import would print a traceback.

Python runs a handler in the main thread, between two instructions. A main thread that blocks in a system call or
computes in a library would stop only afterwards: a signal that arrives just before the call is not noticed until more
input comes. So a second thread waits for signals too, and ends the process where the main thread does not.
"""

from __future__ import annotations

import os
import signal
from _thread import RLock, start_new_thread
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import sleep

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
# Seconds that the main thread has for running the handler itself.
_GRACE = 0.2
_undoing: list[Callable[[], object]] = []
_ending = RLock()


def install_signal_handlers() -> None:
    """Make Ctrl-C, SIGTERM and SIGHUP end this process at once; ignored signals, as under `nohup`, stay ignored."""
    ours = [number for number in _SIGNALS if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler)]
    for number in ours:
        signal.signal(number, _stop)
    if ours and os.name == "posix":
        # A process that may open no pipe, or start no thread, stops as soon as its main thread can.
        with suppress(OSError, RuntimeError):
            _watch()


@contextmanager
def undo_on_signal(undo: Callable[[], object]) -> Iterator[None]:
    """Context manager: if a signal ends the process inside the block, `undo` is called first."""
    _undoing.append(undo)
    try:
        yield
    finally:
        _undoing.remove(undo)


def _watch() -> None:
    """Start the thread that waits for signals: the system writes the number of each to a pipe."""
    numbers, written = map(_above_streams, os.pipe())
    os.set_blocking(written, False)
    start_new_thread(_stop_for_main, (numbers,))
    signal.set_wakeup_fd(written, warn_on_full_buffer=False)


def _above_streams(end: int) -> int:
    """Return a descriptor for the same file that is no standard stream: a closed one leaves its number to be taken."""
    if end > 2:
        return end
    from fcntl import F_DUPFD_CLOEXEC, fcntl

    moved = fcntl(end, F_DUPFD_CLOEXEC, 3)
    os.close(end)
    return moved


def _stop_for_main(numbers: int) -> None:
    """Wait for a signal and end the process, unless the main thread does so first."""
    number = os.read(numbers, 1)[0]
    sleep(_GRACE)
    _stop(number, None)


def _stop(number: int, _: object) -> None:
    """Run the registered clean-ups, newest first, and end the process with exit code 128 plus the signal's number.

    One thread does so. The lock is reentrant, for a second signal may arrive during the clean-ups of the first.
    """
    with _ending:
        for undo in reversed(_undoing):
            with suppress(Exception):
                undo()
        if number == signal.SIGINT:
            with suppress(OSError):
                # The line break follows the `^C` that a terminal shows.
                os.write(2, b"\nverdict: stopped\n")
        os._exit(128 + number)
