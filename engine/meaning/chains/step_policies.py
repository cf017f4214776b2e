"""Policies over the same situations as a policy with steps: one that decides a step, one without faulty steps."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from engine.language.model.condition_tree import Holds
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Impossible, Verdict
from engine.language.model.relations.decision_steps import DecisionStep
from engine.language.model.relations.derivations import Derivation, names_behind, names_in
from engine.language.model.relations.step_outputs import decided_rule, told_output


def make_policy_of_step(
    policy: Policy, step: DecisionStep, earlier: Collection[DecisionStep], faults: Collection[Holds]
) -> Policy:
    """Return the policy that decides a step, over the same situations.

    Args:
        policy: The whole policy.
        step: The step.
        earlier: The steps before it, all of which it may read.
        faults: The tests for situations in which one of these has none or several outcomes, which are impossible.
    """
    known = {each.name for each in earlier}
    unknown = {fact for fact, (each, _) in policy.step_facts.items() if each.name not in known}
    derived: dict[str, Derivation] = {**policy.fact, **policy.number}

    def is_known(name: str) -> bool:
        return unknown.isdisjoint(names_behind(derived, [name]))

    found = replace(
        with_rules_of_step(policy, step),
        facts=tuple(each for each in policy.facts if is_known(each.name)),
        numbers=tuple(each for each in policy.numbers if is_known(each.name)),
        steps=tuple(each for each in policy.steps if each.name in known),
        impossible=(
            *(each for each in policy.impossible if all(map(is_known, names_in(each.when)))),
            *(each for one in earlier for each in _faults_as_impossible(one) if each.when in faults),
        ),
    )
    found.memo.text, found.memo.tables = policy.memo.text, policy.memo.tables
    found.memo.libraries, found.memo.has_sound_steps = policy.memo.libraries, True
    return found


def with_rules_of_step(policy: Policy, step: DecisionStep) -> Policy:
    """Return a policy that gives the outcomes of one of its steps as its verdicts, by the rules of the step.

    An output that is worked out is told as the text of how: rules agree on it where they work it out alike.
    """
    place = step.origin or step.place
    return replace(
        policy,
        title=step.means,
        verdicts=tuple(
            Verdict(outcome, text, output=told_output(step.output.get(outcome)), place=place)
            for outcome, text in step.outcomes
        ),
        verdicts_ordered=step.ordered,
        rules=tuple(decided_rule(step, rule) for rule in step.rules),
        decision=step.decision,
        collect=(),
        guarantees=(),
    )


def without_impossible(inner: Policy, faults: Collection[Holds]) -> Policy:
    """Return the policy that decides a step without what is impossible, but for the faults of earlier steps.

    Args:
        inner: The policy that decides the step.
        faults: The tests for these faults.
    """
    left = tuple(each for each in inner.impossible if each.when in faults)
    if len(left) == len(inner.impossible):
        return inner
    found = replace(inner, impossible=left)
    found.memo.libraries, found.memo.has_sound_steps = inner.memo.libraries, True
    return found


def without_faults(policy: Policy, faults: Collection[Holds]) -> Policy:
    """Return a policy in which the situations that meet some tests for faulty steps are impossible."""
    excluded = (each for step in policy.steps for each in _faults_as_impossible(step) if each.when in faults)
    found = replace(policy, impossible=(*policy.impossible, *excluded))
    found.memo.libraries, found.memo.has_sound_steps = policy.memo.libraries, True
    return found


def with_steps_as_facts(policy: Policy) -> Policy:
    """Return a policy that has the facts of its steps as facts of its own, and no steps.

    The situations in which a step has not exactly one outcome are impossible.
    """
    if not policy.steps:
        return policy
    faults = (each for step in policy.steps_in_order for each in _faults_as_impossible(step))
    return replace(policy, facts=tuple(policy.fact.values()), steps=(), impossible=(*policy.impossible, *faults))


def _faults_as_impossible(step: DecisionStep) -> Iterable[Impossible]:
    """Iterate over impossible combinations: the situations in which a step has none, or several outcomes."""
    for test, fault in step.faults:
        yield Impossible(test, f"T{step.called[1:]} has a {fault} there.", step.place)
