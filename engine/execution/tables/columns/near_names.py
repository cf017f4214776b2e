"""Is the name of a column so near to a field's that somebody may have meant it? Asked of what has no partner."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

# Alike in so many of their letters, and of so many letters at least.
_ALIKE = 0.8
_FEWEST = 4
_PART = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|\d+|[^\W\d_]")


def near_field(column: str, fields: Iterable[str]) -> str | None:
    """The field whose name a column's is near to: in another spelling, with a word more or less, or mistyped."""
    words = _words(column)
    near = [(nearness, field) for field in fields if (nearness := _nearness(words, _words(field)))]
    return max(near)[1] if near else None


def _words(name: str) -> tuple[str, ...]:
    return tuple(part.casefold() for part in _PART.findall(name))


def _nearness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How near two names are, from 0 for not at all to 1 for the same in another spelling."""
    joined, other_joined = "".join(one), "".join(other)
    if not joined or not other_joined:
        return 0
    if joined == other_joined:
        return 1
    alike = SequenceMatcher(None, joined, other_joined, autojunk=False).ratio()
    if set(one) <= set(other) or set(other) <= set(one):
        return max(alike, 0.01)
    return alike if alike >= _ALIKE and min(len(joined), len(other_joined)) >= _FEWEST else 0
