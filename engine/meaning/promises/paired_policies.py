"""Pairs of situations of one policy, as the situations of a policy with some of its fields twice.

A guarantee about two situations is about those that agree on all fields but some. Such a pair is a situation of a
policy that has these fields twice, and everything that reads them: the second copies are renamed. What holds of a pair
is then asked as the change between two versions of a policy is (self-composition: G. Barthe, P. D'Argenio, T. Rezk,
"Secure information flow by self-composition", CSFW 2004).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine.budget import OutOfSteps
from engine.frozen import NamedTuple
from engine.language.model.asking.applicability import free_fields
from engine.language.model.condition_tree import (
    ABOUT_VALUES,
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
from engine.language.model.field_kinds import ANY_OF, CHOICE, NONE, NOT_ASKED, NUMBER, TEXT, YES_NO, Field, Value
from engine.language.model.guarantees import Indifference, Monotonicity, PairGuarantee
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Impossible, Number
from engine.language.model.relations.derivations import names_in, names_of_parts
from engine.language.model.relations.substitutions import with_names

# A number that rises may be one of so many sums of fields: its difference to a copy is one for each pair of them.
_MOST_PIECES = 50
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


def second_copy(policy: Policy, guarantee: PairGuarantee) -> SecondCopy:
    """Return the names of what two situations that a guarantee compares may answer differently."""
    return SecondCopy(policy, {*guarantee.compared, *free_fields(policy, guarantee.compared)})


class PairedPolicy(NamedTuple):
    """The pairs of situations that a guarantee is about, as situations.

    `one` and `other` are policies over the same situations, which are the pairs: one decides the first situation of
    each, the other the second. A pair is impossible if one of its situations is, or if `when` does not hold in it.
    """

    copy: SecondCopy
    one: Policy
    other: Policy


def pair(policy: Policy, guarantee: PairGuarantee) -> PairedPolicy:
    """Return the pairs of situations that a guarantee about two situations compares; the first is never the higher."""
    if policy.steps:
        from engine.meaning.chains.step_policies import with_steps_as_facts

        policy = with_steps_as_facts(policy)
    copy = second_copy(policy, guarantee)
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
        impossible=(*scope, *mirrored, *_falling(policy, guarantee, copy), *_unlike(policy, guarantee, copy)),
        guarantees=(),
    )
    rules = tuple(
        replace(each, when=copy.condition(each.when)) if copy.changes(each.when) else each for each in policy.rules
    )
    return PairedPolicy(copy, one, replace(one, rules=rules))


def number_pairs(policy: Policy, guarantee: Monotonicity) -> Policy | None:
    """Return a policy without rules whose situations are the pairs in which a number moves as it never should.

    None if the number reads nothing that rises or that is asked in one of the two alone, so that it never moves.

    Raises `OutOfSteps` if the number may be one of too many sums of fields.
    """
    assert guarantee.number is not None
    flat = policy.linear_sums.get(guarantee.number)
    read = policy.names_behind([guarantee.number]) if flat is None else (name for name, _ in flat.terms)
    if second_copy(policy, guarantee).fields.isdisjoint(read):
        return None
    if flat is None and len(policy.shapes[guarantee.number].pieces) > _MOST_PIECES:
        raise OutOfSteps
    copy, one, _ = pair(policy, guarantee)
    terms = ((copy.name(guarantee.number), Decimal(1)), (guarantee.number, Decimal(-1)))
    moved = Number(_MARK, "how far it moves", terms, Decimal(0))
    word = "at_least" if guarantee.never == "falls" else "at_most"
    stays = Compare(_MARK, word, Decimal(0))
    moving = replace(one, numbers=(*one.numbers, moved))
    lacking = [Compare(_MARK, "known", False)] if _MARK in moving.optional_numbers else []
    outside = [Impossible(each, guarantee.because, guarantee.place) for each in (stays, *lacking)]
    return replace(moving, impossible=(*one.impossible, *outside), rules=())


def step_pairs(policy: Policy, guarantee: Monotonicity) -> Policy | None:
    """Return a policy without rules whose situations are the pairs in which a step moves as it never should.

    None if no rule of the step reads what rises, so that its outcome never moves.
    """
    assert guarantee.step is not None
    step = policy.step[guarantee.step]
    copy, one, _ = pair(policy, guarantee)
    if not any(copy.changes(rule.when) for rule in step.rules):
        return None
    before = [step.test_of(outcome) for outcome in step.options]
    after = [copy.condition(test) for test in before]
    at = range(len(before))
    if guarantee.never == "falls":
        moves = [All((before[place], Some(tuple(after[:place])))) for place in at]
    else:
        moves = [All((before[place], Some(tuple(after[place + 1 :])))) for place in at]
    stays = Impossible(Not(Some(tuple(moves))), guarantee.because, guarantee.place)
    return replace(one, impossible=(*one.impossible, stays), rules=())


def _unlike(policy: Policy, guarantee: PairGuarantee, copy: SecondCopy) -> Iterator[Impossible]:
    """Iterate over, as something impossible, the pairs that answer a question otherwise which both are asked.

    These are about the fields that may apply in one situation alone.
    """
    constants = _constants(policy)
    for name in sorted(free_fields(policy, guarantee.compared)):
        field, other = policy.field[name], copy.name(name)
        not_asked = [Compare(each, "asked", False) for each in (name, other)]
        if field.kind == NUMBER and not field.is_grid:
            # Answers that no condition tells apart are as good as the same.
            alike = All(tuple(_on_one_side(name, other, each) for each in constants.get(name, ()) if each != NONE))
            same: Condition = Some((All((*_known(name, other), alike)), *_both_lack(field, other)))
        else:
            same = _same(field, other, ())
        yield Impossible(Not(Some((*not_asked, same))), guarantee.because, guarantee.place)


def _known(name: str, other: str) -> tuple[Condition, ...]:
    return Compare(name, "known", True), Compare(other, "known", True)


def _on_one_side(name: str, other: str, at: Value) -> Condition:
    """Return the condition that two fields are both below a number, both at it, or both above it."""
    return Some(tuple(All((Compare(name, op, at), Compare(other, op, at))) for op in ("less_than", "is", "more_than")))


def _falling(policy: Policy, guarantee: PairGuarantee, copy: SecondCopy) -> list[Impossible]:
    """Return, as something impossible, the pairs in which an answer that should rise is lower in the second situation.

    Pairs in which one of these answers is no value are passed over, too.

    Where no sum reads a field, two answers that no condition tells apart may count as either way round: what follows
    from them is the same.
    """
    if isinstance(guarantee, Indifference):
        return []
    cuts = _cuts(policy)
    summed = policy.names_behind(policy.number)
    summed |= {name for test in _tests(policy) if isinstance(test, Versus) for name in (test.name, test.other)}
    # Pairs of several fields are counted with those in which one of them stays the same.
    exactly = summed if len(guarantee.rising) == 1 else {*summed, *guarantee.rising}
    falls: list[list[Condition]] = []
    for name in guarantee.rising:
        field, other = policy.field[name], copy.name(name)
        if field.absences:
            falls.append([Compare(each, "known", False) for each in (name, other)])
        if field.is_grid and name in exactly:
            falls.append([Versus(other, "less_than", name)])
        elif field.kind == YES_NO:
            falls.append([All((Compare(name, "is", True), Compare(other, "is", False)))])
        elif field.kind == CHOICE:
            falls.append([All((Compare(name, "at_least", each), Compare(other, "less_than", each)))
                          for each in field.options[1:] if each != NONE or field.or_none is None])  # fmt: skip
        else:
            falls.append(
                [All((Compare(name, up, at), Compare(other, down, at))) for up, down, at in cuts.get(name, ())]
            )
    return [Impossible(each, guarantee.because, guarantee.place) for found in falls for each in found]


def _cuts(policy: Policy) -> dict[str, dict[tuple[str, str, Any], None]]:
    """Map each field to the places where its comparisons cut it: how to be above, how to be below, and the constant."""
    found: dict[str, dict[tuple[str, str, Any], None]] = {}
    for test in _tests(policy):
        if isinstance(test, Compare) and test.op not in ABOUT_VALUES:
            cuts = found.setdefault(test.name, {})
            for at in test.value if isinstance(test.value, tuple) else (test.value,):
                if at == NONE:
                    continue
                if test.op not in ("at_most", "more_than", "on_or_before", "after"):
                    cuts["at_least", "less_than", at] = None
                if test.op not in ("at_least", "less_than", "on_or_after", "before"):
                    cuts["more_than", "at_most", at] = None
    return found


def _tests(policy: Policy) -> Iterator[Compare | Versus | Holds]:
    for condition in policy.conditions:
        yield from comparisons_in(condition)


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
        equal = All((Versus(name, "at_least", other), Versus(name, "at_most", other)))
        return equal if not field.absences else Some((equal, *_both_lack(field, other)))
    if field.kind == ANY_OF:
        chosen = [Compare(each, "includes", (option,)) for option in field.options for each in (name, other)]
        pairs = zip(chosen[::2], chosen[1::2], strict=True)
        equal = All(tuple(Some((All((one, two)), All((Not(one), Not(two))))) for one, two in pairs))
        return equal if not field.absences else Some((All((*_asked(name, other), equal)), *_both_lack(field, other)))
    answers: tuple[Value, ...] = (*constants, *(() if field.low is None or field.low != field.high else (field.low,)))
    if field.kind != NUMBER:
        answers = (False, True) if field.kind == YES_NO else field.known or field.options
    same: list[Condition] = [_both(name, other, each) for each in answers if each != NONE or not field.or_none]
    same += _both_lack(field, other)
    if field.kind == TEXT:
        known = [Compare(each, "is", text) for each in (name, other) for text in field.known]
        same.append(All((*(() if field.applies_when is None else _asked(name, other)), *map(Not, known))))
    return Some(tuple(same))


def _asked(name: str, other: str) -> tuple[Condition, ...]:
    """Return the conditions that two fields are both asked."""
    return Compare(name, "asked", True), Compare(other, "asked", True)


def _both_lack(field: Field, other: str) -> list[Condition]:
    """Return the conditions that a field and its copy have no value, for the same reason."""
    tests: dict[str, tuple[str, Value]] = {NONE: ("is", NONE), NOT_ASKED: ("asked", False)}
    return [All(tuple(Compare(each, *tests[absence]) for each in (field.name, other))) for absence in field.absences]


def _both(name: str, other: str, answer: Value) -> All:
    """Return the condition that two fields have a certain answer."""
    return All((Compare(name, "is", answer), Compare(other, "is", answer)))


def _constants(policy: Policy) -> dict[str, set[Value]]:
    """Map each field to the constants that it is compared with."""
    found: dict[str, set[Value]] = {}
    for test in _tests(policy):
        if isinstance(test, Compare) and test.op not in ABOUT_VALUES:
            found.setdefault(test.name, set()).update(test.value if isinstance(test.value, tuple) else [test.value])
    return found


def _outside(guarantee: PairGuarantee) -> tuple[Impossible, ...]:
    """Return, as something impossible, the situations that a guarantee is not about."""
    if guarantee.when == All(()):
        return ()
    return (Impossible(Not(guarantee.when), guarantee.because, guarantee.place),)
