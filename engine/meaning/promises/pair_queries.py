"""Queries about pairs of situations: those that break a guarantee, and whether there are any that it is about."""

from __future__ import annotations

from engine.frozen import NamedTuple
from engine.language.model.guarantees import Indifference, Monotonicity, PairGuarantee
from engine.language.model.policy import Policy
from engine.language.model.relations.rule_outputs import verdict_in
from engine.meaning.changes import change_of
from engine.meaning.formulas import common_ground
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Logic
from engine.meaning.promises.paired_policies import SecondCopy, number_pairs, pair, pairs_apart, second_copy
from engine.meaning.queries import Query


class PairQuery(NamedTuple):
    """The query for the pairs that break a guarantee, and what splits a pair into its two situations."""

    query: Query
    copy: SecondCopy


def breaking_pairs(policy: Policy, guarantee: PairGuarantee) -> PairQuery | None:
    """Return the query for the pairs of possible situations that break a guarantee, each of them once.

    None if nothing that it is about (the rules of the policy or of a step, or a number) reads the answers in which the
    two situations may differ, so that no pair can break it.
    """
    if isinstance(guarantee, Monotonicity) and guarantee.number is not None:
        moved = number_pairs(policy, guarantee)
        return None if moved is None else PairQuery(Logic(moved).query([]), second_copy(policy, guarantee))
    if isinstance(guarantee, Monotonicity) and guarantee.step is not None:
        from engine.meaning.chains.step_policies import with_rules_of_step

        policy = with_rules_of_step(policy, policy.step[guarantee.step])
    copy, one, other = pair(policy, guarantee)
    if all(before is after for before, after in zip(one.rules, other.rules, strict=True)):
        return None
    ground = common_ground(one, other)
    first = Logic(one, ground)
    rank: dict[Label, int] = {name: place for place, name in enumerate(policy.verdict)}

    def rank_of(label: Label) -> int:
        if isinstance(guarantee, Monotonicity):
            return rank[verdict_in(label)]
        # Any order will do, so that each pair is found once.
        return rank.setdefault(label, len(rank))

    # Of a pair that may be reversed, the one whose first verdict is declared first.
    rises = isinstance(guarantee, Indifference) or guarantee.never == "rises"

    def wanted(label: Label) -> bool:
        if not isinstance(label, tuple) or isinstance(label[0], Ending) or isinstance(label[1], Ending):
            return False
        before, after = rank_of(label[0]), rank_of(label[1])
        return before < after if rises else after < before

    return PairQuery(change_of(first, Logic(other, ground, first), wanted), copy)


def pairs_of(policy: Policy, guarantee: Indifference) -> Query:
    """Return the query for the pairs of different situations that a guarantee is about, whatever their verdicts."""
    return Logic(pairs_apart(policy, guarantee)).query([])
