"""The amounts embedded in a page: the numbers that outputs are worked out from, as JSON data for `amounts.js`."""

from __future__ import annotations

from typing import Any

from engine.analysis.describing.output_words import output_lines
from engine.language.model.asking.question_order import with_earlier_questions
from engine.language.model.condition_tree import ByDay
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import GIVEN_BY_RULES, POINTS, SUM, Number
from engine.language.model.relations.rule_outputs import names_worked_with
from engine.language.model.values.computed_outputs import ComputedOutput, computed_in
from engine.language.model.values.value_texts import decimal_text
from engine.surfaces.page.page_logic import Diagrams


def output_pairs(output: Any) -> list[list[Any]]:
    """Outputs as pairs of name and value: in words, or of an amount the number, and how it is rounded."""
    amounts = dict(computed_in(output))
    found: list[list[Any]] = []
    for name, words in output_lines(output):
        amount = amounts.get(name)
        if amount is None:
            found.append([name, words])
        else:
            found.append([name, _computed(amount)])
    return found


def _computed(amount: ComputedOutput) -> dict[str, Any]:
    """An amount that is worked out: the number, and how it is rounded."""
    if amount.to is None:
        return {"number": amount.number}
    return {"number": amount.number, "to": decimal_text(amount.to), "mode": amount.mode}


def amounts_data(policy: Policy, diagrams: Diagrams) -> dict[str, Any]:
    """The numbers that outputs give and all that they are made of, and what has to be asked for each.

    `order` has the fields that are asked for, in the order of asking. Raises `OutOfSteps`.
    """
    asks = {name: _asked(policy, name) for name in policy.numbers_given}
    asked = {name for names in asks.values() for name in names}
    read = policy.names_behind(policy.numbers_given)
    return {
        "numbers": {each.name: _number(each, diagrams) for each in policy.numbers if each.name in read},
        "asks": asks,
        "order": [field.name for field in policy.asking_order if field.name in asked],
    }


def _asked(policy: Policy, number: str) -> list[str]:
    """The fields that a number reads, with the questions that come before theirs."""
    asked = with_earlier_questions(policy, names_worked_with(policy, [number]))
    return [field.name for field in policy.fields if field.name in asked]


def _number(number: Number, diagrams: Diagrams) -> dict[str, Any]:
    plus = {"plus": _fixed(number.plus)}
    if number.kind in (POINTS, *GIVEN_BY_RULES):
        entries = [{"when": diagrams.root(each.when), "add": _given(each.add)} for each in number.entries]
        return {"entries": entries, **plus}
    if number.kind == SUM:
        return {"terms": [[name, _fixed(times)] for name, times in number.terms], **plus}
    parts = [each if isinstance(each, str) else {"fixed": _fixed(each)} for each in number.parts]
    return {"kind": number.kind, "parts": parts}


def _given(amount: Any) -> Any:
    """An amount that an entry adds: fixed, or worked out."""
    return _computed(amount) if isinstance(amount, ComputedOutput) else _fixed(amount)


def _fixed(value: Any) -> Any:
    """A fixed value: a decimal as text, or the values from each day on."""
    if isinstance(value, ByDay):
        periods = [[None if first is None else first.isoformat(), _fixed(each)] for first, each in value.periods]
        return {"on": value.on, "periods": periods}
    return decimal_text(value)
