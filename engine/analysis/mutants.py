"""What could somebody change in a policy by mistake? Every copy of it with one small edit, each said in words.

Each constant is moved one step either way, or made strict or inclusive where there is no next value; each test is
dropped and negated; each listed value, override and rule is left out; each rule gives every other verdict; under
`first`, neighbours are exchanged. Guarantees are left alone: they say what is wanted, not what is decided.

Mutation analysis: R. A. DeMillo, R. J. Lipton and F. G. Sayward, "Hints on test data selection: help for the
practicing programmer" (Computer 11(4), 1978).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from engine.analysis.edits import Edit, edits_within
from engine.language.policy import FIRST, Condition, Fact, Impossible, Policy, Rule
from engine.meaning.space import Space
from engine.problems import Place

P = TypeVar("P", Fact, Impossible, Rule)
Q = TypeVar("Q")


@dataclass(frozen=True)
class Mutant:
    """A policy with one edit, in words and with its place.

    `rules` are rules such that nothing changes in a situation in which, before and after, none of them applies; none
    are named where the edit may change anything. `condition` is the edited condition, where it is one.
    """

    words: str
    place: Place
    policy: Policy
    rules: tuple[str, ...] = ()
    condition: Condition | None = None


def single_edits(policy: Policy) -> Iterator[Mutant]:
    """Every mutant of a policy, in the order of its sections; no two with the same part in the same place."""
    space = Space(policy)
    for at, fact in enumerate(policy.facts):
        for words, edited, place in _edited(policy, space, fact):
            facts = _with(policy.facts, at, edited)
            yield Mutant(f"fact `{fact.name}`: {words}", place, replace(policy, facts=facts), (), edited.when)
    for at, each in enumerate(policy.impossible):
        for words, edited_each, place in _edited(policy, space, each):
            impossible = _with(policy.impossible, at, edited_each)
            yield Mutant(
                f"impossible, “{each.because}”: {words}",
                place,
                replace(policy, impossible=impossible),
                (),
                edited_each.when,
            )
    for at, rule in enumerate(policy.rules):
        yield from _rule_edits(policy, space, at, rule)


def _rule_edits(policy: Policy, space: Space, at: int, rule: Rule) -> Iterator[Mutant]:
    def mutant(words: str, place: Place, edited: Rule, condition: Condition | None = None) -> Mutant:
        rules = _with(policy.rules, at, edited)
        return Mutant(f"`{rule.name}`: {words}", place, replace(policy, rules=rules), (rule.name,), condition)

    if not rule.otherwise:
        for words, edited, place in _edited(policy, space, rule):
            yield mutant(words, place, edited, edited.when)
    for verdict in policy.verdicts:
        if verdict.name != rule.then:
            yield mutant(f"gives “{verdict.title}”", rule.place, replace(rule, then=verdict.name))
    for override in rule.overrides:
        left = tuple(each for each in rule.overrides if each != override)
        yield mutant(f"without the override of `{override.rule}`", override.place, replace(rule, overrides=left))
    yield Mutant(f"`{rule.name}`: left out", rule.place, _without(policy, rule), (rule.name,))
    following = policy.rules[at + 1 : at + 2]
    # Below `otherwise` a rule decides nothing, as if it were left out: that mutant is there already.
    if policy.decision == FIRST and following and not following[0].otherwise:
        rules = (*policy.rules[:at], *following, rule, *policy.rules[at + 2 :])
        words = f"`{rule.name}`: exchanged with `{following[0].name}`"
        yield Mutant(words, rule.place, replace(policy, rules=rules), (rule.name,))


def _without(policy: Policy, rule: Rule) -> Policy:
    """The policy without a rule, and without what others say of it."""
    left = [each for each in policy.rules if each is not rule]
    names = policy.overriders[rule.name]
    return replace(policy, rules=tuple(_forgetting(each, rule.name) if each.name in names else each for each in left))


def _forgetting(rule: Rule, name: str) -> Rule:
    return replace(rule, overrides=tuple(each for each in rule.overrides if each.rule != name))


def _edited(policy: Policy, space: Space, part: P) -> Iterator[tuple[str, P, Place]]:
    """A fact, rule or combination with each edit of its condition."""
    seen: set[Condition] = {part.when}
    for edit in edits_within(policy, space, part.when):
        if edit.condition not in seen:
            seen.add(edit.condition)
            yield edit.words, replace(part, when=edit.condition), _known(edit, part)


def _known(edit: Edit, part: P) -> Place:
    return edit.place if edit.place.file else part.place


def _with(parts: tuple[Q, ...], at: int, edited: Q) -> tuple[Q, ...]:
    return (*parts[:at], edited, *parts[at + 1 :])
