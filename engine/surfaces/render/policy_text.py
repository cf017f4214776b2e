"""A policy as plain text: its questions, numbers, facts, verdicts, rules, guarantees and source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from engine.analysis.describing.output_words import titled
from engine.language.model.condition_tree import ByDay
from engine.language.model.field_kinds import ANY_OF, CHOICE, NONE, TEXT, Field
from engine.language.model.guarantees import AnyGuarantee, Indifference, Invariant, Monotonicity
from engine.language.model.policy import FIRST, Policy
from engine.language.model.policy_parts import (
    LARGER_OF,
    OUTPUT,
    POINTS,
    PRODUCT,
    RATIO,
    SUM,
    TABLE,
    Constant,
    Fixed,
    Number,
    PointsEntry,
    Rule,
)
from engine.language.model.relations.decision_steps import DecisionStep
from engine.language.model.values.value_texts import decimal_text, expected, quantity_text
from engine.language.model.words import answer_words, condition_words, period_words, unit_words
from engine.problems import printable


def library_notes(policy: Policy) -> dict[str, str]:
    """For each file of a library or a step, the note to set behind what comes from it: its name, from the policy's."""
    folder = re.match(r".*[/\\:]|", policy.place.file)
    start = folder[0] if folder else ""
    return {file: f"  [from {printable(file.removeprefix(start))}]" for file in policy.memo.libraries}


