"""Facts of an example: they show which conditions its answers meet, and what its steps decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from engine.budget import Budget, attempt
from engine.language.model.condition_tree import Condition, Holds, facts_in
from engine.language.model.field_kinds import Value
from engine.meaning.logic import Logic
from engine.meaning.reference import Situation

# Facts that are shown with an example.
_MOST_FACTS = 5


def example_facts(
    logic: Logic,
    values: Mapping[str, Value],
    shows: Collection[str],
    conditions: Iterable[Condition],
    budget: Budget,
) -> tuple[tuple[str, str], ...]:
    """Return whether facts that conditions use hold, as pairs of meaning and `yes` or `no`.

    Of a step, the pair has its outcome. Only what the shown answers determine is included, and only the first few, so
    that an example can be read.

    Args:
        logic: The logic of the policy.
        values: The answers, by field.
        shows: The fields whose answers are shown.
        conditions: The conditions that use the facts.
        budget: The steps for finding out what the shown answers determine; what takes more is left out.
    """
    policy = logic.policy
    used = dict.fromkeys(facts_in(conditions))
    if not used:
        return ()
    situation = Situation(policy, values)
    holds = situation.facts
    area = logic.areas.restrict({name: values[name] for name in shows})
    found: list[tuple[str, str]] = []
    steps = dict.fromkeys(policy.step_facts[name][0].name for name in used if name in policy.step_facts)
    for name in steps:
        step, outcome = policy.step[name], situation.steps[name].verdict
        if outcome is None or len(found) == _MOST_FACTS:
            continue
        query = logic.query([logic.condition(step.test_of(outcome))])
        if attempt(query.forced, budget, area):
            found.append((step.means, step.text[outcome]))
    for name in (each for each in used if each not in policy.step_facts):
        query = logic.query([logic.condition(Holds(name, holds[name]))])
        if len(found) < _MOST_FACTS and attempt(query.forced, budget, area):
            found.append((policy.fact[name].means, "yes" if holds[name] else "no"))
    return tuple(found)
