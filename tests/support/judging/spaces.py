"""Which situations does a policy have, read straight from its plain mapping?

Fields become plain lists of values. A field that is endless or continuous becomes one value for every stretch
on which no test can change its answer. Nothing here knows about rules beyond the constants they mention.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise, product
from math import ceil, floor, lcm, prod
from typing import Any, NamedTuple

Policy = Mapping[str, Any]
Spec = Mapping[str, Any]
When = dict[str, Any]

LINES = ("integer", "number", "date")
JOINERS = ("all", "any", "not")
# The answer that there is no value, where a field has `or_none`.
NONE = "none"
# What a situation has in place of an answer where a field with `applies_when` is not asked.
NOT_ASKED = "(not asked)"
_SOME_DAY = Fraction(date(2000, 1, 1).toordinal())
_LAST_DAY = Fraction(date.max.toordinal())


class Line(NamedTuple):
    """Where the values of a numeric or date field lie; no step means everywhere in between."""

    low: Fraction | None
    high: Fraction | None
    origin: Fraction
    step: Fraction | None

    def holds(self, value: Fraction) -> bool:
        """Whether the value is between the ends."""
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


class Grid(NamedTuple):
    """Evenly spaced values: the first one, the step between two of them, and how many there are."""

    start: Fraction
    step: Fraction
    points: int


def kind(spec: Spec) -> str:
    """The type of a field; `choices` without a type is a choice."""
    return str(spec.get("type", "choice"))


@cache
def exact(value: Any) -> Fraction:
    """The number a value was written as; a date is its day number, a float its shortest decimal."""
    if isinstance(value, date):
        return Fraction(value.toordinal())
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def listed(value: Any) -> list[Any]:
    """One value or a list of them, as a list."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


def settle(spec: Spec, value: Any) -> Any:
    """A value in the form in which equal answers are equal and ordered ones can be compared."""
    if value == NOT_ASKED:
        return value
    if kind(spec) == "any_of":
        return frozenset(listed(value))
    if kind(spec) not in LINES or is_none(spec, value):
        return value
    number = exact(date.fromisoformat(value) if isinstance(value, str) else value)
    # Whole numbers are exact as they are, and many times quicker than fractions.
    return number.numerator if number.denominator == 1 else number


def is_none(spec: Spec, value: Any) -> bool:
    """Whether an answer says that there is no value, or there is none because the question is not asked."""
    return ("or_none" in spec and isinstance(value, str) and value == NONE) or is_not_asked(spec, value)


def is_not_asked(spec: Spec, value: Any) -> bool:
    """Whether there is no answer because the question is not asked."""
    return "applies_when" in spec and isinstance(value, str) and value == NOT_ASKED


