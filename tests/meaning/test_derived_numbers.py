"""What derived numbers are worth, and that what is made of them is proved and decided by the fields behind them."""

from __future__ import annotations

from typing import Any

import pytest

from engine import PolicyError, certify, check, decide, explain, load, verify
from engine.meaning.reference import Situation


def _policy(numbers: dict[str, Any], when: dict[str, Any], fields: dict[str, Any] | None = None) -> dict[str, Any]:
    """A policy that says yes where a condition holds."""
    amount = {"ask": "How much?", "type": "integer", "from": 0, "to": 20}
    return {
        "policy": "sample",
        "title": "Is it enough?",
        "situation": fields or {"pay": amount, "rent": amount, "food": amount},
        "numbers": numbers,
        "verdicts": {"yes": {"title": "Yes"}, "no": {"title": "No"}},
        "rules": [
            {"rule": "enough", "when": when, "then": "yes", "because": "It is."},
            {"rule": "too-little", "when": {"not": when}, "then": "no", "because": "It is not."},
        ],
    }


_LEFT = {
    "left": {"means": "what is left", "sum": {"pay": 1, "costs": -2}, "plus": 1},
    "costs": {"means": "what is paid", "sum": {"rent": 1, "food": 0.5}, "plus": 3},
}


def test_a_sum_may_add_up_a_number_that_is_written_below_it() -> None:
    policy = load(_policy(_LEFT, {"left": {"at_least": 1}}))
    assert check(policy).sound
    assert Situation(policy, {"pay": 20, "rent": 2, "food": 3}).numbers == {"costs": 6.5, "left": 8}
    assert decide(policy, {"pay": 20, "rent": 2, "food": 3}).verdict == "yes"
    assert decide(policy, {"pay": 9, "rent": 2, "food": 0}).verdict == "no"
    assert verify(policy, certify(policy)).situations == 21**3


def test_people_read_the_inner_and_the_outer_number() -> None:
    policy = load(_policy(_LEFT, {"left": {"at_least": 1}}))
    shown = dict(explain(policy, {"pay": 20, "rent": 2, "food": 3}).numbers)
    assert shown == {"what is left": "8", "what is paid": "6.5"}
    text = str(explain(policy, {"pay": 20, "rent": 2, "food": 3}))
    assert "(what is left)" in text


def test_what_cancels_out_is_not_asked() -> None:
    numbers = {
        "both": {"means": "both", "sum": {"pay": 1, "rent": 1}},
        "one": {"means": "one of them", "sum": {"both": 1, "rent": -1}},
    }
    policy = load(_policy(numbers, {"one": {"at_least": 7}}))
    assert decide(policy, {"pay": 7}).verdict == "yes"


@pytest.mark.thorough
def test_a_chain_of_thousands_of_numbers_is_worked_out() -> None:
    many = 3_000
    numbers = {
        f"n{place}": {"means": "more", "sum": {f"n{place + 1}" if place < many else "pay": 1}, "plus": 1}
        for place in range(many + 1)
    }
    policy = load(_policy(numbers, {"n0": {"at_least": many + 11}}))
    assert check(policy).sound
    assert decide(policy, {"pay": 10, "rent": 0, "food": 0}).verdict == "yes"
    assert decide(policy, {"pay": 9}).verdict == "no"
    assert verify(policy, certify(policy)).situations == 21**3


_CHARGED = {
    "fee": {"means": "the fee", "sum": {"pay": 0.5, "rent": 1}},
    "charged": {"means": "what is charged", "larger_of": ["fee", "food", 5]},
    "capped": {"means": "what is charged at most", "smaller_of": ["charged", 12]},
    "spare": {"means": "what is left", "sum": {"food": 1, "capped": -1}},
}


def test_the_larger_of_some_numbers_reaches_a_limit_where_one_of_them_does() -> None:
    policy = load(_policy(_CHARGED, {"charged": {"at_least": 7}}))
    assert decide(policy, {"pay": 14}).verdict == "yes"
    assert decide(policy, {"food": 7}).verdict == "yes"
    assert decide(policy, {"pay": 2, "rent": 1}).verdict is None
    assert decide(policy, {"pay": 2, "rent": 1, "food": 6}).verdict == "no"


def test_a_constant_part_is_enough_for_every_limit_below_it() -> None:
    policy = load(_policy(_CHARGED, {"any": [{"charged": {"more_than": 4}}, {"pay": 3}]}))
    assert decide(policy, {}).verdict == "yes"


def test_a_number_that_is_equal_to_a_value_is_neither_larger_nor_smaller() -> None:
    policy = load(_policy(_CHARGED, {"charged": [5, 6]}))
    assert decide(policy, {"pay": 0, "rent": 0, "food": 0}).verdict == "yes"
    assert decide(policy, {"pay": 0, "rent": 6, "food": 6}).verdict == "yes"
    assert decide(policy, {"pay": 0, "rent": 5, "food": 7}).verdict == "no"
    assert decide(policy, {"pay": 3, "rent": 5}).verdict == "no"


