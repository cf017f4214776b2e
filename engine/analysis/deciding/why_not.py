"""Reasons why a rule does not decide a record: the tests that fail, or the rules that take precedence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine.analysis.deciding.completions import Completions
from engine.budget import attempt
from engine.frozen import data_of, frozen_value
from engine.language.model.condition_tree import All, Condition, Not, Some, on_the_day, subjects_in
from engine.language.model.field_kinds import Value
from engine.language.model.policy import FIRST, Policy
from engine.language.model.policy_parts import Rule
from engine.language.model.words import condition_words
from engine.meaning.reference import Situation
from engine.threads import cached_method

_FAULTY_STEP = "a step has no single outcome, so no rule decides"


@frozen_value
class OtherRule:
    """A rule that decides for no completion of a record, and why not.

    Attributes:
        rule: Name of the rule.
        title: Title of its verdict.
        applies: Whether it applies; None if that depends on missing answers, or the step limit was reached.
        failed: Fields, numbers and facts whose tests fail in every completion.
        overridden_by: Rules that apply and take precedence over it: by an override, or in a `first` policy by position.
            For `otherwise`, the rules that apply, so that it does not.
        words: Why not, as a person reads it: the tests that fail, or the reasons of the precedence.

    Example:
        >>> from engine import explain, load
        >>> other = explain(load("other-interviews"), {"offer": "hint"}).others[0]
        >>> other.rule, other.applies, other.failed
        ('settled-offer', False, ('settled',))
    """

    rule: str
    title: str
    applies: bool | None
    failed: tuple[str, ...]
    overridden_by: tuple[str, ...]
    # In the author's words: the tests that fail, or the reasons of the precedence.
    words: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the rule as JSON data, without the texts for people."""
        return data_of(self, "rule", "applies", "failed", "overridden_by")

    def __str__(self) -> str:
        return "\n  ".join([f"{self.rule}: {self.title}", *self._why()])

    def _why(self) -> list[str]:
        if self.applies is None:
            return ["may apply: that depends on what is not answered"]
        if not self.applies and not self.failed:
            return [f"does not apply, because {line}" for line in self.words]
        if not self.applies:
            return ["does not apply; it would need", *(f"  {line}" for line in self.words)]
        return [f"applies, but {line}" for line in self.words] or ["applies"]


def find_others(policy: Policy, completions: Completions, deciding: tuple[str, ...]) -> Iterator[OtherRule]:
    """Iterate over the rules that do not decide a record, in file order, each with the reason."""
    tests = _Answered(policy, completions) if len(completions.values) == len(policy.fields) else _Open(completions)
    applying = [rule.name for rule in policy.rules if not rule.otherwise and tests.holds(rule.when)]
    equal = (_FAULTY_STEP,) if completions.has_faulty_step else ()
    for rule in policy.rules:
        if rule.name in deciding:
            continue
        if rule.otherwise:
            yield _rest(policy, rule, applying, tests.may_be_left(policy))
        else:
            other = _other(policy, rule, applying, tests.fails, completions.values)
            yield replace(other, words=other.words or equal) if other.applies else other


class _Answered:
    """Truth of conditions in a complete record."""

    def __init__(self, policy: Policy, completions: Completions) -> None:
        self._situation = Situation(policy, completions.values)

    def holds(self, condition: Condition) -> bool:
        return self._situation.holds(condition)

    def fails(self, condition: Condition) -> bool:
        return not self._situation.holds(condition)

    def may_be_left(self, policy: Policy) -> bool:
        """Whether it is possible that no rule with a condition applies."""
        return all(self.fails(rule.when) for rule in policy.rules if not rule.otherwise)


class _Open:
    """Truth of conditions in all possible completions of a record; unknown (neither) if the steps run out."""

    def __init__(self, completions: Completions) -> None:
        self.completions = completions
        self.logic = completions.logic

    def holds(self, condition: Condition) -> bool:
        return self._never(self.logic.formulas.negation[self.logic.condition(condition)])

    def fails(self, condition: Condition) -> bool:
        return self._never(self.logic.condition(condition))

    def may_be_left(self, policy: Policy) -> bool:
        """Whether it is possible that no rule with a condition applies; true if the steps run out."""
        others = [self.logic.applies[self.logic.place[rule.name]] for rule in policy.rules if not rule.otherwise]
        return attempt(self.logic.query([], others).exists, self.completions.budget, self.completions.area) is not False

    @cached_method
    def _never(self, formula: int) -> bool:
        query = self.logic.possible(formula)
        return attempt(query.exists, self.completions.budget, self.completions.area) is False


def _other(
    policy: Policy, rule: Rule, applying: list[str], fails: Callable[[Condition], bool], answers: Mapping[str, Value]
) -> OtherRule:
    """Say why a rule does not decide; `applying` are the rules that apply, in file order."""
    title = policy.verdict[rule.then].title
    if rule.name in applying:
        before, words = _stronger(policy, rule, applying)
        return OtherRule(rule.name, title, True, (), before, words)
    if not fails(rule.when):
        return OtherRule(rule.name, title, None, (), ())
    failing = list(_failing(rule.when, fails))
    names = dict.fromkeys(subjects_in(failing))
    words = tuple(line for test in failing for line in _words(policy, on_the_day(test, answers)))
    return OtherRule(rule.name, title, False, tuple(names), (), words)


def _rest(policy: Policy, rule: Rule, applying: list[str], may_be_left: bool) -> OtherRule:
    """Say why the rule for all remaining situations does not decide: other rules apply."""
    title = policy.verdict[rule.then].title
    if may_be_left:
        return OtherRule(rule.name, title, None, (), ())
    named = applying[:1] if policy.decision == FIRST else applying
    words = (
        f"{' and '.join(named)} {'applies' if len(named) == 1 else 'apply'}" if named else "another rule always applies"
    )
    return OtherRule(rule.name, title, False, (), tuple(named), (words,))


def _stronger(policy: Policy, rule: Rule, applying: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the applying rules that take precedence over an applying rule, and the reasons."""
    if policy.decision == FIRST:
        first = applying[0]
        return ((first,), (f"{first} comes first",)) if first != rule.name else ((), ())
    found = [
        (name, policy.rule[name].reason_over(rule.name)) for name in policy.overriders[rule.name] if name in applying
    ]
    return tuple(name for name, _ in found), tuple(f"{name} overrides it: {because}" for name, because in found)


def _failing(condition: Condition, fails: Callable[[Condition], bool]) -> Iterator[Condition]:
    """Iterate over the smallest required parts that fail by themselves; the whole condition if none does."""
    failed = [part for part in condition.parts if fails(part)] if isinstance(condition, All) else []
    if not failed:
        yield condition
    for part in failed:
        yield from _failing(part, fails)


def _words(policy: Policy, condition: Condition) -> list[str]:
    lines = condition_words(policy, condition)
    if isinstance(condition, Some | Not) and len(lines) > 1:
        names = dict.fromkeys(subjects_in([condition]))
        return [f"other answers to {', '.join(f'`{name}`' for name in names)}"]
    return lines
