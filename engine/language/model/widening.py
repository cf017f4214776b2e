"""How can two policies be asked about the same situations? Both over the fields of either, each with all its answers.

A field that only one has makes no difference to the other. Of a field that both have, an answer that only one takes is
impossible for the other. What has no common answers (another type, another grid) is refused with both places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from engine.language.model.condition_tree import Compare, Condition, Not, Some
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NUMBER, TEXT, YES_NO, Field
from engine.language.model.policy import Impossible, Number, Policy
from engine.language.model.values import decimal_text, expected, grid_base
from engine.problems import PolicyError, Problem

_KIND_WORDS = {
    CHOICE: "one of several choices",
    YES_NO: "yes or no",
    INTEGER: "a whole number",
    NUMBER: "a number",
    DATE: "a date",
    ANY_OF: "any of several choices",
    TEXT: "a text",
}


class Widened(NamedTuple):
    """Two policies over the same fields, each with what it does not take itself among its impossible combinations.

    `view` has these fields and the derived numbers of both, but no rules: it is for saying an area in words.
    """

    old: Policy
    new: Policy
    view: Policy


def widen(old: Policy, new: Policy) -> Widened:
    """Both policies over the fields of either; raises `PolicyError` for all fields that cannot be compared."""
    problems: list[Problem] = []
    fields = []
    for name in _names(list(old.field), list(new.field)):
        one, other = old.field.get(name), new.field.get(name)
        if one is not None and other is not None:
            problem = _difficulty(one, other)
            problems += [problem] if problem else []
            if not problem:
                fields.append(_union(one, other))
        else:
            fields += [each for each in (one, other) if each]
    if problems:
        raise PolicyError(problems)
    # What an unsure person means and which question comes first is nothing that a situation shows.
    common = tuple(replace(field, if_unsure=None, ask_after=None) for field in fields)
    return Widened(_over(old, common, "old"), _over(new, common, "new"), _view(old, new, common))


def _over(policy: Policy, fields: tuple[Field, ...], side: str) -> Policy:
    outside = [
        Impossible(condition, f"the {side} version takes only {expected(own)} as the answer to “{own.ask}”", own.place)
        for field in fields
        if (own := policy.field.get(field.name)) and (condition := _outside(own, field))
    ]
    return replace(policy, fields=fields, impossible=(*policy.impossible, *outside))


def _view(old: Policy, new: Policy, fields: tuple[Field, ...]) -> Policy:
    taken = {field.name for field in fields}
    numbers: dict[str, Number] = {}
    for side, policy in (("new", new), ("old", old)):
        for number in policy.numbers:
            if any((number.terms, number.plus) == (known.terms, known.plus) for known in numbers.values()):
                continue
            name = number.name
            while name in taken:
                name = f"{side}.{name}"
            taken.add(name)
            numbers[name] = replace(number, name=name)
    return Policy(new.name, new.title, fields, (), (), numbers=tuple(numbers.values()))


# What two fields of one name have in common.


def _difficulty(one: Field, other: Field) -> Problem | None:
    """Why the answers to two fields cannot be compared; None where they can."""
    if one.kind != other.kind:
        why = f"the answer is {_KIND_WORDS[one.kind]} in the old version and {_KIND_WORDS[other.kind]} in the new one"
        help_ = "give the field another name in one of the two: it is another question"
    elif one.unit and other.unit and one.unit != other.unit:
        why = f"the answer is in `{one.unit}` in the old version and in `{other.unit}` in the new one"
        help_ = "give the field another name in one of the two; if only the unit's name changed, write it alike in both"
    elif one.step != other.step or _fraction(one) != _fraction(other):
        why = f"the answer is {_grid(one)} in the old version and {_grid(other)} in the new one"
        help_ = "give both the same `step`, counted from the same place, or the field another name in one of the two"
    elif one.ordered and other.ordered and _merged(one.options, other.options) is None:
        names = [name for name in one.options if name in other.option_set]
        there = [name for name in other.options if name in one.option_set]
        why = f"the choices rise as {_listed(names)} in the old version and as {_listed(there)} in the new one"
        help_ = "write the choices in the same order, or give the field another name in one of the two"
    else:
        return None
    return Problem("not-comparable", f"`{one.name}` cannot be compared: {why}", (other.place, one.place), help_)


def _fraction(field: Field) -> Fraction:
    """Where between two steps a grid lies."""
    return Fraction(0) if field.step is None else grid_base(field) % Fraction(field.step)


def _grid(field: Field) -> str:
    if field.step is None:
        return "any number"
    start = field.low if isinstance(field.low, Decimal) else Decimal(0)
    return f"a number in steps of {decimal_text(field.step)} counted from {decimal_text(start)}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _union(one: Field, other: Field) -> Field:
    """The field whose answers are those of either, in the new version's words where both have some."""
    first, second = (one, other) if one.ordered and not other.ordered else (other, one)
    texts = one.texts | other.texts
    return replace(
        other,
        choices=tuple((name, texts[name]) for name in _names(first.options, second.options)),
        ordered=one.ordered or other.ordered,
        low=_end(min, one.low, other.low),
        high=_end(max, one.high, other.high),
        unit=other.unit or one.unit,
        known=tuple(dict.fromkeys((*other.known, *one.known))),
    )


def _end(choose: Any, one: Any, other: Any) -> Any:
    return None if one is None or other is None else choose(one, other)


def _names(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """All names, in an order that both would write; where there is none, the first one's, then the rest."""
    return _merged(one, other) or list(dict.fromkeys((*one, *other)))


def _merged(one: Sequence[str], other: Sequence[str]) -> list[str] | None:
    """The names of two lists in an order that keeps that of both; None where they contradict each other."""
    known, others = set(one), set(other)
    if [name for name in one if name in others] != [name for name in other if name in known]:
        return None
    found = list(one)
    place = 0
    for name in other:
        if name in known:
            place = found.index(name, place)
        else:
            found.insert(place, name)
        place += 1
    return found


def _outside(own: Field, union: Field) -> Condition | None:
    """The answers to a field that the other version alone takes; None where there are none."""
    if own.kind == CHOICE:
        extra = tuple(name for name in union.options if name not in own.option_set)
        return Compare(own.name, "one_of", extra) if extra else None
    if own.kind == ANY_OF:
        return Not(Compare(own.name, "only", own.options)) if len(union.options) > len(own.options) else None
    beyond = tuple(_beyond(own, union))
    return Some(beyond) if beyond else None


def _beyond(own: Field, union: Field) -> Iterator[Compare]:
    below, above = ("before", "after") if own.kind == DATE else ("less_than", "more_than")
    if own.low is not None and own.low != union.low:
        yield Compare(own.name, below, own.low)
    if own.high is not None and own.high != union.high:
        yield Compare(own.name, above, own.high)
