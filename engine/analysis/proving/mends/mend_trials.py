"""Trials of mends: whether an edit settles a finding without causing others. Only edits that pass are suggested.

The trial uses the rule read again from the edited text; for a policy that was not read from text, the intended rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from engine.analysis.proving.findings import Finding, Mend
from engine.analysis.proving.proof_session import ProofSession
from engine.analysis.proving.warnings import find_rule_warnings
from engine.budget import OutOfSteps
from engine.frozen import frozen_value
from engine.language.documents.yaml_spelling import on_one_line
from engine.language.editing.text_edits import TextEdit
from engine.language.editing.written_rules import WrittenRules
from engine.language.editing.written_steps import is_in_file_of_step, written_rules
from engine.language.model.canonical import written_data
from engine.language.model.condition_tree import All, Compare, Condition, comparisons_in, constants_in
from engine.language.model.guarantees import Guarantee, PairGuarantee
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Rule
from engine.language.model.relations.derivations import names_in
from engine.meaning.changes import change_of
from engine.meaning.cubes import as_bits
from engine.meaning.formulas import Ground
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Logic
from engine.meaning.promises.pair_queries import breaking_pairs
from engine.meaning.spaces.areas import Area, bits


@frozen_value
class Candidate:
    """An edited rule, with its description, and the text edit if the policy was read from text."""

    place: int
    rule: Rule
    words: str
    edit: TextEdit | None

    def mend(self, settles: int = 1) -> Mend:
        """Return the candidate as a mend that settles some number of findings."""
        return Mend(self.words, edit=self.edit, settles=settles)


def candidate(
    session: ProofSession,
    place: int,
    meant: dict[str, Any],
    words: str,
    write: Callable[[WrittenRules], TextEdit | None],
) -> Candidate | None:
    """Return a rule with some attributes replaced, as it reads after the edit; None if its text cannot be edited so.

    Args:
        session: The proof session.
        place: Index of the rule.
        meant: The new attributes.
        words: Description of the edit.
        write: Makes the text edit.
    """
    written = written_rules(session.policy, session.decided)
    if written is None:
        return Candidate(place, replace(session.policy.rules[place], **meant), words, None)
    edit = write(written)
    rule = None if edit is None else written.reread(place, edit)
    if edit is None or rule is None:
        return None
    return Candidate(place, rule, f"{words} (line {written.line_of(edit)})", edit)


def parts_of(rule: Rule) -> tuple[Condition, ...]:
    """Return the entries of a rule's `when`."""
    return rule.when.parts if isinstance(rule.when, All) else (rule.when,)


def tests_of(entry: Condition) -> tuple[Condition, ...]:
    """Return the comparisons of an entry, such as the two of `{at_least: 3, less_than: 9}`."""
    return entry.parts if isinstance(entry, All) else (entry,)


def is_writable(policy: Policy, condition: Condition) -> bool:
    """Whether an author can write a condition.

    The sums that a larger or smaller number comes to may have no name, and what is in the file of a step is read there
    alone.
    """
    named = {each.name for each in policy.numbers}
    return all(
        (name in named or name not in policy.number) and not is_in_file_of_step(policy, name)
        for name in names_in(condition)
    )


def spelled(test: Condition) -> tuple[str, Any]:
    """Return the key and the value of the entry that states a condition."""
    [(key, data)] = written_data(All((test,))).items()
    return key, data


def entry_text(test: Condition) -> str:
    """Return an entry as it is written in a `when`: `guests: {at_most: 39}`."""
    key, data = spelled(test)
    return on_one_line({key: data}).removeprefix("{").removesuffix("}")


def in_place_of(entry: Condition) -> str:
    """Say which constants an entry names that is replaced or emptied; empty if it names none."""
    tests = (test for test in comparisons_in(entry) if isinstance(test, Compare))
    names = dict.fromkeys(name for test in tests for name in constants_in(test))
    return f", in place of {' and '.join(f'`{name}`' for name in names)}" if names else ""


# Conflicts.


def count_settled(session: ProofSession, edited: Candidate, pair: tuple[int, int]) -> int:
    """Return how many conflicts an edited rule settles, that of two rules among them.

    0 if it does not settle that one, changes anything else, or causes a new finding.
    """
    policy = session.policy
    if not session.mending.left or _makes_circle(policy, edited.rule):
        return 0
    moved = _moved(policy, pair)
    near = _near(session, moved)
    before, after = _among(session, policy, near), _among(session, _with(policy, edited), near)
    try:
        if change_of(before.logic, after.logic, _is_worse).exists(session.mending):
            return 0
        places = after.logic.place
        if after.exists(after.logic.standing(*(places[policy.rules[each].name] for each in pair))):
            return 0
        names = [policy.rules[each].name for each in sorted(moved)]
        complaints, remaining = _complaints(before, names), _complaints(after, names)
        if not remaining <= complaints or _breaks_pairs(session, edited):
            return 0
    except OutOfSteps:
        return 0
    return sum(kind == "conflict" for kind, *_ in complaints - remaining)


def _is_worse(label: Label) -> bool:
    """Whether a pair of outcomes is a change other than from a conflict to a verdict."""
    assert isinstance(label, tuple)
    before, after = label
    return before != after and (before is not Ending.CONFLICT or after is Ending.GAP)


def _makes_circle(policy: Policy, edited: Rule) -> bool:
    """Whether an edited rule overrides a rule that already overrides it, directly or through others."""
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
    """Return the rules that may stand in other situations once one of two is edited, with those that influence this."""
    place = {rule.name: at for at, rule in enumerate(policy.rules)}
    beside: set[str] = set()
    for rule in (policy.rules[each] for each in pair):
        beside |= {rule.name, *policy.overriders[rule.name], *policy.weaker[rule.name]}
    for name in tuple(beside):
        beside |= {*policy.overriders[name]}
    return {place[name] for name in beside}


