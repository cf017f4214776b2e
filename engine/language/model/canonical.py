"""How is a policy written as JSON data, in one fixed spelling that comments and layout do not change?"""

from __future__ import annotations

import datetime
from copy import deepcopy
from typing import Any

from engine.language.model.policy import (
    ALWAYS,
    ANY_OF,
    CHOICE,
    DATE,
    INTEGER,
    NUMBER,
    YES_NO,
    All,
    Compare,
    Condition,
    Field,
    Holds,
    Not,
    Policy,
    Some,
    Source,
    Versus,
)
from engine.language.model.values import value_data

_SOME_DAY = datetime.date(2000, 1, 1)


def policy_data(policy: Policy) -> dict[str, Any]:
    """The policy as a mapping of the language itself, as JSON data: reading it again gives an equal policy.

    Only a rule that tests nothing, as a row of a table may, is given a test that every situation meets.
    """
    data: dict[str, Any] = _as_json(policy_parts(policy))
    return data


def policy_parts(policy: Policy) -> dict[str, Any]:
    """The same mapping, in which numbers are exact and days are days."""
    return _given(
        policy=policy.name,
        title=policy.title,
        version=policy.version,
        about=policy.about,
        source=_source(policy.source) if policy.source else None,
        situation={field.name: _field(field) for field in policy.fields},
        numbers={
            each.name: _given(
                means=each.means,
                sum=dict(each.terms),
                plus=each.plus or None,
            )
            for each in policy.numbers
        },
        facts={
            each.name: _given(means=each.means, when=_condition(each.when), cites=each.cites, added=each.added)
            for each in policy.facts
        },
        impossible=[{"when": _condition(each.when), "because": each.because} for each in policy.impossible],
        verdicts={
            each.name: _given(title=each.title, must=each.must, advice=each.advice, cites=each.cites, added=each.added)
            | ({} if each.output is None else {"output": deepcopy(each.output)})
            for each in policy.verdicts
        },
        rules=[
            _given(
                rule=each.name,
                when=None if each.otherwise else _condition(each.when) or _always(policy),
                otherwise=each.otherwise or None,
                then=each.then,
                because=each.because,
                cites=each.cites,
                added=each.added,
                overrides={override.rule: override.because for override in each.overrides},
            )
            for each in policy.rules
        ],
        decision=policy.decision,
        guarantees=[
            _given(
                guarantee=each.name,
                when=None if each.when == ALWAYS else _condition(each.when),
                because=each.because,
            )
            | {each.word: list(each.listed)}
            for each in policy.guarantees
        ],
    )


def _as_json(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _as_json(value) for key, value in data.items()}
    return [_as_json(value) for value in data] if isinstance(data, list) else value_data(data)


def _given(**entries: Any) -> dict[str, Any]:
    """The entries that say something."""
    kept = {key: list(value) if isinstance(value, tuple) else value for key, value in entries.items()}
    return {key: value for key, value in kept.items() if value is not None and value not in ([], {})}


def _source(source: Source) -> dict[str, Any]:
    passages = {
        each.name: {"says": each.says, "background": True} if each.background else each.says for each in source.passages
    }
    return _given(title=source.title, author=source.author, published=source.published, passages=passages)


def _field(field: Field) -> dict[str, Any]:
    found = _given(
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


def _always(policy: Policy) -> dict[str, Any]:
    """A condition that every situation meets, spelled with the first field that can be compared with anything."""
    for field in policy.fields:
        if field.kind == YES_NO:
            return {field.name: [True, False]}
        if field.kind == CHOICE:
            return {field.name: list(field.options)}
        if field.kind == ANY_OF:
            return {field.name: {"only": list(field.options)}}
        if field.kind == DATE:
            return _one_or_other(field, {"on_or_after": _SOME_DAY}, {"before": _SOME_DAY})
        if field.kind in (INTEGER, NUMBER):
            return _one_or_other(field, {"at_least": 0}, {"less_than": 0})
        if field.known:
            return {"any": [{field.name: field.known[0]}, {"not": {field.name: field.known[0]}}]}
    return {}


def _one_or_other(field: Field, one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {"any": [{field.name: one}, {field.name: other}]}


def condition_data(condition: Condition) -> dict[str, Any]:
    """A condition as a map of the language, as JSON data, in a spelling that keeps every repeated name."""
    data: dict[str, Any] = _as_json(_condition(condition))
    return data


def _condition(condition: Condition) -> dict[str, Any]:
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
    if isinstance(condition, Holds):
        return {condition.fact: condition.expected}
    if isinstance(condition, Versus):
        return {condition.name: {condition.op: {"field": condition.other}}}
    if isinstance(condition, Compare):
        value = condition.value
        data = list(value) if isinstance(value, tuple) else value
        return {condition.name: data if condition.op in ("is", "one_of") else {condition.op: data}}
    if isinstance(condition, Not):
        return {"not": _condition(condition.part)}
    if isinstance(condition, Some):
        return {"any": [_condition(part) for part in condition.parts]}
    if _same_subject(condition):
        return _comparisons(condition)
    return {"all": [_condition(part) for part in condition.parts]}


def _same_subject(condition: All) -> bool:
    """Whether this is one entry with several comparisons, `{at_least: 3, less_than: 9}`."""
    parts = condition.parts
    return (
        len(parts) > 1
        and all(isinstance(part, Compare | Versus) for part in parts)
        and len({part.name for part in parts if isinstance(part, Compare | Versus)}) == 1
        and all(part.op not in ("is", "one_of") for part in parts if isinstance(part, Compare | Versus))
        and len({part.op for part in parts if isinstance(part, Compare | Versus)}) == len(parts)
    )


def _comparisons(condition: All) -> dict[str, Any]:
    name = ""
    merged: dict[str, Any] = {}
    for part in condition.parts:
        entry = _entry(part)
        name = next(iter(entry))
        merged |= entry[name]
    return {name: merged}
