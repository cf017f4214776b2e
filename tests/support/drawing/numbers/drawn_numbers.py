"""Draw derived numbers, and the lines on which conditions compare them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

from tests.support.drawing.fields import Hand, Window, tidy, window
from tests.support.judging.amounts import amounts_behind, names_behind
from tests.support.judging.axes import Axis, LineAxis, is_summable, optional_axis
from tests.support.judging.spaces import Spec, is_countable, kind, length, parts_of
from tests.support.making.trees import narrow, spell

_FACTORS: tuple[int | Decimal, ...] = (1, -1, 2, Decimal("0.5"))
# A factor of a drawn product has so many values.
_FEW = 6
_ADDS = (1, 2, 3, -1, 5, Decimal("0.5"), 0)
_WEIGHTS = (Decimal(1), Decimal(-1), Decimal(2), Decimal("0.5"), Decimal("-0.3"), Decimal("1.25"))


# Amounts that steps give as outputs; two of them are the same, written otherwise.
OUTPUTS_GIVEN: tuple[int | Decimal, ...] = (1, 2, Decimal("2.0"), 5, Decimal("0.5"), 0, -1)


def draw_number(hand: Hand, fields: Mapping[str, Spec]) -> dict[str, Any] | None:
    """A weighted sum of two or three fields; None where the fields allow none."""
    dates = [name for name, spec in fields.items() if kind(spec) == "date"]
    amounts = [name for name, spec in fields.items() if is_summable(spec)]
    total: dict[str, Any] = {}
    if len(dates) > 1 and (len(amounts) < 2 or hand.chance(50)):
        start, end = hand.some(dates, 2)
        weight = hand.pick(_FACTORS)
        total = {start: -weight, end: weight}
        if len(dates) > 2 and hand.chance(30):
            third = next(name for name in dates if name not in total)
            total |= {third: -weight, end: tidy(Decimal(weight) * 2)}
        elif amounts and hand.chance(30):
            total[hand.pick(amounts)] = tidy(hand.pick(_WEIGHTS))
    elif len(amounts) > 1:
        many = 3 if len(amounts) > 2 and hand.chance(40) else 2
        total = {name: tidy(hand.pick(_WEIGHTS)) for name in hand.some(amounts, many)}
    else:
        return None
    number = {"means": "what it adds up to", "sum": total}
    return number | {"plus": hand.pick((5, -3, Decimal("0.5")))} if hand.chance(30) else number


def draw_number_of_numbers(hand: Hand, fields: Mapping[str, Spec], numbers: Mapping[str, Any]) -> dict[str, Any]:
    """A weighted sum of one or two numbers and perhaps of a field; not everything in it cancels out."""
    amounts = [name for name, spec in fields.items() if is_summable(spec)]
    names = hand.some(numbers, hand.count(1, len(numbers)))
    if amounts and (len(names) < 2 or hand.chance(30)):
        names = [*names, hand.pick(amounts)]
    total = {name: tidy(hand.pick(_WEIGHTS)) for name in names}
    number = {"means": "what it all adds up to", "sum": total}
    if not _flat({**numbers, "": number}, ""):
        del total[next(reversed(total))]
    return number | {"plus": hand.pick((5, -3, Decimal("0.5")))} if hand.chance(30) else number


def draw_extreme(hand: Hand, fields: Mapping[str, Spec], numbers: Mapping[str, Any]) -> dict[str, Any] | None:
    """The larger or smaller of some fields, numbers and perhaps a constant; None where there is nothing to compare."""
    amounts = [name for name, spec in fields.items() if is_summable(spec)]
    known = [*numbers, *amounts]
    if not known:
        return None
    parts: list[Any] = hand.some(known, hand.count(1, min(3, len(known))))
    if len(parts) < 2 or hand.chance(30):
        low, high = span_of(hand.pick(parts), numbers, fields)
        parts.insert(hand.pick((0, len(parts))), tidy(low + (high - low) // 2))
    return {"means": "which of them it is", hand.pick(("larger_of", "smaller_of")): parts}


def with_few_values(fields: Mapping[str, Spec]) -> list[str]:
    """The fields that may be multiplied by something with many values."""
    amounts = [name for name, spec in fields.items() if is_summable(spec)]
    return [name for name in amounts if is_countable(fields[name]) and length(fields[name]) <= _FEW]


def draw_product(hand: Hand, fields: Mapping[str, Spec], numbers: Mapping[str, Any]) -> dict[str, Any] | None:
    """Something with few values times something else, in either order; None where there is nothing to multiply."""
    amounts = [name for name, spec in fields.items() if is_summable(spec)]
    few = with_few_values(fields)
    few += [name for name, number in numbers.items() if "points" in number or _is_small(number, few)]
    if not few:
        return None
    factors: list[Any] = [hand.pick(few), hand.pick([*numbers, *amounts])]
    factors = factors[::-1] if hand.chance(50) else factors
    return {"means": "what comes of both", "product": [*factors, 2] if hand.chance(20) else factors}


def _is_small(number: Mapping[str, Any], few: Sequence[str]) -> bool:
    """Whether a number is made of fields with few values, and of no more than two."""
    parts = {part for part in parts_of(number) if isinstance(part, str)}
    return parts <= {*few} and len(parts) <= 2


def draw_ratio(hand: Hand, fields: Mapping[str, Spec], numbers: Mapping[str, Any]) -> dict[str, Any]:
    """A ratio, and the number that it divides by if no other one is above 0; empty where there is nothing to divide."""
    amounts = [name for name, spec in fields.items() if is_summable(spec)]
    known = [*numbers, *amounts]
    if not known:
        return {}
    of: Any = hand.pick(known)
    # A product above or below points or a product soon comes to more cases than are settled.
    data = {"situation": fields, "numbers": numbers}
    behind = {name: names_behind(data, name) & {"multiplied", "score"} for name in known}
    others = [
        name
        for name in known
        if name != of and not (behind[name] and behind[of] and "multiplied" in behind[name] | behind[of])
    ]
    if not others or hand.chance(20):
        # A fixed divisor.
        return {"share": {"means": "what part of it", "ratio": {"of": of, "to": hand.pick((4, Decimal("0.5"), 3))}}}
    to = hand.pick(others)
    of = hand.pick((5, Decimal("-0.5"))) if hand.chance(35) else of
    means = "what part of it"
    if to in fields and fields[to].get("from", 0) > 0:
        return {"share": {"means": means, "ratio": {"of": of, "to": to}}}
    above = {"means": "what is always above 0", "larger_of": [to, hand.pick((1, Decimal("2.5")))]}
    return {"share": {"means": means, "ratio": {"of": of, "to": "above"}}, "above": above}


def draw_points(hand: Hand, axes: Sequence[Axis]) -> dict[str, Any]:
    """Points for some conditions, which may overlap or exclude each other; not all of them are 0."""
    own = hand.some(axes, hand.count(1, min(2, len(axes))))
    whens = [spell(hand, own, narrow(hand, own, {}, 2)) for _ in range(hand.count(1, 4))]
    adds = [hand.pick(_ADDS) for _ in whens]
    adds[0] = adds[0] or 2
    entries = [{"when": when, "add": add, "because": "It counts."} for when, add in zip(whens, adds, strict=True)]
    return {"means": "how much speaks for it", "points": entries}


def _flat(numbers: Mapping[str, Any], name: str) -> dict[str, Fraction]:
    """The fields of a sum with what they are multiplied by, those of inner sums too; what cancels out is left out."""
    if "sum" not in numbers.get(name, {}):
        return {name: Fraction(1)}
    found: dict[str, Fraction] = {}
    for part, times in numbers[name]["sum"].items():
        for field, inner in _flat(numbers, part).items():
            found[field] = found.get(field, Fraction(0)) + Fraction(times) * inner
    return {field: times for field, times in found.items() if times}


def span_of(name: Any, numbers: Mapping[str, Any], fields: Mapping[str, Spec]) -> tuple[Decimal, Decimal]:
    """The least and the greatest value that a field or a number is spread over."""
    if isinstance(name, (int, Decimal)):
        return Decimal(name), Decimal(name)
    if name not in numbers:
        here = window(fields[name])
        low, high = (
            Decimal(end.toordinal()) if isinstance(end, date) else Decimal(end)
            for end in (here.at(0), here.at(here.points - 1))
        )
        return low, high
    if "points" in numbers[name]:
        adds = [Decimal(entry["add"]) for entry in numbers[name]["points"]]
        return sum((add for add in adds if add < 0), Decimal(0)), sum((add for add in adds if add > 0), Decimal(0))
    if "table" in numbers[name]:
        given = [Decimal(rule["then"]) for rule in numbers[name]["table"]]
        return min(given), max(given)
    if "output" in numbers[name]:
        return Decimal(min(OUTPUTS_GIVEN)), Decimal(max(OUTPUTS_GIVEN)) + 10
    if "product" in numbers[name]:
        corners = [
            prod(corner) for corner in product(*(span_of(part, numbers, fields) for part in numbers[name]["product"]))
        ]
        return Decimal(min(corners)), Decimal(max(corners))
    if "ratio" in numbers[name]:
        of, to = (span_of(part, numbers, fields) for part in numbers[name]["ratio"].values())
        quotients = [end / max(divisor, Decimal("0.1")) for end in of for divisor in to]
        return min(quotients), max(quotients)
    if "sum" not in numbers[name]:
        spans = [span_of(part, numbers, fields) for part in parts_of(numbers[name])]
        choose = max if "larger_of" in numbers[name] else min
        return choose(low for low, _ in spans), choose(high for _, high in spans)
    low = high = Decimal(numbers[name].get("plus", 0))
    for part, weight in numbers[name]["sum"].items():
        ends = [Decimal(weight) * end for end in span_of(part, numbers, fields)]
        low, high = low + min(ends), high + max(ends)
    return low, high


def number_axis(
    key: str, numbers: Mapping[str, Any], fields: Mapping[str, Spec], steps: Mapping[str, Any] | None = None
) -> Axis:
    """A derived number as a line, its points spread over the values it can take."""
    low, high = span_of(key, numbers, fields)
    apart = max(Decimal(1), (high - low) // 12)
    if "ratio" in numbers[key]:
        # Each constant that it is compared with makes a sum of its own.
        apart = max(Decimal("0.1"), round((high - low) / 4, 1))
        low = round(low, 1)
    line = LineAxis(key, Window(low, apart, max(2, int((high - low) / apart)), True, True), dense=True)
    policy = {"numbers": numbers, "situation": fields, "steps": steps or {}}
    return optional_axis(line, key, fields, amounts_behind(policy, key))
