"""Existence and counting queries over possible situations.

A query is a descent together with the labels it looks for. What every matching situation must show on single axes (its
core) narrows the area before the descent begins, so that a query about one rule searches only that rule's box.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.budget import Budget
from engine.frozen import NamedTuple
from engine.meaning.descent import Descent
from engine.meaning.formulas import Formulas
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.overlaps import is_solid
from engine.meaning.spaces.areas import Area, Areas
from engine.meaning.tree import Tree
from engine.threads import cached_property

# Axes of a core that cost one step.
_TESTS_A_STEP = 64
# The labels of a query without labels of its own: matching, and possible but not matching.
YES, NO = "yes", "no"
# The labels of impossible situations under one hit policy, and under two.
_IMPOSSIBLE = (Ending.IMPOSSIBLE, (Ending.IMPOSSIBLE, Ending.IMPOSSIBLE))


class Requirements(NamedTuple):
    """What situations have to meet: all of some formulas, none of others, and one of the last unless it is None.

    The formulas are numbers, which mean something in `formulas` alone. What is impossible is among `none_of`.
    """

    formulas: Formulas
    all_of: tuple[int, ...]
    none_of: tuple[int, ...]
    any_of: tuple[int, ...] | None


class Query:
    """A query: a descent, and the labels that match.

    The descent is built when it is first needed; a query that its core answers alone (`plain`) never needs it.

    Args:
        areas: The areas of the space.
        descent: Builds the descent.
        wanted: Whether a label matches.
        core: For each axis (index), the mask of the cells that every matching situation has there.
        plain: Whether every situation in the core matches.
        requirements: The formulas that it is about, if it asks only for a possible situation that meets them.
    """

    def __init__(
        self,
        areas: Areas,
        descent: Callable[[], Descent],
        wanted: Callable[[Label], bool] = lambda label: label == YES,
        core: Mapping[int, int] | None = None,
        plain: bool = False,
        requirements: Requirements | None = None,
    ) -> None:
        self.areas = areas
        self.wanted = wanted
        self.core = dict(core or {})
        self._make = descent
        self.requirements = requirements
        self._plain = plain and areas.is_free(self.core)

    @cached_property
    def descent(self) -> Descent:
        """The descent, built once."""
        return self._make()

    def others(self, label: Label) -> bool:
        """Whether a label belongs to possible situations that do not match."""
        return label not in _IMPOSSIBLE and not self.wanted(label)

    def start(self, area: Area, budget: Budget) -> Area | None:
        """Return the part of an area within the core; None if it is empty. Raises `OutOfSteps`."""
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
                left = self.areas.narrow(left, axis, mask, budget)
        return left

    def find(self, budget: Budget, area: Area | None = None) -> Area | None:
        """Return a part of an area whose situations all match; None if no situation matches. Raises `OutOfSteps`."""
        self._begin(budget)
        start = self.start(area or self.areas.whole, budget)
        return start if start is None or self._plain else self.descent.find(start, self.wanted, budget)

    def _begin(self, budget: Budget) -> None:
        """Charge for the query itself: for its formulas and its core."""
        budget.spend(1 + len(self.core) // _TESTS_A_STEP)
        self.areas.space.meter.pay(budget)

    def exists(self, budget: Budget, area: Area | None = None) -> bool:
        """Whether some possible situation of an area matches; raises `OutOfSteps`."""
        return self.find(budget, area) is not None

    def forced(self, budget: Budget, area: Area) -> bool:
        """Whether every possible situation of an area matches; raises `OutOfSteps`."""
        return self.descent.find(area, self.others, budget) is None

    def labels(self, budget: Budget) -> set[Label]:
        """Return the labels that situations in the core get; raises `OutOfSteps`."""
        self._begin(budget)
        start = self.start(self.areas.whole, budget)
        return set() if start is None else self.descent.labels(start, budget)

    def tree(self, budget: Budget) -> Tree | None:
        """Return the whole tree over the core; None if the core is empty. Raises `OutOfSteps`."""
        start = self.start(self.areas.whole, budget)
        return None if start is None else self.descent.grow(start, budget)

    def count(self, budget: Budget) -> int:
        """Return the number of possible situations that match; the space must be countable. Raises `OutOfSteps`."""
        if self._plain:
            start = self.start(self.areas.whole, budget)
            return 0 if start is None else self.areas.size(start, budget)
        tree = self.tree(budget)
        return 0 if tree is None else tree.count(self.areas, self.wanted, budget)


def differs(label: Label) -> bool:
    """Whether the label is a pair of different outcomes; two conflicts count as the same outcome."""
    return isinstance(label, tuple) and label[0] != label[1]
