"""What derived numbers are worth, and that what is made of them is proved and decided by the fields behind them."""

from __future__ import annotations

from typing import Any

from engine import certify, check, decide, explain, load, verify
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
