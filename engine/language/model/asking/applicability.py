"""What `applies_when` implies: where the question of a field is not asked, and that it has no answer there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from engine.frozen import FrozenDict
from engine.language.model.condition_tree import All, Compare, Not
from engine.language.model.field_kinds import ANY_OF, NOT_ASKED, Field, Value
from engine.language.model.policy_parts import Impossible
from engine.language.model.relations.derivations import Derivation, names_behind, names_in

# That of `policy.py`, which needs this room.
Policy: TypeAlias = Any


def with_implied(policy: Policy) -> Policy:
    """Return a policy with the combinations that its fields' `applies_when` makes impossible."""
    if all(field.applies_when is None for field in policy.fields):
        return policy
    implied = (each for field in policy.fields for each in implied_by(field))
    return replace(policy, impossible=(*written_only(policy.impossible), *implied))


def written_only(impossible: Iterable[Impossible]) -> tuple[Impossible, ...]:
    """Return the impossible combinations that an author wrote."""
    return tuple(each for each in impossible if not each.implied_by)


def implied_by(field: Field) -> Iterator[Impossible]:
    """Iterate over what is impossible: an answer where the field does not apply, and none where it does."""
    if field.applies_when is None:
        return
    asked, not_asked = (Compare(field.name, "asked", each) for each in (True, False))
    outside = f"“{field.ask}” is asked only where its `applies_when` holds."
    inside = f"“{field.ask}” has an answer wherever its `applies_when` holds."
    yield Impossible(All((Not(field.applies_when), asked)), outside, field.place, field.name)
    yield Impossible(All((field.applies_when, not_asked)), inside, field.place, field.name)
    if field.kind == ANY_OF:
        chosen = Compare(field.name, "includes_any", field.options)
        yield Impossible(All((not_asked, chosen)), outside, field.place, field.name)


def fields_before(policy: Policy, field: Field) -> frozenset[str]:
    """Return the fields that say whether the question of a field is asked, directly or through facts and numbers."""
    found: frozenset[str] = policy.keep(_fields_before, field.name)
    return found


def _fields_before(policy: Policy, name: str) -> frozenset[str]:
    when = policy.field[name].applies_when
    if when is None:
        return frozenset()
    return frozenset(policy.names_behind(names_in(when)) & policy.field.keys())


def free_fields(policy: Policy, compared: Iterable[str]) -> frozenset[str]:
    """Return the fields that may apply in one of two situations alone that differ in some answers: in these fields."""
    if all(field.applies_when is None for field in policy.fields):
        return frozenset()
    differing = set(compared)
    found: set[str] = set()
    for field in conditional_fields(policy):
        if field.name not in differing and not differing.isdisjoint(fields_before(policy, field)):
            found.add(field.name)
            differing.add(field.name)
    return frozenset(found)


def order_of_fields(fields: Mapping[str, Field], derived: Mapping[str, Derivation]) -> dict[str, list[str]]:
    """Map each field with `applies_when` to the fields that it reads, directly or through facts and numbers."""
    return {
        name: sorted(names_behind(derived, names_in(field.applies_when)) & fields.keys())
        for name, field in fields.items()
        if field.applies_when is not None
    }


def not_asked(field: Field) -> Value:
    """Return what stands for the answer to a field where it is not asked."""
    return (NOT_ASKED,) if field.kind == ANY_OF else NOT_ASKED


def fields_in_order(policy: Policy) -> tuple[Field, ...]:
    """Return the fields of a policy, each after those that say whether it is asked."""
    return (*(field for field in policy.fields if field.applies_when is None), *conditional_fields(policy))


def conditional_fields(policy: Policy) -> tuple[Field, ...]:
    """Return the fields with `applies_when`, each after those that it depends on."""
    found: tuple[Field, ...] = policy.keep(_in_order)
    return found


def _in_order(policy: Policy) -> tuple[Field, ...]:
    """Return the fields with `applies_when`, each after those that it depends on."""
    from engine.language.model.relations.circles import in_order

    conditional = [field.name for field in policy.fields if field.applies_when is not None]
    uses = {name: [each for each in conditional if each in fields_before(policy, policy.field[name])]
            for name in conditional}  # fmt: skip
    return tuple(policy.field[name] for name in in_order(uses))


def answered_only(policy: Policy, values: Mapping[str, Value]) -> FrozenDict[str, Value]:
    """Return the answers of a situation without those to questions that are not asked."""
    if all(field.applies_when is None for field in policy.fields):
        return FrozenDict(values)
    return FrozenDict({name: value for name, value in values.items() if not is_left_out(policy.field[name], value)})


def is_left_out(field: Field | None, value: Any) -> bool:
    """Whether a value says that the question of a field is not asked."""
    if field is None or field.applies_when is None:
        return False
    return bool(value == NOT_ASKED or (field.kind == ANY_OF and isinstance(value, tuple) and NOT_ASKED in value))
