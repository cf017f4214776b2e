"""The abstract syntax of conditions: comparisons and facts, combined by `All`, `Some` and `Not`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from engine.frozen import frozen_value
from engine.language.model.field_kinds import Value, unnoted_place
from engine.problems import Place


@frozen_value
class Compare:
    """A field or derived number compared with a constant.

    `value` is a tuple for `one_of`, `includes`, `excludes` and `only`, and a single value for every other operator.
    """

    name: str
    op: str
    value: Value
    place: Place = unnoted_place()


@frozen_value
class Versus:
    """A field compared with another field."""

    name: str
    op: str
    other: str
    place: Place = unnoted_place()


@frozen_value
class Holds:
    """A fact that is required to hold, or not to hold."""

    fact: str
    expected: bool
    place: Place = unnoted_place()


@frozen_value
class All:
    """A conjunction; without parts it is always true."""

    parts: tuple[Condition, ...]
    place: Place = unnoted_place()


@frozen_value
class Some:
    """A disjunction; without parts it is always false."""

    parts: tuple[Condition, ...]
    place: Place = unnoted_place()


@frozen_value
class Not:
    """A negation."""

    part: Condition
    place: Place = unnoted_place()


Condition: TypeAlias = Compare | Versus | Holds | All | Some | Not
ALWAYS = All(())

# The operators of ordered values, those of dates (the same four under other names), and those of lists.
ORDER_OPS = ("at_least", "at_most", "more_than", "less_than")
DATE_OPS = ("on_or_after", "on_or_before", "after", "before")
SAME_ORDER = dict(zip(DATE_OPS, ORDER_OPS, strict=True))
LIST_OPS = ("includes", "excludes", "only")


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
