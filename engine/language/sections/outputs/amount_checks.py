"""Checks of amounts against the whole policy: those of ratios are rounded, and no guarantee ignores what one reads."""

from __future__ import annotations

from collections.abc import Collection

from engine.language.model.asking.applicability import free_fields
from engine.language.model.guarantees import AnyGuarantee, Indifference
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import RATIO, Rule, Verdict
from engine.language.model.relations.rule_outputs import names_worked_with
from engine.language.model.values.computed_outputs import computed_in
from engine.language.parsing.reading import Reading


def check_amounts(policy: Policy, reading: Reading) -> None:
    """Record amounts of ratios that are not rounded, and guarantees that ignore answers which an amount reads."""
    parts: list[Verdict | Rule] = [*policy.verdicts, *policy.rules]
    for part in parts:
        for name, each in computed_in(part.output):
            if each.to is None and policy.number[each.number].kind == RATIO:
                message = (
                    f"the output `{name}` of `{part.name}` is the ratio `{each.number}`, whose decimals need not end"
                )
                help_ = f"round it: `{{number: {each.number}, round: {{to: 0.01, mode: half_up}}}}`"
                reading.refuse("computed-output", message, (part.place, policy.number[each.number].place), help_)
    for guarantee in policy.guarantees:
        ignored = guarantee.ignores if isinstance(guarantee, Indifference) else ()
        for number in policy.numbers_given if ignored else ():
            read = names_worked_with(policy, [number])
            for name in ignored:
                if name in read:
                    _refuse(policy, reading, guarantee, name, number, "which reads it")
                elif asked := _asked_by(policy, name, number, read):
                    how = f"which reads `{asked}`, and `{name}` says whether that is asked"
                    _refuse(policy, reading, guarantee, name, number, how)


def _asked_by(policy: Policy, name: str, number: str, read: Collection[str]) -> str | None:
    """Return a field that a number reads, and has a value without, of which another one says whether it is asked.

    Where a number has no value without it, two situations that both give the number have the same answer to it.
    """
    free = free_fields(policy, [name]).intersection(read)
    needed = {field.name for field in policy.unsteady.get(number, ())}
    return min(free - needed, default=None)


def _refuse(policy: Policy, reading: Reading, guarantee: AnyGuarantee, name: str, number: str, how: str) -> None:
    message = f"`{guarantee.name}` ignores `{name}`, and outputs give the number `{number}`, {how}"
    help_ = f"take `{name}` out of `ignores`, or work the number out from other answers"
    reading.refuse("ignored-amount", message, (guarantee.place, policy.number[number].place), help_)
