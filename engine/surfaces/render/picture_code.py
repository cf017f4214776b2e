"""How do other programs draw a picture? In their own languages: Mermaid and Graphviz DOT."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.showing.picture import FAULT, VERDICT, Picture

# Signs that mean something to Mermaid inside quotes.
_MERMAID = frozenset('"#<>&`\\;{}|')


def as_mermaid(picture: Picture) -> str:
    """A Mermaid flowchart, as code hosts and many editors show it."""
    return "\n".join(["flowchart TD", *_mermaid(picture)])


def _mermaid(picture: Picture) -> Iterator[str]:
    shapes = {VERDICT: ("([", "])"), FAULT: ("{{", "}}")}
    for number, box in enumerate(picture.boxes):
        opened, closed = shapes.get(box.kind, ("[", "]"))
        yield f'  b{number}{opened}"{_for_mermaid(box.words)}"{closed}'
    arrows = [(number, answer) for number, box in enumerate(picture.boxes) for answer in box.answers]
    for number, answer in arrows:
        yield f'  b{number} -->|"{_for_mermaid(answer.words)}"| b{answer.to}'
    taken = [str(place) for place, (_, answer) in enumerate(arrows) if answer.taken]
    if taken:
        yield f"  linkStyle {','.join(taken)} stroke-width:4px"
    if picture.path:
        yield "  classDef passed stroke-width:4px"
        yield f"  class {','.join(f'b{number}' for number in picture.path)} passed"


def _for_mermaid(words: str) -> str:
    return "".join(f"#{ord(sign)};" if sign in _MERMAID else sign for sign in _one_line(words))


def as_dot(picture: Picture) -> str:
    """A Graphviz graph."""
    return "\n".join([f"digraph {_for_dot(picture.policy)} {{", *_dot(picture), "}"])


def _dot(picture: Picture) -> Iterator[str]:
    yield f"  label={_for_dot(picture.title)}; labelloc=t"
    yield '  node [shape=box, fontname="sans-serif"]; edge [fontname="sans-serif"]'
    looks = {VERDICT: ", style=rounded", FAULT: ", style=dashed"}
    for number, box in enumerate(picture.boxes):
        width = ", penwidth=3" if box.passed else ""
        yield f"  b{number} [label={_for_dot(box.words)}{looks.get(box.kind, '')}{width}]"
    for number, box in enumerate(picture.boxes):
        for answer in box.answers:
            width = ", penwidth=3" if answer.taken else ""
            yield f"  b{number} -> b{answer.to} [label={_for_dot(answer.words)}{width}]"


def _for_dot(words: str) -> str:
    return '"' + _one_line(words).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _one_line(words: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
