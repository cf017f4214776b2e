"""Which of the values in a policy might its author have given a name?

Takes a policy in which every value is written out, and makes constants of some of the numbers and days that its
conditions and sums hold. The policy means what it meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from tests.support.drawing.fields import Hand, window
from tests.support.judging.spaces import LINES, absences, conditions, kind, single_tests

_NAMES = ("allowance", "threshold", "cut_off")


class _Slot(NamedTuple):
    """A written value, the unit that it is counted in, if any, and how another one is put in its place."""

    value: Any
    unit: str | None
    fill: Callable[[str], object]
    may_change: bool = False


def name_values(hand: Hand, policy: dict[str, Any], steady: bool, dated: bool = False) -> None:
    """Make constants of some values of a policy, each for one place or for all that hold an equal value.

    Some change with the day; if they have to be `steady`, to the same value again.
    """
    constants: dict[str, dict[str, Any]] = {}
    has_date = any(kind(spec) == "date" for spec in policy["situation"].values())
    many = (1, 2, 3) if dated or (has_date and hand.chance(50)) else (0, 1, 0, 2, 3)
    for name in _NAMES[: hand.pick(many)]:
        slots = list(_lists(policy) if not dated and hand.chance(20) else _slots(policy)) or list(_slots(policy))
        if not slots:
            break
        of_numbers = list(_slots_of_numbers(policy))
        first = hand.pick(of_numbers if of_numbers and hand.chance(25) else slots)
        constant = {"means": "what was agreed", "is": copy(first.value)}
        if first.unit and hand.chance(50):
            constant["unit"] = first.unit
        if "source" in policy and hand.chance(30):
            constant["cites"] = [next(iter(policy["source"]["passages"]))]
        if first.may_change and hand.chance(100 if dated else 70):
            _change(hand, policy, constant, steady)
        constants[name] = constant
        alike = [slot for slot in slots if _is_alike(slot, first)] if hand.chance(50) else []
        for slot in alike or [first]:
            slot.fill(name)
    if constants:
        policy["constants"] = constants


def _lists(policy: dict[str, Any]) -> Iterator[_Slot]:
    """Every list of values that a test names, but options of an `any_of` field and yes and no."""
    for when in conditions(policy):
        for holder, key in single_tests(when):
            spec = policy["situation"].get(key, {"type": "number"} if key in policy.get("numbers", {}) else {})
            wanted = holder[key]
            if key in policy.get("facts", {}) or kind(spec) in ("any_of", "yes_no"):
                continue
            if _is_written_out(spec, wanted):
                yield _Slot(wanted, spec.get("unit"), partial(_name_list, holder, key))
            for word in ("one_of", "none_of"):
                if isinstance(wanted, dict) and _is_written_out(spec, wanted.get(word)):
                    yield _Slot(wanted[word], spec.get("unit"), partial(wanted.__setitem__, word))


def _is_written_out(spec: dict[str, Any], values: Any) -> bool:
    """Whether these are a list of values without the name of a constant among them."""
    return isinstance(values, list) and not (kind(spec) in LINES and any(isinstance(each, str) for each in values))


def _name_list(holder: dict[str, Any], key: str, name: str) -> None:
    holder[key] = {"one_of": name}


def _is_alike(one: _Slot, other: _Slot) -> bool:
    """Whether one constant can stand in both places."""
    is_list = isinstance(one.value, list)
    is_same = type(one.value) is type(other.value) and one.value == other.value and one.unit == other.unit
    return is_same and one.may_change == other.may_change and not is_list


def _slots(policy: dict[str, Any]) -> Iterator[_Slot]:
    """Every number and day in the conditions and sums of a policy."""
    for when in conditions(policy):
        for holder, key in single_tests(when):
            spec = policy["situation"].get(key, {"type": "number"} if key in policy.get("numbers", {}) else {})
            if kind(spec) in LINES:
                yield from _compared(holder, key, spec.get("unit"))
    yield from _slots_of_numbers(policy)


def _slots_of_numbers(policy: dict[str, Any]) -> Iterator[_Slot]:
    """Every number in the derived numbers of a policy."""
    numbers = policy.get("numbers", {})
    divisors = {number["ratio"]["to"] for number in numbers.values() if "ratio" in number}
    for own, number in numbers.items():
        for name in number.get("sum", ()):
            # Days are subtracted from each other on every day.
            is_date = kind(policy["situation"].get(name, {"type": "number"})) == "date"
            yield from _slot(number["sum"], name, None, may_change=not is_date)
        for word in ("larger_of", "smaller_of", "product"):
            for place, part in enumerate(number.get(word, ())):
                if not isinstance(part, str):
                    # The number that a ratio divides by stays above 0.
                    yield from _slot(number[word], place, None, may_change=own not in divisors)
        for key, part in number.get("ratio", {}).items():
            if not isinstance(part, str):
                # A divisor stays above 0.
                yield from _slot(number["ratio"], key, None, may_change=key == "of")
        for entry in number.get("points", ()):
            yield from _slot(entry, "add", None)
        if "plus" in number:
            yield from _slot(number, "plus", None)


def _compared(holder: dict[str, Any], key: str, unit: str | None) -> Iterator[_Slot]:
    """The values that one test compares with."""
    wanted = holder[key]
    if isinstance(wanted, dict):
        for word in wanted:
            yield from _compared(wanted, word, unit)
    elif isinstance(wanted, list):
        for place in range(len(wanted)):
            yield from _slot(wanted, place, unit)
    else:
        yield from _slot(holder, key, unit)


def _slot(holder: Any, key: Any, unit: str | None, may_change: bool = True) -> Iterator[_Slot]:
    """The place of one value, if it holds a number or a day."""
    value = holder[key]
    if isinstance(value, (int, Decimal, date)) and not isinstance(value, bool):
        yield _Slot(value, unit, partial(holder.__setitem__, key), may_change)


def _change(hand: Hand, policy: dict[str, Any], constant: dict[str, Any], steady: bool) -> None:
    """Let a constant have other values, or the same again, on other days of one of the policy's dates."""
    dates = [name for name, spec in policy["situation"].items() if kind(spec) == "date" and not absences(spec)]
    if not dates:
        return
    on = hand.pick(dates)
    here = window(policy["situation"][on])
    days = sorted({here.at(hand.count(0, here.points - 1)) for _ in range(hand.count(1, 3))})
    first = policy["situation"][on].get("from")
    begin: Any = first - timedelta(days=hand.count(0, 2)) if first and hand.chance(40) else "start"
    step: Any = timedelta(days=1) if isinstance(constant["is"], date) else 1
    moved = [constant["is"] if steady else constant["is"] + hand.count(-2, 2) * step for _ in days]
    # What is multiplied by 0, or adds 0, on some day would be refused if that day were written out.
    values = [value if isinstance(value, date) or steady else value or step for value in moved]
    periods = {begin: constant["is"]} | dict(zip(days, values, strict=True))
    constant["is"] = {day if day == "start" else day.isoformat(): value for day, value in periods.items()}
    if policy.get("as_of", on) == on and hand.chance(60):
        policy["as_of"] = on
    else:
        constant["on"] = on
