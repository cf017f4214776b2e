"""Derived numbers that may have no value, since a field that they are made of may have none.

A number has no value where one of its parts has none. One that is an output of a step is worked out in one way or
another: it has no value where the way that counts there reads a number without a value.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from engine.language.model.condition_tree import All, Compare, Condition, Some
from engine.language.model.field_kinds import Field
from engine.language.model.policy_parts import Number
from engine.language.model.relations.dated_numbers import dated_values
from engine.language.model.relations.derivations import Derivation, parts_of

# That of `policy.py`, which needs this room.
Policy: TypeAlias = Any


def fields_without_value(fields: Iterable[Field], derivations: Iterable[Derivation]) -> dict[str, tuple[Field, ...]]:
    """Map the numbers that may have no value to the fields that then have none, in file order.

    Args:
        fields: All fields of a policy.
        derivations: Its facts and numbers, each after those that it reads.
    """
    able = [field for field in fields if field.absences]
    lacking = {field.name: {field.name} for field in able}
    found: dict[str, tuple[Field, ...]] = {}
    for each in derivations:
        if isinstance(each, Number):
            # What points depend on they read as conditions, which fail where there is no value.
            parts = (*(name for name, _ in each.terms), *each.parts, *(value.on for value in dated_values(each)))
            lacking[each.name] = set().union(*(lacking.get(part, ()) for part in parts if isinstance(part, str)))
            if lacking[each.name]:
                found[each.name] = tuple(field for field in able if field.name in lacking[each.name])
    return found


def optional_numbers(unsteady: Iterable[str], derivations: Iterable[Derivation]) -> frozenset[str]:
    """Return the names of the numbers that may have no value where all steps have an outcome.

    Args:
        unsteady: The numbers that `fields_without_value` returns.
        derivations: The facts and numbers of a policy, each after those that it reads.
    """
    found = set(unsteady)
    for each in derivations:
        if isinstance(each, Number) and not found.isdisjoint(parts_of(each)):
            found.add(each.name)
    return frozenset(found)


def known_conditions(policy: Policy, name: str) -> tuple[Condition, ...]:
    """Return conditions that all hold where a number has a value, if all steps have an outcome there.

    Args:
        policy: The policy.
        name: Name of a number; a field has no such conditions.

    Returns:
        That the fields which it needs have a value, and for each output of a step that it is made of, that the way in
        which that is worked out gives one.
    """
    if name not in policy.optional_numbers:
        return ()
    fields = tuple(Compare(field.name, "known", True) for field in policy.unsteady.get(name, ()))
    return (*fields, *(_given(policy, each) for each in _outputs_in(policy, name)))


def _outputs_in(policy: Policy, name: str) -> list[str]:
    """Return the outputs of steps that may have no value, of the numbers that a number is made of and itself."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each in found or each not in policy.optional_numbers:
            continue
        found[each] = None
        if not policy.number[each].given_by:
            waiting += parts_of(policy.number[each])
    return [each for each in found if policy.number[each].given_by]


def _given(policy: Policy, name: str) -> Condition:
    """Return the condition under which an output of a step is worked out from what has a value, or is written out."""
    # Each is made once, so that a chain of such outputs shares its conditions.
    ways = ((each.when, *policy.keep(known_conditions, each.number)) for each in policy.number[name].entries)
    return Some(tuple(map(All, ways)))
