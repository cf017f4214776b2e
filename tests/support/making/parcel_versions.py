"""Small policies about parcels, of which two are compared."""

from __future__ import annotations

from typing import Any

from engine import Policy, load


def policy(situation: dict[str, Any], rules: list[dict[str, Any]], **more: Any) -> Policy:
    """A policy of two verdicts; every rule has its reason."""
    return load({
        "policy": "parcels", "title": "How is it sent?", "situation": situation,
        "verdicts": {"van": {"title": "By van"}, "bike": {"title": "By bike"}},
        "rules": [{"because": "So it is.", **rule} for rule in rules],
        **more,
    })  # fmt: skip


WEIGHT = {"ask": "What does it weigh?", "type": "integer", "from": 0, "to": 9}
LIGHT = {"rule": "light", "when": {"weight": {"less_than": 5}}, "then": "bike"}
HEAVY = {"rule": "heavy", "when": {"weight": {"at_least": 5}}, "then": "van"}
