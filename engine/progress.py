"""What is being worked on right now? Whoever wants to show it is told; the work need not know who looks.

The observer belongs to the thread, or the task of an event loop, that asked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Observer = Callable[[str], object]

_observer: ContextVar[Observer | None] = ContextVar("observer", default=None)


@contextmanager
def observed(observer: Observer) -> Iterator[None]:
    """While the work inside goes on, tells what is being worked on, each time that something else is.

    Args:
        observer: Called with a few words, in the thread that works, and often: it has to be quick.

    Example:
        >>> from engine import check, load
        >>> from engine.progress import observed
        >>> told = []
        >>> with observed(told.append):
        ...     proof = check(load("other-interviews"))
        >>> told[0]
        'whether every possible situation gets a verdict'
    """
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)


def tell_observer(doing: str) -> None:
    """Tells the observer, if there is one, what is being worked on from now on."""
    observer = _observer.get()
    if observer is not None:
        observer(doing)
