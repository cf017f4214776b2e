"""What nothing uses, and what makes no difference, found by trying every situation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations, pairwise
from typing import Any

import yaml

from engine import Finding, check, load
from engine.analysis.proving.differences import MOST_ANSWERS
from tests.support.judging import oracle, spaces
from tests.support.judging.spaces import (
    LINES,
    NONE,
    NOT_ASKED,
    absences,
    bounds,
    kind,
    length,
    other_field,
    settle,
    single_tests,
    summed_fields,
)
from tests.support.judging.yields import gets

IMPOSSIBLE = "(impossible)"
# Policies of more situations are not tried.
MOST = 800


def found(data: Mapping[str, Any], *codes: str) -> dict[str, set[str]]:
    """The names that the findings of some codes are about, by code."""
    about: dict[str, set[str]] = {code: set() for code in codes}
    for finding in check(load(data)).findings:
        if finding.code in codes:
            about[finding.code].add(finding.message.split("`")[1])
    return about


def labels(data: dict[str, Any]) -> dict[tuple[Any, ...], Any]:
    """What every situation gets, the impossible ones too."""
    axes = {name: list(spaces.values(spec)) for name, spec in data["situation"].items()}
    given = {}
    for record in spaces.every(axes):
        said = oracle.outcome(data, record)
        got = gets(data, said.verdict, said.stands)
        given[tuple(map(str, record.values()))] = got if said.possible else IMPOSSIBLE
    return given


def groups(given: Mapping[tuple[Any, ...], str], at: int) -> list[dict[Any, str]]:
    """For each choice of all other answers with which a field is asked, what each answer to it gets."""
    by_rest: dict[tuple[Any, ...], dict[Any, str]] = defaultdict(dict)
    for values, label in given.items():
        by_rest[values[:at] + values[at + 1 :]][values[at]] = label
    found = list(by_rest.values())
    return [{answer: label for answer, label in group.items() if answer != NOT_ASKED} for group in found]


def comparable(spec: Mapping[str, Any]) -> list[tuple[int, int]]:
    """The answers to a field, by their places, of which it may be said that rules tell them apart in vain.

    Of numbers and dates those are neighbours, with no value beside `none`; of lists those that differ in one option.
    """
    if kind(spec) in LINES:
        return list(pairwise(range(length(spec) - absences(spec))))
    if kind(spec) == "yes_no":
        return []
    answers = [settle(spec, value) for value in spaces.values(spec) if value != NOT_ASKED]
    pairs = combinations(range(len(answers)), 2)
    if kind(spec) == "any_of":
        return [(one, other) for one, other in pairs if len(answers[one] ^ answers[other]) == 1]
    return list(pairs)


def findings_told(data: Mapping[str, Any], finding: Finding) -> set[tuple[str, Any, Any]]:
    """The answers that a finding says are alike, by their places; of lists with an option and without, all of them."""
    named = finding.message.split("`")[1::2]
    if finding.message.startswith("rules ask"):
        name, spec = named[1], data["situation"][named[1]]
        answers = [settle(spec, value) for value in spaces.values(spec) if value != NOT_ASKED]
        return {(name, *pair) for pair in comparable(spec)
                if answers[pair[0]] ^ answers[pair[1]] == {named[0]}}  # fmt: skip
    if finding.message.startswith("rules tell the answers"):
        name, spec = named[-1], data["situation"][named[-1]]
        listed = [*spec.get("choices", spec.get("known", ()))]
        place_of = {answer: place for place, answer in enumerate(listed)}
        if "or_none" in spec:
            place_of[NONE] = length(spec) - absences(spec)
        places = [place_of[answer] for answer in named[:-1]]
        places += [len(listed)] * ("any other text" in finding.message)
        return {(name, *pair) for pair in combinations(sorted(places), 2)}
    name = named[0].partition(":")[0]
    spec = data["situation"][name]
    alone = {**data, "situation": {name: spec}}
    within = [yaml.safe_load(entry) for entry in named]
    bands = [[at for at, value in enumerate(spaces.values(spec))
              if oracle.holds(alone, when, {name: settle(spec, value)})] for when in within]  # fmt: skip
    for band in bands:
        assert band == list(range(band[0], band[-1] + 1))
    return {(name, below[-1], above[0]) for below, above in pairwise(bands)}


def subjects(data: Mapping[str, Any], alike: set[tuple[str, Any, Any]], read: set[str]) -> set[tuple[Any, ...]]:
    """What there is to tell of answers that are alike: of a choice or a text, of a limit, of an option of a list.

    Nothing of fields that share a sum, nor of those with too many answers, nor where no rule tells them apart.
    """
    summed = summed_fields(data) | _compared(data)
    found: set[tuple[Any, ...]] = set()
    for name, spec in data["situation"].items():
        if name in summed or length(spec) > MOST_ANSWERS:
            continue
        pairs = comparable(spec)
        apart = {pair for pair in pairs if (name, *pair) in alike and _told_apart(data, name, *pair, read)}
        if kind(spec) in LINES:
            found |= {(name, *pair) for pair in apart if _is_border(data, name, *pair, read)}
        elif kind(spec) != "any_of":
            found |= {(name,) for _ in apart}
        else:
            answers = [settle(spec, value) for value in spaces.values(spec)]
            for option in spec["choices"]:
                with_it = [pair for pair in pairs if answers[pair[0]] ^ answers[pair[1]] == {option}]
                if all((name, *pair) in alike for pair in with_it) and not apart.isdisjoint(with_it):
                    found.add((name, option))
    return found


def _compared(data: Mapping[str, Any]) -> set[str]:
    """The fields that some condition compares with each other."""
    pairs = ((key, other_field(bound)) for when in spaces.conditions(data) for holder, key in single_tests(when)
             for bound in bounds(holder[key]))  # fmt: skip
    return {name for key, other in pairs if other is not None for name in (key, other)}


def _told_apart(data: Mapping[str, Any], name: str, one: int, other: int, read: set[str]) -> bool:
    """Whether some test that rules come to holds for one of two answers and not for the other."""
    return any(len(set(held)) > 1 for held in _tests(data, name, (one, other), read))


def _is_border(data: Mapping[str, Any], name: str, one: int, other: int, read: set[str]) -> bool:
    """Whether some test that rules come to holds for the first of two answers only, and some for the second only."""
    return {(True, False), (False, True)} <= set(_tests(data, name, (one, other), read))


def _tests(data: Mapping[str, Any], name: str, places: tuple[int, int], read: set[str]) -> list[tuple[bool, ...]]:
    """Whether the tests of a field hold for two of its answers, test by test."""
    spec = data["situation"][name]
    alone = {**data, "situation": {name: spec}}
    answers = [settle(spec, spaces.values(spec)[at]) for at in places]
    whens = [rule["when"] for rule in data["rules"] if "when" in rule]
    whens += [fact["when"] for of, fact in data.get("facts", {}).items() if of in read]
    tests = ({key: holder[key]} for when in whens for holder, key in single_tests(when) if key == name)
    # An entry such as `{at_least: 3, at_most: 9}` is two tests.
    single = (part for test in tests for part in _single(test))
    return [tuple(oracle.holds(alone, test, {name: answer}) for answer in answers) for test in single]


def _single(test: dict[str, Any]) -> list[dict[str, Any]]:
    [(name, wanted)] = test.items()
    return [{name: {word: bound}} for word, bound in wanted.items()] if isinstance(wanted, Mapping) else [test]
