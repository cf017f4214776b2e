"""Does an edit settle a finding, as it is pasted, and make nothing worse? Nothing is proposed that was not tried.

What is tried is what the edited text says, read again; only of a policy that was not read from a text it is what was
meant to be written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from engine.analysis.proving.findings import Finding, Mend
from engine.analysis.proving.proof_session import Inquiry
from engine.analysis.proving.warnings import find_waste_of
from engine.budget import OutOfSteps
from engine.frozen import frozen_value
from engine.language.documents.yaml_spelling import on_one_line
from engine.language.model.canonical import condition_data
from engine.language.model.condition_tree import All, Condition
from engine.language.model.policy import Policy, Rule
from engine.language.sections.text_edits import TextEdit, WrittenRules, written_rules
from engine.meaning.changes import change_of
from engine.meaning.cubes import as_bits
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Ground, Logic
from engine.meaning.spaces.areas import Area, bits


@frozen_value
class Candidate:
    """A rule edited: as it reads then, how the edit is told, and the edit itself where the policy has a text."""

    place: int
    rule: Rule
    words: str
    edit: TextEdit | None

    def mend(self) -> Mend:
        return Mend(self.words, edit=self.edit)


def candidate(
    inquiry: Inquiry,
    place: int,
    meant: dict[str, Any],
    words: str,
    write: Callable[[WrittenRules], TextEdit | None] | None,
) -> Candidate | None:
    """A rule with some of its parts replaced, read again from its text; None where the text cannot be edited so.

    A row of a table has no `write`: what is pasted there is the text of a cell, which was read again already.
    """
    written = None if write is None else written_rules(inquiry.policy)
    if write is None or written is None:
        return Candidate(place, replace(inquiry.policy.rules[place], **meant), words, None)
    edit = write(written)
    rule = None if edit is None else written.reread(place, edit)
    if edit is None or rule is None:
        return None
    return Candidate(place, rule, f"{words} (line {written.line_of(edit)})", edit)


def parts_of(rule: Rule) -> tuple[Condition, ...]:
    """The entries of a rule's `when`."""
    return rule.when.parts if isinstance(rule.when, All) else (rule.when,)


def tests_of(entry: Condition) -> tuple[Condition, ...]:
    """The comparisons of an entry, such as the two of `{at_least: 3, less_than: 9}`."""
    return entry.parts if isinstance(entry, All) else (entry,)


def spelled(test: Condition) -> tuple[str, Any]:
    """The key of an entry that says a condition, and what stands under it."""
    [(key, data)] = condition_data(All((test,))).items()
    return key, data


def entry_text(test: Condition) -> str:
    """An entry as it is written in a `when`: `guests: {at_most: 39}`."""
    key, data = spelled(test)
    return on_one_line({key: data}).removeprefix("{").removesuffix("}")


# Of two rules that disagree.


def settles_conflict(inquiry: Inquiry, edited: Candidate, pair: tuple[int, int]) -> bool:
    """Whether, with one rule edited, two rules no longer disagree, and nothing else has changed or is found."""
    policy = inquiry.policy
    if not inquiry.mending.left or _makes_circle(policy, edited.rule):
        return False
    moved = _moved(policy, pair)
    near = _near(inquiry, moved)
    before = _among(inquiry, [policy.rules[each] for each in near])
    after = _among(inquiry, [edited.rule if each == edited.place else policy.rules[each] for each in near])
    try:
        if change_of(before.logic, after.logic, _is_worse).exists(inquiry.mending):
            return False
        places = after.logic.place
        if after.exists(after.logic.standing(*(places[policy.rules[each].name] for each in pair))):
            return False
        names = [policy.rules[each].name for each in sorted(moved)]
        return _complaints(after, names) <= _complaints(before, names)
    except OutOfSteps:
        return False


def _is_worse(label: Label) -> bool:
    """Whether an edit changes the outcome of a situation other than for the better: a conflict gets one verdict."""
    assert isinstance(label, tuple)
    before, after = label
    return before != after and (before is not Ending.CONFLICT or after is Ending.GAP)


def _makes_circle(policy: Policy, edited: Rule) -> bool:
    """Whether some rule that an edited rule comes to override overrides it already, directly or through others."""
    known = {each.rule for each in policy.rule[edited.name].overrides}
    waiting = [each.rule for each in edited.overrides if each.rule not in known]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name == edited.name:
            return True
        if name not in seen:
            seen.add(name)
            waiting += (each.rule for each in policy.rule[name].overrides)
    return False


def _moved(policy: Policy, pair: tuple[int, int]) -> set[int]:
    """The rules that may stand elsewhere once one of two is edited, and all that have to do with why."""
    place = {rule.name: at for at, rule in enumerate(policy.rules)}
    beside: set[str] = set()
    for rule in (policy.rules[each] for each in pair):
        beside |= {rule.name, *policy.overriders[rule.name], *(each.rule for each in rule.overrides)}
    for name in tuple(beside):
        beside |= {*policy.overriders[name]}
    return {place[name] for name in beside}


