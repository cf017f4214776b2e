"""The session of a proof: the logic of one policy, its queries, and the step budgets of each kind of query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.budget import Budget, attempt
from engine.language.model.condition_tree import Condition, subjects_in
from engine.language.model.field_kinds import Value
from engine.language.model.guarantees import Guarantee, Indifference, Invariant, PairGuarantee
from engine.language.model.policy import FIRST, Policy
from engine.meaning.descent import NESTED
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Logic, faults_of, large_chain_of, logic_of, policy_of_step
from engine.meaning.queries import NO, YES, Query
from engine.meaning.tree import Tree
from engine.threads import cached_method, cached_property

if TYPE_CHECKING:
    from engine.analysis.describing.examples import Example
    from engine.analysis.proving.findings import Finding
    from engine.language.model.relations.decision_steps import DecisionStep
    from engine.meaning.promises.pair_queries import PairQuery
    from engine.meaning.witnesses.rule_witnesses import Witness, Witnesses
    from engine.meaning.witnesses.sampled_situations import SampledSituations

# The step limit of a proof, unless another one is given.
STEPS = 600_000
# One of several counts may spend a quarter of the steps.
_SHARE = 4
# Warnings get at least a quarter of the steps, whatever the errors take. Each kind of count, and mends, get a sixth in
# addition, at least so many: a proof with a few steps more must not count less.
_FOR_WARNINGS = 4
_FOR_OTHERS = 6
_FEWEST_FOR_OTHERS = 2_000


class ProofSession:
    """The queries of one proof about the possible situations of a policy.

    Methods raise `OutOfSteps` when their budget is spent, except those that return counts.
    """

    def __init__(
        self,
        policy: Policy,
        steps: int,
        *,
        with_regions: bool = False,
        with_mends: bool = False,
        logic: Logic | None = None,
        within: ProofSession | None = None,
        step: str = "",
    ) -> None:
        """Start a session.

        Args:
            policy: The policy.
            steps: The step limit of errors and warnings together; counts and mends have budgets in addition.
            with_regions: Whether findings get all their regions.
            with_mends: Whether errors get proved mends.
            logic: The logic of the policy, if it exists already.
            within: The session of the whole policy, if this one is about a part of it.
            step: Name of the step that the policy decides, if it is a part of another one.
        """
        self.policy = policy
        self._within = within
        self.step = step
        self._logic = logic
        self.with_regions = with_regions
        self.with_mends = with_mends
        self.steps = steps
        # Errors are found first; the warnings get what they leave.
        self._whole_budget = Budget(steps)
        self.budget = Budget(steps - steps // _FOR_WARNINGS, self._whole_budget)
        # Exact counts over tied fields may take more steps than the proof itself, so counts of findings, of outcomes
        # and of rules have budgets of their own.
        self._others = max(_FEWEST_FOR_OTHERS, steps // _FOR_OTHERS)
        self.counting = Budget(self._others)
        self.counting_rules = Budget(self._others)
        # Mends have a budget of their own, so that they cannot change the result of the proof.
        self.mending = Budget(self._others)
        # By name of a guarantee that ignores answers, whether it is about some pair of situations, once that is proved.
        self.about_pairs: dict[str, bool] = {}
        self._may_hold: dict[tuple[int, bool], bool] = {}

    @property
    def decided(self) -> DecisionStep | None:
        """The step that the policy decides, if it is a part of another one."""
        return self._within.policy.step[self.step] if self.step and self._within else None

    @property
    def decided_word(self) -> str:
        """What a rule gives: a `verdict`, or the `outcome` of a step or the `amount` of a number."""
        if self.decided is None:
            return "verdict"
        return "amount" if self.decided.is_number else "outcome"

    @cached_property
    def where_decided(self) -> str:
        """What messages add to `possible situation`, where the situations in which a step is faulty are left out."""
        whole = self._within.policy if self._within else self.policy
        return " where all steps decide" if faults_of(whole) else ""

    @cached_property
    def logic(self) -> Logic:
        """The policy as formulas, built when first needed: the form of the rules alone proves some policies."""
        if self._logic is not None:
            return self._logic
        chain = large_chain_of(self.policy)
        return Logic(self.policy, None if chain is None else chain.steps.ground)

    @cached_property
    def of_steps(self) -> tuple[ProofSession, ...]:
        """The sessions about the steps of the policy, in order; each may spend the steps of a whole proof."""
        if self.step:
            return ()
        names = [step.name for step in self.policy.steps_in_order]
        chain = large_chain_of(self.policy)
        if chain is None:
            logics = [logic_of(policy_of_step(self.policy, name)) for name in names]
        else:
            logics = [chain.logics[name] for name in names]
        return tuple(
            ProofSession(
                logic.policy,
                self.steps,
                with_regions=self.with_regions,
                with_mends=self.with_mends and _is_written_in(self.policy, self.policy.step[name]),
                logic=logic,
                within=self,
                step=name,
            )
            for name, logic in zip(names, logics, strict=True)
        )

    @cached_property
    def of_rules(self) -> ProofSession:
        """The session about the policy's own rules: without the situations in which a step is faulty."""
        faults = [] if self.step else [test for test, _ in faults_of(self.policy)]
        if not faults:
            return self
        from engine.meaning.chains.step_policies import without_faults

        policy = without_faults(self.policy, faults)
        chain = large_chain_of(self.policy)
        logic = None if chain is None else Logic(policy, chain.steps.ground, self.logic)
        return ProofSession(policy, self.steps, with_regions=self.with_regions, logic=logic, within=self)

    def exists(self, query: Query) -> bool:
        """Whether some possible situation matches a query; raises `OutOfSteps`."""
        if query.requirements is not None and self._samples is not None and self._samples.show(query.requirements):
            self.budget.spend()
            return True
        return query.exists(self.budget)

    @cached_property
    def _samples(self) -> SampledSituations | None:
        """Situations drawn at random; None where conditions are small or fields tied: there a search is as quick."""
        logic = self.logic
        depths = logic.formulas.depths
        is_nested = any(depths[each] > NESTED for each in (*logic.applies, *logic.outs))
        if not is_nested or logic.areas.group_of or logic.areas.steps is not None:
            return None
        from engine.meaning.witnesses.sampled_situations import SampledSituations

        return SampledSituations(logic)

    def may_hold(self, formula: int, anywhere: bool) -> bool:
        """Whether a formula holds in some possible situation, or, if `anywhere`, in any situation, possible or not."""
        key = (formula, anywhere)
        if self.logic.is_possible_box(formula) and (anywhere or not self.policy.impossible):
            return True
        if key not in self._may_hold:
            ask = self.logic.query_of_all if anywhere else self.logic.query
            self._may_hold[key] = self.exists(ask([formula]))
        return self._may_hold[key]

    @cached_property
    def is_table(self) -> bool:
        """Whether the rules are rows of a table, which has no overrides and no rules written as YAML."""
        rules = self.policy.rules
        return bool(rules) and (rules[0].place.path or "").startswith("row ")

    @cached_property
    def columns(self) -> frozenset[str]:
        """The fields, numbers and facts that some rule tests: a table surely has columns for these."""
        return frozenset(subjects_in(rule.when for rule in self.policy.rules))

    @cached_property
    def _witnesses(self) -> Witnesses:
        from engine.meaning.witnesses.rule_witnesses import Witnesses

        return Witnesses(self.logic)

    def witness(self, rule: int) -> Witness:
        """Return what a situation found without a search shows about a rule; raises `OutOfSteps`."""
        return self._witnesses.witness(rule, self.budget)

    def outcome_at(self, point: Sequence[int]) -> Label:
        """Return the outcome at a point (a cell for each axis), if no fields are tied; raises `OutOfSteps`."""
        self.budget.spend()
        return self._witnesses.outcome_at(point)

    def reset_budget(self) -> None:
        """Start the budget of the warnings, with the steps that the errors have left."""
        self.budget = Budget(max(1, self._whole_budget.left))

    def out_of_steps(self, code: str, what: str) -> Finding:
        """Return the finding that says what could not be determined."""
        steps = f"{self.steps:,} step{'s' if self.steps > 1 else ''}"
        message = f"could not determine within {steps} {what}"
        help_ = "allow more with `--steps` (in Python, `steps=`), or make the policy smaller"
        from engine.analysis.proving.findings import Finding

        return Finding(code, message, (), (self.policy.place,), help_)

    # Outcomes.

    @cached_property
    def tree(self) -> Tree | None:
        """The whole tree; None if the steps do not allow it.

        Its labels are what situations get, or, under `first`, the rules that decide. Under `first` only few steps are
        spent on it, since querying the rules one by one is a cheap alternative.
        """
        steps = self.steps // (8 if self.policy.decision == FIRST else 2)
        return attempt(self.logic.whole.grow, self.logic.areas.whole, Budget(steps, self._whole_budget))

    @cached_property
    def gap(self) -> Query:
        """The query for situations in which no rule stands, in its cheapest form."""
        if self.tree is None:
            return self.logic.gap
        return Query(self.logic.areas, lambda: self.logic.whole, lambda label: label is Ending.GAP)

    @cached_property
    def agree(self) -> bool:
        """Whether rules that stand are known never to disagree.

        Known from the tree or the hit policy; otherwise false until it has been shown pair by pair.
        """
        if self.policy.decision == FIRST:
            return True
        return self.tree is not None and Ending.CONFLICT not in self.tree.labels

    @cached_method
    def lacking(self, number: str) -> Query:
        """Return the query for situations that get an output from a number that has no value there."""
        from engine.meaning.promises.lacking_outputs import lacking

        return lacking(self.policy, self.logic, number)

    def violated(self, guarantee: Invariant) -> Query:
        """Return the query for situations in which what should always hold does not."""
        return self.logic.query([self.logic.condition(guarantee.critical)])

    @cached_method
    def breaking_pairs(self, guarantee: PairGuarantee) -> PairQuery | None:
        """Return the query for the pairs of situations that break a guarantee; None if none can."""
        from engine.meaning.promises.pair_queries import breaking_pairs

        return breaking_pairs(self.policy, guarantee)

    def has_pairs(self, guarantee: Indifference) -> bool:
        """Whether a guarantee is about some pair of possible situations; raises `OutOfSteps`."""
        from engine.meaning.promises.pair_queries import pairs_of

        return self.exists(pairs_of(self.policy, guarantee))

    def broken(self, guarantee: Guarantee) -> Query:
        """Return the query for situations in which a rule stands that a guarantee forbids there."""
        logic = self.logic
        when = logic.condition(guarantee.when)
        if self.policy.decision == FIRST:
            return logic.decided(when, [YES if each.then in guarantee.forbidden else NO for each in self.policy.rules])
        return logic.some_standing(when, self.forbidden(guarantee))

    def breaking(self, guarantee: Guarantee) -> list[int]:
        """Return the rules that stand in some situation in which a guarantee forbids it; raises `OutOfSteps`."""
        logic = self.logic
        when = logic.condition(guarantee.when)
        forbidden = self.forbidden(guarantee)
        if self.policy.decision != FIRST:
            return [rule for rule in forbidden if self.exists(logic.some_standing(when, [rule]))]
        labels: list[Label] = [NO] * len(self.policy.rules)
        for rule in forbidden:
            labels[rule] = rule
        reached = logic.decided(when, labels).labels(self.budget)
        return [rule for rule in forbidden if rule in reached]

    def forbidden(self, guarantee: Guarantee) -> list[int]:
        """Return the rules whose verdict a guarantee forbids."""
        return [place for place, rule in enumerate(self.policy.rules) if rule.then in guarantee.forbidden]

    def hiding(self, rule: int, others: list[int]) -> list[int]:
        """Return a subset of `others`, which together hold wherever `rule` does, that suffices for this.

        Raises `OutOfSteps`.
        """
        query = self.logic.query([self.logic.applies[rule]], [self.logic.applies[each] for each in others])
        area = query.start(self.logic.areas.whole, self.budget)
        if area is None:
            return []
        first = len(self.logic.outs)
        closers = query.descent.closers(area, self.budget)
        return [each for place, each in enumerate(others, start=first) if closers >> place & 1]

    # Counts.

    def count(self, query: Query) -> int | None:
        """Return the number of possible situations that match; None if uncountable or beyond the steps."""
        return self.count_within(self.counting, query.count)

    def count_pairs(self, guarantee: PairGuarantee, breaking: PairQuery) -> int | None:
        """Return the number of pairs of situations that break a guarantee; None as in `count`."""
        from engine.meaning.promises.listed_pairs import ListedPairs

        if not self.logic.space.countable:
            return None
        listed = ListedPairs(self.policy, guarantee, self.logic.space)
        return self.count_within(self.counting, listed.count if listed.is_cheap else breaking.query.count)

    def count_within(self, budget: Budget, count: Callable[[Budget], int]) -> int | None:
        """Return the count, spending at most a share of the budget, so that one hard query leaves steps for others.

        None if it is uncountable or beyond the steps.
        """
        if not self.logic.space.countable:
            return None
        with budget.share(max(1, budget.steps // _SHARE)) as own:
            return attempt(count, own)

    @cached_property
    def counts(self) -> Mapping[Label, int] | None:
        """The number of situations by label of the tree; None if uncountable or beyond the steps."""
        if not self.logic.space.countable or self.tree is None:
            return None
        found = self._counts_by_rule
        return attempt(self.tree.counts, self.logic.areas, Budget(self._others)) if found is None else found

    @property
    def _counts_by_rule(self) -> Mapping[Label, int] | None:
        """As `counts`, of a large chain whose rules tell it; None elsewhere."""
        policy, logic, tree = self.policy, self.logic, self.tree
        is_plain = policy.decision != FIRST and logic.rest is None and not logic.outs
        if logic.areas.steps is None or not is_plain or tree is None or {*map(type, tree.labels)} != {str}:
            return None
        from engine.meaning.chains.exclusive_rules import counts_by_rule

        return counts_by_rule([rule.then for rule in policy.rules], self.count_standing, logic.areas, self.counting)

    @cached_method
    def count_standing(self, rule: int) -> int | None:
        """Return the number of possible situations in which a rule stands; None as in `count`."""
        budget = self.counting_rules
        return self.count_within(budget, self.logic.standing(rule).count) if budget.left else None

    @cached_property
    def situations(self) -> int | None:
        """The number of possible situations; None if uncountable or beyond the steps."""
        if self.counts is not None:
            return sum(many for label, many in self.counts.items() if label is not Ending.IMPOSSIBLE)
        return self.count(self.logic.possible())

    @property
    def all_situations(self) -> int | None:
        """The number of possible situations of the whole policy; None as in `situations`."""
        return self.situations if self._within is None else self._within.situations

    def with_gap(self) -> int | None:
        """Return the number of possible situations without a verdict; None if uncountable or beyond the steps."""
        return self.count(self.gap) if self.counts is None else self.counts.get(Ending.GAP, 0)

    # Examples.

    def example(self, query: Query, shows: Callable[[Mapping[str, Value]], bool]) -> Example:
        """Return the best example of a query, after replaying it by the definition.

        `shows` is the replay: whether the definition confirms the finding for these values.
        """
        from engine.analysis.describing.examples import example
        from engine.meaning.reference import excluded_by

        found = example(query, self.budget)
        if excluded_by(self.policy, found.values) or not shows(found.values):
            raise AssertionError(f"the example {found.values} does not show what was found in `{self.policy.name}`")
        return found

    def shown_by(self, shown: Example, conditions: Iterable[Condition]) -> dict[str, Any]:
        """Return the parts of a finding that an example shows; see `example_parts`."""
        from engine.analysis.describing.example_parts import example_parts

        return example_parts(self.logic, shown, conditions, self.counting)


def _is_written_in(policy: Policy, step: DecisionStep) -> bool:
    """Whether a step or a number stands in the file of a policy, or in none."""
    return step.origin is None and step.place.file == policy.place.file
