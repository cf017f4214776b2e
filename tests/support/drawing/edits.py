"""What goes wrong when an author changes one thing?

Each edit takes a policy and gives the same policy with one small change: still well written, and often with a
gap, a conflict or a broken guarantee where there was none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from tests.support.drawing.fields import Hand, tidy
from tests.support.judging.spaces import kind, listed, settle, single_tests
from tests.support.judging.spaces import line as line_of
from tests.support.overrides import without, without_rule, written

Edit = Callable[[], object]

_WIDER = {"less_than": "at_most", "more_than": "at_least", "before": "on_or_before", "after": "on_or_after"}


def edited(hand: Hand, policy: dict[str, Any]) -> dict[str, Any]:
    """The policy with one random edit."""
    changed = deepcopy(policy)
    kinds = [_drop_rule, _move_value, _move_constant, _widen_test, _drop_override, _drop_entry, _flip_then]
    offered = [edits for edits in (list(find(hand, changed)) for find in kinds) if edits]
    hand.pick(hand.pick(offered))()
    parts = (*changed["verdicts"].values(), *changed["rules"])
    given = {name for part in parts if isinstance(part.get("output"), dict) for name in part["output"]}
    if not given.issuperset(changed.get("collect", ())):
        # What no rule gives any more cannot be collected.
        del changed["collect"]
    return changed


def _drop_rule(hand: Hand, policy: dict[str, Any]) -> Iterator[Edit]:
    """Leave out a rule, and what others say of it."""
    if len(policy["rules"]) < 2:
        return
    for rule in policy["rules"]:

        def drop(rule: dict[str, Any] = rule) -> None:
            policy["rules"] = without_rule(policy, rule["rule"])["rules"]
            if "collect" in policy:
                # What nobody gives any more cannot be collected.
                givers = (*policy["verdicts"].values(), *policy["rules"])
                given = {name for each in givers for name in each.get("output", ())}
                if not given.issuperset(policy["collect"]):
                    del policy["collect"]

        yield drop


def _drop_override(hand: Hand, policy: dict[str, Any]) -> Iterator[Edit]:
    """Leave out an override."""
    for override in written(policy):
        yield partial(_forget, policy, override)


def _forget(policy: dict[str, Any], override: tuple[str, ...]) -> None:
    policy["rules"] = without(policy, override)["rules"]


def _flip_then(hand: Hand, policy: dict[str, Any]) -> Iterator[Edit]:
    """Give another verdict."""
    for rule in policy["rules"]:
        others = [verdict for verdict in policy["verdicts"] if verdict != rule["then"]]

        def flip(rule: dict[str, Any] = rule, others: list[str] = others) -> None:
            rule["then"] = hand.pick(others)

        yield flip


def _drop_entry(hand: Hand, policy: dict[str, Any]) -> Iterator[Edit]:
    """Leave out one entry of a rule that has others."""
    for rule in policy["rules"]:
        if len(rule.get("when", ())) > 1:
            for key in rule["when"]:
                yield partial(rule["when"].pop, key)


def _tests(policy: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Every single test that rules and facts make."""
    parts = [*policy["rules"], *policy.get("facts", {}).values()]
    for part in parts:
        yield from single_tests(part.get("when", {}))


def _move_value(hand: Hand, policy: dict[str, Any]) -> Iterator[Edit]:
    """Compare with the next value above or below."""
    for holder, key in _tests(policy):
        if isinstance(holder[key], dict):
            for word, bound in holder[key].items():
                for moved in _neighbours(policy, key, bound):
                    yield partial(holder[key].update, {word: moved})


def _move_constant(hand: Hand, policy: dict[str, Any]) -> Iterator[Edit]:
    """Let a constant be the next day or number; never 0, by which nothing may be multiplied."""
    for name, constant in policy.get("constants", {}).items():
        value = constant["is"]
        # In a list it might come to be a value that stands there already; days between dates are counted once.
        if isinstance(value, (list, dict)) or _is_listed(policy, name) or _weighs_dates(policy, name):
            continue
        step: Any = timedelta(days=1) if isinstance(value, date) else 1
        for moved in (value - step, value + step):
            if moved != 0:
                yield partial(constant.update, {"is": moved})


def _weighs_dates(policy: dict[str, Any], name: str) -> bool:
    """Whether a constant is the weight of a date in some sum."""
    dates = {each for each, spec in policy["situation"].items() if kind(spec) == "date"}
    sums = (number.get("sum", {}) for number in policy.get("numbers", {}).values())
    return any(weight == name for each in sums for of, weight in each.items() if of in dates)


def _is_listed(data: Any, name: str) -> bool:
    """Whether a name stands in some list."""
    if isinstance(data, dict):
        return any(_is_listed(each, name) for each in data.values())
    return isinstance(data, list) and (name in data or any(_is_listed(each, name) for each in data))


def _neighbours(policy: dict[str, Any], key: str, bound: Any) -> list[Any]:
    """The constants next to one, inside the field's range."""
    step = policy.get("steps", {}).get(key)
    as_choice = {"choices": step["outcomes"], "ordered": True} if step else {"type": "number"}
    spec = policy["situation"].get(key, as_choice)
    is_constant = isinstance(bound, str) and bound in policy.get("constants", {})
    if is_constant or isinstance(bound, (bool, dict, list)) or kind(spec) == "any_of":
        return []
    if kind(spec) == "choice":
        names = list(spec["choices"])
        place = names.index(bound)
        return names[max(place - 1, 0) : place] + names[place + 1 : place + 2]
    if isinstance(bound, date):
        near: list[Any] = [bound - timedelta(days=1), bound + timedelta(days=1)]
    else:
        step = Decimal(spec.get("step", 1))
        near = [tidy(Decimal(bound) - step), tidy(Decimal(bound) + step)]
    return [value for value in near if line_of(spec).holds(settle(spec, value))]


def _widen_test(hand: Hand, policy: dict[str, Any]) -> Iterator[Edit]:
    """Let a test hold for one more value."""
    for holder, key in _tests(policy):
        spec = policy["situation"].get(key, {})
        if isinstance(holder[key], dict):
            for word in holder[key].keys() & _WIDER.keys():
                if _WIDER[word] not in holder[key]:

                    def widen(words: dict[str, Any] = holder[key], word: str = word) -> None:
                        words[_WIDER[word]] = words.pop(word)

                    yield widen
        elif kind(spec) in ("choice", "text"):
            names = spec.get("choices", spec.get("known", ()))
            for name in names:
                if name not in listed(holder[key]):
                    wider = [*listed(holder[key]), name]
                    yield partial(holder.update, {key: wider})
