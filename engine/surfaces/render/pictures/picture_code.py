"""How do other programs draw a picture? In their own languages: Mermaid and Graphviz DOT."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from engine.analysis.showing.picture import FAULT, VERDICT, Box, Picture

# Signs that mean something to Mermaid inside quotes.
_MERMAID = frozenset('"#<>&`\\;{}|')


def as_mermaid(*pictures: Picture) -> str:
    """A Mermaid flowchart, as code hosts and many editors show it; several pictures are subgraphs of it."""
    title = json.dumps(_one_line(pictures[0].title).replace('"', "\u201d"), ensure_ascii=False)
    lines = ["---", f"title: {title}", "---", "flowchart TD"]
    first = 0
    for number, picture in enumerate(pictures):
        body = _mermaid(picture, first)
        if len(pictures) > 1:
            body = [f'  subgraph p{number}["{_for_mermaid(_part_words(picture))}"]', *body, "  end"]
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


def _boxes(pictures: Sequence[Picture]) -> Iterator[Box]:
    for picture in pictures:
        yield from picture.boxes


def _part_words(picture: Picture) -> str:
    return picture.policy if picture.fact is None else picture.title


def _mermaid(picture: Picture, first: int) -> list[str]:
    """The boxes and arrows of one picture, whose boxes are counted from a number on."""
    shapes = {VERDICT: ("([", "])"), FAULT: ("{{", "}}")}
    lines = []
    for number, box in enumerate(picture.boxes, start=first):
        opened, closed = shapes.get(box.kind, ("[", "]"))
        lines.append(f'  b{number}{opened}"{_for_mermaid(_asked(box))}"{closed}')
    for number, box in enumerate(picture.boxes, start=first):
        lines += [f'  b{number} -->|"{_for_mermaid(answer.words)}"| b{first + answer.to}' for answer in box.answers]
    return lines


def _asked(box: Box) -> str:
    """What a box says; one about a fact names the picture that tells more."""
    return box.words if box.fact is None else f"{box.fact}: {box.words}"


def _for_mermaid(words: str) -> str:
    return "".join(f"#{ord(sign)};" if sign in _MERMAID else sign for sign in _one_line(words))


def as_dot(*pictures: Picture) -> str:
    """A Graphviz graph; several pictures are clusters of it."""
    lines = [f"digraph {_for_dot(pictures[0].policy)} {{", f"  label={_for_dot(pictures[0].title)}; labelloc=t"]
    lines.append('  node [shape=box, fontname="sans-serif"]; edge [fontname="sans-serif"]')
    first = 0
    for number, picture in enumerate(pictures):
        body = list(_dot(picture, first))
        if len(pictures) > 1:
            body = [f"  subgraph cluster_{number} {{ label={_for_dot(_part_words(picture))}", *body, "  }"]
        lines += body
        first += len(picture.boxes)
    return "\n".join([*lines, "}"])


def _dot(picture: Picture, first: int) -> Iterator[str]:
    looks = {VERDICT: ", style=rounded", FAULT: ", style=dashed"}
    for number, box in enumerate(picture.boxes, start=first):
        width = ", penwidth=3" if box.passed else ""
        yield f"  b{number} [label={_for_dot(_asked(box))}{looks.get(box.kind, '')}{width}]"
    for number, box in enumerate(picture.boxes, start=first):
        for answer in box.answers:
            width = ", penwidth=3" if answer.taken else ""
            yield f"  b{number} -> b{first + answer.to} [label={_for_dot(answer.words)}{width}]"


def _for_dot(words: str) -> str:
    return '"' + _one_line(words).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _one_line(words: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
