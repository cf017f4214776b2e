"""Opened policies: each fact that the rules name becomes a yes/no field of its own.

This is a predicate abstraction (S. Graf, H. Saidi, "Construction of abstract state graphs with PVS", CAV 1997): the
definitions of facts are forgotten, so that any combination of answers is allowed. Each situation of the policy is one
of the opened policy, with the same outcome; the opened policy has further combinations that are no situations, whose
outcomes do not matter.
"""

from __future__ import annotations

from dataclasses import replace

from engine.language.model.condition_tree import All, Compare, Condition, Holds, Versus, facts_in, with_tests
from engine.language.model.field_kinds import YES_NO, Field
from engine.language.model.policy import Policy
from engine.language.model.relations.substitutions import without_facts


def open_facts(policy: Policy) -> Policy:
    """Return the opened policy, without facts and guarantees; the policy itself if it has no facts, or has steps.

    Steps stay closed: their outcomes belong together.
    """
    if not policy.facts or policy.steps:
        return policy
    conditions = [*(rule.when for rule in policy.rules), *(each.when for each in policy.impossible)]
    named = set(facts_in(conditions))
    return replace(
        policy,
        fields=(*policy.fields, *(Field(each.name, each.means, YES_NO) for each in policy.facts if each.name in named)),
        numbers=without_facts(policy.numbers, policy.fact),
        facts=(),
        rules=tuple(replace(each, when=as_answers(each.when)) for each in policy.rules),
        impossible=tuple(replace(each, when=as_answers(each.when)) for each in policy.impossible),
        guarantees=(),
    )


def as_answers(condition: Condition) -> Condition:
    """Replace facts in a condition by comparisons with fields of the same names."""
    return with_tests(condition, _as_answer)


def _as_answer(test: Compare | Versus | Holds) -> Condition:
    return Compare(test.fact, "is", test.expected, test.place) if isinstance(test, Holds) else test


def close_facts(policy: Policy, condition: All) -> All:
    """Translate a condition of the opened policy back; each part must have a single subject."""
    return All(tuple(_as_fact(policy, part) for part in condition.parts))


def _as_fact(policy: Policy, part: Condition) -> Condition:
    if isinstance(part, Compare) and part.name in policy.fact:
        return Holds(part.name, part.value is True)
    return part
