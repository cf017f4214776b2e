"""Everything that speaks against a policy: one question to z3 for each fault, rule, override and test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import z3

from engine.language.model.condition_tree import All, Compare, Condition, Not, Some
from engine.language.model.guarantees import AnyGuarantee, Guarantee, Indifference
from engine.language.model.policy_parts import Fact, Rule
from engine.language.model.relations.rule_outputs import amounts_in
from tests.support.judging.solving.linear import Formula
from tests.support.judging.solving.solver import Solver
from tests.support.judging.solving.solver_guarantees import broken, pairs
from tests.support.judging.solving.solver_outputs import conflict, disagree, outputs

Found = tuple[str, ...]


def findings(solver: Solver) -> set[Found]:
    """Everything that speaks against the policy: a code, and the names of what it is about.

    A test is named by its path in the file.
    """
    if not solver.exists(solver.possible):
        return {("no-situation",)}
    return {*_faults(solver), *_idle_rules(solver), *_idle_overrides(solver), *_idle_tests(solver)}


def _faults(solver: Solver) -> Iterator[Found]:
    if solver.exists(solver.possible, solver.gap):
        yield ("gap",)
    for one, other in combinations(solver.policy.rules, 2):
        if disagree(solver.policy, one, other) and solver.exists(
            solver.possible, solver.both_stand(one.name, other.name)
        ):
            yield "conflict", one.name, other.name
    for number in solver.policy.numbers_given:
        if solver.exists(solver.possible, lacking(solver, number)):
            yield "no-output", number
    for promise in solver.policy.guarantees:
        if solver.exists(solver.possible, broken(solver, promise)):
            yield "broken-guarantee", promise.name, *_breaking(solver, promise)
        elif isinstance(promise, Indifference) and not solver.exists(pairs(solver, promise)):
            yield "vacuous-guarantee", promise.name


def lacking(solver: Solver, number: str) -> Formula:
    """Where rules that agree give an output from a number that has no value."""
    policy, stands = solver.policy, solver.stands
    unknown = solver.condition(Compare(number, "known", False))
    giving = [stands[rule.name] for rule in policy.rules
              if any(each.number == number for each in amounts_in(policy, [rule.name]).values())]  # fmt: skip
    return z3.And(unknown, z3.Or(giving or [z3.BoolVal(False)]), z3.Not(conflict(policy, stands)))


def _breaking(solver: Solver, promise: AnyGuarantee) -> Iterator[str]:
    """The rules that break a guarantee; none alone breaks one about answers or about two situations."""
    if not isinstance(promise, Guarantee):
        return
    when = solver.condition(promise.when)
    for rule in solver.policy.rules:
        if rule.then in promise.forbidden and solver.exists(solver.possible, when, solver.stands[rule.name]):
            yield rule.name


def _idle_rules(solver: Solver) -> Iterator[Found]:
    before = [*solver.outcomes(solver.stands), *outputs(solver.policy, solver.stands)]
    for rule in solver.policy.rules:
        left = solver.with_rest({name: formula for name, formula in solver.applies.items() if name != rule.name})
        kept = tuple(_without(each, rule.name) for each in solver.policy.rules if each is not rule)
        after = solver.standing(left, replace(solver.policy, rules=kept))
        outcomes = zip(before, [*solver.outcomes(after), *outputs(solver.policy, after)], strict=True)
        if not solver.exists(solver.possible, solver.stands[rule.name]):
            yield "dead-rule", rule.name
        elif not solver.exists(solver.possible, z3.Or([now != then for now, then in outcomes])):
            yield "redundant-rule", rule.name


def _idle_overrides(solver: Solver) -> Iterator[Found]:
    for rule in solver.policy.rules:
        edits: list[tuple[Found, Rule]] = [
            (
                (rule.name, each.rule),
                replace(rule, overrides=tuple(other for other in rule.overrides if other != each)),
            )
            for each in rule.overrides
        ]
        edits += [((rule.name,), replace(rule, overrides_all=None))] if rule.overrides_all else []
        for names, edited in edits:
            rules = tuple(edited if each is rule else each for each in solver.policy.rules)
            without = solver.standing(solver.applies, replace(solver.policy, rules=rules))
            turned = [formula != without[name] for name, formula in solver.stands.items()]
            if not solver.exists(solver.possible, z3.Or(turned)):
                yield "useless-override", *names


def _idle_tests(solver: Solver) -> Iterator[Found]:
    owners: tuple[Fact | Rule | AnyGuarantee, ...] = (
        *solver.policy.facts,
        *solver.policy.rules,
        *solver.policy.guarantees,
    )
    counted = [entry.when for number in solver.policy.numbers for entry in number.entries]
    for when in (*(owner.when for owner in owners), *counted):
        yield from _idle_entries(solver, when, solver.possible)
    for when in solver.written_impossible:
        # What is impossible holds in no possible situation, so its tests are judged over all there are.
        yield from _idle_entries(solver, when, z3.BoolVal(True))
    for field in solver.policy.fields:
        if field.applies_when is not None:
            yield from _idle_entries(solver, field.applies_when, solver.possible)


def _idle_entries(solver: Solver, condition: Condition, within: Formula) -> Iterator[Found]:
    """The outermost entries of a condition, at any depth, that fail or hold everywhere."""
    for entry in _entries(condition):
        formula = solver.condition(entry)
        if _closes_band(solver, condition, entry):
            continue
        if not solver.exists(within, formula):
            yield "impossible-test", entry.place.path
        elif not solver.exists(within, z3.Not(formula)):
            yield "always-true-test", entry.place.path
        else:
            yield from _idle_entries(solver, entry, within)


def _closes_band(solver: Solver, entry: Condition, part: Condition) -> bool:
    """Whether a comparison names the end of its field, in an entry that compares the field with other constants."""
    beside = _entries(entry) if isinstance(entry, All) else ()
    if not isinstance(part, Compare) or len(beside) < 2 or part.name not in solver.policy.field:
        return False
    field = solver.policy.field[part.name]
    end = {"at_least": field.low, "on_or_after": field.low, "at_most": field.high, "on_or_before": field.high}
    is_band = all(isinstance(each, Compare) and each.name == part.name for each in beside)
    return is_band and part.op in end and end[part.op] is not None and part.value == end[part.op]


def _entries(condition: Condition) -> tuple[Condition, ...]:
    """What a condition is made of, one level down; a comparison with a dated constant is one entry, as written."""
    match condition:
        case Some(written=Compare()):
            return ()
        case All(parts) | Some(parts):
            return parts
        case Not(part):
            return (part,)
    return ()


def _without(rule: Rule, name: str) -> Rule:
    """A rule without its override of another one."""
    return replace(rule, overrides=tuple(each for each in rule.overrides if each.rule != name))
