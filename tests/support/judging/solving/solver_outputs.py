"""What standing rules give beside their verdict, as formulas for z3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import z3

from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Rule
from tests.support.judging.solving.linear import Formula
from tests.support.judging.yields import by_value


def disagree(policy: Policy, one: Rule, other: Rule) -> bool:
    """Whether two rules that stand together would be a conflict."""
    return repr(_compared(policy, one)) != repr(_compared(policy, other))


def _own(policy: Policy, rule: Rule) -> Any:
    given = policy.verdict[rule.then].output
    return given if rule.output is None else {**(given or {}), **rule.output}


def _compared(policy: Policy, rule: Rule) -> Any:
    output = _own(policy, rule)
    if isinstance(output, Mapping):
        output = {name: value for name, value in output.items() if name not in policy.collect} or None
    return rule.then, by_value(output)


def conflict(policy: Policy, stands: Mapping[str, Formula]) -> Formula:
    """Where two standing rules disagree."""
    rules = [rule for rule in policy.rules if rule.name in stands]
    pairs = [(one, other) for one, other in combinations(rules, 2) if disagree(policy, one, other)]
    return z3.Or([z3.And(stands[one.name], stands[other.name]) for one, other in pairs] or [z3.BoolVal(False)])


def outputs(policy: Policy, stands: Mapping[str, Formula]) -> list[Formula]:
    """Formulas that together say what is given beside a verdict, where rules that stand do not disagree.

    Which outputs are given; and of what is collected which values are there, and which of two comes first.
    """
    agreed = z3.Not(conflict(policy, stands))
    return [z3.And(agreed, formula) for formula in (*_given(policy, stands), *_collected(policy, stands))]


def _given(policy: Policy, stands: Mapping[str, Formula]) -> Iterator[Formula]:
    said = {rule.name: repr(_compared(policy, rule)) for rule in policy.rules}
    for each in sorted(set(said.values())):
        yield z3.Or([formula for name, formula in stands.items() if said[name] == each] or [z3.BoolVal(False)])


def _collected(policy: Policy, stands: Mapping[str, Formula]) -> Iterator[Formula]:
    for output in policy.collect:
        giving: dict[str, list[str]] = {}
        for rule in policy.rules:
            own = _own(policy, rule)
            if isinstance(own, Mapping) and output in own:
                giving.setdefault(repr(by_value(own[output])), []).append(rule.name)
        places = {rule.name: place for place, rule in enumerate(policy.rules)}
        for value, rules in giving.items():
            yield z3.Or([stands[name] for name in rules if name in stands] or [z3.BoolVal(False)])
            for others in (names for other, names in giving.items() if other != value):
                # Some rule gives this one, and none before it the other.
                yield z3.Or(
                    [z3.And(stands[name], *(z3.Not(stands[each]) for each in others
                                            if each in stands and places[each] < places[name]))
                     for name in rules if name in stands] or [z3.BoolVal(False)]
                )  # fmt: skip
