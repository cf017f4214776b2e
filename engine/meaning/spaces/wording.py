"""Areas translated back into conditions of the language, as an author would write them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any

from engine.integers.polytopes import Interval
from engine.language.model.condition_tree import All, Compare, Condition, Not, Some, Versus, all_of
from engine.language.model.field_kinds import DATE, NONE, NOT_ASKED, TEXT, Field
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import RATIO
from engine.language.model.values.grid_positions import absent_position, exact_decimal, grid_value
from engine.meaning.spaces.areas import Area, Areas, bits, runs_in
from engine.meaning.spaces.space import Space

# Operators for lower and upper bounds, by whether the field is a date.
_CLOSED = {True: ("on_or_after", "on_or_before"), False: ("at_least", "at_most")}
# Operators that compare two fields, by whether they are dates: inclusive, then strict.
_AGAINST = {True: (("on_or_after", "after"), ("on_or_before", "before")),
            False: (("at_least", "more_than"), ("at_most", "less_than"))}  # fmt: skip


def condition_of(policy: Policy, areas: Areas, area: Area) -> All:
    """Return the condition that holds exactly in an area; an empty `All` for the whole space."""
    space = areas.space
    parts: list[Condition] = []
    for axis, mask in enumerate(area.masks):
        if axis not in areas.group_of and mask != areas.whole.masks[axis] and space.axes[axis].option is None:
            parts.append(test_of(space, axis, mask))
        elif space.axes[axis].option is not None and _begins(space, axis):
            parts += _of_list(space, space.fields[space.axes[axis].name], area)
    for group, region in zip(space.groups, area.regions, strict=True):
        for name, interval, whole in zip(group.fields, region.box, group.box, strict=True):
            if interval != whole:
                parts.append(within(space.fields[name], interval))
        found = []
        for strip in region.strips:
            weights = dict(zip(group.fields, strip.coefficients, strict=True))
            found.append(_sum_between(policy, space, weights, strip.interval))
        parts += map(all_of, _ratios_merged(policy, found))
    return All(tuple(part for part in parts if part != All(())))


def _begins(space: Space, axis: int) -> bool:
    """Whether an axis is that of the first option of its field."""
    return axis == space.axes_of(space.fields[space.axes[axis].name])[0]


def _of_list(space: Space, field: Field, area: Area) -> list[Condition]:
    """Return the condition of an area on an `any_of` field, all options together, as a list of at most one."""
    masks = {option: area.masks[axis] for option, axis in zip(field.all_listed, space.axes_of(field), strict=True)}
    not_asked = masks.get(NOT_ASKED, 1)
    if not_asked == 2:
        return [Compare(field.name, "known", False)]
    held = tuple(option for option in field.options if masks[option] == 2)
    left_out = tuple(option for option in field.options if masks[option] == 1)
    if not_asked == 3 and not held:
        # Where it is not asked, what says which options are left out fails, too.
        return [Not(Compare(field.name, "includes_any", left_out))] if left_out else []
    if len(left_out) == len(field.options):
        return [Compare(field.name, "only", ())]
    if field.applies_when is not None and not held and not left_out:
        return [Compare(field.name, "known", True)]
    tests = [Compare(field.name, "includes", held)] if held else []
    tests += [Compare(field.name, "excludes", left_out)] if left_out else []
    return [all_of(tests)] if tests else []


def test_of(space: Space, axis: int, mask: int) -> Condition:
    """Return the condition that holds exactly on some cells of a field's axis."""
    shape = space.axes[axis]
    field = space.fields[shape.name]
    if shape.option == NOT_ASKED:
        return Compare(field.name, "known", mask == 1)
    if shape.option is not None:
        return Compare(field.name, "includes" if mask == 2 else "excludes", (shape.option,))
    if field.applies_when is None:
        return _test_of_asked(space, axis, mask)
    not_asked = 1 << space.cell_of(axis, NOT_ASKED)
    asked = mask & ~not_asked
    if asked == shape.full & ~not_asked:
        return All(()) if mask & not_asked else _is_asked(field)
    if not asked:
        return is_not_asked(field)
    own = _test_of_asked(space, axis, asked)
    if not isinstance(own, Not):
        return Some((own, is_not_asked(field))) if mask & not_asked else own
    # What says which texts it is not holds where it is not asked, too; `none_of` does not.
    return own if mask & not_asked else Compare(field.name, "none_of", _left_out(space, axis, asked))


