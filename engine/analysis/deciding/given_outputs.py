"""The outputs of a decision, by the rules that decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias

from engine.analysis.deciding.completions import Completions, Deciding
from engine.language.model.field_kinds import Value
from engine.language.model.policy import Policy

# The outputs of a decision, and the names of those that are open.
Given: TypeAlias = tuple[Any, tuple[str, ...]]
# The rules that stand, for each completion of a record.
Standing: TypeAlias = Collection[tuple[str, ...]] | None


def outputs_given(policy: Policy, verdict: str, deciding: Deciding, standing: Standing = None) -> Given:
    """Return the outputs of a decision.

    Args:
        policy: The policy.
        verdict: The verdict.
        deciding: The rules that decide.
        standing: The rules that stand, for each completion; needed if `deciding` has several and outputs are collected.

    Returns:
        The outputs as JSON data, and the names of those that missing answers still change.
    """
    if not policy.has_rule_outputs:
        return policy.verdict[verdict].output, ()
    from engine.language.model.relations.rule_outputs import outputs_over

    if standing is None:
        # Rules that stand together agree, so that each may be looked at alone.
        apart = [(rule,) for rule in (*deciding.certain, *deciding.possible)]
        standing = apart if deciding.possible else [deciding.certain]
    return outputs_over(policy, standing)


def with_amounts(
    policy: Policy, values: Mapping[str, Value], given: Given, ask: str | None
) -> tuple[Given, str | None]:
    """Work out the amounts in the outputs of a decision.

    Args:
        policy: The policy.
        values: The answers of the record.
        given: The outputs, in which amounts are still to be worked out, and the names of those that are open.
        ask: The question to ask for the others, if some are open.

    Returns:
        The outputs, with null for an amount whose fields are not all answered, or that has no value; the names of those
        that are open, now with such amounts; and the question to ask, for a field of an amount if nothing else is open.
    """
    from engine.analysis.describing.example_numbers import answered_part
    from engine.language.model.relations.rule_outputs import names_worked_with, output_names
    from engine.language.model.values.computed_outputs import computed_in, work_out

    output, opened = given
    amounts = dict(computed_in(output))
    if not amounts:
        return given, ask
    from engine.meaning.reference import Situation

    known = Situation(answered_part(policy, values.keys()), values).numbers
    still = {name: each.number for name, each in amounts.items() if each.number not in known}
    names = tuple(name for name in output_names(policy) if name in still or name in opened)
    if ask is None and still:
        read = names_worked_with(policy, still.values())
        ask = next(field.name for field in policy.asking_order if field.name in read and field.name not in values)
    return (work_out(output, known.get), names), ask


def decided_with_outputs(policy: Policy, completions: Completions, verdict: str) -> dict[str, Any]:
    """Return what a decision says of a partial record that gets one verdict beside it; raises `OutOfSteps`.

    Returns:
        Arguments by name: the rules that decide (`deciding`), the outputs (`given`), and the question to `ask` if some
        of these are open.
    """
    deciding = completions.deciding(verdict)
    standing = completions.standing() if deciding.possible and policy.collect else None
    given = outputs_given(policy, verdict, deciding, standing)
    if not given[1]:
        return {"deciding": deciding, "given": given}
    from engine.analysis.deciding.likelihood import find_output_question

    return {"deciding": deciding, "given": given, "ask": find_output_question(policy, completions)}


def output_block(outputs: Sequence[tuple[str, str]]) -> list[str]:
    """Write outputs (pairs of name and text) as lines, between a heading and an empty line; none for no outputs."""
    width = max((len(name) for name, _ in outputs), default=0)
    return ["Outputs", *(f"  {name:<{width}}  {said}" for name, said in outputs), ""] if outputs else []
