"""Are tests, bands and lists told in words that say what they mean?"""

from __future__ import annotations

from typing import Any

import pytest

from engine import Policy, check
from engine.language.model.words import condition_phrase
from engine.language.sections.policy_sources import load_text

HEAD = """\
policy: words
title: What?
situation:
  b: {ask: B?, type: yes_no}
  c: {ask: C?, type: yes_no}
  f: {ask: F?, type: yes_no}
  age: {ask: "How old?", type: integer, from: 18, to: 120}
  x: {ask: "Which?", type: any_of, choices: {a: A, b: B, c: C}}
verdicts: {one: {title: One}, two: {title: Two}}
"""


def policy(rules: str) -> Policy:
    return load_text((HEAD + rules).encode())


def told(rules: str, *codes: str) -> list[str]:
    """The messages of the findings of some codes."""
    return [finding.message for finding in check(policy(rules)).findings if finding.code in codes]


TESTS = ("always-true-test", "impossible-test")
RULE = "rules: [{rule: r, when: %s, then: one, because: So.}, {rule: s, when: {b: no}, then: two, because: So.}]\n"


@pytest.mark.parametrize(
    ("when", "message"),
    [
        (
            "{any: [{b: yes, c: yes}, {not: {b: yes, c: yes}}]}",
            "every possible situation meets this test: (B? yes and C? yes) or not (B? yes and C? yes)",
        ),
        (
            "{all: [{b: yes, c: yes}, {not: {b: yes, c: yes}}]}",
            "no possible situation meets this test: (B? yes and C? yes) and not (B? yes and C? yes)",
        ),
        ("{b: yes, any: [{f: yes}, {f: no}]}", "every possible situation meets this test: F? yes or no"),
        ("{b: yes, not: {f: [yes, no]}}", "no possible situation meets this test: not (F? yes or no)"),
        (
            "{b: yes, not: {any: [{c: yes, f: yes}, {c: no}, {f: no}]}}",
            "no possible situation meets this test: not ((C? yes and F? yes) or C? no or F? no)",
        ),
    ],
)
def test_a_nested_condition_is_told_whole(when: str, message: str) -> None:
    """Brackets keep together what belongs together; nothing is called a part."""
    assert told(RULE % when, *TESTS) == [message]


BANDS = """\
rules:
  - {rule: young, when: {age: {at_least: 18, at_most: 35}}, then: one, because: So.}
  - {rule: middle, when: {age: {at_least: 36, at_most: 65}}, then: two, because: So.}
  - {rule: old, when: {age: {at_least: 66, at_most: 120}}, then: one, because: So.}
"""


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("{age: {at_least: 18, at_most: 120}}", "How old? at least 18 and at most 120"),
        ("{any: [{age: {at_most: 40}}, {age: {more_than: 40}}]}", "How old? at most 40 or more than 40"),
        ("{any: [{age: {at_most: 40}}, {age: {more_than: 40}}, {f: yes}]}",
         "How old? at most 40 or How old? more than 40 or F? yes"),
        ("{any: [{x: {includes: a}}, {x: {excludes: a}}]}", "Which? includes ‘A’ or does not include ‘A’"),
        ("{not: {age: {at_most: 10, at_least: 5}}}", "not (How old? at most 10 and at least 5)"),
    ],
)  # fmt: skip
def test_what_several_comparisons_are_about_is_named_once(when: str, said: str) -> None:
    """Where all of them are about it; in a sentence as on a line."""
    loaded = policy(RULE % when)
    assert condition_phrase(loaded, loaded.rules[0].when) == said


def test_bands_may_name_the_ends_of_their_field() -> None:
    """Both ends of the outermost bands are good style, in a list of rules as in a table."""
    assert told(BANDS, *TESTS) == []


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("{at_least: 18, at_most: 35}", "{at_most: 35, less_than: 300}", "How old? less than 300"),
        ("{at_least: 18, at_most: 35}", "{at_least: 10, at_most: 35}", "How old? at least 10"),
        ("{at_least: 66, at_most: 120}", "{at_least: 66, at_most: 150}", "How old? at most 150"),
    ],
)
def test_a_limit_beyond_the_end_is_pointless(before: str, after: str, words: str) -> None:
    """What no answer reaches is no end of a band: a limit that somebody got wrong."""
    message = f"every possible situation meets this test: {words}"
    assert told(BANDS.replace(before, after), *TESTS) == [message]


def test_an_end_by_itself_is_pointless() -> None:
    """A single comparison with the end of its field says nothing."""
    rules = "rules: [{rule: r, when: {b: yes, age: {at_least: 18}}, then: one, because: So.}]\n"
    assert told(rules, *TESTS) == ["every possible situation meets this test: How old? at least 18"]


@pytest.mark.parametrize(
    ("when", "lines"),
    [
        ("{only: []}", ["Which? none of them"]),
        ("{includes: [a], excludes: [b, c]}", ["Which? includes ‘A’ and includes none of ‘B’, ‘C’"]),
        ("{includes: [a, b]}", ["Which? includes ‘A’, ‘B’"]),
        ("{excludes: [b, c]}", ["Which? includes none of ‘B’, ‘C’"]),
    ],
)
def test_a_region_says_a_list_in_one_go(when: str, lines: list[str]) -> None:
    """Not a line for each option."""
    rules = f"rules: [{{rule: r, when: {{not: {{x: {when}}}}}, then: one, because: So.}}]\n"
    [gap] = check(policy(rules), regions=True).errors
    assert gap.regions is not None
    data: Any = gap.regions.to_dict()
    assert data["shown"][0]["words"] == lines
