"""When the questions of a policy that is a step are asked, in the policy that names it.

A question that both ask is asked under the same answers in both. One that is taken over keeps its `applies_when`, in
the names of the policy that takes it over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from engine.frozen import NamedTuple
from engine.language.model import canonical
from engine.language.model.asking.applicability import order_of_fields
from engine.language.model.condition_tree import Compare, Condition, Holds, Not, Versus, with_tests
from engine.language.model.field_kinds import Field
from engine.language.model.policy_parts import Fact, Number
from engine.language.model.relations.substitutions import with_conditions, with_names
from engine.language.sections.outline import Outline
from engine.problems import Place


class Asked(NamedTuple):
    """A field of a policy that is a step: its name in the other policy, and when it is asked, in the names of that."""

    name: str
    when: Condition | None
    field: Field
    step: str
    place: Place


def take_applicability(
    outline: Outline, asked: Iterable[Asked], taken: Iterable[str], parts: Iterable[Fact | Number]
) -> None:
    """Give the fields that are taken over their `applies_when`, and record others that differ in theirs.

    Args:
        outline: The declarations of the file.
        asked: The fields of all policies that are steps.
        taken: The names of the fields that are taken over from them.
        parts: The facts and numbers of the file, of its steps and of the libraries that it uses.
    """
    left = set(taken)
    known = {each.name: each for each in parts}
    for each in asked:
        field = outline.fields.get(each.name)
        if field is None:
            continue
        if each.name in left:
            left.remove(each.name)
            outline.fields[each.name] = replace(field, applies_when=each.when)
        elif _spelled(field.applies_when, known) != _spelled(each.when, known):
            message = f"`{each.field.name}` in `{each.step}` and `{each.name}` here differ in `applies_when`"
            help_ = "write the same `applies_when` for both, or name another field in `with`"
            places = (each.place, field.place, each.field.place)
            outline.reading.refuse("wrong-mapping", message, places, help_)


def refuse_waiting(outline: Outline, parts: Iterable[Fact | Number]) -> None:
    """Record questions that wait for each other once those of the steps are asked, too."""
    fields = {name: field for name, field in outline.fields.items() if field}
    read = order_of_fields(fields, {each.name: each for each in parts})
    after = {name: [field.ask_after] if field.ask_after in fields else [] for name, field in fields.items()}
    after = {name: [*before, *read.get(name, ())] for name, before in after.items()}
    outline.refuse_question_cycles(after, {name: field.place for name, field in fields.items()}, read)


def _spelled(condition: Condition | None, known: Mapping[str, Fact | Number]) -> Any:
    """Return a condition as data, with what facts and numbers say in place of their names."""
    if condition is None:
        return None

    def number_name(name: str) -> str:
        each = known.get(name)
        if not isinstance(each, Number):
            return name
        whole = with_conditions(with_names(each, number_name), lambda when: with_tests(when, spelled_out))
        return repr({**canonical.number_data(whole, canonical.resolved), "means": ""})

    def spelled_out(test: Compare | Versus | Holds) -> Condition:
        if isinstance(test, Compare):
            return replace(test, name=number_name(test.name))
        fact = known.get(test.fact) if isinstance(test, Holds) else None
        if not isinstance(test, Holds) or not isinstance(fact, Fact):
            return test
        inside = with_tests(fact.when, spelled_out)
        return inside if test.expected else Not(inside)

    return canonical.condition_data(with_tests(condition, spelled_out))
