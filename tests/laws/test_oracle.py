"""Do the oracle and the generated policies deserve the trust that other tests put in them?

The oracle is held against policies counted by hand and against its own slower ways; the strategies against
the rules of the language and the mix of policies they promise.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from math import prod
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.drawing.strategies import SMALL, features, partial_records, policies, records
from tests.support.judging import oracle, spaces
from tests.support.judging.oracle import CONFLICT, GAP, Outcome, Outlook, Tally

steady = settings(deadline=None, derandomize=True, database=None)

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

# Every construct that 300 small policies must show, by what its name begins with.
EXPECTED_FEATURES = {
    "type:": "choice ordered yes_no integer number date any_of text",
    "op:": "equal one_of at_least at_most more_than less_than number includes excludes only "
    "on_or_after on_or_before after before",
    "nested:": "all any not deep",
    "fact:": "yes no",
    "number:": "of-2 of-3 plus decimal dates",
    "mode:": "unique first",
    "guarantee:": "never only always",
    "": "number fact fact-over-fact compare-fields impossible otherwise override override-of-override "
    "dotted unit if_unsure ask_after must advice output version about source cites added background",
}


def _digits(*rules: tuple[str, Any, str], **more: Any) -> dict[str, Any]:
    """A policy over one digit, each rule given by its id, condition and verdict."""
    return {
        "situation": {"digit": {"ask": "Which?", "type": "integer", "from": 0, "to": 9}},
        "verdicts": {"low": {"title": "Low"}, "high": {"title": "High"}, "odd": {"title": "Odd"}},
        "rules": [{"rule": name, "when": when, "then": then} for name, when, then in rules],
        **more,
    }


def _collect(strategy: st.SearchStrategy[Any], many: int) -> list[Any]:
    """The same so many draws on every run."""
    drawn = []

    @settings(steady, max_examples=many)
    @given(strategy)
    def keep(value: Any) -> None:
        drawn.append(value)

    keep()
    return drawn


@cache
def _small_policies(most: float = math.inf) -> list[dict[str, Any]]:
    """The same small policies each time; those of them that have at most so many situations."""
    drawn = _collect(policies(countable=True, small=True), 300)
    return [each for each in drawn if most == math.inf or (oracle.size(each) or math.inf) <= most]


def test_a_policy_counted_by_hand_tallies_exactly() -> None:
    """Every count and finding of a small policy is the one worked out with paper and pencil."""
    assert oracle.size(PARCELS) == 20
    assert oracle.tally(PARCELS) == Tally(
        total=18,
        verdicts={"van": 3, "bike": 4, "post": 6},
        rules={"heavy": 4, "light-letter": 6, "insured-box": 3},
        gaps=3,
        conflicts=2,
        pairs={("heavy", "insured-box"): 2},
        broken={"no-bike-for-boxes": 4},
        dead=(),
        redundant=(),
        useless=(),
        never=frozenset(),
        always=frozenset(),
        never_compared=frozenset(),
        always_compared=frozenset(),
    )


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
    assert oracle.tally(policy).verdicts == {"low": 5, "high": 4, "odd": 1}


def test_the_first_applying_rule_stands_alone() -> None:
    """Under `first` nothing conflicts, a shadowed rule is dead, and `otherwise` takes what is left."""
    policy = _digits(
        ("small", {"digit": {"less_than": 3}}, "low"),
        ("zero", {"digit": 0}, "odd"),
        ("rest", {}, "high"),
        decision="first",
    )
    policy["rules"][2] = {"rule": "rest", "otherwise": True, "then": "high"}
    found = oracle.tally(policy)
    assert (found.verdicts, found.dead, found.sound) == ({"low": 3, "high": 7, "odd": 0}, ("zero",), True)


def test_disagreeing_rules_are_counted_in_each_pair() -> None:
    """Three rules with three verdicts in one situation make three pairs and break a guarantee once."""
    policy = _digits(
        ("one", {"digit": [1, 2]}, "low"),
        ("two", {"digit": 1}, "high"),
        ("three", {"digit": {"more_than": 0}}, "odd"),
        guarantees=[{"guarantee": "never-high", "only": ["low", "odd"]}],
    )
    found = oracle.tally(policy)
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
    found = oracle.tally(policy)
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
    found = oracle.tally(policy)
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


def test_the_tally_agrees_with_asking_every_situation_alone() -> None:
    """Notes kept between situations change nothing: outcomes counted one by one are the same."""
    for policy in _small_policies(150):
        possible = _everywhere(policy)
        counted = Counter(found.verdict for found in possible)
        decided = Counter(rule for found in possible if found.verdict not in (GAP, CONFLICT) for rule in found.stands)
        found = oracle.tally(policy)
        assert (found.total, found.gaps, found.conflicts) == (
            len(possible),
            counted[GAP],
            counted[CONFLICT],
        )
        assert found.verdicts == {verdict: counted[verdict] for verdict in policy["verdicts"]}
        assert found.rules == {rule["rule"]: decided[rule["rule"]] for rule in policy["rules"]}


def _outcome_in(policy: dict[str, Any]) -> Any:
    return lambda record: oracle.outcome(policy, record)


def test_redundant_rules_and_useless_overrides_can_really_be_left_out() -> None:
    """Taking the rule or override out of the policy changes nothing where the tally says so, and only there."""
    for policy in _small_policies(100):
        found, before = oracle.tally(policy), _everywhere(policy)
        for rule in policy["rules"]:
            others = [_without_override(each, rule["rule"]) for each in policy["rules"] if each is not rule]
            after = _everywhere({**policy, "rules": others})
            is_same = [one.verdict for one in before] == [one.verdict for one in after]
            assert (rule["rule"] in found.redundant) == (is_same and rule["rule"] not in found.dead)
            for target in rule.get("overrides", {}):
                rules = [_without_override(each, target) if each is rule else each for each in policy["rules"]]
                assert ((rule["rule"], target) in found.useless) == (before == _everywhere({**policy, "rules": rules}))


def _everywhere(policy: dict[str, Any]) -> list[Outcome]:
    """The outcome in every possible situation."""
    return [found for found in map(_outcome_in(policy), oracle.situations(policy)) if found.possible]


def _without_override(rule: dict[str, Any], target: str) -> dict[str, Any]:
    overrides = {name: why for name, why in rule.get("overrides", {}).items() if name != target}
    return {**rule, "overrides": overrides}


def test_representatives_show_all_behaviour_there_is() -> None:
    """One value of each cell leads to exactly the outcomes that all values lead to."""
    for policy in _small_policies(200):
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


def test_representatives_of_endless_fields_miss_no_record() -> None:
    """Whatever a record of an endless policy comes to, some product of representatives comes to as well."""
    checked = 0
    strategy = policies(countable=False, small=True).flatmap(
        lambda policy: st.tuples(st.just(policy), st.lists(records(policy), min_size=5, max_size=5))
    )
    for policy, answered in _collect(strategy, 60):
        if policy.get("numbers"):
            continue
        cells = oracle.representatives(policy)
        if prod(map(len, cells.values())) <= 3_000:
            seen = set(map(_outcome_in(policy), spaces.every(cells)))
            assert seen.issuperset(map(_outcome_in(policy), answered))
            checked += 1
    assert checked >= 15


@settings(steady, max_examples=60)
@given(st.data())
def test_partial_records_leave_their_own_outcome_open(data: st.DataObject) -> None:
    """A possible completion's outcome is among those of the partial record, and all of them are reached."""
    policy = data.draw(policies(small=True))
    record = data.draw(partial_records(policy))
    outlook = oracle.outcomes(policy, record)
    completed = [oracle.outcome(policy, each) for each in oracle.completions(policy, record)]
    assert outlook.verdicts == {found.verdict for found in completed}
    assert all(found.possible for found in completed)
    standing = [set(found.stands) for found in completed]
    assert set(outlook.rules) == (set.intersection(*standing) if standing else set())
    assert {*outlook.rules, *outlook.possible_rules} == set().union(*standing)


