"""The restriction of a policy to given answers, as a policy of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.language.model.asking.applicability import is_left_out
from engine.language.model.condition_tree import All, Compare, Condition, Not
from engine.language.model.field_kinds import ANY_OF, TEXT, Field, Value
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Impossible

_BECAUSE = "Another answer is given."


def narrow(policy: Policy, values: Mapping[str, Value]) -> Policy:
    """Restrict a policy to given answers: any other answer to these fields is impossible.

    Args:
        policy: The policy.
        values: The given answers, by field.

    Returns:
        The restricted policy; the policy itself if no answers are given. A text that no rule mentions stands for all
        such texts.
    """
    added = [
        Impossible(other, _BECAUSE) for name, value in values.items() for other in _others(policy.field[name], value)
    ]
    return replace(policy, impossible=(*policy.impossible, *added)) if added else policy


def _others(field: Field, value: Value) -> Iterator[Condition]:
    """Iterate over conditions that together mean that another answer is given."""
    if field.kind == TEXT and value not in field.known:
        if field.known:
            yield Compare(field.name, "one_of", field.known)
    elif is_left_out(field, value):
        yield Compare(field.name, "asked", True)
    elif field.kind == ANY_OF:
        held = [Compare(field.name, "includes", value)] if value else []
        yield Not(All((*held, Compare(field.name, "only", value))))
    else:
        yield Not(Compare(field.name, "is", value))
