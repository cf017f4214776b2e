"""What can still come of a partial record? Asked of all its possible completions at once, exactly."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from engine.budget import Budget
from engine.language.model.field_kinds import Value
from engine.language.model.policy import FIRST, Impossible, Policy
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Logic
from engine.meaning.queries import Question
from engine.meaning.reference import CONFLICT, GAP, Fault
from engine.meaning.spaces.areas import Area
from engine.threads import cached_property


class Deciding(NamedTuple):
    """The rules that decide in every possible completion, and those that do in some but not in all, in file order."""

    certain: tuple[str, ...]
    possible: tuple[str, ...]


NO_RULES = Deciding((), ())


def deciding_of(policy: Policy, standing: Collection[tuple[str, ...]]) -> Deciding:
    """What it comes to that one of these tuples of rules decides, and it is not known which.

    Args:
        policy: The policy.
        standing: The rules that decide in each completion, one tuple at least.

    Returns:
        The rules that are in all of the tuples, and those that are in some, in file order.
    """
    if len(standing) == 1:
        return Deciding(next(iter(standing)), ())
    every = set.intersection(*map(set, standing))
    some = set().union(*standing) - every
    return Deciding(
        tuple(rule for rule in policy.rule if rule in every), tuple(rule for rule in policy.rule if rule in some)
    )


def standing_in(logic: Logic, places: Iterable[int], area: Area, budget: Budget) -> Deciding:
    """Of some rules, those that stand in every possible situation of an area, and those that stand in some of them.

    In each of these situations one of the rules stands. Raises `OutOfSteps`.

    Args:
        logic: The logic of the policy.
        places: The rules, by their place in the policy, in file order.
        area: Where it is looked.
        budget: What that may take.
    """
    standing = {place: logic.standing(place) for place in places}
    some = [place for place, question in standing.items() if question.exists(budget, area)]
    # Under `first` no other stands beside one that does.
    if len(some) == 1:
        every = some
    elif logic.policy.decision == FIRST:
        every = []
    else:
        every = [place for place in some if standing[place].forced(budget, area)]
    names = [rule.name for rule in logic.policy.rules]
    return Deciding(tuple(names[place] for place in every), tuple(names[place] for place in some if place not in every))


class Completions:
    """The possible completions of some known answers. Every question raises `OutOfSteps` where the steps end."""

    def __init__(self, logic: Logic, values: Mapping[str, Value], steps: int) -> None:
        self.logic = logic
        self.values = dict(values)
        self.budget = Budget(steps)
        self.area = logic.areas.answered(values)

    def _some(self, question: Question) -> bool:
        return question.exists(self.budget, self.area)

    @cached_property
    def _endings(self) -> set[Label]:
        return self.logic.outcomes.labels(self.area, self.budget)

    @property
    def possible(self) -> bool:
        return self._endings != {Ending.IMPOSSIBLE}

    def verdicts(self) -> tuple[str, ...]:
        """The verdicts that some possible completion gets, in file order."""
        return tuple(name for name in self.logic.policy.verdict if name in self._endings)

    def faults(self) -> tuple[Fault, ...]:
        """`gap` and `conflict`, where some possible completion is one."""
        found: dict[Ending, Fault] = {Ending.GAP: GAP, Ending.CONFLICT: CONFLICT}
        return tuple(fault for ending, fault in found.items() if ending in self._endings)

    def deciding(self, verdict: str) -> Deciding:
        """The rules that decide for the only verdict."""
        places = (place for place, rule in enumerate(self.logic.policy.rules) if rule.then == verdict)
        return standing_in(self.logic, places, self.area, self.budget)

    def disagreeing(self) -> Deciding:
        """The rules that stand, where all possible completions are conflicts."""
        return standing_in(self.logic, range(len(self.logic.policy.rules)), self.area, self.budget)

    def excluding(self) -> tuple[Impossible, ...]:
        """Why no completion is possible: one combination that covers them all, or else all that take part."""
        logic = self.logic
        conditions = list(zip(logic.policy.impossible, logic.impossible, strict=True))
        for each, formula in conditions:
            if not self._some(logic.question_of_all([logic.formulas.negation[formula]])):
                return (each,)
        return tuple(each for each, formula in conditions if self._some(logic.question_of_all([formula])))

    def helpful_field(self) -> str:
        """The first unanswered field, in asking order, whose answer alone can turn one outcome into another.

        Where no single answer can, the first in which two completions with different outcomes differ.
        """
        from engine.analysis.describing.examples import simplest

        logic = self.logic
        shown = []
        for ending in (*logic.policy.verdict, Ending.GAP, Ending.CONFLICT):
            if ending in self._endings:
                question = logic.outcome(ending)
                shown.append((question, simplest(question, self.values, self.budget)))
        unanswered = [field.name for field in logic.policy.asking_order if field.name not in self.values]
        for name in unanswered:
            for question, values in shown:
                others = {each: value for each, value in values.items() if each != name}
                if not question.forced(self.budget, logic.areas.answered(others)):
                    return name
        return next(name for name in unanswered if shown[0][1][name] != shown[1][1][name])
