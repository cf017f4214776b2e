"""The fields that determine whether a rule decides."""

from __future__ import annotations

from collections.abc import Iterable

from engine.language.model.condition_tree import Compare, Condition, Holds, comparisons_in
from engine.language.model.policy import FIRST, Policy


def fields_read(policy: Policy, rules: Iterable[str]) -> tuple[str, ...]:
    """Return the fields that some rules read, through facts and derived numbers too, in file order.

    Under `unique` this includes the fields of the rules that override them, since these determine whether they stand.

    Args:
        policy: The policy.
        rules: Names of rules.

    Returns:
        The names of the fields.
    """
    found = {name for rule in rules for name in policy.keep(_read, rule)}
    return tuple(name for name in policy.field if name in found)


def _read(policy: Policy, rule: str) -> frozenset[str]:
    """Return the fields that one rule, and the rules that override it, read."""
    names = [rule] if policy.decision == FIRST else [rule, *policy.overriders[rule]]
    found: set[str] = set()
    seen: set[str] = set()
    waiting: list[Condition] = [policy.rule[name].when for name in names]
    while waiting:
        for test in comparisons_in(waiting.pop()):
            if isinstance(test, Holds):
                if test.fact not in seen:
                    seen.add(test.fact)
                    waiting.append(policy.fact[test.fact].when)
                continue
            for name in (test.name,) if isinstance(test, Compare) else (test.name, test.other):
                found.update((name,) if name in policy.field else (term for term, _ in policy.number[name].terms))
    return frozenset(found)
