"""Step budgets, which bound the work of a computation.

Work is counted in steps, not seconds, so that the same input gives the same result on every machine.
"""

from __future__ import annotations


class OutOfSteps(Exception):
    """The step budget was exhausted before the computation finished."""


class Budget:
    """A number of steps that can be spent once, shared by all parts of one computation."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.spent = 0

    def spend(self, steps: int = 1) -> None:
        """Spend steps; raises `OutOfSteps` if fewer are left."""
        self.spent += steps
        if self.spent > self.steps:
            raise OutOfSteps
