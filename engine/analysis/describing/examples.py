"""Examples: a complete situation that matches a query, with the fewest answers that show why.

The answers that matter are those on the shortest path to a match. They are then dropped one by one if every possible
situation with the remaining ones still matches. All other answers are as simple as possible.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.budget import Budget, attempt
from engine.frozen import FrozenDict, frozen_value
from engine.language.documents.exact import fraction_type
from engine.language.model.field_kinds import ANY_OF, INTEGER, NONE, NUMBER, Field, Value
from engine.language.model.values.grid_positions import grid_value
from engine.meaning.queries import Query
from engine.meaning.spaces.areas import Area, Areas, bits

_MOST_TRIED = 4
# The tree of a query may spend one n-th of the steps.
_FOR_TREE = 8


@frozen_value
class Example:
    """A complete situation in file order, and the fields whose answers alone ensure a match."""

    values: FrozenDict[str, Value]
    shows: tuple[str, ...]


def example(query: Query, budget: Budget) -> Example:
    """Return the example of a query, which must have a match; raises `OutOfSteps`."""
    areas = query.areas
    place = _shown(query, budget)
    first = simplest_in(areas, place, budget)
    shows = [name for name in areas.space.fields if _is_asked(query, place, name)]
    last_first = shows[::-1]
    for name in sorted(last_first, key=lambda name: not _is_not_asked(areas.space.fields[name], first[name])):
        fewer = {each: first[each] for each in shows if each != name}
        if query.forced(budget, areas.restrict(fewer)):
            shows.remove(name)
    kept = {name: first[name] for name in shows}
    for name in shows:
        kept[name] = _simpler(query, kept, name, budget)
    return Example(FrozenDict(simplest(query, kept, budget)), tuple(shows))


def _is_not_asked(field: Field, value: Value) -> bool:
    """Whether a question is not asked, as other answers say, which are rather shown."""
    return field.lacks(value) and value != NONE


def _simpler(query: Query, kept: Mapping[str, Value], name: str, budget: Budget) -> Value:
    """Return the simplest value of a field, of the first few, with which the answers kept still ensure a match."""
    areas = query.areas
    field = areas.space.fields[name]
    if field.kind == ANY_OF or name in areas.space.tied:
        return kept[name]
    axis = areas.space.axes_of(field)[0]
    cells = areas.space.axes[axis].cells
    for cell in sorted(range(len(cells)), key=lambda each: _simplicity(field, each, cells[each].sample))[:_MOST_TRIED]:
        value: Value = cells[cell].sample
        if value == kept[name]:
            break
        area = areas.restrict({**kept, name: value})
        if query.forced(budget, area) and query.exists(budget, area):
            return value
    return kept[name]


def _shown(query: Query, budget: Budget) -> Area:
    """Return a matching area that restricts few fields: by the shortest path of the whole tree, if it can be grown."""
    # A large tree is not worth its steps: a search finds a situation sooner.
    tree = None
    if query.areas.steps is None:
        with budget.share(budget.steps // _FOR_TREE) as own:
            tree = attempt(query.tree, own)
    if tree is None:
        found = query.find(Budget(budget.steps))
        assert found is not None
        return found
    area: Area | None = tree.area
    for axis, cells in tree.shortest(query.wanted):
        if area is not None:
            area = query.areas.narrow(area, axis, cells, budget)
    found = None if area is None else query.find(budget, area)
    assert found is not None
    return found


def _is_asked(query: Query, place: Area, name: str) -> bool:
    """Whether an area restricts a field."""
    areas = query.areas
    whole = areas.whole
    for axis in areas.space.axes_of(areas.space.fields[name]):
        if place.masks[axis] != whole.masks[axis]:
            return True
    for group, region in zip(areas.space.groups, place.regions, strict=True):
        if name in group.fields:
            at = group.fields.index(name)
            return region.box[at] != group.box[at] or any(strip.coefficients[at] for strip in region.strips)
    return False


def simplest_in(areas: Areas, area: Area, budget: Budget) -> dict[str, Value]:
    """Return the simplest situation of an area: field by field, tied fields together."""
    space = areas.space
    values: dict[str, Value] = {}
    for field in space.fields.values():
        if field.name in space.tied:
            continue
        chosen: list[str] = []
        for axis in space.axes_of(field):
            cells = space.axes[axis].cells
            cell = min(bits(area.masks[axis]), key=lambda each: _simplicity(field, each, cells[each].sample))
            values[field.name] = cells[cell].sample
            option = space.axes[axis].option
            if option is not None and cells[cell].sample is True:
                chosen.append(option)
        if field.kind == ANY_OF:
            values[field.name] = tuple(chosen)
    for group, region in zip(space.groups, area.regions, strict=True):
        point = areas.tied.nearest(region, group.targets, budget)
        if point is None:
            raise AssertionError("an area that holds a situation has no point in a group")
        for name, position in zip(group.fields, point, strict=True):
            values[name] = grid_value(space.fields[name], position)
    return {name: values[name] for name in space.fields}


def simplest(query: Query, known: Mapping[str, Value], budget: Budget) -> dict[str, Value]:
    """Return the simplest match with these answers, chosen field by field; there must be one. Raises `OutOfSteps`."""
    areas = query.areas
    space = areas.space
    area = areas.restrict(known)
    found = query.find(budget, area)
    assert found is not None
    simple = simplest_in(areas, area, budget)
    if query.exists(budget, areas.restrict(simple)):
        return simple
    values = dict(known)
    for field in space.fields.values():
        if field.name not in known and field.name not in space.tied:
            values[field.name], area = _settled(query, area, field, budget)
    for index, group in enumerate(space.groups):
        if not all(name in values for name in group.fields):
            area = _settled_group(query, area, index, budget)
    last = simplest_in(areas, area, budget)
    return {name: values.get(name, last[name]) for name in space.fields}


def _settled(query: Query, area: Area, field: Field, budget: Budget) -> tuple[Value, Area]:
    """Return the simplest value of a field that still allows a match, and the part of the area that has it."""
    areas = query.areas
    chosen: list[str] = []
    value: Value = ()
    for axis in areas.space.axes_of(field):
        cells = areas.space.axes[axis].cells
        for cell in sorted(bits(area.masks[axis]), key=lambda each: _simplicity(field, each, cells[each].sample)):
            part = areas.narrow(area, axis, 1 << cell, budget)
            if part is not None and query.exists(budget, part):
                area, value = part, cells[cell].sample
                break
        option = areas.space.axes[axis].option
        if option is not None and value is True:
            chosen.append(option)
    return tuple(chosen) if field.kind == ANY_OF else value, area


def _simplicity(field: Field, cell: int, sample: object) -> tuple[bool, object, int]:
    """Return the sort key of a cell: first choice, no, number nearest to 0, earliest date; no value comes last."""
    if (field.or_none is not None or field.applies_when is not None) and field.lacks(sample):
        return True, 0, cell
    if field.kind in (INTEGER, NUMBER):
        return False, abs(fraction_type()(sample)), -cell  # type: ignore[call-overload]
    return False, 0, cell


def _settled_group(query: Query, area: Area, index: int, budget: Budget) -> Area:
    """Return the area with a group of tied fields restricted to a region that allows a match.

    Of all matching regions it is the one with the point nearest to the group's simplest values.
    """
    areas = query.areas
    targets = areas.space.groups[index].targets
    best: tuple[tuple[int, ...], Area] | None = None
    tree = query.descent.grow(area, budget)
    for place in tree.places(areas, query.wanted, budget):
        point = areas.tied.nearest(place.regions[index], targets, budget)
        if point is None:
            continue
        distance = tuple(abs(each - target) for each, target in zip(point, targets, strict=True))
        if best is None or distance < best[0]:
            best = distance, place
    if best is None:
        raise AssertionError("what is asked has no point in a group")
    return best[1]