@settings(steady, max_examples=100)
@given(st.data())
def test_records_hold_only_values_their_fields_allow(data: st.DataObject) -> None:
    """Every answer is a known name, inside the range and on the grid, or an `unsure` that has a reading."""
    policy = data.draw(policies())
    record = data.draw(records(policy))
    assert record.keys() == policy["situation"].keys()
    for name, value in record.items():
        spec = policy["situation"][name]
        assert _allows(spec, value) or (value == "unsure" and "if_unsure" in spec), (name, value)


def _allows(spec: dict[str, Any], value: Any) -> bool:
    """Whether a field takes a value."""
    match spaces.kind(spec):
        case "choice":
            return value in spec["choices"]
        case "yes_no":
            return isinstance(value, bool)
        case "text":
            return isinstance(value, str)
        case "any_of":
            return isinstance(value, list) and len(set(value)) == len(value) and set(value) <= set(spec["choices"])
        case "date" if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return False
        case "integer" | "number" if isinstance(value, (str, bool)):
            return False
    here = spaces.line(spec)
    place = spaces.exact(spaces.settle(spec, value))
    return here.holds(place) and (here.step is None or (place - here.origin) % here.step == 0)


def test_generated_policies_are_a_fair_mix() -> None:
    """A quarter and more are sound, a quarter and more faulty, and every construct of the language occurs."""
    drawn = _small_policies()
    tallies = [oracle.tally(policy) for policy in drawn]
    assert sum(found.sound for found in tallies) >= 0.25 * len(drawn)
    assert sum(found.faulty for found in tallies) >= 0.25 * len(drawn)
    assert sum(found.gaps > 0 for found in tallies) >= 0.1 * len(drawn)
    assert sum(found.conflicts > 0 for found in tallies) >= 0.05 * len(drawn)
    assert sum(any(found.broken.values()) for found in tallies) >= 0.05 * len(drawn)
    expected = {start + end for start, ends in EXPECTED_FEATURES.items() for end in ends.split()}
    assert expected - set().union(*map(features, drawn)) == set()
    assert drawn == _small_policies(SMALL)


