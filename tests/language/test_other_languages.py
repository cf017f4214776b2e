"""Is a comparison of another language answered with the one of this language that means the same?

Every entry below is written into a policy as its author would write it. What the message proposes is pasted in its
place; the policy must then be read, and the condition must hold in exactly the situations that the author's words
describe, tried one by one.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine import Policy, PolicyError, Problem
from engine.language.sections.policy_sources import load_text
from engine.meaning.reference import Situation

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


def _day(number: int) -> datetime.date:
    return datetime.date(2026, 1, number)


_VALUES: dict[str, list[Any]] = {
    "seat": ["coach", "first", "sleeper"],
    "size": ["small", "medium", "large"],
    "child": [True, False],
    "age": list(range(10)),
    "limit": list(range(10)),
    "day": [_day(number) for number in range(1, 6)],
    "until_day": [_day(number) for number in range(1, 6)],
    "extras": [chosen for count in range(4) for chosen in itertools.combinations(["food", "bed", "dog"], count)],
    "country": ["FR", "DE", "US"],
}
_USUAL = {name: values[0] for name, values in _VALUES.items()}

Meaning = Callable[[Any], bool]
# What the author writes, and of which answer to the field it is meant to hold.
_ONE_FIELD: dict[str, tuple[str, Meaning]] = {}


def _add(name: str, meaning: Meaning, *entries: str) -> None:
    for entry in entries:
        assert entry not in _ONE_FIELD, entry
        _ONE_FIELD[entry] = (name, meaning)


_add(
    "seat",
    lambda seat: seat != "coach",
    *('seat: "!= coach"', "seat: not coach", 'seat: "!coach"', "seat: <> coach", "seat: no coach", "seat: ≠ coach"),
    *(
        "seat: {not: coach}",
        'seat: {"!=": coach}',
        "seat: {is_not: coach}",
        "seat: {ne: coach}",
        "seat: {not_in: [coach]}",
    ),
    *("seat: {except: coach}", "seat: {excludes: coach}", "seat: {without: coach}", "seat: {isnt: coach}"),
    *("seat: anything but coach", "seat: other than coach", "seat: {not_equals: coach}", "not seat: coach"),
    *(
        "unless: {seat: coach}",
        "except: {seat: coach}",
        "without: {seat: coach}",
        "seat: isn't coach",
        "seat_not: coach",
    ),
    *(
        "coach: no",
        "none_of: [{seat: coach}]",
        "seat: all except coach",
        "seat: {does_not_include: coach}",
        "seat !=: coach",
    ),
    *("seat: {$ne: coach}", "seat: {isNot: coach}", "seat != coach: yes", "seat = coach: no", 'seat: "!= The coach"'),
)
_add(
    "seat",
    lambda seat: seat == "coach",
    *("seat: = coach", "seat: == coach", "seat: {is: coach}", "seat: {equals: coach}", "seat: {eq: coach}"),
    *("seat: is coach", "seat: {contains: coach}", "seat: {includes: coach}", "coach: yes", "seat: {in: [coach]}"),
    *(
        "if: {seat: coach}",
        "seat: {is: The coach}",
        "seat: {only: coach}",
        "seat == coach: yes",
        "seat: equal to coach",
    ),
)
_add(
    "seat",
    lambda seat: seat in ("coach", "first"),
    *("seat: coach or first", "seat: coach | first", "seat: coach / first", "seat: {in: [coach, first]}"),
    *("seat: {one_of: [coach, first]}", "seat: {any_of: [coach, first]}", 'seat: "one of coach, first"'),
    *("or: [{seat: coach}, {seat: first}]", "OR: [{seat: coach}, {seat: first}]", "seat: either coach or first"),
    *("seat: {includes_any: [coach, first]}", "seat: {$in: [coach, first]}", "xor: [{seat: coach}, {seat: first}]"),
)
_add(
    "seat",
    lambda seat: seat not in ("coach", "first"),
    *("seat: {not_in: [coach, first]}", "seat: {none_of: [coach, first]}", "seat: neither coach nor first"),
    *("seat: {nor: [coach, first]}", "nor: [{seat: coach}, {seat: first}]", 'seat: "not in coach, first"'),
    *("none_of: [{seat: coach}, {seat: first}]", "seat: {nin: [coach, first]}", "seat: {excludes_all: [coach, first]}"),
    *(
        "seat: {includes_none: [coach, first]}",
        "neither: [{seat: coach}, {seat: first}]",
        "seat: {not: [coach, first]}",
    ),
)
_add(
    "child",
    lambda child: child,
    "child: {is: yes}",
    "child: == yes",
    "child: {not: no}",
    'child: "!= no"',
    "child: {eq: true}",
)
_add(
    "child",
    lambda child: not child,
    "child: {not: yes}",
    'child: "!= yes"',
    "child: {is: No}",
    "not child: yes",
    "child: {ne: true}",
)
_add(
    "child", lambda child: not child, "unless: {child: yes}", "child: not yes", "child: {is_not: yes}", "not_child: yes"
)
_add(
    "age",
    lambda age: age <= 5,
    *("age: {not_more_than: 5}", "age: {no_more_than: 5}", 'age: {"<=": 5}', "age: {lte: 5}", "age: {max: 5}"),
    *("age: {up_to: 5}", "age: up to 5", 'age: "<= 5"', 'age: "=<5"', "age: ≤ 5", "age: at most 5", "age: {to: 5}"),
    *("age: 5 or less", "age: {maximum: 5}", "age: not more than 5", "age_at_most: 5", "age <= 5: yes", "age: max 5"),
    *(
        "age: {not_over: 5}",
        "age: {less_than_or_equal_to: 5}",
        "age: {on_or_before: 5}",
        "age: {atMost: 5}",
        "age > 5: no",
    ),
)
_add(
    "age",
    lambda age: age >= 5,
    *("age: {no_less_than: 5}", "age: {not_less_than: 5}", 'age: {">=": 5}', "age: {gte: 5}", "age: {min: 5}"),
    *("age: {from: 5}", "age: at least 5", "age: {not_under: 5}", "age: 5 or more", "age: 5+", "age: {on_or_after: 5}"),
    *('age: ">= 5"', 'age: "=> 5"', "age: ≥ 5", "age: not less than 5", "age >= 5: true", "age >=: 5", "min_age: 5"),
)
_add(
    "age",
    lambda age: age > 5,
    *('age: "> 5"', 'age: {">": 5}', "age: {gt: 5}", "age: {greater_than: 5}", "age: more than 5", "age: {above: 5}"),
    *("age: {over: 5}", "age: over 5", "age: {exceeds: 5}", "age: {not_at_most: 5}", "age: {after: 5}", "age > 5: yes"),
)
_add(
    "age",
    lambda age: age < 5,
    *("age: <5", 'age: {"<": 5}', "age: {lt: 5}", "age: less than 5", "age: {below: 5}", "age: {under: 5}"),
    *("age: {fewer_than: 5}", "age: younger than 5", "age: {not_at_least: 5}", "age: {before: 5}", "age <: 5"),
)
_add(
    "age",
    lambda age: 2 <= age <= 5,
    *(
        "age: {between: [2, 5]}",
        "age: between 2 and 5",
        "age: 2-5",
        "age: 2..5",
        "age: 2 to 5",
        "age: {min: 2, max: 5}",
    ),
    *(
        "age: {range: [2, 5]}",
        "age: {between: {min: 2, max: 5}}",
        "age: {from: 2, to: 5}",
        "age: from 2 to 5",
        "age: 2 – 5",
    ),
    *(
        'age: ">= 2 and <= 5"',
        'age: ">= 2, <= 5"',
        "age: {between: 2 and 5}",
        "age: {gte: 2, at_most: 5}",
        "age: {in: 2..5}",
    ),
)
_add(
    "age",
    lambda age: not 2 <= age <= 5,
    *("age: {not_between: [2, 5]}", "age: {outside: [2, 5]}", "age: not between 2 and 5"),
)
_add("age", lambda age: age != 5, "age: {not: 5}", 'age: "!= 5"', "age: {<>: 5}", "age: not 5", "age: {ne: 5}")
_add("age", lambda age: age == 5, "age: {is: 5}", "age: = 5", "age: {equals: 5}", "age: exactly 5", "age: {only: 5}")
_add(
    "age",
    lambda age: age > 4,
    "young: {is: no}",
    'young: "!= yes"',
    "young: {not: yes}",
    "not young: yes",
    "young: FALSE",
)
_add("age", lambda age: age <= 4, "young: {is: yes}", "young: {not: no}", "young: TRUE", "young: y")
_add(
    "size",
    lambda size: size != "small",
    "size: at least medium",
    'size: ">= medium"',
    "size: {min: medium}",
    "size: {no_less_than: medium}",
)
_add(
    "size",
    lambda size: size == "small",
    "size: below medium",
    "size: {lt: medium}",
    "size: {before: medium}",
    "size: {under: Medium}",
)
_add(
    "day",
    lambda day: day >= _day(3),
    *("day: {not_before: 2026-01-03}", "day: {since: 2026-01-03}", "day: {from: 2026-01-03}", "day: {gte: 2026-01-03}"),
    *(
        "day: {at_least: 2026-01-03}",
        "day: not before 2026-01-03",
        "day: {no_earlier_than: 2026-01-03}",
        'day: ">= 2026-01-03"',
    ),
)
_add(
    "day",
    lambda day: day <= _day(3),
    *("day: {not_after: 2026-01-03}", "day: {until: 2026-01-03}", "day: {by: 2026-01-03}", "day: {to: 2026-01-03}"),
    *(
        "day: {no_later_than: 2026-01-03}",
        "day: not after 2026-01-03",
        "day: {max: 2026-01-03}",
        "day: until 2026-01-03",
    ),
)
_add(
    "day",
    lambda day: day > _day(3),
    "day: after 2026-01-03",
    'day: "> 2026-01-03"',
    "day: {later_than: 2026-01-03}",
    "day: {more_than: 2026-01-03}",
)
_add(
    "day",
    lambda day: day < _day(3),
    "day: before 2026-01-03",
    "day: {earlier_than: 2026-01-03}",
    "day: {less_than: 2026-01-03}",
)
_add(
    "day",
    lambda day: _day(2) <= day <= _day(4),
    *(
        "day: {between: [2026-01-02, 2026-01-04]}",
        "day: 2026-01-02 to 2026-01-04",
        "day: {from: 2026-01-02, to: 2026-01-04}",
    ),
)
_add(
    "extras",
    lambda extras: {"food", "bed"} <= set(extras),
    *("extras: {contains: [food, bed]}", "extras: {includes_all: [food, bed]}", "extras: {has: [food, bed]}"),
    *("extras: {all_of: [food, bed]}", "extras: {contains_all: [food, bed]}", "extras: {with: [food, bed]}"),
)
_add(
    "extras",
    lambda extras: "food" in extras,
    "extras: {contains: food}",
    "food: yes",
    "extras: {has: A meal}",
    "extras: {not_excludes: food}",
)
_add(
    "extras",
    lambda extras: bool({"food", "bed"} & set(extras)),
    *(
        "extras: {includes_any: [food, bed]}",
        "extras: {any_of: [food, bed]}",
        "extras: {in: [food, bed]}",
        "extras: food or bed",
    ),
    *("extras: {intersects: [food, bed]}", "extras: {has_any: [food, bed]}"),
)
_add(
    "extras",
    lambda extras: not {"food", "bed"} & set(extras),
    *("extras: {excludes_all: [food, bed]}", "extras: {includes_none: [food, bed]}", "extras: {none_of: [food, bed]}"),
    *(
        "extras: {does_not_include: [food, bed]}",
        "extras: {not_includes: [food, bed]}",
        "extras: {without: [food, bed]}",
    ),
    *("extras: {not_in: [food, bed]}", "extras: {excludes_any: [food, bed]}", "extras: {not_any_of: [food, bed]}"),
)
_add(
    "extras",
    lambda extras: "food" not in extras,
    'extras: "!= food"',
    "extras: not food",
    "extras: {not: food}",
    "food: no",
    "extras: {lacks: food}",
)
_add("extras", lambda extras: not extras, "extras: none", "extras: []", "extras: {empty: yes}", "extras: nothing")
_add("extras", lambda extras: not extras, "extras: {not_empty: no}", "extras: {is_empty: TRUE}")
_add(
    "extras",
    lambda extras: bool(extras),
    *(
        "extras: {empty: no}",
        "extras: {not_empty: yes}",
        "extras: not empty",
        "extras: some",
        "extras: {is_empty: false}",
    ),
)
_add("extras", lambda extras: {"food", "bed"} <= set(extras), "extras: food and bed", "extras: food & bed")
_add(
    "day",
    lambda day: day < _day(3),
    *("day: {older_than: 2026-01-03}", "day: older than 2026-01-03", "day: {not_newer_than: 2026-01-02}"),
    *("day: {no_younger_than: 2026-01-02}", "day: 2026-01-02 or older"),
)
_add(
    "day",
    lambda day: day > _day(3),
    *("day: {younger_than: 2026-01-03}", "day: newer than 2026-01-03", "day: {no_older_than: 2026-01-04}"),
    "day: 2026-01-04 or newer",
)
_add("age", lambda age: age in (2, 5), "age: 2 and 5", "age: 2 or 5")
_add(
    "age",
    lambda age: 2 <= age <= 5,
    *("age: 5-2", "age: {between: [5, 2]}", "age: between 5 and 2", "age: 5..2", "age: {range: 5 to 2}"),
)
_add("size", lambda size: size != "large", "size: medium..small", "size: {between: [medium, small]}")
_add("day", lambda day: _day(2) <= day <= _day(3), "day: 2026-01-03 to 2026-01-02")
_add(
    "seat",
    lambda seat: seat != "coach",
    *("seat: {never: coach}", "seat: never coach", "seat: {cannot_be: coach}", "seat: {must_not_be: coach}"),
    *("seat: {is_never: coach}", "seat: {may_not_be: [coach]}"),
)
_add("seat", lambda seat: seat == "coach", "seat: {must_be: coach}", "seat: {be: coach}")
_add("child", lambda child: not child, "child: {never: yes}", "child: {must_be: no}")
_add("extras", lambda extras: "bed" not in extras, "extras: {never: bed}", "extras: never bed")
_add("country", lambda country: country != "FR", "country: never FR", "country: {never: FR}")
_add(
    "extras",
    lambda extras: set(extras) == {"food", "bed"},
    "extras: {exactly: [food, bed]}",
    "extras: {equals: [food, bed]}",
)
_add(
    "extras",
    lambda extras: set(extras) <= {"food", "bed"},
    "extras: {subset_of: [food, bed]}",
    "extras: {nothing_but: [food, bed]}",
)
_add(
    "country",
    lambda country: country != "FR",
    'country: "!= FR"',
    "country: not FR",
    "country: {not: FR}",
    "country: {not_in: [FR]}",
)
_add("country", lambda country: country == "FR", "country: = FR", "country: {is: FR}", 'country: {equals: "FR"}')
_add("country", lambda country: country in ("FR", "DE"), "country: FR or DE", "country: {in: [FR, DE]}")

Both = Callable[[Any, Any], bool]
_TWO_FIELDS: dict[str, tuple[str, str, Both]] = {
    "day: {before: until_day}": ("day", "until_day", lambda day, other: day < other),
    "day: {not_after: until_day}": ("day", "until_day", lambda day, other: day <= other),
    "day: until_day": ("day", "until_day", lambda day, other: day == other),
    'day: "!= until_day"': ("day", "until_day", lambda day, other: day != other),
    "age: {at_most: limit}": ("age", "limit", lambda age, limit: age <= limit),
    'age: "> limit"': ("age", "limit", lambda age, limit: age > limit),
    "age: {field: limit}": ("age", "limit", lambda age, limit: age == limit),
    "age: less than limit": ("age", "limit", lambda age, limit: age < limit),
    "age: {gte: {field: limit}}": ("age", "limit", lambda age, limit: age >= limit),
    "age: {not: {field: limit}}": ("age", "limit", lambda age, limit: age != limit),
}


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
    for values in itertools.product(*(_VALUES[name] for name in names)):
        yield {**_USUAL, **dict(zip(names, values, strict=True))}


@pytest.mark.parametrize("entry", _ONE_FIELD)
def test_what_is_proposed_means_what_was_written(entry: str) -> None:
    """Pasted in place of the entry, the proposal is read, and holds where the author's words hold."""
    name, meaning = _ONE_FIELD[entry]
    policy = _read(_first_proposal(entry, _help(entry)))
    condition = policy.fact["tested"].when
    for values in _situations(name):
        assert Situation(policy, values).holds(condition) == meaning(values[name]), (entry, values[name])


@pytest.mark.parametrize("entry", _TWO_FIELDS)
def test_another_field_is_proposed_as_a_field(entry: str) -> None:
    """The name of another field is compared with its answer."""
    one, other, meaning = _TWO_FIELDS[entry]
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
    values = {**_USUAL, "day": _day(2), "today": _day(3)}
    assert Situation(policy, values).holds(policy.fact["tested"].when)
