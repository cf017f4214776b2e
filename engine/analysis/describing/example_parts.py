"""The parts of a finding that an example shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.analysis.describing.example_facts import example_facts
from engine.analysis.describing.example_numbers import example_numbers
from engine.analysis.describing.examples import Example
from engine.budget import Budget
from engine.language.model.asking.applicability import answered_only
from engine.language.model.condition_tree import Condition
from engine.language.model.words import answer_words
from engine.meaning.logic import Logic


def example_parts(logic: Logic, shown: Example, conditions: Iterable[Condition], budget: Budget) -> dict[str, Any]:
    """Return the parts of a finding that an example shows, by the attributes of `Finding`.

    The answers as pairs of question and answer, and what they determine of the derived numbers, as pairs of meaning
    and value, and of the facts that conditions use, as pairs of meaning and `yes` or `no`.

    Args:
        logic: The logic of the policy.
        shown: The example.
        conditions: The conditions whose facts are told.
        budget: The steps that may be spent on them.
    """
    policy = logic.policy
    fields = [policy.field[name] for name in shown.shows]
    return {
        "example": answered_only(policy, shown.values),
        "answers": tuple((field.ask, answer_words(field, shown.values[field.name])) for field in fields),
        "numbers": example_numbers(policy, shown.values, shown.shows),
        "facts": example_facts(logic, shown.values, shown.shows, conditions, budget),
    }