def test_sound_policies_are_sound_by_construction() -> None:
    """What is cut from a decision tree has one verdict everywhere and keeps its guarantees."""
    for policy in _collect(policies(small=True, sound=True), 150):
        assert oracle.tally(policy).sound, policy


def test_endless_policies_have_open_ends_and_continuous_numbers() -> None:
    """Asked for an uncountable policy, every draw is one, of either kind."""
    drawn = _collect(policies(countable=False), 100)
    assert {oracle.size(policy) for policy in drawn} == {None}
    assert set().union(*map(features, drawn)) >= {"open-end", "type:number-free", "uncountable"}


@settings(steady, max_examples=200)
@given(policies())
def test_generated_policies_are_well_written(policy: dict[str, Any]) -> None:
    """Nothing a policy says breaks a rule of the language."""
    assert list(_complaints(policy)) == []


def _complaints(policy: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the writing of a policy."""
    fields, names = policy["situation"], [rule["rule"] for rule in policy["rules"]]
    facts, numbers = policy.get("facts", {}), policy.get("numbers", {})
    known = [*fields, *facts, *numbers]
    if len(set(known)) < len(known) or {name.split(".")[0] for name in known if "." in name} & set(known):
        yield "a name is taken twice"
    yield from (f"name {name}" for name in known if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", name))
    ids = [*names, *policy["verdicts"], *(each["guarantee"] for each in policy.get("guarantees", ()))]
    yield from (f"id {name}" for name in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name))
    if len(set(names)) < len(names):
        yield "a rule id is taken twice"
    for when in spaces.conditions(policy):
        yield from (f"empty condition {when}" for part in _maps(when) if not part)
        for holder, key in spaces.single_tests(when):
            if key not in known:
                yield f"unknown name {key}"
            elif key in fields:
                yield from _test_complaints(fields, key, holder[key])
    for rule in policy["rules"]:
        yield from (f"unknown rule {name}" for name in rule.get("overrides", {}) if name not in names)
        if ("when" in rule) == ("otherwise" in rule) or ("source" in policy) != bool(rule.keys() & {"cites", "added"}):
            yield f"rule {rule}"
    yield from _mode_complaints(policy)
    for number in numbers.values():
        weights = {name: spaces.exact(weight) for name, weight in number["sum"].items()}
        days = [weight for name, weight in weights.items() if fields[name].get("type") == "date"]
        if 0 in weights.values() or sum(days) != 0:
            yield f"weights {weights}"
    parts = list(_parts(policy))
    if len({id(part) for part in parts}) < len(parts):
        yield "a part is shared, which a file could only say with an alias"


def _maps(when: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A condition and every condition inside it."""
    yield when
    for key in spaces.JOINERS:
        for part in spaces.listed(when.get(key, [])):
            yield from _maps(part)


def _test_complaints(fields: dict[str, Any], key: str, wanted: Any) -> Iterator[str]:
    """What is wrong with one test of a field."""
    spec = fields[key]
    if spec.get("type") == "any_of":
        options = [option for bound in spaces.bounds(wanted) for option in spaces.listed(bound)]
        if not isinstance(wanted, dict) or not set(options) <= set(spec["choices"]):
            yield f"{key}: {wanted}"
        return
    for bound in spaces.bounds(wanted):
        other = spaces.other_field(bound)
        if other is None:
            grid_free = {name: value for name, value in spec.items() if name != "step"}
            is_known = bound in spec["known"] if "known" in spec else True
            if not (is_known and _allows(grid_free, bound) and len(str(bound).strip("-").replace(".", "")) <= 15):
                yield f"{key}: {wanted}"
        elif other == key or spec.get("unit") != fields[other].get("unit"):
            yield f"{key} compared with {other}"


def _mode_complaints(policy: dict[str, Any]) -> Iterator[str]:
    """What does not go with the way of deciding."""
    is_first = policy.get("decision") == "first"
    for place, rule in enumerate(policy["rules"], 1):
        if "otherwise" in rule and (not is_first or place < len(policy["rules"])):
            yield "`otherwise` that is not the last of a list"
        if "overrides" in rule and is_first:
            yield "`overrides` under `first`"
    over = {rule["rule"]: set(rule.get("overrides", ())) for rule in policy["rules"]}
    while over:
        free = [name for name, targets in over.items() if not targets & over.keys()]
        if not free:
            yield "overrides in a circle"
            return
        over = {name: targets for name, targets in over.items() if name not in free}


def _parts(value: Any) -> Iterator[Any]:
    """Every map and list inside a value, itself included."""
    if isinstance(value, (dict, list)):
        yield value
        for part in value.values() if isinstance(value, dict) else value:
            yield from _parts(part)
