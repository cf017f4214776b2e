"""Pictures as source code for other programs: Mermaid and Graphviz DOT."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from engine.analysis.showing.picture import FAULT, VERDICT, Box, Picture

# Characters with a meaning to Mermaid inside quotes.
_MERMAID = frozenset('"#<>&`\\;{}|')


def as_mermaid(*pictures: Picture) -> str:
    """A Mermaid flowchart; several pictures become subgraphs."""
    lines = mermaid_head(pictures[0].title)
    first = 0
    for number, picture in enumerate(pictures):
        body = _mermaid(picture, first)
        if len(pictures) > 1:
            body = [f'  subgraph p{number}["{escape_mermaid(_subgraph_title(picture))}"]', *body, "  end"]
        lines += body
        first += len(picture.boxes)
    passed = [f"b{place}" for place, box in enumerate(_boxes(pictures)) if box.passed]
    taken = [str(place) for place, answer in enumerate(each for box in _boxes(pictures) for each in box.answers)
             if answer.taken]  # fmt: skip
    if taken:
        lines.append(f"  linkStyle {','.join(taken)} stroke-width:4px")
    if passed:
        lines += ["  classDef passed stroke-width:4px", f"  class {','.join(passed)} passed"]
    return "\n".join(lines)


def mermaid_head(title: str) -> list[str]:
    """The lines that begin a Mermaid flowchart with a title."""
    quoted = json.dumps(_one_line(title).replace('"', "\u201d"), ensure_ascii=False)
    return ["---", f"title: {quoted}", "---", "flowchart TD"]


def _boxes(pictures: Sequence[Picture]) -> Iterator[Box]:
    """All boxes of all pictures."""
    for picture in pictures:
        yield from picture.boxes


def _subgraph_title(picture: Picture) -> str:
    """The title of a picture among several: the policy's name, or the title of the fact."""
    return picture.policy if picture.fact is None else picture.title


def _mermaid(picture: Picture, first: int) -> list[str]:
    """The boxes and arrows of one picture, with boxes numbered from `first`."""
    shapes = {VERDICT: ("([", "])"), FAULT: ("{{", "}}")}
    lines = []
    for number, box in enumerate(picture.boxes, start=first):
        opened, closed = shapes.get(box.kind, ("[", "]"))
        lines.append(f'  b{number}{opened}"{escape_mermaid(_box_words(box))}"{closed}')
    for number, box in enumerate(picture.boxes, start=first):
        lines += [f'  b{number} -->|"{escape_mermaid(answer.words)}"| b{first + answer.to}' for answer in box.answers]
    return lines


def _box_words(box: Box) -> str:
    """The text of a box; a box about a fact begins with the name of the fact, which has a picture of its own."""
    return box.words if box.fact is None else f"{box.fact}: {box.words}"


def escape_mermaid(words: str) -> str:
    """Escape text for a quoted Mermaid string."""
    return "".join(f"#{ord(sign)};" if sign in _MERMAID else sign for sign in _one_line(words))


def as_dot(*pictures: Picture) -> str:
    """A Graphviz graph; several pictures become clusters."""
    lines = [f"digraph {quote_dot(pictures[0].policy)} {{", f"  label={quote_dot(pictures[0].title)}; labelloc=t"]
    lines.append('  node [shape=box, fontname="sans-serif"]; edge [fontname="sans-serif"]')
    first = 0
    for number, picture in enumerate(pictures):
        body = list(_dot(picture, first))
        if len(pictures) > 1:
            body = [f"  subgraph cluster_{number} {{ label={quote_dot(_subgraph_title(picture))}", *body, "  }"]
        lines += body
        first += len(picture.boxes)
    return "\n".join([*lines, "}"])


def _dot(picture: Picture, first: int) -> Iterator[str]:
    """The boxes and arrows of one picture, with boxes numbered from `first`."""
    looks = {VERDICT: ", style=rounded", FAULT: ", style=dashed"}
    for number, box in enumerate(picture.boxes, start=first):
        width = ", penwidth=3" if box.passed else ""
        yield f"  b{number} [label={quote_dot(_box_words(box))}{looks.get(box.kind, '')}{width}]"
    for number, box in enumerate(picture.boxes, start=first):
        for answer in box.answers:
            width = ", penwidth=3" if answer.taken else ""
            yield f"  b{number} -> b{first + answer.to} [label={quote_dot(answer.words)}{width}]"


def quote_dot(words: str) -> str:
    """A quoted DOT string."""
    return '"' + _one_line(words).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _one_line(words: str) -> str:
    """The text on one line, with unprintable characters as spaces."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
