"""A policy of which some answers are given: the part of it that is left, as a policy of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.language.model.condition_tree import All, Compare, Condition, Not
from engine.language.model.field_kinds import ANY_OF, TEXT, Field, Value
from engine.language.model.policy import Impossible, Policy

_BECAUSE = "Another answer is given."


def narrow(policy: Policy, values: Mapping[str, Value]) -> Policy:
    """The policy in which every other answer to some fields cannot be.

    Args:
        policy: The policy.
        values: The answers that are given, by field.

    Returns:
        The policy itself, where none is given. A text that no rule knows stands for all of those.
    """
    added = [
        Impossible(other, _BECAUSE) for name, value in values.items() for other in _others(policy.field[name], value)
    ]
    return replace(policy, impossible=(*policy.impossible, *added)) if added else policy


def _others(field: Field, value: Value) -> Iterator[Condition]:
    """When another answer is given."""
    if field.kind == TEXT and value not in field.known:
        if field.known:
            yield Compare(field.name, "one_of", field.known)
    elif field.kind == ANY_OF:
        held = [Compare(field.name, "includes", value)] if value else []
        yield Not(All((*held, Compare(field.name, "only", value))))
    else:
        yield Not(Compare(field.name, "is", value))
