"""Derived numbers of an example: they show what its rules compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor, log10

from engine.language.model.field_kinds import Value
from engine.language.model.policy import Policy
from engine.language.model.relations.derivations import names_of_parts
from engine.language.model.values.value_texts import decimal_text
from engine.meaning.reference import Situation


def example_numbers(policy: Policy, values: Mapping[str, Value], shows: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Return the derived numbers that shown answers determine, as pairs of meaning and value.

    Numbers that have no value are left out.

    Args:
        policy: The policy.
        values: The answers, by field.
        shows: The fields whose answers are shown.
    """
    settled = answered_part(policy, shows)
    found = Situation(settled, values).numbers
    written = (each for each in settled.numbers if each.name in policy.shapes)
    return tuple((each.means, exact_text(value)) for each in written if (value := found[each.name]) is not None)


def exact_text(value: Fraction) -> str:
    """Write a value as a decimal; one that has no finite decimal, as that of a ratio may, as `1/3`."""
    return decimal_text(value) if _is_finite(value.denominator) else f"{value.numerator}/{value.denominator}"


def _is_finite(denominator: int) -> bool:
    """Whether fractions with a denominator have finite decimals: it has no prime factors but 2 and 5."""
    return bool(10 ** denominator.bit_length() % denominator == 0)


def amount_words(text: str) -> str:
    """Return the text of a value as a person reads it: a fraction as `≈ 0.3333`.

    There are as many digits as it takes to tell it from every shorter decimal.
    """
    numerator, slash, denominator = text.partition("/")
    if not slash or not (numerator.lstrip("-").isdecimal() and denominator.isdecimal()):
        return text
    value = Fraction(int(numerator), int(denominator))
    # Four digits at least, and no 0 at the end: 0.39996 is not told as 0.4.
    places = max(0, 3 - floor(log10(abs(value.numerator)) - log10(value.denominator)))
    while round(value * 10**places) % 10 == 0:
        places += 1
    return f"≈ {decimal_text(Fraction(round(value * 10**places), 10**places))}"


def answered_part(policy: Policy, answered: Collection[str]) -> Policy:
    """Return the policy with only those of its facts, numbers and steps whose fields are all answered.

    A sum without a name, which conditions of cells may compare, is one of its numbers.
    """
    settled = {*answered, *policy.constant}
    unsettled: set[str] = _facts_of_open_steps(policy, settled) if policy.steps else set()
    settled |= {step.name for step in policy.steps if unsettled.isdisjoint(fact.name for fact in step.facts)}
    for each in policy.derived_in_order:
        if each.name not in unsettled and settled.issuperset(names_of_parts(each)):
            settled.add(each.name)
    steps = tuple(step for step in policy.steps if all(fact.name in settled for fact in step.facts))
    facts = tuple(fact for fact in policy.facts if fact.name in settled)
    numbers = tuple(number for name, number in policy.number.items() if name in settled)
    return replace(policy, facts=facts, numbers=numbers, steps=steps)


def _facts_of_open_steps(policy: Policy, answered: Collection[str]) -> set[str]:
    """Return the facts of the steps that read, directly or not, a field without an answer."""
    found: set[str] = set()
    for step in policy.steps_in_order:
        own = [fact.name for fact in step.facts]
        read = policy.names_behind(own)
        if not found.isdisjoint(read) or any(name in policy.field and name not in answered for name in read):
            found.update(own)
    return found


def with_numbers(answers: Sequence[tuple[str, str]], numbers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Join answers and derived numbers, or facts, to the rows of one table.

    What is derived stands in parentheses, since nobody is asked for it.
    """
    return (*answers, *((f"({means})", amount_words(value)) for means, value in numbers))


def example_lines(
    answers: Sequence[tuple[str, str]], derived: Sequence[tuple[str, str]], example: Collection[str]
) -> list[str]:
    """Return an example as lines: the answers that suffice, what is derived from them, and whether there are others."""
    if not answers:
        return ["every situation, whatever the answers are"]
    others = ["(the other answers make no difference)"] if len(answers) < len(example) else []
    return columns(with_numbers(answers, derived)) + others


def columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the rows of a table as lines, their columns below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["   ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def marked(mark: str, lines: Iterable[str]) -> Iterator[str]:
    """Indent lines below a mark, which stands to the left of the first."""
    for number, line in enumerate(lines):
        yield f"  {'' if number else mark:<14}{line}"
