"""Checks of sums that add up other numbers, once all numbers of a policy are read."""

from __future__ import annotations

from engine.language.model.circles import find_cycles
from engine.language.model.derived.derivations import (
    MOST_DIGITS,
    Derivation,
    LinearSum,
    derivation_order,
    flat_sum,
    names_of_parts,
)
from engine.language.model.policy_parts import Fact, Number
from engine.language.model.values.value_texts import decimal_text
from engine.language.parsing.reading import Reading


def refuse_sums_of_sums(facts: list[Fact], numbers: list[Number], reading: Reading) -> None:
    """Record sums of other numbers in which everything cancels out, or whose numbers become too long."""
    known = {each.name: each for each in numbers}
    if not any(name in known for number in numbers for name, _ in number.terms):
        return
    derivations: list[Derivation] = [*facts, *numbers]
    if find_cycles({each.name: list(names_of_parts(each)) for each in derivations}):
        return
    flat: dict[str, LinearSum] = {}
    refused: set[str] = set()
    for number in derivation_order({each.name: each for each in facts}, known):
        if not isinstance(number, Number) or not refused.isdisjoint(names_of_parts(number)):
            continue
        found = flat_sum(number, flat)
        if found is not None and found.terms:
            flat[number.name] = found
            continue
        refused.add(number.name)
        if found is None:
            message = f"the sums in `{number.name}` multiply to numbers of more than {MOST_DIGITS} digits"
            reading.refuse("bad-sum", message, number.place, "use factors with fewer digits")
        else:
            message = f"everything in `{number.name}` cancels out, so it is always {decimal_text(found.plus)}"
            reading.refuse("bad-sum", message, number.place, "take it out, or correct what it is multiplied by")
