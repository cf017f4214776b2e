"""What do the rules of a step give beside their outcome, and which numbers read it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.judging.spaces import Policy, exact, is_made_of_conditions, parts_of


def outputs_read(policy: Policy, step: str) -> set[str]:
    """The outputs of a step that some number is."""
    numbers = policy.get("numbers", {}).values()
    return {number["output"] for number in numbers if number.get("of") == step}


def outputs_of(step: Mapping[str, Any], rule: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs of one rule of a step: those of its outcome, replaced by its own under the same names."""
    outcome = step["outcomes"][rule["then"]]
    shared = outcome.get("output", {}) if isinstance(outcome, Mapping) else {}
    return {**shared, **rule.get("output", {})}


def amounts_given(step: Mapping[str, Any], stands: Sequence[str], output: str) -> list[Any]:
    """All amounts that some rules of a step give as one of its outputs, worked out or written, without repeats."""
    given = [outputs_of(step, rule)[output] for rule in step["rules"] if rule["rule"] in stands]
    return list({_how(each): each if isinstance(each, Mapping) else exact(each) for each in given}.values())


def _how(given: Any) -> Any:
    """An amount by its value, or by how it is worked out."""
    if not isinstance(given, Mapping):
        return exact(given)
    rounding = given.get("round")
    return given["number"], rounding and (exact(rounding["to"]), rounding["mode"])


def numbers_worked_with(policy: Mapping[str, Any], number: Mapping[str, Any]) -> set[str]:
    """The numbers from which the rules of a step work out the output that a number is."""
    return {each["number"] for each in _worked_out(policy, number)}


def _worked_out(policy: Mapping[str, Any], number: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    step = policy["steps"][number["of"]]
    given = [outputs_of(step, rule).get(number["output"]) for rule in step["rules"]]
    return [each for each in given if isinstance(each, Mapping)]


def is_rounded(policy: Mapping[str, Any], name: Any) -> bool:
    """Whether a number is made of an amount that a step rounds."""
    number = policy["numbers"].get(name)
    if number is None or is_made_of_conditions(number):
        return False
    if "output" not in number:
        return any(is_rounded(policy, part) for part in parts_of(number))
    return any("round" in each or is_rounded(policy, each["number"]) for each in _worked_out(policy, number))


def is_of_ratio(policy: Mapping[str, Any], name: Any) -> bool:
    """Whether a number is a ratio, or a step works it out from one."""
    number = policy["numbers"].get(name, {})
    if "output" not in number:
        return "ratio" in number
    return any(is_of_ratio(policy, each) for each in numbers_worked_with(policy, number))


def is_agreed(policy: Policy, name: str, stands: Sequence[str]) -> bool:
    """Whether rules of a step that stand give the same as every output that a number is."""
    step = policy.get("steps", {}).get(name)
    read = outputs_read(policy, name)
    return step is None or all(len(amounts_given(step, stands, output)) < 2 for output in read)


def as_verdict(outcome: Any) -> dict[str, Any]:
    """An outcome of a step as a verdict of a policy."""
    return dict(outcome) if isinstance(outcome, Mapping) else {"title": outcome}