def _test_of_asked(space: Space, axis: int, mask: int) -> Condition:
    """Return the condition that holds exactly on some cells of a field's axis, of those in which it is asked."""
    shape = space.axes[axis]
    field = space.fields[shape.name]
    cells = shape.cells
    if field.kind == TEXT and mask >> (len(cells) - 1):
        others = list(_left_out(space, axis, mask))
        return Not(_listed(field, others)) if others else Not(Some(()))
    if field.is_listed:
        return _listed(field, [cells[cell].sample for cell in bits(mask)])
    none = space.none_on(axis)
    if none and mask == shape.full & ~none:
        return _is_known(field)
    runs = [_run(field, cells[first].interval, cells[last].interval) for first, last in runs_in(mask & ~none)]
    if mask & none:
        runs.append((Compare(field.name, "is", NONE),))
    points = [part.value for run in runs for part in run if isinstance(part, Compare) and part.op == "is"]
    if len(points) == len(runs):
        return _listed(field, points)
    return all_of(runs[0]) if len(runs) == 1 else Some(tuple(all_of(run) for run in runs))


def _left_out(space: Space, axis: int, mask: int) -> tuple[Any, ...]:
    """Return the answers, `none` among them, that are not on some cells of the axis of a text."""
    cells = enumerate(space.axes[axis].cells)
    return tuple(cell.sample for at, cell in cells if not mask >> at & 1 and cell.sample != NOT_ASKED)


def _is_known(field: Field) -> Condition:
    """Return the condition that a field has a value."""
    return Compare(field.name, "known", True)


def _is_asked(field: Field) -> Condition:
    """Return the condition that a field with `applies_when` is asked."""
    return _is_known(field) if field.or_none is None else Some((_is_known(field), Compare(field.name, "is", NONE)))


def is_not_asked(field: Field) -> Condition:
    """Return the condition that a field with `applies_when` is not asked."""
    has_none = Compare(field.name, "known", False)
    return has_none if field.or_none is None else All((has_none, Not(Compare(field.name, "is", NONE))))


def within(field: Field, interval: Interval) -> Condition:
    """Return the condition that the position of a grid field lies in an interval.

    The interval may include the positions of what is no value, which are at one end.
    """
    if not field.absences:
        return all_of(between(field, interval))
    low, high = interval
    absent = {absence: absent_position(field, absence) for absence in field.absences}
    held = [absence for absence, at in absent.items() if (low is None or low <= at) and (high is None or at <= high)]
    tests: list[Condition] = [
        Compare(field.name, "is", NONE) if absence == NONE else is_not_asked(field) for absence in held
    ]
    if len(held) == 2:
        tests = [Compare(field.name, "known", False)]
    first, last = min(absent.values()), max(absent.values())
    low, high = (
        (low, first - 1 if high is None or high >= first else high)
        if field.none_is_above
        else (last + 1 if low is None or low <= last else low, high)
    )
    if low is not None and high is not None and low > high:
        return tests[0]
    own = between(field, (low, high))
    tests = [all_of(own) if own else _is_known(field), *tests]
    return tests[0] if len(tests) == 1 else Some(tuple(tests))


def cells_of(policy: Policy, space: Space, axis: int, mask: int) -> Condition:
    """Return the condition that holds exactly on some cells of an axis, of a field or of a sum."""
    shape = space.axes[axis]
    if not shape.terms:
        return test_of(space, axis, mask)
    runs = [(shape.cells[first].interval[0], shape.cells[last].interval[1]) for first, last in runs_in(mask)]
    tests = [all_of(_sum_between(policy, space, dict(shape.terms), run)) for run in runs]
    return tests[0] if len(tests) == 1 else Some(tuple(tests))


