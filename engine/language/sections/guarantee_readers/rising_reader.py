"""Reader for guarantees with `rising`: what never falls, or never rises, where the answers to some fields rise."""

from __future__ import annotations

from typing import Literal

from engine.language.documents.nodes import Mapping, Scalar
from engine.language.model.condition_tree import Condition
from engine.language.model.field_kinds import CHOICE, YES_NO
from engine.language.model.guarantees import Monotonicity
from engine.language.parsing.reading import Unshapely, read_flag, require_map, require_scalar, require_scalars
from engine.language.sections.item_readers import check_field
from engine.language.sections.outline import Outline


def read_rising(outline: Outline, mapping: Mapping, name: Scalar, when: Condition, because: str) -> Monotonicity:
    """Read a guarantee with `rising`."""
    written = require_scalars(mapping.get("rising"))
    movement_alone = mapping.get("never")
    if isinstance(movement_alone, Scalar) and movement_alone.text in ("falls", "rises"):
        name_of = "the name of a number or a step in place of `verdict`"
        help_ = f"write `never: {{verdict: {movement_alone.text}}}`, or {name_of}"
        message = f"nothing says what never {movement_alone.text}"
        outline.reading.refuse("wrong-shape", message, movement_alone.place, help_)
        raise Unshapely
    moves = require_map(mapping.get("never")).entries
    if len(moves) != 1:
        raise Unshapely
    [(subject, movement)] = moves.values()
    word = require_scalar(movement).text
    if word == "falls":
        never: Literal["falls", "rises"] = "falls"
    elif word == "rises":
        never = "rises"
    else:
        raise Unshapely
    outline.reading.refuse_repeats(written)
    rising = tuple(check_rising(outline, each) for each in written)
    number, step = None, None
    if subject.text in outline.steps:
        step = subject.text
        _check_step(outline, subject)
    elif subject.text != "verdict":
        number = subject.text
        if number not in outline.names.numbers:
            names = ("verdict", *outline.steps, *outline.names.numbers)
            outline.reading.refuse_unknown(
                "unknown-name", "step or number" if outline.steps else "number", subject, names
            )
        else:
            _refuse_ratio(outline, subject, word)
    elif not _says_ordered(outline):
        message = "the verdicts have no order, so none of them is lower than another"
        help_ = "write them from the lowest to the highest, and `verdicts_ordered: yes` at the top"
        outline.reading.refuse("wrong-comparison", message, subject.place, help_)
    return Monotonicity(name.text, when, rising, number, step, never, because, name.place)


def _check_step(outline: Outline, subject: Scalar) -> None:
    """Record a step that never falls or rises although its outcomes have no order."""
    choice = outline.steps[subject.text]
    if choice is None:
        outline.reading.incomplete = True
    elif not choice.ordered:
        message = f"the outcomes of the step `{subject.text}` have no order, so none of them is lower than another"
        help_ = f"if they are written from the lowest to the highest, say so in `{subject.text}`: `ordered: yes`"
        if outline.is_step_policy(subject.text):
            help_ = "write its verdicts from the lowest to the highest, and `verdicts_ordered: yes` in its file"
        outline.reading.refuse("wrong-comparison", message, (subject.place, choice.place), help_)


def _refuse_ratio(outline: Outline, subject: Scalar, word: str) -> None:
    """Record a ratio that never falls or rises: how two of its values compare is no comparison of sums."""
    from engine.language.parsing.ratios import is_name, ratio_parts

    parts = ratio_parts(outline.names, subject.text)
    if parts is not None:
        message = f"`{subject.text}` is a ratio, and what never {word} is the verdict or a number that divides nothing"
        named = " or of ".join(f"`{part}`" for part in parts if is_name(part))
        help_ = f"say it of {named}, or with `always` of `{subject.text}` and a fixed amount"
        outline.reading.refuse("wrong-comparison", message, subject.place, help_)


def _says_ordered(outline: Outline) -> bool:
    """Whether the verdicts are declared to be in order; also where that cannot be read, which is reported there."""
    written = outline.top.get("verdicts_ordered")
    try:
        return read_flag(written)
    except Unshapely:
        return True


def check_rising(outline: Outline, written: Scalar) -> str:
    """Check a reference to a field whose answers have an order, and return its name."""
    name = check_field(outline, written)
    field = outline.fields.get(name)
    if field is not None and not (field.ordered or field.is_ranged or field.kind == YES_NO):
        help_ = "name a field whose answers have an order: a number, a date, a yes or no, or an ordered choice"
        if field.kind == CHOICE:
            help_ = f"if its choices are written from the lowest to the highest, say so in `{name}`: `ordered: yes`"
        message = f"the answers to `{name}` have no order, so they cannot rise"
        outline.reading.refuse("wrong-comparison", message, written.place, help_)
    return name
