"""The outputs of steps: the numbers that read them, and steps without those that none reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine.language.model.condition_tree import Holds
from engine.language.model.policy_parts import Number, PointsEntry
from engine.language.model.relations.decision_steps import DecisionStep, output_fact


def entries_of(step: DecisionStep, output: str) -> tuple[PointsEntry, ...]:
    """Return the entries of a number that is an output of a step: one for each amount, under the fact that it is given.

    Args:
        step: The step, every rule of which gives the output as a number.
        output: Name of the output.
    """
    amounts = sorted({*step.amounts[output].values()}, key=Decimal)
    return tuple(
        PointsEntry(Holds(output_fact(step.name, output, amount), True), Decimal(amount), "", place=step.place)
        for amount in amounts
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
