"""What do the rules of a step give beside their outcome, and which numbers read it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.judging.spaces import Policy, exact


def outputs_read(policy: Policy, step: str) -> set[str]:
    """The outputs of a step that some number is."""
    numbers = policy.get("numbers", {}).values()
    return {number["output"] for number in numbers if number.get("of") == step}


def outputs_of(step: Mapping[str, Any], rule: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs of one rule of a step: those of its outcome, replaced by its own under the same names."""
    outcome = step["outcomes"][rule["then"]]
    shared = outcome.get("output", {}) if isinstance(outcome, Mapping) else {}
    return {**shared, **rule.get("output", {})}


def amounts_given(step: Mapping[str, Any], stands: Sequence[str], output: str) -> set[Any]:
    """All amounts that some rules of a step give as one of its outputs."""
    return {exact(outputs_of(step, rule)[output]) for rule in step["rules"] if rule["rule"] in stands}


def is_agreed(policy: Policy, name: str, stands: Sequence[str]) -> bool:
    """Whether rules of a step that stand give the same as every output that a number is."""
    step = policy.get("steps", {}).get(name)
    read = outputs_read(policy, name)
    return step is None or all(len(amounts_given(step, stands, output)) < 2 for output in read)


def as_verdict(outcome: Any) -> dict[str, Any]:
    """An outcome of a step as a verdict of a policy."""
    return dict(outcome) if isinstance(outcome, Mapping) else {"title": outcome}
