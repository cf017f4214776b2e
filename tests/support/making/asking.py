"""Makes policies with many questions: an order of relatives, and rules drawn over yes and no."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

# Those who come before are asked first.
RELATIVES = (
    "children",
    "parents",
    "siblings",
    "half_siblings",
    "nieces",
    "grandparents",
    "uncles",
    "half_uncles",
    "cousins",
)
ESTATES = ("small", "middle", "large", "huge")
REGIONS = ("north", "east", "south", "west")


def succession() -> dict[str, Any]:
    """Who inherits where there is no will: 14 questions and 39 rules, of which the first that applies decides."""
    widowed = {"spouse": True, "separated": False, "survives": True}
    whens: list[tuple[dict[str, Any], str]] = []
    for region in REGIONS:
        modest = list(ESTATES[:2]) if region in REGIONS[:2] else [ESTATES[0]]
        whens.append(({**widowed, "children": True, "region": region, "estate": modest}, "all-to-spouse"))
        whens.append(({**widowed, "children": True, "region": region}, "spouse-and-children"))
    for region in REGIONS:
        large = list(ESTATES[2:])
        whens.append(({**widowed, "region": region, "parents": True, "estate": large}, "spouse-and-parents"))
        whens.append(({**widowed, "region": region, "siblings": True, "estate": "huge"}, "spouse-and-siblings"))
    whens += [(widowed, "all-to-spouse"), ({"children": True}, "children"), ({"parents": True}, "parents")]
    for relative in RELATIVES[2:]:
        simple = {relative: True, "estate": "small", "region": list(REGIONS[:2])}
        whens += [(simple, f"{relative}-without-notice"), ({relative: True}, relative)]
    for estate in ESTATES[:3]:
        whens.append(({"estate": estate, "survives": False, "region": "west"}, f"crown-{estate}"))
    whens += [({"estate": "huge", "region": region}, "crown-huge") for region in REGIONS[:2]]
    fields: dict[str, Any] = {
        name: {"ask": f"{name}?", "type": "yes_no"} for name in ("spouse", "separated", "survives")
    }
    fields["estate"] = {"ask": "How large is the estate?", "choices": {name: name for name in ESTATES}}
    fields["region"] = {"ask": "Where was the home?", "choices": {name: name for name in REGIONS}}
    fields |= {name: {"ask": f"{name}?", "type": "yes_no"} for name in RELATIVES}
    return _first_match("succession", fields, whens, "crown")


def yes_no_rules(fields: int, rules: int, tested: int, seed: int) -> dict[str, Any]:
    """Rules drawn over questions of yes and no, each testing so many of them; the first that applies decides."""
    random = Random(seed)
    names = [f"q{number}" for number in range(fields)]
    whens = [
        ({name: random.random() < 0.5 for name in random.sample(names, tested)}, f"v{number % 4}")
        for number in range(rules)
    ]
    return _first_match("drawn", {name: {"ask": f"{name}?", "type": "yes_no"} for name in names}, whens, "v0")


def _first_match(
    name: str, fields: Mapping[str, Any], whens: list[tuple[dict[str, Any], str]], otherwise: str
) -> dict[str, Any]:
    verdicts = dict.fromkeys([*(then for _, then in whens), otherwise])
    rules: list[dict[str, Any]] = [
        {"rule": f"r{place}", "when": when, "then": then, "because": f"It is rule {place}."}
        for place, (when, then) in enumerate(whens, start=1)
    ]
    rules.append({"rule": "rest", "otherwise": True, "then": otherwise, "because": "No rule before applies."})
    return {
        "policy": name,
        "title": f"What follows by {name}?",
        "situation": dict(fields),
        "verdicts": {then: {"title": then} for then in verdicts},
        "decision": "first",
        "rules": rules,
    }
