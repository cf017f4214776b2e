"""The space of situations: every field is an axis, cut into cells on which every comparison is constant.

A derived number, or the difference of two fields, is an axis too, over a sum of grid positions. Fields that share such
a sum are tied and form a `Group`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import gcd, lcm, prod
from typing import TYPE_CHECKING, Any

from engine.budget import Meter
from engine.frozen import frozen_value
from engine.language.model.condition_tree import (
    ABOUT_VALUES,
    EQUAL_OPS,
    NEGATIVE_OPS,
    Compare,
    Condition,
    Holds,
    Versus,
    comparisons_in,
)
from engine.language.model.field_kinds import ANY_OF, CHOICE, NONE, NOT_ASKED, TEXT, YES_NO, Field
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import POINTS
from engine.language.model.values.grid_positions import grid_position
from engine.meaning.spaces.cells import (
    Axis,
    Cell,
    box_of,
    cuts_in,
    field_axes,
    held_cells,
    on_stretch,
    runs,
    starts_of_runs,
    target_of,
)
from engine.meaning.spaces.forms import Form, axis_key, form_of
from engine.threads import cached_property

if TYPE_CHECKING:
    from fractions import Fraction

    from engine.integers.polytopes import Interval


@frozen_value
class Group:
    """Tied fields: their axes, and the axes of the sums over them with one coefficient per field.

    `box` has the interval of grid positions of each field, `targets` the position of its simplest value.
    """

    fields: tuple[str, ...]
    field_axes: tuple[int, ...]
    sum_axes: tuple[tuple[int, tuple[int, ...]], ...]
    box: tuple[Interval, ...]
    targets: tuple[int, ...]

    @property
    def size(self) -> int | None:
        """The number of combinations of the fields' values; None if a field is unbounded."""
        sizes = [None if low is None or high is None else high - low + 1 for low, high in self.box]
        return None if None in sizes else prod(size for size in sizes if size is not None)


