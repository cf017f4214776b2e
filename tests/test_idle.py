"""Is what nothing uses, and what makes no difference, found exactly? Compared with trying every situation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from hypothesis import assume, given, settings

from engine import Finding, check, load
from engine.analysis.proving.idle import MOST_ANSWERS
from tests import oracle
from tests.spaces import bounds, kind, length, other_field, settle, single_tests
from tests.strategies import policies

IMPOSSIBLE = "(impossible)"
MOST = 800


def found(data: Mapping[str, Any], *codes: str) -> dict[str, set[str]]:
    """The names that the findings of some codes are about, by code."""
    about: dict[str, set[str]] = {code: set() for code in codes}
    for finding in check(load(data)).findings:
        if finding.code in codes:
            about[finding.code].add(finding.message.split("`")[1])
    return about


def labels(data: dict[str, Any]) -> dict[tuple[Any, ...], str]:
    """What every situation gets, the impossible ones too."""
    axes = {name: list(oracle.values(spec)) for name, spec in data["situation"].items()}
    given = {}
    for record in oracle.every(axes):
        said = oracle.outcome(data, record)
        given[tuple(map(str, record.values()))] = said.verdict if said.possible else IMPOSSIBLE
    return given


def groups(given: Mapping[tuple[Any, ...], str], at: int) -> list[dict[Any, str]]:
    """For each choice of all other answers, what each answer to one field gets."""
    by_rest: dict[tuple[Any, ...], dict[Any, str]] = defaultdict(dict)
    for values, label in given.items():
        by_rest[values[:at] + values[at + 1 :]][values[at]] = label
    return list(by_rest.values())


def used(data: Mapping[str, Any], whens: list[Mapping[str, Any]]) -> set[str]:
    """What conditions read, by the policy as it is written."""
    names: set[str] = set()
    for when in whens:
        for holder, key in single_tests(when):
            names |= {key, *filter(None, map(other_field, bounds(holder[key])))}
            if key in data.get("facts", {}):
                names |= used(data, [data["facts"][key]["when"]])
            elif key in data.get("numbers", {}):
                names |= set(data["numbers"][key]["sum"])
    return names


@settings(max_examples=60)
@given(data=policies(small=True))
def test_what_makes_no_difference_is_what_trying_everything_shows(data: dict[str, Any]) -> None:
    """A field that rules read is idle where no two situations that differ in it alone get something else.

    Two answers to a choice are one where no situation tells them apart; a verdict is idle where all its rules are dead.
    """
    size = 1
    for spec in data["situation"].values():
        size *= length(spec)
    assume(size <= MOST)
    given = labels(data)
    if set(given.values()) == {IMPOSSIBLE}:
        return
    read = used(data, [rule["when"] for rule in data["rules"] if "when" in rule])
    idle, alike = set(), set()
    for at, (name, spec) in enumerate(data["situation"].items()):
        if name not in read:
            continue
        if all(len(set(group.values())) == 1 for group in groups(given, at)):
            idle.add(name)
        elif kind(spec) in ("choice", "ordered") and len(spec["choices"]) <= MOST_ANSWERS:
            same = defaultdict(list)
            for answer in spec["choices"]:
                same[tuple(group[answer] for group in groups(given, at))].append(answer)
            alike |= {(name, frozenset(group)) for group in same.values() if len(group) > 1}
    proof = check(load(data))
    said = {finding.message.split("`")[1] for finding in proof.findings if finding.code == "idle-field"}
    assert said <= idle
    # Of which no rule asks anything that some situations meet and others do not is told by those rules and tests.
    is_told = {finding.code for finding in proof.findings} & {"always-true-test", "impossible-test", "dead-rule"}
    assert said == idle or is_told
    for finding in proof.findings:
        if finding.code == "idle-answer":
            name, answers = _answers(finding)
            assert any(name == of and answers <= group for of, group in alike)
    told = {_answers(finding)[0] for finding in proof.findings if finding.code == "idle-answer"}
    assert is_told or told == {name for name, group in alike if _told_apart(data, name, group, read)}
    dead = {finding.rules[0] for finding in proof.findings if finding.code == "dead-rule"}
    giving = defaultdict(set)
    for rule in data["rules"]:
        giving[rule["then"]].add(rule["rule"])
    expected = {verdict for verdict, rules in giving.items() if rules <= dead}
    assert {finding.message.split("`")[1] for finding in proof.findings if finding.code == "idle-verdict"} == expected


def _answers(finding: Finding) -> tuple[str, frozenset[str]]:
    named = finding.message.split("`")[1::2]
    return named[-1], frozenset(named[:-1])


def _told_apart(data: Mapping[str, Any], name: str, group: frozenset[str], read: set[str]) -> bool:
    """Whether some test that rules come to holds for one of these answers and not for another."""
    spec = data["situation"][name]
    whens = [rule["when"] for rule in data["rules"] if "when" in rule]
    whens += [fact["when"] for of, fact in data.get("facts", {}).items() if of in read]
    for when in whens:
        for holder, key in single_tests(when):
            if key == name:
                alone = {**data, "situation": {name: spec}}
                seen = {oracle.holds(alone, {key: holder[key]}, {name: settle(spec, each)}) for each in group}
                if len(seen) > 1:
                    return True
    return False


@settings(max_examples=100)
@given(data=policies())
def test_what_nothing_uses_is_what_stands_in_no_condition(data: dict[str, Any]) -> None:
    """A fact that only an unused fact reads is unused too; `ask_after` of a field that is used is a use."""
    whens = [each["when"] for section in ("rules", "impossible", "guarantees")
             for each in data.get(section, ()) if "when" in each]  # fmt: skip
    names = used(data, whens)
    fields = data["situation"]
    for name in [name for name in fields if name in names]:
        above = fields[name].get("ask_after")
        while above is not None:
            names.add(above)
            above = fields[above].get("ask_after")
    assert found(data, "unused-field", "unused-number", "unused-fact", "unused-verdict") == {
        "unused-field": fields.keys() - names,
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
        "rules tell the answers `hired` and `own` to `work` apart, and it makes no difference: What do you do?",
    )
