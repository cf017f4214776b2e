"""What can still come of a record that leaves questions open, how likely is each, and which question helps most?"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from engine.analysis.deciding.completions import Completions
from engine.analysis.planning.planner import Planner
from engine.budget import Budget, OutOfSteps
from engine.language.model.policy import Policy
from engine.meaning.hit_policies import Ending, Label

# Both make an answer better and are not the answer: they get few steps.
_COUNTING, _PLANNING = 50_000, 10_000


def count_outcomes(completions: Completions) -> Mapping[Label, int] | None:
    """How many possible completions get which verdict, or gap or conflict; None where they are not counted."""
    areas = completions.logic.areas
    if not completions.logic.space.countable:
        return None
    try:
        counts = completions.logic.outcomes.grow_once(completions.area, Budget(_COUNTING)).counts(
            areas, Budget(_COUNTING)
        )
    except OutOfSteps:
        return None
    # An answer is one value, and its cell may hold more of them that no test tells apart.
    space = areas.space
    axes = (axis for name in completions.values for axis in space.axes_of(space.fields[name]))
    alike = prod(areas.size_on(axis, completions.area.masks[axis]) for axis in axes if axis not in areas.group_of)
    return {label: many // alike for label, many in counts.items() if many and label is not Ending.IMPOSSIBLE}


def find_question(policy: Policy, completions: Completions) -> str:
    """The unanswered field whose answer tells most about the verdict; beyond the steps, the first that can turn it."""
    try:
        planner = Planner(policy, completions.logic, _PLANNING, completions.area)
        return planner.most_telling(planner.left(planner.root, frozenset(completions.values)))
    except (OutOfSteps, RecursionError):
        return completions.helpful_field()
