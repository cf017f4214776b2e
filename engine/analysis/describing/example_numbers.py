"""Which derived numbers do the answers of an example make? Beside the answers, they show what a rule compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from engine.language.model.field_kinds import Value
from engine.language.model.policy import Policy
from engine.language.model.values import decimal_text, exact_decimal
from engine.meaning.reference import Situation


def example_numbers(policy: Policy, values: Mapping[str, Value], shows: Collection[str]) -> tuple[tuple[str, str], ...]:
    """The derived numbers that some answers make by themselves, as meaning and value.

    Args:
        policy: whose numbers they are.
        values: the answers, by field.
        shows: the fields whose answers are shown.
    """
    # Facts are left out: some may ask for answers that are not given.
    situation = Situation(replace(policy, facts=()), values)
    return tuple(
        (number.means, decimal_text(exact_decimal(situation.number(number.name))))
        for number in policy.numbers
        if all(name in shows for name, _ in number.terms)
    )


def with_numbers(answers: Sequence[tuple[str, str]], numbers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Answers and the numbers that they make as lines of one table: those in brackets nobody was asked for."""
    return (*answers, *((f"({means})", value) for means, value in numbers))
