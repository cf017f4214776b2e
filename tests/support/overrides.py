"""Which rules override which, read straight from the plain mapping of a policy?

Overrides are written as reasons under the names of rules, or as a list of rules with a common reason, in which `all`
stands for every rule but `otherwise` and those that override the rule that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Policy = Mapping[str, Any]
Rule = dict[str, Any]


def named(rule: Mapping[str, Any]) -> dict[str, str]:
    """The rules that a rule overrides by name, each with the reason."""
    overrides = rule.get("overrides", {})
    if isinstance(overrides, Mapping):
        return dict(overrides)
    return {name: item["because"] for item in overrides if item["rules"] != "all" for name in item["rules"]}


def says_all(rule: Mapping[str, Any]) -> bool:
    """Whether a rule overrides all others."""
    overrides = rule.get("overrides", {})
    return not isinstance(overrides, Mapping) and any(item["rules"] == "all" for item in overrides)


def above_all(policy: Policy) -> set[str]:
    """The rule that overrides all others, and those that override it, directly or through named ones."""
    above = {rule["rule"] for rule in policy["rules"] if says_all(rule)}
    grown = -1
    while grown < len(above):
        grown = len(above)
        above |= {rule["rule"] for rule in policy["rules"] if above & named(rule).keys()}
    return above if any(map(says_all, policy["rules"])) else set()


def pairs(policy: Policy) -> set[tuple[str, str]]:
    """Every pair of an overriding and an overridden rule."""
    found = {(rule["rule"], target) for rule in policy["rules"] for target in named(rule)}
    others = {rule["rule"] for rule in policy["rules"] if "otherwise" not in rule} - above_all(policy)
    return found | {(rule["rule"], other) for rule in policy["rules"] if says_all(rule) for other in others}


def written(policy: Policy) -> list[tuple[str, ...]]:
    """Every override as it is written: two rules, or the one that overrides all others."""
    found: list[tuple[str, ...]] = []
    for rule in policy["rules"]:
        found += [(rule["rule"], target) for target in named(rule)]
        found += [(rule["rule"],)] if says_all(rule) else []
    return found


def without(policy: Policy, override: tuple[str, ...]) -> dict[str, Any]:
    """The policy without one override."""
    strong, *targets = override
    rules = [forgetting(rule, *targets) if rule["rule"] == strong else rule for rule in policy["rules"]]
    return {**policy, "rules": rules}


def without_rule(policy: Policy, name: str) -> dict[str, Any]:
    """The policy without one rule, and without what others say of it."""
    return {**policy, "rules": [forgetting(rule, name) for rule in policy["rules"] if rule["rule"] != name]}


def forgetting(rule: Mapping[str, Any], *names: str) -> Rule:
    """A rule without its override of one rule; without that of all others if none is named."""
    kept: Any
    if isinstance(rule.get("overrides", {}), Mapping):
        kept = {name: why for name, why in rule.get("overrides", {}).items() if name not in names}
    else:
        items = [item for item in rule["overrides"] if names or item["rules"] != "all"]
        left = [
            (item, [each for each in item["rules"] if each not in names]) for item in items if item["rules"] != "all"
        ]
        kept = [{**item, "rules": rules} for item, rules in left if rules]
        kept += [item for item in items if item["rules"] == "all"]
    rest = {key: value for key, value in rule.items() if key != "overrides"}
    return rest | {"overrides": kept} if kept else rest


def overriding(rule: Mapping[str, Any], name: str, why: str) -> Rule:
    """A rule with one override more."""
    overrides = rule.get("overrides", {})
    if isinstance(overrides, Mapping):
        return {**rule, "overrides": {**overrides, name: why}}
    return {**rule, "overrides": [*overrides, {"rules": [name], "because": why}]}
