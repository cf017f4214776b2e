"""Which questions are asked, as some answers to others say, and which answers nobody asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.language.model.asking.applicability import conditional_fields, fields_before, not_asked
from engine.language.model.field_kinds import Field, Value
from engine.language.model.policy import Policy
from engine.language.model.relations.derivations import names_in
from engine.language.model.words import condition_phrase
from engine.language.situations.situation_records import Answers
from engine.meaning.reference import Situation
from engine.problems import Place, Problem, RecordError


def filled(policy: Policy, answers: Answers) -> Answers:
    """Return a record with what stands for the answers to questions that are not asked, as far as it says so.

    Raises `RecordError` if it answers a question that its other answers leave unasked.
    """
    if all(field.applies_when is None for field in policy.fields):
        return answers
    values = fill_in(policy, answers.values)
    problems = [
        _unasked(policy, field)
        for field in conditional_fields(policy)
        if values.get(field.name, not_asked(field)) != not_asked(field) and is_asked(policy, field, values) is False
    ]
    if problems:
        raise RecordError(problems)
    return Answers(values, answers.assumed)


def _unasked(policy: Policy, field: Field) -> Problem:
    where = condition_phrase(policy, field.applies_when)
    message = f"`{field.name}` is not asked here: it applies only where “{where}”"
    help_ = f"leave `{field.name}` out, or correct the other answers"
    return Problem("not-asked", message, (Place("record", path=field.name),), help_)


def fill_in(policy: Policy, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return answers with what stands for those of questions that are not asked, as far as the answers say so.

    Args:
        policy: The policy.
        values: Some of the answers; more are not needed than those that say whether each question is asked.
    """
    found = dict(values)
    for field in conditional_fields(policy):
        if field.name not in found and is_asked(policy, field, found) is False:
            found[field.name] = not_asked(field)
    return {name: found[name] for name in policy.field if name in found} if len(found) > len(values) else found


def is_asked(policy: Policy, field: Field, values: Mapping[str, Value]) -> bool | None:
    """Whether the question of a field is asked; None if that depends on what is not answered yet."""
    if not fields_before(policy, field) <= values.keys():
        return None
    return Situation(policy.keep(_scope, field.name), values).holds(field.applies_when)


def _scope(policy: Policy, name: str) -> Policy:
    """Return a policy with no more than what the `applies_when` of a field reads."""
    read = policy.names_behind(names_in(policy.field[name].applies_when))
    return replace(
        policy,
        numbers=tuple(each for each in policy.numbers if each.name in read),
        facts=tuple(each for each in policy.facts if each.name in read),
        steps=(),
        rules=(),
        impossible=(),
        guarantees=(),
    )


def asked_first(policy: Policy, name: str, values: Mapping[str, Value]) -> str:
    """Return the question that must be answered before that of a field can be asked; this one if there is none."""
    before = fields_before(policy, policy.field[name])
    for field in policy.asking_order:
        if field.name in before and field.name not in values:
            return asked_first(policy, field.name, values)
    return name
