"""What is suggested for a constant in the wrong place can be pasted, and means what its author meant."""

from __future__ import annotations

import re

import pytest

from engine import PolicyError, load

TEXT = """\
policy: p
title: P
constants:
  adult: {{means: when somebody is of age, is: 18}}
  ages: {{means: the ages that count, is: [18, 20]}}
  towns: {{means: the towns round here, is: [Bath, Wells]}}
  things: {{means: what is heavy, is: [chairs, piano]}}
  days: {{means: the days of the fair, is: [2024-01-01, 2024-01-02]}}
situation:
  age: {{ask: "How old?", type: integer, from: 0, to: 120}}
  day: {{ask: "Which day?", type: date, from: 2020-01-01, to: 2030-12-31}}
  town: {{ask: "Where from?", type: text, known: [Bath, Wells, York]}}
  extras: {{ask: "What else?", type: any_of, choices: {{chairs: Chairs, piano: Piano, lamp: Lamp}}}}
  pick: {{ask: "Which one?", choices: {{chairs: Chairs, piano: Piano, lamp: Lamp}}}}
  ok: {{ask: "Is it all right?", type: yes_no}}
verdicts: {{y: {{title: Yes}}}}
rules:
  - {{rule: a, when: {{{0}}}, then: y, because: So it is.}}
  - {{rule: b, otherwise: yes, then: y, because: The rest.}}
"""

# What was written, and what it means, without constants.
MEANT = {
    "age: ages": "age: [18, 20]",
    "age: [ages]": "age: [18, 20]",
    "age: {one_of: [ages]}": "age: [18, 20]",
    "age: {none_of: [ages]}": "age: {none_of: [18, 20]}",
    "age: {in: ages}": "age: [18, 20]",
    "age: {not_in: ages}": "age: {none_of: [18, 20]}",
    "age: {is_not: ages}": "age: {none_of: [18, 20]}",
    "age: {excludes: ages}": "age: {none_of: [18, 20]}",
    "town: towns": "town: [Bath, Wells]",
    "town: {none_of: [towns]}": "town: {none_of: [Bath, Wells]}",
    "town: {not_in: towns}": "town: {none_of: [Bath, Wells]}",
    "pick: things": "pick: [chairs, piano]",
    "day: days": "day: [2024-01-01, 2024-01-02]",
    "extras: {includes: things}": "extras: {includes: [chairs, piano]}",
    "extras: {includes_any: things}": "extras: {includes_any: [chairs, piano]}",
    "extras: {excludes: [things]}": "extras: {excludes: [chairs, piano]}",
    "extras: {only: things}": "extras: {only: [chairs, piano]}",
    "extras: {one_of: things}": "extras: {includes_any: [chairs, piano]}",
    "extras: {none_of: things}": "extras: {excludes: [chairs, piano]}",
    "age: {field: adult}": "age: 18",
    "age: {constant: adult}": "age: 18",
    "age: adult-60": "age: {at_least: 18, at_most: 60}",
    "age: 1 - adult": "age: {at_least: 1, at_most: 18}",
}
# What has no meaning as it is written: nothing is suggested to be pasted as the entry.
MEANINGLESS = (
    "age: towns", "age: {at_least: ages}", "age: {at_least: towns}", "age: {none_of: [ages, 3]}", "age: [ages, 3]",
    "day: {after: days}", "ok: towns", "town: ages", "extras: {one_of: towns}", "extras: {only: towns}",
    "ok: {field: age}", "town: {field: adult}", "town: {field: age}", "extras: {one_of: {field: age}}",
    "age: adult-1", "age: adult - 1", "age: 60 - adult", "age: {at_least: adult + 1}", "age: {more_than: 2*adult}",
)  # fmt: skip


def helps(when: str) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        load(TEXT.format(when))
    return [problem.help for problem in refused.value.problems]


@pytest.mark.parametrize("when", MEANT)
def test_what_is_suggested_is_what_was_meant(when: str) -> None:
    [help_] = helps(when)
    suggested = re.findall(r"`([^`]*)`", help_)[0]
    assert load(TEXT.format(suggested)).sha256 == load(TEXT.format(MEANT[when])).sha256


@pytest.mark.parametrize("when", MEANINGLESS)
def test_nothing_is_suggested_for_what_has_no_meaning(when: str) -> None:
    name = when.split(":")[0]
    for help_ in helps(when):
        assert f"`{name}:" not in help_
