"""What does each part of a policy say as a formula, and which descent answers a question about it?

The meaning is `reference.py`'s, said for all situations at once. Questions about one or two rules look only at the
rules whose boxes meet theirs: those are found for all rules together, axis by axis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.language.model.circles import find_cycles
from engine.language.model.condition_tree import All, Compare, Condition, Holds, Not, Some, Versus
from engine.language.model.policy import FIRST, Policy
from engine.meaning.cubes import Clauses, as_bits
from engine.meaning.formulas import TRUE, Formulas
from engine.meaning.hit_policies import Both, Ending, First, Judge, Label, Standing, Unique
from engine.meaning.overlaps import Boxes
from engine.meaning.queries import NO, YES, Question
from engine.meaning.spaces.areas import Areas, bits
from engine.meaning.spaces.space import Space
from engine.meaning.tree import Descent
from engine.threads import cached_property


class Ground(NamedTuple):
    """What policies that are looked at together share: the areas of one space, and the formulas over it."""

    areas: Areas
    formulas: Formulas


def common_ground(*policies: Policy) -> Ground:
    """The ground of all situations that the fields of these policies allow."""
    space = Space(*policies)
    return Ground(Areas(space), Formulas(space))


class Logic:
    """The formulas of one policy over its space, and the descents over its rules; rules go by their place in it."""

    def __init__(self, policy: Policy, ground: Ground | None = None, known: Logic | None = None) -> None:
        """`known` is the logic of a policy on the same ground with the very same facts: what it worked out is kept."""
        self.policy = policy
        self.areas, self.formulas = ground or common_ground(policy)
        self.space = self.areas.space
        self._facts: dict[str, int] = {}
        self._stands: dict[int, int] = {}
        self._conditions: dict[int, tuple[Condition, int]] = dict(known._conditions) if known else {}
        for fact in policy.facts_in_order:
            self._facts[fact.name] = self.condition(fact.when)
        self.applies = [self.condition(rule.when) for rule in policy.rules]
        self.impossible = [self.condition(each.when) for each in policy.impossible]
        self.place = {rule.name: place for place, rule in enumerate(policy.rules)}
        self.overrides = {
            place: as_bits(self.place[each.rule] for each in rule.overrides)
            for place, rule in enumerate(policy.rules)
            if rule.overrides
        }

    def condition(self, condition: Condition) -> int:
        """The formula of a condition; worked out once for each that the policy holds."""
        known = self._conditions.get(id(condition))
        if known is None:
            # Kept together with the condition, so that no other can come to have its identity.
            known = self._conditions[id(condition)] = condition, self._formula(condition)
        return known[1]

    def _formula(self, condition: Condition) -> int:
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
        return formulas.conjunction([formulas.literal(axis, mask) for axis, mask in self.literals(condition)])

    def literals(self, test: Compare | Versus) -> Iterable[tuple[int, int]]:
        """The axes and the masks of their cells on which a comparison holds."""
        return self.space.literal(self.policy, test)

    @property
    def said(self) -> dict[str, tuple[int, str, frozenset[str]]]:
        """What each rule says, by its name: where it applies, its verdict, and what it overrides."""
        return {
            rule.name: (formula, rule.then, frozenset(each.rule for each in rule.overrides))
            for rule, formula in zip(self.policy.rules, self.applies, strict=True)
        }

    def is_possible_box(self, formula: int) -> bool:
        """Whether a formula is no more than tests of axes that no sum ties together: some situation meets them all."""
        tests, rest = self.formulas.terms(formula)
        return rest == TRUE and self.areas.group_of.keys().isdisjoint(tests)

    # Which rules have to do with each other.

    @cached_property
    def boxes(self) -> Boxes:
        """The boxes of the rules, by their place."""
        return Boxes([self.formulas.terms(formula)[0] for formula in self.applies])

    @cached_property
    def _hidden(self) -> dict[int, int]:
        """Under `first`, the rules that one earlier rule hides alone, being a box around theirs, with the first such.

        Whatever a hidden rule could keep from standing, the rule that hides it keeps from standing too.
        """
        if self.policy.decision != FIRST:
            return {}
        plain = as_bits(rule for rule, formula in enumerate(self.applies) if self.formulas.terms(formula)[1] == TRUE)
        rules = range(len(self.applies))
        hiding = ((rule, self.boxes.containing(rule) & plain & ((1 << rule) - 1)) for rule in rules)
        return {rule: bits(earlier & -earlier)[0] for rule, earlier in hiding if earlier}

    @cached_property
    def _in_force(self) -> int:
        """All rules but the hidden ones."""
        return ((1 << len(self.applies)) - 1) & ~as_bits(self._hidden)

    def neighbours(self, rule: int) -> int:
        """The other rules that may apply where a rule does."""
        return self.boxes.meeting(rule) & ~(1 << rule)

    def stronger(self, rule: int) -> list[int]:
        """The rules that may keep a rule from standing where it applies; between them they say all that all could."""
        near = self.neighbours(rule)
        if self.policy.decision == FIRST:
            hiding = self._hidden.get(rule)
            return [hiding] if hiding is not None else bits(near & self._in_force & ((1 << rule) - 1))
        names = self.policy.overriders[self.policy.rules[rule].name]
        return [place for name in names if (place := self.place[name]) == rule or near >> place & 1]

    # Descents.

    @cached_property
    def outcomes(self) -> Descent:
        """Every situation's outcome: a verdict, or an `Ending`."""
        return self.descent(bits(self._in_force))

    @cached_property
    def deciders(self) -> Descent:
        """Under `first`, the rule that decides each situation."""
        rules = bits(self._in_force)
        labels = self._labels(self.policy.rules[rule].name for rule in rules)
        return Descent(self._clauses([self.applies[rule] for rule in rules]), First(labels, Ending.GAP))

    @cached_property
    def standings(self) -> Descent:
        """The rules that decide each situation, as the tuple of their names, or an `Ending`."""
        rules = bits(self._in_force)
        names = [self.policy.rules[rule].name for rule in rules]
        judge: Judge
        if self.policy.decision == FIRST:
            judge = First(self._labels((name,) for name in names), Ending.GAP)
        else:
            judge = Standing(self._labels(names), self._overrides_among(rules), len(self.impossible))
        return Descent(self._clauses([self.applies[rule] for rule in rules]), judge)

    def descent(self, rules: Iterable[int]) -> Descent:
        """The outcomes as if there were no other rules than these."""
        rules = list(rules)
        return Descent(self._clauses([self.applies[rule] for rule in rules]), self.judge(rules))

    @cached_property
    def gap(self) -> Question:
        """The possible situations in which no rule stands.

        Unless overrides run in a circle, that is where none applies: of those that do, one is overridden by no other.
        """
        overrides = {rule.name: [each.rule for each in rule.overrides] for rule in self.policy.rules}
        return self.outcome(Ending.GAP) if find_cycles(overrides) else self.question([], self.applies)

    def outcome(self, ending: Label) -> Question:
        """The situations with one outcome."""
        return Question(self.areas, lambda: self.outcomes, lambda label: label == ending)

    def changed_without(self, rule: int) -> Question:
        """The possible situations that get another outcome when a rule is left out."""
        rules = sorted([rule, *bits(self.neighbours(rule))])
        left = [each for each in rules if each != rule]
        outs = self.impossible
        before, after = [self.applies[each] for each in rules], [self.applies[each] for each in left]
        judge = Both(self.judge(rules), len(outs) + len(rules), self.judge(left))
        both = Descent(Clauses(self.areas, self.formulas, [*outs, *before, *outs, *after]), judge)
        return Question(self.areas, lambda: both, differs, self.formulas.terms(self.applies[rule])[0])

    def _clauses(self, formulas: Sequence[int]) -> Clauses:
        return Clauses(self.areas, self.formulas, [*self.impossible, *formulas])

    def judge(self, rules: Sequence[int]) -> Judge:
        """Reads the impossible combinations and these rules, in that order."""
        labels = self._labels([self.policy.rules[rule].then for rule in rules])
        if self.policy.decision == FIRST:
            return First(labels, Ending.GAP)
        return Unique(labels, self._overrides_among(rules), len(self.impossible))

    def _labels(self, labels: Iterable[Label]) -> list[Label]:
        return [*[Ending.IMPOSSIBLE] * len(self.impossible), *labels]

    def _overrides_among(self, rules: Sequence[int]) -> dict[int, int]:
        """Which of these rules override which, by their places among the clauses."""
        clause = {rule: len(self.impossible) + place for place, rule in enumerate(rules)}
        return {
            clause[rule]: as_bits(clause[other] for other in bits(self.overrides[rule]) if other in clause)
            for rule in rules
            if rule in self.overrides
        }

    # Questions.

    def question(
        self, all_of: Iterable[int], none_of: Iterable[int] = (), any_of: Sequence[int] | None = None
    ) -> Question:
        """The possible situations in which all of some formulas hold, none of others, and one of a last list."""
        return self._question(self.impossible, all_of, none_of, any_of)

    def question_of_all(self, all_of: Iterable[int]) -> Question:
        """The situations, possible or not, in which all of some formulas hold."""
        return self._question((), all_of, (), None)

    def _question(
        self, outs: Sequence[int], all_of: Iterable[int], none_of: Iterable[int], any_of: Sequence[int] | None
    ) -> Question:
        formulas, negation = self.formulas, self.formulas.negation
        whole = formulas.conjunction(all_of)
        core, rest = formulas.terms(whole)
        joined, parts = formulas.parts(rest)
        against = [*none_of, *(negation[each] for each in (parts if joined else (rest,)))]

        def descent() -> Descent:
            beyond = [negation[each] for each in formulas.parts(whole)[1] if formulas.is_literal(each)] if core else []
            clauses = Clauses(self.areas, self.formulas, [*outs, *against, *beyond, *(any_of or ())])
            labels: list[Label] = [Ending.IMPOSSIBLE] * len(outs) + [NO] * (len(against) + len(beyond))
            if any_of is None:
                return Descent(clauses, First(labels, YES))
            return Descent(clauses, First([*labels, *[YES] * len(any_of)], NO))

        return Question(self.areas, descent, core=core, plain=not outs and not against and any_of is None)

    def standing(self, *rules: int) -> Question:
        """The possible situations in which all of these rules stand."""
        stronger = {each for rule in rules for each in self.stronger(rule)}
        return self.question([self.applies[rule] for rule in rules], [self.applies[each] for each in sorted(stronger)])

    def stands(self, rule: int) -> int:
        """The formula of the situations in which a rule stands."""
        if rule not in self._stands:
            formulas = self.formulas
            stronger = formulas.disjunction(self.applies[each] for each in self.stronger(rule))
            self._stands[rule] = formulas.conjunction([self.applies[rule], formulas.negation[stronger]])
        return self._stands[rule]


def differs(label: Label) -> bool:
    """Whether the two outcomes of a pair are not the same, as one conflict is the same as another."""
    return isinstance(label, tuple) and label[0] != label[1]


def logic_of(policy: Policy) -> Logic:
    """The logic of a policy by itself, worked out once and kept with it; to be used by one thread at a time."""
    kept: Logic | None = policy.memo.get("logic")
    if kept is None:
        kept = policy.memo["logic"] = Logic(policy)
    return kept
