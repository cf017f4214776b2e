"""Locks and caches that survive `fork`.

A forked child has only the thread that forked. A lock that another thread held at that moment would stay locked in it
forever, and what that thread was computing stays half done. Therefore locks are renewed in the child and half-done
work is discarded. A half-finished import cannot be discarded, so a fork waits for running imports.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from importlib import _bootstrap
from threading import RLock, get_ident
from time import monotonic, sleep
from types import MethodType
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload
from weakref import WeakSet

K = TypeVar("K")
P = ParamSpec("P")
T = TypeVar("T")
V = TypeVar("V")


def _do_nothing() -> None:
    pass


class ForkLock:
    """A reentrant lock that is never left locked in a forked child by a thread that the child lacks.

    Args:
        forget: Called in the child if another thread held the lock during the fork, to discard the guarded state, which
            may be inconsistent.
    """

    def __init__(self, forget: Callable[[], None] = _do_nothing) -> None:
        self._lock = RLock()
        self._forget = forget
        _locks.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def renew(self) -> None:
        """Replace the lock in a child just forked, unless the child's own thread holds it."""
        if self._lock.acquire(blocking=False):
            self._lock.release()
        else:
            self._lock = RLock()
            self._forget()


_locks: WeakSet[ForkLock] = WeakSet()


def _renew_locks() -> None:
    for lock in list(_locks):
        lock.renew()


# Python's per-module import locks are not released in a forked child either.
_module_locks: dict[str, Any] = getattr(_bootstrap, "_module_locks", {})
_PACKAGE = f"{__package__}."
# A fork waits at most this long for imports of this package, which take milliseconds.
_SECONDS = 5.0


def _await_imports() -> None:
    """Wait while another thread imports a module of this package, as happens on first use."""
    end = monotonic() + _SECONDS
    while _is_importing() and monotonic() < end:
        sleep(0.001)


def _is_importing() -> bool:
    """Whether another thread is importing a module of this package."""
    locks = [known() for name, known in list(_module_locks.items()) if name.startswith(_PACKAGE)]
    owners = {getattr(lock, "owner", None) for lock in locks}
    return not owners <= {None, get_ident()}


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_await_imports, after_in_child=_renew_locks)


class Bounded(dict[K, V]):
    """A dict in which `keep` evicts the oldest entry beyond a maximum size; not thread-safe."""

    def __init__(self, most: int) -> None:
        self._most = most

    def keep(self, key: K, value: V) -> V:
        """Store a value, and return it."""
        if len(self) >= self._most:
            del self[next(iter(self))]
        self[key] = value
        return value


class cached_property(Generic[T]):  # noqa: N801
    """A property computed once per instance and stored in it; threads that ask at the same time may each compute it.

    Behaves as `functools.cached_property` does from Python 3.12 on; earlier versions hold a lock that a fork may leave
    locked.
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
        # If two threads compute it, both return the value stored first.
        found: T = value.__dict__.setdefault(self._name, self._work(value))
        return found


class cached_method(Generic[P, T]):  # noqa: N801
    """A method that computes each result once per instance, which stores it; its arguments must be hashable.

    `functools.cache` on a method would store the results, and keep the instances alive, as long as the class exists.
    Not for methods that call themselves, since each cached call counts twice towards the recursion limit.
    """

    def __init__(self, work: Callable[Concatenate[Any, P], T]) -> None:
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    def __get__(self, value: object, _: Any = None) -> Callable[P, T]:
        found: Callable[P, T] = value.__dict__.setdefault(self._name, cache(MethodType(self._work, value)))
        return found
