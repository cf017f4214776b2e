"""Reader for numbers that a table gives: rules as those of a step, which give amounts and have to agree."""

from __future__ import annotations

from decimal import Decimal

from engine.language.documents.nodes import Entry, Mapping, Scalar
from engine.language.model.policy import UNIQUE
from engine.language.model.policy_parts import TABLE, Number, PointsEntry
from engine.language.model.relations.decision_steps import DecisionStep
from engine.language.parsing.reading import Unshapely, require_text
from engine.language.sections.outline import Outline
from engine.language.sections.step_readers.step_reader import StepOutline, read_step_rules


class TableOutline(StepOutline):
    """The outline of a policy as the rules of a table of amounts see it."""

    verdict_word = "amount"
    gives_amounts = True


def table_outline(outline: Outline, number: Mapping) -> TableOutline:
    """Return the outline for the rules of a number, which stand in `table` as those of a step do in `rules`."""
    rules = number.entries[TABLE]
    if isinstance(rules.value, Scalar):
        rules = Entry(rules.key, Mapping({TABLE: rules}, rules.value.place))
    return TableOutline(outline, Mapping({"rules": rules}, number.place))


def read_number_table(outline: Outline, key: Scalar, mapping: Mapping) -> Number | None:
    """Read a number that a table gives, and the step that has its rules; None if a row is wrong, which is recorded."""
    means = require_text(mapping.get("means"))
    assert outline.open_beside is not None
    inner = table_outline(outline, mapping)
    rules, is_whole = read_step_rules(inner, outline.open_beside, UNIQUE)
    inner.refuse_same_names("rule", inner.rule_names)
    inner.refuse_odd_exceptions(rules, UNIQUE)
    for rule in rules:
        if rule.output is not None:
            message = f"`{rule.name}` has an output, and the rules of a number give an amount only"
            outline.reading.refuse("misplaced-key", message, rule.place, "give the output in a rule of the policy")
    if not is_whole:
        raise Unshapely
    if not rules or not all(rule.then for rule in rules):
        return None
    values = sorted({Decimal(rule.then) for rule in rules})
    texts = dict.fromkeys(next(rule.then for rule in rules if Decimal(rule.then) == value) for value in values)
    outcomes = tuple((text, text) for text in texts)
    step = DecisionStep(key.text, means, outcomes, tuple(rules), place=key.place, is_number=True)
    outline.number_steps[key.text] = step
    entries = tuple(PointsEntry(step.test_of(text), Decimal(text), "", place=key.place) for text in texts)
    return Number(key.text, means, (), Decimal(0), key.place, kind=TABLE, entries=entries)
