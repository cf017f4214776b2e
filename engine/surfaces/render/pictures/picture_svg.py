"""Pictures as SVG, with light and dark colours and a description for screen readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from xml.sax.saxutils import escape, quoteattr

from engine.analysis.showing.picture import ELSEWHERE, FAULT, VERDICT, Picture
from engine.surfaces.render.pictures.picture_layout import MARGIN, PictureLayout, PlacedBox, lay_out
from engine.surfaces.render.pictures.picture_text import BOLD, LINE, PAD, SIZE, Text, wrap_text
from engine.surfaces.render.templates import fill_template

# Muted colours that also differ in lightness; the text carries the same information. They repeat after the last.
COLOURS = ("#cfe3f5", "#f6d9c4", "#d5ead0", "#ead3ea", "#f5ecbd", "#d0ecec", "#f3cfd3", "#dddddd")
# The least width of a picture, the size of its title relative to other text, and the space above the picture of a fact.
LEAST_WIDTH, _TITLE, _APART = 420.0, 1.6, 24.0


def as_svg(*pictures: Picture, given: Sequence[str] = ()) -> str:
    """An SVG document with the pictures of one policy below each other.

    Args:
        pictures: The pictures; the first is about the policy's verdict.
        given: The answers taken as given, in words.
    """
    first = pictures[0]
    layouts = [lay_out(picture) for picture in pictures]
    width = max(LEAST_WIDTH, *(layout.width for layout in layouts))
    named = f"{first.policy}, given {'; '.join(given)}" if given else first.policy
    lines, top = svg_heading(first.title, named, width)
    verdicts = list(dict.fromkeys(box.verdict for picture in pictures for box in picture.boxes if box.kind == VERDICT))
    for number, (picture, layout) in enumerate(zip(pictures, layouts, strict=True)):
        if number and picture.fact is not None and picture.fact != pictures[number - 1].fact:
            lines.append(f'<g id="{quoteattr(picture.fact)[1:-1]}">')
            top += _APART
            heading = list(_heading(picture.title, top, width, BOLD, "part"))
            lines += [*heading, "</g>"]
            top += LINE * 1.25 * len(heading)
        placed = _translate(layout, (width - layout.width) / 2, top)
        lines += [*_arrows(picture, placed), *(line for each in placed.boxes for line in _box(verdicts, each))]
        top += layout.height
    return svg_document(first.title, _description(pictures), width, top, lines)


def svg_heading(title: str, name: str, width: float) -> tuple[list[str], float]:
    """The title and the name of a policy above its pictures, and where these begin."""
    lines = list(_heading(title, MARGIN, width, _TITLE, "title"))
    lines += _heading(name, MARGIN + LINE * 1.25 * len(lines), width, 1.0, "name")
    return lines, MARGIN + LINE * 1.25 * len(lines) + PAD


def svg_document(title: str, description: str, width: float, height: float, lines: Sequence[str]) -> str:
    """An SVG document of a size, with a title and a description for screen readers."""
    sizes = {"size": f"{SIZE:g}", "title_size": f"{SIZE * 1.35:g}"}
    style = fill_template("engine.surfaces.render.pictures", "picture.css", **sizes)
    size = f'width="{width:.0f}" height="{height:.0f}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width:.0f} {height:.0f}"'
            ' role="img" aria-labelledby="title description">',
            f'<title id="title">{_escape(title)}</title>',
            f'<desc id="description">{_escape(description)}</desc>',
            f"<style>\n{style}\n</style>",
            f'<rect class="paper" {size}/>',
            *lines,
            "</svg>",
        ]
    )


def _description(pictures: Sequence[Picture]) -> str:
    """The text descriptions of the pictures; parts of one picture share one."""
    return "\n\n".join(dict.fromkeys(picture.description for picture in pictures))


def _heading(words: str, top: float, width: float, weight: float, name: str) -> Iterator[str]:
    """The lines of a heading."""
    for number, line in enumerate(wrap_text(words, width - 2 * MARGIN, weight).lines):
        y = top + LINE * (1.25 * number + 0.9)
        yield f'<text class="{name}" x="{MARGIN:.0f}" y="{y:.1f}">{_escape(line)}</text>'


def _translate(layout: PictureLayout, right: float, down: float) -> PictureLayout:
    """The layout moved to the right and down."""
    boxes = tuple(
        replace(
            box,
            left=box.left + right,
            top=box.top + down,
            cells=tuple(replace(cell, left=cell.left + right) for cell in box.cells),
        )
        for box in layout.boxes
    )
    arrows = {way: tuple((x + right, y + down) for x, y in points) for way, points in layout.arrows.items()}
    return replace(layout, boxes=boxes, arrows=arrows)


def _arrows(picture: Picture, layout: PictureLayout) -> Iterator[str]:
    """The arrows; those on the path of the record come last, so that they are drawn above the others."""
    ways = sorted(layout.arrows.items(), key=lambda way: picture.boxes[way[0][0]].answers[way[0][1]].taken)
    for (box, number), points in ways:
        yield from arrow_lines(points, " on" if picture.boxes[box].answers[number].taken else "")


def arrow_lines(points: Sequence[tuple[float, float]], on: str = "") -> Iterator[str]:
    """An arrow through points from top to bottom; `on` is a further class."""
    (x, y), *further = points
    path = [f"M{x:.1f} {y:.1f}"]
    last = len(further) - 1
    for place, (to_x, to_y) in enumerate(further):
        # Leave room for the arrowhead, which points straight down.
        goal = to_y - 6 if place == last else to_y
        bend = (goal - y) / 2
        path.append(f"C{x:.1f} {y + bend:.1f} {to_x:.1f} {goal - bend:.1f} {to_x:.1f} {goal:.1f}")
        x, y = to_x, goal
    yield f'<path class="arrow{on}" d="{" ".join(path)}"/>'
    yield f'<path class="head{on}" d="M{x - 5:.1f} {y - 2:.1f} L{x + 5:.1f} {y - 2:.1f} L{x:.1f} {y + 6:.1f} Z"/>'


def _box(verdicts: Sequence[str | None], at: PlacedBox) -> Iterator[str]:
    """The shapes and texts of a box."""
    box = at.box
    on = " on" if box.passed else ""
    where = f'x="{at.left:.1f}" y="{at.top:.1f}" width="{at.width:.1f}" height="{at.height:.1f}"'
    link = f"q{box.follows}" if box.follows else box.fact
    if link is not None:
        yield f"<a href={quoteattr(f'#{link}')}>"
    yield "<g>" if box.number is None else f'<g id="q{box.number}">'
    if not box.answers:
        look = (
            f'class="fault{on}"'
            if box.kind == FAULT
            else f'class="elsewhere{on}"'
            if box.kind == ELSEWHERE
            else f'class="end{on}" fill={quoteattr(COLOURS[verdicts.index(box.verdict) % len(COLOURS)])}'
        )
        yield f'<rect {look} rx="14" {where}/>'
        yield from text_lines(at.text, at.middle, at.top + PAD)
    else:
        yield f'<rect class="box{on}" rx="5" {where}/>'
        line = at.top + at.text.height + 1.5 * PAD
        yield f'<path class="rule" d="M{at.left:.1f} {line:.1f} H{at.left + at.width:.1f}"/>'
        for cell in at.cells[1:]:
            yield f'<path class="rule" d="M{cell.left:.1f} {line:.1f} V{at.bottom:.1f}"/>'
        yield from text_lines(at.text, at.middle, at.top + PAD, "ask")
        for cell in at.cells:
            yield from text_lines(cell.text, cell.middle, at.top + at.text.height + 2 * PAD)
    yield "</g>"
    if link is not None:
        yield "</a>"


def text_lines(text: Text, middle: float, top: float, name: str = "") -> Iterator[str]:
    """The lines of a centred text."""
    for number, line in enumerate(text.lines):
        look = f' class="{name}"' if name else ""
        y = top + LINE * number + SIZE * 0.95
        yield f'<text{look} x="{middle:.1f}" y="{y:.1f}" text-anchor="middle">{_escape(line)}</text>'


def _escape(text: str) -> str:
    """Escape text for XML, without characters that XML does not allow."""
    kept = "".join(sign for sign in text if sign in "\t\n" or (ord(sign) >= 32 and ord(sign) not in (0xFFFE, 0xFFFF)))
    return escape(kept.encode("utf-8", "replace").decode("utf-8"))
