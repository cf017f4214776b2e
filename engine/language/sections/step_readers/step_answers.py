"""What answers the questions of a policy that is a step: a field, a step or a fact with the same answers."""

from __future__ import annotations

from engine.language.documents.nodes import Scalar
from engine.language.model.field_kinds import YES_NO, Field
from engine.language.parsing.shared_parts import with_known
from engine.language.sections.outline import Outline
from engine.language.sections.step_readers.policy_steps import StepPolicy

_NAME_A_FIELD = "name a field with the same answers"


def compare_answers(outline: Outline, field: Field, written: Scalar | None, step: StepPolicy, facts: set[str]) -> None:
    """Record what a field of the policy gets its answers from, if that has not the same answers."""
    name = field.name if written is None else written.text
    place = step.key.place if written is None else written.place
    if name in outline.fields:
        other = outline.fields[name]
        if other is None:
            outline.reading.incomplete = True
        elif found := _differences(field, other):
            keys = " and ".join(f"`{key}`" for key in found)
            message = f"`{field.name}` in `{step.name}` and `{name}` here differ in {keys}"
            help_ = f"write the same {keys} for both, or name another field in `with`"
            outline.reading.refuse("wrong-mapping", message, (place, other.place, field.place), help_)
        else:
            outline.fields[name] = with_known(other, field.known)
        return
    if name in outline.steps:
        choice = outline.steps[name]
        if choice is None:
            outline.reading.incomplete = True
        elif field.kind != "choice" or field.absences or choice.options != field.options:
            message = f"the outcomes of the step `{name}` are not the choices of `{field.name}` in `{step.name}`"
            help_ = "name a step with the same outcomes in the same order"
            if field.kind == "choice" and choice.options == field.options:
                message = f"the step `{name}` always has an outcome, and {_without_answer(field, step)}"
                help_ = _NAME_A_FIELD
            outline.reading.refuse("wrong-mapping", message, (place, choice.place, field.place), help_)
    elif name in facts:
        if field.kind != YES_NO or field.absences:
            lacks = f"`{field.name}` in `{step.name}` is no yes or no"
            if field.kind == YES_NO:
                lacks = _without_answer(field, step)
            message = f"the fact `{name}` holds or does not, and {lacks}"
            outline.reading.refuse("wrong-mapping", message, (place, field.place), _NAME_A_FIELD)
    elif written is not None:
        names = [*outline.fields, *(each for each in outline.steps if each != step.name), *facts]
        outline.reading.refuse_unknown("unknown-name", "field, step or fact", written, names)


def _without_answer(field: Field, step: StepPolicy) -> str:
    """Say how a field of the policy of a step may have no answer."""
    how = "is not always asked" if field.or_none is None else "may be answered `none`"
    return f"`{field.name}` in `{step.name}` {how}"


def _differences(one: Field, other: Field) -> list[str]:
    """The keys in which two fields differ, leaving aside words and the order of questions."""

    def written(field: Field) -> dict[str, object]:
        return {
            "type": field.kind,
            "choices": field.options,
            "ordered": field.ordered,
            "from": field.low,
            "to": field.high,
            "step": field.step,
            "unit": field.unit,
            "if_unsure": field.if_unsure,
            "or_none": field.or_none is not None,
        }

    found = written(other)
    differing = [key for key, value in written(one).items() if value != found[key]]
    return ["type"] if "type" in differing else differing
