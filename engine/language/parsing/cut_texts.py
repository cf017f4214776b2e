"""Detection of sentences that a comma in a bracketed list splits in two.

`must: [Ask how it was paid, pay it back the same way.]` is one text to its author and two to YAML. Since the intention
is unknown, such a list is refused.
"""

from __future__ import annotations

import re
from itertools import pairwise

from engine.language.documents.nodes import Node, Scalar, Sequence, is_close, rejoin
from engine.language.documents.text import shorten
from engine.language.parsing.reading import Reading

_LONGEST = 300
# Abbreviations, such as `NY` after `New York`.
_SHORT = r"[A-Z]{2,3}"


def refuse_cut_texts(reading: Reading, key: str, node: Node | None, *, sentences: bool = True) -> None:
    """Record a bracketed list in which an unquoted item may continue the one before it.

    Args:
        reading: The problems of the file.
        key: The key of the list.
        node: The list; anything else is ignored.
        sentences: Whether the items are sentences, where any lower-case beginning counts, or names.
    """
    if not isinstance(node, Sequence) or not node.flow:
        return
    items = [item for item in node.items if isinstance(item, Scalar)]
    rests = [
        at
        for at in range(1, len(items))
        if items[at].plain and items[at - 1].plain and _may_continue(items[at - 1], items[at], sentences)
    ]
    if not rests or len(items) < len(node.items):
        return
    starts = [at for at in range(len(items)) if at not in rests]
    whole = [rejoin(items[start:end]) for start, end in pairwise((*starts, len(items)))]
    first = rests[0]
    texts = f"`{shorten(items[first - 1].text)}` and `{shorten(items[first].text)}`"
    message = f"a comma in brackets ends unquoted text: {texts} are two texts here"
    reading.refuse("text-cut", message, items[first].place, _both_readings(key, whole, [item.text for item in items]))


def _may_continue(item: Scalar, following: Scalar, sentences: bool) -> bool:
    """Whether an item may be the continuation of the one before it."""
    before, text = item.text, following.text
    if sentences:
        # A comma within a number, `1,000 pounds`.
        return text[:1].islower() or (is_close(item, following) and before[-1:].isdigit() and text[:1].isdigit())
    is_rest = text[:1].islower() and before[:1].isupper() and " " in before
    return is_rest or bool(not before.isupper() and re.fullmatch(_SHORT, text))


def _both_readings(key: str, whole: list[str], apart: list[str]) -> str:
    """The help that shows both readings of the list."""
    from engine.language.documents.slips.yaml_lines import quote

    one, other = (f"{key}: [{', '.join(quote(text) for text in texts)}]" for texts in (whole, apart))
    if len(one) + len(other) > _LONGEST:
        return "put every text in quotes, or write each on its own line, beginning with `- `"
    return f"where they are one, write `{one}`; where they are two, `{other}`"
