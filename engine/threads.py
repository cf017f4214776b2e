"""What may threads share, so that a process that is forked meanwhile can go on with it?

A forked process has one thread, the one that forked. A lock that another thread held stays closed in it for ever, and
what that thread was working out stays half done. So locks are made anew there, and what was half done is forgotten; a
module that is half imported cannot be, and is waited for.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import _bootstrap
from threading import RLock, get_ident
from time import monotonic, sleep
from typing import Any, Generic, TypeVar, overload
from weakref import WeakSet

K = TypeVar("K")
T = TypeVar("T")
V = TypeVar("V")


def _nothing() -> None:
    pass


class ForkLock:
    """A lock that a thread may take more than once, and that no forked process finds closed by a thread it lacks.

    Args:
        forget: Called in a process that was forked while another thread held the lock: what the lock guards is then in
            whatever state that thread left it.
    """

    def __init__(self, forget: Callable[[], None] = _nothing) -> None:
        self._lock = RLock()
        self._forget = forget
        _locks.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def renew(self) -> None:
        """Opens the lock in a process that was just forked, unless its one thread holds it."""
        if self._lock.acquire(blocking=False):
            self._lock.release()
        else:
            self._lock = RLock()
            self._forget()


_locks: WeakSet[ForkLock] = WeakSet()


def _renew_locks() -> None:
    for lock in list(_locks):
        lock.renew()


# Python keeps a lock for each module that is being imported, and does not open it in a forked process either.
_module_locks: dict[str, Any] = getattr(_bootstrap, "_module_locks", {})
_PACKAGE = f"{__package__}."
# A fork waits for imports of this package, which take milliseconds, and no longer than this.
_SECONDS = 5.0


def _await_imports() -> None:
    """Waits while another thread imports a module of this package, as it does where it first needs one."""
    end = monotonic() + _SECONDS
    while _is_importing() and monotonic() < end:
        sleep(0.001)


def _is_importing() -> bool:
    locks = [known() for name, known in list(_module_locks.items()) if name.startswith(_PACKAGE)]
    owners = {getattr(lock, "owner", None) for lock in locks}
    return not owners <= {None, get_ident()}


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_await_imports, after_in_child=_renew_locks)


class Bounded(dict[K, V]):
    """A dict that keeps so many entries at most, and gives up the oldest; to be changed by one thread at a time."""

    def __init__(self, most: int) -> None:
        self._most = most

    def keep(self, key: K, value: V) -> V:
        """Keeps a value, and gives it back."""
        if len(self) >= self._most:
            del self[next(iter(self))]
        self[key] = value
        return value


class cached_property(Generic[T]):  # noqa: N801
    """A property that is worked out once and kept in the value; threads that ask at once may each work it out.

    As `functools.cached_property` is from Python 3.12 on; before that it holds a lock, which a fork may leave closed.
    """

    def __init__(self, work: Callable[[Any], T]) -> None:
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, value: None, _: Any = None) -> cached_property[T]: ...
    @overload
    def __get__(self, value: object, _: Any = None) -> T: ...
    def __get__(self, value: object | None, _: Any = None) -> cached_property[T] | T:
        if value is None:
            return self
        # Of two threads the one that comes first has the value that both get.
        found: T = value.__dict__.setdefault(self._name, self._work(value))
        return found
