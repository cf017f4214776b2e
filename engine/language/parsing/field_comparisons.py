"""Comparisons of a field with another field: which two can be compared, and what is said of those that cannot."""

from __future__ import annotations

from engine.language.documents.nodes import Entry, Mapping, Scalar
from engine.language.model.condition_tree import ALWAYS, Condition, Versus
from engine.language.model.field_kinds import DATE, Field
from engine.language.model.policy_parts import OUTPUT, Number
from engine.language.parsing.operands import Names, Operand


def read_versus(op: Scalar, other: Scalar, subject: Operand) -> Condition:
    """Read a comparison with another field.

    Args:
        op: The operator, such as `at_least`.
        other: The name of the other field.
        subject: The left side.

    Returns:
        The comparison; always true if the two cannot be compared, which is recorded.
    """
    refuse = subject.reading.refuse
    left, names = subject.field, subject.names
    if other.text in names.constants:
        message = f"`{other.text}` is a constant, not a field"
        refuse("wrong-comparison", message, other.place, f"write `{subject.name}: {{{op.text}: {other.text}}}`")
        return ALWAYS
    if subject.derived or other.text in names.numbers:
        from engine.language.parsing.ratios import refuse_ratio_compared

        if refuse_ratio_compared(subject, other):
            return ALWAYS
    if other.text in names.numbers:
        _refuse_number(other.text, left, subject, other)
        return ALWAYS
    if other.text in names.facts:
        message = f"`{other.text}` is a fact, which holds or does not, so nothing is compared with it"
        refuse("wrong-comparison", message, other.place, f"name a field, or test the fact: `{other.text}: yes`")
        return ALWAYS
    if other.text not in names.fields:
        subject.reading.refuse_unknown("unknown-name", "field", other, names.fields)
        return ALWAYS
    right = names.fields[other.text]
    if right is None:
        return ALWAYS
    if subject.derived:
        _refuse_number(subject.name, right, subject, other)
        return ALWAYS
    if left is None or not left.is_grid or not right.is_grid:
        wrong = subject.name if left is None or not left.is_grid else right.name
        message = f"`{wrong}` cannot be compared with another field"
        help_ = "only integers, dates and numbers with a `step` can"
        refuse("wrong-comparison", message, other.place, help_)
    elif left.name == right.name:
        refuse("wrong-comparison", f"`{left.name}` is compared with itself", other.place, "name another field")
    elif (left.kind == DATE) != (right.kind == DATE):
        message = f"a date cannot be compared with a number: `{left.name}`, `{right.name}`"
        refuse("wrong-comparison", message, other.place, "compare two dates, or two numbers")
    elif left.unit != right.unit:
        units = f"`{left.name}` counts {left.unit or 'no unit'}, `{right.name}` {right.unit or 'no unit'}"
        refuse(
            "wrong-comparison",
            f"fields of different units cannot be compared: {units}",
            other.place,
            "give both the same `unit`",
        )
    else:
        return Versus(left.name, op.text, right.name, op.place)
    return ALWAYS


def _refuse_number(number: str, field: Field | None, subject: Operand, other: Scalar) -> None:
    """Record a comparison of a number with a field, or with another number if there is no field."""
    names = subject.names
    compared = (subject.name, other.text)
    help_ = "name a field"
    is_amount = subject.derived if field is None else field.is_grid and field.kind != DATE
    if is_amount and subject.name != other.text:
        help_ = f"name a number with `sum: {{{subject.name}: 1, {other.text}: -1}}`, and compare it with 0"
        given = [f"`{each}`" for each in compared if each in names.numbers and _is_given_by_step(names, each)]
        if given:
            help_ += f"; if a step rounds {' or '.join(given)}, compare each of the two with fixed amounts"
    message = f"`{number}` is not a field, and only two fields can be compared"
    subject.reading.refuse("wrong-comparison", message, other.place, help_)


def _is_given_by_step(names: Names, number: str) -> bool:
    """Whether a number is an output of a step, also one that is written wrongly."""
    found = names.numbers[number]
    if isinstance(found, Number):
        return found.kind == OUTPUT
    return isinstance(found, Entry) and isinstance(found.value, Mapping) and found.value.get(OUTPUT) is not None
