"""The fields that determine whether a rule decides."""

from __future__ import annotations

from collections.abc import Container, Iterable

from engine.language.model.policy import FIRST, Policy, names_read

# Questions that are named as open; more are summarized.
_MOST_NAMED = 3


def fields_read(policy: Policy, rules: Iterable[str]) -> tuple[str, ...]:
    """Return the fields that some rules read, through facts and derived numbers too, in file order.

    Under `unique` this includes the fields of the rules that override them, since these determine whether they stand.

    Args:
        policy: The policy.
        rules: Names of rules.

    Returns:
        The names of the fields.
    """
    found: set[str] = set()
    for rule in rules:
        found |= policy.keep(_read, rule)
    return tuple(name for name in policy.field if name in found)


def _read(policy: Policy, rule: str) -> set[str]:
    """Return what one rule, and the rules that override it, read."""
    names = [rule] if policy.decision == FIRST else [rule, *policy.overriders[rule]]
    return names_read(policy, (policy.rule[name].when for name in names))


def open_words(policy: Policy, answered: Container[str], rules: Iterable[str]) -> str:
    """Name the questions without an answer that determine which of some rules decide."""
    asked = [f"“{policy.field[name].ask}”" for name in fields_read(policy, rules) if name not in answered]
    # Where only a step with no single outcome matters, no rule need read what it depends on.
    if not asked or len(asked) > _MOST_NAMED:
        return "the questions that are left"
    *most, last = asked
    return f"{', '.join(most)} and {last}" if most else last
