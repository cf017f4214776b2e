"""Did a comma in brackets cut a sentence in two?

`must: [Ask how it was paid, pay it back the same way.]` is one text to its author and two to YAML. Which of the two is
meant cannot be told, so that neither is taken.
"""

from __future__ import annotations

import re

from engine.language.documents.nodes import Node, Scalar, Sequence
from engine.language.documents.text import shortened
from engine.language.parsing.reading import Reading

_LONGEST = 300
# `NY` behind `New York`
_SHORT = re.compile(r"[A-Z]{2,3}")


def refuse_cut_texts(reading: Reading, key: str, node: Node | None, *, sentences: bool = True) -> None:
    """Notes a list in brackets of which an unquoted text may be the rest of the one before."""
    if not isinstance(node, Sequence) or not node.flow:
        return
    items = [item for item in node.items if isinstance(item, Scalar)]
    rests = [
        at
        for at in range(1, len(items))
        if items[at].plain and items[at - 1].plain and _may_go_on(items[at - 1].text, items[at].text, sentences)
    ]
    if not rests or len(items) < len(node.items):
        return
    whole: list[str] = []
    for at, item in enumerate(items):
        if at in rests:
            whole[-1] += f", {item.text}"
        else:
            whole.append(item.text)
    first = rests[0]
    texts = f"`{shortened(items[first - 1].text)}` and `{shortened(items[first].text)}`"
    message = f"a comma in brackets ends unquoted text: {texts} are two texts here"
    reading.refuse("text-cut", message, items[first].place, _ways(key, whole, [item.text for item in items]))


def _may_go_on(before: str, text: str, sentences: bool) -> bool:
    if sentences:
        return text[:1].islower()
    is_rest = text[:1].islower() and before[:1].isupper() and " " in before
    return is_rest or bool(_SHORT.fullmatch(text) and not before.isupper())


def _ways(key: str, whole: list[str], apart: list[str]) -> str:
    from engine.language.documents.slips.yaml_lines import quoted

    one, other = (f"{key}: [{', '.join(quoted(text) for text in texts)}]" for texts in (whole, apart))
    if len(one) + len(other) > _LONGEST:
        return "put every text in quotes, or write each on a line of its own begun with `- `"
    return f"where they are one, write `{one}`; where they are two, `{other}`"
