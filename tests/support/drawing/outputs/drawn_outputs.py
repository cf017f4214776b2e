"""Which outputs might somebody give the rules of a policy?"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from tests.support.drawing.fields import Hand

_NAMES = ("fee", "note", "stamps")
# Some are equal by value; a truth value never equals a number.
_VALUES: tuple[Any, ...] = (4, Decimal("4.0"), Decimal("4.50"), 1, True, "red", ["red", 1], None, {"rate": 1})


def draw_rule_outputs(hand: Hand, policy: dict[str, Any], *, agreeing: bool) -> None:
    """Give some rules of a policy outputs, and say of some that they are collected.

    Args:
        hand: Draws.
        policy: The policy, which is changed.
        agreeing: Whether rules that may stand together must agree wherever they agreed before.
    """
    collected = hand.some(_NAMES, 1) if hand.chance(40) else []
    for verdict in policy["verdicts"].values():
        if not isinstance(verdict.get("output", {}), dict) or hand.chance(40):
            # What has no names cannot be replaced by name.
            verdict["output"] = _draw(hand)
    by_verdict: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for rule in policy["rules"]:
        by_verdict[rule["then"]].append(rule)
    for rules in by_verdict.values():
        _draw_for(hand, rules, collected, alike=agreeing and policy.get("decision") != "first")
    given = {name for each in (*policy["verdicts"].values(), *policy["rules"]) for name in each.get("output", ())}
    if collected and given.issuperset(collected):
        policy["collect"] = collected


def _draw_for(hand: Hand, rules: list[dict[str, Any]], collected: list[str], *, alike: bool) -> None:
    """Give the rules of one verdict outputs: the same ones if they have to agree, but for what is collected."""
    common = {name: value for name, value in _draw(hand).items() if name not in collected} if hand.chance(60) else {}
    for rule in rules:
        own = dict(common)
        if not alike and hand.chance(40):
            own = _draw(hand)
        own |= {name: hand.pick(_VALUES) for name in collected if hand.chance(60)}
        if own:
            rule["output"] = own


def _draw(hand: Hand) -> dict[str, Any]:
    """One or two outputs."""
    return {name: hand.pick(_VALUES) for name in hand.some(_NAMES, hand.count(1, 2))}
