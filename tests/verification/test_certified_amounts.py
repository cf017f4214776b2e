"""Are amounts that steps work out, rounded or without a value, certified and verified, in every test of them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.support.judging.certificate_trial import certified


def _parcels(
    by_van: Mapping[str, Any],
    by_bike: Mapping[str, Any],
    more: Mapping[str, Any],
    compared: Mapping[str, Any],
    whens: Sequence[Any],
) -> dict[str, Any]:
    """A policy whose step gives some outputs for far parcels, and others for near ones.

    Its last rule is for parcels that are dear, by the number that is compared; all others are cheap.
    """
    rules: list[dict[str, Any]] = [
        {"rule": f"rule-{place}", "when": {"compared": when}, "then": "cheap", "because": "So."}
        for place, when in enumerate(whens)
    ]
    rules[-1]["then"] = "dear"
    return {
        "policy": "parcels",
        "title": "Is it dear?",
        "situation": {
            "zone": {"ask": "Which zone?", "choices": {"near": "Near", "far": "Far"}},
            "weight": {"ask": "How heavy?", "type": "integer", "from": 1, "to": 9},
        },
        "steps": {
            "way": {
                "means": "how it goes",
                "outcomes": {"van": {"title": "By van", "output": by_van}, "bike": "By bike"},
                "rules": [
                    {"rule": "far", "when": {"zone": "far"}, "then": "van", "because": "So."},
                    {"rule": "near", "when": {"zone": "near"}, "then": "bike", "output": by_bike, "because": "So."},
                ],
            }
        },
        "numbers": {
            "base": {"means": "the price by weight", "sum": {"weight": 1.5}, "plus": -2},
            "fee": {"means": "the fee", "output": "fee", "of": "way"},
            **more,
            "compared": {"means": "what is compared", **compared},
        },
        "verdicts": {"cheap": {"title": "Cheap"}, "dear": {"title": "Dear"}},
        "rules": rules,
    }


@pytest.mark.parametrize(
    "compared",
    [
        {"sum": {"fee": -2}, "plus": 9},
        {"sum": {"extra": 1, "fee": 1}},
        {"larger_of": ["fee", "weight"]},
        {"product": ["fee", 1.5]},
    ],
)
@pytest.mark.parametrize("rounding", [{"to": 2, "mode": "half_even"}, {"to": 3, "mode": "up"}, None])
def test_an_amount_that_a_step_works_out_is_verified(compared: dict[str, Any], rounding: dict[str, Any] | None) -> None:
    """Rounded, and then negated, multiplied, added to points or compared with a field: as in every situation."""
    worked_out = {"number": "base", **({"round": rounding} if rounding else {})}
    points = [{"when": {"weight": {"at_least": 5}}, "add": 1, "because": "So."}]
    extra = {"extra": {"means": "extra", "points": points}}
    certified(_parcels({"fee": worked_out}, {"fee": 4}, extra, compared, [{"less_than": 5}, {"at_least": 5}]))


@pytest.mark.parametrize(
    "compared",
    [
        {"sum": {"fee": 1, "weight": 1}},
        {"sum": {"fee": 1, "dues": -1}, "plus": 5},
        {"sum": {"dues": -1, "fee": 1}, "plus": 5},
        {"sum": {"beside": -1, "dues": 1}, "plus": 14},
        {"sum": {"dues": 1, "beside": 1}},
        {"ratio": {"of": "beside", "to": "weight"}},
        {"larger_of": ["beside", "weight"]},
    ],
)
def test_a_rounded_amount_beside_a_field_or_another_one_is_verified(compared: dict[str, Any]) -> None:
    """It is one of its values, and the rest is compared with what is left."""
    given = {"fee": {"number": "base", "round": {"to": 3, "mode": "up"}},
             "dues": {"number": "half", "round": {"to": 2, "mode": "half_even"}}}  # fmt: skip
    more = {
        "half": {"means": "half the weight", "sum": {"weight": 0.5}},
        "dues": {"means": "the dues", "output": "dues", "of": "way"},
        "beside": {"means": "the fee and the weight", "sum": {"fee": 1, "weight": 1}},
    }
    whens = [{"less_than": 8}, [9, 11], {"at_least": 8, "none_of": [9, 11]}]
    certified(_parcels(given, {"fee": 4, "dues": 1}, more, compared, whens))


@pytest.mark.parametrize("without", ["bike", "van"])
def test_an_amount_that_may_have_no_value_is_verified(without: str) -> None:
    """Also where the step then works it out all the same, and where other amounts always have a value."""
    fees = {"van": {"fee": {"number": "base"}, "flat": {"number": "extra"}}, "bike": {"fee": 4, "flat": 1}}
    rules = [
        {"rule": "weighed", "when": {"weight": {"known": True}}, "then": "van", "because": "So."},
        {"rule": "not-weighed", "when": {"weight": "none"}, "then": without, "because": "So."},
    ]
    data: dict[str, Any] = {
        "policy": "parcels",
        "title": "Is it dear?",
        "situation": {
            "weight": {"ask": "How heavy?", "type": "integer", "from": 1, "to": 9, "or_none": "Nobody knows"},
            "boxes": {"ask": "How many?", "type": "integer", "from": 1, "to": 3},
        },
        "steps": {
            "way": {
                "means": "how it goes",
                "outcomes": {name: {"title": name, "output": output} for name, output in fees.items()},
                "rules": rules,
            }
        },
        "numbers": {
            "base": {"means": "the price by weight", "sum": {"weight": 1.5}, "plus": -2},
            "extra": {"means": "the price by boxes", "sum": {"boxes": 2}},
            "fee": {"means": "the fee", "output": "fee", "of": "way"},
            "flat": {"means": "the fee of the boxes", "output": "flat", "of": "way"},
            "both": {"means": "both", "sum": {"fee": 1, "flat": 1}},
        },
        "verdicts": {"cheap": {"title": "Cheap"}, "dear": {"title": "Dear"}},
        "rules": [
            {"rule": "cheap", "when": {"both": {"less_than": 9}, "flat": {"known": True}}, "then": "cheap"},
            {"rule": "dear", "when": {"not": {"both": {"less_than": 9}}}, "then": "dear"},
        ],
    }
    for rule in data["rules"]:
        rule["because"] = "So."
    certified(data, sound=without == "bike")


def test_amounts_that_steps_work_out_from_each_other_are_verified() -> None:
    """Each in two ways from the one before: sixteen of them, of which nobody could open every way."""
    steps: dict[str, Any] = {}
    numbers: dict[str, Any] = {"fee_0": {"means": "weight and boxes", "sum": {"weight": 1, "boxes": 1}}}
    for place in range(1, 17):
        before = {"number": f"fee_{place - 1}"}
        ways = {"exact": before, "round": {**before, "round": {"to": 1, "mode": "up"}}, "none": 1}
        rules: list[dict[str, Any]] = [
            {"rule": "unknown", "when": {"weight": {"known": False}}, "then": "none"},
            {"rule": "many", "when": {"boxes": {"at_least": place % 3 + 1}}, "then": "exact"},
            {"rule": "rest", "otherwise": True, "then": "round"},
        ]
        steps[f"step_{place}"] = {
            "means": f"step {place}",
            "decision": "first",
            "outcomes": {way: {"title": way, "output": {"fee": fee}} for way, fee in ways.items()},
            "rules": [rule | {"because": "So."} for rule in rules],
        }
        numbers[f"fee_{place}"] = {"means": f"fee {place}", "output": "fee", "of": f"step_{place}"}
    certified({
        "policy": "parcels",
        "title": "Is it dear?",
        "situation": {
            "weight": {"ask": "How heavy?", "type": "integer", "from": 1, "to": 9, "or_none": "Nobody knows"},
            "boxes": {"ask": "How many?", "type": "integer", "from": 1, "to": 3},
        },
        "steps": steps,
        "numbers": numbers,
        "verdicts": {"cheap": {"title": "Cheap"}, "dear": {"title": "Dear"}},
        "rules": [
            {"rule": "cheap", "when": {"fee_16": {"less_than": 9}}, "then": "cheap", "because": "So."},
            {"rule": "dear", "when": {"fee_16": {"at_least": 9}}, "then": "dear", "because": "So."},
        ],
    })  # fmt: skip
