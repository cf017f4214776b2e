"""Progress reports: long work names what it is doing, and an observer, if there is one, may show it.

An observer is a context variable: it sees the work of the thread or event-loop task that set it, and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Observer = Callable[[str], object]

_observer: ContextVar[Observer | None] = ContextVar("observer", default=None)


@contextmanager
def observed(observer: Observer) -> Iterator[None]:
    """Context manager: call an observer each time the work in the block begins something else.

    Args:
        observer: Called with a few words that name the work, in the working thread. It is called often, so it must
            return quickly; what it raises ends the work.

    Example:
        >>> from engine import check, load
        >>> from engine.progress import observed
        >>> policy, told = load("other-interviews"), []
        >>> with observed(told.append):
        ...     proof = check(policy)
        >>> told[0]
        'whether every possible situation gets a verdict'
    """
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)


def tell_observer(doing: str) -> None:
    """Report to the observer, if there is one, what is being worked on from now on."""
    observer = _observer.get()
    if observer is not None:
        observer(doing)