class Space:
    """All situations of the fields of some policies, cut by every comparison of these policies."""

    def __init__(self, *policies: Policy) -> None:
        # Work over this space in places that have no budget.
        self.meter = Meter()
        self.fields: dict[str, Field] = {}
        for policy in policies:
            for field in policy.fields:
                self.fields.setdefault(field.name, field)
        # Keyed by the identity of the numbers, which edited copies of a policy share.
        self._forms: dict[int, dict[str, Form]] = {}
        cuts: dict[Any, set[Any]] = {}
        for policy in policies:
            self.learn_numbers(policy)
            self._cut(cuts, policy, tests_in(policy, policy.conditions))
        self.axes: list[Axis] = []
        self._axis: dict[Any, int] = {}
        for field in self.fields.values():
            for key, axis in field_axes(field, cuts.get(field.name, set())):
                self._add(key, axis)
        for key in cuts:
            if isinstance(key, tuple):
                names = tuple(name for name, _ in key)
                cells = tuple(runs(cuts[key], (None, None), 0, lambda p: p))
                self._add(key, Axis(" + ".join(names), names, cells, terms=key))
        self.groups = self._entangle()
        self.tied = {name: group for group in self.groups for name in group.fields}
        self.countable = all(field.countable for field in self.fields.values())
        self._policies = policies

    def _add(self, key: Any, axis: Axis) -> None:
        self._axis[key] = len(self.axes)
        self.axes.append(axis)

    def learn_numbers(self, policy: Policy) -> None:
        """Take in the sums that a policy's numbers come to; copies may have others, as ratios depend on conditions."""
        forms = self._forms.setdefault(id(policy.numbers), {})
        new = {name: each for name, each in policy.linear_sums.items() if name not in forms}
        forms |= {name: form_of(self.fields, each.terms, each.plus) for name, each in new.items()}

    def add_named(self, name: str, samples: Iterable[str]) -> int:
        """Add an axis of no field, with a cell for each sample, and return its index."""
        self._add((name, len(self.axes)), Axis(name, (name,), tuple(Cell(each, None) for each in samples)))
        return len(self.axes) - 1

    def form(self, policy: Policy, test: Compare | Versus) -> Form | None:
        """Return the sum that a comparison tests; None if it tests a field directly."""
        if isinstance(test, Versus):
            return form_of(self.fields, ((test.name, 1), (test.other, -1)), 0)
        return self._forms[id(policy.numbers)].get(test.name)

    def grid_of(self, policy: Policy, number: str) -> Fraction:
        """Return the distance between neighbouring values of a derived number: the largest that fits all its pieces."""
        from fractions import Fraction

        pieces = policy.shapes[number].pieces if number in policy.shapes else (policy.linear_sums[number].terms,)
        scales = [abs(form_of(self.fields, terms, 0).scale) for terms in pieces if terms]
        if number in policy.shapes:
            scales.append(Fraction(policy.shapes[number].grain))
        whole = lcm(*(scale.denominator for scale in scales))
        return Fraction(gcd(*(int(scale * whole) for scale in scales)), whole) or Fraction(1)

    def number_of(self, policy: Policy, key: tuple[tuple[str, int], ...]) -> tuple[str, Form] | None:
        """Return the name and form of a policy's derived number over a sum of positions; None if there is none."""
        forms = self._forms[id(policy.numbers)].items()
        found = ((name, form) for name, form in forms if form.coefficients == key and name in policy.linear_sums)
        return next(found, None)

    def _cut(self, found: dict[Any, set[Any]], policy: Policy, tests: Iterable[Compare | Versus]) -> None:
        """Add, for each field or sum, the positions at which a run starts; for a continuous number, the constants."""
        for test in tests:
            if test.op in ABOUT_VALUES:
                continue
            form = self.form(policy, test)
            constants = _constants(test)
            if form is not None:
                from fractions import Fraction

                key = axis_key(form)
                op = _flip(test.op) if form.scale < 0 else test.op
                for constant in constants:
                    position = (Fraction(constant) - form.offset) / form.scale
                    found.setdefault(key, set()).update(starts_of_runs(op, position))
                continue
            field = self.fields[test.name]
            for constant in constants:
                found.setdefault(field.name, set()).update(cuts_in(field, test.op, constant))

    def _entangle(self) -> tuple[Group, ...]:
        """Group the fields that share a sum, directly or through others, in file order."""
        sums = {axis.terms: index for index, axis in enumerate(self.axes) if axis.terms}
        leader = {name: name for name in self.fields}

        def find(name: str) -> str:
            while leader[name] != name:
                leader[name] = leader[leader[name]]
                name = leader[name]
            return name

        for key in sums:
            for name, _ in key:
                leader[find(name)] = find(key[0][0])
        members: dict[str, list[str]] = {}
        involved = {name for key in sums for name, _ in key}
        for name in self.fields:
            if name in involved:
                members.setdefault(find(name), []).append(name)
        groups = []
        for names in members.values():
            order = {name: index for index, name in enumerate(names)}
            own = []
            for key, index in sums.items():
                if key[0][0] in order:
                    weights = dict(key)
                    own.append((index, tuple(weights.get(name, 0) for name in names)))
            box = tuple(box_of(self.fields[name]) for name in names)
            targets = tuple(target_of(self.fields[name]) for name in names)
            groups.append(Group(tuple(names), tuple(self._axis[name] for name in names), tuple(own), box, targets))
        return tuple(groups)

    def literal(self, policy: Policy, test: Compare | Versus) -> list[tuple[int, int]]:
        """Return the axis and the mask of cells on which a comparison holds, as a list of pairs.

        A comparison of an `any_of` field has several pairs, all of which must hold, or for `includes_any` one of them;
        any other has one pair.
        """
        if test.op == "known":
            return list(self._known(policy, test))
        if test.op == "asked":
            field = self.fields[test.name]
            axis = self._axis[(field.name, NOT_ASKED) if field.kind == ANY_OF else field.name]
            return [(axis, self.axes[axis].full & ~self.not_asked_on(axis))]
        form = self.form(policy, test)
        if form is not None:
            return [*self._known(policy, test), self._sum_literal(test, form)]
        field = self.fields[test.name]
        if field.kind == ANY_OF:
            return self._option_literals(test, field)
        axis = self._axis[field.name]
        cells = self.axes[axis].cells
        constant: Any = test.value if isinstance(test, Compare) else None
        if field.ordered:
            listed = constant if isinstance(constant, tuple) else (constant,)
            ranks = [field.rank[str(each)] for each in listed]
            held = held_cells(test.op, ranks, len(cells), lambda place: place)
            if test.op in EQUAL_OPS:
                return [(axis, held & ~self.not_asked_on(axis) if test.op in NEGATIVE_OPS else held)]
            return [(axis, held & ~self.none_on(axis))]
        listed = constant if isinstance(constant, tuple) else (constant,)
        if field.is_listed:
            held = _mask(self.cell_of(axis, each) for each in listed)
            return [(axis, self.axes[axis].full & ~(held | self.not_asked_on(axis)) if test.op == "none_of" else held)]
        return [(axis, self._ranged(axis, test.op, listed, lambda place: cells[place].sample))]

    def none_on(self, axis: int) -> int:
        """Return the mask of the cells of an axis in which its field has no value; 0 if there are none.

        It is answered `none` there, or not asked. Of the axes for options it is the one for not being asked.
        """
        shape = self.axes[axis]
        if shape.terms or not (field := self.fields[shape.fields[0]]).absences:
            return 0
        if shape.option is not None:
            return self.not_asked_on(axis)
        return _mask(self.cell_of(axis, absence) for absence in field.absences)

    def not_asked_on(self, axis: int) -> int:
        """Return the mask of the cell of an axis in which its field is not asked; 0 if it has none."""
        shape = self.axes[axis]
        if shape.option is not None:
            return 2 if shape.option == NOT_ASKED else 0
        if shape.terms or self.fields[shape.fields[0]].applies_when is None:
            return 0
        return 1 << self.cell_of(axis, NOT_ASKED)

    @cached_property
    def optional_terms(self) -> dict[int, list[tuple[int, int]]]:
        """For each sum over fields that may have no value, their axes with the masks of the cells of `none`."""
        if not any(field.absences for field in self.fields.values()):
            return {}
        axes = {index: [self._axis[name] for name, _ in axis.terms] for index, axis in enumerate(self.axes)}
        found = {index: [(axis, none) for axis in own if (none := self.none_on(axis))] for index, own in axes.items()}
        return {index: each for index, each in found.items() if each}

    def _known(self, policy: Policy, test: Compare | Versus) -> Iterator[tuple[int, int]]:
        """Iterate over the literals of the fields behind a sum that must have a value for the sum to have one."""
        if isinstance(test, Versus):
            fields: Iterable[Field] = (self.fields[test.name], self.fields[test.other])
        else:
            fields = policy.unsteady.get(test.name, (self.fields[test.name],) if test.name in self.fields else ())
        for field in fields:
            if field.absences:
                axis = self._axis[(field.name, NOT_ASKED) if field.kind == ANY_OF else field.name]
                yield axis, self.axes[axis].full & ~self.none_on(axis)

    def _ranged(self, axis: int, op: str, listed: Sequence[Any], measure: Callable[[int], Any]) -> int:
        """Return the mask of cells on which a comparison holds; `measure` is monotonic in the cells with values."""
        many, none = len(self.axes[axis].cells), self.none_on(axis)
        if not none:
            return held_cells(op, listed, many, measure)
        # The cells without a value come first or last.
        absent = none.bit_count()
        first = absent if none & 1 else 0
        values = [each for each in listed if each != NONE]
        if op not in EQUAL_OPS:
            return held_cells(op, values, many - absent, lambda place: measure(place + first)) << first
        held = held_cells("one_of", values, many - absent, lambda place: measure(place + first)) << first
        held |= 1 << self.cell_of(axis, NONE) if len(values) < len(listed) else 0
        return self.axes[axis].full & ~(held | self.not_asked_on(axis)) if op == "none_of" else held

    def _sum_literal(self, test: Compare | Versus, form: Form) -> tuple[int, int]:
        """Return the axis and mask of a comparison on a sum of positions."""
        from fractions import Fraction

        key = axis_key(form)
        axis = self._axis[key]
        cells = self.axes[axis].cells
        field = self.fields[key] if isinstance(key, str) else None

        def measure(place: int) -> Fraction:
            sample = cells[place].sample
            return form.scale * (sample if field is None else grid_position(field, sample)) + form.offset

        return axis, self._ranged(axis, test.op, [Fraction(each) for each in _constants(test)], measure)

    def _option_literals(self, test: Compare | Versus, field: Field) -> list[tuple[int, int]]:
        named = test.value if isinstance(test, Compare) and isinstance(test.value, tuple) else ()
        chosen, wanted = {
            "includes": (named, True),
            "includes_any": (named, True),
            "excludes": (named, False),
            "only": (tuple(option for option in field.options if option not in named), False),
        }[test.op]
        if test.op in NEGATIVE_OPS and field.applies_when is not None:
            chosen = (*chosen, NOT_ASKED)
        return [(self._axis[field.name, option], 2 if wanted else 1) for option in chosen]

    @cached_property
    def order(self) -> list[int]:
        """All axes in the order in which comparisons of points are nested; without these that of the fields."""
        if not any(number.kind == POINTS for policy in self._policies for number in policy.numbers):
            return list(range(len(self.axes)))
        from engine.meaning.spaces.field_order import field_order

        names = dict.fromkeys(name for policy in self._policies for name in policy.keep(field_order))
        found = dict.fromkeys(axis for name in names for axis in self.axes_of(self.fields[name]))
        return list(found | dict.fromkeys(range(len(self.axes))))

    def axes_of(self, field: Field) -> list[int]:
        """Return the axes of a field: one, or one for each option."""
        if field.kind == ANY_OF:
            return [self._axis[field.name, option] for option in field.all_listed]
        return [self._axis[field.name]]

    def cell_of(self, axis: int, value: Any) -> int:
        """Return the index of the cell of an axis that contains a field's value."""
        shape = self.axes[axis]
        if shape.option is not None:
            return int(shape.option in value)
        field = self.fields[shape.fields[0]]
        if field.is_grid:
            position = int(grid_position(field, value))
            return bisect_right(shape.starts, position)
        if field.kind == YES_NO:
            return 2 + field.absences.index(str(value)) if field.lacks(value) else int(value)
        if field.kind in (CHOICE, TEXT):
            # The last cell of a text field is for all unknown texts.
            return field.rank.get(value, len(field.all_listed))
        if field.lacks(value):
            return next(index for index, cell in enumerate(shape.cells) if cell.sample == value)
        return next(index for index, cell in enumerate(shape.cells) if on_stretch(cell, value))

    def cell_at(self, axis: int, values: Mapping[str, Any]) -> int:
        """Return the index of the cell of an axis in which a situation lies that has these values of its fields."""
        shape = self.axes[axis]
        if not shape.terms:
            return self.cell_of(axis, values[shape.name])
        total = sum(times * int(grid_position(self.fields[name], values[name])) for name, times in shape.terms)
        return bisect_right(shape.starts, total)


def tests_in(policy: Policy, conditions: Iterable[Condition]) -> Iterator[Compare | Versus]:
    """Iterate over the comparisons of fields and linear sums that some conditions come to; facts are not expanded."""
    if policy.nonlinear:
        from engine.meaning.spaces.lowering import lowered_tests

        for condition in conditions:
            yield from lowered_tests(policy, condition)
        return
    for condition in conditions:
        yield from (test for test in comparisons_in(condition) if not isinstance(test, Holds))


def _constants(test: Compare | Versus) -> tuple[Any, ...]:
    if isinstance(test, Versus):
        return (0,)
    return test.value if isinstance(test.value, tuple) else (test.value,)


def _mask(cells: Iterable[int]) -> int:
    mask = 0
    for cell in cells:
        mask |= 1 << cell
    return mask


def _flip(op: str) -> str:
    turned = {"at_least": "at_most", "more_than": "less_than", "on_or_after": "on_or_before", "after": "before"}
    turned |= {other: op for op, other in turned.items()}
    return turned.get(op, op)
