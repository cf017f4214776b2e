"""The order and positions of the boxes in the layers of a picture.

Boxes in a layer are ordered by the barycentre of their neighbours, in a fixed number of alternating sweeps, to reduce
crossings (K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system structures", 1981).
All lengths are in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

# Between boxes of a layer, between layers, and the width of an arrow that passes a layer.
_GAP, LAYER_GAP, LANE = 22.0, 54.0, 14.0
_SWEEPS = 24


@dataclass
class LayerItem:
    """A box, or the lane of an arrow in a layer.

    Attributes:
        width: The width.
        height: The height; 0 for a lane.
        above: The predecessors, each with the offset of its outgoing arrow from its centre.
        below: The successors.
        middle: The current horizontal centre.
    """

    width: float
    height: float
    above: list[tuple[LayerItem, float]]
    below: list[LayerItem]
    middle: float = 0.0

    def centre_of_predecessors(self) -> float | None:
        """The mean position of incoming arrows; None without any."""
        return sum(item.middle + offset for item, offset in self.above) / len(self.above) if self.above else None

    def centre_of_successors(self) -> float | None:
        """The mean position of successors; None without any."""
        return sum(item.middle for item in self.below) / len(self.below) if self.below else None


def arrange_layers(layers: list[list[LayerItem]]) -> None:
    """Order the items of each layer and set their positions, in alternating downward and upward sweeps."""
    for items in layers:
        _pack(items, [0.0] * len(items))
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for items in layers if down else reversed(layers):
            wishes = [(item.centre_of_predecessors() if down else item.centre_of_successors()) for item in items]
            wanted = [
                item.middle if centre_of_predecessors is None else centre_of_predecessors
                for item, centre_of_predecessors in zip(items, wishes, strict=True)
            ]
            if down:
                order = sorted(range(len(items)), key=lambda place: (wanted[place], place))
                items[:] = [items[place] for place in order]
                wanted = [wanted[place] for place in order]
            _pack(items, wanted)


def _pack(items: list[LayerItem], wanted: list[float]) -> None:
    """Place the items of a layer in order, as near to the wanted centres as their widths allow (least squares)."""
    blocks: list[tuple[float, float, list[tuple[LayerItem, float]]]] = []
    for item, centre_of_predecessors in zip(items, wanted, strict=True):
        # A block of touching items: the sum of the wanted left edges of the block, the number of items, and each item's
        # offset.
        block = (centre_of_predecessors - item.width / 2, 1.0, [(item, 0.0)])
        while blocks and blocks[-1][0] / blocks[-1][1] + _block_width(blocks[-1]) + _GAP > block[0] / block[1]:
            before = blocks.pop()
            shift = _block_width(before) + _GAP
            moved = [(each, offset + shift) for each, offset in block[2]]
            block = (before[0] + block[0] - shift * block[1], before[1] + block[1], before[2] + moved)
        blocks.append(block)
    for total, many, members in blocks:
        for item, offset in members:
            item.middle = total / many + offset + item.width / 2


def _block_width(block: tuple[float, float, list[tuple[LayerItem, float]]]) -> float:
    """The width of a block."""
    item, offset = block[2][-1]
    return offset + item.width