def _near(inquiry: Inquiry, rules: set[int]) -> list[int]:
    """Some rules and all that may apply where they do."""
    near = as_bits(rules)
    for rule in rules:
        near |= inquiry.logic.neighbours(rule)
    return bits(near)


def _among(inquiry: Inquiry, rules: Sequence[Rule]) -> Inquiry:
    """Questions about the policy with these rules only, with the steps that all mends share; other overrides go.

    What an edited rule tests is put together from cells of the policy, so that its space and formulas serve here too.
    """
    names = {rule.name for rule in rules}
    kept = tuple(
        rule
        if all(each.rule in names for each in rule.overrides)
        else replace(rule, overrides=tuple(each for each in rule.overrides if each.rule in names))
        for rule in rules
    )
    policy = replace(inquiry.policy, rules=kept)
    known = inquiry.logic
    asked = Inquiry(policy, inquiry.steps, logic=Logic(policy, Ground(known.areas, known.formulas), known))
    asked.budget = inquiry.mending
    return asked


def _complaints(inquiry: Inquiry, names: Sequence[str]) -> set[tuple[object, ...]]:
    """All that is to be said of some rules: what they disagree with, which guarantees they break, what is idle."""
    logic, policy = inquiry.logic, inquiry.policy
    found: set[tuple[object, ...]] = set()
    for name in names:
        place = logic.place[name]
        rule = policy.rules[place]
        found |= {_key(finding) for finding in find_waste_of(inquiry, rule)}
        for other in bits(logic.neighbours(place)):
            if policy.rules[other].then != rule.then and inquiry.exists(logic.standing(place, other)):
                found.add(("conflict", frozenset({name, policy.rules[other].name})))
        for guarantee in policy.guarantees:
            if rule.then in guarantee.forbidden:
                broken = logic.question([logic.condition(guarantee.when), logic.stands(place)])
                if inquiry.exists(broken):
                    found.add(("broken-guarantee", guarantee.name, name))
    return found


def _key(finding: Finding) -> tuple[object, ...]:
    """What makes a warning the same before and after: not which other rules are to blame."""
    return (
        finding.code,
        finding.rules[:2] if finding.code == "useless-override" else finding.rules[:1],
        (finding.message if finding.code in ("impossible-test", "always-true-test") else ""),
    )


# Of situations without a verdict.


def settles_gap(inquiry: Inquiry, edited: Candidate, areas: Sequence[Area]) -> bool:
    """Whether, with one rule edited, all situations that had no verdict get one, and nothing else has changed.

    Args:
        inquiry: what the proof works with.
        edited: the edited rule.
        areas: all situations that had no verdict.
    """
    if not inquiry.mending.left:
        return False
    logic, policy = inquiry.logic, inquiry.policy
    before, after = logic.applies[edited.place], logic.condition(edited.rule.when)
    negation = logic.formulas.negation
    left_out = logic.question([negation[after]])
    try:
        if any(left_out.exists(inquiry.mending, area) for area in areas):
            return False
        if any(
            question.exists(inquiry.mending)
            for question in (
                logic.question([before, negation[after]]),
                logic.question([after, negation[before]], (), _meeting(logic, after)),
                *_promised_otherwise(inquiry, edited.rule, after),
            )
        ):
            return False
        near = sorted({edited.place, *bits(logic.neighbours(edited.place))})
        wider = _among(inquiry, [edited.rule if at == edited.place else policy.rules[at] for at in near])
        narrower = _among(inquiry, [policy.rules[at] for at in near])
        name = edited.rule.name
        return _idle(wider, name) <= _idle(narrower, name)
    except OutOfSteps:
        return False


def _meeting(logic: Logic, formula: int) -> list[int]:
    """The formulas of the rules that may apply where a formula holds, by the tests of single fields."""
    tests, _ = logic.formulas.terms(formula)
    return [
        applies
        for applies, box in zip(logic.applies, logic.boxes.boxes, strict=True)
        if all(box.get(axis, mask) & mask for axis, mask in tests.items())
    ]


def _promised_otherwise(inquiry: Inquiry, rule: Rule, formula: int) -> Iterator[Any]:
    """The situations without a verdict in which a guarantee forbids what a widened rule gives."""
    logic = inquiry.logic
    for guarantee in inquiry.policy.guarantees:
        if rule.then in guarantee.forbidden:
            yield logic.question([logic.condition(guarantee.when), formula], _meeting(logic, formula))


def _idle(inquiry: Inquiry, name: str) -> set[tuple[object, ...]]:
    return {_key(finding) for finding in find_waste_of(inquiry, inquiry.policy.rule[name])}