def test_a_sum_over_a_larger_number_is_proved_and_certified_by_a_sum_without_a_name() -> None:
    policy = load(_policy(_CHARGED, {"spare": {"at_least": 0}}))
    assert Situation(policy, {"pay": 4, "rent": 3, "food": 6}).numbers["spare"] == 0
    assert check(policy).situations == 21**3
    certificate = certify(policy)
    sums = {node.asked.sum for node in certificate.nodes if node.asked.sum}
    assert sums == {(("food", 1), ("pay", -0.5), ("rent", -1))}
    assert verify(policy, certificate.to_dict()).situations == 21**3


def test_a_number_is_saved_as_it_was_written() -> None:
    policy = load(_policy(_CHARGED, {"spare": {"at_least": 0}}))
    assert load(policy.to_dict()) == policy
    assert policy.to_dict()["numbers"]["charged"] == {"means": "what is charged", "larger_of": ["fee", "food", 5]}
    assert "larger_of: [fee, food, 5]" in policy.to_yaml()


def test_a_constant_may_be_a_part_and_is_called_by_its_name() -> None:
    numbers = {"charged": {"means": "what is charged", "larger_of": ["pay", "least"]}}
    data = _policy(numbers, {"charged": {"at_least": 7}})
    data["constants"] = {"least": {"means": "what is always charged", "is": 5}}
    policy = load(data)
    assert decide(policy, {"pay": 6}).verdict == "no"
    assert policy.to_dict()["numbers"]["charged"]["larger_of"] == ["pay", "least"]
    data["numbers"]["charged"]["larger_of"] = ["pay", 5]
    del data["constants"]
    assert load(data).sha256 == policy.sha256


def _choices(many: int) -> dict[str, Any]:
    """The larger of `many` different sums."""
    parts = {f"s{place}": {"means": "a sum", "sum": {"pay": place + 2}} for place in range(many)}
    return {**parts, "chosen": {"means": "one of them", "larger_of": list(parts)}}


def _problems(numbers: dict[str, Any], when: dict[str, Any]) -> list[str]:
    try:
        load(_policy(numbers, when))
    except PolicyError as error:
        return [problem.code for problem in error.problems]
    return []


def test_a_number_may_be_one_of_five_hundred_sums_and_not_of_more() -> None:
    assert _problems(_choices(500), {"chosen": {"at_least": 9}}) == []
    assert _problems(_choices(501), {"chosen": {"at_least": 9}}) == ["too-many-cases"]


def _nested(depth: int) -> dict[str, Any]:
    """Larger and smaller numbers of each other."""
    names = ["pay", *(f"n{place}" for place in range(depth))]
    kinds = ("larger_of", "smaller_of")
    return {
        name: {"means": "a number", kinds[place % 2]: [names[place], 3 if place % 2 else 2]}
        for place, name in enumerate(names[1:])
    }


def test_numbers_may_be_nested_thirty_deep_and_not_deeper() -> None:
    policy = load(_policy(_nested(30), {"n29": {"at_least": 3}}))
    assert decide(policy, {"pay": 8}).verdict == "yes"
    assert decide(policy, {"pay": 2}).verdict == "no"
    assert verify(policy, certify(policy)).situations == 21**3
    assert _problems(_nested(31), {"n30": {"at_least": 3}}) == ["too-many-cases"]


def test_a_product_has_a_factor_for_each_period() -> None:
    """A constant that changes with the day is multiplied by what it is on that day, in every reading."""
    amount = {"ask": "How much?", "type": "integer", "from": 0, "to": 20}
    day = {"ask": "When?", "type": "date", "from": "2026-01-01", "to": "2026-01-10"}
    numbers = {"costs": {"means": "what it costs", "product": ["pay", "rent", "rate"]}}
    data = _policy(numbers, {"costs": {"at_least": 60}}, {"pay": amount, "rent": amount, "day": day})
    rate = {"means": "the rate", "on": "day", "is": {"start": 2, "2026-01-05": 3}}
    policy = load(data | {"constants": {"rate": rate}})
    assert check(policy).sound
    assert verify(policy, certify(policy)).situations == 21**2 * 10
    for day_given, rent, wanted in (("2026-01-04", 3, "yes"), ("2026-01-04", 2, "no"), ("2026-01-05", 2, "yes")):
        assert decide(policy, {"pay": 10, "rent": rent, "day": day_given}).verdict == wanted
    assert decide(policy, {"pay": 10, "rent": 2}).possible == ("yes", "no")
