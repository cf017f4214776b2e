"""The definition of what a policy means, evaluated rule by rule on complete situations.

It is written to be read, not to be fast: everything faster must agree with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.language.model.condition_tree import (
    COMPARE,
    DATE_OPS,
    EQUAL_OPS,
    NEGATIVE_OPS,
    ORDER_OPS,
    All,
    Compare,
    Condition,
    Holds,
    Not,
    Some,
)
from engine.language.model.field_kinds import ANY_OF, NOT_ASKED, Value
from engine.language.model.policy import FIRST, Policy
from engine.language.model.policy_parts import Fact, Impossible, Rule
from engine.meaning.outcomes import Outcome, with_outputs
from engine.meaning.reference_numbers import amount, value_of

if TYPE_CHECKING:
    from fractions import Fraction

    from engine.language.model.relations.decision_steps import DecisionStep


class Situation:
    """A complete situation, and what follows from it. Facts that are `ruled_out` are known not to hold."""

    def __init__(self, policy: Policy, values: Mapping[str, Value], ruled_out: Iterable[str] = ()) -> None:
        self.policy, self.values = policy, values
        self.facts = dict.fromkeys(ruled_out, False)
        self.numbers: dict[str, Fraction | None] = {}
        self.steps: dict[str, Outcome] = {}
        of_steps = policy.step_facts if policy.steps else {}
        for each in (each for each in policy.derived_in_order if each.name not in self.facts):
            if each.name in of_steps:
                self.facts[each.name] = self._says(of_steps[each.name][0], each.name)
            elif isinstance(each, Fact):
                self.facts[each.name] = self.holds(each.when)
            else:
                self.numbers[each.name] = value_of(each, self.amount, self.holds)

    @property
    def fault(self) -> Outcome | None:
        """The outcome of the first step that has none or several; None if there is no such step."""
        outcomes = (self.steps[step.name] for step in self.policy.steps_in_order)
        return next((each for each in outcomes if each.verdict is None), None)

    def _says(self, step: DecisionStep, fact: str) -> bool:
        """Whether a fact about a step holds: that a rule of it applies, or what it comes to."""
        rule = step.rule_of(fact)
        if rule is not None:
            return self.holds(rule.when)
        if step.name not in self.steps:
            applies = [rule for fact, rule in step.rule_facts.items() if self.facts[fact] and not rule.otherwise]
            found = self._outcome(step, applies, step.options)
            disputed = step.disputed(found.stands) if len(found.verdicts) == 1 else ()
            self.steps[step.name] = replace(found, step=step.name, disputed=disputed)
        return step.says(fact, self.steps[step.name].stands)

    def outcome(self, rules: Iterable[Rule]) -> Outcome:
        """Return the outcome of some rules of the policy; that of the first step that has none or several, if any."""
        if self.fault is not None:
            return self.fault
        applies = [rule for rule in rules if not rule.otherwise and self.holds(rule.when)]
        found = self._outcome(self.policy, applies, self.policy.verdict)
        return found if len(found.verdicts) != 1 else with_outputs(found, self.policy, self.numbers)

    def _outcome(self, decided: Policy | DecisionStep, rules: Iterable[Rule], verdicts: Iterable[str]) -> Outcome:
        """Return the outcome of a policy or a step where some rules apply; its verdicts or outcomes are in order."""
        applies = tuple(rule.name for rule in rules) or tuple(rule.name for rule in decided.rules if rule.otherwise)
        if decided.decision == FIRST:
            stands = applies[:1]
        else:
            stands = tuple(rule for rule in applies if not set(decided.overriders[rule]) & set(applies))
        given = {decided.rule[rule].then for rule in stands}
        return Outcome(applies, stands, tuple(verdict for verdict in verdicts if verdict in given))

    def holds(self, condition: Condition) -> bool:
        """Whether a condition of the policy holds in this situation."""
        if isinstance(condition, All):
            return all(self.holds(part) for part in condition.parts)
        if isinstance(condition, Some):
            return any(self.holds(part) for part in condition.parts)
        if isinstance(condition, Not):
            return not self.holds(condition.part)
        if isinstance(condition, Holds):
            return self.facts[condition.fact] == condition.expected
        if isinstance(condition, Compare) and condition.op == "known":
            return self.is_known(condition.name) == condition.value
        if isinstance(condition, Compare) and condition.op == "asked":
            return self.is_asked(condition.name) == condition.value
        compare = COMPARE[condition.op]
        if not isinstance(condition, Compare):
            one, other = self.amount(condition.name), self.amount(condition.other)
            return one is not None and other is not None and compare(one - other, 0)
        if condition.name in self.numbers:
            number = self.numbers[condition.name]
            return number is not None and compare(number, condition.value)
        field, value = self.policy.field[condition.name], self.values[condition.name]
        # Equality and membership know `none` as one of the answers; nothing else holds without a value.
        if not self.is_known(field.name) and condition.op in (*ORDER_OPS, *DATE_OPS):
            return False
        if condition.op in NEGATIVE_OPS and not self.is_asked(field.name):
            return False
        if field.ordered and condition.op not in EQUAL_OPS:
            return compare(field.options.index(str(value)), field.options.index(str(condition.value)))
        return compare(value, condition.value)

    def is_known(self, name: str) -> bool:
        """Whether a field or derived number has a value."""
        if name in self.numbers:
            return self.numbers[name] is not None
        return not self.policy.field[name].lacks(self.values[name])

    def is_asked(self, name: str) -> bool:
        """Whether the question of a field is asked."""
        value = self.values[name]
        if self.policy.field[name].kind == ANY_OF:
            return isinstance(value, tuple) and NOT_ASKED not in value
        return value != NOT_ASKED

    def amount(self, name: str) -> Fraction | None:
        """Return the value of a derived number, or that of a field as a fraction; None if there is no value."""
        if name in self.numbers:
            return self.numbers[name]
        return amount(self.values[name]) if self.is_known(name) else None


def excluded_by(policy: Policy, values: Mapping[str, Value]) -> tuple[Impossible, ...]:
    """Return the policy's impossible combinations that match a complete situation; none if it is possible."""
    situation = Situation(policy, values)
    return tuple(each for each in policy.impossible if situation.holds(each.when))


def outcome(policy: Policy, values: Mapping[str, Value]) -> Outcome:
    """Return the outcome of a complete situation."""
    return Situation(policy, values).outcome(policy.rules)
