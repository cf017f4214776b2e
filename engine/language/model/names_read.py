"""What conditions of a policy read."""

from __future__ import annotations

from collections.abc import Iterable

from engine.language.model.condition_tree import Condition
from engine.language.model.policy import Policy
from engine.language.model.relations.derivations import names_in


def names_read(policy: Policy, conditions: Iterable[Condition]) -> set[str]:
    """Return the fields, constants, numbers and facts that some conditions read, directly or through others."""
    return policy.names_behind(name for condition in conditions for name in names_in(condition))
