"""Pictures of which decision needs what, as source code for other programs: Mermaid and Graphviz DOT."""

from __future__ import annotations

from engine.analysis.showing.step_picture import POLICY, QUESTIONS, STEP, StepPicture
from engine.surfaces.render.pictures.picture_code import escape_mermaid, mermaid_head, quote_dot


def steps_as_mermaid(picture: StepPicture) -> str:
    """A Mermaid flowchart: questions rounded, steps as boxes, the policy as a box with two edges."""
    shapes = {QUESTIONS: ("([", "])"), STEP: ("[", "]"), POLICY: ("[[", "]]")}
    lines = mermaid_head(picture.title)
    for number, box in enumerate(picture.boxes):
        opened, closed = shapes[box.kind]
        lines.append(f'  b{number}{opened}"{"<br/>".join(map(escape_mermaid, box.words))}"{closed}')
    lines += [f"  b{number} --> b{to}" for number, box in enumerate(picture.boxes) for to in box.needed_by]
    return "\n".join(lines)


def steps_as_dot(picture: StepPicture) -> str:
    """A Graphviz graph: questions rounded, steps as boxes, the policy with a thick line."""
    looks = {QUESTIONS: ", style=rounded", STEP: "", POLICY: ", penwidth=3"}
    lines = [f"digraph {quote_dot(picture.policy)} {{", f"  label={quote_dot(picture.title)}; labelloc=t"]
    lines.append('  node [shape=box, fontname="sans-serif"]')
    for number, box in enumerate(picture.boxes):
        label = "\\n".join(quote_dot(words)[1:-1] for words in box.words)
        lines.append(f'  b{number} [label="{label}"{looks[box.kind]}]')
    lines += [f"  b{number} -> b{to}" for number, box in enumerate(picture.boxes) for to in box.needed_by]
    return "\n".join([*lines, "}"])
