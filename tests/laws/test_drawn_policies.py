"""Do the drawn policies and records deserve the trust that other tests put in them?

They are held against the rules of the language, and against the mix of policies that they promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import overrides
from tests.support.drawing.collected import collect, policies_up_to, small_policies, steady
from tests.support.drawing.strategies import SMALL, partial_records, policies, records
from tests.support.features import features
from tests.support.judging import oracle, spaces
from tests.support.judging.tallies import tally

# Every construct that 300 small policies must show, by what its name begins with.
EXPECTED_FEATURES = {
    "type:": "choice ordered yes_no integer number date any_of text",
    "op:": "equal listed one_of none_of at_least at_most more_than less_than number includes includes_any excludes "
    "only on_or_after on_or_before after before known",
    "nested:": "all any not deep",
    "fact:": "yes no",
    "constant:": "number day list dated on unit cites",
    "number:": "of-2 of-3 plus decimal dates named nested larger_of smaller_of points product ratio by-day",
    "points:": "facts numbers named",
    "mode:": "unique first",
    "amount:": "rounded exact",
    "guarantee:": "never only always everywhere ignores rising",
    "": "as_of number fact fact-over-fact compare-fields impossible otherwise no-test override override-of-override "
    "override-list override-all above-all otherwise-unique or_none applies_when "
    "collect rule-output "
    "dotted unit if_unsure ask_after must advice output version about source cites added background",
}


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
    asked = {name for name, value in oracle.settled(policy, record).items() if value != spaces.NOT_ASKED}
    assert asked == record.keys()
    assert oracle.settled(policy, record).keys() == policy["situation"].keys()
    for name, value in record.items():
        spec = policy["situation"][name]
        assert _allows(spec, value) or (value == "unsure" and "if_unsure" in spec), (name, value)


def _allows(spec: dict[str, Any], value: Any) -> bool:
    """Whether a field takes a value."""
    if spaces.is_none(spec, value):
        return True
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


@pytest.mark.thorough
def test_generated_policies_are_a_fair_mix() -> None:
    """A quarter and more are sound, a quarter and more faulty, and every construct of the language occurs."""
    drawn = small_policies()
    tallies = [tally(policy) for policy in drawn]
    assert sum(found.sound for found in tallies) >= 0.25 * len(drawn)
    assert sum(found.faulty for found in tallies) >= 0.25 * len(drawn)
    assert sum(found.gaps > 0 for found in tallies) >= 0.1 * len(drawn)
    assert sum(found.conflicts > 0 for found in tallies) >= 0.05 * len(drawn)
    assert sum(any(found.broken.values()) for found in tallies) >= 0.05 * len(drawn)
    expected = {start + end for start, ends in EXPECTED_FEATURES.items() for end in ends.split()}
    assert expected - set().union(*map(features, drawn)) == set()
    assert drawn == policies_up_to(SMALL)


@pytest.mark.thorough
def test_sound_policies_are_sound_by_construction() -> None:
    """What is cut from a decision tree has one verdict everywhere and keeps its guarantees."""
    for policy in collect(policies(small=True, sound=True), 150):
        assert tally(policy).sound, policy


def test_endless_policies_have_open_ends_and_continuous_numbers() -> None:
    """Asked for an uncountable policy, every draw is one, of either kind."""
    drawn = collect(policies(countable=False), 100)
    assert {oracle.size(policy) for policy in drawn} == {None}
    assert set().union(*map(features, drawn)) >= {"open-end", "type:number-free", "uncountable"}


@pytest.mark.thorough
@settings(steady, max_examples=200)
@given(policies())
def test_generated_policies_are_well_written(policy: dict[str, Any]) -> None:
    """Nothing a policy says breaks a rule of the language."""
    assert list(_complaints(policy)) == []


def _complaints(policy: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the writing of a policy."""
    fields, names = policy["situation"], [rule["rule"] for rule in policy["rules"]]
    facts, numbers = policy.get("facts", {}), policy.get("numbers", {})
    constants = policy.get("constants", {})
    known = [*fields, *facts, *numbers, *constants]
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
                yield from _test_complaints(policy, key, holder[key])
    for rule in policy["rules"]:
        yield from (f"unknown rule {name}" for name in overrides.named(rule) if name not in names)
        if {"when", "otherwise"} <= rule.keys() or ("source" in policy) != bool(rule.keys() & {"cites", "added"}):
            yield f"rule {rule}"
    yield from _mode_complaints(policy)
    for number in numbers.values():
        written = {name: spaces.values_of(policy, weight) for name, weight in number.get("sum", {}).items()}
        # What changes with the day may be 0 for some time.
        weights = {name: spaces.exact(*values) for name, values in written.items() if len(values) == 1}
        days = [weight for name, weight in weights.items() if fields.get(name, {}).get("type") == "date"]
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


