"""How can a frozen value hold a mapping? In one that cannot be changed, and is otherwise a plain dict."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """A dict that refuses every change; `dict(value)` is a copy that does not. Equal to a dict of the same entries."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this value cannot be changed; `dict(value)` is a copy that can")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self),)
