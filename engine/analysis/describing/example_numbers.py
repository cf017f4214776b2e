"""Derived numbers of an example: they show what its rules compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from engine.language.model.field_kinds import Value
from engine.language.model.policy import Policy
from engine.language.model.values.grid_positions import exact_decimal
from engine.language.model.values.value_texts import decimal_text
from engine.meaning.reference import Situation


def example_numbers(policy: Policy, values: Mapping[str, Value], shows: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Return the derived numbers that shown answers determine, as pairs of meaning and value.

    Args:
        policy: The policy.
        values: The answers, by field.
        shows: The fields whose answers are shown.
    """
    # Without facts, since they may need answers that are not given.
    situation = Situation(replace(policy, facts=()), values)
    return tuple(
        (number.means, decimal_text(exact_decimal(situation.number(number.name))))
        for number in policy.numbers
        if all(name in shows for name, _ in number.terms)
    )


def with_numbers(answers: Sequence[tuple[str, str]], numbers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Join answers and derived numbers, or facts, to the rows of one table.

    What is derived stands in parentheses, since nobody is asked for it.
    """
    return (*answers, *((f"({means})", value) for means, value in numbers))
