"""The definition of what guarantees mean, beside that of the policy in `reference.py`, and like it written to be read.

The functions are about possible situations; impossible ones break no guarantee.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.language.model.field_kinds import Value
from engine.language.model.guarantees import Guarantee, Indifference, Invariant
from engine.language.model.policy import Policy
from engine.meaning.reference import Situation, outcome


def is_broken_by(policy: Policy, guarantee: Guarantee | Invariant, values: Mapping[str, Value]) -> bool:
    """Whether a possible situation breaks a guarantee.

    A verdict that is forbidden breaks it wherever a standing rule gives it, in a conflict too; what should always hold
    is broken wherever it does not, whatever the verdict is.
    """
    situation = Situation(policy, values)
    if not situation.holds(guarantee.when):
        return False
    if isinstance(guarantee, Invariant):
        return not situation.holds(guarantee.always)
    return not set(outcome(policy, values).verdicts).isdisjoint(guarantee.forbidden)


def is_broken_by_pair(
    policy: Policy, guarantee: Indifference, one: Mapping[str, Value], other: Mapping[str, Value]
) -> bool:
    """Whether two possible situations break a guarantee together.

    They agree on all answers but those that it ignores, `when` holds in both, and each gets one verdict, another one.
    """
    if any(one[name] != other[name] for name in policy.field if name not in guarantee.ignores):
        return False
    if not all(Situation(policy, values).holds(guarantee.when) for values in (one, other)):
        return False
    verdicts = {outcome(policy, values).verdict for values in (one, other)}
    return len(verdicts) == 2 and None not in verdicts
