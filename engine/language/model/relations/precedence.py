"""Which rules override which: named overrides, the override of `all`, and what is left of them among fewer rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from engine.language.model.policy_parts import Override, Rule


def rules_above_all(rules: Sequence[Rule]) -> frozenset[str]:
    """Return the rule that overrides `all`, and the rules that override it, directly or through named overrides.

    Args:
        rules: All rules of a policy.

    Returns:
        Names of rules, which the override of `all` spares; empty if no rule overrides `all`.
    """
    above = {rule.name for rule in rules if rule.overrides_all}
    if above:
        stronger: dict[str, list[str]] = {}
        for rule in rules:
            for override in rule.overrides:
                stronger.setdefault(override.rule, []).append(rule.name)
        waiting = [*above]
        while waiting:
            more = [name for name in stronger.get(waiting.pop(), ()) if name not in above]
            above.update(more)
            waiting += more
    return frozenset(above)


def weaker_rules(rules: Sequence[Rule], above_all: frozenset[str], otherwise: str | None) -> dict[str, frozenset[str]]:
    """Map each rule's name to the rules that it overrides.

    Args:
        rules: All rules of a policy.
        above_all: The rules that the override of `all` spares.
        otherwise: The rule that applies where no other rule does, which nothing overrides; None if there is none.
    """
    found = {rule.name: frozenset(each.rule for each in rule.overrides) for rule in rules}
    for rule in rules:
        if rule.overrides_all:
            found[rule.name] |= found.keys() - above_all - {otherwise}
    return found


def stronger_rules(rules: Sequence[Rule], weaker: Mapping[str, frozenset[str]]) -> dict[str, tuple[str, ...]]:
    """Map each rule's name to the rules that override it, in file order, given those that each overrides."""
    found: dict[str, list[str]] = {rule.name: [] for rule in rules}
    for rule in rules:
        for name in weaker[rule.name]:
            found[name].append(rule.name)
    return {name: tuple(others) for name, others in found.items()}


def rules_alone(
    rules: Sequence[Rule], names: Collection[str], weaker: Mapping[str, frozenset[str]]
) -> tuple[Rule, ...]:
    """Return the rules of some names, which override each other as they do among all rules.

    Overrides of `all` are written out where the rules that are left out make a difference to them.

    Args:
        rules: All rules of a policy.
        names: Names of the rules that are kept.
        weaker: Each rule's name mapped to the rules that it overrides among all of them.
    """
    alone = _rules_among(rules, names)
    if all(rule.overrides_all is None for rule in rules):
        return alone
    otherwise = next((rule.name for rule in alone if rule.otherwise), None)
    left = weaker_rules(alone, rules_above_all(alone), otherwise)
    if all(left[name] == weaker[name] & left.keys() for name in left):
        return alone
    return tuple(_with_named_overrides(rule, [name for name in left if name in weaker[rule.name]]) for rule in alone)


def _rules_among(rules: Sequence[Rule], names: Collection[str]) -> tuple[Rule, ...]:
    """Return the rules of some names, without their named overrides of others."""
    kept = (rule for rule in rules if rule.name in names)
    return tuple(
        rule
        if all(each.rule in names for each in rule.overrides)
        else replace(rule, overrides=tuple(each for each in rule.overrides if each.rule in names))
        for rule in kept
    )


def _with_named_overrides(rule: Rule, weaker: Collection[str]) -> Rule:
    """Return a rule with its override of `all` written out as overrides of these rules, in this order."""
    if rule.overrides_all is None:
        return rule
    because, place = rule.overrides_all.because, rule.overrides_all.place
    named = {each.rule for each in rule.overrides}
    more = (Override(name, because, place) for name in weaker if name not in named)
    return replace(rule, overrides=(*rule.overrides, *more), overrides_all=None)
