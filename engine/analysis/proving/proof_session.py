"""What does a proof work with? One policy's formulas, and the steps that each kind of question may take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from engine.analysis.describing.example_numbers import example_numbers
from engine.analysis.proving.findings import Finding
from engine.budget import Budget, OutOfSteps
from engine.language.model.condition_tree import Holds, comparisons_in
from engine.language.model.field_kinds import Value
from engine.language.model.policy import FIRST, Policy
from engine.language.model.words import answer_words
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Logic
from engine.meaning.queries import Question
from engine.meaning.reference import excluded_by
from engine.meaning.spaces.areas import bits
from engine.meaning.tree import Descent, Tree
from engine.meaning.witnesses import Witness, Witnesses
from engine.threads import cached_property

if TYPE_CHECKING:
    from engine.analysis.describing.examples import Example

# What one of many questions may take of the steps they share.
_SHARE = 4
# The warnings are left a quarter of the steps at least, whatever the errors took. Counts and mends come on top: each
# kind has a sixth.
_FOR_WARNINGS = 4
_FOR_OTHERS = 6


class Inquiry:
    """Questions about the possible situations of one policy."""

    def __init__(
        self,
        policy: Policy,
        steps: int,
        *,
        with_regions: bool = False,
        with_mends: bool = False,
        logic: Logic | None = None,
    ) -> None:
        """`logic` is that of the policy, where it is there already."""
        self.policy = policy
        self._logic = logic
        self.with_regions = with_regions
        self.with_mends = with_mends
        self.steps = steps
        # The errors come first; what they leave is for the warnings.
        self._whole_budget = Budget(steps)
        self.budget = Budget(steps - steps // _FOR_WARNINGS, self._whole_budget)
        # Exact counts of entangled sums may take more steps than the proof itself: those of findings, of outcomes and
        # of rules have steps of their own.
        self._others = max(1, steps // _FOR_OTHERS)
        self.counting = Budget(self._others)
        self._counting_rules = Budget(self._others)
        # What would mend the policy is asked last of all: however long it takes, it leaves the proof as it is.
        self.mending = Budget(self._others)
        self._may_hold: dict[tuple[int, bool], bool] = {}

    @cached_property
    def logic(self) -> Logic:
        """The policy as formulas: what is certain from the form of its rules does without."""
        return self._logic or Logic(self.policy)

    def exists(self, question: Question) -> bool:
        """Whether some possible situation is as asked; raises `OutOfSteps`."""
        return question.exists(self.budget)

    def may_hold(self, formula: int, anywhere: bool) -> bool:
        """Whether a formula holds in some possible situation, or, if `anywhere`, in some at all."""
        key = (formula, anywhere)
        if self.logic.is_possible_box(formula) and (anywhere or not self.policy.impossible):
            return True
        if key not in self._may_hold:
            ask = self.logic.question_of_all if anywhere else self.logic.question
            self._may_hold[key] = self.exists(ask([formula]))
        return self._may_hold[key]

    @cached_property
    def is_table(self) -> bool:
        """Whether the rules are the rows of a table, which can hold neither overrides nor rules written as YAML."""
        rules = self.policy.rules
        return bool(rules) and (rules[0].place.path or "").startswith("row ")

    @cached_property
    def columns(self) -> frozenset[str]:
        """The fields, numbers and facts that some rule tests: those for which a table surely has a column."""
        tests = (test for rule in self.policy.rules for test in comparisons_in(rule.when))
        return frozenset(test.fact if isinstance(test, Holds) else test.name for test in tests)

    @cached_property
    def _witnesses(self) -> Witnesses:
        return Witnesses(self.logic)

    def witness(self, rule: int) -> Witness:
        """What a situation that is found without a search shows of a rule; raises `OutOfSteps`."""
        return self._witnesses.witness(rule, self.budget)

    def begin_anew(self) -> None:
        """Gives the next kind of question steps of its own, so that what went before cannot starve it."""
        self.budget = Budget(max(1, self._whole_budget.left))

    def out_of_steps(self, code: str, what: str) -> Finding:
        """The finding that says what was not settled."""
        steps = f"{self.steps:,} step{'s' if self.steps > 1 else ''}"
        message = f"it was not settled within {steps} {what}"
        help_ = "allow more with `--steps`, or make the policy smaller"
        return Finding(code, message, (), (self.policy.place,), help_)

    # Outcomes.

    @cached_property
    def tree(self) -> Tree | None:
        """The whole tree, where the steps allow it: its labels are outcomes, or, under `first`, the rules that decide.

        Under `first` a tree that is not found soon is not worth a search: rules are then looked at one by one.
        """
        steps = self.steps // (8 if self.policy.decision == FIRST else 2)
        try:
            return self._whole.grow(self.logic.areas.whole, Budget(steps, self._whole_budget))
        except OutOfSteps:
            return None

    @property
    def _whole(self) -> Descent:
        return self.logic.deciders if self.policy.decision == FIRST else self.logic.outcomes

    @cached_property
    def gap(self) -> Question:
        """The situations in which no rule stands, asked in the cheapest way there is."""
        if self.tree is None:
            return self.logic.gap
        return Question(self.logic.areas, lambda: self._whole, lambda label: label is Ending.GAP)

    @cached_property
    def agree(self) -> bool:
        """Whether standing rules never disagree, as far as the tree tells, or else what was found pair by pair."""
        if self.policy.decision == FIRST:
            return True
        return self.tree is not None and Ending.CONFLICT not in self.tree.labels

    def hiding(self, rule: int, others: list[int]) -> list[int]:
        """Of some rules that hold wherever another does, between them, as many as are needed for a proof of that."""
        question = self.logic.question([self.logic.applies[rule]], [self.logic.applies[each] for each in others])
        area = question.start(self.logic.areas.whole, self.budget)
        if area is None:
            return []
        first = len(self.logic.impossible)
        closers = question.descent.closers(area, self.budget)
        return [each for place, each in enumerate(others, start=first) if closers >> place & 1]

    # Counts.

    def count(self, question: Question) -> int | None:
        """How many possible situations are as asked; None where fields cannot be counted, or it took too long."""
        return self._count(question, self.counting)

    def _count(self, question: Question, budget: Budget) -> int | None:
        """The count, with so many steps at most that one hard question leaves some for the next."""
        if not self.logic.space.countable:
            return None
        try:
            with budget.share(max(1, budget.steps // _SHARE)) as own:
                return question.count(own)
        except OutOfSteps:
            return None

    @cached_property
    def _counts(self) -> Mapping[Label, int] | None:
        """How many situations have which label of the tree; None where they cannot be counted, or it took too long."""
        if not self.logic.space.countable or self.tree is None:
            return None
        try:
            return self.tree.counts(self.logic.areas, Budget(self._others))
        except OutOfSteps:
            return None

    @cached_property
    def situations(self) -> int | None:
        """How many situations are possible."""
        if self._counts is not None:
            return sum(many for label, many in self._counts.items() if label is not Ending.IMPOSSIBLE)
        return self.count(self.logic.question([]))

    def with_gap(self) -> int | None:
        """How many possible situations get no verdict."""
        return self.count(self.gap) if self._counts is None else self._counts.get(Ending.GAP, 0)

    @cached_property
    def deciding(self) -> Mapping[str, int | None]:
        """In how many situations each rule stands and there is one verdict."""
        rules = self.policy.rules
        if self.policy.decision == FIRST and self._counts is not None:
            return {rule.name: self._counts.get(rule.name, 0) for rule in rules}
        return {rule.name: self._count_decided(place) for place, rule in enumerate(rules)}

    def _count_decided(self, rule: int) -> int | None:
        if not self.logic.space.countable or not self._counting_rules.left:
            return None
        return self._count(self._decided_by(rule), self._counting_rules)

    def _decided_by(self, rule: int) -> Question:
        logic = self.logic
        if self.agree:
            return logic.standing(rule)
        then = self.policy.rules[rule].then
        against = [each for each in bits(logic.neighbours(rule)) if self.policy.rules[each].then != then]
        none_of = [logic.applies[each] for each in logic.stronger(rule)] + [logic.stands(each) for each in against]
        return logic.question([logic.applies[rule]], none_of)

    def given(self, verdict: str) -> int | None:
        """How many situations get a verdict, and no other."""
        if self.policy.decision != FIRST:
            return None if self._counts is None else self._counts.get(verdict, 0)
        counts = [self.deciding[rule.name] for rule in self.policy.rules if rule.then == verdict]
        return None if None in counts else sum(count or 0 for count in counts)

    # Examples.

    def example(self, question: Question, shows: Callable[[Mapping[str, Value]], bool]) -> Example:
        """The best example of what is asked, replayed through the definition before anybody sees it."""
        from engine.analysis.describing.examples import example

        found = example(question, self.budget)
        if excluded_by(self.policy, found.values) or not shows(found.values):
            raise AssertionError(f"the example {found.values} does not show what was found in `{self.policy.name}`")
        return found

    def answers(self, shown: Example) -> tuple[tuple[str, str], ...]:
        """The answers that show a finding, as question and answer."""
        fields = self.policy.field
        return tuple((fields[name].ask, answer_words(fields[name], shown.values[name])) for name in shown.shows)

    def numbers(self, shown: Example) -> tuple[tuple[str, str], ...]:
        """The derived numbers that the answers which show a finding make, as meaning and value."""
        return example_numbers(self.policy, shown.values, shown.shows)
