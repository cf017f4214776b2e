"""Pictures of which decision needs what, as SVG: questions above, then the steps, and the policy at the bottom."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from engine.analysis.showing.step_picture import POLICY, QUESTIONS, NeedBox, StepPicture
from engine.frozen import NamedTuple
from engine.surfaces.render.pictures.layers import LANE, LAYER_GAP, LayerItem, arrange_layers
from engine.surfaces.render.pictures.picture_layout import MARGIN
from engine.surfaces.render.pictures.picture_svg import (
    COLOURS,
    LEAST_WIDTH,
    arrow_lines,
    svg_document,
    svg_heading,
    text_lines,
)
from engine.surfaces.render.pictures.picture_text import BOLD, LINE, PAD, Text, wrap_text

# The widest line of a box, and the space between the questions of one.
_WIDEST, _BETWEEN = 250.0, 5.0


class _Sized(NamedTuple):
    """A box with its wrapped texts and its size."""

    box: NeedBox
    texts: tuple[Text, ...]
    width: float
    height: float


def steps_as_svg(picture: StepPicture) -> str:
    """An SVG document with the decisions of a policy and what they need."""
    sizes = [_measure(box) for box in picture.boxes]
    items = [LayerItem(size.width, size.height, [], []) for size in sizes]
    layer = _layers(picture)
    layers: list[list[LayerItem]] = [[] for _ in range(max(layer) + 1)]
    for item, number in zip(items, layer, strict=True):
        layers[number].append(item)
    lanes = {}
    for place, box in enumerate(picture.boxes):
        for to in box.needed_by:
            before, way = items[place], []
            for between in range(layer[place] + 1, layer[to]):
                lane = LayerItem(LANE, 0.0, [(before, 0.0)], [])
                before.below.append(lane)
                layers[between].append(lane)
                way.append(lane)
                before = lane
            items[to].above.append((before, 0.0))
            before.below.append(items[to])
            lanes[place, to] = way
    arrange_layers(layers)
    left = min(item.middle - item.width / 2 for each in layers for item in each)
    width = max(item.middle + item.width / 2 for each in layers for item in each) - left
    heights = [max(item.height for item in each) for each in layers]

    page = max(LEAST_WIDTH, width + 2 * MARGIN)
    lines, top = svg_heading(picture.title, picture.policy, page)
    right = (page - width) / 2 - left
    tops = [top]
    for height in heights:
        tops.append(tops[-1] + height + LAYER_GAP)
    for (place, to), way in lanes.items():
        x, below = items[place].middle + right, tops[layer[place]] + heights[layer[place]]
        points = [(x, tops[layer[place]] + sizes[place].height), (x, below)]
        for number, lane in enumerate(way, start=layer[place] + 1):
            points += [(lane.middle + right, tops[number]), (lane.middle + right, tops[number] + heights[number])]
        lines += arrow_lines(list(dict.fromkeys((*points, (items[to].middle + right, tops[layer[to]])))))
    for size, item, number in zip(sizes, items, layer, strict=True):
        lines += _box(size, item.middle + right, tops[number])
    return svg_document(picture.title, str(picture), page, tops[-1] - LAYER_GAP + MARGIN, lines)


def _layers(picture: StepPicture) -> list[int]:
    """The layer of each box: a decision is below all that it needs, and questions are just above a decision."""
    found = [0] * len(picture.boxes)
    for place, box in enumerate(picture.boxes):
        for to in box.needed_by:
            found[to] = max(found[to], found[place] + 1)
    for place, box in enumerate(picture.boxes):
        if box.kind == QUESTIONS:
            found[place] = min(found[to] for to in box.needed_by) - 1
    return found


def _measure(box: NeedBox) -> _Sized:
    """The texts of a box, wrapped, and its size."""
    weight = 1.0 if box.kind == QUESTIONS else BOLD
    texts = tuple(wrap_text(words, _WIDEST, weight) for words in box.words)
    height = sum(text.height for text in texts) + _BETWEEN * (len(texts) - 1) + 2 * PAD
    return _Sized(box, texts, max(text.width for text in texts) + 2 * PAD, height)


def _box(size: _Sized, middle: float, top: float) -> Iterator[str]:
    """The shape and the texts of a box."""
    look = 'class="box" rx="5"'
    if size.box.kind == QUESTIONS:
        look = 'class="box" rx="18"'
    elif size.box.kind == POLICY:
        look = f'class="end" rx="5" fill={quoteattr(COLOURS[0])}'
    where = f'x="{middle - size.width / 2:.1f}" y="{top:.1f}" width="{size.width:.1f}" height="{size.height:.1f}"'
    yield "<g>"
    yield f"<rect {look} {where}/>"
    line = top + PAD
    for text in size.texts:
        yield from text_lines(text, middle, line, "" if size.box.kind == QUESTIONS else "ask")
        line += LINE * len(text.lines) + _BETWEEN
    yield "</g>"
