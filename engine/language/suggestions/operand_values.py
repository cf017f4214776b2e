"""Operands of foreign comparisons, in the spelling of this language."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.language.documents.foreign_operators import meanings_of, split_range
from engine.language.documents.name_suggestions import find_by_label
from engine.language.documents.nodes import Mapping, Node, Scalar, Sequence
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NUMBER, YES_NO
from engine.language.model.values.misfits import FLAGS, Misfit
from engine.problems import Place

if TYPE_CHECKING:
    from engine.language.parsing.operands import Operand


# A condition, or the right-hand side of a comparison, as plain data.
Data: TypeAlias = Any
_COMMA = re.compile(r"[-+]?\d+,\d{1,2}")
UNPLACED = Place("", 1, 1)


def split_values(text: str, subject: Operand) -> tuple[Data, ...] | None:
    """The value or alternatives that a text lists; None if they do not fit."""
    bare = text.strip().strip("[](){}").strip()
    # A comma inside a number may be a decimal comma or a thousands separator.
    comma = r",\s" if subject.kind() in (INTEGER, NUMBER) else ","
    for parts in ([bare], re.split(rf"\s*(?:{comma}|;|\||/|\bor\b|\band\b|\bnor\b|&)\s*", bare)):
        stripped = [part.strip().strip("\"'") for part in parts if part.strip()]
        if stripped and all_fit(stripped, subject):
            return tuple(spell_constant(Scalar(part, True, UNPLACED), subject) for part in stripped)
    return None


def all_fit(texts: Collection[str], subject: Operand) -> bool:
    """Whether each text is a value of the operand, or the name of a comparable field."""
    scalars = {text: Scalar(_canonical(text, subject), True, UNPLACED) for text in texts}
    return all(
        _names_comparable_field(text, subject) or fits_operand(scalar, subject) for text, scalar in scalars.items()
    )


def fits_operand(scalar: Scalar, subject: Operand) -> bool:
    """Whether a scalar is a value of the operand."""
    try:
        subject.read_one(scalar)
    except Misfit:
        return False
    return True


def _names_comparable_field(text: str, subject: Operand) -> bool:
    """Whether a text names another field with which this one can be compared."""
    other, own = subject.names.fields.get(text), subject.field
    return (
        other is not None
        and own is not None
        and other.name != own.name
        and own.is_grid
        and other.is_grid
        and (own.kind == DATE) == (other.kind == DATE)
        and own.unit == other.unit
    )


def read_operands(node: Node, subject: Operand) -> tuple[Data, ...] | None:
    """The right-hand side of a comparison as operands; None if nothing can be compared with it."""
    if isinstance(node, Scalar):
        if node.empty:
            return None
        ends = split_range(node.text)
        if ends and subject.is_ordered() and not fits_operand(node, subject) and all_fit(ends, subject):
            return ends
        return (spell_constant(node, subject),)
    if isinstance(node, Sequence):
        items = [item for item in node.items if isinstance(item, Scalar) and not item.empty]
        return tuple(spell_constant(item, subject) for item in items) if len(items) == len(node.items) else None
    if not isinstance(node, Mapping):
        return None
    if set(node.entries) <= {"field", "constant"} and len(node.entries) == 1:
        [(_, named)] = node.entries.values()
        return (named_operand(named, subject),) if isinstance(named, Scalar) else None
    # A nested range, `between: {min: 1, max: 5}`.
    if len(node.entries) == 2:
        ends_by = {meanings_of(op.text)[:1]: right for op, right in node.entries.values()}
        low, high = ends_by.get(("at_least",)), ends_by.get(("at_most",))
        if isinstance(low, Scalar) and isinstance(high, Scalar):
            return (spell_constant(low, subject), spell_constant(high, subject))
    return None


def named_operand(name: Scalar, subject: Operand) -> Data:
    """What a name under `field` or `constant` stands for: the bare name of a constant, or a field."""
    return name.text if name.text in subject.names.constants else {"field": name.text}


def spell_constant(scalar: Scalar, subject: Operand) -> Data:
    """A constant in this language's spelling: the name for its label, a decimal point, `yes` for `TRUE`."""
    if subject.kind() == YES_NO:
        return FLAGS.get(scalar.text.casefold(), scalar.text)
    if fits_operand(scalar, subject):
        return scalar.text
    if _names_comparable_field(scalar.text, subject):
        return {"field": scalar.text}
    return _canonical(scalar.text, subject)


def _canonical(text: str, subject: Operand) -> str:
    """A value in this language's spelling, where it has another."""
    kind = subject.kind()
    if kind == YES_NO:
        return FLAGS.get(text.casefold(), text)
    if kind in (CHOICE, ANY_OF) and subject.field:
        return find_by_label(text, subject.field.texts) or text
    if kind in (INTEGER, NUMBER) and _COMMA.fullmatch(text):
        return text.replace(",", ".")
    return text