def given(record: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a situation, without what stands for those that are not asked for."""
    return {name: value for name, value in record.items() if value != NOT_ASKED}


def restore(spec: Spec, value: Fraction) -> Any:
    """The Python value a record holds for a place on a field's line."""
    if kind(spec) == "number":
        return Decimal(value.numerator) / Decimal(value.denominator)
    return date.fromordinal(int(value)) if kind(spec) == "date" else int(value)


def line(spec: Spec) -> Line:
    """The line of an integer, number or date field."""
    low, high = (None if end not in spec else Fraction(settle(spec, spec[end])) for end in ("from", "to"))
    if kind(spec) != "number":
        return Line(low, high, Fraction(0), Fraction(1))
    step = exact(spec["step"]) if "step" in spec else None
    return Line(low, high, Fraction(0) if low is None else low, step)


def unknown_text(spec: Spec) -> str:
    """A text that stands for every text which is not known."""
    text = "something else"
    while text in spec.get("known", ()):
        text += " again"
    return text


def is_countable(spec: Spec) -> bool:
    """Whether a field has a finite number of values."""
    return kind(spec) not in LINES or _grid(line(spec)) is not None


def _grid(here: Line) -> Grid | None:
    """The values of a line with two ends and a step; None for any other line, whose values cannot be listed."""
    low, high, _, step = here
    return None if low is None or high is None or step is None else Grid(low, step, floor((high - low) / step) + 1)


def _listed_grid(spec: Spec) -> Grid:
    """The values of a numeric or date field; raises ValueError where they cannot be listed."""
    grid = _grid(line(spec))
    if grid is None:
        raise ValueError(f"there is no list of the values of {spec}")
    return grid


def length(spec: Spec) -> int:
    """How many values a countable field has, without listing them."""
    if kind(spec) in LINES:
        return _listed_grid(spec).points + absences(spec)
    if kind(spec) == "any_of":
        return (1 << len(spec["choices"])) + absences(spec)
    return len(values(spec))


def values(spec: Spec) -> list[Any]:
    """Every answer to a countable field; texts that are not known are one answer."""
    return [*_values(spec), *([NONE] if "or_none" in spec else []), *([NOT_ASKED] if "applies_when" in spec else [])]


def absences(spec: Spec) -> int:
    """How many ways there are for a field to have no value."""
    return ("or_none" in spec) + ("applies_when" in spec)


def _values(spec: Spec) -> list[Any]:
    match kind(spec):
        case "choice":
            return list(spec["choices"])
        case "yes_no":
            return [False, True]
        case "text":
            return [*spec.get("known", ()), unknown_text(spec)]
        case "any_of":
            options = list(spec["choices"])
            return [list(some) for many in range(len(options) + 1) for some in combinations(options, many)]
    grid = _listed_grid(spec)
    return [restore(spec, grid.start + place * grid.step) for place in range(grid.points)]


def is_countable_policy(policy: Policy) -> bool:
    """Whether the situations of a policy can be counted."""
    return all(map(is_countable, policy["situation"].values()))


def size(policy: Policy) -> int | None:
    """How many situations there are, impossible ones included; None when they cannot be counted."""
    return prod(map(length, policy["situation"].values())) if is_countable_policy(policy) else None


def situations(policy: Policy) -> Iterator[dict[str, Any]]:
    """Every situation of a countable policy, impossible ones included."""
    yield from every({name: values(spec) for name, spec in policy["situation"].items()})


def every(axes: Mapping[str, Iterable[Any]]) -> Iterator[dict[str, Any]]:
    """Every record that takes one value from each list."""
    for answers in product(*axes.values()):
        yield dict(zip(axes, answers, strict=True))


def conditions(policy: Policy) -> Iterator[When]:
    """Every `when` written anywhere in a policy, and what its guarantees say of the answers."""
    whens = [spec["applies_when"] for spec in policy.get("situation", {}).values() if "applies_when" in spec]
    parts: list[Any] = [{"when": when} for when in whens]
    parts += [entry for number in policy.get("numbers", {}).values() for entry in entries_of(number)]
    parts += [*policy.get("facts", {}).values(), *policy.get("impossible", ())]
    parts += [rule for step in policy.get("steps", {}).values() for rule in step["rules"]]
    parts += [*policy["rules"], *policy.get("guarantees", ())]
    return (part[key] for part in parts for key in ("when", "always") if key in part)


def single_tests(when: When) -> Iterator[tuple[When, str]]:
    """Every test in a condition, however deep, as the map that holds it and its key there."""
    for key, wanted in when.items():
        if key in JOINERS:
            for part in [wanted] if key == "not" else wanted:
                yield from single_tests(part)
        else:
            yield when, key


def bounds(wanted: Any) -> list[Any]:
    """What one test compares with: constants and `{field: other}` maps."""
    if not isinstance(wanted, Mapping):
        return listed(wanted)
    return [bound for right in wanted.values() for bound in listed(right)]


def values_of(policy: Policy, bound: Any) -> list[Any]:
    """The values of what a line is compared with: itself, or those of the constant that a text names."""
    constants = policy.get("constants", {})
    if not isinstance(bound, str) or bound not in constants:
        return [bound]
    value = constants[bound]["is"]
    return list(value.values()) if isinstance(value, Mapping) else listed(value)


def as_date(day: Any) -> date:
    """A day that is written as a text or a date."""
    return date.fromisoformat(day) if isinstance(day, str) else day


def day_field(policy: Policy, bound: Any) -> str | None:
    """The field that says which value of a dated constant holds; None for anything else."""
    constant = policy.get("constants", {}).get(bound) if isinstance(bound, str) else None
    return constant.get("on", policy.get("as_of")) if constant and isinstance(constant["is"], Mapping) else None


def other_field(bound: Any) -> str | None:
    """The field a comparison names on its right side, if it names one."""
    return bound["field"] if isinstance(bound, Mapping) else None


def representatives(policy: Policy, answered: Mapping[str, Any] | None = None) -> dict[str, list[Any]]:
    """For every field one value or more of each cell, so that the product shows all behaviour.

    Fields that a derived number adds up, and those compared with them, are listed whole; where such a field
    is endless this raises ValueError. `answered` fields count as constants for those compared with them.
    """
    fields = policy["situation"]
    points = _points(policy, answered or {})
    summed = summed_fields(policy)
    families = _compared(policy)
    return {
        name: _with_none(spec, _cells(fields, name, families.get(name, {name}), points, summed))
        if kind(spec) in LINES
        else values(spec)
        for name, spec in fields.items()
    }


def _with_none(spec: Spec, found: list[Any]) -> list[Any]:
    found = [*found, NONE] if "or_none" in spec and NONE not in found else found
    return [*found, NOT_ASKED] if "applies_when" in spec and NOT_ASKED not in found else found


def summed_fields(policy: Policy) -> set[str]:
    """The fields that some derived number adds up, through other numbers too."""
    numbers = policy.get("numbers", {})
    parts = {part for number in numbers.values() if not is_made_of_conditions(number) for part in parts_of(number)}
    return parts.intersection(policy["situation"])


def parts_of(number: Mapping[str, Any]) -> list[Any]:
    """The fields, facts, numbers and constants that a derived number is made of directly, or the step that gives it."""
    if is_made_of_conditions(number):
        return list(dict.fromkeys(name for when in whens_of(number) for name in names_read(when)))
    if "output" in number:
        return [number["of"]]
    if "ratio" in number:
        return [number["ratio"]["of"], number["ratio"]["to"]]
    return list(number.get("sum") or number.get("larger_of") or number.get("smaller_of") or number["product"])


def is_made_of_conditions(number: Mapping[str, Any]) -> bool:
    """Whether a derived number depends on which conditions hold, as points and the amounts of a table do."""
    return "points" in number or "table" in number


def entries_of(number: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The entries of points, or the rules of a table."""
    return [*number.get("points", ()), *number.get("table", ())]


def whens_of(number: Mapping[str, Any]) -> list[When]:
    """The conditions that points, or the rules of a table, have."""
    return [entry["when"] for entry in entries_of(number) if "when" in entry]


def names_read(when: When) -> Iterator[str]:
    """The fields, facts and numbers that a condition names."""
    for holder, key in single_tests(when):
        yield key
        yield from filter(None, map(other_field, bounds(holder[key])))


def _points(policy: Policy, answered: Mapping[str, Any]) -> dict[str, set[Fraction]]:
    """The ends, constants and answers on every line."""
    lines = {name: spec for name, spec in policy["situation"].items() if kind(spec) in LINES}
    points = {name: {end for end in line(spec)[:2] if end is not None} for name, spec in lines.items()}
    for when in conditions(policy):
        for holder, key in single_tests(when):
            if key in lines:
                constants = (bound for bound in bounds(holder[key]) if other_field(bound) is None)
                compared = [value for constant in constants for value in values_of(policy, constant)]
                compared = [value for value in compared if not isinstance(value, bool | str) or _is_day_text(value)]
                points[key].update(Fraction(settle(lines[key], value)) for value in compared)
    for name, constant in policy.get("constants", {}).items():
        if (on := day_field(policy, name)) is not None:
            points[on].update(exact(as_date(first)) for first in constant["is"] if first != "start")
    for name in lines.keys() & answered.keys():
        if not is_none(lines[name], answered[name]):
            points[name].add(Fraction(settle(lines[name], answered[name])))
    return points


def _is_day_text(value: Any) -> bool:
    """Whether a bound is a day in writing, and not a word or whether there is a value."""
    return isinstance(value, str) and value[:1].isdecimal()


def _compared(policy: Policy) -> dict[str, set[str]]:
    """Every compared field with all the fields it is compared to, directly or through others."""
    families: dict[str, set[str]] = {}
    for when in conditions(policy):
        for holder, key in single_tests(when):
            for other in filter(None, map(other_field, bounds(holder[key]))):
                family = families.get(key, {key}) | families.get(other, {other})
                families.update(dict.fromkeys(family, family))
    return families


def _cells(
    fields: Mapping[str, Spec],
    name: str,
    family: set[str],
    points: Mapping[str, set[Fraction]],
    summed: set[str],
) -> list[Any]:
    """One value or more of each cell of a numeric or date field."""
    here = line(fields[name])
    if family & summed:
        if not is_countable(fields[name]):
            raise ValueError(f"{name} is endless and part of a sum: no list of its values is enough")
        return values(fields[name])
    default = _SOME_DAY if kind(fields[name]) == "date" else Fraction(0)
    known = sorted({point for member in family for point in points[member]}) or [default]
    if here.step is None:
        places = _between(known)
    else:
        # Compared fields need a place above each other one, however many there are; any order that two grids
        # can make, they make within one period.
        reach = len(family) * _period([line(fields[member]) for member in family]) / here.step
        places = _beside(here.origin, here.step, known, int(reach))
    kept = [place for place in places if here.holds(place)]
    return [restore(fields[name], place) for place in kept if kind(fields[name]) != "date" or _is_day(place)]


def _is_day(place: Fraction) -> bool:
    """Whether a day number is a date that Python can write."""
    return 1 <= place <= _LAST_DAY


def _period(lines: list[Line]) -> Fraction:
    """The distance after which grids lie to each other as before."""
    steps = [each.step for each in lines if each.step is not None]
    assert len(steps) == len(lines), "no line that is compared with a grid is continuous"
    whole = lcm(*(step.denominator for step in steps))
    return Fraction(lcm(*(int(step * whole) for step in steps)), whole)


def _between(points: list[Fraction]) -> list[Fraction]:
    """The points of a continuous line, one value between each two, and one beyond either end."""
    middles = [(low + high) / 2 for low, high in pairwise(points)]
    return sorted([*points, *middles, points[0] - 1, points[-1] + 1])


def _beside(origin: Fraction, step: Fraction, points: list[Fraction], reach: int) -> list[Fraction]:
    """The values of a grid at the points and up to so many steps away on both sides."""
    places: set[int] = set()
    for point in points:
        place = (point - origin) / step
        places.update(range(floor(place) - reach, ceil(place) + reach + 1))
    return [origin + place * step for place in sorted(places)]
