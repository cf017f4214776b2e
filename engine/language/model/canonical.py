"""The canonical form of a policy as JSON data, independent of comments, layout and spelling."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.language.model.condition_tree import (
    ALWAYS,
    All,
    ByDay,
    Compare,
    Condition,
    Holds,
    Not,
    Some,
    Versus,
    as_written,
    comparisons_in,
    with_steps,
)
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NONE, NUMBER, YES_NO, Field
from engine.language.model.guarantees import AnyGuarantee, Indifference, Invariant, Monotonicity
from engine.language.model.policy_parts import (
    OUTPUT,
    POINTS,
    RATIO,
    SUM,
    TABLE,
    Constant,
    Fact,
    Impossible,
    Number,
    PointsEntry,
    Rule,
    Verdict,
)
from engine.language.model.values.value_texts import omit_empty, value_data

if TYPE_CHECKING:
    from engine.language.model.relations.decision_steps import DecisionStep
    from engine.language.model.values.computed_outputs import ComputedOutput

# How the right side of a comparison is written.
Spelling: TypeAlias = Callable[[Compare], Any]
# The words of `valid`, by the comparisons that they stand for.
_VALID = {"on_or_after": "from", "on_or_before": "to"}
_SOME_DAY = datetime.date(2000, 1, 1)


class Bare(str):
    """The name of a constant, which is written without quotes."""

    __slots__ = ()


def json_data(data: Any) -> Any:
    """Convert policy values in nested data to JSON values."""
    if isinstance(data, dict):
        return {key: json_data(value) for key, value in data.items()}
    if isinstance(data, Bare):
        return str(data)
    return [json_data(value) for value in data] if isinstance(data, list) else value_data(data)


def resolved(test: Compare) -> Any:
    """The right side of a comparison with the values of constants in place of their names."""
    return list(test.value) if isinstance(test.value, tuple) else test.value


def as_named(test: Compare) -> Any:
    """The right side of a comparison as the author wrote it, with the names of constants."""
    if not test.named or not isinstance(test.named, tuple):
        return Bare(test.named) if test.named else resolved(test)
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    return [Bare(name) if name else value for name, value in zip(test.named, values, strict=True)]


def policy_data(policy: Any, spell: Spelling) -> dict[str, Any]:
    """A `Policy` as a mapping of the language, with exact numbers and dates.

    If `spell` writes the values of constants in place of their names, the constants are left out.
    """
    is_named = spell is as_named
    constants = policy.constants if is_named else ()
    return omit_empty(
        policy=policy.name,
        title=policy.title,
        version=policy.version,
        about=policy.about,
        source=policy.source.to_dict() if policy.source else None,
        as_of=policy.as_of if is_named else None,
        constants={each.name: constant_data(each) for each in constants},
        situation={each.name: field_data(each, spell) for each in policy.fields},
        numbers={each.name: number_data(each, spell, policy.step.get(each.name)) for each in policy.numbers},
        facts={each.name: fact_data(each, spell) for each in policy.facts},
        steps={each.name: step_data(each, spell) for each in policy.steps if not each.is_number},
        impossible=[impossible_data(each, spell) for each in policy.impossible if not each.implied_by],
        verdicts_ordered=policy.verdicts_ordered or None,
        verdicts={each.name: verdict_data(each) for each in policy.verdicts},
        rules=[rule_data(each, spell) for each in policy.rules],
        decision=policy.decision,
        collect=policy.collect,
        guarantees=[guarantee_data(each, spell) for each in policy.guarantees],
    )


def digest_of(policy: Any) -> str:
    """The SHA-256 of what a `Policy` says, with the values of constants, as hexadecimal digits."""
    # Deciding does not need these, and they are slow to load.
    import hashlib

    data = json_data(policy_data(policy, resolved))
    data["rules"] = with_tests(data.get("rules", []), policy.fields)
    for step in policy.steps:
        if step.is_number:
            written = data["numbers"][step.name]
            written[TABLE] = with_tests(written[TABLE], policy.fields)
            continue
        written = data["steps"][step.name]
        written["rules"] = with_tests(written["rules"], policy.fields)
        if step.ordered:
            written["outcomes"] = [[name, each] for name, each in written["outcomes"].items()]
    if policy.verdicts_ordered:
        # The keys of a mapping are sorted for the hash, and here their order is part of what is said.
        data["verdicts_ordered"] = [verdict.name for verdict in policy.verdicts]
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def constant_data(constant: Constant) -> dict[str, Any]:
    """A constant as a mapping of the language, with exact numbers and dates."""
    found = omit_empty(means=constant.means, unit=constant.unit, cites=constant.cites)
    if isinstance(constant.value, ByDay):
        return found | _by_day_data(constant.value)
    return found | {"is": list(constant.value) if isinstance(constant.value, tuple) else constant.value}


def _by_day_data(value: ByDay) -> dict[str, Any]:
    """The values of a dated constant, and the field that says which one holds."""
    periods = {"start" if first is None else first.isoformat(): each for first, each in value.periods}
    return {"is": periods, "on": value.on}


def _fixed_data(value: Any) -> Any:
    """A fixed value in a number, or those of a dated constant."""
    return _by_day_data(value) if isinstance(value, ByDay) else value


def field_data(field: Field, spell: Spelling) -> dict[str, Any]:
    """A field as a mapping of the language, with exact numbers and dates."""
    # `or_none` stands for one of the choices, or of the known texts.
    is_optional = field.or_none is not None
    found = omit_empty(
        ask=field.ask,
        type=field.kind,
        choices={name: text for name, text in field.choices if name != NONE or not is_optional},
        ordered=field.ordered or None,
        step=field.step,
        unit=field.unit,
        known=[text for text in field.known if text != NONE or not is_optional],
        or_none=field.or_none,
        ask_after=field.ask_after,
        applies_when=None if field.applies_when is None else condition_parts(field.applies_when, spell),
    )
    for word, value in (("from", field.low), ("to", field.high), ("if_unsure", field.if_unsure)):
        if value is not None:
            found[word] = list(value) if isinstance(value, tuple) else value
    return found


def number_data(number: Number, spell: Spelling, step: DecisionStep | None = None) -> dict[str, Any]:
    """A derived number as a mapping of the language, with exact numbers; `step` has the rules of a table."""
    if number.kind == TABLE and step is not None:
        value = {text: entry.add for text, entry in zip(step.options, number.entries, strict=True)}
        rules = (rule_data(rule, spell) | {"then": value[rule.then]} for rule in step.rules)
        return {"means": number.means, TABLE: list(rules)}
    if number.kind == OUTPUT:
        return {"means": number.means, OUTPUT: number.given_by[1], "of": number.given_by[0]}
    if number.kind == POINTS:
        return {"means": number.means, POINTS: [_entry_data(entry, spell) for entry in number.entries]}
    if number.kind != SUM:
        parts: list[Any] = [*map(_fixed_data, number.parts)]
        if number.named and spell is as_named:
            parts = [Bare(name) if name else part for name, part in zip(number.named, parts, strict=True)]
        if number.kind == RATIO:
            return {"means": number.means, RATIO: dict(zip(("of", "to"), parts, strict=True))}
        return {"means": number.means, number.kind: parts}
    factors: list[Any] = [*(_fixed_data(factor) for _, factor in number.terms), _fixed_data(number.plus) or None]
    if number.named and spell is as_named:
        factors = [Bare(name) if name else factor for name, factor in zip(number.named, factors, strict=True)]
    names = (name for name, _ in number.terms)
    return omit_empty(means=number.means, sum=dict(zip(names, factors, strict=False)), plus=factors[-1])


def _entry_data(entry: PointsEntry, spell: Spelling) -> dict[str, Any]:
    """An entry of a number of points as a mapping of the language."""
    add = Bare(entry.named) if entry.named and spell is as_named else _fixed_data(entry.add)
    return {"when": condition_parts(entry.when, spell), "add": add, "because": entry.because}


def fact_data(fact: Fact, spell: Spelling) -> dict[str, Any]:
    """A fact as a mapping of the language, with exact numbers and dates."""
    return omit_empty(means=fact.means, when=condition_parts(fact.when, spell), cites=fact.cites, added=fact.added)


def step_data(step: DecisionStep, spell: Spelling) -> dict[str, Any]:
    """A step as a mapping of the language, with exact numbers and dates."""
    return omit_empty(
        means=step.means,
        outcomes=dict(step.outcomes) | {name: _outcome_data(step, name) for name, _ in step.outputs},
        ordered=step.ordered or None,
        decision=step.decision,
        rules=[rule_data(each, spell) for each in step.rules],
    )


def _outcome_data(step: DecisionStep, name: str) -> dict[str, Any]:
    """An outcome with outputs as a mapping of the language."""
    return {"title": step.text[name], "output": _output_data(step.output[name])}


def impossible_data(impossible: Impossible, spell: Spelling) -> dict[str, Any]:
    """An impossible combination as a mapping of the language, with exact numbers and dates."""
    return {"when": condition_parts(impossible.when, spell), "because": impossible.because}


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """A verdict as a mapping of the language."""
    found = omit_empty(
        title=verdict.title, must=verdict.must, advice=verdict.advice, cites=verdict.cites, added=verdict.added
    )
    return found if verdict.output is None else found | {"output": _output_data(verdict.output)}


def rule_data(rule: Rule, spell: Spelling) -> dict[str, Any]:
    """A rule as a mapping of the language, with exact numbers and dates."""
    when, valid = rule.when, {}
    if spell is as_named and rule.valid is not None and isinstance(when, All) and rule.valid in when.parts[-1:]:
        when = All(when.parts[:-1], when.place)
        valid = {_VALID[test.op]: test.value for test in comparisons_in(rule.valid) if isinstance(test, Compare)}
    return omit_empty(
        rule=rule.name,
        valid=valid,
        when=None if rule.otherwise else condition_parts(when, spell),
        otherwise=rule.otherwise or None,
        then=rule.then,
        output=_output_data(rule.output),
        because=rule.because,
        cites=rule.cites,
        added=rule.added,
        overrides=_overrides(rule),
    )


def _output_data(output: Any) -> Any:
    """Outputs as data of the language; those that are worked out as maps."""
    if not isinstance(output, dict):
        return output
    from engine.language.model.values.computed_outputs import computed_in

    return {**output, **{name: amount_data(each) for name, each in computed_in(output)}}


def amount_data(amount: ComputedOutput) -> dict[str, Any]:
    """An output that is worked out as a mapping of the language, with exact numbers."""
    number: dict[str, Any] = {"number": Bare(amount.number)}
    return number if amount.to is None else number | {"round": {"to": amount.to, "mode": amount.mode}}


def _overrides(rule: Rule) -> dict[str, str] | list[dict[str, Any]]:
    """The overrides of a rule: reasons by name, or a list of rules and reason that ends with `all`."""
    if rule.overrides_all is None:
        return {override.rule: override.because for override in rule.overrides}
    named = [{"rules": [override.rule], "because": override.because} for override in rule.overrides]
    return [*named, {"rules": "all", "because": rule.overrides_all.because}]


def with_tests(rules: list[dict[str, Any]], fields: tuple[Field, ...]) -> list[dict[str, Any]]:
    """Rules in JSON data, each with `when` or `otherwise`.

    A rule without both is given a test that every situation meets. Hashes are made so since a rule needed one of them.
    """
    test = json_data(tautology(fields))
    return [rule if not test or rule.keys() & {"when", "otherwise"} else rule | {"when": test} for rule in rules]


def guarantee_data(guarantee: AnyGuarantee, spell: Spelling) -> dict[str, Any]:
    """A guarantee as a mapping of the language, with exact numbers and dates."""
    found = omit_empty(
        guarantee=guarantee.name,
        when=None if guarantee.when == ALWAYS else condition_parts(guarantee.when, spell),
        because=guarantee.because,
    )
    if isinstance(guarantee, Invariant):
        return found | {"always": condition_parts(guarantee.always, spell)}
    if isinstance(guarantee, Indifference):
        return found | {"ignores": list(guarantee.ignores)}
    if isinstance(guarantee, Monotonicity):
        return found | {"rising": list(guarantee.rising), "never": {guarantee.moving or "verdict": guarantee.never}}
    return found | {guarantee.word: list(guarantee.listed)}


def tautology(fields: tuple[Field, ...]) -> dict[str, Any]:
    """A condition that every situation meets, as data.

    It is a tautology about the first field that supports one; empty if there is no such field.
    """
    for field in (each for each in fields if each.applies_when is None):
        none = [NONE] if field.or_none is not None else []
        if field.kind == YES_NO:
            return {field.name: [True, False, *none]}
        if field.kind == CHOICE:
            return {field.name: list(field.options)}
        if field.kind == ANY_OF:
            return {field.name: {"only": list(field.options)}}
        if field.kind == DATE:
            return _any_of(field, {"on_or_after": _SOME_DAY}, {"before": _SOME_DAY}, *none)
        if field.kind in (INTEGER, NUMBER):
            return _any_of(field, {"at_least": 0}, {"less_than": 0}, *none)
        if field.known:
            return {"any": [{field.name: field.known[0]}, {"not": {field.name: field.known[0]}}]}
    return {}


def _any_of(field: Field, *tests: Any) -> dict[str, Any]:
    """A disjunction of tests of one field."""
    return {"any": [{field.name: test} for test in tests]}


def condition_data(condition: Condition) -> dict[str, Any]:
    """A condition as a mapping of the language, in JSON values; the values of constants are written out."""
    data: dict[str, Any] = json_data(condition_parts(condition))
    return data


def written_data(condition: Condition) -> dict[str, Any]:
    """A condition as a mapping of the language as an author writes it, with the names of constants."""
    data: dict[str, Any] = json_data(condition_parts(condition, as_named))
    return data


def condition_parts(condition: Condition, spell: Spelling = resolved) -> dict[str, Any]:
    """A condition as a mapping of the language, with exact numbers and dates.

    Parts of a conjunction become entries of one mapping unless two have the same key; then they are listed under `all`.
    """
    condition = as_written(condition) if spell is as_named else with_steps(condition)
    if not isinstance(condition, All):
        return _entry(condition, spell)
    entries = [_entry(part, spell) for part in condition.parts]
    merged: dict[str, Any] = {}
    for entry in entries:
        if merged.keys() & entry.keys():
            return {"all": entries}
        merged |= entry
    return merged


def _entry(condition: Condition, spell: Spelling) -> dict[str, Any]:
    """A condition as a mapping with one entry."""
    if isinstance(condition, Holds):
        return {condition.fact: condition.expected}
    if isinstance(condition, Compare | Versus):
        operand = _operand(condition, spell)
        # The values of a list constant are asked for by its name after `one_of`.
        is_bare = condition.op == "is" or (condition.op == "one_of" and isinstance(operand, list))
        return {condition.name: operand if is_bare else {condition.op: operand}}
    if isinstance(condition, Not):
        return {"not": condition_parts(condition.part, spell)}
    if isinstance(condition, Some):
        return {"any": [condition_parts(part, spell) for part in condition.parts]}
    if _same_subject(condition):
        return _comparisons(condition, spell)
    return {"all": [condition_parts(part, spell) for part in condition.parts]}


def _operand(test: Compare | Versus, spell: Spelling) -> Any:
    """The right-hand side of a comparison."""
    return {"field": test.other} if isinstance(test, Versus) else spell(test)


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


def _comparisons(condition: All, spell: Spelling) -> dict[str, Any]:
    """A conjunction about one field as one entry."""
    tests = [part for part in condition.parts if isinstance(part, Compare | Versus)]
    return {tests[0].name: {test.op: _operand(test, spell) for test in tests}}
