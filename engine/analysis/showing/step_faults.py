"""Rows of a decision table without a verdict because of a step: which steps have a gap or a conflict in them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.deciding.completions import Deciding
from engine.budget import Budget, OutOfSteps
from engine.frozen import NamedTuple
from engine.language.model.relations.decision_steps import DecisionStep, rule_fact, stands
from engine.meaning.hit_policies import Ending
from engine.meaning.logic import Logic, faults_of


class StepFaults(NamedTuple):
    """The steps with a gap or a conflict in some situations of a row, as the first ones that have.

    Attributes:
        steps: Their names, in order.
        is_own: Whether the rules of the policy itself have it in other situations of the row.
        rules: The rules of these steps that disagree in all or in some situations of the row.
        called: What messages call the steps, some of which may be numbers that tables give.
    """

    steps: tuple[str, ...]
    is_own: bool
    rules: Deciding
    called: tuple[str, ...]

    def title(self, ending: Ending) -> str:
        """Return what a row says in place of a verdict."""
        named = " or ".join(self.called)
        if ending is Ending.GAP:
            word = "value" if all(each.startswith("the number ") for each in self.called) else "outcome"
            return f"Gap: no {word} of {named}{', or no verdict' if self.is_own else ''}"
        return f"Conflict: rules of {named}{' or of the policy' if self.is_own else ''} disagree"


def faults_in(logic: Logic, ending: Ending, formula: int, budget: Budget) -> StepFaults | None:
    """Return the faults of steps in the situations of a row.

    Args:
        logic: The logic of the policy.
        ending: A gap or a conflict, which all possible situations of the row are.
        formula: The condition of the row.
        budget: The step budget.

    Returns:
        The steps; None if it is the rules of the policy itself everywhere, or the steps run out.
    """
    policy, negation = logic.policy, logic.formulas.negation
    tests = faults_of(policy) if policy.steps else ()
    named: list[DecisionStep] = []
    rules: list[tuple[str, bool]] = []
    before: list[int] = []
    try:
        for test, fault in tests:
            here = logic.condition(test)
            step, _ = policy.step_facts[test.fact]
            if Ending(fault) is ending and logic.possible(formula, here, *before).exists(budget):
                named.append(step)
                if ending is Ending.CONFLICT:
                    rules += _standing(logic, step, [formula, here, *before], formula, budget)
            before.append(negation[here])
        if not named:
            return None
        is_own = logic.possible(formula, *before).exists(budget)
    except OutOfSteps:
        return None
    certain = tuple(name for name, is_certain in rules if is_certain)
    deciding = Deciding(certain, tuple(name for name, each in rules if not each))
    called = tuple(step.called for step in named)
    return StepFaults(tuple(step.name for step in named), is_own, deciding, called)


def _standing(
    logic: Logic, step: DecisionStep, within: list[int], formula: int, budget: Budget
) -> Iterator[tuple[str, bool]]:
    """Iterate over the rules of a step that stand in some situations, each with whether it does in the whole row."""
    for rule in step.rules:
        stand = logic.condition(stands(step, rule))
        if logic.possible(*within, stand).exists(budget):
            elsewhere = logic.possible(formula, logic.formulas.negation[stand]).exists(budget)
            yield rule_fact(step.name, rule.name), not elsewhere
