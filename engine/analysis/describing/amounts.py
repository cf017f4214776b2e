"""How the outputs of a decision that are worked out come about: from which number, with which value, rounded how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from engine.analysis.describing.example_numbers import amount_words, answered_part, columns, exact_text
from engine.frozen import FrozenDict, frozen_value
from engine.language.model.field_kinds import Value
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Number
from engine.language.model.relations.rule_outputs import amounts_in
from engine.language.model.values.computed_outputs import ComputedOutput
from engine.language.model.values.value_texts import decimal_text
from engine.meaning.reference import Situation


@frozen_value
class Amount:
    """How one output of a decision comes about.

    Attributes:
        output: Name of the output.
        text: What is given.
        number: Name of the number that it is worked out from.
        value: The value of that number, before rounding; as `1/3` if its decimals never end.
        computed: The output as the policy says it.
        behind: The other numbers that the number is made of, as pairs of name and value.
        means: What each number is, by its name.

    Example:
        >>> from engine import explain, load
        >>> why = explain(load("vacation-days"), {"age": 50, "service": 20})
        >>> [(each.output, each.text, each.number, dict(each.behind)["settled"]) for each in why.amounts]
        [('days', '24', 'days', '2')]
    """

    output: str
    text: str
    number: str
    value: str
    computed: ComputedOutput
    behind: tuple[tuple[str, str], ...] = ()
    means: FrozenDict[str, str] = field(default=FrozenDict(), compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the amount as JSON data."""
        numbers = {"numbers": dict(self.behind)} if self.behind else {}
        return {"given": self.text, **self.computed.to_dict(), "value": self.value, **numbers}

    def lines(self) -> Iterator[str]:
        """Iterate over the lines of the text: the amount, and below it the numbers that it is worked out from."""
        rounded = _rounding_words(self.computed)
        how = amount_words(self.value) + (f", {rounded}" if rounded else "")
        yield f"  {self.output}: {self.text} = {self.number} ({how})"
        numbers = ((self.number, self.value), *self.behind)
        rows = [(f"{name}: {self.means[name]}", amount_words(value)) for name, value in numbers]
        yield from (f"    {line}" for line in columns(rows))


def amounts_of(
    policy: Policy, rules: Sequence[str], output: Mapping[str, Any], values: Mapping[str, Value]
) -> tuple[Amount, ...]:
    """Return how the outputs of a decided record come about that are worked out and not open, in their order.

    Args:
        policy: The policy.
        rules: Names of the rules that decide, or may decide.
        output: The outputs of the decision.
        values: The answers of the record.
    """
    situation = Situation(answered_part(policy, values.keys()), values)
    found = situation.numbers
    # All rules that may decide work out in one way what is not open.
    amounts = []
    for name, each in amounts_in(policy, rules).items():
        text = output[name]
        if text is None:
            continue
        behind = policy.names_behind([each.number])
        parts = {part.name: found[part.name] for part in policy.numbers if part.name in behind}
        known = {part: exact_text(value) for part, value in parts.items() if value is not None}
        value = known.pop(each.number)
        means = {part.name: _means(situation, part) for part in policy.numbers if part.name in behind}
        amounts.append(Amount(name, text, each.number, value, each, tuple(known.items()), FrozenDict(means)))
    return tuple(amounts)


def _means(situation: Situation, number: Number) -> str:
    """Return what a number is; of an output that a step works out here, also how."""
    held = (entry.add for entry in number.entries if entry.number and situation.holds(entry.when))
    given = next(held, None)
    return number.means if given is None else f"{number.means}, {given.number} {_rounding_words(given)}".rstrip()


def _rounding_words(computed: ComputedOutput) -> str:
    """Say how an amount is rounded; empty if it is not."""
    to, mode = computed.to, computed.mode
    return "" if to is None or mode is None else f"rounded to {decimal_text(to)} ({mode.replace('_', ' ')})"
