"""Substitution in derived numbers: other names, other conditions, what facts say in place of the facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from engine.language.model.condition_tree import ByDay, Compare, Condition, Holds, Not, Versus, with_tests
from engine.language.model.policy_parts import Fact, Number


def condition_with_names(condition: Condition, name_of: Callable[[str], str]) -> Condition:
    """Return a condition that reads other names."""

    def renamed(test: Compare | Versus | Holds) -> Condition:
        if isinstance(test, Holds):
            return replace(test, fact=name_of(test.fact))
        if isinstance(test, Versus):
            return replace(test, name=name_of(test.name), other=name_of(test.other))
        return replace(test, name=name_of(test.name))

    return with_tests(condition, renamed)


def with_names(number: Number, name_of: Callable[[str], str]) -> Number:
    """Return a number that reads other names, in the conditions of its entries too; its own name stays."""
    from engine.language.model.relations.dated_numbers import with_values
    from engine.language.model.values.computed_outputs import ComputedOutput

    def renamed(value: Any) -> Any:
        if isinstance(value, ByDay):
            return replace(value, on=name_of(value.on))
        return replace(value, number=name_of(value.number)) if isinstance(value, ComputedOutput) else value

    changed = with_values(with_conditions(number, lambda when: condition_with_names(when, name_of)), renamed)
    return replace(
        changed,
        terms=tuple((name_of(name), times) for name, times in changed.terms),
        parts=tuple(name_of(part) if isinstance(part, str) else part for part in changed.parts),
    )


def with_conditions(number: Number, change: Callable[[Condition], Condition]) -> Number:
    """Return a number with the condition of each of its entries replaced."""
    if not number.entries:
        return number
    return replace(number, entries=tuple(replace(entry, when=change(entry.when)) for entry in number.entries))


def without_facts(numbers: Iterable[Number], facts: Mapping[str, Fact]) -> tuple[Number, ...]:
    """Return numbers whose entries read no facts: what the facts say stands in their place."""
    found: dict[str, Condition] = {}

    def spelled_out(test: Compare | Versus | Holds) -> Condition:
        if not isinstance(test, Holds):
            return test
        if test.fact not in found:
            found[test.fact] = with_tests(facts[test.fact].when, spelled_out)
        return found[test.fact] if test.expected else Not(found[test.fact])

    return tuple(with_conditions(number, lambda when: with_tests(when, spelled_out)) for number in numbers)
