"""Does every number lie within its limits, on a multiple of its unit, whatever the answers are?"""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import load
from engine.language.model.relations.number_limits import limits_of_numbers
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies, records
from tests.support.judging.amounts import worth
from tests.support.judging.oracle import settled
from tests.support.judging.spaces import exact


@draw_by_day(40)
@given(data=st.data(), chained=st.booleans())
def test_every_value_lies_within_the_limits(data: st.DataObject, chained: bool) -> None:
    """Also of fields without an end, and in every product, ratio and rounded amount that is made of them."""
    policy = data.draw(policies(chained=chained))
    limits = limits_of_numbers(load(policy))
    for _ in range(4):
        at = settled(policy, data.draw(records(policy, unsure=False)))
        for name in policy.get("numbers", {}):
            value = worth(policy, name, at)
            if value is not None:
                low, high, unit = limits[name]
                assert low <= exact(value) <= high
                assert unit is None or (exact(value) % unit == 0 if unit else exact(value) == 0)


@pytest.mark.parametrize(
    ("number", "low", "high", "unit"),
    [
        ({"sum": {"open": 1, "wide": -2}, "plus": 0.5}, -inf, inf, Fraction(1, 2)),
        ({"sum": {"wide": 0.75}, "plus": 3}, 3, Fraction(21, 2), Fraction(3, 4)),
        ({"larger_of": ["open", 4]}, 4, inf, 1),
        ({"product": ["zero_or_more", "open"]}, -inf, inf, 1),
        ({"product": ["zero_or_more", "wide"]}, 0, 30, 1),
        ({"product": ["zero", "open"]}, 0, 0, 1),
        ({"ratio": {"of": "wide", "to": 4}}, 0, Fraction(5, 2), None),
        ({"sum": {"by_tens": 0.1}}, -1, 2, Fraction(1, 2)),
    ],
)
def test_limits_are_the_ends_of_the_ranges_worked_out(number: dict[str, Any], low: Any, high: Any, unit: Any) -> None:
    """Nothing is left of an infinite end that is multiplied by 0."""
    counted = {"ask": "How many?", "type": "integer"}
    policy = load({
        "policy": "limits",
        "title": "How far does it go?",
        "situation": {
            "open": counted,
            "wide": counted | {"from": 0, "to": 10},
            "few": counted | {"from": 0, "to": 3},
            "by_tens": counted | {"type": "number", "from": -10, "to": 20, "step": 5},
        },
        "numbers": {
            "zero_or_more": {"means": "so many", "sum": {"few": 1}},
            "zero": {"means": "none", "smaller_of": ["few", 0]},
            "worth": {"means": "what it is worth", **number},
        },
        "verdicts": {"far": {"title": "Far"}},
        "rules": [{"rule": "all", "otherwise": True, "then": "far", "because": "All go there."}],
    })  # fmt: skip
    assert tuple(limits_of_numbers(policy)["worth"]) == (low, high, unit)
