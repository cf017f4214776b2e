"""What a policy was read from, and what was derived from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, TypeVarTuple, cast

from engine.threads import ForkLock, cached_property

P = TypeVar("P")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Memo:
    """What a policy was read from, and what was derived from it, such as its proof. It is not part of the value.

    Attributes:
        text: The text of the policy's file; empty if it was read from data.
        tables: The bytes of its rule tables by file, those of its steps and numbers too; empty for a file that several
            of them are read from.
        libraries: The files of the libraries that it uses, and of the policies that are its steps, as messages name
            them.
        has_sound_steps: Whether it is known that each step has exactly one outcome in every possible situation.
    """

    def __init__(
        self, text: str = "", tables: Mapping[str, bytes] | None = None, libraries: tuple[str, ...] = ()
    ) -> None:
        self.text, self.tables, self.libraries = text, tables or {}, libraries
        self.has_sound_steps = False
        self._kept: dict[tuple[Any, ...], Any] = {}

    @cached_property
    def lock(self) -> ForkLock:
        """The lock for computing what is kept; a forked child drops it all if a computation was unfinished."""
        return ForkLock(self.forget)

    def keep(self, policy: P, work: Callable[[P, *Ts], T], *arguments: *Ts) -> T:
        """Return `work(policy, *arguments)`, computed once, by one thread at a time."""
        key = (work, *arguments)
        kept = self._kept
        if key not in kept:
            with self.lock:
                kept = self._kept
                if key not in kept:
                    kept[key] = work(policy, *arguments)
        return cast("T", kept[key])

    def forget(self) -> None:
        """Drop everything that was derived."""
        self._kept = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Memo, (self.text, self.tables, self.libraries)
