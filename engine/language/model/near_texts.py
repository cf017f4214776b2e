"""Which text did somebody mean who wrote one that is known in another way?

Texts are compared letter by letter, so that `fr` is not `FR` and counts as any other text. What differs in capitals,
white space or the form of its letters alone is hardly meant so, and whoever answered is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from engine.language.documents.text import shortened
from engine.language.model.field_kinds import TEXT, Value
from engine.language.model.policy import Policy


def near_text(known: tuple[str, ...], text: str) -> str | None:
    """The known text that this one seems to be meant for; None where it is known itself, or like none of them."""
    found = _bynear_core(known).get(near_core(text))
    return None if found is None or text in known else found


def near_texts(policy: Policy, values: Mapping[str, Value]) -> Iterator[tuple[str, str, str]]:
    """The fields that are answered by a text which seems to be meant for a known one, with both texts."""
    for name, value in values.items():
        field = policy.field[name]
        if isinstance(value, str) and field.kind == TEXT and field.known:
            known = near_text(field.known, value)
            if known is not None:
                yield name, value, known


def near_notes(policy: Policy, values: Mapping[str, Value]) -> Iterator[str]:
    """What to tell whoever answered so."""
    for name, text, known in near_texts(policy, values):
        not_known = f"`{shortened(text)}` is not `{shortened(known)}`, and counts as a text that no rule names"
        yield f"{policy.field[name].ask} {not_known}"


def near_core(text: str) -> str:
    """A text without what is easily written otherwise: capitals, white space, unseen signs, wide and joined letters."""
    if text.isascii():
        return "".join(text.lower().split())
    # Loaded only where it is needed: hardly any answer is such a text.
    from unicodedata import category, normalize

    seen = (each for each in normalize("NFKC", text) if not each.isspace() and category(each) != "Cf")
    return normalize("NFKC", "".join(seen).upper().lower())


@lru_cache(maxsize=256)
def _bynear_core(known: tuple[str, ...]) -> dict[str, str]:
    return {near_core(text): text for text in reversed(known)}
