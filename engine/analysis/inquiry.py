"""What does a proof work with? One policy's formulas, one solver, and the steps that each kind of question may take."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from engine.analysis.examples import Example, example
from engine.analysis.findings import Finding
from engine.language.policy import Policy, Value
from engine.language.words import answer_words
from engine.meaning.budget import Budget, OutOfSteps
from engine.meaning.logic import Logic
from engine.meaning.reference import excluded_by
from engine.meaning.tree import Solver

# Exact counts of entangled sums may take more steps than the proof itself; they have steps of their own.
_COUNTING = 2


class Inquiry:
    """Questions about the possible situations of one policy."""

    def __init__(self, policy: Policy, steps: int) -> None:
        self.policy = policy
        self.steps = steps
        self.budget = Budget(steps)
        self.counting = Budget(steps * _COUNTING)
        self.logic = Logic(policy)
        self.solver = Solver(self.logic.formulas)
        self.stands = self.logic.stands()
        self.given = self.logic.given(self.stands)

    def possibly(self, formula: int) -> int:
        """The formula, in possible situations only."""
        return self.logic.formulas.conjunction([self.logic.possible, formula])

    def exists(self, formula: int) -> bool:
        """Whether some possible situation satisfies the formula; raises `OutOfSteps`."""
        return self.solver.satisfiable(self.possibly(formula), self.budget)

    @cached_property
    def disagrees(self) -> bool:
        """Whether standing rules disagree in some possible situation; raises `OutOfSteps`."""
        return self.exists(self.logic.conflict(self.stands, self.given))

    def alone(self, formula: int, verdict: str) -> int:
        """The formula, where the verdict is the only one given: what it adds is nothing where rules never disagree."""
        try:
            if not self.disagrees:
                return formula
        except OutOfSteps:
            pass
        return self.logic.formulas.conjunction([formula, self.logic.decided(self.given)[verdict]])

    def begin_anew(self) -> None:
        """Gives the next kind of question steps of its own, so that what went before cannot starve it."""
        self.budget = Budget(self.steps)

    def out_of_steps(self, code: str, what: str) -> Finding:
        """The finding that says what was not settled."""
        steps = f"{self.steps:,} step{'s' if self.steps > 1 else ''}"
        message = f"it was not settled within {steps} {what}"
        help_ = "allow more with `--steps`, or make the policy smaller"
        return Finding(code, message, (), (self.policy.place,), help_)

    def count(self, formula: int) -> int | None:
        """How many possible situations satisfy it; None where the fields cannot be counted, or it took too long."""
        if not self.logic.space.countable:
            return None
        try:
            return self.solver.count(self.possibly(formula), self.counting)
        except OutOfSteps:
            return None

    @cached_property
    def situations(self) -> int | None:
        """How many situations are possible."""
        return self.count(self.logic.possible)

    def example(self, formula: int, shows: Callable[[dict[str, Value]], bool]) -> Example:
        """The best example of a formula, replayed through the definition before anybody sees it."""
        found = example(self.logic, self.solver, formula, self.budget)
        if excluded_by(self.policy, found.values) or not shows(found.values):
            raise AssertionError(f"the example {found.values} does not show what was found in `{self.policy.name}`")
        return found

    def answers(self, shown: Example) -> tuple[tuple[str, str], ...]:
        """The answers that show a finding, as question and answer."""
        fields = self.policy.field
        return tuple((fields[name].ask, answer_words(fields[name], shown.values[name])) for name in shown.shows)
