"""What derived numbers are worth, and what they are made of, by the policy as it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.judging.spaces import exact, values_of


def worth(policy: Mapping[str, Any], name: str, at: Mapping[str, Any]) -> Any:
    """The value of a field or a derived number for settled answers."""
    number = policy.get("numbers", {}).get(name)
    if number is None:
        return at[name]
    parts = [_fixed(policy, weight) * worth(policy, part, at) for part, weight in number["sum"].items()]
    return sum(parts, _fixed(policy, number.get("plus", 0)))


def _fixed(policy: Mapping[str, Any], written: Any) -> Any:
    """The number that is written, or the one of the constant that is named."""
    (value,) = values_of(policy, written)
    return exact(value)


def fields_behind(policy: Mapping[str, Any], name: str) -> set[str]:
    """The fields that a number is made of, through other numbers too; a field is made of itself."""
    number = policy.get("numbers", {}).get(name)
    if number is None:
        return {name}
    return set().union(*(fields_behind(policy, part) for part in number["sum"]))


def names_behind(policy: Mapping[str, Any], name: str) -> set[str]:
    """A number, and all fields and numbers that it is made of."""
    number = policy.get("numbers", {}).get(name, {"sum": ()})
    return {name}.union(*(names_behind(policy, part) for part in number["sum"]))
