"""Step budgets, which bound the work of a computation.

Work is counted in steps, not seconds, so that the same input gives the same result on every machine. A step is the
work on one node of a decision tree, about 20 microseconds; other work costs in proportion, so that the 600,000 steps
that a proof has by default, with half as many in addition for counts and mends, end any policy within about 20 seconds.
Work that is done where no budget is at hand is recorded by a `Meter` and paid for by the next caller that has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class OutOfSteps(Exception):
    """The step budget was exhausted before the computation finished."""


def attempt(work: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T | None:
    """Return what a function returns; None if it runs out of steps."""
    try:
        return work(*arguments, **keywords)
    except OutOfSteps:
        return None


class Budget:
    """A number of steps that can be spent once, shared by all parts of one computation.

    Steps spent on a part of a `whole` budget are spent on the whole as well.
    """

    def __init__(self, steps: int, whole: Budget | None = None) -> None:
        self.steps = steps
        self.spent = 0
        self.whole = whole

    @property
    def left(self) -> int:
        """The steps that can still be spent."""
        own = max(0, self.steps - self.spent)
        return own if self.whole is None else min(own, self.whole.left)

    def spend(self, steps: int = 1) -> None:
        """Spend steps; raises `OutOfSteps` if fewer are left."""
        self.spent += steps
        if self.whole is not None:
            self.whole.spend(steps)
        if self.spent > self.steps:
            raise OutOfSteps

    @contextmanager
    def share(self, steps: int, price: int = 1) -> Iterator[Budget]:
        """A sub-budget of at most this many steps, charged to this budget at the end.

        Each of its steps costs `price` steps of this budget.
        """
        own = Budget(min(steps, self.left // price))
        try:
            yield own
        finally:
            self._take(price * min(own.spent, own.steps))

    def _take(self, steps: int) -> None:
        """Charge steps without raising."""
        self.spent += steps
        if self.whole is not None:
            self.whole._take(steps)


class Meter:
    """Records work that is done where no budget is at hand.

    A unit is one visit to a part of a formula, one test of a cube, or the memory that such a part keeps.
    """

    UNITS_A_STEP = 32

    def __init__(self) -> None:
        self.work = 0

    def pay(self, budget: Budget) -> None:
        """Charge the work recorded since the last call; raises `OutOfSteps`."""
        steps, self.work = divmod(self.work, self.UNITS_A_STEP)
        if steps:
            budget.spend(steps)
