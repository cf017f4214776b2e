"""What can still come of a partial record? Asked of all its possible completions at once, exactly."""

from __future__ import annotations

from collections.abc import Mapping

from engine.analysis.examples import simplest
from engine.language.policy import Impossible, Value
from engine.meaning.budget import Budget
from engine.meaning.logic import Logic
from engine.meaning.reference import CONFLICT, GAP
from engine.meaning.tree import Solver


class Completions:
    """The possible completions of some known answers. Every question raises `OutOfSteps` where the steps end."""

    def __init__(self, logic: Logic, values: Mapping[str, Value], steps: int) -> None:
        self.logic = logic
        self.values = dict(values)
        self.budget = Budget(steps)
        self.solver = Solver(
            logic.formulas, {name: each for name, each in values.items() if name in logic.space.entangled}
        )
        self.stands = logic.stands()
        given = logic.given(self.stands)
        self.decided = logic.decided(given)
        self.faulty = {GAP: logic.gap(self.stands), CONFLICT: logic.conflict(self.stands, given)}
        self.possible = self._some(logic.possible)

    def _some(self, *formulas: int) -> bool:
        """Whether some completion satisfies all these formulas."""
        joined = self.logic.formulas.conjunction(self.solver.known(each, self.values) for each in formulas)
        return self.solver.satisfiable(joined, self.budget)

    def _possibly(self, *formulas: int) -> bool:
        return self._some(self.logic.possible, *formulas)

    def verdicts(self) -> tuple[str, ...]:
        """The verdicts that some possible completion gets, in file order."""
        return tuple(name for name, formula in self.decided.items() if self._possibly(formula))

    def faults(self) -> tuple[str, ...]:
        """`gap` and `conflict`, where some possible completion is one."""
        return tuple(name for name, formula in self.faulty.items() if self._possibly(formula))

    def deciding(self, verdict: str) -> tuple[str, ...]:
        """The rules that decide for a verdict in some possible completion, in file order."""
        return tuple(
            rule.name
            for rule in self.logic.policy.rules
            if rule.then == verdict and self._possibly(self.stands[rule.name], self.decided[verdict])
        )

    def disagreeing(self) -> tuple[str, ...]:
        """The rules that stand in some possible completion that is a conflict."""
        return tuple(name for name, formula in self.stands.items() if self._possibly(formula, self.faulty[CONFLICT]))

    def excluding(self) -> tuple[Impossible, ...]:
        """Why no completion is possible: one combination that covers them all, or else all that take part."""
        conditions = [(each, self.logic.condition(each.when)) for each in self.logic.policy.impossible]
        for each, formula in conditions:
            if not self._some(self.logic.formulas.negation[formula]):
                return (each,)
        return tuple(each for each, formula in conditions if self._some(formula))

    def helpful_field(self) -> str:
        """The first unanswered field, in asking order, whose answer alone can turn one outcome into another.

        Where no single answer can, the first in which two completions with different outcomes differ.
        """
        logic, formulas = self.logic, self.logic.formulas
        shown = []
        for formula in (*self.decided.values(), *self.faulty.values()):
            if self._possibly(formula):
                wanted = formulas.conjunction([logic.possible, formula])
                shown.append((formula, simplest(logic, wanted, self.values, self.budget)))
        unanswered = [field.name for field in logic.policy.asking_order if field.name not in self.values]
        for name in unanswered:
            for formula, values in shown:
                others = {each: value for each, value in values.items() if each != name}
                if self._other_outcome(others, formula):
                    return name
        return next(name for name in unanswered if shown[0][1][name] != shown[1][1][name])

    def _other_outcome(self, values: Mapping[str, Value], formula: int) -> bool:
        """Whether some possible completion of these answers has another outcome than the formula's."""
        logic = self.logic
        pinned = Solver(logic.formulas, {name: each for name, each in values.items() if name in logic.space.entangled})
        other = logic.formulas.conjunction([logic.possible, logic.formulas.negation[formula]])
        return pinned.satisfiable(pinned.known(other, values), self.budget)
