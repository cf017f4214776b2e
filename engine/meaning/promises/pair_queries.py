"""Queries about pairs of situations: those that break a guarantee, and whether there are any that it is about."""

from __future__ import annotations

from typing import NamedTuple

from engine.language.model.guarantees import Indifference
from engine.language.model.policy import Policy
from engine.meaning.changes import change_of
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Logic, common_ground
from engine.meaning.promises.paired_policies import SecondCopy, pair, pairs_apart
from engine.meaning.queries import Query


class PairQuery(NamedTuple):
    """The query for the pairs that break a guarantee, and what splits a pair into its two situations."""

    query: Query
    copy: SecondCopy


def breaking_pairs(policy: Policy, guarantee: Indifference) -> PairQuery | None:
    """Return the query for the pairs of possible situations that break a guarantee, each of them once.

    None if no rule reads what the two situations may answer differently, so that no pair can.
    """
    copy, one, other = pair(policy, guarantee)
    if all(before is after for before, after in zip(one.rules, other.rules, strict=True)):
        return None
    ground = common_ground(one, other)
    first = Logic(one, ground)
    rank = {name: place for place, name in enumerate(policy.verdict)}

    def wanted(label: Label) -> bool:
        # Of a pair and its reverse, the one whose first verdict is declared first.
        if not isinstance(label, tuple) or isinstance(label[0], Ending) or isinstance(label[1], Ending):
            return False
        return rank[label[0]] < rank[label[1]]

    return PairQuery(change_of(first, Logic(other, ground, first), wanted), copy)


def pairs_of(policy: Policy, guarantee: Indifference) -> Query:
    """Return the query for the pairs of different situations that a guarantee is about, whatever their verdicts."""
    return Logic(pairs_apart(policy, guarantee)).query([])
