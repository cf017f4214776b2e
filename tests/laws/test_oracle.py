"""Does the oracle deserve the trust that other tests put in it?

It is held against policies counted by hand and against its own slower ways.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from math import prod
from typing import Any

import pytest
from hypothesis import strategies as st

from tests.support import overrides
from tests.support.drawing.collected import collect, policies_up_to
from tests.support.drawing.strategies import policies, records
from tests.support.judging import oracle, spaces
from tests.support.judging.oracle import CONFLICT, GAP, Outcome, Outlook
from tests.support.judging.pairs import PairTally, tally_pairs
from tests.support.judging.tallies import Tally, tally
from tests.support.judging.yields import gets

PARCELS: dict[str, Any] = {
    "situation": {
        "parcel": {"ask": "What is it?", "choices": {"letter": "A letter", "box": "A box"}},
        "weight": {"ask": "How heavy?", "type": "integer", "from": 0, "to": 4, "if_unsure": 4},
        "extras": {"ask": "What else?", "type": "any_of", "choices": {"insured": "Insurance"}},
    },
    "impossible": [{"when": {"parcel": "letter", "weight": {"more_than": 3}}, "because": "Letters are light."}],
    "verdicts": {"van": {"title": "Van"}, "bike": {"title": "Bike"}, "post": {"title": "Post"}},
    "rules": [
        {"rule": "heavy", "when": {"weight": {"at_least": 3}}, "then": "bike"},
        {"rule": "light-letter", "when": {"parcel": "letter", "weight": {"at_most": 2}}, "then": "post"},
        {"rule": "insured-box", "when": {"parcel": "box", "extras": {"includes": "insured"}}, "then": "van"},
    ],
    "guarantees": [{"guarantee": "no-bike-for-boxes", "when": {"parcel": "box"}, "never": "bike"}],
}


def _digits(*rules: tuple[str, Any, str], **more: Any) -> dict[str, Any]:
    """A policy over one digit, each rule given by its id, condition and verdict."""
    return {
        "situation": {"digit": {"ask": "Which?", "type": "integer", "from": 0, "to": 9}},
        "verdicts": {"low": {"title": "Low"}, "high": {"title": "High"}, "odd": {"title": "Odd"}},
        "rules": [{"rule": name, "when": when, "then": then} for name, when, then in rules],
        **more,
    }


def test_a_policy_counted_by_hand_tallies_exactly() -> None:
    """Every count and finding of a small policy is the one worked out with paper and pencil."""
    assert oracle.size(PARCELS) == 20
    assert tally(PARCELS) == Tally(
        total=18,
        verdicts={"van": 3, "bike": 4, "post": 6},
        rules={"heavy": 4, "light-letter": 6, "insured-box": 3},
        gaps=3,
        conflicts=2,
        pairs={("heavy", "insured-box"): 2},
        broken={"no-bike-for-boxes": 4},
        lacking={},
        vacuous=frozenset(),
        lonely={},
        dead=(),
        redundant=(),
        useless=(),
        never=frozenset(),
        always=frozenset(),
        never_compared=frozenset(),
        always_compared=frozenset(),
    )


def test_pairs_counted_by_hand_tally_exactly() -> None:
    """Of ten digits, those from 0 to 3 in two colours, the pairs of colours of one digit, and those of all digits."""
    policy = _digits(("blue", {"colour": "blue"}, "low"), ("red", {"colour": "red", "digit": {"at_least": 3}}, "high"))
    policy["situation"]["colour"] = {"ask": "Which colour?", "choices": {"blue": "B", "red": "R"}}
    policy["impossible"] = [{"when": {"colour": "blue", "digit": {"at_least": 4}}}]
    policy["guarantees"] = [
        {"guarantee": "colour", "ignores": "colour"},
        {"guarantee": "digit", "ignores": ["digit"], "when": {"colour": "red"}},
        {"guarantee": "both", "ignores": ["digit", "colour"]},
        {"guarantee": "blue", "ignores": ["colour"], "when": {"colour": "blue"}},
    ]
    assert tally_pairs(policy) == {
        # Only of the 3 are both decided.
        "colour": PairTally(broken=1, pairs=4, lonely=6),
        "digit": PairTally(broken=0, pairs=45, lonely=0),
        "both": PairTally(broken=4 * 7, pairs=14 * 13 // 2, lonely=0),
        "blue": PairTally(broken=0, pairs=0, lonely=4),
    }


def test_an_overridden_rule_still_overrides() -> None:
    """Of three nested rules, each overriding the one outside it, the innermost stands alone."""
    policy = _digits(
        ("outer", {"digit": {"at_least": 0}}, "low"),
        ("middle", {"digit": {"at_least": 5}}, "high"),
        ("inner", {"digit": 7}, "odd"),
    )
    policy["rules"][1]["overrides"] = {"outer": "More special."}
    policy["rules"][2]["overrides"] = {"middle": "More special."}
    assert oracle.outcome(policy, {"digit": 7}) == Outcome(True, ("outer", "middle", "inner"), ("inner",), "odd")
    assert tally(policy).verdicts == {"low": 5, "high": 4, "odd": 1}


def test_the_first_applying_rule_stands_alone() -> None:
    """Under `first` nothing conflicts, a shadowed rule is dead, and `otherwise` takes what is left."""
    policy = _digits(
        ("small", {"digit": {"less_than": 3}}, "low"),
        ("zero", {"digit": 0}, "odd"),
        ("rest", {}, "high"),
        decision="first",
    )
    policy["rules"][2] = {"rule": "rest", "otherwise": True, "then": "high"}
    found = tally(policy)
    assert (found.verdicts, found.dead, found.sound) == ({"low": 3, "high": 7, "odd": 0}, ("zero",), True)


def test_disagreeing_rules_are_counted_in_each_pair() -> None:
    """Three rules with three verdicts in one situation make three pairs and break a guarantee once."""
    policy = _digits(
        ("one", {"digit": [1, 2]}, "low"),
        ("two", {"digit": 1}, "high"),
        ("three", {"digit": {"more_than": 0}}, "odd"),
        guarantees=[{"guarantee": "never-high", "only": ["low", "odd"]}],
    )
    found = tally(policy)
    assert found.pairs == {("one", "two"): 1, ("one", "three"): 2, ("two", "three"): 1}
    assert (found.gaps, found.conflicts, found.broken) == (1, 2, {"never-high": 1})


def test_rules_and_overrides_without_effect_are_named() -> None:
    """Mutually redundant rules are both named, and a rule overridden by several together is dead."""
    policy = _digits(
        ("twin", {"digit": {"less_than": 4}}, "low"),
        ("other-twin", {"digit": {"at_most": 3}}, "low"),
        ("covered", {"digit": {"at_least": 4}}, "odd"),
        ("middle", {"digit": {"at_least": 4, "at_most": 6}}, "high"),
        ("top", {"digit": {"more_than": 6}}, "high"),
    )
    policy["rules"][3]["overrides"] = {"covered": "Closer.", "twin": "They never meet."}
    policy["rules"][4]["overrides"] = {"covered": "Closer."}
    found = tally(policy)
    assert (found.dead, found.redundant) == (("covered",), ("twin", "other-twin"))
    assert (found.useless, found.sound) == ((("middle", "twin"),), True)


def test_tests_that_say_nothing_are_named() -> None:
    """Entries, and single comparisons of an entry, that always or never hold are told apart."""
    policy = _digits(
        ("all", {"digit": {"more_than": -1, "less_than": 5}}, "low"),
        # A band may be written with both its ends, though the field has no other values.
        ("low-band", {"digit": {"at_least": 0, "less_than": 5}}, "low"),
        ("high-band", {"digit": {"at_least": 5, "at_most": 9}}, "high"),
        ("none", {"digit": {"more_than": 9, "less_than": 10}}, "high"),
        ("rest", {"not": {"digit": {"less_than": 0}}}, "odd"),
    )
    found = tally(policy)
    assert found.never == {("none", "digit")}
    assert found.always == {("rest", "not")}
    assert found.never_compared == {("none", "digit", "more_than")}
    assert found.always_compared == {("all", "digit", "more_than"), ("none", "digit", "less_than")}


def test_sums_and_comparisons_are_exact() -> None:
    """0.1 + 0.2 is 0.3, written as a float or a decimal, and days between dates are whole."""
    tenths = {"ask": "How much?", "type": "number", "from": 0, "to": 1, "step": Decimal("0.1"), "unit": "kg"}
    day = {"ask": "When?", "type": "date", "from": date(2024, 2, 28), "to": date(2024, 3, 1)}
    policy = {
        "situation": {"one": tenths, "two": tenths, "start": day, "end": day},
        "numbers": {
            "both": {"means": "sum", "sum": {"one": 1, "two": 1}, "plus": Decimal("-0.3")},
            "days": {"means": "days", "sum": {"end": 1, "start": -1}},
        },
        "verdicts": {"yes-please": {"title": "Yes"}},
        "rules": [
            {"rule": "sum", "when": {"both": 0}, "then": "yes-please"},
            {"rule": "days", "when": {"days": {"at_least": 2}}, "then": "yes-please"},
            {"rule": "order", "when": {"one": {"less_than": {"field": "two"}}}, "then": "yes-please"},
        ],
    }
    record = {"one": 0.1, "two": Decimal("0.20"), "start": "2024-02-28", "end": date(2024, 3, 1)}
    assert oracle.outcome(policy, record).applies == ("sum", "days", "order")
    assert oracle.outcome(policy, record | {"two": 0.1, "end": "2024-02-29"}).applies == ()


def test_a_partial_record_shows_every_outcome_still_open() -> None:
    """All possible completions count, `unsure` is read as written, and an impossible record has none."""
    heavy_box = {"parcel": "box", "weight": 3}
    assert oracle.outcomes(PARCELS, heavy_box) == Outlook(frozenset({"bike", CONFLICT}), ("heavy",), ("insured-box",))
    assert oracle.outcomes(PARCELS, {"parcel": "letter"}).verdicts == {"bike", "post"}
    assert oracle.outcomes(PARCELS, {"parcel": "box", "weight": 0, "extras": []}) == Outlook(frozenset({GAP}), (), ())
    assert oracle.outcomes(PARCELS, {"parcel": "letter", "weight": "unsure"}) == Outlook(frozenset(), (), ())
    assert len(list(oracle.completions(PARCELS, {"parcel": "letter", "weight": None}))) == 8


def test_an_endless_field_is_seen_on_every_side_of_its_constants() -> None:
    """Representatives lie at, beside and between constants, and compared fields can be put in any order."""
    number = {"ask": "How much?", "type": "number", "from": 0}
    whole = {"ask": "How many?", "type": "integer", "unit": "pieces"}
    policy = {
        "situation": {"amount": number, "left": whole, "right": whole},
        "verdicts": {"fine": {"title": "Fine"}},
        "rules": [
            {"rule": "amount", "when": {"amount": {"less_than": 3}}, "then": "fine"},
            {
                "rule": "order",
                "when": {"left": {"less_than": {"field": "right"}, "more_than": 7}},
                "then": "fine",
            },
        ],
    }
    cells = oracle.representatives(policy)
    assert cells["amount"] == [0, Decimal("1.5"), 3, 4]
    assert cells["left"] == cells["right"] == [5, 6, 7, 8, 9]
    assert oracle.outcomes(policy, {"right": 8, "amount": 3}).verdicts == {GAP}
    assert oracle.outcomes(policy, {"right": 20, "amount": 3}).verdicts == {GAP, "fine"}


@pytest.mark.thorough
def test_the_tally_agrees_with_asking_every_situation_alone() -> None:
    """Notes kept between situations change nothing: outcomes counted one by one are the same."""
    for policy in policies_up_to(150):
        possible = _everywhere(policy)
        counted = Counter(found.verdict for found in possible)
        decided = Counter(rule for found in possible if found.verdict not in (GAP, CONFLICT) for rule in found.stands)
        found = tally(policy)
        assert (found.total, found.gaps, found.conflicts) == (
            len(possible),
            counted[GAP],
            counted[CONFLICT],
        )
        assert found.verdicts == {verdict: counted[verdict] for verdict in policy["verdicts"]}
        assert found.rules == {rule["rule"]: decided[rule["rule"]] for rule in policy["rules"]}


def _outcome_in(policy: dict[str, Any]) -> Any:
    return lambda record: oracle.outcome(policy, record)


@pytest.mark.thorough
def test_redundant_rules_and_useless_overrides_can_really_be_left_out() -> None:
    """Taking the rule or override out of the policy changes nothing where the tally says so, and only there."""
    for policy in policies_up_to(100):
        found, before = tally(policy), _everywhere(policy)
        for rule in policy["rules"]:
            after = _everywhere(overrides.without_rule(policy, rule["rule"]))
            without = overrides.without_rule(policy, rule["rule"])
            is_same = [_gets(policy, one) for one in before] == [_gets(without, one) for one in after]
            assert (rule["rule"] in found.redundant) == (is_same and rule["rule"] not in found.dead)
        for override in overrides.written(policy):
            assert (override in found.useless) == (before == _everywhere(overrides.without(policy, override)))


def _gets(policy: dict[str, Any], found: Outcome) -> Any:
    """The verdict and outputs of an outcome."""
    return gets(policy, found.verdict, found.stands)


def _everywhere(policy: dict[str, Any]) -> list[Outcome]:
    """The outcome in every possible situation."""
    return [found for found in map(_outcome_in(policy), oracle.situations(policy)) if found.possible]


@pytest.mark.thorough
def test_representatives_show_all_behaviour_there_is() -> None:
    """One value of each cell leads to exactly the outcomes that all values lead to."""
    for policy in policies_up_to(200):
        few = spaces.every(oracle.representatives(policy))
        assert set(map(_outcome_in(policy), few)) == set(map(_outcome_in(policy), oracle.situations(policy)))


def test_fields_compared_across_different_grids_meet_in_every_order() -> None:
    """Multiples of four and of six are equal only now and then; representatives include such a place."""
    policy: dict[str, Any] = {
        "situation": {
            "four": {"ask": "How many?", "type": "number", "step": 4, "unit": "kg"},
            "six": {"ask": "How many?", "type": "number", "step": 6, "unit": "kg"},
        },
        "verdicts": {"fine": {"title": "Fine"}},
        "rules": [
            {"rule": "least", "when": {"four": {"at_least": 1, "at_most": {"field": "six"}}}, "then": "fine"},
            {"rule": "most", "when": {"four": {"at_least": {"field": "six"}}}, "then": "fine"},
        ],
    }
    seen = {oracle.outcome(policy, record).applies for record in spaces.every(oracle.representatives(policy))}
    assert seen == {(), ("least",), ("most",), ("least", "most")}


@pytest.mark.thorough
def test_representatives_of_endless_fields_miss_no_record() -> None:
    """Whatever a record of an endless policy comes to, some product of representatives comes to as well."""
    checked = 0
    strategy = policies(countable=False, small=True).flatmap(
        lambda policy: st.tuples(st.just(policy), st.lists(records(policy), min_size=5, max_size=5))
    )
    for policy, answered in collect(strategy, 200):
        if policy.get("numbers"):
            continue
        cells = oracle.representatives(policy)
        if prod(map(len, cells.values())) <= 3_000:
            seen = set(map(_outcome_in(policy), spaces.every(cells)))
            assert seen.issuperset(map(_outcome_in(policy), answered))
            checked += 1
    assert checked >= 15
