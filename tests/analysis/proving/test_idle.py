"""Is what nothing uses, and what makes no difference, found exactly? Compared with trying every situation."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import assume, given

from engine import check, load
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.judging import spaces
from tests.support.judging.amounts import names_behind, used
from tests.support.judging.proofs.idleness import (
    IMPOSSIBLE,
    MOST,
    comparable,
    findings_told,
    found,
    groups,
    labels,
    subjects,
)
from tests.support.judging.spaces import length
from tests.support.judging.yields import numbers_given


@pytest.mark.thorough
@draw_by_day(20)
@given(data=policies(small=True))
def test_what_makes_no_difference_is_what_trying_everything_shows(data: dict[str, Any]) -> None:
    """A field that rules read is idle where no two situations that differ in it alone get something else.

    Two answers to it are one where no situation tells them apart; a verdict is idle where all its rules are dead.
    """
    size = 1
    for spec in data["situation"].values():
        size *= length(spec)
    assume(size <= MOST)
    given = labels(data)
    if set(given.values()) == {IMPOSSIBLE}:
        return
    read = used(data, [rule["when"] for rule in data["rules"] if "when" in rule])
    idle = set()
    alike: set[tuple[str, Any, Any]] = set()
    for at, (name, spec) in enumerate(data["situation"].items()):
        if name not in read:
            continue
        if all(len(set(group.values())) == 1 for group in groups(given, at)):
            idle.add(name)
        else:
            answers = [value for value in spaces.values(spec) if value != spaces.NOT_ASKED]
            same = [[group[str(value)] for group in groups(given, at)] for value in answers]
            alike |= {(name, *pair) for pair in comparable(spec) if same[pair[0]] == same[pair[1]]}
    proof = check(load(data))
    said = {finding.message.split("`")[1] for finding in proof.findings if finding.code == "idle-field"}
    assert said <= idle
    # Of which no rule asks anything that some situations meet and others do not is told by those rules and tests.
    is_told = {finding.code for finding in proof.findings} & {"always-true-test", "impossible-test", "dead-rule"}
    assert said == idle or is_told
    told = {
        pair for finding in proof.findings if finding.code == "idle-answer" for pair in findings_told(data, finding)
    }
    assert told <= alike
    dead = {finding.rules[0] for finding in proof.findings if finding.code == "dead-rule"}
    giving = defaultdict(set)
    for rule in data["rules"]:
        giving[rule["then"]].add(rule["rule"])
    never = {verdict for verdict, rules in giving.items() if rules <= dead}
    assert {finding.message.split("`")[1] for finding in proof.findings if finding.code == "idle-verdict"} == never
    needless = {each.rules[0] for each in proof.findings if each.code == "redundant-rule"}
    data["rules"] = [rule for rule in data["rules"] if rule["rule"] not in needless]
    assert is_told or subjects(data, alike, read) == subjects(data, told, read)


@pytest.mark.thorough
@draw_by_day(25)
@given(data=policies())
def test_what_nothing_uses_is_what_stands_in_no_condition(data: dict[str, Any]) -> None:
    """A fact that only an unused fact reads is unused too; `ask_after` or `applies_when` of a field that
    is used is a use.

    So is a guarantee on how a number moves.
    """
    whens = [each[key] for section in ("rules", "impossible", "guarantees")
             for each in data.get(section, ()) for key in ("when", "always") if key in each]  # fmt: skip
    moving = {subject for each in data.get("guarantees", ()) if "rising" in each for subject in each["never"]}
    given_names = {name for name in moving if name in data.get("numbers", {})} | numbers_given(data)
    names = used(data, whens).union(*(names_behind(data, name) for name in given_names))
    fields = data["situation"]
    waiting = [name for name in fields if name in names]
    while waiting:
        spec = fields[waiting.pop()]
        before = {spec["ask_after"]} if "ask_after" in spec else set()
        before |= used(data, [spec["applies_when"]]) if "applies_when" in spec else set()
        waiting += [name for name in before - names if name in fields]
        names |= before
    assert found(data, "unused-field", "unused-constant", "unused-number", "unused-fact", "unused-verdict") == {
        "unused-field": fields.keys() - names,
        "unused-constant": data.get("constants", {}).keys() - names,
        "unused-number": data.get("numbers", {}).keys() - names,
        "unused-fact": data.get("facts", {}).keys() - names,
        "unused-verdict": data["verdicts"].keys() - {rule["then"] for rule in data["rules"]},
    }


LOAN: dict[str, Any] = {
    "policy": "loan",
    "title": "Do we lend?",
    "situation": {
        "income": {"ask": "What do you earn?", "type": "integer", "from": 0, "to": 9000, "unit": "euros"},
        "rent": {"ask": "What is the rent?", "type": "integer", "from": 0, "to": 3000, "unit": "euros"},
        "work": {"ask": "What do you do?", "choices": {"hired": "I am employed", "own": "My own", "none": "Nothing"}},
    },
    "numbers": {"left": {"means": "what is left", "sum": {"income": 1, "rent": -1}}},
    "verdicts": {"yes": {"title": "Yes"}, "no": {"title": "No"}},
}


def test_answers_that_share_a_sum_and_make_no_difference() -> None:
    """What a number is made of is idle where no value of the number changes anything."""
    rules = [
        {
            "rule": "some",
            "when": {"left": {"at_least": 500}, "work": ["hired", "own"]},
            "then": "yes",
            "because": "So.",
        },
        {
            "rule": "few",
            "when": {"left": {"less_than": 500}, "work": ["hired", "own"]},
            "then": "yes",
            "because": "So.",
        },
        {"rule": "idle", "when": {"work": "none"}, "then": "no", "because": "So."},
    ]
    assert found({**LOAN, "rules": rules}, "idle-field", "idle-answer") == {
        "idle-field": {"income", "rent"},
        "idle-answer": set(),
    }


def test_answers_that_no_rule_tells_apart_are_no_finding() -> None:
    """Answers that are named together, or by a last rule for everything else, are meant to be treated alike."""
    rules = [
        {"rule": "own", "when": {"work": "own", "left": {"at_least": 500}}, "then": "yes", "because": "So."},
        {"rule": "rest", "otherwise": True, "then": "no", "because": "So."},
    ]
    data = {**LOAN, "decision": "first", "rules": rules}
    assert check(load(data)).findings == ()


def test_answers_that_are_told_apart_in_vain_where_others_are_impossible() -> None:
    """`b` and `c` are one for the rules, but not for what can happen: `c` and `d` are what is told apart in vain."""
    choices = {name: name.upper() for name in "abcd"}
    data = {
        "policy": "p",
        "title": "Where?",
        "situation": {"tier": {"ask": "Which tier?", "choices": choices}, "rain": {"ask": "Rain?", "type": "yes_no"}},
        "facts": {"low": {"means": "it is low", "when": {"tier": ["a", "b", "c"]}}},
        "impossible": [{"when": {"rain": True, "tier": ["c", "d"]}, "because": "It never rains there."}],
        "verdicts": {"park": {"title": "Park"}, "hall": {"title": "Hall"}},
        "rules": [
            {"rule": "one", "when": {"tier": "a", "low": True}, "then": "park", "because": "So it is."},
            {"rule": "two", "when": {"tier": ["b", "c", "d"]}, "then": "hall", "because": "So it is."},
        ],
    }
    said = [finding.message for finding in check(load(data)).findings if finding.code == "idle-answer"]
    assert said == ["rules tell the answers `c` and `d` to `tier` apart, but it makes no difference: Which tier?"]


def test_answers_that_are_told_apart_in_vain() -> None:
    """Two rules for two answers that always come to the same."""
    rules = [
        {"rule": "hired", "when": {"work": "hired", "left": {"at_least": 500}}, "then": "yes", "because": "So."},
        {"rule": "own", "when": {"work": "own", "left": {"at_least": 500}}, "then": "yes", "because": "So."},
        {"rule": "rest", "otherwise": True, "then": "no", "because": "So."},
    ]
    [finding] = check(load({**LOAN, "decision": "first", "rules": rules})).findings
    assert (finding.code, finding.message) == (
        "idle-answer",
        "rules tell the answers `hired` and `own` to `work` apart, but it makes no difference: What do you do?",
    )


TRIP: dict[str, Any] = {
    "policy": "trip",
    "title": "How do we travel?",
    "situation": {
        "guests": {"ask": "How many come?", "type": "integer", "from": 1, "to": 20},
        "goal": {"ask": "Where to?", "type": "text", "known": ["Bern", "Graz", "Oslo"]},
        "bags": {"ask": "What do you bring?", "type": "any_of", "choices": {"skis": "Skis", "sled": "A sled"}},
        "day": {"ask": "When?", "type": "date", "from": "2026-01-01", "to": "2026-12-31"},
        "weight": {"ask": "How heavy is it?", "type": "number", "from": 0},
    },
    "verdicts": {"train": {"title": "By train"}, "bus": {"title": "By bus"}},
    "decision": "first",
}


def said_of(*whens: tuple[dict[str, Any], str]) -> list[str]:
    """The findings about answers of a policy with these rules, and one for the rest."""
    rules = [{"rule": f"r{at}", "when": when, "then": then, "because": "So."} for at, (when, then) in enumerate(whens)]
    rest = {"rule": "rest", "otherwise": True, "then": "bus", "because": "So."}
    found = check(load({**TRIP, "rules": [*rules, rest]})).findings
    return [finding.message for finding in found if finding.code == "idle-answer"]


def test_limits_that_make_no_difference() -> None:
    """Bands side by side that come to the same, of whole numbers, dates and numbers without a step."""
    few, some = {"at_most": 5}, {"at_least": 6, "at_most": 10}
    assert said_of(({"guests": few}, "train"), ({"guests": some}, "train")) == [
        "rules tell `guests: {at_most: 5}` and `guests: {at_least: 6, at_most: 10}` apart, but it makes no difference: "
        "How many come?"
    ]
    winter, spring = {"before": "2026-03-01"}, {"on_or_after": "2026-03-01", "before": "2026-06-01"}
    assert said_of(({"day": winter}, "train"), ({"day": spring}, "train")) == [
        "rules tell `day: {on_or_before: 2026-02-28}` and `day: {on_or_after: 2026-03-01, on_or_before: 2026-05-31}` "
        "apart, but it makes no difference: When?"
    ]
    light, heavy = {"less_than": 2.5}, {"at_least": 2.5, "less_than": 9}
    assert said_of(({"weight": light}, "train"), ({"weight": heavy}, "train")) == [
        "rules tell `weight: {less_than: 2.5}` and `weight: {at_least: 2.5, less_than: 9}` apart, but it makes no "
        "difference: How heavy is it?"
    ]


def bands_with(impossible: dict[str, Any], *whens: tuple[dict[str, Any], str]) -> list[str]:
    """The messages of the findings about limits of an age, of which some answers are impossible."""
    data = {
        "policy": "p",
        "title": "Where?",
        "situation": {
            "age": {"ask": "How old?", "type": "integer", "from": 0, "to": 30},
            "rain": {"ask": "Rain?", "type": "yes_no"},
        },
        "impossible": [{"when": impossible, "because": "Nobody comes."}],
        "verdicts": {"park": {"title": "Park"}, "hall": {"title": "Hall"}},
        "rules": [
            {"rule": f"r{at}", "when": {"age": when}, "then": then, "because": "So."}
            for at, (when, then) in enumerate(whens)
        ],
    }
    return [finding.message for finding in check(load(data)).findings if finding.code == "idle-answer"]


def test_a_limit_between_impossible_answers_is_no_finding() -> None:
    """It has to be somewhere: what lies beyond them on either side gets another verdict."""
    assert (
        bands_with({"age": {"at_least": 10, "at_most": 19}}, ({"at_most": 14}, "park"), ({"more_than": 14}, "hall"))
        == []
    )


def test_limits_are_named_with_the_answers_that_get_the_same() -> None:
    """Of the bands beside a limit that is told apart in vain, only those parts that get the same outcome."""
    wet = {"age": {"at_least": 10, "at_most": 19}, "rain": True}
    assert bands_with(wet, ({"at_most": 14}, "park"), ({"more_than": 14}, "park")) == [
        "rules tell `age: {at_least: 10, at_most: 14}` and `age: {at_least: 15, at_most: 19}` apart, but it makes no "
        "difference: How old?"
    ]


def test_limits_that_some_rule_needs_are_no_finding() -> None:
    """A limit that matters together with another answer only, and one that separates what lies on both sides of it."""
    few, some = {"at_most": 5}, {"at_least": 6, "at_most": 10}
    assert said_of(({"guests": few, "goal": "Bern"}, "train"), ({"guests": some, "goal": "Graz"}, "train")) == []
    assert said_of(({"guests": few}, "train"), ({"guests": {"at_least": 11}}, "train")) == []


def test_texts_that_are_told_apart_in_vain() -> None:
    """Known texts with one another, and with any other text."""
    assert said_of(({"goal": "Bern"}, "train"), ({"goal": "Graz"}, "train")) == [
        "rules tell the answers `Bern` and `Graz` to `goal` apart, but it makes no difference: Where to?"
    ]
    few = {"at_most": 5}
    elsewhere = {"not": {"goal": ["Bern", "Graz"]}, "guests": few}
    assert said_of(({"goal": "Graz", "guests": few}, "train"), (elsewhere, "train")) == [
        "rules tell the answers `Graz` and any other text to `goal` apart, but it makes no difference: Where to?"
    ]
    assert said_of(({"goal": ["Bern", "Graz"]}, "train")) == []


def test_options_that_make_no_difference() -> None:
    """An option that one rule asks for and another rules out, with the same result; each that decides is none."""
    skis, both = {"includes": "skis", "excludes": "sled"}, {"includes": ["skis", "sled"]}
    assert said_of(({"bags": both}, "train"), ({"bags": skis}, "train")) == [
        "rules ask whether `sled` is among the answers to `bags`, but it makes no difference: What do you bring?"
    ]
    assert said_of(({"bags": both}, "train")) == []
