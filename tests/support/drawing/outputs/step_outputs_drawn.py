"""Draw the outputs of steps, and numbers that are such outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

from tests.support.drawing.fields import Hand
from tests.support.drawing.numbers.drawn_numbers import OUTPUTS_GIVEN
from tests.support.drawing.numbers.drawn_tables import draw_from_table
from tests.support.judging.spaces import Spec

_NAMES = ("fee", "bonus")


def draw_outputs(hand: Hand, step: dict[str, Any], name: str, *, agreeing: bool) -> dict[str, Any]:
    """Give the rules of a step outputs, and return numbers that are some of them, by name.

    Args:
        hand: What draws.
        step: The step, which is changed.
        name: Its name.
        agreeing: Whether rules that stand together have to give the same, which rules with one outcome may do.
    """
    read = _NAMES[: hand.pick((1, 1, 2))]
    is_first = step.get("decision") == "first"
    outcomes = {outcome: {each: hand.pick(OUTPUTS_GIVEN) for each in read} for outcome in step["outcomes"]}
    all_alone = hand.chance(20)
    for rule in step["rules"]:
        own = {}
        for each in read:
            shared = outcomes[rule["then"]][each]
            value = hand.pick(OUTPUTS_GIVEN) if (is_first or not agreeing) and hand.chance(50) else _otherwise(shared)
            if all_alone or hand.chance(30):
                own[each] = value
        if hand.chance(15):
            own["note"] = hand.pick(("some text", True, [1, 2], 7))
        if own:
            rule["output"] = own
    if not is_first and not agreeing and hand.chance(60):
        _repeat_otherwise(hand, step["rules"], read)
    if not all_alone:
        step["outcomes"] = {
            outcome: {"title": text, "output": outcomes[outcome]} for outcome, text in step["outcomes"].items()
        }
    return {f"{name}_{each}": {"means": f"the {each}", "output": each, "of": name} for each in read}


def _repeat_otherwise(hand: Hand, rules: list[dict[str, Any]], read: Sequence[str]) -> None:
    """Add a rule with the condition and the outcome of another one, which may give other amounts."""
    tested = [rule for rule in rules if "when" in rule]
    if tested:
        rule = hand.pick(tested)
        again = {key: rule[key] for key in ("then", "because")} | {"when": deepcopy(rule["when"])}
        rules.append({"rule": "once-more", **again, "output": {each: hand.pick(OUTPUTS_GIVEN) for each in read}})


def _otherwise(amount: Any) -> Any:
    """The same amount, written otherwise."""
    return Decimal(f"{amount}.0") if isinstance(amount, int) else amount


def draw_made_of(
    hand: Hand, fields: Mapping[str, Spec], numbers: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Numbers that are made of one of those that a step gives; none now and then."""
    name = hand.pick(list(given))
    return draw_from_table(hand, fields, {**numbers, **given}, name, tail=f"_of_{name}")
