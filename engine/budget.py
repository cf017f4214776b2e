"""How much work may be spent before an answer is given up by name?

Work is counted in steps, never in seconds, so that the same policy gets the same answer on every machine.
"""

from __future__ import annotations


class OutOfSteps(Exception):
    """The step budget ended before the question was settled."""


class Budget:
    """A number of steps that can be spent once; shared by everything that works on one question."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.spent = 0

    def spend(self, steps: int = 1) -> None:
        """Takes `steps` from the budget; raises `OutOfSteps` when more is asked than is left."""
        self.spent += steps
        if self.spent > self.steps:
            raise OutOfSteps
