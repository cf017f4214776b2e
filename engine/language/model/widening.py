"""Extension of two versions of a policy to a common situation space, so that they can be compared.

A field that only one version has is added to the other, which ignores it. For a field that both have, answers that
only one version accepts become impossible in the other. Fields without common values (another type, another grid) are
reported with both places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.frozen import NamedTuple
from engine.language.model.asking.united_applicability import ComparedVersion, unite_applicability
from engine.language.model.condition_tree import ALWAYS, All, Compare, Condition, Not, Some
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NONE, NUMBER, TEXT, YES_NO, Field
from engine.language.model.guarantees import Invariant
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Impossible, Number
from engine.language.model.relations.ratio_sums import compared_ratios
from engine.language.model.relations.substitutions import with_names, without_facts
from engine.language.model.values.grid_positions import exact_decimal, grid_base
from engine.language.model.values.value_texts import decimal_text, expected
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
    """Two policies over the same fields, with the answers that each does not accept as impossible combinations.

    `view` has the same fields and the derived numbers of both policies but no rules; it serves to describe regions. The
    comparisons of ratios, on which it depends what these come to, are guarantees in it.
    """

    old: Policy
    new: Policy
    view: Policy


def widen(old: Policy, new: Policy) -> Widened:
    """Extend both policies to the union of their fields.

    Raises:
        PolicyError: For all fields whose answers cannot be compared.
    """
    problems: list[Problem] = []
    fields = []
    for name in _merge_names(list(old.field), list(new.field)):
        one, other = old.field.get(name), new.field.get(name)
        if one is not None and other is not None:
            problem = _find_obstacle(one, other)
            problems += [problem] if problem else []
            if not problem:
                fields.append(_unite(one, other))
        else:
            fields += [each for each in (one, other) if each]
    if problems:
        raise PolicyError(problems)
    # `if_unsure` and `ask_after` concern how answers are obtained, not the situations themselves.
    common = tuple(replace(field, if_unsure=None, ask_after=None) for field in fields)
    wide_old, wide_new = _extend(old, new, common, "old"), _extend(new, old, common, "new")
    return Widened(wide_old, wide_new, _view(old, new, wide_new.fields))


def _extend(policy: Policy, other: Policy, fields: tuple[Field, ...], side: str) -> Policy:
    """The policy over the common fields, with answers it does not accept made impossible."""
    version, beside = _version(policy, fields), _version(other, fields)
    outside = [
        Impossible(
            version.refusing(name),
            f"the {side} version takes only {expected(policy.field[name])} as the answer to “{policy.field[name].ask}”",
            policy.field[name].place,
        )
        for name in version.outside
    ]
    wide: Policy = unite_applicability(version, beside, fields)
    return replace(wide, impossible=(*wide.impossible, *outside))


def _version(policy: Policy, fields: tuple[Field, ...]) -> ComparedVersion:
    """Return a version beside the fields of both."""
    owned = ((policy.field[field.name], field) for field in fields if field.name in policy.field)
    found = {own.name: _outside(own, field) for own, field in owned}
    return ComparedVersion(policy, {name: condition for name, condition in found.items() if condition})


def _view(old: Policy, new: Policy, fields: tuple[Field, ...]) -> Policy:
    """A policy without rules that has the common fields and the derived numbers of both, renamed where they clash."""
    taken = {field.name for field in fields}
    numbers: dict[str, Number] = {}
    compared: list[Condition] = []
    for side, policy in (("new", new), ("old", old)):
        # What each number of this version is called in the view.
        called: dict[str, str] = {}
        for number in (each for each in policy.derived_in_order if each.name in policy.shapes):
            [spelled_out] = without_facts([policy.number[number.name]], policy.fact)
            read = with_names(spelled_out, _called(called))
            same = (known for known in numbers.values() if replace(known, name=read.name, means=read.means) == read)
            known = next(same, None)
            name = number.name if known is None else known.name
            while known is None and name in taken:
                name = f"{side}.{name}"
            taken.add(name)
            called[number.name] = name
            if known is None:
                numbers[name] = replace(read, name=name)
        for ratio, bounds in compared_ratios(policy.numbers, policy.conditions).items():
            listed: Any = tuple(map(exact_decimal, bounds))
            compared.append(Compare(called[ratio], "one_of", listed))
    guarantees = (Invariant("ratios", ALWAYS, All(tuple(compared)), ""),) if compared else ()
    return Policy(new.name, new.title, fields, (), (), numbers=tuple(numbers.values()), guarantees=guarantees)


def _called(names: Mapping[str, str]) -> Callable[[str], str]:
    return lambda name: names.get(name, name)


def _find_obstacle(one: Field, other: Field) -> Problem | None:
    """Why the answers to two fields cannot be compared; None if they can."""
    is_optional = bool(one.absences or other.absences)
    if one.kind != other.kind:
        why = f"the answer is {_KIND_WORDS[one.kind]} in the old version and {_KIND_WORDS[other.kind]} in the new one"
        help_ = "give the field another name in one of the two: it is another question"
    elif one.unit and other.unit and one.unit != other.unit:
        why = f"the answer is in `{one.unit}` in the old version and in `{other.unit}` in the new one"
        help_ = "give the field another name in one of the two; if only the unit's name changed, use one name in both"
    elif one.step != other.step or _grid_offset(one) != _grid_offset(other):
        why = f"the answer is {_grid_words(one)} in the old version and {_grid_words(other)} in the new one"
        help_ = "give both the same `step`, counted from the same place, or the field another name in one of the two"
    elif is_optional and one.is_ranged and _is_endless(one, other):
        why = "it may have no value, and the two versions leave different ends of its range open"
        help_ = "give both a `from`, or both a `to`, or the field another name in one of the two"
    elif one.ordered | other.ordered and _are_nones_apart(one, other):
        why = "`none` is one of the ordered choices in one version, and no value in the other"
        help_ = "give the choice another name: it is another answer"
    elif one.ordered and other.ordered and _merge_orders(one.options, other.options) is None:
        names = [name for name in one.options if name in other.option_set]
        there = [name for name in other.options if name in one.option_set]
        why = f"the choices rise as {_list_names(names)} in the old version and as {_list_names(there)} in the new one"
        help_ = "write the choices in the same order, or give the field another name in one of the two"
    else:
        return None
    return Problem("not-comparable", f"`{one.name}` cannot be compared: {why}", (other.place, one.place), help_)


def _is_endless(one: Field, other: Field) -> bool:
    """Whether the range that holds the answers of both fields is open at both ends."""
    return _end(min, one.low, other.low) is None and _end(max, one.high, other.high) is None


def _are_nones_apart(one: Field, other: Field) -> bool:
    """Whether `none` is a choice of one field, and says in the other that there is no value."""
    return NONE in one.option_set & other.option_set and (one.or_none is None) != (other.or_none is None)


def _grid_offset(field: Field) -> Fraction:
    """The offset of a field's grid, from 0 up to one step."""
    return Fraction(0) if field.step is None else grid_base(field) % Fraction(field.step)


