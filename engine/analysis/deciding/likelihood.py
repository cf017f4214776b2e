"""Outcome counts of a partial record's completions, and the question whose answer tells most."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from engine.analysis.deciding.completions import Completions
from engine.analysis.planning.planner import Planner
from engine.budget import Budget, OutOfSteps, attempt
from engine.language.model.policy import Policy, names_read
from engine.meaning.hit_policies import Ending, Label

# Step limits. Both only improve an answer, so they are small.
_COUNTING, _PLANNING = 50_000, 10_000


def count_outcomes(completions: Completions) -> Mapping[Label, int] | None:
    """Return the number of possible completions by outcome; None if they are uncountable or the steps run out."""
    areas = completions.logic.areas
    if not completions.logic.space.countable:
        return None
    tree = attempt(completions.logic.outcomes.grow_once, completions.area, Budget(_COUNTING))
    counts = None if tree is None else attempt(tree.counts, areas, Budget(_COUNTING))
    if counts is None:
        return None
    # The area has whole cells, which may contain more values than the one that was answered.
    space = areas.space
    axes = (axis for name in completions.values for axis in space.axes_of(space.fields[name]))
    alike = prod(areas.size_on(axis, completions.area.masks[axis]) for axis in axes if axis not in areas.group_of)
    return {label: many // alike for label, many in counts.items() if many and label is not Ending.IMPOSSIBLE}


def find_question(policy: Policy, completions: Completions) -> str:
    """Return the unanswered field with the greatest expected information about the verdict and the outputs.

    If the steps run out, the first whose answer can change the outcome.
    """
    try:
        planner = Planner(policy, completions.logic, _PLANNING, completions.area)
        return planner.most_telling(planner.left(planner.root, frozenset(completions.values)))
    except (OutOfSteps, RecursionError):
        return completions.helpful_field()


def find_output_question(policy: Policy, completions: Completions) -> str:
    """Return the unanswered field with the greatest expected information about the outputs of a decided record.

    If the steps run out, the first that a rule reads.
    """
    try:
        planner = Planner(policy, completions.logic, _PLANNING, completions.area)
        return planner.most_telling(planner.left(planner.root, frozenset(completions.values)))
    except (OutOfSteps, RecursionError):
        read = names_read(policy, [rule.when for rule in policy.rules])
        return next(
            field.name for field in policy.asking_order if field.name in read and field.name not in completions.values
        )
