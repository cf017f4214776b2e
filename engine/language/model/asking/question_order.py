"""The order of questions: which ones come before the questions of some fields."""

from __future__ import annotations

from typing import Any, TypeAlias

from engine.language.model.field_kinds import Field
from engine.language.model.relations.derivations import names_in

# That of `policy.py`, which needs this room.
Policy: TypeAlias = Any


def with_earlier_questions(policy: Policy, names: set[str]) -> set[str]:
    """Return some names, with those of the fields whose questions come before those of the fields among them.

    What says whether a question is asked is among them, with the facts and numbers on the way.
    """
    found = set(names)
    waiting = [name for name in policy.field if name in found]
    while waiting:
        field = policy.field[waiting.pop()]
        before = {field.ask_after} if field.ask_after is not None else set()
        if field.applies_when is not None:
            before |= policy.names_behind(names_in(field.applies_when))
        waiting += [name for name in before - found if name in policy.field]
        found |= before
    return found


def in_asking_order(policy: Policy) -> tuple[Field, ...]:
    """Return the fields in file order, except that each comes after the fields whose questions must come before it."""
    ordered: dict[str, Field] = {}
    waiting = [*reversed(policy.fields)]
    while waiting:
        field = waiting.pop()
        before = [policy.field[name] for name in earlier_questions(policy, field) if name not in ordered]
        if before:
            waiting += [field, *reversed(before)]
        else:
            ordered.setdefault(field.name, field)
    return tuple(ordered.values())


def earlier_questions(policy: Policy, field: Field) -> tuple[str, ...]:
    """Return the fields whose questions must come directly before that of a field, in file order.

    These are the field that its `ask_after` names, and those that say whether it is asked.
    """
    after = () if field.ask_after is None else (field.ask_after,)
    if field.applies_when is None:
        return after
    from engine.language.model.asking.applicability import fields_before

    before = fields_before(policy, field)
    return (*after, *(name for name in policy.field if name in before and name not in after))
