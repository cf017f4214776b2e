"""Is a comparison of another language answered with the one of this language that means the same?

Every entry of `foreign_comparisons.py` is written into a policy as its author would write it. What the message proposes
is pasted in its place; the policy must then be read, and the condition must hold in exactly the situations that the
author's words describe, tried one by one.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest

from engine import Policy, PolicyError, Problem
from engine.language.sections.policy_sources import load_text
from engine.meaning.reference import Situation
from tests.language.suggestions.foreign_comparisons import ONE_FIELD, TWO_FIELDS, USUAL, VALUES, january

_POLICY = """\
policy: seats
title: Which seat somebody gets
situation:
  seat: {ask: Which class?, choices: {coach: The coach, first: First class, sleeper: A sleeper}}
  size: {ask: How big?, ordered: yes, choices: {small: Small, medium: Medium, large: Large}}
  child: {ask: A child?, type: yes_no}
  age: {ask: How old?, type: integer, from: 0, to: 9}
  limit: {ask: How old at most?, type: integer, from: 0, to: 9}
  day: {ask: Which day?, type: date, from: 2026-01-01, to: 2026-01-05}
  until_day: {ask: Until when?, type: date, from: 2026-01-01, to: 2026-01-05}
  extras: {ask: What else?, type: any_of, choices: {food: A meal, bed: A bed, dog: A dog}}
  country: {ask: Where from?, type: text, known: [FR, DE]}
numbers:
  price: {means: a price, sum: {age: 0.5}}
facts:
  young: {means: young enough, when: {age: {at_most: 4}}}
  tested: {means: it holds, when: {ENTRY}}
verdicts: {yes_: {title: It holds}}
rules:
  - {rule: always, when: {child: [yes, no]}, then: yes_, because: It is a test.}
"""


def _read(entry: str) -> Policy:
    return load_text(_POLICY.replace("ENTRY", entry).encode(), "seats.yaml")


def _problems(entry: str) -> tuple[Problem, ...]:
    """What is said of an entry."""
    with pytest.raises(PolicyError) as refused:
        _read(entry)
    return refused.value.problems


def _help(entry: str) -> str:
    """What is said of an entry: one problem, on the line of the entry, with a way out."""
    with pytest.raises(PolicyError) as refused:
        _read(entry)
    (problem,) = refused.value.problems
    line = _POLICY[: _POLICY.index("ENTRY")].count("\n") + 1
    assert problem.places[0].line == line
    return problem.help


def _first_proposal(entry: str, help_: str) -> str:
    """What stands in the first backquotes after `write`, as it is pasted: in place of the entry, or of its value."""
    found = re.search(r"write (?:its name, )?`([^`]*)`", help_)
    assert found, (entry, help_)
    proposed = found[1]
    return proposed if ": " in proposed else f"{entry.partition(': ')[0]}: {proposed}"


def _situations(*names: str) -> Iterator[dict[str, Any]]:
    for values in itertools.product(*(VALUES[name] for name in names)):
        yield {**USUAL, **dict(zip(names, values, strict=True))}


@pytest.mark.parametrize("entry", ONE_FIELD)
def test_what_is_proposed_means_what_was_written(entry: str) -> None:
    """Pasted in place of the entry, the proposal is read, and holds where the author's words hold."""
    name, meaning = ONE_FIELD[entry]
    policy = _read(_first_proposal(entry, _help(entry)))
    condition = policy.fact["tested"].when
    for values in _situations(name):
        assert Situation(policy, values).holds(condition) == meaning(values[name]), (entry, values[name])


@pytest.mark.parametrize("entry", TWO_FIELDS)
def test_another_field_is_proposed_as_a_field(entry: str) -> None:
    """The name of another field is compared with its answer."""
    one, other, meaning = TWO_FIELDS[entry]
    policy = _read(_first_proposal(entry, _help(entry)))
    condition = policy.fact["tested"].when
    for values in _situations(one, other):
        assert Situation(policy, values).holds(condition) == meaning(values[one], values[other]), (entry, values)


@pytest.mark.parametrize("beside", ["not: {child: yes}", "all: [{child: no}], not: {child: yes}"])
def test_a_proposal_goes_beside_what_stands_there(beside: str) -> None:
    """Where the map holds a `not` already, a second one is put into a list."""
    entry = "seat: {not: coach}"
    proposed = _first_proposal(entry, _help(f"{entry}, {beside}"))
    policy = _read(f"{proposed}, {beside}")
    condition = policy.fact["tested"].when
    for values in _situations("seat", "child"):
        expected = values["seat"] != "coach" and not values["child"]
        assert Situation(policy, values).holds(condition) == expected


