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
from engine.language.model.circles import find_circles
from engine.language.model.condition_tree import All, Condition
from engine.language.model.policy import Policy, Rule
from engine.language.sections.text_edits import TextEdit, WrittenRules, written_rules
from engine.meaning.changes import change
from engine.meaning.cubes import as_bits
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.spaces.areas import bits


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
    if _makes_circle(policy, edited.rule):
        return False
    moved = _moved(policy, pair)
    near = _near(inquiry, moved)
    before = _only(policy, [policy.rules[each] for each in near])
    after = _only(policy, [edited.rule if each == edited.place else policy.rules[each] for each in near])
    try:
        if change(before, after, _is_worse).exists(inquiry.mending):
            return False
        mended = _inquiry(inquiry, after)
        places = mended.logic.place
        if mended.exists(mended.logic.standing(*(places[policy.rules[each].name] for each in pair))):
            return False
        names = [policy.rules[each].name for each in sorted(moved)]
        return _complaints(mended, names) <= _complaints(_inquiry(inquiry, before), names)
    except OutOfSteps:
        return False


def _is_worse(label: Label) -> bool:
    """Whether an edit changes the outcome of a situation other than for the better: a conflict gets one verdict."""
    assert isinstance(label, tuple)
    before, after = label
    return before != after and (before is not Ending.CONFLICT or after is Ending.GAP)


def _makes_circle(policy: Policy, edited: Rule) -> bool:
    overrides = {rule.name: [each.rule for each in rule.overrides] for rule in policy.rules}
    before = find_circles(overrides)
    overrides[edited.name] = [each.rule for each in edited.overrides]
    return any(circle not in before for circle in find_circles(overrides))


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


def _only(policy: Policy, rules: Sequence[Rule]) -> Policy:
    """The policy with these rules only; overrides of others go."""
    names = {rule.name for rule in rules}
    kept = tuple(
        replace(rule, overrides=tuple(each for each in rule.overrides if each.rule in names)) for rule in rules
    )
    return replace(policy, rules=kept)


def _inquiry(inquiry: Inquiry, policy: Policy) -> Inquiry:
    """Questions about an edited policy, with the steps that all mends share."""
    asked = Inquiry(policy, inquiry.steps)
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


def settles_gap(inquiry: Inquiry, edited: Candidate) -> bool:
    """Whether, with one rule edited, all situations that had no verdict get one, and nothing else has changed."""
    logic, policy = inquiry.logic, inquiry.policy
    before, after = logic.applies[edited.place], logic.condition(edited.rule.when)
    negation = logic.formulas.negation
    try:
        if any(
            question.exists(inquiry.mending)
            for question in (
                logic.question([], [*logic.applies, after]),
                logic.question([before, negation[after]]),
                logic.question([after, negation[before]], (), logic.applies),
                *_promised_otherwise(inquiry, edited.rule, after),
            )
        ):
            return False
        near = {edited.place, *bits(logic.neighbours(edited.place))}
        wider = _only(policy, [edited.rule if at == edited.place else policy.rules[at] for at in sorted(near)])
        narrower = _only(policy, [policy.rules[at] for at in sorted(near)])
        name = edited.rule.name
        return _idle(inquiry, wider, name) <= _idle(inquiry, narrower, name)
    except OutOfSteps:
        return False


def _promised_otherwise(inquiry: Inquiry, rule: Rule, formula: int) -> Iterator[Any]:
    """The situations without a verdict in which a guarantee forbids what a widened rule gives."""
    logic = inquiry.logic
    for guarantee in inquiry.policy.guarantees:
        if rule.then in guarantee.forbidden:
            yield logic.question([logic.condition(guarantee.when), formula], logic.applies)


def _idle(inquiry: Inquiry, policy: Policy, name: str) -> set[tuple[object, ...]]:
    asked = _inquiry(inquiry, policy)
    return {_key(finding) for finding in find_waste_of(asked, asked.policy.rule[name])}
