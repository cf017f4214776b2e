"""Outputs in words: of two rules that disagree, and of two situations that differ."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Rule
from engine.language.model.policy_yaml import output_on_one_line
from engine.language.model.relations.rule_outputs import ABSENT, differing_outputs, output_of, value_key
from engine.language.model.values.computed_outputs import ComputedOutput

# An amount as a case may write it.
_PLAIN = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
# Outputs that are named; more are counted.
_MOST_NAMED = 3


def disagreement(policy: Policy, one: Rule, other: Rule) -> str:
    """Say what each of two rules with one verdict says about the outputs on which they disagree.

    Example: "`heavy` says `fee: 5`, and `near` says `fee: 4`".
    """
    names = differing_outputs(policy, (one.name, other.name))
    said = [f"`{rule.name}` says {_said(output_of(policy, rule) or {}, names)}" for rule in (one, other)]
    more = len(names) - _MOST_NAMED
    return ", and ".join(said) + (f"; {more} more differ{'s' * (more == 1)}" if more > 0 else "")


def _said(output: dict[str, Any], names: tuple[str, ...]) -> str:
    """What an output says of some names."""
    words = [
        f"`{output_on_one_line({name: output[name]})[1:-1]}`" if name in output else f"no `{name}`"
        for name in names[:_MOST_NAMED]
    ]
    return " and ".join(words)


def differing_words(
    names: Iterable[str], one: Any, other: Any, otherwise: Collection[str] = ()
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the outputs that differ in two situations, of each as pairs of name and value, in words.

    Args:
        names: The names of all outputs.
        one: The outputs of one situation, as JSON data.
        other: Those of the other.
        otherwise: The outputs that are worked out in another way in the other, although they may be written alike.
    """
    both = [each if isinstance(each, dict) else {} for each in (one, other)]
    unlike = [name for name in names if len({value_key(each.get(name, ABSENT)) for each in both}) > 1]
    changed = [name for name in names if name in unlike or name in otherwise]
    first, second = ([(name, output_text(each[name]) if name in each else "none") for name in changed] for each in both)
    told = [(name, text if name in unlike else f"{text}, worked out otherwise") for name, text in second]
    return first, told


def output_lines(output: Any, opened: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return an output as pairs of name and value, as a person reads them.

    Args:
        output: JSON data.
        opened: The names of the outputs that missing answers still change.
    """
    if not isinstance(output, dict):
        return [] if output is None else [("output", output_text(output))]
    return [
        (name, "depends on what is not answered" if name in opened else output_text(value))
        for name, value in output.items()
    ]


def output_text(value: Any) -> str:
    """Return the value of an output as a person reads it; a list of plain values without brackets."""
    if isinstance(value, list) and value and not any(isinstance(each, list | dict) for each in value):
        return ", ".join(map(output_text, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, str | ComputedOutput) else output_on_one_line(value)


def unlike_expected(expected: Mapping[str, Any], output: Any, amounts: Collection[str] = ()) -> str:
    """Say which outputs are not as a case expects them; empty if all are.

    Args:
        expected: The expected values by name; None where there should be none.
        output: The outputs that came.
        amounts: The names of those that are worked out, which are compared as numbers.

    Example: "`fee: 4`, got `fee: 5`".
    """
    given = output if isinstance(output, dict) else {}
    wrong = [name for name in expected if not is_expected(expected[name], given.get(name), name in amounts)]
    if not wrong:
        return ""
    wanted, came = (" and ".join(_entry(name, each) for name in wrong) for each in (expected, given))
    return f"{wanted}, got {came}"


def _entry(name: str, output: Mapping[str, Any]) -> str:
    """An output as it is written, or that there is none."""
    return f"`{output_on_one_line({name: output[name]})[1:-1]}`" if output.get(name) is not None else f"no `{name}`"


def is_expected(expected: Any, value: Any, is_amount: bool = False) -> bool:
    """Whether an output is as a case expects it; an amount that is worked out may be written as a number or a text."""
    if is_amount and value is not None and not isinstance(expected, bool) and isinstance(expected, int | float | str):
        return _PLAIN.fullmatch(str(expected)) is not None and Decimal(str(expected)) == Decimal(value)
    return value_key(expected) == value_key(value)


def titled(title: str, output: Any) -> str:
    """Return the title of a verdict with the outputs beside it, such as "Pay (fee: 4, vip: no)"."""
    words = ", ".join(f"{name}: {text}" for name, text in output_lines(output))
    return f"{title} ({words})" if words else title
