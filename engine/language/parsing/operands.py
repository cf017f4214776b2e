"""The left-hand side of a comparison (a field or a derived number), and how its constants are read."""

from __future__ import annotations

import datetime
from collections.abc import Mapping as AbstractMapping

from engine.frozen import FrozenDict, frozen_value
from engine.language.documents.nodes import Scalar
from engine.language.documents.text import shorten
from engine.language.model.condition_tree import DATE_OPS, LIST_OPS, MEMBER_OPS, ORDER_OPS, ByDay
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NONE, NUMBER, TEXT, YES_NO, Field, Value
from engine.language.model.policy_parts import Constant
from engine.language.model.values.misfits import REPORTED, Misfit
from engine.language.model.values.value_readers import read_constant, read_decimal
from engine.language.parsing.bounds import Bound
from engine.language.parsing.reading import Reading


@frozen_value
class Names:
    """The names that conditions may use, by section; None for a field that could not be read and so is not checked."""

    fields: AbstractMapping[str, Field | None]
    numbers: AbstractMapping[str, object]
    facts: AbstractMapping[str, object]
    constants: AbstractMapping[str, Constant | None] = FrozenDict()
    # For each step the choice that stands for it.
    steps: AbstractMapping[str, Field | None] = FrozenDict()

    def all(self) -> list[str]:
        """All names that a test may be about, fields first."""
        return [*self.fields, *self.numbers, *self.facts, *self.steps]

    def amounts(self, number: str) -> list[str]:
        """The names that a number may be made of: fields and other numbers."""
        return [*self.fields, *(name for name in self.numbers if name != number)]


