"""A policy as formulas over its space, and the descents that answer queries about it.

The meaning is that of `reference.py`, for all situations at once. Queries about one or two rules only look at rules
whose boxes meet theirs; these are found for all rules together, axis by axis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.budget import Budget, attempt
from engine.language.model.condition_tree import ABOUT_VALUES, All, Compare, Condition, Holds, Not, Some, Versus
from engine.language.model.policy import FIRST, Policy
from engine.meaning.cubes import Cubes, as_bits
from engine.meaning.descent import Descent
from engine.meaning.formula_store import TRUE
from engine.meaning.formulas import Ground, common_ground
from engine.meaning.hit_policies import Ending, First, Label, RuleList
from engine.meaning.overlaps import Boxes, meet
from engine.meaning.queries import NO, YES, Query, Requirements
from engine.meaning.spaces.areas import bits
from engine.threads import cached_method, cached_property

if TYPE_CHECKING:
    from engine.language.model.relations.decision_steps import StepFault
    from engine.meaning.chains.large_chains import LargeChain

# The limit for finding out whether a step is faulty somewhere; beyond, it is taken to be.
FAULT_STEPS = 300_000
# With more rules in a policy and its steps together, what conditions read of the steps is not written out.
MOST_WRITTEN_OUT = 50


class Logic(RuleList):
    """The formulas of one policy over its space, and the descents over its rules, which are referred to by index."""

    def __init__(self, policy: Policy, ground: Ground | None = None, known: Logic | None = None, but: int = 0) -> None:
        """Build the formulas of a policy.

        Args:
            policy: The policy.
            ground: The areas and formulas to use; by default those of the policy's own space.
            known: The logic of a policy with identical facts on the same ground, whose formulas are reused.
            but: Axes, as a bit mask; formulas that mention one of them are not reused.
        """
        self.policy = policy
        self.areas, self.formulas = ground or common_ground(policy)
        self.space = self.areas.space
        self._facts: dict[str, int] = {}
        self._overriding: dict[int, tuple[int, ...]] = {}
        self._comparisons: dict[tuple[type, str, str, object], int] = {}
        if known is not None and known.policy.numbers is policy.numbers:
            self._comparisons.update(known._comparisons)
        self._conditions: dict[int, tuple[Condition, int]] = dict(known._conditions) if known else {}
        if but:
            axes = self.formulas.axes
            self._comparisons = {key: each for key, each in self._comparisons.items() if not axes[each] & but}
            self._conditions = {key: each for key, each in self._conditions.items() if not axes[each[1]] & but}
        steps = self.areas.steps
        cells = {} if steps is None else steps.cells_of(policy)
        for fact in policy.facts_in_order:
            cell = cells.get(fact.name)
            self._facts[fact.name] = self.condition(fact.when) if cell is None else self.formulas.literal(*cell)
        self.applies = [self.condition(rule.when) for rule in policy.rules]
        self.impossible = [self.condition(each.when) for each in policy.impossible]
        # A copy with other rules has the same faults.
        like = known.policy if known and known.policy.steps is policy.steps else policy
        faults = faults_of(like if like.impossible is policy.impossible else policy) if policy.steps else ()
        self.faults = [(self.condition(test), Ending(fault)) for test, fault in faults]
        self.outs = [*self.impossible, *(formula for formula, _ in self.faults)]
        self.out_labels: list[Label] = [Ending.IMPOSSIBLE] * len(self.impossible)
        self.out_labels += [ending for _, ending in self.faults]
        self.place = {rule.name: place for place, rule in enumerate(policy.rules)}
        # Under `unique`, the rule that applies where no other one does. Its formula holds everywhere.
        is_last = policy.decision == FIRST or policy.otherwise is None
        self.rest = None if is_last else self.place[policy.otherwise or ""]
        self.overrides = {
            place: as_bits(self.place[name] for name in policy.weaker[rule.name])
            for place, rule in enumerate(policy.rules)
            if policy.weaker[rule.name]
        }

    def condition(self, condition: Condition) -> int:
        """Return the formula of a condition; computed once per condition object."""
        known = self._conditions.get(id(condition))
        if known is None:
            # The condition is kept alive with its formula, since the key is its identity.
            known = self._conditions[id(condition)] = condition, self._formula(condition)
        return known[1]

    def _formula(self, condition: Condition) -> int:
        """Translate a condition to a formula."""
        formulas = self.formulas
        if isinstance(condition, All):
            return formulas.conjunction([self.condition(part) for part in condition.parts])
        if isinstance(condition, Some):
            return formulas.disjunction([self.condition(part) for part in condition.parts])
        if isinstance(condition, Not):
            return formulas.negation[self.condition(condition.part)]
        if isinstance(condition, Holds):
            fact = self._facts[condition.fact]
            return fact if condition.expected else formulas.negation[fact]
        if isinstance(condition, Compare) and condition.op in ABOUT_VALUES and condition.value is False:
            return formulas.negation[self.condition(replace(condition, value=True))]
        # Rows of a table often repeat a comparison; only its formula is kept, since masks may be long.
        other = condition.value if isinstance(condition, Compare) else condition.other
        key = (type(condition), condition.name, condition.op, other)
        found = self._comparisons.get(key)
        if found is None and isinstance(condition, Compare) and condition.name in self.policy.nonlinear:
            from engine.meaning.spaces.lowering import in_order, lowered

            # Part by part, since what points come to may be nested deeper than Python's recursion limit.
            whole = lowered(self.policy, condition)
            for part in in_order(whole, self._conditions):
                self.condition(part)
            found = self._comparisons[key] = self.condition(whole)
        if found is None:
            join = formulas.disjunction if condition.op == "includes_any" else formulas.conjunction
            found = join([formulas.literal(axis, mask) for axis, mask in self.literals(condition)])
            self._comparisons[key] = found
        return found

    def literals(self, test: Compare | Versus) -> Iterable[tuple[int, int]]:
        """Return the literals of a comparison as pairs of axis and mask of cells.

        All must hold, or for `includes_any` one of them.
        """
        return self.space.literal(self.policy, test)

    def is_possible_box(self, formula: int) -> bool:
        """Whether a formula only tests axes outside tied fields, one by one, so that some situation satisfies it."""
        tests, rest = self.formulas.terms(formula)
        return rest == TRUE and self.areas.is_free(tests)

    @cached_property
    def free_boxes(self) -> int:
        """The rules that stand wherever their boxes are, as a bit mask.

        Nothing is impossible, they test no tied fields, and nothing overrides them: two of them stand together if their
        boxes meet.
        """
        if self.outs or self.policy.decision == FIRST:
            return 0
        overriders = self.policy.overriders
        rules = zip(self.policy.rules, self.applies, strict=True)
        free = (self.is_possible_box(formula) and not overriders[rule.name] for rule, formula in rules)
        return as_bits(place for place, is_free in enumerate(free) if is_free and place != self.rest)

    @cached_property
    def boxes(self) -> Boxes:
        """The boxes of the rules, by rule index."""
        return Boxes([self.formulas.terms(formula)[0] for formula in self.applies])

    @cached_property
    def _hidden(self) -> dict[int, int]:
        """Under `first`, maps each rule whose box lies within that of one earlier rule to the first such rule.

        Whatever a hidden rule could keep from standing, the rule that hides it does as well.
        """
        if self.policy.decision != FIRST:
            return {}
        plain = as_bits(rule for rule, formula in enumerate(self.applies) if self.formulas.terms(formula)[1] == TRUE)
        rules = range(len(self.applies))
        hiding = ((rule, self.boxes.containing(rule) & plain & ((1 << rule) - 1)) for rule in rules)
        return {rule: bits(earlier & -earlier)[0] for rule, earlier in hiding if earlier}

    @cached_property
    def _in_force(self) -> int:
        """All rules but the hidden ones, as a bit mask."""
        return ((1 << len(self.applies)) - 1) & ~as_bits(self._hidden)

    def neighbours(self, rule: int) -> int:
        """Return the other rules that may apply where this rule applies, as a bit mask."""
        if rule == self.rest:
            return 0
        return self.boxes.meeting(rule) & ~(1 << rule) & ~(0 if self.rest is None else 1 << self.rest)

    def others(self, rule: int) -> int:
        """Return all rules but one, as a bit mask."""
        return ((1 << len(self.applies)) - 1) & ~(1 << rule)

    def stronger(self, rule: int) -> list[int]:
        """Return rules that together can keep a rule from standing exactly where all rules together can."""
        if self.policy.decision == FIRST:
            hiding = self._hidden.get(rule)
            if hiding is not None:
                return [hiding]
            return bits(self.neighbours(rule) & self._in_force & ((1 << rule) - 1))
        if rule == self.rest:
            return bits(self.others(rule))
        if rule not in self._overriding:
            names = self.policy.overriders[self.policy.rules[rule].name]
            near = self.neighbours(rule) if names else 0
            found = (self.place[name] for name in names)
            self._overriding[rule] = tuple([place for place in found if place == rule or near >> place & 1])
        return list(self._overriding[rule])

    @cached_property
    def outcomes(self) -> Descent:
        """The descent whose labels are the outcomes of situations: a verdict, or an `Ending`."""
        return self.descent(bits(self._in_force))

    @cached_property
    def yields(self) -> Descent:
        """The descent whose labels are what situations get: as `outcomes`, or a `Yield` where rules have outputs."""
        rules = bits(self._in_force)
        return Descent(self._cubes([self.applies[rule] for rule in rules]), self.yielding(rules))

    @cached_property
    def deciders(self) -> Descent:
        """The descent whose label is, under `first`, the rule that decides a situation, or an `Ending`."""
        rules = bits(self._in_force)
        labels = self._labels(self.policy.rules[rule].name for rule in rules)
        return Descent(self._cubes([self.applies[rule] for rule in rules]), First(labels, Ending.GAP))

    @property
    def whole(self) -> Descent:
        """The descent of a whole proof: its labels say what is given, or, under `first`, which rule decides."""
        return self.deciders if self.policy.decision == FIRST else self.yields

    @cached_property
    def standings(self) -> Descent:
        """The descent whose label is the tuple of names of the rules that stand, or an `Ending`."""
        rules = bits(self._in_force)
        return Descent(self._cubes([self.applies[rule] for rule in rules]), self._standing_policy(rules))

    def descent(self, rules: Iterable[int]) -> Descent:
        """Return the descent for outcomes as if the policy had only these rules."""
        rules = list(rules)
        return Descent(self._cubes([self.applies[rule] for rule in rules]), self.hit_policy(rules))

    @cached_property
    def gap(self) -> Query:
        """The query for possible situations in which no rule stands.

        Unless overrides form a cycle, these are the situations in which no rule applies: of the rules that apply, one
        is overridden by no other.
        """
        return self.outcome(Ending.GAP) if self.policy.circles else self.query([], self.applies)

    def outcome(self, ending: Label) -> Query:
        """Return the query for situations with one outcome."""
        return Query(self.areas, lambda: self.outcomes, lambda label: label == ending)

    def _cubes(self, formulas: Sequence[int]) -> Cubes:
        return Cubes(self.areas, self.formulas, [*self.outs, *formulas])

    def some_standing(self, when: int, rules: Sequence[int]) -> Query:
        """Return the query for possible situations of a formula in which one of some rules stands, under `unique`."""
        first_of: list[tuple[int, Label]] = [(self.stands(rule), YES) for rule in rules if rule != self.rest]
        if self.rest is None or self.rest not in rules:
            return self.question(self.outs, [when], (), first_of, NO)
        first_of += [(self.applies[rule], NO) for rule in bits(self.others(self.rest))]
        return self.question(self.outs, [when], (), first_of, YES)

    def query(self, all_of: Iterable[int], none_of: Iterable[int] = (), any_of: Sequence[int] | None = None) -> Query:
        """Return the query for possible situations that satisfy all of some formulas, none of others, and one of a last
        list.
        """
        all_of, none_of = tuple(all_of), tuple(none_of)
        one_of = None if any_of is None else tuple(any_of)
        requirements = Requirements(self.formulas, all_of, (*self.outs, *none_of), one_of)
        if one_of is None:
            return self.question(self.outs, all_of, none_of, [], YES, requirements)
        return self.question(self.outs, all_of, none_of, [(each, YES) for each in one_of], NO, requirements)

    def possible(self, *all_of: int) -> Query:
        """Return the query for possible situations that satisfy all of some formulas, also with faulty steps."""
        return self.question(self.impossible, all_of, (), [], YES)

    def query_of_all(self, all_of: Iterable[int]) -> Query:
        """Return the query for situations, possible or not, that satisfy all of some formulas."""
        return self.question((), all_of, (), [], YES)

    def decided(self, when: int, labels: Sequence[Label]) -> Query:
        """Return the query for possible situations of a formula by the label of the rule that decides under `first`.

        `labels` has a label for each rule; where no rule applies, the label is `NO`. `YES` is wanted.
        """
        core = self.formulas.terms(when)[0]
        near = [rule for rule in bits(self._in_force) if meet(self.boxes.boxes[rule], core)]
        return self.question(self.outs, [when], (), [(self.applies[rule], labels[rule]) for rule in near], NO)

    def question(
        self,
        outs: Sequence[int],
        all_of: Iterable[int],
        none_of: Iterable[int],
        first_of: Sequence[tuple[int, Label]],
        otherwise: Label,
        requirements: Requirements | None = None,
    ) -> Query:
        """Return a query: the literals of `all_of` are its core, everything else becomes cubes.

        Where all of `all_of` and none of `none_of` hold, the first formula of `first_of` that holds gives its label; if
        none does, the label is `otherwise`. `requirements` is as in `Query`.
        """
        formulas, negation = self.formulas, self.formulas.negation
        whole = formulas.conjunction(all_of)
        core, rest = formulas.terms(whole)
        joined, parts = formulas.parts(rest)
        against = [*none_of, *(negation[each] for each in (parts if joined else (rest,)))]

        def descent() -> Descent:
            beyond = [negation[each] for each in formulas.parts(whole)[1] if formulas.is_literal(each)] if core else []
            cubes = Cubes(self.areas, self.formulas, [*outs, *against, *beyond, *(each for each, _ in first_of)])
            refused = [*self.out_labels[: len(outs)], *[NO] * (len(against) + len(beyond))]
            return Descent(cubes, First([*refused, *(label for _, label in first_of)], otherwise))

        plain = not (outs or against or first_of) and otherwise == YES
        return Query(self.areas, descent, core=core, plain=plain, requirements=requirements)

    def standing(self, *rules: int) -> Query:
        """Return the query for possible situations in which all of these rules stand."""
        stronger = {each for rule in rules for each in self.stronger(rule)}
        return self.query([self.applies[rule] for rule in rules], [self.applies[each] for each in sorted(stronger)])

    @cached_method
    def stands(self, rule: int) -> int:
        """Return the formula of the situations in which a rule stands."""
        stronger = self.formulas.disjunction(self.applies[each] for each in self.stronger(rule))
        return self.formulas.conjunction([self.applies[rule], self.formulas.negation[stronger]])


def logic_of(policy: Policy) -> Logic:
    """Return the logic of a policy, cached on the policy; use it from one thread at a time."""
    return policy.keep(Logic)


def faults_of(policy: Policy) -> tuple[tuple[Holds, StepFault], ...]:
    """Return the tests for faulty steps that some possible situation may meet, in the order of the steps."""
    steps = () if policy.memo.has_sound_steps else policy.steps_in_order
    return tuple(fault for step in steps for fault in policy.keep(_faults_of_step, step.name))


def large_chain_of(policy: Policy) -> LargeChain[Logic] | None:
    """Return how the steps of a large policy stand for themselves in its proof, cached on the policy.

    None where what conditions read of the steps is written out.
    """
    rules = len(policy.rules) + sum(len(step.rules) for step in policy.steps)
    return policy.keep(_large_chain) if policy.steps and rules > MOST_WRITTEN_OUT else None


def _large_chain(policy: Policy) -> LargeChain[Logic] | None:
    from engine.meaning.chains.large_chains import open_chain

    return open_chain(policy, Logic, FAULT_STEPS)


def _faults_of_step(policy: Policy, name: str) -> tuple[tuple[Holds, StepFault], ...]:
    chain = large_chain_of(policy)
    if chain is not None:
        return chain.faults[name]
    logic = logic_of(policy_of_step(policy, name))
    labels = attempt(logic.outcomes.labels, logic.areas.whole, Budget(FAULT_STEPS))
    return tuple(each for each in policy.step[name].faults if labels is None or Ending(each[1]) in labels)


def policy_of_step(policy: Policy, name: str) -> Policy:
    """Return the policy that decides a step, cached on the policy; its verdicts are the outcomes of the step.

    It has the steps before that one; situations in which one of these has none or several outcomes are impossible.
    """
    chain = None if policy.memo.has_sound_steps else large_chain_of(policy)
    if chain is not None:
        return chain.logics[name].policy
    return policy.keep(_policy_of_step, name)


def _policy_of_step(policy: Policy, name: str) -> Policy:
    from engine.meaning.chains.step_policies import make_policy_of_step

    earlier = policy.steps_in_order[: policy.steps_in_order.index(policy.step[name])]
    known = () if policy.memo.has_sound_steps else earlier
    faults = {test for step in known for test, _ in policy.keep(_faults_of_step, step.name)}
    return make_policy_of_step(policy, policy.step[name], earlier, faults)
