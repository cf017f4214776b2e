"""Detection of texts that differ from a known text only in capitals, white space or character forms.

Texts are compared exactly, so `fr` is not `FR` and counts as an unknown text. Such a difference is rarely intended,
so the person who answered is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from engine.language.documents.text import shorten
from engine.language.model.field_kinds import TEXT, Value
from engine.language.model.policy import Policy


def near_text(known: tuple[str, ...], text: str) -> str | None:
    """The known text that equals `text` up to case, white space and character forms.

    None if there is no such text, or if `text` is itself known.
    """
    found = _by_folded_text(known).get(fold_text(text))
    return None if found is None or text in known else found


def near_texts(policy: Policy, values: Mapping[str, Value]) -> Iterator[tuple[str, str, str]]:
    """The answers that resemble a known text, as tuples of field name, answer, and known text."""
    for name, value in values.items():
        field = policy.field[name]
        if isinstance(value, str) and field.kind == TEXT and field.known:
            known = near_text(field.known, value)
            if known is not None:
                yield name, value, known


def near_notes(policy: Policy, values: Mapping[str, Value]) -> Iterator[str]:
    """A sentence for each answer that resembles a known text, to show to the person who gave it."""
    for name, text, known in near_texts(policy, values):
        not_known = f"`{shorten(text)}` is not `{shorten(known)}`, and counts as a text that no rule names"
        yield f"{policy.field[name].ask} {not_known}"


def fold_text(text: str) -> str:
    """Fold a text for comparison: without case, white space and format characters, in NFKC."""
    if text.isascii():
        return "".join(text.lower().split())
    # Imported here because few answers need it.
    from unicodedata import category, normalize

    seen = (each for each in normalize("NFKC", text) if not each.isspace() and category(each) != "Cf")
    return normalize("NFKC", "".join(seen).upper().lower())


@lru_cache(maxsize=256)
def _by_folded_text(known: tuple[str, ...]) -> dict[str, str]:
    """Known texts by their folded form; the first of equals wins."""
    return {fold_text(text): text for text in reversed(known)}
