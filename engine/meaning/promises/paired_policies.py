"""Pairs of situations of one policy, as the situations of a policy with some of its fields twice.

A guarantee about two situations is about those that agree on all fields but some. Such a pair is a situation of a
policy that has these fields twice, and everything that reads them: the second copies are renamed. What holds of a pair
is then asked as the change between two versions of a policy is (self-composition: G. Barthe, P. D'Argenio, T. Rezk,
"Secure information flow by self-composition", CSFW 2004).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from engine.language.model.condition_tree import (
    All,
    Compare,
    Condition,
    Holds,
    Not,
    Some,
    Versus,
    comparisons_in,
    with_tests,
)
from engine.language.model.derived.derivations import names_in, names_of_parts, with_names
from engine.language.model.field_kinds import ANY_OF, NUMBER, TEXT, YES_NO, Field, Value
from engine.language.model.guarantees import Indifference
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Impossible

# No name that an author can write contains it.
_MARK = "'"


class SecondCopy:
    """The names of some fields, and of all that reads them, in the second of two situations."""

    def __init__(self, policy: Policy, fields: Collection[str]) -> None:
        self.policy = policy
        self.fields = frozenset(fields)
        self._renamed = set(self.fields)
        self._copies: dict[int, tuple[Condition, Condition]] = {}
        for each in policy.derived_in_order:
            if not self._renamed.isdisjoint(names_of_parts(each)):
                self._renamed.add(each.name)

    def name(self, name: str) -> str:
        """Return the name of a field, number or fact in the second situation."""
        return name + _MARK if name in self._renamed else name

    def changes(self, condition: Condition) -> bool:
        """Whether a condition reads, directly or not, a field that the two situations may answer differently."""
        return not self._renamed.isdisjoint(names_in(condition))

    def condition(self, condition: Condition) -> Condition:
        """Return a condition about the second situation; the same object if it reads nothing that is renamed."""
        known = self._copies.get(id(condition))
        if known is None:
            # The condition is kept alive with its copy, since the key is its identity.
            copy = with_tests(condition, self._rename) if self.changes(condition) else condition
            known = self._copies[id(condition)] = condition, copy
        return known[1]

    def _rename(self, test: Compare | Versus | Holds) -> Condition:
        if isinstance(test, Holds):
            return replace(test, fact=self.name(test.fact))
        if isinstance(test, Versus):
            return replace(test, name=self.name(test.name), other=self.name(test.other))
        return replace(test, name=self.name(test.name))

    def values(self, pair: Mapping[str, Value]) -> tuple[dict[str, Value], dict[str, Value]]:
        """Split a pair, as a situation of the paired policy, into its two situations."""
        return (
            {name: pair[name] for name in self.policy.field},
            {name: pair[self.name(name)] for name in self.policy.field},
        )


class PairedPolicy(NamedTuple):
    """The pairs of situations that a guarantee is about, as situations.

    `one` and `other` are policies over the same situations, which are the pairs: one decides the first situation of
    each, the other the second. A pair is impossible if one of its situations is, or if `when` does not hold in it.
    """

    copy: SecondCopy
    one: Policy
    other: Policy


def pair(policy: Policy, guarantee: Indifference) -> PairedPolicy:
    """Return the pairs of situations that a guarantee about two situations compares."""
    copy = SecondCopy(policy, guarantee.ignores)
    scope = [*policy.impossible, *_outside(guarantee)]
    mirrored = [replace(each, when=copy.condition(each.when)) for each in scope if copy.changes(each.when)]
    fields = [replace(each, name=copy.name(each.name)) for each in policy.fields if each.name in copy.fields]
    numbers = [
        replace(with_names(each, copy.name), name=copy.name(each.name))
        for each in policy.numbers
        if copy.name(each.name) != each.name
    ]
    facts = [
        replace(each, name=copy.name(each.name), when=copy.condition(each.when))
        for each in policy.facts
        if copy.name(each.name) != each.name
    ]
    one = replace(
        policy,
        fields=(*policy.fields, *fields),
        numbers=(*policy.numbers, *numbers),
        facts=(*policy.facts, *facts),
        impossible=(*scope, *mirrored),
        guarantees=(),
    )
    rules = tuple(
        replace(each, when=copy.condition(each.when)) if copy.changes(each.when) else each for each in policy.rules
    )
    return PairedPolicy(copy, one, replace(one, rules=rules))


def pairs_apart(policy: Policy, guarantee: Indifference) -> Policy:
    """Return a policy without rules whose situations are the pairs that a guarantee is about, of two that differ.

    Where neither copy of a continuous number is one of the constants that it is compared with, the two count as
    different, since infinitely many others lie beside each.
    """
    copy, one, _ = pair(policy, guarantee)
    constants = _constants(policy)
    same = [_same(policy.field[name], copy.name(name), constants.get(name, ())) for name in guarantee.ignores]
    alike = Impossible(All(tuple(same)), guarantee.because, guarantee.place)
    return replace(one, impossible=(*one.impossible, alike), rules=())


def _same(field: Field, other: str, constants: Iterable[Value]) -> Condition:
    """Return the condition that a field and its copy have the same answer."""
    name = field.name
    if field.is_grid:
        return All((Versus(name, "at_least", other), Versus(name, "at_most", other)))
    if field.kind == ANY_OF:
        chosen = [Compare(each, "includes", (option,)) for option in field.options for each in (name, other)]
        pairs = zip(chosen[::2], chosen[1::2], strict=True)
        return All(tuple(Some((All((one, two)), All((Not(one), Not(two))))) for one, two in pairs))
    answers: tuple[Value, ...] = (*constants, *(() if field.low is None or field.low != field.high else (field.low,)))
    if field.kind != NUMBER:
        answers = (False, True) if field.kind == YES_NO else field.known or field.options
    same = [All((Compare(name, "is", each), Compare(other, "is", each))) for each in answers]
    if field.kind == TEXT:
        known = [Compare(each, "is", text) for each in (name, other) for text in field.known]
        same.append(All(tuple(map(Not, known))))
    return Some(tuple(same))


def _constants(policy: Policy) -> dict[str, set[Value]]:
    """Map each field to the constants that it is compared with."""
    found: dict[str, set[Value]] = {}
    for condition in policy.conditions:
        for test in comparisons_in(condition):
            if isinstance(test, Compare):
                found.setdefault(test.name, set()).update(test.value if isinstance(test.value, tuple) else [test.value])
    return found


def _outside(guarantee: Indifference) -> tuple[Impossible, ...]:
    """Return, as something impossible, the situations that a guarantee is not about."""
    if guarantee.when == All(()):
        return ()
    return (Impossible(Not(guarantee.when), guarantee.because, guarantee.place),)
