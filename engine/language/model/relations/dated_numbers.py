"""Derived numbers whose fixed values change with the day, as a number without such values for each period."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from engine.language.model.condition_tree import ByDay, Condition, all_of, day_spans
from engine.language.model.policy_parts import Number


def dated_values(number: Number) -> Iterator[ByDay]:
    """Iterate over the values in a number that change with the day."""
    values = (times for _, times in number.terms), (number.plus,), number.parts, (each.add for each in number.entries)
    yield from (value for each in values for value in each if isinstance(value, ByDay))


def with_values(number: Number, change: Callable[[Any], Any]) -> Number:
    """Return a number with each of its fixed values replaced; a term that is then multiplied by 0 is left out."""
    terms = ((name, change(times)) for name, times in number.terms)
    return replace(
        number,
        terms=tuple((name, times) for name, times in terms if times != 0),
        plus=change(number.plus),
        parts=tuple(part if isinstance(part, str) else change(part) for part in number.parts),
        entries=tuple(replace(entry, add=change(entry.add)) for entry in number.entries),
    )


def versions_of(number: Number) -> tuple[tuple[Condition, Number], ...]:
    """Return a number as it is worked out in each period, with the condition that the day lies in that.

    Exactly one condition holds in every situation. Empty for a number without values that change.
    """
    dated = list(dated_values(number))
    if not dated:
        return ()

    def version(days: Any) -> Number:
        found = with_values(number, lambda value: value.at(days[value.on]) if isinstance(value, ByDay) else value)
        return replace(found, named=())

    return tuple((all_of(tests, number.place), version(days)) for days, tests in day_spans(dated, number.place))
