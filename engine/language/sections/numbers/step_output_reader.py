"""Reader for numbers that a step gives as one of its outputs."""

from __future__ import annotations

from collections.abc import Mapping as Outputs
from decimal import Decimal
from typing import Any

from engine.language.documents.nodes import Mapping, Scalar
from engine.language.documents.text import shorten
from engine.language.model.policy_parts import OUTPUT, Number, Rule
from engine.language.model.relations.decision_steps import DecisionStep
from engine.language.model.relations.step_outputs import entries_of
from engine.language.model.values.plain_amounts import is_number
from engine.language.parsing.reading import require_scalar, require_text
from engine.language.sections.outline import Outline
from engine.language.sections.step_readers.step_reader import step_named


def read_number_output(outline: Outline, key: Scalar, mapping: Mapping) -> Number | None:
    """Read a number that is an output of a step; None if the step does not give it everywhere, which is recorded."""
    means = require_text(mapping.get("means"))
    output, of = require_scalar(mapping.get(OUTPUT)), require_scalar(mapping.get("of"))
    if not _is_step(outline, of):
        return None
    step = step_named(outline, of.text)
    if step is None:
        outline.reading.incomplete = True
        return None
    if not _is_given(outline, key.text, step, output):
        return None
    entries = entries_of(step, output.text)
    given_by = (step.name, output.text)
    return Number(key.text, means, (), Decimal(0), key.place, kind=OUTPUT, entries=entries, given_by=given_by)


def _is_step(outline: Outline, of: Scalar) -> bool:
    """Whether a name is that of a step; recorded if not."""
    if of.text in outline.steps:
        return True
    if of.text.endswith((".yaml", ".yml", ".json")):
        message = f"`{shorten(of.text)}` is a file, and the name of a step stands here"
        help_ = f"name the file as a step, `steps: {{NAME: {{policy: {shorten(of.text)}}}}}`, and write its name here"
        outline.reading.refuse("unknown-name", message, of.place, help_)
    elif outline.steps:
        outline.reading.refuse_unknown("unknown-name", "step", of, outline.steps)
    elif not outline.reading.may_lack("unknown-name"):
        message = f"there is no step `{shorten(of.text)}`"
        help_ = "declare it under `steps:`, or name the library that has it under `uses:`"
        outline.reading.refuse("unknown-name", message, of.place, help_)
    return False


def _is_given(outline: Outline, number: str, step: DecisionStep, output: Scalar) -> bool:
    """Whether every rule of a step gives an output as a number, written out or worked out; recorded if not."""
    name, refuse = output.text, outline.reading.refuse
    given = [(rule, step.outputs_of(rule)) for rule in step.rules]
    known = dict.fromkeys(each for _, outputs in given for each in outputs)
    if not known:
        message = f"the rules of the step `{step.name}` give no outputs, and `{number}` is one of them"
        help_ = f"give each of its rules, or of its outcomes, an amount: `output: {{{shorten(name)}: 2}}`"
        refuse("bad-output", message, (output.place, step.place), help_)
        return False
    if name not in known:
        outline.reading.refuse_unknown("unknown-name", "output", output, known)
        return False
    if any(_reads_as_worked_out(outputs.get(name)) for _, outputs in given):
        # It is refused where it stands.
        outline.reading.incomplete = True
        return False
    wrong = [(rule, fault) for rule, outputs in given if (fault := _fault_in(name, rule, outputs))]
    if not wrong:
        return True
    rule, (what, help_) = wrong[0]
    more = len(wrong) - 1
    others = f" ({more:,} other rule{'s' if more > 1 else ''} likewise)" if more else ""
    message = f"`{rule.name}` of the step `{step.name}` {what}, and the number `{number}` is that output{others}"
    refuse("bad-output", message, (output.place, rule.place), help_)
    return False


def _reads_as_worked_out(value: Any) -> bool:
    """Whether an output is data that names a number in a wrong form."""
    return isinstance(value, dict) and "number" in value


def _fault_in(name: str, rule: Rule, outputs: Outputs[str, Any]) -> tuple[str, str] | None:
    """What a rule does in place of giving an output as a number, and the help; None if it does give one."""
    shown, value = shorten(name), outputs.get(name)
    if name not in outputs:
        return f"gives no `{shown}`", f"give it, `output: {{{shown}: 2}}`, in the rule or in its outcome `{rule.then}`"
    if is_number(value):
        return None
    kind = "a list" if isinstance(value, list) else "a map" if isinstance(value, dict) else "no value"
    kind = f"the text `{shorten(value)}`" if isinstance(value, str) else kind
    kind = "true or false" if isinstance(value, bool) else kind
    help_ = (
        f"write a plain number there, as in `{shown}: 2`, without quotes, or work it out, `{shown}: {{number: NAME}}`"
    )
    others = [each for each, other in outputs.items() if is_number(other)]
    if others:
        help_ += f", or read another output, such as `{shorten(others[0])}`"
    return f"gives `{shown}` as {kind}, which is no number", help_
