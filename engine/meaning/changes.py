"""Queries for situations whose outcome differs between two policies, or without a rule: one descent over both lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine.language.model.policy import FIRST, Policy
from engine.meaning.cubes import Cubes
from engine.meaning.descent import Descent
from engine.meaning.formulas import Ground, common_ground
from engine.meaning.hit_policies import Both, HitPolicy, Label, Mapped
from engine.meaning.logic import Logic
from engine.meaning.queries import NO, YES, Query, differs
from engine.meaning.spaces.areas import bits


def change(old: Policy, new: Policy, wanted: Callable[[Label], bool] = differs, ground: Ground | None = None) -> Query:
    """Return the query for situations whose outcome differs between two policies; labels are pairs of outcomes.

    A verdict is a `Yield` if a rule of one of the policies has outputs.

    It ranges over the fields of both policies: a field that one of them lacks makes no difference to it. A field of
    both must have the same values in both (`widen` ensures that). Pairs of equal outcomes need not be those of the
    whole policies, since only the rules that can cause a difference are read.
    """
    ground = ground or common_ground(old, new)
    return change_of(Logic(old, ground), Logic(new, ground), wanted)


def change_of(
    one: Logic, other: Logic, wanted: Callable[[Label], bool] = differs, ground: Ground | None = None
) -> Query:
    """As `change`, for two policies whose formulas are already over one space."""
    ground = ground or Ground(one.areas, one.formulas)
    rules, others = _at_issue(one, other)
    first = [*one.outs, *(one.applies[rule] for rule in rules)]
    second = [*other.outs, *(other.applies[rule] for rule in others)]
    hit_policy = both_yielding(one, rules, other, others)
    return Query(ground.areas, lambda: Descent(Cubes(*ground, [*first, *second]), hit_policy), wanted)


def change_without(logic: Logic, rule: int) -> Query:
    """Return the query for possible situations that get another outcome, or output, if a rule is removed."""
    if logic.policy.decision == FIRST:
        return _passed_on_by(logic, rule)
    near = logic.others(rule) if rule == logic.rest else logic.neighbours(rule)
    rules = sorted({rule, *bits(near), *(() if logic.rest is None else (logic.rest,))})
    left = [each for each in rules if each != rule]
    outs = logic.outs
    before, after = [logic.applies[each] for each in rules], [logic.applies[each] for each in left]
    hit_policy = Both(logic.yielding(rules), len(outs) + len(rules), logic.yielding(left))
    both = Descent(Cubes(logic.areas, logic.formulas, [*outs, *before, *outs, *after]), hit_policy)
    return Query(logic.areas, lambda: both, differs, logic.formulas.terms(logic.applies[rule])[0])


def _passed_on_by(logic: Logic, rule: int) -> Query:
    """Return the query for situations that a rule decides under `first` and the next one would decide otherwise."""
    given = logic.given
    stronger = [logic.applies[each] for each in logic.stronger(rule)]
    later = bits(logic.neighbours(rule) >> (rule + 1) << (rule + 1))
    labels = [YES if given[each] != given[rule] else NO for each in later]
    next_of = [(logic.applies[each], label) for each, label in zip(later, labels, strict=True)]
    return logic.question(logic.outs, [logic.applies[rule]], stronger, next_of, YES)


def both_yielding(one: Logic, rules: Sequence[int], other: Logic, others: Sequence[int]) -> Both:
    """Return the hit policy of some rules of two policies, whose labels are pairs of what is given.

    A verdict is a `Yield` in both if a rule of one of them has outputs.
    """
    has_outputs = one.policy.has_rule_outputs or other.policy.has_rule_outputs
    many = len(one.outs) + len(rules)
    return Both(_yielding(one, rules, has_outputs), many, _yielding(other, others, has_outputs))


def _yielding(logic: Logic, rules: Sequence[int], has_outputs: bool) -> HitPolicy:
    """Return the hit policy of some rules; if `has_outputs`, its labels for verdicts are `Yield`s in any case."""
    found = logic.yielding(rules)
    if not has_outputs or logic.policy.has_rule_outputs:
        return found
    from engine.language.model.relations.rule_outputs import yield_of

    policy = logic.policy

    def with_output(label: Label) -> Label:
        return yield_of(policy, label, policy.verdict[label].output) if isinstance(label, str) else label

    return Mapped(found, with_output)


def _said(logic: Logic, has_outputs: bool) -> dict[str, tuple[int, Label, frozenset[str]]]:
    """What each rule says, by its name: where it applies, what it gives, and the rules that it overrides."""
    policy = logic.policy
    gives: Mapping[str, Label] = {rule.name: rule.then for rule in policy.rules}
    if has_outputs:
        from engine.language.model.relations.rule_outputs import rule_gives

        gives = rule_gives(policy)
    return {
        rule.name: (formula, gives[rule.name], policy.weaker[rule.name])
        for rule, formula in zip(policy.rules, logic.applies, strict=True)
    }


def _at_issue(one: Logic, other: Logic) -> tuple[list[int], list[int]]:
    """Return the rules of each policy that may apply where outcomes differ: the edited ones, and those that meet them.

    Where no edited rule applies, the same rules apply in both policies and relate to each other in the same way.
    """
    has_outputs = one.policy.has_rule_outputs or other.policy.has_rule_outputs
    said, others_say = _said(one, has_outputs), _said(other, has_outputs)
    both = said.keys() & others_say.keys()

    def is_alike(name: str) -> bool:
        """Whether a rule says the same in both: also about each rule that both have."""
        (when, gives, weaker), (other_when, other_gives, others_weaker) = said[name], others_say[name]
        return (when, gives) == (other_when, other_gives) and weaker & both == others_weaker & both

    shared = [name for name in said if name in both and is_alike(name)]
    known = set(shared)
    in_order = one.policy.decision != FIRST or shared == [name for name in others_say if name in known]
    alike = one.policy.decision == other.policy.decision and one.faults == other.faults
    alike = alike and set(one.impossible) == set(other.impossible)
    alike = alike and one.policy.collect == other.policy.collect
    if not (alike and in_order):
        return list(one.place.values()), list(other.place.values())
    kept: set[str] = set()
    for logic in (one, other):
        edited = logic.place.keys() - known
        meeting = 0
        for name in edited:
            rule = logic.place[name]
            meeting |= logic.others(rule) if rule == logic.rest else logic.neighbours(rule)
        # Where an edited rule no longer applies, the rule for all remaining situations may.
        meeting |= 0 if logic.rest is None else 1 << logic.rest
        kept |= edited | {logic.policy.rules[rule].name for rule in bits(meeting)}
    rules, others = ([place for name, place in logic.place.items() if name in kept] for logic in (one, other))
    return rules, others
