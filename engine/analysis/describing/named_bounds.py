"""Bounds by the names of the author's constants: `less than the full age (18 years)` for at most 17."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from engine.language.documents.exact import fraction_type
from engine.language.model.condition_tree import EQUAL_OPS, All, Compare, Condition, Not, Some, comparisons_in
from engine.language.model.field_kinds import DATE, INTEGER, Field
from engine.language.model.policy import Policy
from engine.language.model.values.grid_positions import exact_decimal

# The names of constants, each by the name of a field or derived number and a value that it is compared with.
Names: TypeAlias = Mapping[tuple[str, Any], str]

# For each inclusive comparison the strict one, with the direction in which its bound lies.
_STRICT = {
    "at_least": ("more_than", -1),
    "at_most": ("less_than", 1),
    "on_or_after": ("after", -1),
    "on_or_before": ("before", 1),
}


def name_bounds(policy: Policy, condition: Condition, names: Names | None = None) -> Condition:
    """Return a condition in which bounds are named as the policy names them.

    A bound gets the name of a constant if the policy compares the same field or derived number with that constant. A
    bound of a field that is one step away from it becomes the strict comparison. Dated constants are left out, since
    what they are worth depends on the day.

    Args:
        policy: The policy whose conditions name the constants.
        condition: A condition, about the same names, whose bounds are written out.
        names: The names of constants as `constants_compared` returns them; those of the policy if left out.

    Returns:
        An equivalent condition.
    """
    names = constants_compared(policy) if names is None else names
    return _named(policy, names, condition) if names else condition


def constants_compared(policy: Policy) -> Names:
    """Return the names of constants by what the policy compares with them and by their values; of equal ones the first.

    It is cached on the policy.
    """
    return policy.keep(_constants_compared)


def _constants_compared(policy: Policy) -> Names:
    found: dict[tuple[str, Any], str] = {}
    if not policy.constants:
        return found
    for test in (test for condition in policy.conditions for test in comparisons_in(condition)):
        if isinstance(test, Compare) and isinstance(test.named, str) and test.named:
            constant = policy.constant[test.named]
            if constant.value == test.value:
                found.setdefault((test.name, test.value), test.named)
    return found


def _named(policy: Policy, names: Names, condition: Condition) -> Condition:
    if isinstance(condition, Some) and condition.written is not None:
        return condition
    if isinstance(condition, All | Some):
        return replace(condition, parts=tuple(_named(policy, names, part) for part in condition.parts))
    if isinstance(condition, Not):
        return replace(condition, part=_named(policy, names, condition.part))
    if not isinstance(condition, Compare) or condition.named or isinstance(condition.value, tuple):
        return condition
    name = names.get((condition.name, condition.value))
    if name is not None:
        return replace(condition, named=name)
    field = policy.field.get(condition.name)
    if field is None or condition.op in EQUAL_OPS or condition.op not in _STRICT:
        return condition
    strict, direction = _STRICT[condition.op]
    beyond = _next(field, condition.value, direction)
    name = names.get((condition.name, beyond))
    return condition if name is None else Compare(field.name, strict, beyond, condition.place, name)


def _next(field: Field, value: Any, direction: int) -> Any:
    """The next value of a field above or below another one; the value itself if there is none."""
    if field.kind == DATE:
        is_last = value == (datetime.date.max if direction > 0 else datetime.date.min)
        return value if is_last else value + datetime.timedelta(days=direction)
    if field.kind == INTEGER:
        return value + direction
    # In fractions, because decimal arithmetic follows the context of the caller.
    fraction = fraction_type()
    return value if field.step is None else exact_decimal(fraction(value) + direction * fraction(field.step))
