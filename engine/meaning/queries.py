"""Is there a possible situation of a certain kind, and how many are there?

A question is a descent with the labels that are asked for. What every such situation must show on single axes (its
core) narrows the area before the descent begins, so that a question about one rule is looked for in that rule's box.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.budget import Budget
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.overlaps import is_solid
from engine.meaning.spaces.areas import Area, Areas
from engine.meaning.tree import Descent, Tree
from engine.threads import cached_property

# One step pays for the tests of so many axes.
_TESTS_A_STEP = 64
# The labels of a question that has no others: asked for, and possible but not asked for.
YES, NO = "yes", "no"
# Of one judge, and of two.
_IMPOSSIBLE = (Ending.IMPOSSIBLE, (Ending.IMPOSSIBLE, Ending.IMPOSSIBLE))


class Question:
    """A descent, and which of its labels are asked for.

    The descent is made when it is first needed: where the core alone is asked for (`plain`) it is not.
    """

    def __init__(
        self,
        areas: Areas,
        descent: Callable[[], Descent],
        wanted: Callable[[Label], bool] = lambda label: label == YES,
        core: Mapping[int, int] | None = None,
        plain: bool = False,
    ) -> None:
        self.areas = areas
        self.wanted = wanted
        self.core = dict(core or {})
        self._make = descent
        self._plain = plain and not any(axis in areas.group_of for axis in self.core)

    @cached_property
    def descent(self) -> Descent:
        return self._make()

    def others(self, label: Label) -> bool:
        """Whether a label is of possible situations that are not asked for."""
        return label not in _IMPOSSIBLE and not self.wanted(label)

    def start(self, area: Area, budget: Budget) -> Area | None:
        """The part of an area that the core leaves; None where it leaves nothing. Raises `OutOfSteps`."""
        groups = self.areas.group_of
        masks = list(area.masks)
        for axis, mask in self.core.items():
            if axis not in groups:
                masks[axis] &= mask
                if not masks[axis]:
                    return None
        left: Area | None = Area(tuple(masks), area.regions)
        for axis, mask in self.core.items():
            if left is not None and axis in groups and is_solid(mask & left.masks[axis]):
                left = self.areas.narrowed(left, axis, mask, budget)
        return left

    def find(self, budget: Budget, area: Area | None = None) -> Area | None:
        """A part of an area whose situations are all of the kind asked for; None where there is none there."""
        self._begin(budget)
        start = self.start(area or self.areas.whole, budget)
        return start if start is None or self._plain else self.descent.find(start, self.wanted, budget)

    def _begin(self, budget: Budget) -> None:
        """Pays for the question itself: its formulas, and the look at each axis of the space."""
        budget.spend(1 + len(self.core) // _TESTS_A_STEP)
        self.areas.space.meter.pay(budget)

    def exists(self, budget: Budget, area: Area | None = None) -> bool:
        """Whether some possible situation of an area is of the kind asked for; raises `OutOfSteps`."""
        return self.find(budget, area) is not None

    def forced(self, budget: Budget, area: Area) -> bool:
        """Whether no possible situation of an area is of another kind; raises `OutOfSteps`."""
        return self.descent.find(area, self.others, budget) is None

    def tree(self, budget: Budget) -> Tree | None:
        """The whole tree over the situations that the core leaves; None where it leaves none. Raises `OutOfSteps`."""
        start = self.start(self.areas.whole, budget)
        return None if start is None else self.descent.grow(start, budget)

    def count(self, budget: Budget) -> int:
        """How many possible situations are asked for; the space must be countable. Raises `OutOfSteps`."""
        if self._plain:
            start = self.start(self.areas.whole, budget)
            return 0 if start is None else self.areas.size(start, budget)
        tree = self.tree(budget)
        if tree is None:
            return 0
        return sum(many for label, many in tree.counts(self.areas, budget).items() if self.wanted(label))
