"""Comparisons as authors who know other languages write them, and of which answers each is meant to hold."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from typing import Any


def january(number: int) -> datetime.date:
    return datetime.date(2026, 1, number)


VALUES: dict[str, list[Any]] = {
    "seat": ["coach", "first", "sleeper"],
    "size": ["small", "medium", "large"],
    "child": [True, False],
    "age": list(range(10)),
    "limit": list(range(10)),
    "day": [january(number) for number in range(1, 6)],
    "until_day": [january(number) for number in range(1, 6)],
    "extras": [chosen for count in range(4) for chosen in itertools.combinations(["food", "bed", "dog"], count)],
    "country": ["FR", "DE", "US"],
}
USUAL = {name: values[0] for name, values in VALUES.items()}

Meaning = Callable[[Any], bool]
# What the author writes, and of which answer to the field it is meant to hold.
ONE_FIELD: dict[str, tuple[str, Meaning]] = {}


def _add(name: str, meaning: Meaning, *entries: str) -> None:
    for entry in entries:
        assert entry not in ONE_FIELD, entry
        ONE_FIELD[entry] = (name, meaning)


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
    *("seat: {is_one_of: [coach, first]}", "seat: {any_of: [coach, first]}", 'seat: "one of coach, first"'),
    *("or: [{seat: coach}, {seat: first}]", "OR: [{seat: coach}, {seat: first}]", "seat: either coach or first"),
    *("seat: {includes_any: [coach, first]}", "seat: {$in: [coach, first]}", "xor: [{seat: coach}, {seat: first}]"),
)
_add(
    "seat",
    lambda seat: seat not in ("coach", "first"),
    *("seat: {not_in: [coach, first]}", "seat: {noneof: [coach, first]}", "seat: neither coach nor first"),
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
    lambda day: day >= january(3),
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
    lambda day: day <= january(3),
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
    lambda day: day > january(3),
    "day: after 2026-01-03",
    'day: "> 2026-01-03"',
    "day: {later_than: 2026-01-03}",
    "day: {more_than: 2026-01-03}",
)
_add(
    "day",
    lambda day: day < january(3),
    "day: before 2026-01-03",
    "day: {earlier_than: 2026-01-03}",
    "day: {less_than: 2026-01-03}",
)
_add(
    "day",
    lambda day: january(2) <= day <= january(4),
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
        "extras: {one_of: [food, bed]}",
        "extras: {contains_any: [food, bed]}",
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
    lambda day: day < january(3),
    *("day: {older_than: 2026-01-03}", "day: older than 2026-01-03", "day: {not_newer_than: 2026-01-02}"),
    *("day: {no_younger_than: 2026-01-02}", "day: 2026-01-02 or older"),
)
_add(
    "day",
    lambda day: day > january(3),
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
_add("size", lambda size: size != "large", "size: small-medium", "size: small - medium")
_add("day", lambda day: january(2) <= day <= january(3), "day: 2026-01-02 - 2026-01-03")
_add("day", lambda day: january(2) <= day <= january(3), "day: 2026-01-03 to 2026-01-02")
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
TWO_FIELDS: dict[str, tuple[str, str, Both]] = {
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
