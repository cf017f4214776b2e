"""Suggestions for misspelt names: string similarity, labels, and normalised spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from os.path import splitext

from engine.language.documents.text import shorten

_MOST_KNOWN = 10_000
_MOST_COMPARED = 100
_MOST_LISTED = 12
_MOST_TRIED = 5
_CLOSE = 0.65


def did_you_mean(written: str, names: Iterable[str]) -> str:
    """A help text for an unknown name: `did you mean …` if a known name is close, else the known names, else empty.

    A name that says the opposite (see `negation`) is never suggested. At most 12 names are listed.
    """
    known = list(islice(names, _MOST_KNOWN))
    close = closest_name(written, known)
    if close is not None:
        return f"did you mean `{close}`"
    if not known:
        return ""
    listed = ", ".join(f"`{name}`" for name in known[:_MOST_LISTED])
    return (
        f"there is {listed}"
        if len(known) == 1
        else f"there are {listed}" + (", …" if len(known) > _MOST_LISTED else "")
    )


def closest_operator(written: str, operators: Iterable[str]) -> str:
    """The help for an unknown comparison: the one that each word of it is at most one letter away from, else all.

    The words of comparisons are short and alike, so that similarity as a whole would suggest `more_than` for
    `worse_than`.
    """
    from engine.language.documents.negation import is_one_slip_away, is_opposite

    own = list(operators)
    ours = written.casefold().split("_")
    near = [
        name
        for name in own
        if len(theirs := name.split("_")) == len(ours)
        and all(map(is_one_slip_away, ours, theirs))
        and not is_opposite(written[:100], name)
    ]
    if len(near) == 1:
        return f"did you mean `{near[0]}`"
    return f"there are {', '.join(f'`{name}`' for name in own)}"


def did_you_mean_file(written: str, files: Iterable[str]) -> str:
    """A help text for a missing file: `did you mean …` if a file's name is close, extensions aside, else empty."""
    by_stem: dict[str, str] = {}
    for name in files:
        by_stem.setdefault(splitext(name)[0], name)
    close = closest_name(splitext(written)[0], list(islice(by_stem, _MOST_KNOWN)))
    return "" if close is None else f"did you mean `{by_stem[close]}`"


def closest_name(written: str, known: list[str]) -> str | None:
    """The known name that is closest to a written one and does not say the opposite; None if none is close."""
    alike = next((name for name in known if name.casefold() == written.casefold()), None)
    if alike is not None:
        return alike
    from difflib import get_close_matches

    from engine.language.documents.negation import is_opposite

    likely = _likely(written[:100], known)
    closest = get_close_matches(written[:100], likely, n=_MOST_TRIED, cutoff=_CLOSE)
    return next((name for name in closest if not is_opposite(written[:100], name)), None)


def find_by_label(written: str, labels: Mapping[str, str]) -> str | None:
    """The name whose label was written in its place, ignoring case, spacing and final punctuation.

    None unless exactly one label matches.

    >>> find_by_label("a box", {"letter": "A letter", "box": "A box"})
    'box'
    """
    wanted = _bare(written)
    found = [name for name, label in labels.items() if _bare(label) == wanted] if wanted else []
    return found[0] if len(found) == 1 else None


def label_help(written: str, labels: Mapping[str, str]) -> str:
    """The help for an author who wrote a label where its name belongs; empty if `written` is not a label."""
    name = find_by_label(written, labels)
    if name is None or name.casefold() == written.strip().casefold():
        return ""
    return f"`{shorten(labels[name])}` is what people read; write its name, `{name}`"


def normalise_name(text: str) -> str:
    """Turn a text into a valid name: lower case, without accents, hyphens for other characters.

    Empty if the text has letters outside the Latin alphabet, or none.

    >>> normalise_name("Zu groß!"), normalise_name("Two_vans"), normalise_name("小包")
    ('zu-gross', 'two_vans', '')
    """
    import unicodedata

    letters = unicodedata.normalize("NFKD", text.strip().casefold())
    plain = "".join(each for each in letters if not unicodedata.combining(each))
    if not plain.isascii():
        return ""
    return re.sub(r"[^a-z0-9_.-]+", "-", plain).strip("-")


def _bare(text: str) -> str:
    """The text in lower case, with single spaces and without final punctuation."""
    return " ".join(text.casefold().split()).rstrip(".!?")


def _likely(written: str, known: list[str]) -> list[str]:
    """At most 100 names that are worth comparing in full: those closest in length and letters used."""
    if len(known) <= _MOST_COMPARED:
        return known
    from heapq import nsmallest

    letters = set(written)
    return nsmallest(
        _MOST_COMPARED, known, key=lambda name: len(letters.symmetric_difference(name)) + abs(len(name) - len(written))
    )
