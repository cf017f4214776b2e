"""What does each part of a policy say as a formula: when a rule applies, when it stands, which verdict is given?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from engine.language.circles import find_circles
from engine.language.policy import FIRST, All, Condition, Holds, Not, Policy, Rule, Some
from engine.meaning.formulas import FALSE, TRUE, Formulas
from engine.meaning.space import Space


class Logic:
    """The formulas of one policy over its space; the meaning is `reference.py`'s, said for all situations at once."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.space = Space(policy)
        self.formulas = Formulas(self.space)
        self._facts: dict[str, int] = {}
        for fact in policy.facts_in_order:
            self._facts[fact.name] = self.condition(fact.when)
        self.applies = {rule.name: self.condition(rule.when) for rule in policy.rules}

    def condition(self, condition: Condition) -> int:
        """The formula of a condition."""
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
        return formulas.conjunction([formulas.literal(axis, mask) for axis, mask in self.space.literal(condition)])

    @cached_property
    def possible(self) -> int:
        """True in every situation that no `impossible` excludes."""
        return self.none_of(self.condition(each.when) for each in self.policy.impossible)

    def none_of(self, formulas: Iterable[int]) -> int:
        return self.formulas.negation[self.formulas.disjunction(formulas)]

    def stands(self, without: str | None = None) -> dict[str, int]:
        """For each rule (but one that is left out) the formula of the situations in which it stands."""
        rules = [rule for rule in self.policy.rules if rule.name != without]
        if self.policy.decision == FIRST:
            return self._first_stands(rules)
        found = {}
        for rule in rules:
            stronger = [self.applies[name] for name in self.policy.overriders[rule.name] if name != without]
            found[rule.name] = self.formulas.conjunction([self.applies[rule.name], self.none_of(stronger)])
        return found

    def _first_stands(self, rules: list[Rule]) -> dict[str, int]:
        found = {}
        open_still = TRUE
        for rule in rules:
            found[rule.name] = self.formulas.conjunction([open_still, self.applies[rule.name]])
            open_still = self.formulas.conjunction([open_still, self.formulas.negation[self.applies[rule.name]]])
        return found

    def given(self, stands: dict[str, int]) -> dict[str, int]:
        """For each verdict the formula of the situations in which some standing rule gives it."""
        found = {}
        for verdict in self.policy.verdicts:
            giving = [
                stands[rule.name] for rule in self.policy.rules if rule.then == verdict.name and rule.name in stands
            ]
            found[verdict.name] = self.formulas.disjunction(giving)
        return found

    def decided(self, given: dict[str, int]) -> dict[str, int]:
        """For each verdict the formula of the situations in which it is the only one given."""
        found = {}
        for verdict in given:
            others = self.none_of(formula for name, formula in given.items() if name != verdict)
            found[verdict] = self.formulas.conjunction([given[verdict], others])
        return found

    def gap(self, stands: dict[str, int]) -> int:
        """True where no rule stands. Unless overrides run in a circle, that is where none applies: of the rules that
        apply, some one is overridden by no other."""
        if self._circular:
            return self.none_of(stands.values())
        return self.none_of(self.applies[name] for name in stands)

    @cached_property
    def _circular(self) -> bool:
        return bool(find_circles({rule.name: [each.rule for each in rule.overrides] for rule in self.policy.rules}))

    def conflict(self, stands: dict[str, int], given: dict[str, int]) -> int:
        """True where standing rules disagree: where something is given, and no verdict is the only one."""
        if self.policy.decision == FIRST:
            return FALSE
        return self.none_of([self.gap(stands), *self.decided(given).values()])
