"""Large chains: the steps of a policy, proved one after the other, so that each stands for itself in what reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Generic, Protocol, TypeVar

from engine.budget import Budget, OutOfSteps, attempt
from engine.frozen import NamedTuple
from engine.language.model.condition_tree import Holds
from engine.language.model.policy import Policy
from engine.language.model.relations.decision_steps import StepFault
from engine.meaning.chains.open_steps import OpenSteps
from engine.meaning.chains.step_policies import make_policy_of_step, without_impossible
from engine.meaning.descent import Descent
from engine.meaning.formulas import Formulas, Ground
from engine.meaning.tree import Tree


class StepLogic(Protocol):
    """The logic of a policy that decides a step."""

    formulas: Formulas
    applies: list[int]

    @property
    def whole(self) -> Descent:
        """The descent from which a whole proof follows."""
        ...


LogicT = TypeVar("LogicT", bound=StepLogic)


class LargeChain(NamedTuple, Generic[LogicT]):
    """The steps of a policy, each proved, over one space.

    Attributes:
        steps: The axes of their outcomes.
        logics: For each step the logic of the policy that decides it.
        faults: For each step the tests for the faults that it has in some possible situation.
    """

    steps: OpenSteps
    logics: Mapping[str, LogicT]
    faults: Mapping[str, tuple[tuple[Holds, StepFault], ...]]


def open_chain(policy: Policy, logic_of: Callable[[Policy, Ground], LogicT], most: int) -> LargeChain[LogicT] | None:
    """Return the chain of a policy with steps; None if the whole tree of a step is not found within the steps.

    Args:
        policy: The policy.
        logic_of: Makes the logic of a policy over a space.
        most: The step limit for each step of the policy.
    """
    steps = OpenSteps(policy)
    logics: dict[str, LogicT] = {}
    faults: dict[str, tuple[tuple[Holds, StepFault], ...]] = {}
    grown: list[tuple[Descent, Tree]] = []
    for place, step in enumerate(policy.steps_in_order):
        earlier = policy.steps_in_order[:place]
        faulty = {test for name in faults for test, _ in faults[name]}
        inner = make_policy_of_step(policy, step, earlier, faulty)
        steps.areas.space.learn_numbers(inner)
        logic = logics[step.name] = logic_of(inner, steps.ground)
        descent, budget = logic.whole, Budget(most)
        mentions = reduce(or_, (logic.formulas.axes[formula] for formula in logic.applies), 0)
        try:
            tree = reading = descent.grow(steps.areas.whole, budget)
            possible = without_impossible(inner, faulty)
            if possible is not inner:
                # What reads the step is not asked again what is possible, unless that makes the tree a larger one.
                without = logic_of(possible, steps.ground).whole
                reading = attempt(without.grow, steps.areas.whole, Budget(budget.spent)) or tree
            faults[step.name] = steps.add(step, inner, tree, reading, mentions, budget)
        except OutOfSteps:
            return None
        grown.append((descent, tree))
    for descent, tree in grown:
        # The outcomes that the steps never have are left out by now.
        descent.adopt(replace(tree, area=steps.areas.whole))
    return LargeChain(steps, logics, faults)
