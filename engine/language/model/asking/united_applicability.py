"""When questions are asked in two versions of a policy, over situations that both decide.

In such a situation a field has an answer where one of the versions asks for it. A version that does not ask there has
no answer either: each of its comparisons of the field also says that it applies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeAlias

from engine.language.model.asking.applicability import Phrase, implied_by, written_only
from engine.language.model.condition_tree import All, Compare, Condition, Holds, Not, Some, Versus, with_tests
from engine.language.model.field_kinds import Field
from engine.language.model.policy_parts import Fact, Impossible, Number
from engine.language.model.relations.derivations import names_in
from engine.language.model.relations.substitutions import with_conditions, with_names

# That of `policy.py`, which needs this room.
Policy: TypeAlias = Any

# No name that an author can write contains it.
_OTHERS = "@other"


def unite_applicability(own: Policy, other: Policy, fields: tuple[Field, ...], phrase: Phrase) -> Policy:
    """Return a version over the fields of both, with what says there where each has an answer.

    Args:
        own: The version.
        other: The other version.
        fields: The fields of both versions, united.
        phrase: Says a condition in words.

    Returns:
        The version, whose own `impossible` and conditions are about its own answers. Where a field of it has
        `applies_when`, that is the condition under which one of the versions asks for it.
    """
    if all(field.applies_when is None for version in (own, other) for field in version.fields):
        return replace(own, fields=fields)
    guarded, beside = _guarded(own), _guarded(other)
    read = beside.names_behind(
        name for field in beside.fields if field.applies_when is not None for name in names_in(field.applies_when)
    )

    def name_of(name: str) -> str:
        return name if name in beside.field else name + _OTHERS

    facts = tuple(
        Fact(name_of(each.name), each.means, _renamed(each.when, name_of)) for each in beside.facts if each.name in read
    )
    numbers = tuple(
        replace(with_names(each, name_of), name=name_of(each.name)) for each in beside.numbers if each.name in read
    )
    united = []
    for field in fields:
        conditions = [version.field[field.name].applies_when for version in (guarded, beside)
                      if field.name in version.field]  # fmt: skip
        is_conditional = None not in conditions
        if field.name in beside.field and is_conditional:
            conditions[-1] = _renamed(conditions[-1], name_of)
        when = conditions[0] if len(conditions) == 1 else Some(tuple(conditions))
        united.append(replace(field, applies_when=when if is_conditional else None))
    found = replace(
        guarded,
        fields=tuple(united),
        facts=(*guarded.facts, *facts),
        numbers=(*guarded.numbers, *numbers),
    )
    implied = (each for field in united for each in implied_by(found, field, phrase))
    return replace(found, impossible=(*guarded.impossible, *implied))


def only_asked(own: Policy, field: str, condition: Condition) -> Condition:
    """Return a condition about a field of a version, to hold only where the version asks for it."""
    when = own.field[field].applies_when
    return condition if when is None else All((_guarding(own)(when), condition))


def _guarded(policy: Policy) -> Policy:
    """Return a policy in which every comparison says that what it is about applies."""
    change = _guarding(policy)

    def numbers() -> Iterable[Number]:
        return (with_conditions(each, change) for each in policy.numbers)

    return replace(
        policy,
        fields=tuple(
            each if each.applies_when is None else replace(each, applies_when=change(each.applies_when))
            for each in policy.fields
        ),
        numbers=tuple(numbers()) if any(each.entries for each in policy.numbers) else policy.numbers,
        facts=tuple(replace(each, when=change(each.when)) for each in policy.facts),
        impossible=tuple(
            Impossible(change(each.when), each.because, each.place) for each in written_only(policy.impossible)
        ),
        rules=tuple(replace(each, when=change(each.when)) for each in policy.rules),
        steps=tuple(step.with_conditions(change) for step in policy.steps),
    )


def _guarding(policy: Policy) -> Callable[[Condition], Condition]:
    """Return a function that guards the comparisons in a condition."""
    known: dict[str, Condition] = {}

    def applies(name: str) -> Condition:
        """Return the condition that a field applies, which is guarded itself."""
        if name not in known:
            known[name] = with_tests(policy.field[name].applies_when, guarded)
        return known[name]

    def guarded(test: Compare | Versus | Holds) -> Condition:
        if isinstance(test, Holds):
            return test
        if isinstance(test, Compare) and test.op == "known" and test.value is False:
            return Not(guarded(replace(test, value=True)))
        names = [test.name, test.other] if isinstance(test, Versus) else [test.name]
        fields = dict.fromkeys(
            field.name
            for name in names
            for field in ((policy.field[name],) if name in policy.field else policy.unsteady.get(name, ()))
            if field.applies_when is not None
        )
        return All((*map(applies, fields), test)) if fields else test

    return lambda condition: with_tests(condition, guarded)


def _renamed(condition: Condition, name_of: Callable[[str], str]) -> Condition:
    def change(test: Compare | Versus | Holds) -> Condition:
        if isinstance(test, Holds):
            return replace(test, fact=name_of(test.fact))
        if isinstance(test, Versus):
            return test
        return replace(test, name=name_of(test.name))

    return with_tests(condition, change)