def policy_words(policy: Policy, origins: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """The lines of text that describe the policy, each part with the note that `origins` has for its file."""
    yield f"{policy.title}  ({policy.name}{f', version {policy.version}' if policy.version else ''})"
    if policy.about:
        yield from ["", *policy.about.strip().splitlines()]
    if policy.as_of:
        yield from ["", f"The day that counts: {policy.field[policy.as_of].ask}  ({policy.as_of})"]
    yield from ["", "What it asks"]
    for field in policy.fields:
        yield from _field(policy, field, origins.get(field.place.file, ""))
    if policy.constants:
        yield from ["", "What it takes as fixed"]
        yield from (f"  {_constant(each)}{origins.get(each.place.file, '')}" for each in policy.constants)
    if policy.numbers:
        yield from ["", "What it works out"]
        for number in policy.numbers:
            yield f"  {number.name}: {number.means} = {_working(number)}{origins.get(number.place.file, '')}"
            if number.kind == TABLE:
                step = policy.step[number.name]
                yield from (f"    {line}" for rule in step.rules for line in _rule(policy, rule, rule.then))
                continue
            for entry in number.entries if number.kind == POINTS else ():
                yield from _entry(policy, entry)
    if policy.facts:
        yield from ["", "What it calls"]
        for fact in policy.facts:
            yield f"  {fact.name} ({fact.means}), when{origins.get(fact.place.file, '')}"
            yield from (f"    {line}" for line in condition_words(policy, fact.when))
    if any(not step.is_number for step in policy.steps):
        yield from ["", "What it decides first"]
        for step in (each for each in policy.steps_in_order if not each.is_number):
            yield from _step(policy, step, origins.get((step.origin or step.place).file, ""))
    impossible = [each for each in policy.impossible if not each.implied_by]
    if impossible:
        yield from ["", "What cannot happen"]
        for each in impossible:
            yield from (f"  {line}" for line in condition_words(policy, each.when))
            yield f"    {each.because}{origins.get(each.place.file, '')}"
    yield from ["", f"What it can say{' (in rising order)' if policy.verdicts_ordered else ''}"]
    for verdict in policy.verdicts:
        yield f"  {titled(verdict.title, verdict.output if policy.has_rule_outputs else None)}  ({verdict.name})"
        yield from (f"    must: {text}" for text in verdict.must)
        yield from (f"    advice: {text}" for text in verdict.advice)
    if policy.collect:
        yield from ["", f"Collected from all rules that stand: {', '.join(policy.collect)}"]
    yield from ["", f"Its rules ({_how(policy.decision)})"]
    for rule in policy.rules:
        yield from _rule(policy, rule, policy.verdict[rule.then].title)
    if policy.guarantees:
        yield from ["", "What it guarantees"]
        for guarantee in policy.guarantees:
            yield from _guarantee(policy, guarantee)
    if policy.source:
        author = f", {policy.source.author}" if policy.source.author else ""
        published = f", {policy.source.published}" if policy.source.published else ""
        yield from ["", f"Source: {policy.source.title}{author}{published}"]
        yield from (f"  {each.name}: {each.says}" for each in policy.source.passages)


def _how(decision: str) -> str:
    """How rules decide together."""
    return "the first rule that applies decides" if decision == FIRST else "the rules that apply must agree"


def _step(policy: Policy, step: DecisionStep, origin: str) -> Iterator[str]:
    """The lines about a step: its outcomes and its rules."""
    yield f"  {step.means}  ({step.name}){origin}"
    yield f"    one of these{' (in rising order)' if step.ordered else ''}:"
    yield from (f"    - {titled(text, step.output.get(name))}  ({name})" for name, text in step.outcomes)
    yield f"    by these rules ({_how(step.decision)}):"
    for rule in step.rules:
        yield from (f"    {line}" for line in _rule(policy, rule, step.text[rule.then]))


def _field(policy: Policy, field: Field, origin: str) -> Iterator[str]:
    """The lines about a question."""
    yield f"  {field.ask}  ({field.name}){origin}"
    if field.applies_when is not None:
        yield "    asked only when:"
        yield from (f"      {line}" for line in condition_words(policy, field.applies_when))
    if field.kind in (CHOICE, ANY_OF):
        order = " (in rising order)" if field.ordered else ""
        yield f"    {'any of these' if field.kind == ANY_OF else 'one of these'}{order}:"
        yield from (f"    - {text}  ({name})" for name, text in field.choices)
    elif field.kind == TEXT:
        texts = [text for text in field.known if field.or_none is None or text != NONE]
        known = f", of which the rules know {', '.join(texts)}" if texts else ""
        yield f"    a text{known}"
    else:
        unit = f", in {field.unit}" if field.unit else ""
        yield f"    {expected(replace(field, or_none=None)).split(' (')[0]}{unit}"
    if field.or_none is not None and field.kind != CHOICE:
        yield f"    or none: {field.or_none}"
    if field.if_unsure is not None:
        yield f"    when unsure: {answer_words(field, field.if_unsure)}"


def _constant(constant: Constant) -> str:
    """A constant with its meaning and value."""
    cited = f"; from {', '.join(constant.cites)}" if constant.cites else ""

    def words(value: Any) -> str:
        text = value if isinstance(value, str) else quantity_text(value)
        return f"{text} {unit_words(constant.unit, value)}" if constant.unit else text

    values = constant.value if isinstance(constant.value, tuple) else (constant.value,)
    said = ", ".join(period_words(each, words) for each in values)
    on = f", by {constant.value.on}" if isinstance(constant.value, ByDay) else ""
    return f"{constant.name}: {constant.means} = {said}{on}{cited}"


def _working(number: Number) -> str:
    """How a derived number is worked out."""
    if number.kind == SUM:
        return _sum(number)
    if number.kind == TABLE:
        return "by these rules, which must agree:"
    if number.kind == OUTPUT:
        step, output = number.given_by
        return f"the output {output} of {step}"
    if number.kind == POINTS:
        return "the points of all that holds:"
    named = number.named or ("",) * len(number.parts)
    parts = [
        part if isinstance(part, str) else f"{name} ({_fixed(part)})" if name else _fixed(part)
        for part, name in zip(number.parts, named, strict=True)
    ]
    if number.kind == PRODUCT:
        return " × ".join(parts)
    if number.kind == RATIO:
        return " ÷ ".join(parts)
    size = "larger" if number.kind == LARGER_OF else "smaller"
    chosen = size if len(parts) == 2 else "largest" if number.kind == LARGER_OF else "smallest"
    return f"the {chosen} of {', '.join(parts[:-1])} and {parts[-1]}"


def _fixed(value: Fixed) -> str:
    """A fixed value in a number, or those of a dated constant in turn."""
    return period_words(value, decimal_text)


def _entry(policy: Policy, entry: PointsEntry) -> Iterator[str]:
    """The lines about an entry of a number of points."""
    add = _fixed(entry.add)
    named = f" ({entry.named})" if entry.named else ""
    first, *more = condition_words(policy, entry.when) or ["always"]
    yield f"    {'' if add.startswith('-') else '+'}{add}{named}  {first}"
    yield from (f"        {line}" for line in more)
    yield f"        because: {entry.because}"


def _sum(number: Number) -> str:
    """A derived number as a linear expression."""
    parts: list[str] = []
    sources = number.named or ("",) * (len(number.terms) + 1)
    for (name, coefficient), source in zip(number.terms, sources, strict=False):
        if source:
            parts.append(f"{'+ ' if parts else ''}{source} ({_fixed(coefficient)}) × {name}")
            continue
        times = "" if coefficient.copy_abs() == 1 else f"{decimal_text(coefficient.copy_abs())} × "
        sign = ("- " if coefficient < 0 else "+ ") if parts else ("-" if coefficient < 0 else "")
        parts.append(f"{sign}{times}{name}")
    if sources[-1]:
        parts.append(f"+ {sources[-1]} ({_fixed(number.plus)})")
    elif number.plus:
        parts.append(f"{'-' if number.plus < 0 else '+'} {decimal_text(number.plus.copy_abs())}")
    return " ".join(parts)


def _rule(policy: Policy, rule: Rule, then: str) -> Iterator[str]:
    """The lines about a rule; `then` is what it gives, as a person reads it."""
    yield f"  {rule.name}: {titled(then, rule.output)}"
    if rule.otherwise:
        yield "    otherwise"
    else:
        yield "    when"
        yield from (f"      {line}" for line in condition_words(policy, rule.when) or ["anything holds"])
    yield f"    because: {rule.because}"
    for override in rule.overrides:
        yield f"    rather than {override.rule}: {override.because}"
    if rule.overrides_all:
        yield f"    rather than all others: {rule.overrides_all.because}"
    origin = ([f"from {', '.join(rule.cites)}"] if rule.cites else []) + ([f"ours: {rule.added}"] if rule.added else [])
    if origin:
        yield f"    {'; '.join(origin)}"


def _guarantee(policy: Policy, guarantee: AnyGuarantee) -> Iterator[str]:
    """The lines about a guarantee."""
    if isinstance(guarantee, Invariant):
        yield f"  {guarantee.name}: always as follows. {guarantee.because}"
        yield from (f"      {line}" for line in condition_words(policy, guarantee.always))
    elif isinstance(guarantee, Indifference):
        asked = " or ".join(f"“{policy.field[name].ask}”" for name in guarantee.ignores)
        yield f"  {guarantee.name}: the same verdict whatever the answer to {asked} is. {guarantee.because}"
    elif isinstance(guarantee, Monotonicity):
        asked = " or ".join(f"“{policy.field[name].ask}”" for name in guarantee.rising)
        moving = guarantee.moving
        part = None if moving is None else policy.step.get(moving) or policy.number[moving]
        what = "the verdict" if part is None else f"“{part.means}”"
        moves = f"{what} never {guarantee.never} where the answer to {asked} rises"
        yield f"  {guarantee.name}: {moves}. {guarantee.because}"
    else:
        titles = " or ".join(f"“{policy.verdict[name].title}”" for name in guarantee.listed)
        yield f"  {guarantee.name}: {guarantee.word} {titles}. {guarantee.because}"
    lines = condition_words(policy, guarantee.when)
    if lines:
        yield "    when"
        yield from (f"      {line}" for line in lines)
