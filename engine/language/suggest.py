"""Which name did the author probably mean?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

_MOST_KNOWN = 10_000
_MOST_COMPARED = 100
_MOST_LISTED = 12
_MOST_TRIED = 5
_CLOSE = 0.65


def did_you_mean(written: str, names: Iterable[str]) -> str:
    """`did you mean …` where a name is close, else the names there are, else nothing."""
    known = list(islice(names, _MOST_KNOWN))
    alike = next((name for name in known if name.casefold() == written.casefold()), None)
    if alike is not None:
        return f"did you mean `{alike}`"
    from difflib import get_close_matches

    from engine.language.negation import opposed

    for close in get_close_matches(written[:100], _likely(written[:100], known), n=_MOST_TRIED, cutoff=_CLOSE):
        if not opposed(written[:100], close):
            return f"did you mean `{close}`"
    if not known:
        return ""
    listed = ", ".join(f"`{name}`" for name in known[:_MOST_LISTED])
    return (
        f"there is {listed}"
        if len(known) == 1
        else f"there are {listed}" + (", …" if len(known) > _MOST_LISTED else "")
    )


def name_behind(written: str, labels: Mapping[str, str]) -> str | None:
    """The name of which somebody wrote the label that people read, whatever its capitals and its last stop.

    >>> name_behind("a box", {"letter": "A letter", "box": "A box"})
    'box'
    """
    wanted = _bare(written)
    found = [name for name, label in labels.items() if _bare(label) == wanted] if wanted else []
    return found[0] if len(found) == 1 else None


def _bare(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".!?")


def _likely(written: str, known: list[str]) -> list[str]:
    """The names worth comparing letter by letter, where there are many: alike in length and in the letters used."""
    if len(known) <= _MOST_COMPARED:
        return known
    from heapq import nsmallest

    letters = set(written)
    return nsmallest(
        _MOST_COMPARED, known, key=lambda name: len(letters.symmetric_difference(name)) + abs(len(name) - len(written))
    )
