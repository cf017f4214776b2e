"""What is decided before the policy itself: its steps and the tables of its numbers, and which of them needs which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tests.support.judging.spaces import Policy, When, parts_of, single_tests, whens_of
from tests.support.judging.step_outputs import numbers_worked_with


def decided_before(policy: Policy) -> dict[str, Mapping[str, Any]]:
    """What is decided before the policy itself, by name: the tables that give numbers, and the steps."""
    numbers = policy.get("numbers", {}).items()
    tables = {name: {"rules": number["table"]} for name, number in numbers if "table" in number}
    return {**tables, **policy.get("steps", {})}


def in_words(outcome: Any) -> str:
    """An outcome of a step as it is told: an amount, which a table gives, in plain digits."""
    return outcome if isinstance(outcome, str) else f"{Decimal(outcome).normalize():f}"


def steps_before(policy: Policy, name: str) -> list[str]:
    """The steps that a step needs, each after those that it needs itself; the step is the last."""
    steps = decided_before(policy)
    read = steps_mentioned(policy, [rule.get("when", {}) for rule in steps[name]["rules"]])
    return [
        *dict.fromkeys(before for other in steps if other in read for before in steps_before(policy, other)),
        name,
    ]


def steps_mentioned(policy: Policy, whens: Sequence[When]) -> set[str]:
    """The steps that conditions read, directly or through facts and numbers."""
    found: set[str] = set()
    for _, key in (test for when in whens for test in single_tests(when)):
        if key in policy.get("facts", {}):
            found |= steps_mentioned(policy, [policy["facts"][key]["when"]])
        elif key in policy.get("steps", {}):
            found.add(key)
        else:
            found |= _steps_of_number(policy, key)
    return found


def _steps_of_number(policy: Policy, name: Any) -> set[str]:
    """The steps that a number is made of; none of what is no number."""
    number = policy.get("numbers", {}).get(name)
    if number is None:
        return set()
    if "table" in number:
        return {name}
    if "output" in number:
        return {number["of"]}.union(*(_steps_of_number(policy, each) for each in numbers_worked_with(policy, number)))
    if "points" in number:
        return steps_mentioned(policy, whens_of(number))
    return set().union(*(_steps_of_number(policy, part) for part in parts_of(number)))


def drop_source(policy: dict[str, Any]) -> None:
    """Take out the source, whose passages have other names in other files, and what cites it."""
    policy.pop("source", None)
    rules = [rule for step in decided_before(policy).values() for rule in step["rules"]] + policy["rules"]
    parts = [*policy.get("facts", {}).values(), *policy.get("constants", {}).values(), *policy["verdicts"].values()]
    for part in [*rules, *parts]:
        part.pop("cites", None)
        part.pop("added", None)
