"""What derived numbers are worth, and what they are made of, by the policy as it is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from math import prod
from typing import Any

from tests.support.judging.spaces import (
    bounds,
    day_field,
    exact,
    is_made_of_conditions,
    is_none,
    other_field,
    parts_of,
    single_tests,
    whens_of,
)
from tests.support.judging.step_outputs import amounts_given, numbers_worked_with


def worth(policy: Mapping[str, Any], name: Any, at: Mapping[str, Any]) -> Any:
    """The value of a field, a derived number or a constant for settled answers; None if a part of it has none."""
    number = policy.get("numbers", {}).get(name)
    if number is None:
        if name not in policy["situation"]:
            return _fixed(policy, name, at)
        return None if is_none(policy["situation"][name], at[name]) else at[name]
    if any(is_none(policy["situation"][day], at[day]) for day in _days(policy, number)):
        return None
    if "table" in number:
        from tests.support.judging.oracle import step_outcome

        # Where its rules give none or several, it has no value.
        amount, _ = step_outcome(policy, name, at)
        return None if isinstance(amount, str) else exact(amount)
    if "output" in number:
        from tests.support.judging.oracle import CONFLICT, GAP, step_outcome

        got, stands = step_outcome(policy, number["of"], at)
        if got in (GAP, CONFLICT):
            return None
        [amount] = amounts_given(policy["steps"][number["of"]], stands, number["output"])
        if not isinstance(amount, Mapping):
            return amount
        from tests.support.judging.yields import rounded

        value = worth(policy, amount["number"], at)
        return None if value is None else exact(rounded(Fraction(value), amount.get("round")))
    if "points" in number:
        # What conditions mean is said in terms of what numbers are worth.
        from tests.support.judging.oracle import holds

        held = [entry for entry in number["points"] if holds(policy, entry["when"], at)]
        return sum((_fixed(policy, entry["add"], at) for entry in held), _fixed(policy, 0, at))
    values = [worth(policy, part, at) for part in parts_of(number)]
    if None in values:
        return None
    if "product" in number:
        return prod(values)
    if "ratio" in number:
        of, to = map(Fraction, values)
        return of / to
    if "sum" not in number:
        return max(values) if "larger_of" in number else min(values)
    parts = [_fixed(policy, weight, at) * value for weight, value in zip(number["sum"].values(), values, strict=True)]
    return sum(parts, _fixed(policy, number.get("plus", 0), at))


def _fixed(policy: Mapping[str, Any], written: Any, at: Mapping[str, Any]) -> Any:
    """The number that is written, or the one of the constant that is named, on the day that counts."""
    from tests.support.judging.oracle import fixed

    return exact(fixed(policy, written, at))


def values_in(number: Mapping[str, Any]) -> list[Any]:
    """What is multiplied by, added or compared with in a number, as it is written."""
    written = [*number.get("sum", {}).values(), number.get("plus", 0)]
    written += [*number.get("larger_of", ()), *number.get("smaller_of", ()), *number.get("product", ())]
    written += number.get("ratio", {}).values()
    return written + [entry["add"] for entry in number.get("points", ())]


def _days(policy: Mapping[str, Any], number: Mapping[str, Any]) -> set[str]:
    """The date fields that say which values hold in a number."""
    return {on for written in values_in(number) if (on := day_field(policy, written)) is not None}


def fields_behind(policy: Mapping[str, Any], name: Any) -> set[str]:
    """The fields that a number is made of, through other numbers too; a field is made of itself."""
    number = policy.get("numbers", {}).get(name)
    if number is None:
        return {name}.intersection(policy["situation"])
    days = _days(policy, number)
    if "output" in number:
        from tests.support.judging.oracle import mentioned

        rules = policy["steps"][number["of"]]["rules"]
        given = (fields_behind(policy, each) for each in numbers_worked_with(policy, number))
        return days.union(*(mentioned(policy, rule["when"]) for rule in rules if "when" in rule), *given)
    if is_made_of_conditions(number):
        from tests.support.judging.oracle import mentioned

        return days.union(*(mentioned(policy, when) for when in whens_of(number)))
    return days.union(*(fields_behind(policy, part) for part in parts_of(number)))


def amounts_behind(policy: Mapping[str, Any], name: Any) -> set[str]:
    """The fields without whose values a number may have none; what points and tables depend on is not among them."""
    number = policy.get("numbers", {}).get(name)
    if number is None:
        return {name}.intersection(policy["situation"])
    parts: Collection[str] = () if is_made_of_conditions(number) else parts_of(number)
    if "output" in number:
        parts = numbers_worked_with(policy, number)
    return _days(policy, number).union(*(amounts_behind(policy, part) for part in parts))


def names_behind(policy: Mapping[str, Any], name: Any) -> set[str]:
    """A number, and all fields, constants, facts and numbers that it is made of."""
    number = policy.get("numbers", {}).get(name)
    if number is not None and is_made_of_conditions(number):
        named = {entry["add"] for entry in number.get("points", ()) if isinstance(entry["add"], str)}
        return {name}.union(named, _days(policy, number), used(policy, whens_of(number)))
    if number is None:
        return {name} if isinstance(name, str) else set()
    if "output" in number:
        rules = policy["steps"][number["of"]]["rules"]
        given = (names_behind(policy, each) for each in numbers_worked_with(policy, number))
        return {name, number["of"]}.union(used(policy, [rule["when"] for rule in rules if "when" in rule]), *given)
    factors = [*number.get("sum", {}).values(), number.get("plus", 0)]
    named = {factor for factor in factors if isinstance(factor, str)}
    return {name}.union(named, _days(policy, number), *(names_behind(policy, part) for part in parts_of(number)))


def used(data: Mapping[str, Any], whens: list[dict[str, Any]]) -> set[str]:
    """What conditions read, by the policy as it is written."""
    names: set[str] = set()
    for when in whens:
        for holder, key in single_tests(when):
            names |= {key, *filter(None, map(other_field, bounds(holder[key])))}
            names |= _named(data, bounds(holder[key]))
            if key in data.get("facts", {}):
                names |= used(data, [data["facts"][key]["when"]])
            elif key in data.get("steps", {}):
                names |= used(data, [rule["when"] for rule in data["steps"][key]["rules"] if "when" in rule])
            elif key in data.get("numbers", {}):
                names |= names_behind(data, key)
    return names


def _named(data: Mapping[str, Any], written: list[Any]) -> set[str]:
    """The constants that are named among values."""
    names = {value for value in written if isinstance(value, str) and value in data.get("constants", {})}
    return names.union(*({on} for name in names if (on := day_field(data, name)) is not None))
