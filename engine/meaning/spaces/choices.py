"""Points as choices: entries about the same fields are put together, with the amounts that they can add.

Exactly one condition of a choice holds in every situation. Entries for the bands of one field exclude each other, so
that a field with ten bands is one choice between ten amounts, and not ten choices between two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any, TypeAlias

from engine.language.model.condition_tree import All, Compare, Condition, Holds, Not, Some, comparisons_in
from engine.language.model.field_kinds import ANY_OF
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Number, PointsEntry
from engine.meaning.reference import Situation
from engine.meaning.spaces.cells import cuts_in, field_axes
from engine.meaning.spaces.field_order import field_order

# The amounts that can be added, each with the condition under which it is.
Choice: TypeAlias = tuple[tuple[Fraction, Condition], ...]

# So many combinations of cells are looked at to find which entries exclude each other.
MOST_COMBINATIONS = 256


def choices_of(policy: Policy, number: Number) -> list[Choice]:
    """Return the choices that a number of points adds up, in the order of the fields that they read."""
    order = {name: place for place, name in enumerate(policy.keep(field_order))}
    groups: dict[frozenset[str], list[PointsEntry]] = {}
    found: list[tuple[int, Choice]] = []
    for entry in number.entries:
        fields = _fields(policy, entry.when)
        if fields is None:
            read = policy.names_behind(test.fact if isinstance(test, Holds) else test.name
                                       for test in comparisons_in(entry.when))  # fmt: skip
            found.append((_first(order, read), _alone(entry)))
        else:
            groups.setdefault(fields, []).append(entry)
    for fields, entries in _joined(groups).items():
        found += [(_first(order, fields), choice) for choice in _choices(policy, sorted(fields), entries)]
    return [choice for _, choice in sorted(found, key=lambda each: each[0])]


def _first(order: dict[str, int], names: Iterable[str]) -> int:
    return min((order[name] for name in names if name in order), default=-1)


def _alone(entry: PointsEntry) -> Choice:
    return ((Fraction(entry.add), entry.when), (Fraction(0), Not(entry.when)))


def _fields(policy: Policy, when: Condition) -> frozenset[str] | None:
    """Return the fields that a condition reads; None if it reads anything but single fields with one answer each."""
    found: set[str] = set()
    for test in comparisons_in(when):
        if isinstance(test, Holds):
            # A step is read as a whole, with all that its rules read.
            inner = None if test.fact in policy.step_facts else _fields(policy, policy.fact[test.fact].when)
            if inner is None:
                return None
            found |= inner
        elif isinstance(test, Compare) and test.name in policy.field and policy.field[test.name].kind != ANY_OF:
            found.add(test.name)
        else:
            return None
    return frozenset(found)


def _joined(groups: dict[frozenset[str], list[PointsEntry]]) -> dict[frozenset[str], list[PointsEntry]]:
    """Join the entries about some fields with those about these and others."""
    found: dict[frozenset[str], list[PointsEntry]] = {}
    for fields in sorted(groups, key=len, reverse=True):
        above = next((other for other in found if fields <= other), fields)
        found.setdefault(above, []).extend(groups[fields])
    return found


def _choices(policy: Policy, fields: Sequence[str], entries: list[PointsEntry]) -> list[Choice]:
    """Return entries about the same fields as one choice, or as one each where the fields have too many cells."""
    if len(entries) == 1:
        return [_alone(entries[0])]
    samples = _samples(policy, fields, entries)
    if prod(map(len, samples)) > MOST_COMBINATIONS:
        return [_alone(entry) for entry in entries]
    facts = policy.names_behind(test.fact for test in _holds(entries))
    bare = replace(
        policy,
        numbers=(),
        rules=(),
        impossible=(),
        guarantees=(),
        facts=tuple(f for f in policy.facts if f.name in facts),
        steps=(),
    )
    # Which entries add something together: a bit each.
    patterns: dict[int, None] = {}
    for values in product(*samples):
        situation = Situation(bare, dict(zip(fields, values, strict=True)))
        held = (1 << place for place, entry in enumerate(entries) if situation.holds(entry.when))
        patterns[sum(held)] = None
    return [_choice(entries, list(patterns))]


def _holds(entries: Iterable[PointsEntry]) -> list[Holds]:
    return [test for entry in entries for test in comparisons_in(entry.when) if isinstance(test, Holds)]


def _samples(policy: Policy, fields: Sequence[str], entries: Iterable[PointsEntry]) -> list[list[Any]]:
    """Return for each field a value of each cell into which the entries cut it."""
    cuts: dict[str, set[Any]] = {name: set() for name in fields}
    waiting = [entry.when for entry in entries]
    while waiting:
        for test in comparisons_in(waiting.pop()):
            if isinstance(test, Holds):
                waiting.append(policy.fact[test.fact].when)
            elif isinstance(test, Compare):
                for constant in test.value if isinstance(test.value, tuple) else (test.value,):
                    cuts[test.name] |= cuts_in(policy.field[test.name], test.op, constant)
    axes = [axis for name in fields for _, axis in field_axes(policy.field[name], cuts[name])]
    return [[cell.sample for cell in axis.cells] for axis in axes]


def _choice(entries: Sequence[PointsEntry], patterns: Sequence[int]) -> Choice:
    """Return the choice between the amounts that sets of entries add, of which each is a bit mask."""
    found: dict[Fraction, list[Condition]] = {}
    for pattern in patterns:
        # Only a larger set that occurs too has to be excluded.
        beyond = 0
        for other in patterns:
            if other & pattern == pattern:
                beyond |= other & ~pattern
        inside = [entry.when for place, entry in enumerate(entries) if pattern >> place & 1]
        outside = [Not(entry.when) for place, entry in enumerate(entries) if beyond >> place & 1]
        amount = sum((Fraction(entry.add) for place, entry in enumerate(entries) if pattern >> place & 1), Fraction(0))
        found.setdefault(amount, []).append(All((*inside, *outside)))
    return tuple((amount, each[0] if len(each) == 1 else Some(tuple(each))) for amount, each in found.items())
