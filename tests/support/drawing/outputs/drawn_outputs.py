"""Which outputs might somebody give the rules of a policy?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from tests.support.drawing.fields import Hand
from tests.support.judging.amounts import amounts_behind
from tests.support.judging.yields import fields_worked_with

_NAMES = ("fee", "note", "stamps")
# Some are equal by value; a truth value never equals a number.
STEPS = (Decimal("0.01"), Decimal("0.05"), 1, Decimal("0.1"), 10, Decimal("2.5"))
MODES = ("half_up", "half_even", "half_down", "down", "up")
_VALUES: tuple[Any, ...] = (4, Decimal("4.0"), Decimal("4.50"), 1, True, "red", ["red", 1], None, {"rate": 1})


def draw_rule_outputs(hand: Hand, policy: dict[str, Any], *, agreeing: bool, steady: bool) -> None:
    """Give some rules of a policy outputs, and say of some that they are collected.

    Args:
        hand: Draws.
        policy: The policy, which is changed.
        agreeing: Whether rules that may stand together must agree wherever they agreed before.
        steady: Whether everything that is worked out must have a value in every situation.
    """
    collected = hand.some(_NAMES, 1) if hand.chance(40) else []
    amounts = _draw_amounts(hand, policy, steady=steady) if hand.chance(80) else []
    for verdict in policy["verdicts"].values():
        if not isinstance(verdict.get("output", {}), dict) or hand.chance(40):
            # What has no names cannot be replaced by name.
            verdict["output"] = _draw(hand, amounts, collected)
    by_verdict: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for rule in policy["rules"]:
        by_verdict[rule["then"]].append(rule)
    for rules in by_verdict.values():
        _draw_for(hand, rules, amounts, collected, alike=agreeing and policy.get("decision") != "first")
    given = {name for each in (*policy["verdicts"].values(), *policy["rules"]) for name in each.get("output", ())}
    if collected and given.issuperset(collected):
        policy["collect"] = collected


def _draw_amounts(hand: Hand, policy: dict[str, Any], *, steady: bool) -> list[dict[str, Any]]:
    """Values that are worked out from numbers of the policy; if `steady`, from those that always have a value.

    None reads an answer that a guarantee ignores.
    """
    fields = policy["situation"]
    ignored = {name for each in policy.get("guarantees", ()) for name in _listed(each.get("ignores", ()))}
    found: list[dict[str, Any]] = []
    lacking: list[dict[str, Any]] = []
    for name in policy.get("numbers", {}):
        lacks = any({"or_none", "applies_when"} & fields[field].keys() for field in amounts_behind(policy, name))
        if ignored.isdisjoint(fields_worked_with(policy, name)) and not (steady and lacks):
            rounding = {"to": hand.pick(STEPS), "mode": hand.pick(MODES)}
            is_rounded = "ratio" in policy["numbers"][name] or hand.chance(70)
            (lacking if lacks else found).append({"number": name, **({"round": rounding} if is_rounded else {})})
    return lacking if lacking and hand.chance(80) else [*found, *lacking]


def _listed(written: str | Sequence[str]) -> Sequence[str]:
    return [written] if isinstance(written, str) else written


def _draw_for(
    hand: Hand,
    rules: list[dict[str, Any]],
    amounts: Sequence[dict[str, Any]],
    collected: list[str],
    *,
    alike: bool,
) -> None:
    """Give the rules of one verdict outputs: the same ones if they have to agree, but for what is collected."""
    drawn = _draw(hand, amounts, collected) if hand.chance(60) else {}
    common = {name: value for name, value in drawn.items() if name not in collected}
    for rule in rules:
        own = dict(common)
        if not alike and hand.chance(40):
            own = _draw(hand, amounts, collected)
        own |= {name: hand.pick(_VALUES) for name in collected if hand.chance(60)}
        if own:
            rule["output"] = own


def _draw(hand: Hand, amounts: Sequence[dict[str, Any]], collected: Collection[str]) -> dict[str, Any]:
    """One or two outputs; what is collected is never worked out."""
    return {
        name: hand.pick(amounts) if amounts and name not in collected and hand.chance(50) else hand.pick(_VALUES)
        for name in hand.some(_NAMES, hand.count(1, 2))
    }
