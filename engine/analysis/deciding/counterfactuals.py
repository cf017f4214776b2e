"""Counterfactuals: the smallest changes of a record's answers that make another verdict possible."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

from engine.analysis.deciding.completions import Completions
from engine.analysis.deciding.hitting_sets import find_smallest
from engine.budget import Budget, OutOfSteps
from engine.frozen import frozen_value
from engine.integers.elimination import find_range
from engine.integers.polytopes import Polytope, rows_of
from engine.language.model.canonical import condition_data
from engine.language.model.condition_tree import All, Compare, Condition, Some, all_of
from engine.language.model.field_kinds import ANY_OF, NOT_ASKED, Field, Value
from engine.language.model.policy import Policy
from engine.language.model.values.grid_positions import grid_position
from engine.language.model.values.value_texts import value_data
from engine.language.model.words import answer_words, wanted_words
from engine.meaning.queries import Query
from engine.meaning.spaces.areas import Area, runs_in
from engine.meaning.spaces.box_merging import merge
from engine.meaning.spaces.space import Group
from engine.meaning.spaces.wording import is_not_asked, test_of, within

# Nobody reads more alternatives; the rest is only counted.
MOST_SHOWN = 20
# Areas that are merged into alternatives; more end the search.
_MOST_AREAS = 2_000


@frozen_value
class Turn:
    """One change of a counterfactual: an answer, and the condition that another answer has to meet.

    Attributes:
        field: Name of the field.
        before: The answer in the record.
        after: The condition that the new answer meets; a comparison `asked` with `False` if the question is not asked
            then.
        words: The question, the answer in the record, and the new answer, as a person reads them.

    Example:
        >>> from engine import explain, load
        >>> turn = explain(load("other-interviews"), {"offer": "hint"}, instead="cancel").instead[0].ways[0][0]
        >>> turn.field, turn.before, turn.after
        ('offer', 'hint', Compare(name='offer', op='is', value='made'))
    """

    field: str
    before: Value
    after: Condition
    # In the author's words: the question, the current answer, and the required answer.
    words: tuple[str, str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON data.

        `to` is the new answer as the language writes a condition on the field: a value, a list, comparisons, or `not`;
        null if the question is not asked then.
        """
        if isinstance(self.after, Compare) and self.after.op == "asked":
            return {"field": self.field, "from": value_data(self.before), "to": None}
        said = condition_data(All((self.after,)))
        barred = said.get("not", {}).get(self.field)
        wanted = said.get(self.field) if barred is None else {**said.get(self.field, {}), "not": barred}
        return {"field": self.field, "from": value_data(self.before), "to": wanted}


Way = tuple[Turn, ...]


@frozen_value
class Reversal:
    """The counterfactuals of one verdict: the smallest changes of a record that lead to it.

    Attributes:
        verdict: Name of the verdict.
        ways: Alternative changes of the same, smallest number of answers; at most 20.
        total: Number of alternatives: 0 if no situation gets the verdict, None if the step limit was reached.
        minimal: Whether no smaller change does, which is proved.

    Example:
        >>> from engine import explain, load
        >>> reversal = explain(load("other-interviews"), {"offer": "hint"}, instead="cancel").instead[0]
        >>> reversal.verdict, reversal.total, reversal.minimal
        ('cancel', 1, True)
    """

    verdict: str
    ways: tuple[Way, ...]
    total: int | None
    minimal: bool


def find_reversal(policy: Policy, completions: Completions, verdict: str) -> Reversal:
    """Find all ways to make a verdict possible by changing as few answers of a record as possible.

    The work is charged to the budget of `completions`; if it runs out, the result says so.
    """
    query = completions.logic.outcome(verdict)
    search = _Search(policy, query, completions.values, completions.budget)
    found = find_smallest(list(completions.values), search.holds)
    if found is None:
        return Reversal(verdict, (), 0, minimal=True)
    ways: list[Way] = []
    total: int | None = 0
    try:
        for names in found.sets:
            own = search.ways(names)
            ways += own
            total = total + len(own) if total is not None else None
    except OutOfSteps:
        total = None
    return Reversal(verdict, tuple(ways[:MOST_SHOWN]), total if found.complete else None, found.minimal)


