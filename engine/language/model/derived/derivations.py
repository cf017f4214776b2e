"""What derived numbers and facts are made of: the names that they read, their order, and sums of sums flattened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from engine.language.documents.exact import fraction_type
from engine.language.model.circles import in_order
from engine.language.model.condition_tree import Condition, Holds, Versus, comparisons_in, constants_in
from engine.language.model.policy_parts import Fact, Number
from engine.language.model.values.grid_positions import exact_decimal

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

Derivation: TypeAlias = Number | Fact

# Sums of sums multiply the numbers that are written; so many digits are allowed before the point, and after it.
MOST_DIGITS = 30
_LARGEST = 10**MOST_DIGITS


class LinearSum(NamedTuple):
    """A derived number as a sum of fields alone: pairs of field and coefficient, never 0, and a constant term."""

    terms: tuple[tuple[str, Decimal], ...]
    plus: Decimal


def names_in(condition: Condition) -> Iterator[str]:
    """Iterate over the names of the fields, constants, numbers and facts that a condition reads directly."""
    for test in comparisons_in(condition):
        if isinstance(test, Holds):
            yield test.fact
        else:
            yield test.name
            yield from (test.other,) if isinstance(test, Versus) else constants_in(test)


def names_of_parts(derivation: Derivation) -> Iterator[str]:
    """Iterate over the names of the fields, constants, numbers and facts that a number or fact reads directly."""
    if isinstance(derivation, Fact):
        yield from names_in(derivation.when)
    else:
        yield from (name for name, _ in derivation.terms)
        yield from filter(None, derivation.named)


def derivation_order(facts: Mapping[str, Fact], numbers: Mapping[str, Number]) -> tuple[Derivation, ...]:
    """Return facts and numbers in topological order: each after those that it reads, otherwise in file order."""
    derived: dict[str, Derivation] = {**facts, **numbers}
    uses = {name: [used for used in names_of_parts(each) if used in derived] for name, each in derived.items()}
    return tuple(derived[name] for name in in_order(uses))


def flatten(numbers: Iterable[Number]) -> dict[str, LinearSum]:
    """Write numbers as sums of fields alone, by name; each number must come after those that it adds up."""
    found: dict[str, LinearSum] = {}
    for number in numbers:
        flat = flat_sum(number, found)
        assert flat is not None
        found[number.name] = flat
    return found


def flat_sum(number: Number, known: Mapping[str, LinearSum]) -> LinearSum | None:
    """Write a number as a sum of fields, given the numbers that it adds up; fields that cancel out are left out.

    Returns:
        The sum; None if it would have numbers of more than `MOST_DIGITS` digits before or after the point.
    """
    if not any(name in known for name, _ in number.terms):
        return LinearSum(number.terms, number.plus)
    fraction = fraction_type()
    total: dict[str, Fraction] = {}
    plus = fraction(number.plus)
    for name, times in number.terms:
        inner = known.get(name)
        if inner is None:
            total[name] = total.get(name, fraction(0)) + fraction(times)
            continue
        plus += fraction(times) * fraction(inner.plus)
        for field, each in inner.terms:
            total[field] = total.get(field, fraction(0)) + fraction(times) * fraction(each)
    if any(abs(each) >= _LARGEST or _LARGEST % each.denominator for each in (plus, *total.values())):
        return None
    terms = tuple((field, exact_decimal(times)) for field, times in total.items() if times)
    return LinearSum(terms, exact_decimal(plus))


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
