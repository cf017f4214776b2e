"""Which name did the author probably mean?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice

from engine.language.documents.text import shortened

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

    from engine.language.documents.negation import opposed

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


def label_help(written: str, labels: Mapping[str, str]) -> str:
    """What to say to somebody who wrote a label in place of its name; empty where it is none."""
    name = name_behind(written, labels)
    if name is None or name.casefold() == written.strip().casefold():
        return ""
    return f"`{shortened(labels[name])}` is what people read; write its name, `{name}`"


def name_like(text: str) -> str:
    """The name that a text would be, in lower case and with hyphens between its words; empty where it has no letters.

    >>> name_like("Zu groß!"), name_like("Two_vans"), name_like("小包")
    ('zu-gross', 'two_vans', '')
    """
    import unicodedata

    letters = unicodedata.normalize("NFKD", text.strip().casefold())
    plain = "".join(each for each in letters if not unicodedata.combining(each))
    if not plain.isascii():
        return ""
    return re.sub(r"[^a-z0-9_.-]+", "-", plain).strip("-")


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
