"""How does a picture look? As SVG, for light and dark, on screen and paper, and told for those who cannot see it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from engine.analysis.showing.picture import FAULT, VERDICT, Picture
from engine.surfaces.render.picture_layout import PictureLayout, Placed, lay_out
from engine.surfaces.render.picture_text import LINE, PAD, SIZE, Text

# Calm colours that differ in lightness too; the words say the same. More verdicts than colours begin anew.
_COLOURS = ("#cfe3f5", "#f6d9c4", "#d5ead0", "#ead3ea", "#f5ecbd", "#d0ecec", "#f3cfd3", "#dddddd")
_STYLE = f"""
text {{ font: {SIZE:g}px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1b1b1b; }}
.ask {{ font-weight: 600; }}
.paper {{ fill: #ffffff; }}
.box {{ fill: #fbfbf8; stroke: #55554f; }}
.end {{ stroke: #55554f; }}
.fault {{ fill: #ffffff; stroke: #a11a1a; stroke-dasharray: 5 3; }}
.rule {{ stroke: #b9b9b0; }}
.arrow {{ fill: none; stroke: #77776f; stroke-width: 1.4; }}
.on {{ stroke: #0b57a4; stroke-width: 3.2; }}
.head {{ fill: #77776f; stroke: none; }}
.head.on {{ fill: #0b57a4; }}
@media (prefers-color-scheme: dark) {{
  .paper {{ fill: #161616; }} .box {{ fill: #262624; stroke: #a5a59c; }} .rule {{ stroke: #55554f; }}
  .box ~ text {{ fill: #f0f0ea; }} .fault {{ fill: #161616; stroke: #ff9b9b; }} .fault ~ text {{ fill: #f0f0ea; }}
  .arrow {{ stroke: #a5a59c; }} .head {{ fill: #a5a59c; }} .on {{ stroke: #7db8f5; }} .head.on {{ fill: #7db8f5; }}
}}
"""


def as_svg(picture: Picture) -> str:
    """The picture as an SVG document."""
    layout = lay_out(picture)
    width, height = f"{layout.width:.0f}", f"{layout.height:.0f}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' role="img" aria-labelledby="title description">',
        f'<title id="title">{_said(picture.title)}</title>',
        f'<desc id="description">{_said(picture.description)}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{width}" height="{height}"/>',
        *_arrows(picture, layout),
        *(line for place in layout.boxes for line in _box(picture, place)),
        "</svg>",
    ]
    return "\n".join(lines)


def _arrows(picture: Picture, layout: PictureLayout) -> Iterator[str]:
    """The arrows, those of the record's way last, so that they lie above the others."""
    ways = sorted(layout.arrows.items(), key=lambda way: picture.boxes[way[0][0]].answers[way[0][1]].taken)
    for (box, number), points in ways:
        on = " on" if picture.boxes[box].answers[number].taken else ""
        (x, y), *further = points
        path = [f"M{x:.1f} {y:.1f}"]
        last = len(further) - 1
        for place, (to_x, to_y) in enumerate(further):
            # Room for the head, which points straight down.
            goal = to_y - 6 if place == last else to_y
            bend = (goal - y) / 2
            path.append(f"C{x:.1f} {y + bend:.1f} {to_x:.1f} {goal - bend:.1f} {to_x:.1f} {goal:.1f}")
            x, y = to_x, goal
        yield f'<path class="arrow{on}" d="{" ".join(path)}"/>'
        yield f'<path class="head{on}" d="M{x - 5:.1f} {y - 2:.1f} L{x + 5:.1f} {y - 2:.1f} L{x:.1f} {y + 6:.1f} Z"/>'


def _box(picture: Picture, at: Placed) -> Iterator[str]:
    box = at.box
    on = " on" if box.passed else ""
    where = f'x="{at.left:.1f}" y="{at.top:.1f}" width="{at.width:.1f}" height="{at.height:.1f}"'
    yield "<g>"
    if not box.answers:
        verdicts = list(dict.fromkeys(each.verdict for each in picture.boxes if each.kind == VERDICT))
        look = (
            f'class="fault{on}"'
            if box.kind == FAULT
            else f'class="end{on}" fill={quoteattr(_COLOURS[verdicts.index(box.verdict) % len(_COLOURS)])}'
        )
        yield f'<rect {look} rx="14" {where}/>'
        yield from _text(at.text, at.middle, at.top + PAD)
    else:
        yield f'<rect class="box{on}" rx="5" {where}/>'
        line = at.top + at.text.height + 1.5 * PAD
        yield f'<path class="rule" d="M{at.left:.1f} {line:.1f} H{at.left + at.width:.1f}"/>'
        for cell in at.cells[1:]:
            yield f'<path class="rule" d="M{cell.left:.1f} {line:.1f} V{at.bottom:.1f}"/>'
        yield from _text(at.text, at.middle, at.top + PAD, "ask")
        for cell in at.cells:
            yield from _text(cell.text, cell.middle, at.top + at.text.height + 2 * PAD)
    yield "</g>"


def _text(text: Text, middle: float, top: float, name: str = "") -> Iterator[str]:
    for number, line in enumerate(text.lines):
        look = f' class="{name}"' if name else ""
        y = top + LINE * number + SIZE * 0.95
        yield f'<text{look} x="{middle:.1f}" y="{y:.1f}" text-anchor="middle">{_said(line)}</text>'


def _said(text: str) -> str:
    """Text that XML can hold: what it cannot is left out."""
    kept = "".join(sign for sign in text if sign in "\t\n" or (ord(sign) >= 32 and ord(sign) not in (0xFFFE, 0xFFFF)))
    return escape(kept.encode("utf-8", "replace").decode("utf-8"))