def test_a_disputed_end_is_offered_both_ways() -> None:
    """`above` is read with and without the end: both are written out, and say for what each stands."""
    assert _help("age: {above: 5}") == "write `age: {more_than: 5}`; where 5 counts too, `age: {at_least: 5}`"
    assert _help("day: {until: 2026-01-03}") == (
        "write `day: {on_or_before: 2026-01-03}`; where 2026-01-03 does not count, `day: {before: 2026-01-03}`"
    )
    assert _help("extras: {not_includes: [food, bed]}") == (
        "write `extras: {excludes: [food, bed]}`; where some may be there and only not all together, "
        "`not: {extras: {includes: [food, bed]}}`"
    )


@pytest.mark.parametrize(
    "entry",
    ["seat: coach or not", "seat: not coach or first", "seat: sometimes coach", "seat: uncoach", "country: notFR"],
)
def test_words_that_are_not_understood_lead_to_no_value(entry: str) -> None:
    """Where nobody can tell what is meant, the choices are listed, and none of them is proposed."""
    assert "did you mean" not in _help(entry)
    assert "write `" not in _help(entry)


def test_values_that_commas_cut_apart_are_put_in_brackets() -> None:
    """One problem for one slip, with the entry to paste; a number with a decimal comma is no list."""
    entry = "seat: coach, first, age: 3"
    assert _help(entry) == "inside braces a comma ends the value: write several in brackets, `seat: [coach, first]`"
    assert "[coach, first, sleeper]" in _help("child: yes, seat: coach, first, sleeper")
    assert "`extras: [food, bed]`" not in _problems("extras: {includes: food}, bed")[0].help
    assert _help("age: 2, 5") == "inside braces a comma ends the value: write several in brackets, `age: [2, 5]`"
    assert "`age: [2, 5]`" in _help("age: 2,5")
    assert _help("age: 1,000") == "inside braces a comma ends a number: write `age: 1000`"
    assert _help("price: 2,5") == "inside braces a comma ends a number: write `price: 2.5`"
    assert "`price: [2, 5]`" in _help("price: 2, 5")


@pytest.mark.parametrize("word", ["nand", "not_all", "nor", "none_of", "neither", "and", "or", "xor"])
def test_a_word_that_joins_conditions_is_answered_with_what_it_means(word: str) -> None:
    """`nand` leaves more situations than `nor`."""
    policy = _read(_first_proposal(word, _help(f"{word}: [{{child: yes}}, {{age: 5}}]")))
    condition = policy.fact["tested"].when
    for values in _situations("child", "age"):
        held = [values["child"], values["age"] == 5]
        expected = {
            "and": all(held),
            "or": any(held),
            "xor": sum(held) == 1,
            "nand": not all(held),
            "not_all": not all(held),
        }.get(word, not any(held))
        assert Situation(policy, values).holds(condition) == expected


@pytest.mark.parametrize("entry", ["contains: F", "includes: F", "not_contains: R", "excludes: F", "contains_any: [F]"])
def test_a_part_of_a_text_is_no_text(entry: str) -> None:
    """A rule about the letters in a text cannot be written, and naming these letters as the text is another rule."""
    assert _help(f"country: {{{entry}}}").startswith("a text is compared as a whole")


@pytest.mark.parametrize(
    "entry",
    [
        *("age: {worse_than: 5}", "age: {lighter_than: 5}", "age: {au_moins: 5}", "extras: {includes_at_most: [bed]}"),
        *("day: {older_than: 30}", "extras: {empty: perhaps}"),
    ],
)
def test_words_that_only_look_alike_are_not_proposed(entry: str) -> None:
    """Neither a comparison of similar letters nor a number as a day."""
    assert "did you mean" not in _help(entry)
    assert "write `age" not in _help(entry)
    assert "write `day" not in _help(entry)
    assert "write `extras" not in _help(entry)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("at_lest", "at_least"), ("at_mots", "at_most"), ("more_then", "more_than"), ("les_than", "less_than")],
)
def test_a_slip_in_a_comparison_is_answered_with_it(written: str, meant: str) -> None:
    """One letter in a word."""
    assert _help(f"age: {{{written}: 5}}") in (f"did you mean `{meant}`", f"write `age: {{{meant}: 5}}`")


def test_today_is_made_a_field() -> None:
    """There is no clock: the field to add and the comparison with it are written out, and go together."""
    help_ = _help("day: {before: today}")
    field, compared = re.findall(r"`([^`]*: [^`]*)`", help_)
    assert (field, compared) == ("today: {ask: 'Which day is today?', type: date}", "day: {before: {field: today}}")
    text = _POLICY.replace("situation:\n", f"situation:\n  {field}\n").replace("ENTRY", compared)
    policy = load_text(text.encode(), "seats.yaml")
    values = {**USUAL, "day": january(2), "today": january(3)}
    assert Situation(policy, values).holds(policy.fact["tested"].when)
