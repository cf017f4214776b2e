"""The abstract syntax of conditions: comparisons and facts, combined by `All`, `Some` and `Not`."""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field as declared
from dataclasses import replace
from itertools import pairwise, product
from typing import Any, TypeAlias

from engine.frozen import frozen_value
from engine.language.model.field_kinds import NOWHERE, Value, unnoted_place
from engine.problems import Place


@frozen_value
class ByDay:
    """The values of a dated constant, each of which holds from a first day until the next.

    Attributes:
        on: Name of the date field that says which value holds; it takes no days before the first one.
        periods: First day and value of each period, in order; the first day is None for the beginning of time.

    Example:
        >>> import datetime
        >>> from engine import ByDay
        >>> ByDay("signed_on", ((None, 22), (datetime.date(2024, 7, 1), 0))).at(datetime.date(2024, 6, 30))
        22
    """

    on: str
    periods: tuple[tuple[datetime.date | None, Any], ...]

    def at(self, day: datetime.date) -> Any:
        """Return the value that holds on a day.

        Args:
            day: The day.

        Returns:
            The value of the last period that begins on that day or before.
        """
        held = [value for first, value in self.periods[1:] if first is not None and first <= day]
        return held[-1] if held else self.periods[0][1]


@frozen_value
class Compare:
    """A comparison of a field or derived number with fixed values.

    Attributes:
        name: Name of the field or derived number.
        op: `is`, `one_of` or `none_of`; of a number `at_least`, `at_most`, `more_than`, `less_than`; of a date
            `on_or_after`, `on_or_before`, `after`, `before`; of an any_of field `includes`, `includes_any`, `excludes`,
            `only`; of what may have no value `known`.
        value: The value compared with: a tuple of them for `one_of`, `none_of` and the operators of an any_of field;
            for `known`, whether there must be one.
        place: Position in the source; ignored by `==`.
        named: Name of the constant that the value comes from; in a list that is written out, a tuple with the name for
            each value, empty for those that are written out. Empty if no constant is named. Ignored by `==`.

    Example:
        >>> from engine import load
        >>> load("other-interviews").fact["settled"].when.parts[0]
        Compare(name='offer', op='is', value='made')
    """

    name: str
    op: str
    value: Value
    place: Place = unnoted_place()
    named: str | tuple[str, ...] = declared(default="", compare=False, repr=False)


@frozen_value
class Versus:
    """A comparison of two fields, by their exact difference.

    Attributes:
        name: Name of the field on the left.
        op: `at_least`, `at_most`, `more_than`, `less_than`; of dates `on_or_after`, `on_or_before`, `after`, `before`.
        other: Name of the field on the right.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> load("air-passenger-rights").impossible[0].when.parts[0]
        Versus(name='told_on', op='after', other='trip.departs')
    """

    name: str
    op: str
    other: str
    place: Place = unnoted_place()


@frozen_value
class Holds:
    """A test of a fact: true where the fact holds, or where it does not.

    Attributes:
        fact: Name of the fact.
        expected: Whether the fact has to hold (True) or to fail (False).
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import load
        >>> load("other-interviews").rule["settled-offer"].when.parts[0]
        Holds(fact='settled', expected=True)
    """

    fact: str
    expected: bool
    place: Place = unnoted_place()


@frozen_value
class All:
    """A conjunction: true where all parts are true. `All(())` is always true.

    Attributes:
        parts: The conditions, in written order.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import All, Holds, load
        >>> load("other-interviews").rule["settled-offer"].when == All((Holds("settled", True),))
        True
    """

    parts: tuple[Condition, ...]
    place: Place = unnoted_place()


