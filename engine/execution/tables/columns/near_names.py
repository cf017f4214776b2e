"""Similarity of column names to field names, to detect misspelled columns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

# The minimum similarity of the letters, and the minimum number of letters.
_ALIKE = 0.8
_FEWEST = 4
_PART = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|\d+|[^\W\d_]")


def near_field(column: str, fields: Iterable[str]) -> str | None:
    """The field whose name is most similar to a column's; None if none is similar.

    Names are similar if they differ in spelling style, in a word more or less, or by a typing error.
    """
    words = _words(column)
    near = [(nearness, field) for field in fields if (nearness := _similarity(words, _words(field)))]
    return max(near)[1] if near else None


def _words(name: str) -> tuple[str, ...]:
    """The words of a name in snake or camel case, casefolded."""
    return tuple(part.casefold() for part in _PART.findall(name))


def _similarity(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """The similarity of two names: 0 for none, 1 for the same words in another spelling."""
    joined, other_joined = "".join(one), "".join(other)
    if not joined or not other_joined:
        return 0
    if joined == other_joined:
        return 1
    alike = SequenceMatcher(None, joined, other_joined, autojunk=False).ratio()
    if set(one) <= set(other) or set(other) <= set(one):
        return max(alike, 0.01)
    return alike if alike >= _ALIKE and min(len(joined), len(other_joined)) >= _FEWEST else 0
