"""Numbers that a table gives: against the same policy with a step and points, in every situation, and in examples."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine import certify, check, decide, decider, load, verify
from tests.support.by_day import draw_by_day
from tests.support.drawing.fields import Draw, Hand
from tests.support.judging import oracle
from tests.support.judging.axes import field_axes
from tests.support.making.trees import random_rules, unique_table

_AMOUNTS = (Decimal("0.5"), 1, Decimal("2.5"), 4, -1, 10)
_FIELDS: dict[str, Any] = {
    "zone": {"ask": "Which zone?", "choices": {"near": "Near", "far": "Far", "abroad": "Abroad"}},
    "weight": {"ask": "How heavy?", "type": "integer", "from": 0, "to": 6},
    "express": {"ask": "Express?", "type": "yes_no"},
}
_MADE: dict[str, Any] = {
    "fee": {"means": "what it costs", "product": ["weight", "rate"]},
    "more": {"means": "what is added", "sum": {"rate": 2, "weight": -1}, "plus": 1},
    "most": {"means": "the larger one", "larger_of": ["rate", "weight", 2]},
    "share": {"means": "the part", "ratio": {"of": "rate", "to": "safe"}},
    "safe": {"means": "what is above 0", "larger_of": ["rate", 1]},
    "worth": {"means": "points", "points": [{"when": {"rate": {"at_least": 1}}, "add": 3, "because": "So."}]},
}


@st.composite
def tabled(draw: Draw) -> dict[str, Any]:
    """Policies with a number that a table gives, now and then with gaps and conflicts, and numbers made of it."""
    hand = Hand(draw)
    axes = field_axes(_FIELDS)
    amounts = hand.some(_AMOUNTS, hand.count(1, 3))
    named = [f"v{place}" for place in range(len(amounts))]
    is_whole = hand.chance(60)
    rules = unique_table(hand, axes, named).rules if is_whole else random_rules(hand, axes, named, is_first=False)
    table = [rule | {"then": amounts[named.index(rule["then"])]} for rule in rules]
    compared = hand.some(("rate", *_MADE), hand.count(1, 3))
    words = ("at_least", "at_most", "more_than", "less_than")
    whens = [{name: {hand.pick(words): hand.pick((0, 1, Decimal("2.5"), 5, -1))}} for name in compared]
    if hand.chance(50):
        tests: tuple[Any, ...] = (amounts, {"none_of": amounts[:1]}, amounts[0], {"known": True})
        whens.append({"rate": hand.pick(tests)})
    own = [
        {"rule": f"case-{place}", "when": when, "then": hand.pick(("yes", "no")), "because": "So."}
        for place, when in enumerate(whens)
    ]
    return {
        "policy": "zones",
        "title": "Is it much?",
        "situation": _FIELDS,
        "numbers": {"rate": {"means": "the rate", "table": table}, **_MADE},
        "verdicts": {"yes": {"title": "Yes"}, "no": {"title": "No"}},
        "decision": "first",
        "rules": [*own, {"rule": "rest", "otherwise": True, "then": "no", "because": "So."}],
    }


def with_step(data: dict[str, Any]) -> dict[str, Any]:
    """The same policy with a step for the rules of the table, and points for each of its outcomes."""
    table = data["numbers"]["rate"]["table"]
    amounts = sorted({rule["then"] for rule in table})
    step = {
        "means": "the rate",
        "outcomes": {f"v{place}": str(amount) for place, amount in enumerate(amounts)},
        "rules": [rule | {"then": f"v{amounts.index(rule['then'])}"} for rule in table],
    }
    entries = [
        {"when": {"chosen": f"v{place}"}, "add": amount, "because": "So."} for place, amount in enumerate(amounts)
    ]
    numbers = data["numbers"] | {"rate": {"means": "the rate", "points": entries}}
    return data | {"steps": {"chosen": step}, "numbers": numbers}


@draw_by_day(4, deadline=None)
@given(data=tabled())
def test_a_number_of_a_table_is_proved_as_a_step_and_its_points_are(data: dict[str, Any]) -> None:
    policy, other = load(data), with_step(data)
    proof = check(policy)
    # Of amounts that are the same, or 0, points say less: only what is decided is compared.
    found = {tuple(at.values()): oracle.outcome(other, at).verdict for at in oracle.situations(data)}
    counts = Counter(found.values())
    assert {name: many for name, many in proof.verdicts.items() if many} == {
        name: many for name, many in counts.items() if name in policy.verdict
    }
    assert proof.sound == (counts.keys() <= policy.verdict.keys())
    if proof.sound:
        assert verify(policy, certify(policy)).situations == len(found)
        compiled = decider(policy)
        for values, verdict in found.items():
            record = dict(zip(data["situation"], values, strict=True))
            assert decide(policy, record).verdict == compiled.verdict(record) == verdict
    assert load(policy.to_dict()) == policy
    assert load(policy.to_yaml()).sha256 == policy.sha256