@frozen_value
class Operand:
    """The field or derived number that a comparison is about; `field` is None for a derived number."""

    name: str
    field: Field | None
    derived: bool
    names: Names
    reading: Reading

    def kind(self) -> str:
        """The kind of the field; a derived number counts as a number."""
        return self.field.kind if self.field else NUMBER

    def read_one(self, scalar: Scalar) -> Value:
        """Read a single constant; for a list, one option that it may contain. Raises `Misfit`."""
        if self.kind() != ANY_OF:
            return self.read(scalar)
        return read_constant(as_choice(self.field), scalar) if self.field else scalar.text

    def is_ordered(self) -> bool:
        """Whether its values can be compared by order."""
        return self.kind() in (INTEGER, NUMBER, DATE) or bool(self.field and self.field.ordered)

    def bound(self, scalar: Scalar, op: str = "") -> Bound:
        """Read a value to compare with, or the name of a constant; raises `Misfit` if it does not fit.

        Args:
            scalar: The value.
            op: The comparison whose only value it is, `|` for a cell of a table; otherwise empty.
        """
        constants = self.names.constants
        if scalar.text == NONE and op in (*ORDER_OPS, *DATE_OPS) and self.field is not None and self.field.or_none:
            message = f"`none` is no value of `{self.name}`, so nothing is more or less than it"
            raise Misfit("wrong-comparison", message, f"write `{self.name}: none`, or `{self.name}: {{known: yes}}`")
        if scalar.text == NONE and self.field is not None and _is_only_unasked(self.field):
            message = f"`none` is no answer to `{self.name}`, which has no `or_none`"
            raise Misfit("wrong-type", message, f"where the question is not asked, `{self.name}: {{known: no}}` holds")
        if self.kind() not in (INTEGER, NUMBER, DATE):
            return Bound(self._named_here(scalar, op) if constants else self._written(scalar))
        if scalar.text in constants:
            from engine.language.parsing.named_constants import compared_constant, named_constant

            constant = named_constant(scalar, constants[scalar.text])
            if isinstance(constant.value, tuple):
                message = f"the constant `{constant.name}` is a list, and one value stands here"
                help_ = self._list_help(constant, op) or "write one value, or name another constant"
                raise Misfit("wrong-type", message, help_)
            return compared_constant(constant, self.name, self.field)
        try:
            return Bound(self._written(scalar))
        except Misfit as misfit:
            from engine.language.parsing.named_constants import may_be_unread, with_near_constant

            if may_be_unread(scalar, self.reading):
                raise Misfit(REPORTED, misfit.message) from None
            raise with_near_constant(misfit, scalar, constants) from None

    def _named_here(self, scalar: Scalar, op: str) -> Value:
        """Read a choice, text, or yes and no; an error says how a constant of that name would be used."""
        try:
            return self._written(scalar)
        except Misfit as misfit:
            constant = self.names.constants.get(scalar.text)
            if constant is None or not scalar.plain or not isinstance(constant.value, tuple):
                raise
            raise Misfit(misfit.code, misfit.message, self._list_help(constant, op) or misfit.help) from None

    def _list_help(self, constant: Constant, op: str) -> str:
        """The help for the name of a list where one value stands; empty if its values are none of this operand."""
        if not self.lists(constant):
            return ""
        if op in ("is", *MEMBER_OPS):
            word = "one_of" if op == "is" else op
            return f"write `{self.name}: {{{word}: {constant.name}}}` for the values of the constant"
        from engine.language.model.values.value_texts import quantity_text

        values = constant.value if isinstance(constant.value, tuple) else ()
        texts = [value if isinstance(value, str) else quantity_text(value) for value in values]
        if op == "|":
            return f"a cell has no word for a list: write its values, `{' | '.join(texts)}`"
        if op in LIST_OPS:
            return f"write the values of the constant, `{self.name}: {{{op}: [{', '.join(texts)}]}}`"
        return "write one value; the name of a list stands alone after `one_of` or `none_of`"

    def lists(self, constant: Constant) -> bool:
        """Whether a constant is a list of values of this operand; for a list of answers, of its options."""
        own = self
        if self.field is not None and self.kind() == ANY_OF:
            own = Operand(self.name, as_choice(self.field), False, self.names, self.reading)
        try:
            own.listed(constant)
        except Misfit:
            return False
        return True

    def listed(self, constant: Constant) -> Bound:
        """Read the values of a list constant as those of this operand; raises `Misfit` if one does not fit."""
        if not isinstance(constant.value, tuple):
            value = constant.value.periods[0][1] if isinstance(constant.value, ByDay) else constant.value
            message = f"the constant `{constant.name}` is no list"
            is_alike = (self.kind() == DATE) == isinstance(value, datetime.date)
            brackets = f"write it in square brackets, `[{constant.name}]`"
            fits = self.kind() in (INTEGER, NUMBER, DATE) and is_alike
            raise Misfit("wrong-type", message, brackets if fits else "name a constant that is a list")
        if self.kind() == YES_NO:
            message = f"`{self.name}` is yes or no, and the constant `{constant.name}` is a list of other values"
            raise Misfit("wrong-comparison", message, f"write `{self.name}: yes` or `{self.name}: no`")
        if self.field is not None and self.field.unit and constant.unit and self.field.unit != constant.unit:
            message = f"`{self.name}` counts {self.field.unit}, and the constant `{constant.name}` {constant.unit}"
            raise Misfit("wrong-comparison", message, "give both the same `unit`")
        from engine.language.model.values.value_texts import quantity_text

        values = []
        for item in constant.value:
            text = item if isinstance(item, str) else quantity_text(item)
            # A text that looks like a number was written in quotes, or it would have been read as one.
            is_plain = not isinstance(item, str) or text[:1].isalpha()
            try:
                values.append(self._written(Scalar(text, is_plain, constant.place)))
            except Misfit as misfit:
                message = f"the constant `{constant.name}` does not fit `{self.name}`: {misfit.message}"
                raise Misfit(misfit.code, message, misfit.help) from None
        return Bound(tuple(dict.fromkeys(values)), constant.name)

    def read(self, scalar: Scalar) -> Value:
        """Read a value to compare with, or that of a named constant; raises `Misfit` if it does not fit."""
        value: Value = self.bound(scalar).value
        return value

    def _written(self, scalar: Scalar) -> Value:
        """Read a value that is written out; raises `Misfit` if it does not fit, or is not a known text."""
        if self.field is None:
            return read_decimal(scalar)
        value = read_constant(self.field, scalar)
        if self.kind() == TEXT and value not in self.field.rank:
            message = f"`{shorten(str(value))}` is not a known text of `{self.name}`"
            from engine.language.model.near_texts import near_text

            near = near_text(self.field.known, str(value))
            if near is not None:
                help_ = f"did you mean `{shorten(near)}`: texts are compared letter by letter"
                raise Misfit("unknown-choice", message, help_)
            known = ", ".join(f"`{text}`" for text in self.field.known[:12])
            there = f"there is {known}" if known else "none is listed"
            help_ = f"add it to the field's `known` texts ({there})"
            raise Misfit("unknown-choice", message, help_)
        return value


def _is_only_unasked(field: Field) -> bool:
    """Whether a field has no value where its question is not asked, and nowhere else."""
    return field.applies_when is not None and field.or_none is None and NONE not in (*field.options, *field.known)


def as_choice(field: Field) -> Field:
    """The `choice` field with the options of an `any_of` field, for reading a single option."""
    return Field(field.name, field.ask, CHOICE, field.choices, place=field.place)
