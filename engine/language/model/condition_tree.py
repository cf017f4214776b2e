"""Conditions: comparisons of fields and numbers with constants, facts, and what `all`, `any` and `not` make of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from engine.frozen import frozen_value
from engine.language.model.field_kinds import Value, unnoted_place
from engine.problems import Place


@frozen_value
class Compare:
    """`name` compared with constants: `value` is a tuple for one_of, includes, excludes and only."""

    name: str
    op: str
    value: Value
    place: Place = unnoted_place()


@frozen_value
class Versus:
    """Two fields compared: their exact difference against 0."""

    name: str
    op: str
    other: str
    place: Place = unnoted_place()


@frozen_value
class Holds:
    """A fact that is expected to hold, or not to."""

    fact: str
    expected: bool
    place: Place = unnoted_place()


@frozen_value
class All:
    """A condition that holds where all of its parts do, and so where it has none."""

    parts: tuple[Condition, ...]
    place: Place = unnoted_place()


@frozen_value
class Some:
    """A condition that holds where one of its parts does, at least."""

    parts: tuple[Condition, ...]
    place: Place = unnoted_place()


@frozen_value
class Not:
    """A condition that holds where its part does not."""

    part: Condition
    place: Place = unnoted_place()


Condition: TypeAlias = Compare | Versus | Holds | All | Some | Not
ALWAYS = All(())

# The operators with a constant, an order and the words for it; dates have words of their own for the same order.
ORDER_OPS = ("at_least", "at_most", "more_than", "less_than")
DATE_OPS = ("on_or_after", "on_or_before", "after", "before")
SAME_ORDER = dict(zip(DATE_OPS, ORDER_OPS, strict=True))
LIST_OPS = ("includes", "excludes", "only")


def comparisons_in(condition: Condition) -> Iterator[Compare | Versus | Holds]:
    """Every single comparison of a condition, in written order; facts are named, not opened."""
    waiting = [condition]
    while waiting:
        current = waiting.pop()
        if isinstance(current, All | Some):
            waiting.extend(reversed(current.parts))
        elif isinstance(current, Not):
            waiting.append(current.part)
        else:
            yield current
