"""Progress reports: long work names what it is doing, and an observer, if there is one, may show it.

An observer is a context variable: it sees the work of the thread or event-loop task that set it, and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextvars import ContextVar

Observer = Callable[[str], object]

# The variable that holds the observer; none as long as nothing has been observed.
_variables: list[ContextVar[Observer | None]] = []


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
    if not _variables:
        # Imported here because most processes observe nothing. Of two threads that do this at the same time, both go on
        # with the variable that came first.
        from contextvars import ContextVar

        _variables.append(ContextVar("observer", default=None))
    variable = _variables[0]
    token = variable.set(observer)
    try:
        yield
    finally:
        variable.reset(token)


def tell_observer(doing: str) -> None:
    """Report to the observer, if there is one, what is being worked on from now on."""
    observer = _variables[0].get() if _variables else None
    if observer is not None:
        observer(doing)
