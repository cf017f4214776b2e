"""Large scorecards: fields with bands that add points, bands of the sum, and rules that come before them."""

from __future__ import annotations

from random import Random
from typing import Any

# The answers of a band.
WIDTH = 10
# The bands of the sum: from when on a score is middle, and high.
MIDDLE, HIGH = 80, 120


def scorecard(fields: int, entries: int, knock_outs: int = 0, seed: int = 1) -> dict[str, Any]:
    """Fields with so many point entries each, three bands of their sum, and so many rules of three fields before them.

    The rules before them override the bands and each other in their order. Whether the bands occur depends on the size:
    `MIDDLE` and `HIGH` are made for twenty fields of ten entries.
    """
    names = [f"answer_{place}" for place in range(fields)]
    points = [
        {
            "when": {name: {"at_least": WIDTH * entry, "at_most": WIDTH * entry + WIDTH - 1}},
            "add": (7 * place + 3 * entry) % 11,
            "because": "It counts.",
        }
        for place, name in enumerate(names)
        for entry in range(entries)
    ]
    middle, high = MIDDLE * fields * entries // 200, HIGH * fields * entries // 200
    ends = {"low": {"less_than": middle}, "middle": {"at_least": middle, "less_than": high}, "high": {"at_least": high}}
    bands = [{"rule": name, "when": {"score": ends[name]}, "then": name, "because": "So many."} for name in ends]
    return {
        "policy": "scorecard",
        "title": "How good is it?",
        "situation": {
            name: {"ask": "How much is it?", "type": "integer", "from": 0, "to": WIDTH * entries - 1} for name in names
        },
        "numbers": {"score": {"means": "all points", "points": points}},
        "verdicts": {name: {"title": name.capitalize()} for name in ends},
        "rules": [*_before(names, entries, knock_outs, list(ends), Random(seed)), *bands],
    }


def _before(names: list[str], entries: int, many: int, verdicts: list[str], random: Random) -> list[dict[str, Any]]:
    """Rules that each look at three fields, and decide whatever the points are."""
    weaker = list(verdicts)
    rules: list[dict[str, Any]] = []
    for place in reversed(range(many)):
        lows = {name: WIDTH * random.randrange(entries - 2) for name in random.sample(names, 3)}
        rule = {
            "rule": f"before-{place}",
            "when": {name: {"at_least": low, "at_most": low + 3 * WIDTH - 1} for name, low in lows.items()},
            "then": random.choice(("low", "high")),
            "because": "It is enough.",
            "overrides": [{"rules": list(weaker), "because": "It comes first."}],
        }
        rules.insert(0, rule)
        weaker.insert(0, f"before-{place}")
    return rules
