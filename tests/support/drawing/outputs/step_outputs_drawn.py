"""Draw the outputs of steps, and numbers that are such outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

from tests.support.drawing.fields import Hand
from tests.support.drawing.numbers.drawn_numbers import OUTPUTS_GIVEN, span_of
from tests.support.drawing.numbers.drawn_tables import draw_from_table
from tests.support.drawing.outputs.drawn_outputs import MODES, STEPS
from tests.support.judging.amounts import amounts_behind
from tests.support.judging.axes import is_summable
from tests.support.judging.spaces import Spec, exact
from tests.support.judging.step_outputs import is_of_ratio, is_rounded, numbers_worked_with, outputs_of

_NAMES = ("fee", "bonus")
# So many steps apart may be the values of a rounded amount that stands beside a field.
_MOST_SPLIT = 25


def draw_outputs(
    hand: Hand, step: dict[str, Any], name: str, worked_out: Sequence[dict[str, Any]], *, agreeing: bool
) -> dict[str, Any]:
    """Give the rules of a step outputs, and return numbers that are some of them, by name.

    Args:
        hand: What draws.
        step: The step, which is changed.
        name: Its name.
        worked_out: What its rules may give beside amounts that are written out.
        agreeing: Whether rules that stand together have to give the same, which rules with one outcome may do.
    """
    read = _NAMES[: hand.pick((1, 1, 2))]
    is_first = step.get("decision") == "first"
    amounts = [*OUTPUTS_GIVEN[: hand.pick((7, 3, 7))], *worked_out, *worked_out]
    outcomes = {outcome: {each: hand.pick(amounts) for each in read} for outcome in step["outcomes"]}
    all_alone = hand.chance(20)
    for rule in step["rules"]:
        own = {}
        for each in read:
            shared = outcomes[rule["then"]][each]
            value = hand.pick(amounts) if (is_first or not agreeing) and hand.chance(50) else _otherwise(shared)
            if all_alone or hand.chance(30):
                own[each] = value
        if hand.chance(15):
            own["note"] = hand.pick(("some text", True, [1, 2], 7))
        if own:
            rule["output"] = own
    if not all_alone:
        step["outcomes"] = {
            outcome: {"title": text, "output": outcomes[outcome]} for outcome, text in step["outcomes"].items()
        }
    if not is_first and not agreeing and hand.chance(85):
        _repeat_otherwise(hand, step, amounts)
    return {f"{name}_{each}": {"means": f"the {each}", "output": each, "of": name} for each in read}


def _repeat_otherwise(hand: Hand, step: dict[str, Any], amounts: Sequence[Any]) -> None:
    """Add a rule with the condition and the outcome of another one, which gives other amounts."""
    tested = [rule for rule in step["rules"] if "when" in rule]
    if tested:
        rule = hand.pick(tested)
        given = {name: value for name, value in outputs_of(step, rule).items() if name in _NAMES}
        others = {name: hand.pick([each for each in amounts if each != value]) for name, value in given.items()}
        again = {key: rule[key] for key in ("then", "because")} | {"when": deepcopy(rule["when"])}
        step["rules"].append({"rule": "once-more", **again, "output": others})


def _otherwise(amount: Any) -> Any:
    """The same amount, written otherwise."""
    return Decimal(f"{amount}.0") if isinstance(amount, int) else amount


def draw_worked_out(
    hand: Hand, fields: Mapping[str, Spec], numbers: Mapping[str, Any], steps: Mapping[str, Any], *, steady: bool
) -> list[dict[str, Any]]:
    """Up to two outputs that are worked out from numbers; a ratio is rounded.

    If `steady`, the numbers have a value in every situation.
    """
    policy = {"situation": fields, "numbers": numbers, "steps": steps}
    able = [name for name in numbers if not (steady and _may_lack_value(policy, name))]
    found = []
    for name in hand.some(able, min(len(able), hand.count(1, 2))) if able else ():
        rounding = {"to": hand.pick(STEPS), "mode": hand.pick(MODES)}
        found.append({"number": name, **({"round": rounding} if is_of_ratio(policy, name) or hand.chance(60) else {})})
    return found


def give_without_value(hand: Hand, policy: Mapping[str, Any], name: str) -> None:
    """Let a step under `first` begin with rules for situations in which what it works amounts out from has no value."""
    step = policy["steps"][name]
    given = [outputs_of(step, rule) for rule in step["rules"]]
    computed = (each["number"] for output in given for each in output.values() if isinstance(each, Mapping))
    for place, number in enumerate(each for each in dict.fromkeys(computed) if _may_lack_value(policy, each)):
        amounts = {each: hand.pick(OUTPUTS_GIVEN) for each in _NAMES if each in given[0]}
        rule = {"rule": f"without-{place}", "when": {number: {"known": False}}, "because": "Nothing is known of it."}
        step["rules"].insert(0, {**rule, "then": hand.pick(list(step["outcomes"])), "output": amounts})


def _may_lack_value(policy: Mapping[str, Any], name: str) -> bool:
    fields = policy["situation"]
    return any({"or_none", "applies_when"} & fields[each].keys() for each in amounts_behind(policy, name))


def draw_made_of(
    hand: Hand, fields: Mapping[str, Spec], numbers: Mapping[str, Any], steps: Mapping[str, Any], name: str
) -> dict[str, Any]:
    """Numbers that are made of one that a step gives, as far as conditions may compare them; none now and then."""
    policy = {"situation": fields, "numbers": numbers, "steps": steps}
    tail = f"_of_{name}"
    if is_of_ratio(policy, name):
        return {}
    if not is_rounded(policy, name):
        few = not numbers_worked_with(policy, numbers[name])
        return draw_from_table(hand, fields, numbers, name, tail=tail, has_few_values=few)
    amounts = [each for each, spec in fields.items() if is_summable(spec)]
    points = [each for each, number in numbers.items() if "points" in number]
    if amounts and _is_split(policy, name) and hand.chance(65):
        others = [each for each in numbers if each != name and "output" in numbers[each] and _is_split(policy, each)]
        return _draw_beside(hand, name, amounts, others, tail)
    match hand.pick(("sum", "sum", "extreme", "product", "extreme", "ratio", "none")):
        case "sum":
            beside = {hand.pick(points): hand.pick((1, -1))} if points and hand.chance(70) else {}
            weights = {name: hand.pick((1, -1, 2, Decimal("0.3"))), **beside}
            return {f"summed{tail}": {"means": "what it all adds up to", "sum": weights, "plus": hand.pick((3, -2))}}
        case "extreme":
            both = {hand.pick(("larger_of", "smaller_of")): [name, hand.pick([*amounts, Decimal("1.5")])]}
            return {f"bounded{tail}": {"means": "what it is at most or at least", **both}}
        case "product":
            return {f"charged{tail}": {"means": "what is charged", "product": [name, hand.pick((2, Decimal("-0.5")))]}}
        case "ratio":
            return {f"part{tail}": {"means": "its part", "ratio": {"of": name, "to": hand.pick((4, Decimal("0.5")))}}}
    return {}


def _draw_beside(
    hand: Hand, name: str, amounts: Sequence[str], others: Sequence[str], tail: str
) -> dict[str, dict[str, Any]]:
    """Numbers in which a rounded amount with few values stands beside a field, or beside another such amount."""
    other = hand.pick(others) if others and hand.chance(50) else hand.pick(amounts)
    weights = {name: hand.pick((1, -1, Decimal("0.5"))), other: hand.pick((1, -1, 2, Decimal("0.3")))}
    total = {"means": "what it all adds up to", "sum": weights, "plus": hand.pick((0, 3, Decimal("-0.5")))}
    bounded = {"means": "what it is at most or at least", hand.pick(("larger_of", "smaller_of")): [name, other]}
    match hand.pick(("sum", "sum", "ratio", "bounded", "product", "product")):
        case "product":
            factors = [name, other] if hand.chance(50) else [other, name]
            charged = {"means": "what is charged", "product": factors}
            beside = {f"charged{tail}": 1, hand.pick(amounts): hand.pick((1, -1))}
            summed = {f"summed{tail}": {"means": "what it all adds up to", "sum": beside}}
            return {f"charged{tail}": charged, **(summed if hand.chance(50) else {})}
        case "ratio":
            of, to = hand.pick(((name, other), (other, name)))
            above = {"means": "what is always above 0", "larger_of": [to, 1]}
            share = {"means": "its part", "ratio": {"of": of, "to": f"over{tail}"}}
            return {f"part{tail}": share, f"over{tail}": above}
        case "bounded":
            beside = {f"bounded{tail}": 1, hand.pick(amounts): hand.pick((1, -1))}
            return {f"summed{tail}": {"means": "what it all adds up to", "sum": beside}, f"bounded{tail}": bounded}
    return {f"summed{tail}": total}


def _is_split(policy: Mapping[str, Any], name: str) -> bool:
    """Whether what a step rounds has few values, or is what it is before it is rounded, so that it may be in sums."""
    if not is_rounded(policy, name) or is_of_ratio(policy, name):
        return False
    number = policy["numbers"][name]
    step = policy["steps"][number["of"]]
    given = [outputs_of(step, rule).get(number["output"]) for rule in step["rules"]]
    return all(_has_few_values(policy, each) for each in given if isinstance(each, Mapping))


def _has_few_values(policy: Mapping[str, Any], amount: Mapping[str, Any]) -> bool:
    if "round" not in amount:
        return not is_rounded(policy, amount["number"])
    fields, number = policy["situation"], policy["numbers"][amount["number"]]
    behind = amounts_behind(policy, amount["number"])
    if is_rounded(policy, amount["number"]) or not all({"from", "to"} <= fields[each].keys() for each in behind):
        return False
    to = exact(amount["round"]["to"])
    if number.get("sum", {}).keys() & fields.keys() == number.get("sum", {}).keys() != set():
        units = [exact(times) * exact(fields[each].get("step", 1)) for each, times in number["sum"].items()]
        bases = [exact(times) * exact(fields[each].get("from", 0)) for each, times in number["sum"].items()]
        if all(each % to == 0 for each in (*units, *bases, exact(number.get("plus", 0)))):
            return True
    low, high = span_of(amount["number"], policy["numbers"], fields)
    return (exact(high) - exact(low)) / to <= _MOST_SPLIT
