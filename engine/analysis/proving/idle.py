"""Idle questions: fields that rules read although no answer makes a difference, and answers distinguished in vain.

What quick evidence (`differences.py`) does not show is determined exactly, by comparing the policy with a copy in which
the field has another answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from engine.analysis.proving.differences import MOST_ANSWERS, Evidence
from engine.analysis.proving.findings import Finding
from engine.analysis.proving.idle_answers import find_idle_answers, is_alike
from engine.analysis.proving.proof_session import ProofSession
from engine.budget import OutOfSteps
from engine.language.model.condition_tree import Compare, Condition, Versus, with_tests
from engine.language.model.field_kinds import Field, Value
from engine.language.model.policy import Policy
from engine.language.model.relations.substitutions import with_names
from engine.meaning.changes import change
from engine.meaning.logic import logic_of
from engine.meaning.spaces.areas import bits


def idle_questions(
    session: ProofSession, dead: set[str], redundant: set[str]
) -> Iterator[tuple[str, Iterator[Finding]]]:
    """Iterate over queries about the fields that rules read: what is asked, and its findings, to be computed lazily.

    Args:
        session: The proof session.
        dead: Names of rules that never decide, which are reported by themselves; complete once the first of these
            queries is run.
        redundant: Likewise the names of redundant rules.
    """
    evidence = Evidence(session, dead, redundant)
    asked = _asked(session)
    for field in session.policy.fields:
        if not asked.isdisjoint(_axes(session, field)):
            yield f"whether the answer to `{field.name}` can make a difference", _field(session, field, evidence)


def idle_fields(session: ProofSession) -> Iterator[str]:
    """Iterate over the fields whose answer changes neither what is possible nor what is decided.

    If the steps run out, the fields found until then.
    """
    evidence = Evidence(session, set(), set())
    read = _asked(session) | _axes_of(session, session.logic.impossible)
    try:
        for field in session.policy.fields:
            is_read = _is_worked_with(session, field) or not read.isdisjoint(_axes(session, field))
            if not is_read or not _makes_difference(session, field, evidence):
                yield field.name
    except OutOfSteps:
        return


def _asked(session: ProofSession) -> set[int]:
    """Return the axes that rules depend on; tests that always hold or always fail are reported by themselves."""
    return _axes_of(session, session.logic.applies)


def _axes_of(session: ProofSession, formulas: Iterable[int]) -> set[int]:
    """Return the axes that some formulas mention."""
    found = 0
    for formula in formulas:
        found |= session.logic.formulas.axes[formula]
    steps = session.logic.areas.steps
    return set(bits(found if steps is None else steps.mentioned_behind(found)))


def _axes(session: ProofSession, field: Field) -> list[int]:
    """Return the axes of a field, and of the sums that it is part of."""
    return [axis for axis, shape in enumerate(session.logic.space.axes) if field.name in shape.fields]


def _field(session: ProofSession, field: Field, evidence: Evidence) -> Iterator[Finding]:
    for finding in _makes_none(session, field, evidence):
        if not _is_asked(session, field):
            return
        yield finding


def _makes_none(session: ProofSession, field: Field, evidence: Evidence) -> Iterator[Finding]:
    """Iterate over the finding for a field, or for answers to it, that make no difference."""
    if _is_idle(session, field, evidence):
        message = f"rules read the answer to `{field.name}`, but it never makes a difference: {field.ask}"
        help_ = "correct the rules that read it, or take the question out"
        yield Finding("idle-field", message, (), (field.place,), help_)
    elif field.name in evidence.read and not _is_worked_with(session, field):
        yield from find_idle_answers(session, field, evidence)


def _is_asked(session: ProofSession, field: Field) -> bool:
    """Whether rules depend on a field even if what they read of steps is written out.

    Then a test of a step that always holds, or always fails, depends on nothing.
    """
    if session.logic.areas.steps is None:
        return True
    logic = logic_of(session.policy)
    own = {axis for axis, shape in enumerate(logic.space.axes) if field.name in shape.fields}
    return any(logic.formulas.axes[formula] >> axis & 1 for formula in logic.applies for axis in own)


def _is_idle(session: ProofSession, field: Field, evidence: Evidence) -> bool:
    """Whether no answer to a field that rules read makes a difference; raises `OutOfSteps`."""
    return field.name in evidence.read and not _makes_difference(session, field, evidence)


def _makes_difference(session: ProofSession, field: Field, evidence: Evidence) -> bool:
    """Whether an answer to a field can change what is possible, decided or worked out; raises `OutOfSteps`."""
    if _is_worked_with(session, field):
        return True
    is_conditional = field.applies_when is not None
    if not is_conditional and any(map(evidence.matters, session.logic.space.axes_of(field))):
        return True
    answers = evidence.samples.answers(field)
    if is_conditional:
        from engine.language.model.asking.applicability import is_left_out

        answers = [each for each in answers if not is_left_out(field, each)]
    if evidence.samples.show(field, _few(answers)):
        return True
    if is_conditional:
        return change(*_where_asked(session.policy, field)).exists(session.budget)
    axes = _axes(session, field)
    if session.logic.areas.steps is not None and session.logic.areas.group_of.keys().isdisjoint(axes):
        cells = session.logic.space.axes
        return any(
            not is_alike(session, field, axis, pair, evidence)
            for axis in axes
            for pair in pairwise(range(len(cells[axis].cells)))
        )
    return change(session.policy, _doubled(session.policy, field)).exists(session.budget)


def _is_worked_with(session: ProofSession, field: Field) -> bool:
    """Whether the value of an output is worked out from a field, so that every answer counts."""
    policy = session.policy
    if not policy.numbers_given:
        return False
    from engine.language.model.relations.rule_outputs import names_worked_with

    return field.name in names_worked_with(policy, policy.numbers_given)


def _few(answers: list[Value]) -> list[Value]:
    """Return some of many answers, evenly spaced."""
    return answers[:: len(answers) // MOST_ANSWERS + 1]


# The copy of the policy.


def _where_asked(policy: Policy, field: Field) -> tuple[Policy, Policy]:
    """Return the policy and its copy over situations in which each of the two fields has an answer where it is asked.

    That the question is asked or not is no difference between two answers to it.
    """
    copy = _doubled(policy, field)
    fields = (*policy.fields, *(each for each in copy.fields if each.name not in policy.field))
    pairs = list(zip(policy.impossible, copy.impossible, strict=True))
    implied = tuple(each for pair in pairs if pair[0].implied_by == field.name for each in pair)
    return (
        replace(policy, fields=fields, impossible=(*policy.impossible, *implied), guarantees=()),
        replace(copy, fields=fields, impossible=(*copy.impossible, *implied)),
    )


def _doubled(policy: Policy, field: Field) -> Policy:
    """Return the policy with a field replaced by an independent copy."""
    # No author can write this name.
    name = f"{field.name}'"

    def renamed(test: Condition) -> Condition:
        if isinstance(test, Compare) and test.name == field.name:
            return replace(test, name=name)
        if isinstance(test, Versus) and field.name in (test.name, test.other):
            own, other = (name if each == field.name else each for each in (test.name, test.other))
            return replace(test, name=own, other=other)
        return test

    numbers = tuple(with_names(each, lambda part: name if part == field.name else part) for each in policy.numbers)
    fields = tuple(replace(each, name=name) if each is field else each for each in policy.fields)
    return replace(
        policy,
        fields=fields,
        numbers=numbers,
        facts=tuple(replace(each, when=with_tests(each.when, renamed)) for each in policy.facts),
        impossible=tuple(replace(each, when=with_tests(each.when, renamed)) for each in policy.impossible),
        rules=tuple(replace(each, when=with_tests(each.when, renamed)) for each in policy.rules),
        steps=tuple(step.with_conditions(lambda when: with_tests(when, renamed)) for step in policy.steps),
        guarantees=(),
    )
