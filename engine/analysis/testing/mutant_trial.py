"""The trial of a mutant: whether a test case detects it, or it is proved equivalent, or it survives.

Complete cases are evaluated first, by the definition. Then one descent over both policies finds the situations whose
outcome changes. An edit of one rule changes nothing outside the rule's boxes before and after it, so that only rules
that meet these boxes are read.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from typing import Any

from engine.analysis.describing.example_numbers import answered_part, example_numbers
from engine.analysis.describing.examples import example
from engine.analysis.describing.output_words import differing_words, unlike_expected
from engine.analysis.testing.mutants import Mutant
from engine.analysis.testing.mutation_report import OutputChanges, Survivor
from engine.budget import Budget
from engine.language.model.asking.applicability import answered_only
from engine.language.model.field_kinds import Value
from engine.language.model.guarantees import Guarantee
from engine.language.model.policy import Policy
from engine.language.model.relations.rule_outputs import (
    Yield,
    amounts_in,
    output_names,
    outputs_together,
    value_key,
    verdict_in,
)
from engine.language.model.values.computed_outputs import computed_in, work_out
from engine.language.model.words import answer_words
from engine.language.situations.cases_file import Case
from engine.meaning import reference
from engine.meaning.asked.asked_questions import filled
from engine.meaning.changes import both_yielding
from engine.meaning.cubes import Cubes
from engine.meaning.descent import Descent
from engine.meaning.formulas import Ground, common_ground
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Logic
from engine.meaning.outcomes import DECIDED, IMPOSSIBLE, NoVerdict
from engine.meaning.queries import Query
from engine.meaning.spaces.areas import Area
from engine.threads import cached_property

_RULES_A_STEP = 4


class Fate(Enum):
    """The result for a mutant that does not survive; see `Mutation`."""

    KILLED = "killed"
    EQUIVALENT = "equivalent"
    WITHOUT_VERDICT = "without_verdict"
    UNDECIDED = "undecided"


class Trial:
    """Tries mutants of one policy against its cases, over one space that all mutants share.

    One with an edited number is tried alone: what its conditions compare is another number.
    """

    def __init__(self, policy: Policy, mutants: Sequence[Mutant], cases: Sequence[Case]) -> None:
        self.policy, self.cases = policy, [replace(case, given=filled(policy, case.given)) for case in cases]
        self.edited = tuple(each.condition for each in mutants if each.condition is not None)
        self.alone = mutants[0].policy if mutants[0].is_alone else None

    @cached_property
    def ground(self) -> Ground:
        """The space, which is cut wherever some mutant cuts it."""
        if self.alone is not None:
            return common_ground(self.policy, self.alone)
        # As guarantees, the edited conditions cut it; they may name facts, so the copy keeps these.
        promises = tuple(Guarantee("edited", when, (), "", "never", ()) for when in self.edited)
        return common_ground(self.policy, replace(self.policy, rules=(), guarantees=promises))

    @cached_property
    def logic(self) -> Logic:
        """The logic of the policy that is edited."""
        return Logic(self.policy, self.ground)

    @cached_property
    def cores(self) -> list[Mapping[int, int]]:
        """For each rule, the cells that a situation must have on some axes for the rule to apply."""
        return [self.logic.formulas.terms(formula)[0] for formula in self.logic.applies]

    @cached_property
    def whole(self) -> list[tuple[Case, Area]]:
        """The cases that answer every question, with their areas."""
        return [(case, self.logic.areas.restrict(case.given.values)) for case in self.cases if self._is_whole(case)]

    @cached_property
    def partial(self) -> list[tuple[Case, Area]]:
        """The other cases, with their areas."""
        areas = self.logic.areas
        return [(case, areas.restrict(case.given.values)) for case in self.cases if not self._is_whole(case)]

    def _is_whole(self, case: Case) -> bool:
        return len(case.given.values) == len(self.policy.fields)

    def evaluate(self, mutant: Mutant, budget: Budget) -> Survivor | Fate:
        """Return the survivor, or what else became of the mutant; raises `OutOfSteps`."""
        budget.spend(1 + len(self.policy.rules) // _RULES_A_STEP)
        policy = self.alone or mutant.policy
        # Before the space of a mutant that shares it with no other is made.
        if self.alone and any(_fails(policy, case) for case in self.cases if self._is_whole(case)):
            return Fate.KILLED
        known = self.logic if mutant.section in ("impossible", "rules") else None
        other = Logic(policy, self.ground, known)
        near = self._near(mutant, other)
        if any(_fails(policy, case) for case, area in self.whole if self._meet(near, area, budget)):
            return Fate.KILLED
        query = self._change(other, near)
        if not query.exists(budget):
            anything = Query(query.areas, lambda: query.descent, _is_change, query.core)
            if anything.exists(budget):
                return Fate.WITHOUT_VERDICT
            # Numbers that outputs give may have other values somewhere, which is not searched for.
            given = self.policy.numbers_given
            is_same = all(given.get(name, key) == key for name, key in policy.numbers_given.items())
            return Fate.EQUIVALENT if is_same else Fate.UNDECIDED
        if any(self._notices(case, area, other, query, budget) for case, area in self.partial):
            return Fate.KILLED
        if any(case.by is not None and _stands(policy, case) != case.by for case, _ in self.whole):
            return Fate.KILLED
        return self._survivor(mutant, policy, query, budget)

    def _near(self, mutant: Mutant, other: Logic) -> Mapping[int, int]:
        """Map axes to the cells that a situation must have for the mutant to change anything in it."""
        cores: list[Mapping[int, int]] = []
        for name in mutant.rules:
            cores.append(self.cores[self.logic.place[name]])
            if name in other.place:
                cores.append(other.formulas.terms(other.applies[other.place[name]])[0])
        if not cores:
            return {}
        shared = set(cores[0]).intersection(*cores[1:])
        near = {}
        for axis in sorted(shared):
            near[axis] = 0
            for core in cores:
                near[axis] |= core[axis]
        return near

    def _meet(self, near: Mapping[int, int], area: Area, budget: Budget) -> bool:
        """Whether a case may lie where the mutant changes something; if so, charge for evaluating the rules."""
        if not all(area.masks[axis] & mask for axis, mask in near.items()):
            return False
        budget.spend(1 + len(self.policy.rules) // _RULES_A_STEP)
        return True

    def _change(self, other: Logic, near: Mapping[int, int]) -> Query:
        """Return the query for situations that lose their verdict or get another one, or other outputs, by the rules
        that meet the edit.
        """

        def meeting(logic: Logic) -> list[int]:
            if not near:
                return list(range(len(logic.applies)))
            cores = (logic.formulas.terms(formula)[0] for formula in logic.applies)
            return [rule for rule, core in enumerate(cores)
                    if all(core[axis] & mask for axis, mask in near.items() if axis in core)]  # fmt: skip

        old, new = meeting(self.logic), meeting(other)
        first = [*self.logic.outs, *(self.logic.applies[rule] for rule in old)]
        second = [*other.outs, *(other.applies[rule] for rule in new)]
        hit_policy = both_yielding(self.logic, old, other, new)
        areas, formulas = self.logic.areas, self.logic.formulas
        return Query(
            areas, lambda: Descent(Cubes(areas, formulas, [*first, *second]), hit_policy), changes_verdict, near
        )

    def _notices(self, case: Case, area: Area, other: Logic, query: Query, budget: Budget) -> bool:
        """Whether a partial case fails for a mutant: some completion gets another outcome, or other rules decide."""
        start = query.start(area, budget)
        if start is None:
            return False
        descent = query.descent

        def spoilt(label: Label) -> bool:
            return _after(label) is not Ending.IMPOSSIBLE and not _meets(other.policy, case, _after(label))

        if descent.find(start, spoilt, budget) is not None:
            return True
        if (
            not query.core
            and descent.find(area, lambda label: _meets(other.policy, case, _after(label)), budget) is None
        ):
            return True
        if case.by is None:
            return False
        rules = enumerate(other.policy.rules)
        stand = (
            rule.name for at, rule in rules if rule.then == case.expect and other.standing(at).exists(budget, area)
        )
        return tuple(stand) != case.by

    def _survivor(self, mutant: Mutant, policy: Policy, query: Query, budget: Budget) -> Survivor:
        """Return the survivor with an example that shows the change, checked by the definition."""
        found = example(query, budget)
        was, now = (reference.outcome(each, found.values) for each in (self.policy, policy))
        before, _ = outcome_of(self.policy, found.values)
        after, fault = outcome_of(policy, found.values)
        outputs: OutputChanges = ((), ())
        if before is not None and before == after:
            outputs = output_changes(self.policy, was.output, now.output)
            if not any(outputs):
                # Amounts that happen to be equal, although they are worked out from different numbers.
                given = [outputs_together(each, got.stands) for each, got in ((self.policy, was), (policy, now))]
                outputs = output_changes(self.policy, *given)
        if before is None or (before == after and not any(outputs)):
            raise AssertionError(f"{found.values} does not show what is changed by “{mutant.words}”")
        fields = self.policy.field
        answers = tuple((fields[name].ask, answer_words(fields[name], found.values[name])) for name in found.shows)
        numbers = example_numbers(self.policy, found.values, found.shows)
        return Survivor(
            mutant,
            answered_only(self.policy, found.values),
            found.shows,
            before,
            after,
            fault,
            answers,
            numbers,
            outputs,
        )


def changes_verdict(label: Label) -> bool:
    """Whether of a pair of outcomes the first is a verdict, and the second is another one or has other outputs."""
    return _is_change(label) and isinstance(label, tuple) and not isinstance(label[0], Ending)


def _is_change(label: Label) -> bool:
    """Whether of a pair of outcomes the second is another one, as far as cases can tell."""
    return isinstance(label, tuple) and label[0] != label[1] and _told(label[0]) != _told(label[1])


def _told(label: Label) -> Label | tuple[str, Hashable]:
    """What cases can tell of an outcome: null, which expects no output, holds of one that is null, too."""
    return (label.verdict, value_key(_given(label.output))) if isinstance(label, Yield) else label


def _given(output: Any) -> Any:
    """Return outputs without those that are null; None if there are no others."""
    if not isinstance(output, dict):
        return output
    return {name: value for name, value in output.items() if value is not None} or None


def _after(label: Label) -> Label:
    assert isinstance(label, tuple)
    after: Label = label[1]
    return after


def _meets(policy: Policy, case: Case, label: Label) -> bool:
    """Whether what a situation gets by a policy is what a case expects."""
    if verdict_in(label) != case.expect:
        return False
    # Where a verdict alone says what is given, its outputs are the ones that the case was checked with.
    if case.output is None or not isinstance(label, Yield):
        return True
    amounts = dict(computed_in(label.output))
    if not amounts:
        return not unlike_expected(case.output, label.output)
    # An amount that reads what the case leaves open has no value that it could expect.
    known = reference.Situation(answered_part(policy, case.given.values.keys()), case.given.values).numbers
    return not unlike_expected(case.output, work_out(label.output, known.get), amounts)


def output_changes(policy: Policy, was: Any, now: Any) -> OutputChanges:
    """Return which of the outputs that go with one verdict differ, before and after, as pairs of name and value.

    Both are empty if none do.
    """
    first, second = differing_words(output_names(policy), _given(was), _given(now))
    return tuple(first), tuple(second)


def outcome_of(policy: Policy, values: Mapping[str, Value]) -> tuple[str | None, NoVerdict | None]:
    """Return the verdict of a complete situation, or why there is none, by the definition."""
    if reference.excluded_by(policy, values):
        return None, IMPOSSIBLE
    found = reference.outcome(policy, values)
    return found.verdict, None if found.kind == DECIDED else found.kind


def _fails(policy: Policy, case: Case) -> bool:
    """Whether a complete case gets another outcome than it expects, by the definition."""
    if outcome_of(policy, case.given.values)[0] != case.expect:
        return True
    if case.output is None:
        return False
    found = reference.outcome(policy, case.given.values)
    return bool(unlike_expected(case.output, found.output, amounts_in(policy, found.stands)))


def _stands(policy: Policy, case: Case) -> tuple[str, ...]:
    return reference.outcome(policy, case.given.values).stands
