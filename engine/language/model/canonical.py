"""The canonical form of a policy as JSON data, independent of comments, layout and spelling."""

from __future__ import annotations

import datetime
from typing import Any

from engine.language.model.condition_tree import ALWAYS, All, Compare, Condition, Holds, Not, Some, Versus
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NUMBER, YES_NO, Field
from engine.language.model.guarantees import AnyGuarantee, Invariant
from engine.language.model.policy_parts import Fact, Impossible, Number, Rule, Verdict
from engine.language.model.values.value_texts import omit_empty, value_data

_SOME_DAY = datetime.date(2000, 1, 1)


def json_data(data: Any) -> Any:
    """Convert policy values in nested data to JSON values."""
    if isinstance(data, dict):
        return {key: json_data(value) for key, value in data.items()}
    return [json_data(value) for value in data] if isinstance(data, list) else value_data(data)


def field_data(field: Field) -> dict[str, Any]:
    """A field as a mapping of the language, with exact numbers and dates."""
    found = omit_empty(
        ask=field.ask,
        type=field.kind,
        choices=dict(field.choices),
        ordered=field.ordered or None,
        step=field.step,
        unit=field.unit,
        known=field.known,
        ask_after=field.ask_after,
    )
    for word, value in (("from", field.low), ("to", field.high), ("if_unsure", field.if_unsure)):
        if value is not None:
            found[word] = list(value) if isinstance(value, tuple) else value
    return found


def number_data(number: Number) -> dict[str, Any]:
    """A derived number as a mapping of the language, with exact numbers."""
    return omit_empty(means=number.means, sum=dict(number.terms), plus=number.plus or None)


def fact_data(fact: Fact) -> dict[str, Any]:
    """A fact as a mapping of the language, with exact numbers and dates."""
    return omit_empty(means=fact.means, when=condition_parts(fact.when), cites=fact.cites, added=fact.added)


def impossible_data(impossible: Impossible) -> dict[str, Any]:
    """An impossible combination as a mapping of the language, with exact numbers and dates."""
    return {"when": condition_parts(impossible.when), "because": impossible.because}


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """A verdict as a mapping of the language."""
    found = omit_empty(
        title=verdict.title, must=verdict.must, advice=verdict.advice, cites=verdict.cites, added=verdict.added
    )
    return found if verdict.output is None else found | {"output": verdict.output}


def rule_data(rule: Rule) -> dict[str, Any]:
    """A rule as a mapping of the language, with exact numbers and dates."""
    return omit_empty(
        rule=rule.name,
        when=None if rule.otherwise else condition_parts(rule.when),
        otherwise=rule.otherwise or None,
        then=rule.then,
        because=rule.because,
        cites=rule.cites,
        added=rule.added,
        overrides={override.rule: override.because for override in rule.overrides},
    )


def with_tests(rules: list[dict[str, Any]], fields: tuple[Field, ...]) -> list[dict[str, Any]]:
    """Rules in JSON data, each with `when` or `otherwise`.

    A rule without both is given a test that every situation meets. Hashes are made so since a rule needed one of them.
    """
    test = json_data(tautology(fields))
    return [rule if not test or rule.keys() & {"when", "otherwise"} else rule | {"when": test} for rule in rules]


def guarantee_data(guarantee: AnyGuarantee) -> dict[str, Any]:
    """A guarantee as a mapping of the language, with exact numbers and dates."""
    found = omit_empty(
        guarantee=guarantee.name,
        when=None if guarantee.when == ALWAYS else condition_parts(guarantee.when),
        because=guarantee.because,
    )
    if isinstance(guarantee, Invariant):
        return found | {"always": condition_parts(guarantee.always)}
    return found | {guarantee.word: list(guarantee.listed)}


def tautology(fields: tuple[Field, ...]) -> dict[str, Any]:
    """A condition that every situation meets, as data.

    It is a tautology about the first field that supports one; empty if there is no such field.
    """
    for field in fields:
        if field.kind == YES_NO:
            return {field.name: [True, False]}
        if field.kind == CHOICE:
            return {field.name: list(field.options)}
        if field.kind == ANY_OF:
            return {field.name: {"only": list(field.options)}}
        if field.kind == DATE:
            return _either(field, {"on_or_after": _SOME_DAY}, {"before": _SOME_DAY})
        if field.kind in (INTEGER, NUMBER):
            return _either(field, {"at_least": 0}, {"less_than": 0})
        if field.known:
            return {"any": [{field.name: field.known[0]}, {"not": {field.name: field.known[0]}}]}
    return {}


def _either(field: Field, one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """A disjunction of two comparisons of one field."""
    return {"any": [{field.name: one}, {field.name: other}]}


def condition_data(condition: Condition) -> dict[str, Any]:
    """A condition as a mapping of the language, in JSON values."""
    data: dict[str, Any] = json_data(condition_parts(condition))
    return data


def condition_parts(condition: Condition) -> dict[str, Any]:
    """A condition as a mapping of the language, with exact numbers and dates.

    Parts of a conjunction become entries of one mapping unless two have the same key; then they are listed under `all`.
    """
    if not isinstance(condition, All):
        return _entry(condition)
    entries = [_entry(part) for part in condition.parts]
    merged: dict[str, Any] = {}
    for entry in entries:
        if merged.keys() & entry.keys():
            return {"all": entries}
        merged |= entry
    return merged


def _entry(condition: Condition) -> dict[str, Any]:
    """A condition as a mapping with one entry."""
    if isinstance(condition, Holds):
        return {condition.fact: condition.expected}
    if isinstance(condition, Compare | Versus):
        operand = _operand(condition)
        return {condition.name: operand if condition.op in ("is", "one_of") else {condition.op: operand}}
    if isinstance(condition, Not):
        return {"not": condition_parts(condition.part)}
    if isinstance(condition, Some):
        return {"any": [condition_parts(part) for part in condition.parts]}
    if _same_subject(condition):
        return _comparisons(condition)
    return {"all": [condition_parts(part) for part in condition.parts]}


def _operand(test: Compare | Versus) -> Any:
    """The right-hand side of a comparison."""
    if isinstance(test, Versus):
        return {"field": test.other}
    return list(test.value) if isinstance(test.value, tuple) else test.value


def _same_subject(condition: All) -> bool:
    """Whether a conjunction can be written as one entry with several operators, `{at_least: 3, less_than: 9}`."""
    parts = condition.parts
    return (
        len(parts) > 1
        and all(isinstance(part, Compare | Versus) for part in parts)
        and len({part.name for part in parts if isinstance(part, Compare | Versus)}) == 1
        and all(part.op != "is" for part in parts if isinstance(part, Compare | Versus))
        and len({part.op for part in parts if isinstance(part, Compare | Versus)}) == len(parts)
    )


def _comparisons(condition: All) -> dict[str, Any]:
    """A conjunction about one field as one entry."""
    tests = [part for part in condition.parts if isinstance(part, Compare | Versus)]
    return {tests[0].name: {test.op: _operand(test) for test in tests}}