@frozen_value
class Some:
    """A disjunction: true where at least one part is true. `Some(())` is always false.

    A comparison with a dated constant is one too: the comparison with each of its values, in the period of that value.
    So is a comparison of a step: the facts that it has one of some outcomes.

    Attributes:
        parts: The conditions, in written order.
        place: Position in the source; ignored by `==`.
        written: The comparison as the author wrote it, with dated constants, whose values are `ByDay`, or of a step.
            None for all other disjunctions. Ignored by `==`.

    Example:
        >>> from engine import Some, load
        >>> short = load("other-interviews").fact["something_short"].when.parts[0]
        >>> isinstance(short, Some), len(short.parts)
        (True, 3)
    """

    parts: tuple[Condition, ...]
    place: Place = unnoted_place()
    written: Compare | None = declared(default=None, compare=False, repr=False)


@frozen_value
class Not:
    """A negation: true where its part is false.

    Attributes:
        part: The negated condition.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import Compare, Not
        >>> Not(Compare("offer", "is", "hint"))
        Not(part=Compare(name='offer', op='is', value='hint'))
    """

    part: Condition
    place: Place = unnoted_place()


Condition: TypeAlias = Compare | Versus | Holds | All | Some | Not
ALWAYS = All(())
NEVER = Some(())

# The operators of equality, those of ordered values, those of dates (the same four under other names), and those of
# lists. `is` has no keyword of its own: it is written as the bare value.
MEMBER_OPS = ("one_of", "none_of")
EQUAL_OPS = ("is", *MEMBER_OPS)
ORDER_OPS = ("at_least", "at_most", "more_than", "less_than")
DATE_OPS = ("on_or_after", "on_or_before", "after", "before")
NEGATED_ORDER = {"less_than": "at_least", "at_most": "more_than"}
SAME_ORDER = dict(zip(DATE_OPS, ORDER_OPS, strict=True))
LIST_OPS = ("includes", "includes_any", "excludes", "only")
# Whether there is a value, and whether the question is asked. An author writes only the first.
ABOUT_VALUES = ("known", "asked")
# What says what an answer is not fails, as all comparisons do, where there is no answer.
NEGATIVE_OPS = ("none_of", "excludes", "only")
# What each says of an answer and the value or values that it is compared with.
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq,
    "one_of": lambda value, listed: value in listed,
    "none_of": lambda value, listed: value not in listed,
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
    "on_or_after": operator.ge,
    "on_or_before": operator.le,
    "after": operator.gt,
    "before": operator.lt,
    "includes": lambda chosen, named: set(named) <= set(chosen),
    "includes_any": lambda chosen, named: not set(named).isdisjoint(chosen),
    "excludes": lambda chosen, named: set(named).isdisjoint(chosen),
    "only": lambda chosen, named: set(chosen) <= set(named),
}


def constants_in(test: Compare) -> tuple[str, ...]:
    """The names of the constants that a comparison refers to."""
    return tuple(filter(None, (test.named,) if isinstance(test.named, str) else test.named))


def comparisons_in(condition: Condition) -> Iterator[Compare | Versus | Holds]:
    """Iterate over the leaves of a condition in written order; facts are not expanded, and shared parts read once."""
    waiting = [condition]
    read: set[int] = set()
    while waiting:
        current = waiting.pop()
        if isinstance(current, All | Some):
            if id(current) not in read:
                read.add(id(current))
                waiting.extend(reversed(current.parts))
        elif isinstance(current, Not):
            waiting.append(current.part)
        else:
            yield current


def facts_in(conditions: Iterable[Condition]) -> list[str]:
    """Return the names of the facts that conditions test, in written order; definitions are not expanded."""
    tests = (test for condition in conditions for test in comparisons_in(condition))
    return [test.fact for test in tests if isinstance(test, Holds)]


def subjects_in(conditions: Iterable[Condition]) -> list[str]:
    """Return the field, number or fact that each test in some conditions is about, in written order.

    A comparison with a dated constant is about its left side alone.
    """
    tests = (test for condition in conditions for test in comparisons_in(as_written(condition)))
    return [test.fact if isinstance(test, Holds) else test.name for test in tests]