def _near(session: ProofSession, rules: set[int]) -> list[int]:
    """Return some rules and all that may apply where they do."""
    near = as_bits(rules) | (0 if session.logic.rest is None else 1 << session.logic.rest)
    for rule in rules:
        near |= session.logic.neighbours(rule)
    return bits(near)


def _with(policy: Policy, edited: Candidate) -> Policy:
    """Return the policy with one rule edited."""
    rules = (*policy.rules[: edited.place], edited.rule, *policy.rules[edited.place + 1 :])
    return replace(policy, rules=rules)


def _among(session: ProofSession, whole: Policy, rules: Iterable[int]) -> ProofSession:
    """Return a session for some rules of a policy, by index, on the shared budget of mends.

    The tests of an edited rule are made of existing cells, so that the space and the formulas can be shared.
    """
    policy = whole.only_rules({whole.rules[each].name for each in rules})
    known = session.logic
    asked = ProofSession(policy, session.steps, logic=Logic(policy, Ground(known.areas, known.formulas), known))
    asked.budget = session.mending
    return asked


def _complaints(session: ProofSession, names: Sequence[str]) -> set[tuple[object, ...]]:
    """Return keys of all findings about some rules: conflicts, broken guarantees, and what has no effect."""
    logic, policy = session.logic, session.policy
    found: set[tuple[object, ...]] = set()
    for name in names:
        place = logic.place[name]
        rule = policy.rules[place]
        found |= {_key(finding) for finding in find_rule_warnings(session, rule)}
        for other in bits(logic.neighbours(place)):
            if logic.agreeing[other] != logic.agreeing[place] and session.exists(logic.standing(place, other)):
                found.add(("conflict", frozenset({name, policy.rules[other].name})))
        for guarantee in policy.guarantees:
            if isinstance(guarantee, Guarantee) and rule.then in guarantee.forbidden:
                broken = logic.query([logic.condition(guarantee.when), logic.stands(place)])
                if session.exists(broken):
                    found.add(("broken-guarantee", guarantee.name, name))
    return found


def _key(finding: Finding) -> tuple[object, ...]:
    """Return what identifies a warning before and after an edit, apart from the other rules that cause it."""
    return (
        finding.code,
        finding.rules[:2] if finding.code == "useless-override" else finding.rules[:1],
        (finding.message if finding.code in ("impossible-test", "always-true-test") else ""),
    )


def _breaks_pairs(session: ProofSession, edited: Candidate) -> bool:
    """Whether after an edit more pairs of situations break a guarantee than before; raises `OutOfSteps`.

    Where pairs cannot be counted, a guarantee that was broken before counts as broken by more.
    """
    rules = session.policy.rules
    after = replace(session.policy, rules=(*rules[: edited.place], edited.rule, *rules[edited.place + 1 :]))
    for guarantee in session.policy.guarantees:
        if isinstance(guarantee, PairGuarantee):
            was, now = session.breaking_pairs(guarantee), breaking_pairs(after, guarantee)
            if now is None or not now.query.exists(session.mending):
                continue
            if was is None or not was.query.exists(session.mending) or not session.logic.space.countable:
                return True
            if was.query.count(session.mending) < now.query.count(session.mending):
                return True
    return False


# Gaps.


def settles_gap(session: ProofSession, edited: Candidate, areas: Sequence[Area]) -> bool:
    """Whether an edited rule gives all situations of a gap a verdict, changes nothing else, and causes no new finding.

    Args:
        session: The proof session.
        edited: The edited rule.
        areas: All situations without a verdict.
    """
    if not session.mending.left:
        return False
    logic, policy = session.logic, session.policy
    before, after = logic.applies[edited.place], logic.condition(edited.rule.when)
    negation = logic.formulas.negation
    left_out = logic.query([negation[after]])
    try:
        if any(left_out.exists(session.mending, area) for area in areas):
            return False
        if any(
            query.exists(session.mending)
            for query in (
                logic.query([before, negation[after]]),
                logic.query([after, negation[before]], (), _meeting(logic, after)),
                *_promised_otherwise(session, edited.rule, after),
            )
        ):
            return False
        near = _near(session, {edited.place})
        wider, narrower = _among(session, _with(policy, edited), near), _among(session, policy, near)
        name = edited.rule.name
        return _idle(wider, name) <= _idle(narrower, name) and not _breaks_pairs(session, edited)
    except OutOfSteps:
        return False


def _meeting(logic: Logic, formula: int) -> list[int]:
    """Return the formulas of the rules that may apply where a formula holds, by their tests of single fields."""
    tests, _ = logic.formulas.terms(formula)
    return [
        applies
        for applies, box in zip(logic.applies, logic.boxes.boxes, strict=True)
        if all(box.get(axis, mask) & mask for axis, mask in tests.items())
    ]


def _promised_otherwise(session: ProofSession, rule: Rule, formula: int) -> Iterator[Any]:
    """Iterate over queries for situations of the gap in which a guarantee forbids the verdict of a widened rule."""
    logic = session.logic
    for guarantee in session.policy.guarantees:
        if isinstance(guarantee, Guarantee) and rule.then in guarantee.forbidden:
            yield logic.query([logic.condition(guarantee.when), formula], _meeting(logic, formula))


def _idle(session: ProofSession, name: str) -> set[tuple[object, ...]]:
    return {_key(finding) for finding in find_rule_warnings(session, session.policy.rule[name])}
