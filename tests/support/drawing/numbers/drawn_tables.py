"""Draw derived numbers that a table gives, and numbers that are made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tests.support.drawing.fields import Hand
from tests.support.drawing.numbers.drawn_numbers import draw_number_of_numbers, with_few_values
from tests.support.judging.axes import Axis, is_summable
from tests.support.judging.spaces import Spec
from tests.support.making.trees import random_rules, unique_table

# Two of them are the same amount, written otherwise.
_AMOUNTS = (1, 2, Decimal("2.0"), 5, Decimal("0.5"), 0, -1)


def draw_table(hand: Hand, axes: Sequence[Axis], *, is_whole: bool) -> dict[str, Any]:
    """Rules that give amounts: exactly one everywhere if it has to be whole."""
    amounts: Any = hand.some(_AMOUNTS, hand.count(2, 3))
    if is_whole or hand.chance(60):
        rules = unique_table(hand, axes, amounts).rules
    else:
        rules = random_rules(hand, axes, amounts, is_first=False)
    return {"means": "what the table says", "table": rules}


def draw_from_table(
    hand: Hand,
    fields: Mapping[str, Spec],
    numbers: Mapping[str, Any],
    table: str,
    *,
    tail: str = "",
    has_few_values: bool = True,
) -> dict[str, dict[str, Any]]:
    """Numbers that are made of the one that a table gives, by name with `tail` at the end; none now and then.

    What may have many values is multiplied by something with few.
    """
    amounts = [name for name, spec in fields.items() if is_summable(spec)]
    other: Any = hand.pick(amounts) if amounts and hand.chance(75) else hand.pick((2, Decimal("1.5")))
    both = [table, other] if hand.chance(50) else [other, table]
    match hand.pick(("product", "sum", "extreme", "ratio", "sum", "extreme", "ratio", "none")):
        case "sum":
            return {f"summed{tail}": draw_number_of_numbers(hand, fields, {table: numbers[table]})}
        case "product":
            if not has_few_values and other not in with_few_values(fields):
                both = [table, 2]
            return {f"charged{tail}": {"means": "what is charged", "product": both}}
        case "extreme":
            return {
                f"bounded{tail}": {
                    "means": "what it is at most or at least",
                    hand.pick(("larger_of", "smaller_of")): both,
                }
            }
        case "ratio" if hand.chance(50):
            above = {"means": "what is always above 0", "larger_of": [table, 1]}
            return {
                f"part{tail}": {"means": "its part", "ratio": {"of": other, "to": f"over{tail}"}},
                f"over{tail}": above,
            }
        case "ratio":
            return {f"part{tail}": {"means": "its part", "ratio": {"of": table, "to": hand.pick((4, Decimal("0.5")))}}}
    return {}
