"""A policy in which each fact that its rules name is a question of its own: what do its rules say as they are written?

A predicate abstraction (S. Graf, H. Saidi, "Construction of abstract state graphs with PVS", CAV 1997): what the facts
say is forgotten, so that any answers go together. Each situation of the policy is one of the opened policy, with the
same outcome; others of the opened policy are no situation at all, and nothing is asked of those.
"""

from __future__ import annotations

from dataclasses import replace

from engine.language.model.condition_tree import All, Compare, Condition, Holds, Not, Some, comparisons_in
from engine.language.model.field_kinds import YES_NO, Field
from engine.language.model.policy import Policy


def open_facts(policy: Policy) -> Policy:
    """The policy without facts, whose rules and impossible combinations ask for them; itself, where it has none."""
    if not policy.facts:
        return policy
    conditions = [*(rule.when for rule in policy.rules), *(each.when for each in policy.impossible)]
    named = {test.fact for when in conditions for test in comparisons_in(when) if isinstance(test, Holds)}
    return replace(
        policy,
        fields=(*policy.fields, *(Field(each.name, each.means, YES_NO) for each in policy.facts if each.name in named)),
        facts=(),
        rules=tuple(replace(each, when=as_answers(each.when)) for each in policy.rules),
        impossible=tuple(replace(each, when=as_answers(each.when)) for each in policy.impossible),
        guarantees=(),
    )


def as_answers(condition: Condition) -> Condition:
    """A condition in which a fact is an answer to a question of its name."""
    if isinstance(condition, Holds):
        return Compare(condition.fact, "is", condition.expected, condition.place)
    if isinstance(condition, All | Some):
        return replace(condition, parts=tuple(map(as_answers, condition.parts)))
    return replace(condition, part=as_answers(condition.part)) if isinstance(condition, Not) else condition


def close_facts(policy: Policy, condition: All) -> All:
    """A condition of the opened policy as one of the policy itself; the parts are of one subject each."""
    return All(tuple(_as_fact(policy, part) for part in condition.parts))


def _as_fact(policy: Policy, part: Condition) -> Condition:
    if isinstance(part, Compare) and part.name in policy.fact:
        return Holds(part.name, part.value is True)
    return part
