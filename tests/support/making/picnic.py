"""The small policy of a picnic that many tests decide, as data and as text."""

from __future__ import annotations

from typing import Any

# Two rules that stand side by side.
_PICNIC: dict[str, Any] = {
    "policy": "picnic",
    "title": "Where do we eat?",
    "situation": {
        "rain": {"ask": "Does it rain?", "type": "yes_no"},
        "guests": {"ask": "How many come?", "type": "integer", "from": 1, "to": 30},
    },
    "verdicts": {"garden": {"title": "In the garden"}, "kitchen": {"title": "In the kitchen"}},
    "rules": [
        {"rule": "dry", "when": {"rain": False}, "then": "garden", "because": "It is pleasant."},
        {"rule": "wet", "when": {"rain": True}, "then": "kitchen", "because": "Nobody likes wet bread."},
    ],
}
# Three rules, one of which overrides another.
STORM_PICNIC: dict[str, Any] = {
    "policy": "picnic",
    "title": "Where do we eat?",
    "situation": {
        "rain": {"ask": "Does it rain?", "type": "yes_no"},
        "guests": {"ask": "How many come?", "type": "integer", "from": 1, "to": 30},
        "wind": {"ask": "How windy is it?", "choices": {"calm": "Calm", "fresh": "Fresh", "storm": "A storm"}},
    },
    "verdicts": {"garden": {"title": "In the garden"}, "kitchen": {"title": "In the kitchen"}},
    "rules": [
        {"rule": "dry", "when": {"rain": False}, "then": "garden", "because": "It is pleasant outside."},
        {"rule": "wet", "when": {"rain": True}, "then": "kitchen", "because": "Nobody likes wet bread."},
        {
            "rule": "storm",
            "when": {"wind": "storm", "guests": {"at_most": 8}},
            "then": "kitchen",
            "because": "Plates would fly.",
            "overrides": {"dry": "Dry or not, it is too windy."},
        },
    ],
}
# Three rules of which the first one that applies decides.
FIRST_PICNIC = """\
policy: picnic
title: Where do we have the picnic?
situation:
  rain: {ask: Does it rain?, type: yes_no}
  guests: {ask: How many are we?, type: integer, from: 1, to: 60}
verdicts: {park: {title: In the park}, hall: {title: In the hall}}
decision: first
rules:
  - {rule: wet, when: {rain: yes}, then: hall, because: Nobody likes wet bread.}
  - {rule: crowd, when: {guests: {at_least: 40}}, then: hall, because: The park is small.}
  - {rule: rest, otherwise: yes, then: park, because: We would rather sit on the grass.}
"""


def picnic(questions: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The policy with further questions, and other parts in place of its own."""
    return {**_PICNIC, "situation": {**_PICNIC["situation"], **(questions or {})}, **more}


def picnic_of(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A policy of a picnic in a park or a hall, with these rules and other parts."""
    return {
        "policy": "picnic",
        "title": "Where?",
        "situation": {"rain": {"ask": "Does it rain?", "type": "yes_no"},
                      "guests": {"ask": "How many?", "type": "integer", "from": 1, "to": 60}},
        "verdicts": {"park": {"title": "Park"}, "hall": {"title": "Hall"}},
        "rules": [{"because": "So it is.", **rule} for rule in rules],
        **more,
    }  # fmt: skip


def with_outputs(**more: Any) -> dict[str, Any]:
    """The policy with outputs: one of a verdict that a rule replaces, and one that is collected."""
    crowd = {"rule": "crowd", "when": {"rain": True, "guests": {"at_least": 9}}, "then": "kitchen",
             "because": "They need two.", "output": {"tables": [2]}, "overrides": {"wet": "More."}}  # fmt: skip
    dry, wet = _PICNIC["rules"]
    rules = [{**dry, "output": {"tables": ["rug"]}}, {**wet, "output": {"tables": 1}}, crowd]
    verdicts = {
        "garden": {"title": "In the garden"},
        "kitchen": {"title": "In the kitchen", "output": {"place": "inside"}},
    }
    return picnic(verdicts=verdicts, rules=rules, **more)
