"""Mutants of a policy: all copies with one small edit, each with a description.

Constants are moved one step up or down, or made strict or inclusive if values have no neighbours; tests are dropped and
negated; listed values, overrides, rules and entries of points are removed; rules give every other verdict, and entries
of points one step more or less; under `first`, neighbouring rules are swapped. Guarantees are not edited, since they
state what is wanted and not what is decided.

Mutation analysis: R. A. DeMillo, R. J. Lipton and F. G. Sayward, "Hints on test data selection: help for the practicing
programmer" (Computer 11(4), 1978).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar

from engine.analysis.testing.edits import edits_within
from engine.frozen import frozen_value
from engine.language.model.condition_tree import ByDay, Condition
from engine.language.model.policy import FIRST, Policy
from engine.language.model.policy_parts import POINTS, Fact, Impossible, Number, PointsEntry, Rule
from engine.language.model.relations.decision_steps import DecisionStep, rule_fact
from engine.language.model.relations.step_outputs import with_amounts_of
from engine.language.model.values.grid_positions import exact_decimal
from engine.language.model.values.value_texts import decimal_text
from engine.meaning.spaces.space import Space
from engine.problems import Place

Part: TypeAlias = Fact | Impossible | Number | Rule | DecisionStep
P = TypeVar("P", Fact, Impossible, PointsEntry, Rule)
NUMBERS = "numbers"


@frozen_value
class Mutant:
    """A mutant of a policy: the policy with one small edit.

    Attributes:
        words: What was edited.
        place: Position of the edit in the source.
        base: The policy that was edited.
        section: Attribute of `base` that was edited: `facts`, `impossible`, `numbers`, `rules` or `steps`.
        changed: Pairs of index in that section and new part; None if the part was removed.
        rules: Rules such that only situations in which one of them applies, before or after, can change; empty if any
            can.
        condition: The edited condition, if a condition was edited.

    Example:
        >>> from engine import find_survivors, load, load_cases
        >>> policy = load("other-interviews")
        >>> hint = {"case": "a hint", "given": {"offer": "hint"}, "expect": "keep"}
        >>> cases = load_cases({"policy": policy.name, "cases": [hint]}, policy)
        >>> mutant = find_survivors(policy, cases).survivors[0].mutant
        >>> mutant.section, mutant.policy == policy
        ('facts', False)
    """

    words: str
    place: Place
    base: Policy
    section: str
    changed: tuple[tuple[int, Part | None], ...]
    rules: tuple[str, ...] = ()
    condition: Condition | None = None

    @property
    def is_alone(self) -> bool:
        """Whether the mutant can share no space with others, since a number means something else in it."""
        return self.section == NUMBERS or self.policy.numbers is not self.base.numbers

    @property
    def policy(self) -> Policy:
        """The edited policy; it is made anew on every access."""
        parts: list[Part | None] = list(getattr(self.base, self.section))
        for at, part in self.changed:
            parts[at] = part
        section: dict[str, Any] = {self.section: tuple(part for part in parts if part is not None)}
        if self.section == "steps":
            numbers = with_amounts_of(self.base.numbers, section["steps"])
            if numbers != self.base.numbers:
                section["numbers"] = numbers
        return replace(self.base, **section)


def single_edits(policy: Policy) -> Iterator[Mutant]:
    """Iterate over all mutants of a policy, section by section, without duplicates."""
    space = Space(policy)
    for at, fact in enumerate(policy.facts):
        for words, edited, place in _edited(policy, space, fact):
            yield Mutant(f"fact `{fact.name}`: {words}", place, policy, "facts", ((at, edited),), (), edited.when)
    for at, number in enumerate(policy.numbers):
        for words, other_number, place in _points_edits(policy, space, number):
            yield Mutant(words, place, policy, NUMBERS, ((at, other_number),))
    for at, step in enumerate(policy.steps):
        for name, edited_step, place, condition in _step_edits(policy, space, step):
            yield Mutant(name, place, policy, "steps", ((at, edited_step),), (), condition)
    for at, each in enumerate(policy.impossible):
        if each.implied_by:
            continue
        for words, other, place in _edited(policy, space, each):
            said = f"impossible, “{each.because}”: {words}"
            yield Mutant(said, place, policy, "impossible", ((at, other),), (), other.when)
    for at, rule in enumerate(policy.rules):
        yield from _rule_edits(policy, space, at, rule)


def _points_edits(policy: Policy, space: Space, number: Number) -> Iterator[tuple[str, Number, Place]]:
    """Iterate over the edits of a number of points: description, edited number, and position; none of other numbers."""
    if number.kind != POINTS:
        return
    step = space.grid_of(policy, number.name)
    for at, entry in enumerate(number.entries):
        before, after = number.entries[:at], number.entries[at + 1 :]
        name = f"number `{number.name}`, “{entry.because}”"
        for words, edited, place in _edited(policy, space, entry):
            yield f"{name}: {words}", replace(number, entries=(*before, edited, *after)), place
        # Points that change with the day have no one value that could be moved.
        if not isinstance(entry.add, ByDay):
            own = Fraction(entry.add)
            for add in (exact_decimal(own - step), exact_decimal(own + step)):
                moved = replace(entry, add=add, named="")
                said = f"{name}: adds {decimal_text(add)} instead of {decimal_text(entry.add)}"
                yield said, replace(number, entries=(*before, moved, *after)), entry.place
        if before or after:
            yield f"{name}: left out", replace(number, entries=(*before, *after)), entry.place


def _step_edits(
    policy: Policy, space: Space, step: DecisionStep
) -> Iterator[tuple[str, DecisionStep, Place, Condition | None]]:
    """Iterate over the edits of a step: description, edited step, position, and the edited condition, if any."""
    for at, rule in enumerate(step.rules):

        def edited(other: Rule, at: int = at) -> DecisionStep:
            return replace(step, rules=(*step.rules[:at], other, *step.rules[at + 1 :]))

        name = rule_fact(step.name, rule.name)
        for words, other, place in () if rule.otherwise else _edited(policy, space, rule):
            yield f"`{name}`: {words}", edited(other), place, other.when
        others = [
            (f"gives “{text}”", replace(rule, then=outcome)) for outcome, text in step.outcomes if outcome != rule.then
        ]
        for output in rule.output or ():
            left = {each: value for each, value in (rule.output or {}).items() if each != output}
            others.append((f"without its output `{output}`", replace(rule, output=left or None)))
        for words, other in others:
            changed = edited(other)
            # Every rule has to give the outputs that numbers read.
            if changed.amounts.keys() == step.amounts.keys():
                yield f"`{name}`: {words}", changed, rule.place, None
        for override in rule.overrides:
            said = f"`{name}`: without the override of `{override.rule}`"
            yield said, edited(_forgetting(rule, override.rule)), override.place, None


def _rule_edits(policy: Policy, space: Space, at: int, rule: Rule) -> Iterator[Mutant]:
    """Iterate over the mutants that edit one rule."""

    def mutant(
        words: str, place: Place, *changed: tuple[int, Rule | None], condition: Condition | None = None
    ) -> Mutant:
        return Mutant(f"`{rule.name}`: {words}", place, policy, "rules", changed, (rule.name,), condition)

    if not rule.otherwise:
        for words, edited, place in _edited(policy, space, rule):
            yield mutant(words, place, (at, edited), condition=edited.when)
    for verdict in policy.verdicts:
        if verdict.name != rule.then:
            yield mutant(f"gives “{verdict.title}”", rule.place, (at, replace(rule, then=verdict.name)))
    for name in rule.output or ():
        left = {each: value for each, value in (rule.output or {}).items() if each != name}
        yield mutant(f"without its output `{name}`", rule.place, (at, replace(rule, output=left or None)))
    for override in rule.overrides:
        weaker = _forgetting(rule, override.rule)
        said = f"without the override of `{override.rule}`"
        yield _anywhere(mutant(said, override.place, (at, weaker)), override.rule)
    if rule.overrides_all:
        yield mutant(
            "without the override of all others", rule.overrides_all.place, (at, replace(rule, overrides_all=None))
        )
    overriders = policy.overriders[rule.name]
    forgetting = [(place, _forgetting(each, rule.name)) for place, each in enumerate(policy.rules)
                  if each.name in overriders] if overriders else []  # fmt: skip
    yield _anywhere(mutant("left out", rule.place, *forgetting, (at, None)), rule.name)
    following = policy.rules[at + 1 : at + 2]
    # A rule below `otherwise` decides nothing, so the swap equals the mutant without the rule.
    if policy.decision == FIRST and following and not following[0].otherwise:
        yield mutant(f"exchanged with `{following[0].name}`", rule.place, (at, following[0]), (at + 1, rule))


def _anywhere(mutant: Mutant, weaker: str) -> Mutant:
    """Return a mutant that loses overrides of a rule, which may expose the rules above it to the override of `all`."""
    return replace(mutant, rules=()) if weaker in mutant.base.above_all else mutant


def _forgetting(rule: Rule, name: str) -> Rule:
    return replace(rule, overrides=tuple(each for each in rule.overrides if each.rule != name))


def _edited(policy: Policy, space: Space, part: P) -> Iterator[tuple[str, P, Place]]:
    """Iterate over the edits of a part's condition: description, edited part, and position."""
    seen: set[Condition] = {part.when}
    for words, condition, place in edits_within(policy, space, part.when):
        if condition not in seen:
            seen.add(condition)
            yield words, replace(part, when=condition), place if place.file else part.place