class _Search:
    """The search for the changes that one query asks for."""

    def __init__(self, policy: Policy, query: Query, values: Mapping[str, Value], budget: Budget) -> None:
        self.policy = policy
        self.query = query
        self.areas = query.areas
        self.values = values
        self.budget = budget

    def holds(self, names: frozenset[str]) -> bool:
        """Whether some situation matches the query if only these answers may change."""
        return self.query.exists(self.budget, self._freed(names))

    def _freed(self, names: Collection[str]) -> Area:
        return self.areas.restrict({name: value for name, value in self.values.items() if name not in names})

    def ways(self, names: Sequence[str]) -> list[Way]:
        """Return the alternatives that change exactly these answers.

        Raises `OutOfSteps` also if there are too many areas.
        """
        start = self._freed(names)
        tree = self.query.descent.grow_once(start, self.budget)
        found = list(islice(tree.places(self.areas, self.query.wanted, self.budget), _MOST_AREAS + 1))
        if len(found) > _MOST_AREAS:
            raise OutOfSteps
        about = dict.fromkeys(self._about(area, start, names) for area in found)
        return [way for area in merge(self.areas, about) for way in self._ways(area, names)]

    def _about(self, area: Area, start: Area, names: Sequence[str]) -> Area:
        """Return the area, restricted only in these fields."""
        space, groups = self.areas.space, self.areas.group_of
        axes = {axis for name in names for axis in space.axes_of(space.fields[name])} - groups.keys()
        masks = tuple(area.masks[axis] if axis in axes else mask for axis, mask in enumerate(start.masks))
        regions = (
            self._region(group, region, whole, names)
            for group, region, whole in zip(space.groups, area.regions, start.regions, strict=True)
        )
        return Area(masks, tuple(regions))

    def _region(self, group: Group, region: Polytope, start: Polytope, names: Sequence[str]) -> Polytope:
        """Return an interval for each of these fields; a single point, the nearest to the answers, if they are tied."""
        places = [place for place, name in enumerate(group.fields) if name in names]
        box = list(start.box)
        if len(places) > 1 and region.strips:
            targets = tuple(
                int(grid_position(self.policy.field[name], self.values[name])) if name in self.values else target
                for name, target in zip(group.fields, group.targets, strict=True)
            )
            point = self.areas.tied.nearest(region, targets, self.budget)
            assert point is not None
            for place in places:
                box[place] = (point[place], point[place])
        else:
            for place in places:
                box[place] = find_range(list(region.box), rows_of(region), place, self.budget)
        return Polytope(tuple(box), ())

    def _ways(self, area: Area, names: Sequence[str]) -> Iterator[Way]:
        """Split an area into alternatives in which each field has a single range."""
        fields = [self.policy.field[name] for name in names]
        for wanted in product(*(self._conditions(area, field) for field in fields)):
            yield tuple(self._turn(field, condition) for field, condition in zip(fields, wanted, strict=True))

    def _conditions(self, area: Area, field: Field) -> list[Condition]:
        """Return what an area requires of a field; several conditions are alternatives."""
        space = self.areas.space
        axes = space.axes_of(field)
        if field.kind == ANY_OF:
            chosen = {space.axes[axis].option: area.masks[axis] for axis in axes}
            not_asked = chosen.pop(NOT_ASKED, 1)
            left_out = [Compare(field.name, "known", False)] if not_asked & 2 else []
            if not_asked == 2:
                return [*left_out]
            words = {"includes": 2, "excludes": 1}
            listed = {word: tuple(str(name) for name, mask in chosen.items() if mask == only)
                      for word, only in words.items()}  # fmt: skip
            tests = [Compare(field.name, word, names) for word, names in listed.items() if names]
            return [all_of(tests) if tests else Compare(field.name, "known", True), *left_out]
        (axis,) = axes
        group = self.areas.group_of.get(axis)
        if group is not None:
            place = space.groups[group].fields.index(field.name)
            return _alternatives(within(field, area.regions[group].box[place]))
        if field.is_listed:
            return _alternatives(test_of(space, axis, area.masks[axis]))
        none = area.masks[axis] & space.none_on(axis)
        runs = runs_in(area.masks[axis] & ~none)
        found = [test_of(space, axis, (2 << last) - (1 << first)) for first, last in runs]
        return [*found, test_of(space, axis, none)] if none else found

    def _turn(self, field: Field, after: Condition) -> Turn:
        before = self.values[field.name]
        if field.applies_when is not None and after == is_not_asked(field):
            after = Compare(field.name, "asked", False)
        words = (field.ask, answer_words(field, before), wanted_words(self.policy, field, after))
        return Turn(field.name, before, after, words)


def _alternatives(condition: Condition) -> list[Condition]:
    return [*condition.parts] if isinstance(condition, Some) else [condition]