def _test_complaints(policy: dict[str, Any], key: str, wanted: Any) -> Iterator[str]:
    """What is wrong with one test of a field."""
    fields = policy["situation"]
    spec = fields[key]
    if isinstance(wanted, dict) and "known" in wanted:
        if not {"or_none", "applies_when"} & spec.keys() or not isinstance(wanted["known"], bool):
            yield f"{key}: {wanted}"
        wanted = {word: bound for word, bound in wanted.items() if word != "known"}
    if spec.get("type") == "any_of":
        options = [option for bound in spaces.bounds(wanted) for option in spaces.listed(bound)]
        if not isinstance(wanted, dict) or not set(options) <= set(spec["choices"]):
            yield f"{key}: {wanted}"
        return
    for bound in spaces.bounds(wanted):
        if spaces.is_none(spec, bound):
            continue
        other = spaces.other_field(bound)
        if isinstance(bound, str) and bound in policy.get("constants", {}):
            yield from _constant_complaints(policy, spec, bound)
        elif other is None:
            grid_free = {name: value for name, value in spec.items() if name != "step"}
            is_known = bound in spec["known"] if "known" in spec else True
            if not (is_known and _allows(grid_free, bound) and len(str(bound).strip("-").replace(".", "")) <= 15):
                yield f"{key}: {wanted}"
        elif other == key or spec.get("unit") != fields[other].get("unit"):
            yield f"{key} compared with {other}"


def _constant_complaints(policy: dict[str, Any], spec: dict[str, Any], name: str) -> Iterator[str]:
    """What is wrong with a constant that a field is compared with."""
    constant = policy.get("constants", {}).get(name, {"is": None})
    if spaces.kind(spec) in spaces.LINES and any(
        isinstance(value, date) != (spaces.kind(spec) == "date") for value in spaces.values_of(policy, name)
    ):
        yield f"constant {name}: {constant}"
    if spec.get("unit") and constant.get("unit") and spec["unit"] != constant["unit"]:
        yield f"unit of the constant {name}"


def _mode_complaints(policy: dict[str, Any]) -> Iterator[str]:
    """What does not go with the way of deciding."""
    is_first = policy.get("decision") == "first"
    for place, rule in enumerate(policy["rules"], 1):
        if "otherwise" in rule and is_first and place < len(policy["rules"]):
            yield "`otherwise` that is not the last of a list"
        if "otherwise" in rule and (
            "overrides" in rule or any(weak == rule["rule"] for _, weak in overrides.pairs(policy))
        ):
            yield "`otherwise` that overrides or is overridden"
        if "overrides" in rule and is_first:
            yield "`overrides` under `first`"
    if sum("otherwise" in rule for rule in policy["rules"]) > 1:
        yield "two rules for everything else"
    if sum(map(overrides.says_all, policy["rules"])) > 1:
        yield "two rules override all others"
    over = {rule["rule"]: set(overrides.named(rule)) for rule in policy["rules"]}
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
