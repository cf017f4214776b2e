"""When questions are asked in two versions of a policy, over situations that both decide.

In such a situation a field has an answer where one of the versions asks for it. A version that does not ask there has
no answer either: each of its comparisons of the field also says that it applies. It asks for nothing that depends on an
answer which only the other version takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from engine.language.model.asking.applicability import fields_before, implied_by, written_only
from engine.language.model.condition_tree import All, Compare, Condition, Holds, Not, Some, Versus, with_tests
from engine.language.model.field_kinds import TEXT, Field
from engine.language.model.policy_parts import Fact, Impossible, Number, PointsEntry
from engine.language.model.relations.derivations import names_in
from engine.language.model.relations.substitutions import with_names

# That of `policy.py`, which needs this room.
Policy: TypeAlias = Any

# No name that an author can write contains it.
_OTHERS = "@other"


def names_asking(policy: Policy) -> set[str]:
    """Return the names of all fields, numbers and facts that say whether some question is asked."""
    conditions = (field.applies_when for field in policy.fields if field.applies_when is not None)
    found: set[str] = policy.names_behind(name for condition in conditions for name in names_in(condition))
    return found


class ComparedVersion:
    """A version, as it is over situations that another one decides, too."""

    def __init__(self, policy: Policy, outside: Mapping[str, Condition]) -> None:
        """Take a version, and by field the condition of the answers that only the other version takes."""
        self.policy, self.outside = policy, outside
        self._known: dict[tuple[str, bool], Condition] = {}

    def refusing(self, name: str) -> Condition:
        """Return the condition that the version asks for a field, and does not take the answer."""
        condition = self.outside[name]
        return condition if self.policy.field[name].applies_when is None else All((self.asking(name), condition))

    def asking(self, name: str, *, taken: bool = True) -> Condition:
        """Return the condition under which the version asks for a field with `applies_when`.

        `taken` says whether it includes that the version takes the answers on which that depends. Where it does not,
        nothing that it decides counts.
        """
        key = name, taken
        if key not in self._known:
            field = self.policy.field[name]
            before = [each for each in self.policy.field if each in fields_before(self.policy, field)] if taken else []
            refused = (self.refusing(each) for each in before if each in self.outside)
            found = self.condition(field.applies_when, taken=taken)
            self._known[key] = All((found, *map(Not, refused))) if taken else found
        return self._known[key]

    def condition(self, condition: Condition, *, taken: bool = False) -> Condition:
        """Return a condition of the version in which every comparison says that what it is about applies."""

        def guarded(test: Compare | Versus | Holds) -> Condition:
            if isinstance(test, Holds):
                return test
            if isinstance(test, Compare) and test.op == "known" and test.value is False:
                return Not(guarded(replace(test, value=True)))
            policy = self.policy
            names = [test.name, test.other] if isinstance(test, Versus) else [test.name]
            fields = dict.fromkeys(
                field.name
                for name in names
                for field in ((policy.field[name],) if name in policy.field else policy.unsteady.get(name, ()))
                if field.applies_when is not None
            )
            own = policy.field.get(test.name)
            if isinstance(test, Compare) and test.op == "known" and own and own.kind == TEXT and own.or_none is None:
                # Where only the other version has `or_none`, the word is a text like any other here.
                test = replace(test, op="asked")
            return All((*(self.asking(name, taken=taken) for name in fields), test)) if fields else test

        return with_tests(condition, guarded)

    def parts(self) -> Policy:
        """Return the policy, whose conditions are such and whose `impossible` is what its author wrote."""
        policy, change = self.policy, self.condition
        # What says whether a question is asked counts although the version does not take an answer.
        asking = names_asking(policy)
        return replace(
            policy,
            fields=tuple(
                each if each.applies_when is None else replace(each, applies_when=self.asking(each.name))
                for each in policy.fields
            ),
            numbers=tuple(self._number(each, taken=each.name in asking) for each in policy.numbers),
            facts=tuple(replace(each, when=change(each.when, taken=each.name in asking)) for each in policy.facts),
            impossible=tuple(
                Impossible(change(each.when), each.because, each.place) for each in written_only(policy.impossible)
            ),
            rules=tuple(replace(each, when=change(each.when)) for each in policy.rules),
            steps=tuple(step.with_conditions(change) for step in policy.steps),
        )

    def _number(self, number: Number, *, taken: bool) -> Number:
        """Return a number whose entries hold where the version asks for what their amounts are worked out from, too."""

        def guarded(entry: PointsEntry) -> PointsEntry:
            fields = self.policy.unsteady.get(entry.number, ())
            asked = [self.asking(field.name, taken=taken) for field in fields if field.applies_when is not None]
            when = self.condition(entry.when, taken=taken)
            return replace(entry, when=All((*asked, when)) if asked else when)

        return replace(number, entries=tuple(map(guarded, number.entries))) if number.entries else number


def unite_applicability(own: ComparedVersion, other: ComparedVersion, fields: tuple[Field, ...]) -> Policy:
    """Return a version over the fields of both, with what says there where each has an answer.

    Args:
        own: The version.
        other: The other version.
        fields: The fields of both versions, united.

    Returns:
        The version, whose own `impossible` and conditions are about its own answers. Where a field of it has
        `applies_when`, that is the condition under which one of the versions asks for it.
    """
    if all(field.applies_when is None for version in (own, other) for field in version.policy.fields):
        return replace(own.policy, fields=fields)
    guarded, beside = own.parts(), other.parts()
    read = names_asking(beside)

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
    implied = (each for field in united for each in implied_by(field))
    return replace(found, impossible=(*guarded.impossible, *implied))


def _renamed(condition: Condition, name_of: Callable[[str], str]) -> Condition:
    def change(test: Compare | Versus | Holds) -> Condition:
        if isinstance(test, Holds):
            return replace(test, fact=name_of(test.fact))
        if isinstance(test, Versus):
            return test
        return replace(test, name=name_of(test.name))

    return with_tests(condition, change)
