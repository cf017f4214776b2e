"""Exact queries about the possible completions of a partial record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from engine.budget import Budget, attempt
from engine.frozen import NamedTuple
from engine.language.model.field_kinds import Value
from engine.language.model.policy import FIRST, Policy
from engine.language.model.policy_parts import Impossible
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Logic
from engine.meaning.outcomes import CONFLICT, GAP, Fault
from engine.meaning.queries import Query
from engine.meaning.spaces.areas import Area
from engine.problems import RecordError
from engine.threads import cached_property


class Deciding(NamedTuple):
    """The rules that decide in every possible completion, and those that decide in only some of them, in file order."""

    certain: tuple[str, ...]
    possible: tuple[str, ...]


NO_RULES = Deciding((), ())


def deciding_of(policy: Policy, standing: Collection[tuple[str, ...]]) -> Deciding:
    """Combine the rules that decide in each of several completions.

    Args:
        policy: The policy.
        standing: For each completion, the rules that decide in it; at least one completion.

    Returns:
        The rules that are in all of the tuples, and those that are in only some, in file order.
    """
    if len(standing) == 1:
        return Deciding(next(iter(standing)), ())
    every = set.intersection(*map(set, standing))
    some = set().union(*standing) - every
    return Deciding(
        tuple(rule for rule in policy.rule if rule in every), tuple(rule for rule in policy.rule if rule in some)
    )


def standing_in(logic: Logic, places: Iterable[int], area: Area, budget: Budget) -> Deciding:
    """Find which of some rules stand in every possible situation of an area, and which in only some of them.

    In each of these situations at least one of the rules must stand. Raises `OutOfSteps`.

    Args:
        logic: The logic of the policy.
        places: The rules, as indices in the policy, in file order.
        area: The area.
        budget: The step budget.
    """
    standing = {place: logic.standing(place) for place in places}
    some = [place for place, query in standing.items() if query.exists(budget, area)]
    # Under `first` only one rule stands in a situation.
    if len(some) == 1:
        every = some
    elif logic.policy.decision == FIRST:
        every = []
    else:
        every = [place for place in some if standing[place].forced(budget, area)]
    names = [rule.name for rule in logic.policy.rules]
    return Deciding(tuple(names[place] for place in every), tuple(names[place] for place in some if place not in every))


def cannot_happen(excluded: Collection[Impossible]) -> RecordError:
    """Return the error for a record that some impossible combinations exclude."""
    message = f"this situation cannot happen: {' '.join(each.because for each in excluded)}"
    places = tuple(each.place for each in excluded)
    return RecordError.of("impossible-situation", message, places, "correct one of the answers")


class Completions:
    """The possible completions of known answers. All methods share one step budget and raise `OutOfSteps`."""

    def __init__(self, logic: Logic, values: Mapping[str, Value], steps: int) -> None:
        self.logic = logic
        self.values = dict(values)
        self.budget = Budget(steps)
        self.area = logic.areas.restrict(values)

    def _some(self, query: Query) -> bool:
        return query.exists(self.budget, self.area)

    @cached_property
    def _endings(self) -> set[Label]:
        return self.logic.outcomes.labels(self.area, self.budget)

    @property
    def possible(self) -> bool:
        """Whether some completion is possible."""
        return self._endings != {Ending.IMPOSSIBLE}

    @property
    def has_faulty_step(self) -> bool:
        """Whether a step has no outcome or several in every possible completion; false if the step limit is reached."""
        return bool(self.logic.faults) and attempt(self._some, self.logic.query([])) is False

    def verdicts(self) -> tuple[str, ...]:
        """Return the verdicts that some possible completion gets, in file order."""
        return tuple(name for name in self.logic.policy.verdict if name in self._endings)

    def faults(self) -> tuple[Fault, ...]:
        """Return those of `gap` and `conflict` that are the outcome of some possible completion."""
        faults: tuple[Fault, Fault] = (GAP, CONFLICT)
        return tuple(fault for fault in faults if Ending(fault) in self._endings)

    def deciding(self, verdict: str) -> Deciding:
        """Return the rules that decide, if `verdict` is the only possible outcome."""
        places = (place for place, rule in enumerate(self.logic.policy.rules) if rule.then == verdict)
        return standing_in(self.logic, places, self.area, self.budget)

    def disagreeing(self) -> Deciding:
        """Return the rules that stand, if all possible completions are conflicts."""
        return standing_in(self.logic, range(len(self.logic.policy.rules)), self.area, self.budget)

    def standing(self) -> set[tuple[str, ...]]:
        """Return the rules that stand, in file order, for each possible completion."""
        labels = self.logic.standings.labels(self.area, self.budget)
        return {label for label in labels if isinstance(label, tuple)}

    def excluding(self) -> tuple[Impossible, ...]:
        """Return why no completion is possible: one combination that covers them all, or else all that cover some."""
        logic = self.logic
        conditions = list(zip(logic.policy.impossible, logic.impossible, strict=True))
        for each, formula in conditions:
            if not self._some(logic.query_of_all([logic.formulas.negation[formula]])):
                return (each,)
        return tuple(each for each, formula in conditions if self._some(logic.query_of_all([formula])))

    def helpful_field(self) -> str:
        """Return the first unanswered field, in asking order, whose answer alone can change the outcome.

        If no single answer can, the first field in which examples of two outcomes differ.
        """
        from engine.analysis.describing.examples import simplest

        logic = self.logic
        shown = []
        for ending in (*logic.policy.verdict, Ending.GAP, Ending.CONFLICT):
            if ending in self._endings:
                query = logic.outcome(ending)
                shown.append((query, simplest(query, self.values, self.budget)))
        unanswered = [field.name for field in logic.policy.asking_order if field.name not in self.values]
        for name in unanswered:
            for query, values in shown:
                others = {each: value for each, value in values.items() if each != name}
                if not query.forced(self.budget, logic.areas.restrict(others)):
                    return name
        return next(name for name in unanswered if shown[0][1][name] != shown[1][1][name])
