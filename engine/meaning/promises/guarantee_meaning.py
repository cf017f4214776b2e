"""The definition of what guarantees mean, beside that of the policy in `reference.py`, and like it written to be read.

The functions are about possible situations; impossible ones break no guarantee.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.language.model.asking.applicability import is_left_out
from engine.language.model.field_kinds import CHOICE, Field, Value
from engine.language.model.guarantees import Guarantee, Indifference, Invariant, PairGuarantee
from engine.language.model.policy import Policy
from engine.meaning.outcomes import Outcome
from engine.meaning.reference import Situation, outcome


def is_broken_by(policy: Policy, guarantee: Guarantee | Invariant, values: Mapping[str, Value]) -> bool:
    """Whether a possible situation breaks a guarantee.

    A verdict that is forbidden breaks it wherever a standing rule gives it, in a conflict too; what should always hold
    is broken wherever it does not, whatever the verdict is. Nothing is broken where a step has not exactly one outcome.
    """
    situation = Situation(policy, values)
    if situation.fault is not None or not situation.holds(guarantee.when):
        return False
    if isinstance(guarantee, Invariant):
        return not situation.holds(guarantee.always)
    return not set(outcome(policy, values).verdicts).isdisjoint(guarantee.forbidden)


def is_broken_by_pair(
    policy: Policy, guarantee: PairGuarantee, one: Mapping[str, Value], other: Mapping[str, Value]
) -> bool:
    """Whether two possible situations break a guarantee together.

    They agree on all answers but those that it compares and those to questions that only one of them is asked, and
    `when` holds in both. What ignores answers is broken if
    each gets one verdict, but another one or with other outputs. Where answers rise, none of them is lower in the other
    situation than in the one, and from the one to the other the verdict, the step or the number moves as it never
    should; if it is the verdict, each gets exactly one. Pairs in which an answer that rises, or the number, has no
    value break nothing. In both, each step has exactly one outcome.
    """
    if any(
        _differ(policy.field[name], one[name], other[name]) for name in policy.field if name not in guarantee.compared
    ):
        return False
    situations = Situation(policy, one), Situation(policy, other)
    if any(situation.fault is not None or not situation.holds(guarantee.when) for situation in situations):
        return False
    outcomes = [outcome(policy, values) for values in (one, other)]
    verdicts = [each.verdict for each in outcomes]
    if isinstance(guarantee, Indifference):
        return None not in verdicts and (verdicts[0] != verdicts[1] or _give_otherwise(policy, *outcomes))
    if any(has_no_value(policy.field[name], values[name]) for name in guarantee.rising for values in (one, other)):
        return False
    if any(level(policy.field[name], one[name]) > level(policy.field[name], other[name]) for name in guarantee.rising):
        return False
    if guarantee.number is not None:
        before, after = (situation.numbers[guarantee.number] for situation in situations)
        if before is None or after is None:
            return False
        return after < before if guarantee.never == "falls" else after > before
    order = tuple(policy.verdict)
    if guarantee.step is not None:
        order = policy.step[guarantee.step].options
        verdicts = [situation.steps[guarantee.step].verdict for situation in situations]
    ranks = [order.index(name) for name in verdicts if name is not None]
    return len(ranks) == 2 and (ranks[1] < ranks[0] if guarantee.never == "falls" else ranks[1] > ranks[0])


def has_no_value(field: Field, value: Value) -> bool:
    """Whether an answer says that there is no value, or that the question is not asked."""
    return field.lacks(value)


def _differ(field: Field, one: Value, other: Value) -> bool:
    """Whether two situations that are both asked the question of a field answer it differently."""
    return one != other and not (is_left_out(field, one) or is_left_out(field, other))


def _give_otherwise(policy: Policy, one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes with one verdict have different outputs, or give them in different ways."""
    if not policy.has_rule_outputs:
        return False
    from engine.language.model.relations.rule_outputs import yield_together

    return yield_together(policy, one.stands) != yield_together(policy, other.stands)


def level(field: Field, value: Value) -> Any:
    """Return what orders the answers to a field: the place of an ordered choice, or the answer itself."""
    return field.options.index(str(value)) if field.kind == CHOICE else value
