"""What derived numbers and facts are made of: the names that they read, their order, and sums of sums flattened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from engine.language.documents.exact import decimal_type, fraction_type
from engine.language.model.condition_tree import Condition, Holds, Versus, comparisons_in, constants_in
from engine.language.model.policy_parts import SUM, Fact, Number
from engine.language.model.relations.circles import in_order
from engine.language.model.values.grid_positions import exact_decimal
from engine.language.model.values.value_texts import decimal_text

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

Derivation: TypeAlias = Number | Fact

# Every piece of a number may be an axis of its own.
MOST_PIECES = 500
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
        yield from (part for part in derivation.parts if isinstance(part, str))
        yield from filter(None, derivation.named)


def with_names(number: Number, name_of: Callable[[str], str]) -> Number:
    """Return a number that reads other names; its own name stays."""
    return replace(
        number,
        terms=tuple((name_of(name), times) for name, times in number.terms),
        parts=tuple(name_of(part) if isinstance(part, str) else part for part in number.parts),
    )


def derivation_order(facts: Mapping[str, Fact], numbers: Mapping[str, Number]) -> tuple[Derivation, ...]:
    """Return facts and numbers in topological order: each after those that it reads, otherwise in file order."""
    derived: dict[str, Derivation] = {**facts, **numbers}
    uses = {name: [used for used in names_of_parts(each) if used in derived] for name, each in derived.items()}
    return tuple(derived[name] for name in in_order(uses))


def pieces_of(number: Number, known: Mapping[str, tuple[LinearSum, ...]]) -> tuple[LinearSum, ...] | None:
    """Write a number as the sums of fields of which it is always one, given the pieces of the numbers that it reads.

    A sum of sums has one piece, a `larger_of` those of its parts, and a sum of several such numbers all combinations.

    Returns:
        The pieces; None if one would have numbers of more than `MOST_DIGITS` digits before or after the point.
    """
    if number.kind != SUM:
        found = [piece for part in number.parts for piece in _pieces_of_part(part, known)]
        return tuple(dict.fromkeys(found))
    if not any(name in known for name, _ in number.terms):
        return (LinearSum(number.terms, number.plus),)
    read = [_pieces_of_part(name, known) for name, _ in number.terms]
    summed = [_sum_up(number, pieces) for pieces in product(*read)]
    if None in summed:
        return None
    return tuple(dict.fromkeys(each for each in summed if each is not None))


def piece_count(number: Number, counts: Mapping[str, int]) -> int:
    """Return how many pieces a number has at most, given those of the numbers that it reads."""
    if number.kind == SUM:
        return prod(counts.get(name, 1) for name, _ in number.terms)
    return sum(counts.get(part, 1) if isinstance(part, str) else 1 for part in number.parts)


def _pieces_of_part(part: str | Decimal, known: Mapping[str, tuple[LinearSum, ...]]) -> tuple[LinearSum, ...]:
    """Return the pieces of a field, a number or a constant."""
    whole = decimal_type()
    if not isinstance(part, str):
        return (LinearSum((), part),)
    return known[part] if part in known else (LinearSum(((part, whole(1)),), whole(0)),)


def _sum_up(number: Number, pieces: tuple[LinearSum, ...]) -> LinearSum | None:
    """Write a sum as one of fields, given one piece of each thing that it adds up; what cancels out is left out."""
    fraction = fraction_type()
    total: dict[str, Fraction] = {}
    plus = fraction(number.plus)
    for (_, times), inner in zip(number.terms, pieces, strict=True):
        plus += fraction(times) * fraction(inner.plus)
        for field, each in inner.terms:
            total[field] = total.get(field, fraction(0)) + fraction(times) * fraction(each)
    if any(abs(each) >= _LARGEST or _LARGEST % each.denominator for each in (plus, *total.values())):
        return None
    return LinearSum(tuple((name, exact_decimal(times)) for name, times in total.items() if times), exact_decimal(plus))


def all_pieces(numbers: Iterable[Number]) -> dict[str, tuple[LinearSum, ...]]:
    """Return the pieces of numbers, by name; each number must come after those that it reads."""
    found: dict[str, tuple[LinearSum, ...]] = {}
    for number in numbers:
        pieces = pieces_of(number, found)
        assert pieces is not None
        found[number.name] = pieces
    return found


def sum_text(terms: Iterable[tuple[str, Decimal]]) -> str:
    """Return a sum of fields as an expression, such as `rent - 2 × food`; equal sums have equal expressions."""
    text = ""
    for name, times in sorted(terms, key=lambda term: (term[1] < 0, term[0])):
        # The context of the caller has no say, as it would in `abs(times)`.
        size = times.copy_abs()
        factor = "" if size == 1 else f"{decimal_text(size)} × "
        sign = "-" if times < 0 else "+"
        text += f" {sign} {factor}{name}" if text else f"{sign if times < 0 else ''}{factor}{name}"
    return text


def unnamed_sums(numbers: Iterable[Number], pieces: Mapping[str, tuple[LinearSum, ...]]) -> dict[str, Number]:
    """Return numbers for the pieces that are no number of the author's, by name.

    They are called by their expressions, which no author can write as a name.
    """
    named = {frozenset(each[0].terms) for each in pieces.values() if len(each) == 1}
    found: dict[str, Number] = {}
    for number in numbers:
        for terms, _ in pieces[number.name] if number.kind == SUM and len(pieces[number.name]) > 1 else ():
            if terms and frozenset(terms) not in named and not _is_field(terms):
                text = sum_text(terms)
                found[text] = Number(text, text, terms, decimal_type()(0), number.place)
    return found


def _is_field(terms: tuple[tuple[str, Decimal], ...]) -> bool:
    return len(terms) == 1 and terms[0][1] == 1


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
