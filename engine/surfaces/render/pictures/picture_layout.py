"""Layered layout of a picture, from top to bottom, so that every arrow points down.

Each box is one layer below its lowest predecessor. An arrow across several layers reserves a lane in each. All lengths
are in pixels.
"""

from __future__ import annotations

from engine.analysis.showing.picture import Box, Picture
from engine.frozen import frozen_value
from engine.surfaces.render.pictures.layers import LANE, LAYER_GAP, LayerItem, arrange_layers
from engine.surfaces.render.pictures.picture_text import BOLD, PAD, Text, wrap_text

_ASK_WIDTH, _ANSWER_WIDTH, _END_WIDTH = 300.0, 130.0, 150.0
MARGIN = 16.0


@frozen_value
class GridCell:
    """An answer within its box: its text, left edge and width."""

    text: Text
    left: float
    width: float

    @property
    def middle(self) -> float:
        """The horizontal centre."""
        return self.left + self.width / 2


@frozen_value
class PlacedBox:
    """A box with its position and size. Its answers are cells side by side below the question."""

    box: Box
    left: float
    top: float
    width: float
    height: float
    text: Text
    cells: tuple[GridCell, ...]

    @property
    def middle(self) -> float:
        """The horizontal centre."""
        return self.left + self.width / 2

    @property
    def bottom(self) -> float:
        """The bottom edge."""
        return self.top + self.height


@frozen_value
class PictureLayout:
    """The placed boxes and arrows of a picture.

    Attributes:
        width: The width of the picture.
        height: The height of the picture.
        boxes: The boxes, in the order of the picture.
        arrows: For each (box index, answer index), the points of the arrow from top to bottom.
    """

    width: float
    height: float
    boxes: tuple[PlacedBox, ...]
    arrows: dict[tuple[int, int], tuple[tuple[float, float], ...]]


def lay_out(picture: Picture) -> PictureLayout:
    """Compute the layout of a picture."""
    sizes = [_measure(box) for box in picture.boxes]
    layer = [0] * len(picture.boxes)
    for place, box in _topological_order(picture):
        for answer in box.answers:
            layer[answer.to] = max(layer[answer.to], layer[place] + 1)
    items = [LayerItem(size.width, size.height, [], []) for size in sizes]
    layers: list[list[LayerItem]] = [[] for _ in range(max(layer, default=0) + 1)]
    for place, item in enumerate(items):
        layers[layer[place]].append(item)
    lanes: dict[tuple[int, int], list[LayerItem]] = {}
    for place, box in enumerate(picture.boxes):
        for number, answer in enumerate(box.answers):
            offset = sizes[place].cells[number].middle - sizes[place].width / 2
            before, way = items[place], []
            for between in range(layer[place] + 1, layer[answer.to]):
                lane = LayerItem(LANE, 0.0, [(before, offset)], [])
                before.below.append(lane)
                layers[between].append(lane)
                way.append(lane)
                before, offset = lane, 0.0
            items[answer.to].above.append((before, offset))
            before.below.append(items[answer.to])
            lanes[place, number] = way
    arrange_layers(layers)
    return _assemble(picture, sizes, items, layer, layers, lanes)


def _topological_order(picture: Picture) -> list[tuple[int, Box]]:
    """The indexed boxes, each after all its predecessors."""
    waits = [0] * len(picture.boxes)
    for box in picture.boxes:
        for answer in box.answers:
            waits[answer.to] += 1
    ready = [place for place, many in enumerate(waits) if not many]
    found = []
    for place in ready:
        found.append((place, picture.boxes[place]))
        for answer in picture.boxes[place].answers:
            waits[answer.to] -= 1
            if not waits[answer.to]:
                ready.append(answer.to)
    return found


def _measure(box: Box) -> PlacedBox:
    """The box with its texts wrap_text and its size computed, at position (0, 0)."""
    words = box.words if box.number is None else f"{box.number}. {box.words}"
    if not box.answers:
        text = wrap_text(words, _END_WIDTH)
        return PlacedBox(box, 0, 0, text.width + 2 * PAD, text.height + 2 * PAD, text, ())
    texts = [wrap_text(answer.words, _ANSWER_WIDTH) for answer in box.answers]
    text = wrap_text(words, max(_ASK_WIDTH, sum(each.width + 2 * PAD for each in texts) - 2 * PAD), BOLD)
    widths = [each.width + 2 * PAD for each in texts]
    width = max(text.width + 2 * PAD, sum(widths))
    spare = (width - sum(widths)) / len(widths)
    cells, left = [], 0.0
    for each, wide in zip(texts, widths, strict=True):
        cells.append(GridCell(each, left, wide + spare))
        left += wide + spare
    height = text.height + 2 * PAD + max(each.height for each in texts) + PAD
    return PlacedBox(box, 0, 0, width, height, text, tuple(cells))


def _assemble(
    picture: Picture,
    sizes: list[PlacedBox],
    items: list[LayerItem],
    layer: list[int],
    layers: list[list[LayerItem]],
    lanes: dict[tuple[int, int], list[LayerItem]],
) -> PictureLayout:
    """The layout with absolute positions, from the positions of the items."""
    heights = [max(item.height for item in each) for each in layers]
    tops = [MARGIN]
    for height in heights:
        tops.append(tops[-1] + height + LAYER_GAP)
    left = min(item.middle - item.width / 2 for each in layers for item in each) - MARGIN
    right = max(item.middle + item.width / 2 for each in layers for item in each) + MARGIN
    boxes = []
    for size, item, number in zip(sizes, items, layer, strict=True):
        edge = item.middle - item.width / 2 - left
        cells = tuple(GridCell(cell.text, edge + cell.left, cell.width) for cell in size.cells)
        boxes.append(PlacedBox(size.box, edge, tops[number], size.width, size.height, size.text, cells))
    arrows = {}
    for (place, number), way in lanes.items():
        start, end = boxes[place], boxes[picture.boxes[place].answers[number].to]
        points = [(start.cells[number].middle, start.bottom)]
        below = tops[layer[place]] + heights[layer[place]]
        if start.bottom < below:
            # Go straight down past taller neighbours: an arrow can go sideways only between layers.
            points.append((start.cells[number].middle, below))
        for step, lane in enumerate(way, start=layer[place] + 1):
            points += [(lane.middle - left, tops[step]), (lane.middle - left, tops[step] + heights[step])]
        arrows[place, number] = (*points, (end.middle, end.top))
    return PictureLayout(right - left, tops[-1] - LAYER_GAP + MARGIN, tuple(boxes), arrows)