def _grid_words(field: Field) -> str:
    """The values of a number field, in words."""
    if field.step is None:
        return "any number"
    start = field.low if isinstance(field.low, Decimal) else Decimal(0)
    return f"a number in steps of {decimal_text(field.step)} counted from {decimal_text(start)}"


def _list_names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _unite(one: Field, other: Field) -> Field:
    """The field that accepts the answers of either, with the new version's labels where both have one."""
    first, second = (one, other) if one.ordered and not other.ordered else (other, one)
    texts = one.texts | other.texts
    return replace(
        other,
        choices=tuple((name, texts[name]) for name in _merge_names(first.options, second.options)),
        ordered=one.ordered or other.ordered,
        low=_end(min, one.low, other.low),
        high=_end(max, one.high, other.high),
        unit=other.unit or one.unit,
        known=tuple(dict.fromkeys((*other.known, *one.known))),
        or_none=other.or_none or one.or_none,
    )


def _end(choose: Any, one: Any, other: Any) -> Any:
    """The end of the united range; open if either end is."""
    return None if one is None or other is None else choose(one, other)


def _merge_names(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """All names, in an order consistent with both lists; if there is none, those of `one` first."""
    return _merge_orders(one, other) or list(dict.fromkeys((*one, *other)))


def _merge_orders(one: Sequence[str], other: Sequence[str]) -> list[str] | None:
    """The union of two lists in an order consistent with both; None if they order shared names differently."""
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
    """The condition for answers that only the other version accepts; None if there are none."""
    if own.kind == CHOICE:
        extra = tuple(name for name in union.options if name not in own.option_set)
        return Compare(own.name, "one_of", extra) if extra else None
    is_new = union.or_none is not None and own.or_none is None and own.kind != TEXT
    none = (Compare(own.name, "is", NONE),) if is_new else ()
    if own.kind == ANY_OF:
        return Not(Compare(own.name, "only", own.options)) if len(union.options) > len(own.options) else None
    beyond = (*_beyond(own, union), *none)
    return Some(beyond) if beyond else None


def _beyond(own: Field, union: Field) -> Iterator[Compare]:
    """Comparisons that cover the values beyond the field's own range."""
    below, above = ("before", "after") if own.kind == DATE else ("less_than", "more_than")
    if own.low is not None and own.low != union.low:
        yield Compare(own.name, below, own.low)
    if own.high is not None and own.high != union.high:
        yield Compare(own.name, above, own.high)
