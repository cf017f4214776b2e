"""A library as a policy of its own, so that what checks policies checks libraries."""

from __future__ import annotations

from engine.language.model.condition_tree import ALWAYS
from engine.language.model.policy import FIRST, Policy
from engine.language.model.policy_parts import Rule, Verdict
from engine.language.model.relations.library import Library
from engine.language.model.relations.step_outputs import with_outputs


def policy_over(library: Library) -> Policy:
    """A policy over the fields of a library that gives one verdict in every possible situation."""
    policy = Policy(
        name=library.name,
        title=library.title,
        fields=library.fields,
        numbers=library.numbers,
        facts=library.facts,
        impossible=library.impossible,
        constants=library.constants,
        steps=tuple(with_outputs(step, step.amounts) for step in library.steps),
        verdicts=(Verdict("any", "Any"),),
        rules=(Rule("any", ALWAYS, "any", "", otherwise=True),),
        decision=FIRST,
        place=library.place,
    )
    if all(field.applies_when is None for field in library.fields):
        return policy
    from engine.language.model.asking.applicability import with_implied

    implied: Policy = with_implied(policy)
    return implied