def _listed(field: Field, values: list[Any]) -> Condition:
    return Compare(field.name, "is", values[0]) if len(values) == 1 else Compare(field.name, "one_of", tuple(values))


def _run(field: Field, first: Any, last: Any) -> tuple[Condition, ...]:
    """Return the tests from the start of one cell's interval to the end of another's."""
    if field.is_grid:
        return between(field, (first[0], last[1]))
    low, low_in, high, high_in = first[0], first[1], last[2], last[3]
    if low is not None and low == high:
        return (Compare(field.name, "is", low),)
    parts = []
    if low is not None and (low != field.low or not low_in):
        parts.append(Compare(field.name, "at_least" if low_in else "more_than", low))
    if high is not None and (high != field.high or not high_in):
        parts.append(Compare(field.name, "at_most" if high_in else "less_than", high))
    return tuple(parts)


def between(field: Field, interval: Interval) -> tuple[Condition, ...]:
    """Return the tests for an interval of a grid field's positions; ends of the field's own range need no test."""
    low, high = (None if end is None else grid_value(field, end) for end in interval)
    if low is not None and low == high:
        return (Compare(field.name, "is", low),)
    at_least, at_most = _CLOSED[field.kind == DATE]
    parts = []
    if low is not None and low not in (field.low, date.min):
        parts.append(Compare(field.name, at_least, low))
    if high is not None and high not in (field.high, date.max):
        parts.append(Compare(field.name, at_most, high))
    return tuple(parts)


def _sum_between(policy: Policy, space: Space, weights: dict[str, int], interval: Interval) -> tuple[Condition, ...]:
    """Return the tests for an interval of a sum of positions: of its derived number, or of two fields compared."""
    key = tuple((name, weight) for name, weight in weights.items() if weight)
    number = space.number_of(policy, key)
    if number is None:
        one, other = (name for name, _ in key)
        return _compared(policy, space, one, other, interval)
    name, form = number
    ends = [None if end is None else form.scale * Fraction(end) + form.offset for end in interval]
    low, high = ends if form.scale > 0 else reversed(ends)
    sides = [("is", low)] if low == high else [("at_least", low), ("at_most", high)]
    return tuple(_of_number(policy, name, op, end, abs(form.scale)) for op, end in sides if end is not None)


def _ratios_merged(policy: Policy, found: list[tuple[Condition, ...]]) -> list[tuple[Condition, ...]]:
    """Return tests of sums with those of each ratio together, of which none follows from another one."""
    if not any(number.kind == RATIO for number in policy.numbers):
        return found
    from engine.meaning.spaces.ratio_tests import merged

    return merged(policy, found)


def _of_number(policy: Policy, name: str, op: str, end: Fraction, apart: Fraction) -> Compare:
    """Return the test of a derived number; of a sum that stands for the comparison of a ratio, that comparison."""
    if name not in policy.shapes:
        from engine.meaning.spaces.ratio_tests import as_ratio

        found = as_ratio(policy, name, op, end, apart)
        if found is not None:
            return found
    return Compare(name, op, exact_decimal(end))


def _compared(policy: Policy, space: Space, one: str, other: str, interval: Interval) -> tuple[Condition, ...]:
    """Return the tests for an interval of the difference of two fields, which is only cut at zero."""
    form = space.form(policy, Versus(one, "at_least", other))
    assert form is not None
    zero = -form.offset / form.scale
    from_words, to_words = _AGAINST[space.fields[one].kind == DATE]
    low, high = interval
    parts = []
    if low is not None:
        parts.append(Versus(one, from_words[low != ceil(zero)], other))
    if high is not None:
        parts.append(Versus(one, to_words[high != floor(zero)], other))
    return tuple(parts)
