"""Areas: parts of the space of situations, as the cells left on each axis and the regions left of tied fields.

Tied fields share a sum, and their cells alone do not tell what is left of them (`tied_fields.py`). Every area that is
returned contains a situation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, compress, count
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

from engine.budget import Budget
from engine.frozen import NamedTuple
from engine.language.model.field_kinds import Value
from engine.language.model.policy import Policy
from engine.meaning.spaces.space import Space
from engine.threads import cached_method, cached_property

if TYPE_CHECKING:
    from engine.integers.polytopes import Polytope
    from engine.meaning.spaces.tied_fields import TiedFields

# For fewer cells, summing sizes again is cheaper than caching by mask.
_FEW = 8
_IS_ONE = bytes(sign == ord("1") for sign in range(256))


class Area(NamedTuple):
    """The cells that are left on each axis (bit masks), and the region that is left of each group of tied fields."""

    masks: tuple[int, ...]
    regions: tuple[Polytope, ...]


class StepAxes(Protocol):
    """Axes for the outcomes of steps, whose cells alone do not say which situations there are."""

    @property
    def axes(self) -> frozenset[int]:
        """The axes of the steps."""
        ...

    @property
    def held(self) -> Sequence[int]:
        """The axes that depend on each other: those of the steps, all that these read, and those of tied fields."""
        ...

    def parts(self, area: Area, budget: Budget) -> Iterator[Area]:
        """Iterate over disjoint parts of an area that together hold all of its situations, and no others.

        No part restricts the axis of a step. Raises `OutOfSteps`.
        """
        ...

    def cells_of(self, policy: Policy) -> Mapping[str, tuple[int, int]]:
        """Return the axis and the cells of the facts without a name that conditions on steps come to, by their names.

        Empty for a policy with other steps.
        """
        ...

    def settled(self, point: Sequence[int]) -> list[int]:
        """Return a point, a cell for each axis, with the cells that the steps have there."""
        ...

    def misread(self, axis: int, cell: int) -> Areas:
        """Return the areas of the same space, in which steps are read as if some axis always had one cell."""
        ...

    def unlike(self, axis: int, cell: int, budget: Budget) -> Iterator[Area]:
        """Iterate over areas, of those in a cell of an axis, which hold all situations in which a step is misread.

        For what `misread` returned; raises `OutOfSteps`.
        """
        ...

    def mentioned_behind(self, axes: int) -> int:
        """Return some axes, and those that the rules of the steps among them mention, as bit masks."""
        ...

    def joined(self, tree: Any, budget: Budget) -> Any:
        """Return a `Tree` that says the same and asks about no step; raises `OutOfSteps`."""
        ...

    def counts(self, tree: Any, wanted: Callable[[Any], bool], budget: Budget) -> dict[Any, int]:
        """Return the number of situations with each wanted label of a `Tree`; raises `OutOfSteps`."""
        ...

    def size(self, area: Area, budget: Budget) -> int:
        """Return the number of situations in an area; raises `OutOfSteps`."""
        ...


class Areas:
    """Creates, narrows and measures the areas of one space.

    `whole` is the area of all situations, and `full` that of all cells. `steps` has the axes for the outcomes of steps,
    if the space has some; then an area may hold no situation, and no situation has some of the cells.
    """

    def __init__(self, space: Space, steps: StepAxes | None = None) -> None:
        self.space = space
        self.steps = steps
        self.group_of: dict[int, int] = {}
        for index, group in enumerate(space.groups):
            self.group_of |= dict.fromkeys((*group.field_axes, *(axis for axis, _ in group.sum_axes)), index)
        masks = tuple(axis.full for axis in space.axes)
        self.full = self.whole = Area(masks, self.tied.whole if space.groups else ())
        self._sizes: dict[tuple[int, int], int] = {}

    @cached_property
    def tied(self) -> TiedFields:
        """The regions of tied fields; imported only for a policy that has some."""
        from engine.meaning.spaces.tied_fields import TiedFields

        return TiedFields(self.space)

    @cached_property
    def axes_of_groups(self) -> list[int]:
        """For each group of tied fields its axes, as a bit mask."""
        found = [0] * len(self.space.groups)
        for axis, group in self.group_of.items():
            found[group] |= 1 << axis
        return found

    def restrict(self, values: Mapping[str, Value]) -> Area:
        """Return the area of the situations with these answers, exact for tied fields."""
        masks = list(self.whole.masks)
        regions = list(self.whole.regions)
        for name, value in values.items():
            field = self.space.fields[name]
            for axis in self.space.axes_of(field):
                masks[axis] = 1 << self.space.cell_of(axis, value)
        for index, group in enumerate(self.space.groups):
            if not values.keys().isdisjoint(group.fields):
                regions[index] = self.tied.restrict(index, values)
                self.tied.tighten(masks, index, regions[index])
        return Area(tuple(masks), tuple(regions))

    def narrow(self, area: Area, axis: int, mask: int, budget: Budget) -> Area | None:
        """Restrict an axis to some cells; None if no situation is left. Raises `OutOfSteps`.

        On the axis of a group of tied fields the cells must be neighbours, since a region has one interval for each
        sum.
        """
        masks = list(area.masks)
        masks[axis] &= mask
        if not masks[axis]:
            return None
        index = self.group_of.get(axis)
        if index is None:
            return Area(tuple(masks), area.regions)
        region = self.tied.narrow(area.regions[index], index, axis, masks[axis], budget)
        if region is None:
            return None
        if region.box != area.regions[index].box and not self.tied.tighten(masks, index, region):
            return None
        regions = list(area.regions)
        regions[index] = region
        return Area(tuple(masks), tuple(regions))

    def is_free(self, axes: Iterable[int]) -> bool:
        """Whether every choice of cells on these axes has a situation, as far as nothing is impossible."""
        return self.group_of.keys().isdisjoint(axes) and (self.steps is None or self.steps.axes.isdisjoint(axes))

    def size_on(self, axis: int, mask: int) -> int:
        """Return the number of values in some cells of an axis; the space must be countable."""
        if mask.bit_count() < _FEW:
            cells = self.space.axes[axis].cells
            return sum(cells[cell].size or 0 for cell in bits(mask))
        key = (axis, mask)
        found = self._sizes.get(key)
        if found is None:
            below = self._sizes_below(axis)
            turns = bits(mask ^ (mask << 1))
            runs = zip(turns[::2], turns[1::2], strict=True)
            found = self._sizes[key] = sum(below[end] - below[start] for start, end in runs)
        return found

    @cached_method
    def _sizes_below(self, axis: int) -> list[int]:
        """Return for each cell of an axis the number of values in the cells before it, and at the end the number of
        all.
        """
        return list(accumulate((cell.size or 0 for cell in self.space.axes[axis].cells), initial=0))

    @cached_property
    def _whole_sizes(self) -> tuple[int, ...]:
        """The number of values on each axis."""
        return tuple(self.size_on(axis, mask) for axis, mask in enumerate(self.whole.masks))

    def points(self, region: Polytope, budget: Budget) -> int:
        """Return the number of points in a region; the space must be countable. Raises `OutOfSteps`."""
        return self.tied.points(region, budget)

    def size(self, area: Area, budget: Budget) -> int:
        """Return the number of situations in an area; the space must be countable. Raises `OutOfSteps`."""
        plain = 1
        if self.steps is not None:
            return self.steps.size(area, budget)
        for axis, (mask, whole) in enumerate(zip(area.masks, self.whole.masks, strict=True)):
            if axis not in self.group_of:
                # Most axes of most areas are whole, and share the mask of the whole area.
                plain *= self._whole_sizes[axis] if mask is whole else self.size_on(axis, mask)
        return plain * prod(self.points(region, budget) for region in area.regions) if plain else 0


def bits(mask: int) -> list[int]:
    """Return the positions of the ones in a bit mask, lowest first; the method depends on how many there are."""
    many = mask.bit_count()
    if many * 3 > mask.bit_length():
        return list(compress(count(), bin(mask)[:1:-1].encode().translate(_IS_ONE)))
    found = []
    if many < 8:
        while mask:
            lowest = mask & -mask
            found.append(lowest.bit_length() - 1)
            mask ^= lowest
        return found
    text = bin(mask)[:1:-1]
    place = text.find("1")
    while place >= 0:
        found.append(place)
        place = text.find("1", place + 1)
    return found


def runs_in(mask: int) -> Iterator[tuple[int, int]]:
    """Iterate over the first and last position of every run of neighbouring ones in a bit mask."""
    turns = bits(mask ^ (mask << 1))
    for start, end in zip(turns[::2], turns[1::2], strict=True):
        yield start, end - 1
