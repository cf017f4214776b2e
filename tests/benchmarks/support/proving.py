"""The work that is measured: a proof with exact counts, and nothing of what else could be said of a policy."""

from __future__ import annotations

from typing import NamedTuple

from engine import Policy
from engine.analysis.proving.proof_session import STEPS
from engine.budget import Budget
from engine.language.model.policy import FIRST
from engine.meaning.hit_policies import Label
from engine.meaning.logic import Logic


class Counted(NamedTuple):
    """How many situations have each outcome, or, under `first`, are decided by each rule; and nodes of the tree."""

    labels: dict[Label, int]
    nodes: int


def counted(policy: Policy, steps: int = STEPS) -> Counted:
    """Every situation counted by its outcome, from the loaded policy on; raises `OutOfSteps`."""
    logic = Logic(policy)
    whole = logic.deciders if policy.decision == FIRST else logic.outcomes
    tree = whole.grow(logic.areas.whole, Budget(steps))
    return Counted(tree.counts(logic.areas, Budget(steps)), len(tree.nodes))
