"""Ratios: compared without dividing, against every situation and in examples."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import (
    PolicyError,
    certify,
    check,
    decide,
    diff,
    explain,
    find_survivors,
    load,
    load_cases,
    tabulate,
    verify,
)
from engine.analysis.describing.example_numbers import amount_words
from engine.meaning.reference import Situation
from tests.support.by_day import draw_by_day
from tests.support.drawing.fields import Draw, Hand
from tests.support.judging import oracle

_BOUNDS = (0, 1, Decimal("0.5"), Decimal("0.3"), 2, -1, Decimal("-0.25"), Decimal("1.5"), 100)
_FIELDS: dict[str, Any] = {
    "paid": {"ask": "How much is paid?", "type": "integer", "from": -2, "to": 6},
    "income": {"ask": "How much comes in?", "type": "number", "step": Decimal("0.5"), "from": Decimal("0.5"), "to": 4},
    "size": {"ask": "How many are they?", "type": "integer", "from": 0, "to": 3, "or_none": "Nobody knows"},
    "day": {"ask": "On which day?", "type": "date", "from": "2026-01-01", "to": "2026-01-03"},
}
_NUMBERS: dict[str, Any] = {
    "both": {"means": "both together", "sum": {"income": 2, "paid": Decimal("0.5")}, "plus": 1},
    "more": {"means": "the larger one", "larger_of": ["paid", "size", Decimal("1.5")]},
    "times": {"means": "so much for each", "product": ["size", "income"]},
    "worth": {
        "means": "what speaks for it",
        "points": [
            {"when": {"paid": {"at_least": 2}}, "add": 2, "because": "It is much."},
            {"when": {"size": {"at_most": 1}}, "add": -1, "because": "They are few."},
        ],
    },
    "sure": {"means": "points above 0", "sum": {"worth": 1}, "plus": 2},
}
_DIVIDED = ("paid", "income", "size", "both", "more", "times", "worth", "rate", 3)
_DIVISORS = ("income", "both", "more", "sure", "rate", Decimal("0.5"), 4)


@st.composite
def divided(draw: Draw) -> dict[str, Any]:
    """Policies whose rules compare a ratio of any kinds of numbers."""
    hand = Hand(draw)
    of, to = hand.pick(_DIVIDED), hand.pick(_DIVISORS)
    if of == to or (not isinstance(of, str) and not isinstance(to, str)):
        of = "paid"
    bounds = hand.some(_BOUNDS, hand.count(1, 3))
    words = ("at_least", "at_most", "more_than", "less_than")
    tests: list[Any] = [{hand.pick(words): bound} for bound in bounds]
    tests += hand.pick(
        ([], [{"one_of": bounds}], [{"none_of": bounds}], [bounds[0]], [{"known": True}], [{"at_least": "rate"}])
    )
    rules: list[dict[str, Any]] = [
        {"rule": f"case-{place}", "when": {"share": test}, "then": hand.pick(("yes", "no")), "because": "So."}
        for place, test in enumerate(tests)
    ]
    if hand.chance(50):
        rules[0]["when"] |= {"paid": {"at_least": 1}}
    if hand.chance(30):
        rules.append({"rule": "rest", "otherwise": True, "then": "no", "because": "So."})
    # Two fixed amounts are no ratio, unless one of them changes with the day.
    are_fixed = all(part == "rate" or not isinstance(part, str) for part in (of, to))
    is_dated = are_fixed or hand.chance(60)
    rate: Any = {"start": 2, "2026-01-02": hand.pick((Decimal("0.5"), 3))} if is_dated else Decimal("1.5")
    return {
        "policy": "share",
        "title": "Is it much?",
        "as_of": "day",
        "constants": {"rate": {"means": "the rate", "is": rate}},
        "situation": _FIELDS,
        "numbers": {"share": {"means": "the share", "ratio": {"of": of, "to": to}}, **_NUMBERS},
        "verdicts": {"yes": {"title": "Yes"}, "no": {"title": "No"}},
        "decision": hand.pick(("first", "unique")),
        "rules": rules,
    }


@pytest.mark.thorough
@draw_by_day(40)
@given(data=divided())
def test_a_ratio_is_proved_and_counted_as_situation_by_situation(data: dict[str, Any]) -> None:
    policy = load(data)
    proof = check(policy)
    found = [oracle.outcome(data, at) for at in oracle.situations(data)]
    expected = Counter(each.verdict for each in found)
    assert {name: many for name, many in proof.verdicts.items() if many} == {
        name: many for name, many in expected.items() if name in policy.verdict
    }
    assert proof.sound == (expected.keys() <= policy.verdict.keys())
    if proof.sound:
        assert verify(policy, certify(policy)).situations == sum(expected.values())


def _loan(**changes: Any) -> dict[str, Any]:
    """A policy that looks at the part of an income that is paid back."""
    return {
        "policy": "loan",
        "title": "Do we lend?",
        "situation": {
            "instalment": {"ask": "What is paid back a month?", "type": "integer", "from": 0, "to": 1000},
            "income": {"ask": "What comes in a month?", "type": "integer", "from": 1, "to": 3000},
            "old": {"ask": "Do we know them?", "type": "yes_no"},
        },
        "numbers": {"share": {"means": "the part paid back", "ratio": {"of": "instalment", "to": "income"}}},
        "verdicts": {"lend": {"title": "Yes"}, "ask": {"title": "Perhaps"}, "no": {"title": "No"}},
        "rules": [
            {"rule": "small", "when": {"share": {"at_most": 0.3}}, "then": "lend", "because": "Small."},
            {
                "rule": "middle",
                "when": {"share": {"more_than": 0.3, "less_than": 0.4}, "old": True},
                "then": "ask",
                "because": "Known.",
            },
            {"rule": "large", "when": {"share": {"at_least": 0.4}}, "then": "no", "because": "Large."},
        ],
        **changes,
    }


def test_a_ratio_is_an_exact_fraction() -> None:
    policy = load(_loan())
    assert Situation(policy, {"instalment": 100, "income": 300, "old": False}).numbers["share"] == Fraction(1, 3)


def _sound() -> dict[str, Any]:
    data = _loan()
    del data["rules"][1]["when"]["old"]
    return data


def test_a_comparison_at_the_bound_itself_is_exact() -> None:
    policy = load(_sound())
    assert decide(policy, {"instalment": 300, "income": 1000}).verdict == "lend"
    assert decide(policy, {"instalment": 301, "income": 1000, "old": True}).verdict == "ask"
    assert decide(policy, {"instalment": 400, "income": 1000}).verdict == "no"
    assert decide(policy, {"instalment": 0}).verdict == "lend"


def test_what_has_no_finite_decimal_is_exact_in_data_and_rounded_in_words() -> None:
    [gap] = check(load(_loan())).findings
    assert gap.to_dict()["numbers"] == {"the part paid back": "1/3"}
    assert "(the part paid back)         ≈ 0.3333" in str(gap)
    assert gap.situations == sum(not 3 * income >= 10 * paid and 5 * paid < 2 * income
                                 for paid in range(1001) for income in range(1, 3001))  # fmt: skip


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("1/3", "≈ 0.3333"),
        ("-2000/3", "≈ -666.7"),
        ("200000/3", "≈ 66667"),
        ("1/2999", "≈ 0.0003334"),
        ("39997/99999", "≈ 0.39997"),
        ("1/300000000", "≈ 0.000000003333"),
        ("0.125", "0.125"),
        ("yes/no", "yes/no"),
    ],
)
def test_a_rounded_value_is_no_shorter_decimal(value: str, words: str) -> None:
    assert amount_words(value) == words


def test_an_explanation_tells_the_ratio() -> None:
    found = explain(load(_sound()), {"instalment": 1, "income": 3, "old": True})
    assert dict(found.numbers) == {"the part paid back": "1/3"}
    assert "≈ 0.3333" in str(found)


def test_regions_mends_and_tables_speak_of_the_ratio() -> None:
    policy = load(_loan())
    [gap] = check(policy).findings
    assert [mend.words for mend in gap.mends] == ["widen `middle`: take `old: yes` out of its `when`"]
    told = str(tabulate(policy))
    assert "more than 0.3 and less than 0.4" in told
    assert "0.3 ×" not in told


def test_a_difference_of_two_limits_is_told_as_the_ratio() -> None:
    old, new = _loan(), _loan()
    del old["rules"][1], new["rules"][1]
    old["rules"][0]["when"] = {"not": old["rules"][1]["when"]}
    new["rules"][1]["when"] = {"share": {"at_least": 0.35}}
    new["rules"][0]["when"] = {"share": {"less_than": 0.35}}
    found = diff(load(old), load(new))
    assert found.situations == 2 * sum(7 * income <= 20 * paid and 5 * paid < 2 * income
                                       for paid in range(1001) for income in range(1, 3001))  # fmt: skip
    assert "the part paid back: at least 0.35 and less than 0.4" in str(found)


def test_a_difference_to_a_version_with_more_answers_divides_by_no_zero() -> None:
    old = _loan(rules=[
        {"rule": "small", "when": {"share": {"at_most": 0.3}}, "then": "lend", "because": "Small."},
        {"rule": "rest", "when": {"not": {"share": {"at_most": 0.3}}}, "then": "no", "because": "Large."},
    ])  # fmt: skip
    new = _loan(rules=[{"rule": "all", "then": "lend", "because": "All."}])
    del new["numbers"]
    new["situation"] = new["situation"] | {"income": new["situation"]["income"] | {"from": -2}}
    found = diff(load(old), load(new))
    assert found.proved
    assert found.situations == 2 * (3 * 1001 + sum(10 * paid > 3 * income
                                                   for paid in range(1001) for income in range(1, 3001)))  # fmt: skip


def test_mutants_move_a_limit_by_its_last_decimal() -> None:
    policy = load(_sound())
    case = {"case": "nothing", "given": {"instalment": 0, "income": 1}, "expect": "lend"}
    found = find_survivors(policy, load_cases({"policy": "loan", "cases": [case]}, policy))
    words = [survivor.mutant.words for survivor in found.survivors]
    assert any("at most 0.2" in each for each in words)
    assert any("at most 0.4" in each for each in words)


def test_the_canonical_form_is_read_again_and_constants_keep_their_names() -> None:
    constants = {"months": {"means": "months of a year", "is": 12}}
    data = _loan(
        constants=constants, numbers={"share": {"means": "a month", "ratio": {"of": "instalment", "to": "months"}}}
    )
    policy = load(data)
    assert policy.to_dict()["numbers"]["share"] == {"means": "a month", "ratio": {"of": "instalment", "to": "months"}}
    assert load(json.loads(json.dumps(policy.to_dict()))) == policy
    data["numbers"]["share"]["ratio"]["to"] = 12
    del data["constants"]
    assert load(data).sha256 == policy.sha256


def test_a_ratio_of_no_value_has_none() -> None:
    data = _loan()
    data["situation"] = data["situation"] | {"income": data["situation"]["income"] | {"or_none": "No income"}}
    data["rules"].append({"rule": "none", "when": {"share": {"known": False}}, "then": "no", "because": "Nothing."})
    del data["rules"][1]["when"]["old"]
    policy = load(data)
    assert check(policy).sound
    assert decide(policy, {"instalment": 0, "income": "none"}).rules == ("none",)
    assert verify(policy, certify(policy)).situations == 2 * 1001 * 3001


_REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a part of a sum": ({"more": {"means": "more", "sum": {"share": 2}}}, "bad-part"),
    "a part of a product": ({"more": {"means": "more", "product": ["old_rate", "share"]}}, "bad-part"),
    "a part of the larger one": ({"more": {"means": "more", "larger_of": ["share", 2]}}, "bad-part"),
    "a part of a ratio": ({"more": {"means": "more", "ratio": {"of": "share", "to": "income"}}}, "bad-part"),
    "divided by what may be 0": ({"n": {"means": "m", "ratio": {"of": "income", "to": "instalment"}}}, "zero-divisor"),
    "divided by 0": ({"more": {"means": "more", "ratio": {"of": "income", "to": 0}}}, "zero-divisor"),
    "divided by itself": ({"more": {"means": "more", "ratio": {"of": "income", "to": "income"}}}, "bad-part"),
    "two fixed amounts": ({"more": {"means": "more", "ratio": {"of": 1, "to": 2}}}, "bad-part"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(_REFUSED))
def test_what_cannot_be_settled_is_refused_by_name(case: str) -> None:
    numbers, code = _REFUSED[case]
    data = _loan()
    old_rate = {"means": "points", "points": [{"when": {"old": True}, "add": 1, "because": "So."}]}
    with pytest.raises(PolicyError) as refused:
        load(_loan(numbers={**data["numbers"], "old_rate": old_rate, **numbers}))
    assert [problem.code for problem in refused.value.problems] == [code]
    assert all(problem.help for problem in refused.value.problems)


@pytest.mark.parametrize(
    "guarantee",
    [
        {"guarantee": "grows", "rising": "instalment", "never": {"share": "falls"}, "because": "So."},
        {"guarantee": "grows", "always": {"share": {"at_least": {"field": "income"}}}, "because": "So."},
        {"guarantee": "grows", "always": {"income": {"at_least": {"field": "share"}}}, "because": "So."},
    ],
)
def test_a_ratio_is_compared_with_fixed_amounts_alone(guarantee: dict[str, Any]) -> None:
    with pytest.raises(PolicyError) as refused:
        load(_loan(guarantees=[guarantee]))
    [problem] = refused.value.problems
    assert problem.code == "wrong-comparison"
    assert "`share` is a ratio" in problem.message


def test_a_guarantee_about_a_ratio_is_proved() -> None:
    kept = {"guarantee": "kept", "always": {"share": {"at_most": 1000, "at_least": 0}}, "because": "So."}
    broken = {"guarantee": "broken", "always": {"share": {"less_than": 1000}}, "because": "So."}
    findings = check(load(_loan(guarantees=[kept, broken]))).findings
    [found] = [each for each in findings if each.code == "broken-guarantee"]
    assert found.example == {"instalment": 1000, "income": 1, "old": False}