def as_written(condition: Condition) -> Condition:
    """Return a condition with each comparison with dated constants, or of a step, as the author wrote it."""
    if isinstance(condition, Some) and condition.written is not None:
        return condition.written
    if isinstance(condition, All | Some):
        parts = tuple(map(as_written, condition.parts))
        is_same = all(map(operator.is_, parts, condition.parts))
        return condition if is_same else type(condition)(parts, condition.place)
    return Not(as_written(condition.part), condition.place) if isinstance(condition, Not) else condition


def is_of_step(condition: Condition) -> bool:
    """Whether a condition is a comparison of a step, which is a disjunction of facts."""
    # One with a dated constant is made of comparisons in the periods of its values.
    return (
        isinstance(condition, Some)
        and condition.written is not None
        and all(isinstance(part, Holds) for part in condition.parts)
    )


def with_steps(condition: Condition) -> Condition:
    """Return a condition with each comparison of a step as the author wrote it."""
    if isinstance(condition, Compare):
        return condition
    if isinstance(condition, Some) and condition.written is not None:
        return condition.written if is_of_step(condition) else condition
    if isinstance(condition, All | Some):
        parts = tuple(map(with_steps, condition.parts))
        is_same = all(map(operator.is_, parts, condition.parts))
        return condition if is_same else type(condition)(parts, condition.place)
    return Not(with_steps(condition.part), condition.place) if isinstance(condition, Not) else condition


def on_the_day(condition: Condition, values: Mapping[str, Any]) -> Condition:
    """Return a condition as it reads for some answers.

    Dated constants have the value of the day, where the day is answered.
    """
    if is_of_step(condition):
        return condition
    if isinstance(condition, Some) and condition.written is not None:
        test: Any = condition.written
        parts = test.value if isinstance(test.value, tuple) else (test.value,)
        dated = [part for part in parts if isinstance(part, ByDay)]
        if not all(part.on in values for part in dated):
            return condition
        found = tuple(part.at(values[part.on]) if isinstance(part, ByDay) else part for part in parts)
        value = found[0] if isinstance(test.value, ByDay) else found
        return Compare(test.name, test.op, value, test.place, test.named)
    if isinstance(condition, All | Some):
        return type(condition)(tuple(on_the_day(part, values) for part in condition.parts), condition.place)
    return Not(on_the_day(condition.part, values), condition.place) if isinstance(condition, Not) else condition


def day_spans(values: Iterable[ByDay], place: Place) -> Iterator[tuple[dict[str, datetime.date], tuple[Compare, ...]]]:
    """Iterate over the spans of days on which none of some dated values changes.

    Each is a day of the span, by date field, and the tests for the fields to lie in it.
    """
    starts: dict[str, set[datetime.date]] = {}
    for value in values:
        starts.setdefault(value.on, set()).update(first for first, _ in value.periods[1:] if first is not None)
    for spans in product(*(pairwise((None, *sorted(days), None)) for days in starts.values())):
        first_days = {on: first or datetime.date.min for on, (first, _) in zip(starts, spans, strict=True)}
        tests = (test for on, span in zip(starts, spans, strict=True) for test in _within(on, span, place))
        yield first_days, tuple(tests)


def _within(on: str, span: tuple[datetime.date | None, datetime.date | None], place: Place) -> Iterator[Compare]:
    """Iterate over the tests for a date field to lie in a period, from its first day until that of the next one."""
    first, following = span
    if first is not None:
        yield Compare(on, "on_or_after", first, place)
    if following is not None:
        yield Compare(on, "before", following, place)


def with_tests(condition: Condition, change: Callable[[Compare | Versus | Holds], Condition]) -> Condition:
    """Return a condition with each of its tests replaced."""
    if isinstance(condition, All | Some):
        made = type(condition)
        return made(tuple(with_tests(part, change) for part in condition.parts), condition.place)
    if isinstance(condition, Not):
        return replace(condition, part=with_tests(condition.part, change))
    return change(condition)


def all_of(parts: Iterable[Condition], place: Place = NOWHERE) -> Condition:
    """Return the conjunction of some conditions: the condition itself if it is only one."""
    parts = tuple(parts)
    return parts[0] if len(parts) == 1 else All(parts, place)
