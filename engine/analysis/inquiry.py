"""What does a proof work with? One policy's formulas, and the steps that each kind of question may take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from engine.analysis.examples import Example, example
from engine.analysis.findings import Finding
from engine.language.policy import FIRST, Policy, Value
from engine.language.words import answer_words
from engine.meaning.areas import bits
from engine.meaning.budget import Budget, OutOfSteps
from engine.meaning.judges import Ending, Label
from engine.meaning.logic import Logic
from engine.meaning.questions import Question
from engine.meaning.reference import excluded_by
from engine.meaning.tree import Tree


class Inquiry:
    """Questions about the possible situations of one policy."""

    def __init__(self, policy: Policy, steps: int, *, with_regions: bool = False) -> None:
        self.policy = policy
        self.with_regions = with_regions
        self.steps = steps
        self.budget = Budget(steps)
        # Exact counts of entangled sums may take more steps than the proof itself: those of findings, of outcomes and
        # of rules have steps of their own.
        self.counting = Budget(steps)
        self._counting_rules = Budget(steps)
        self.logic = Logic(policy)
        self._may_hold: dict[tuple[int, bool], bool] = {}

    def exists(self, question: Question) -> bool:
        """Whether some possible situation is as asked; raises `OutOfSteps`."""
        return question.exists(self.budget)

    def may_hold(self, formula: int, anywhere: bool) -> bool:
        """Whether a formula holds in some possible situation, or, if `anywhere`, in some at all."""
        key = (formula, anywhere)
        if key not in self._may_hold:
            ask = self.logic.question_of_all if anywhere else self.logic.question
            self._may_hold[key] = self.exists(ask([formula]))
        return self._may_hold[key]

    def begin_anew(self) -> None:
        """Gives the next kind of question steps of its own, so that what went before cannot starve it."""
        self.budget = Budget(self.steps)

    def out_of_steps(self, code: str, what: str) -> Finding:
        """The finding that says what was not settled."""
        steps = f"{self.steps:,} step{'s' if self.steps > 1 else ''}"
        message = f"it was not settled within {steps} {what}"
        help_ = "allow more with `--steps`, or make the policy smaller"
        return Finding(code, message, (), (self.policy.place,), help_)

    # Outcomes.

    @cached_property
    def _grown(self) -> tuple[Tree | None, bool]:
        """The whole tree, where the steps allow it, and whether its labels are the deciding rules: under `first`."""
        logic = self.logic
        descents = [(logic.outcomes, False)]
        if self.policy.decision == FIRST:
            descents.insert(0, (logic.deciders, True))
        for descent, by_rule in descents:
            try:
                return descent.grow(logic.areas.whole, Budget(self.steps // 2)), by_rule
            except OutOfSteps:
                continue
        return None, False

    @property
    def tree(self) -> Tree | None:
        """The whole tree, where the steps allow it; its labels are outcomes, or under `first` perhaps rules."""
        return self._grown[0]

    def is_reached(self, ending: Ending) -> bool:
        """Whether some situation ends so; raises `OutOfSteps`. A search may find it where there is no whole tree."""
        if self.tree is not None:
            return ending in self.tree.labels
        return self.exists(self.logic.outcome(ending))

    @cached_property
    def conflicts(self) -> bool:
        """Whether rules disagree in some possible situation; where that is not settled, they may."""
        try:
            return self.policy.decision != FIRST and self.is_reached(Ending.CONFLICT)
        except OutOfSteps:
            return True

    # Counts.

    @cached_property
    def counts(self) -> Mapping[Label, int] | None:
        """How many situations have which label of the tree; None where they cannot be counted, or it took too long."""
        if not self.logic.space.countable or self.tree is None:
            return None
        try:
            return self.tree.counts(self.logic.areas, Budget(self.steps))
        except OutOfSteps:
            return None

    def ending(self, ending: Label) -> int | None:
        """How many situations get a verdict, or end so without one."""
        if self.counts is None:
            return None
        if ending in self.policy.verdict and self._grown[1]:
            return sum(self.counts.get(rule.name, 0) for rule in self.policy.rules if rule.then == ending)
        return self.counts.get(ending, 0)

    def count(self, question: Question) -> int | None:
        """How many possible situations are as asked; None where fields cannot be counted, or it took too long."""
        return self._count(question, self.counting)

    def _count(self, question: Question, budget: Budget) -> int | None:
        if not self.logic.space.countable:
            return None
        try:
            return question.count(budget)
        except OutOfSteps:
            return None

    @cached_property
    def situations(self) -> int | None:
        """How many situations are possible."""
        if self.counts is not None:
            return sum(many for label, many in self.counts.items() if label is not Ending.IMPOSSIBLE)
        return self.count(self.logic.question([]))

    def deciding(self, rule: int) -> int | None:
        """In how many situations a rule stands and there is one verdict."""
        if self._grown[1] and self.counts is not None:
            return self.counts.get(self.policy.rules[rule].name, 0)
        return self._count(self._decided_by(rule), self._counting_rules)

    def _decided_by(self, rule: int) -> Question:
        logic = self.logic
        if self.policy.decision == FIRST or not self.conflicts:
            return logic.standing(rule)
        then = self.policy.rules[rule].then
        against = [each for each in bits(logic.neighbours(rule)) if self.policy.rules[each].then != then]
        none_of = [logic.applies[each] for each in logic.stronger(rule)] + [logic.stands(each) for each in against]
        return logic.question([logic.applies[rule]], none_of)

    # Examples.

    def example(self, question: Question, shows: Callable[[Mapping[str, Value]], bool]) -> Example:
        """The best example of what is asked, replayed through the definition before anybody sees it."""
        found = example(question, self.budget)
        if excluded_by(self.policy, found.values) or not shows(found.values):
            raise AssertionError(f"the example {found.values} does not show what was found in `{self.policy.name}`")
        return found

    def answers(self, shown: Example) -> tuple[tuple[str, str], ...]:
        """The answers that show a finding, as question and answer."""
        fields = self.policy.field
        return tuple((fields[name].ask, answer_words(fields[name], shown.values[name])) for name in shown.shows)
