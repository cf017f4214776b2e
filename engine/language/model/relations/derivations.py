"""What derived numbers and facts are made of: the names that they read, and their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from engine.language.model.condition_tree import (
    All,
    Compare,
    Condition,
    Holds,
    Not,
    Some,
    Versus,
    comparisons_in,
    constants_in,
)
from engine.language.model.policy_parts import Fact, Number
from engine.language.model.relations.circles import in_order

Derivation: TypeAlias = Number | Fact


def names_in(condition: Condition) -> Iterator[str]:
    """Iterate over the names of the fields, constants, numbers and facts that a condition reads directly.

    Of a comparison of a step these are facts, and the name of the step: no outcome at all may meet the comparison.
    """
    waiting = [condition]
    while waiting:
        test = waiting.pop()
        if isinstance(test, All | Some):
            waiting.extend(reversed(test.parts))
            if isinstance(test, Some) and test.written is not None:
                # What a comparison of a step comes to tells nothing of constants, nor of the step if that is nothing.
                yield test.written.name
                yield from constants_in(test.written)
        elif isinstance(test, Not):
            waiting.append(test.part)
        elif isinstance(test, Holds):
            yield test.fact
        else:
            yield test.name
            yield from (test.other,) if isinstance(test, Versus) else constants_in(test)


def names_of_parts(derivation: Derivation) -> Iterator[str]:
    """Iterate over the names of the fields, constants, numbers and facts that a number or fact reads directly."""
    if isinstance(derivation, Fact):
        yield from names_in(derivation.when)
    else:
        from engine.language.model.relations.dated_numbers import dated_values

        yield from (name for name, _ in derivation.terms)
        yield from (part for part in derivation.parts if isinstance(part, str))
        yield from filter(None, derivation.named)
        yield from (value.on for value in dated_values(derivation))
        for entry in derivation.entries:
            yield from names_in(entry.when)
            yield from filter(None, (entry.named, entry.number))


def parts_of(number: Number) -> list[str]:
    """Return the names of the fields and numbers that a number is made of, without what its conditions read."""
    parts = [name for name, _ in number.terms] + [part for part in number.parts if isinstance(part, str)]
    return parts + [entry.number for entry in number.entries if entry.number]


def compared_numbers(numbers: Mapping[str, Number], conditions: Iterable[Condition]) -> set[str]:
    """Return the names of the numbers that some conditions compare, and of those that these are made of."""
    waiting = [test.name for condition in conditions for test in comparisons_in(condition) if isinstance(test, Compare)]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in numbers and name not in found:
            found.add(name)
            waiting += parts_of(numbers[name])
    return found


def derivation_order(
    facts: Mapping[str, Fact], numbers: Mapping[str, Number], after: Mapping[str, Iterable[str]] | None = None
) -> tuple[Derivation, ...]:
    """Return facts and numbers in topological order: each after those that it reads, otherwise in file order.

    Args:
        facts: The facts by name.
        numbers: The numbers by name.
        after: The facts that some fact comes after although it does not read them.
    """
    derived: dict[str, Derivation] = {**facts, **numbers}
    uses = {name: [used for used in names_of_parts(each) if used in derived] for name, each in derived.items()}
    for name, others in (after or {}).items():
        uses[name] += others
    return tuple(derived[name] for name in in_order(uses))


def names_behind(derived: Mapping[str, Derivation], names: Iterable[str]) -> set[str]:
    """Return these names, and those of all fields, numbers and facts that they depend on."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            if name in derived:
                waiting.extend(names_of_parts(derived[name]))
    return found
