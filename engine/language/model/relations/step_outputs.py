"""The outputs of steps: the numbers that read them, and steps without those that none reads.

A rule of a step may write an amount out, or work it out from a number (`ComputedOutput`). A number that is the output
of a step has an entry for each of these.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine.language.model.condition_tree import Holds
from engine.language.model.policy_parts import Number, PointsEntry, Rule
from engine.language.model.relations.decision_steps import DecisionStep, output_fact, qualified
from engine.language.model.values.computed_outputs import ComputedOutput, computed_in
from engine.language.model.values.plain_amounts import amount_text


def entries_of(step: DecisionStep, output: str) -> tuple[PointsEntry, ...]:
    """Return the entries of a number that is an output of a step: one for each amount, under the fact that it is given.

    Args:
        step: The step, every rule of which gives the output as a number.
        output: Name of the output.

    Returns:
        The amounts that are written out, in ascending order, and then those that are worked out, in that of the rules.
    """
    given = {step.amounts[output][rule.name]: step.outputs_of(rule)[output] for rule in step.rules}
    computed = {text: value for text, value in given.items() if isinstance(value, ComputedOutput)}
    written = sorted((text for text in given if text not in computed), key=Decimal)
    adds = {**{text: Decimal(text) for text in written}, **computed}
    return tuple(
        PointsEntry(Holds(output_fact(step.name, output, text), True), add, "", place=step.place)
        for text, add in adds.items()
    )


def computed_entries(number: Number) -> tuple[ComputedOutput, ...]:
    """Return how a number is worked out in each of its entries that are not written out."""
    return tuple(entry.add for entry in number.entries if isinstance(entry.add, ComputedOutput))


def written_amounts(number: Number) -> tuple[Any, ...]:
    """Return the amounts of a number's entries that are written out."""
    return tuple(entry.add for entry in number.entries if not isinstance(entry.add, ComputedOutput))


def decided_rule(step: DecisionStep, rule: Rule) -> Rule:
    """Return a rule of a step as the policy that decides the step has it: under its name outside, its outputs told."""
    return replace(qualified(step, rule), output=told_output(rule.output))


def told_output(output: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return outputs with a text in place of each that is worked out."""
    computed = {name: amount_text(each) for name, each in computed_in(output)}
    return {**output, **computed} if output is not None and computed else output


def with_numbers_called(step: DecisionStep, name_of: Callable[[str], str]) -> DecisionStep:
    """Return a step whose outputs are worked out from numbers of other names."""

    def renamed(output: Mapping[str, Any] | None) -> dict[str, Any]:
        worked_out = {name: replace(each, number=name_of(each.number)) for name, each in computed_in(output)}
        return {**(output or {}), **worked_out}

    if not step.has_outputs:
        return step
    return replace(
        step,
        outputs=tuple((outcome, renamed(output)) for outcome, output in step.outputs),
        rules=tuple(replace(rule, output=renamed(rule.output) or None) for rule in step.rules),
    )


def with_amounts_of(numbers: Iterable[Number], steps: Iterable[DecisionStep]) -> tuple[Number, ...]:
    """Return numbers, those that are outputs of steps with entries for the amounts that the steps give.

    Args:
        numbers: The numbers.
        steps: All steps, which may have been changed since.
    """
    known = {step.name: step for step in steps}
    return tuple(
        replace(each, entries=entries_of(known[each.given_by[0]], each.given_by[1])) if each.given_by else each
        for each in numbers
    )


def with_outputs_read(steps: Iterable[DecisionStep], numbers: Iterable[Number]) -> tuple[DecisionStep, ...]:
    """Return steps without the outputs that none of some numbers reads, which make no difference."""
    read: dict[str, set[str]] = {}
    for step, output in (number.given_by for number in numbers if number.given_by):
        read.setdefault(step, set()).add(output)
    return tuple(with_outputs(step, read.get(step.name, set())) for step in steps)


def with_outputs(step: DecisionStep, read: Collection[str]) -> DecisionStep:
    """Return a step with some of its outputs only."""

    def kept(output: Mapping[str, Any] | None) -> dict[str, Any]:
        return {name: value for name, value in (output or {}).items() if name in read}

    if not step.has_outputs:
        return step
    given = dict.fromkeys(name for _, output in step.outputs for name in output)
    given |= dict.fromkeys(name for rule in step.rules for name in rule.output or {})
    return replace(
        step,
        outputs=tuple((outcome, left) for outcome, output in step.outputs if (left := kept(output))),
        rules=tuple(replace(rule, output=kept(rule.output) or None) for rule in step.rules),
        unread=tuple(name for name in given if name not in read),
    )
