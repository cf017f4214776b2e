"""Derived numbers that may have no value, since a field that they are made of may have none."""

from __future__ import annotations

from collections.abc import Iterable

from engine.language.model.field_kinds import Field
from engine.language.model.policy_parts import Number
from engine.language.model.relations.dated_numbers import dated_values
from engine.language.model.relations.derivations import Derivation


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
