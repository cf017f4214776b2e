"""Where conditions cut the axes of a space."""

from __future__ import annotations

from collections.abc import Iterable

from engine.language.model.condition_tree import Condition
from engine.language.model.policy import Policy
from engine.meaning.spaces.space import Space, tests_in


def cuts_of(conditions: Iterable[Condition], policy: Policy, space: Space) -> dict[int, set[int]]:
    """Map each axis to the masks of the comparisons in some conditions that cut it; facts are not expanded.

    Args:
        conditions: Conditions of the policy.
        policy: The policy.
        space: A space of its fields.
    """
    found: dict[int, set[int]] = {}
    for test in tests_in(policy, conditions):
        for axis, mask in space.literal(policy, test):
            if mask not in (0, space.axes[axis].full):
                found.setdefault(axis, set()).add(mask)
    return found
