"""Which name did the author probably mean?"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

_MOST_KNOWN = 10_000
_MOST_COMPARED = 100
_MOST_LISTED = 12


def did_you_mean(written: str, names: Iterable[str]) -> str:
    """`did you mean …` where a name is close, else the names there are, else nothing."""
    known = list(islice(names, _MOST_KNOWN))
    alike = next((name for name in known if name.casefold() == written.casefold()), None)
    if alike is not None:
        return f"did you mean `{alike}`"
    from difflib import get_close_matches

    close = get_close_matches(written[:100], _likely(written[:100], known), n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`"
    if not known:
        return ""
    listed = ", ".join(f"`{name}`" for name in known[:_MOST_LISTED])
    return (
        f"there is {listed}"
        if len(known) == 1
        else f"there are {listed}" + (", …" if len(known) > _MOST_LISTED else "")
    )


def _likely(written: str, known: list[str]) -> list[str]:
    """The names worth comparing letter by letter, where there are many: alike in length and in the letters used."""
    if len(known) <= _MOST_COMPARED:
        return known
    from heapq import nsmallest

    letters = set(written)
    return nsmallest(
        _MOST_COMPARED, known, key=lambda name: len(letters.symmetric_difference(name)) + abs(len(name) - len(written))
    )
