"""The abstract syntax of conditions: comparisons and facts, combined by `All`, `Some` and `Not`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field as declared
from dataclasses import replace
from typing import TypeAlias

from engine.frozen import frozen_value
from engine.language.model.field_kinds import NOWHERE, Value, unnoted_place
from engine.problems import Place


@frozen_value
class Compare:
    """A comparison of a field or derived number with fixed values.

    Attributes:
        name: Name of the field or derived number.
        op: `is`, `one_of` or `none_of`; of a number `at_least`, `at_most`, `more_than`, `less_than`; of a date
            `on_or_after`, `on_or_before`, `after`, `before`; of an any_of field `includes`, `includes_any`, `excludes`,
            `only`.
        value: The value compared with: a tuple of them for `one_of`, `none_of` and the operators of an any_of field.
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

    Attributes:
        parts: The conditions, in written order.
        place: Position in the source; ignored by `==`.

    Example:
        >>> from engine import Some, load
        >>> short = load("other-interviews").fact["something_short"].when.parts[0]
        >>> isinstance(short, Some), len(short.parts)
        (True, 3)
    """

    parts: tuple[Condition, ...]
    place: Place = unnoted_place()


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

# The operators of equality, those of ordered values, those of dates (the same four under other names), and those of
# lists. `is` has no keyword of its own: it is written as the bare value.
MEMBER_OPS = ("one_of", "none_of")
EQUAL_OPS = ("is", *MEMBER_OPS)
ORDER_OPS = ("at_least", "at_most", "more_than", "less_than")
DATE_OPS = ("on_or_after", "on_or_before", "after", "before")
SAME_ORDER = dict(zip(DATE_OPS, ORDER_OPS, strict=True))
LIST_OPS = ("includes", "includes_any", "excludes", "only")


def constants_in(test: Compare) -> tuple[str, ...]:
    """The names of the constants that a comparison refers to."""
    return tuple(filter(None, (test.named,) if isinstance(test.named, str) else test.named))


def comparisons_in(condition: Condition) -> Iterator[Compare | Versus | Holds]:
    """Iterate over the leaves of a condition in written order; facts are not expanded."""
    waiting = [condition]
    while waiting:
        current = waiting.pop()
        if isinstance(current, All | Some):
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
    """Return the field, number or fact that each test in some conditions is about, in written order."""
    tests = (test for condition in conditions for test in comparisons_in(condition))
    return [test.fact if isinstance(test, Holds) else test.name for test in tests]


def with_tests(condition: Condition, change: Callable[[Compare | Versus | Holds], Condition]) -> Condition:
    """Return a condition with each of its tests replaced."""
    if isinstance(condition, All | Some):
        return replace(condition, parts=tuple(with_tests(part, change) for part in condition.parts))
    if isinstance(condition, Not):
        return replace(condition, part=with_tests(condition.part, change))
    return change(condition)


def all_of(parts: Iterable[Condition], place: Place = NOWHERE) -> Condition:
    """Return the conjunction of some conditions: the condition itself if it is only one."""
    parts = tuple(parts)
    return parts[0] if len(parts) == 1 else All(parts, place)
