"""The answers to the questions of a policy as unknowns of z3: one integer or truth value for each.

What says that there is no value, `none` or that the question is not asked, is a truth value beside them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import z3

from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NONE, TEXT, YES_NO, Field
from engine.language.model.policy import Policy
from tests.support.judging.solving.factors import is_grid
from tests.support.judging.solving.linear import Formula, Linear, exact_number, signed

# No question about a generated policy comes near this; where one does, the test fails rather than skip it.
_MILLISECONDS = 60_000
# A continuous answer is asked for with at most twelve digits behind the point.
_DIGITS = 10**12


class Unknowns:
    """The unknown answers of one situation, or of the second of two that share the answers to all but some fields."""

    def __init__(self, policy: Policy, apart: Collection[str] | None) -> None:
        self.policy = policy
        self._apart = apart
        self._solver = z3.Solver()
        self._solver.set("timeout", _MILLISECONDS)
        self.unknown: dict[str, Any] = {}
        # Whether a field is answered `none`; a choice or text has it among its answers.
        self.none: dict[str, Any] = {}
        # Whether a field with `applies_when` is not asked.
        self.not_asked: dict[str, Any] = {}
        for field in policy.fields:
            self.unknown[field.name] = self._declare(field)
            if field.none_column is not None:
                none = self.none[field.name] = self._aside(field, "is none")
                # Whatever the value would be, it is one answer.
                self._solver.add(z3.Implies(none, self._at_end(field)))
            if field.applies_when is not None:
                self._leave_out(field)

    def _own_name(self, name: str) -> str:
        """The name of something in the second of two situations."""
        return f"{name} apart from {sorted(self._apart or ())}"

    def _declare(self, field: Field) -> Any:
        """The unknown answer to one question, inside its range."""
        add = self._solver.add
        if self._is_apart(field):
            field = replace(field, name=self._own_name(field.name))
        if field.kind == ANY_OF:
            return {option: z3.Bool(f"{field.name} has {option}") for option in field.options}
        if field.kind == YES_NO:
            return z3.Bool(field.name)
        if field.kind in (CHOICE, TEXT):
            # The place in the list; for a text one more place for every other text.
            unknown = z3.Int(field.name)
            add(unknown >= 0, unknown < (len(field.known) + 1 if field.kind == TEXT else len(field.options)))
            return unknown
        low, high = field.low, field.high
        if field.kind == DATE:
            low, high = low or date.min, high or date.max
        unknown = z3.Int(field.name) if is_grid(field) else z3.Real(field.name)
        for sign, end in ((">=", low), ("<=", high)):
            if end is not None:
                add(self._line(field, unknown).compared(sign, exact_number(end)) if is_grid(field) else
                    signed(unknown, sign, z3.Q(*exact_number(end).as_integer_ratio())))  # fmt: skip
        return unknown

    def _is_apart(self, field: Field) -> bool:
        """Whether the second of two situations has an answer of its own."""
        return self._apart is not None and (field.name in self._apart or field.applies_when is not None)

    def _aside(self, field: Field, what: str) -> Any:
        """What is said of a field in place of a value."""
        return z3.Bool(self._own_name(f"{field.name} {what}") if self._is_apart(field) else f"{field.name} {what}")

    def _leave_out(self, field: Field) -> None:
        """Let a question have no answer, in one way: whatever the answer would be."""
        not_asked = self.not_asked[field.name] = self._aside(field, "is not asked")
        self._solver.add(z3.Implies(not_asked, self._at_end(field)))
        if field.name in self.none:
            self._solver.add(z3.Not(z3.And(not_asked, self.none[field.name])))

    def _at_end(self, field: Field) -> Formula:
        """That the unknown of a field has one certain value."""
        unknown: Any = self.unknown[field.name]
        if field.kind == ANY_OF:
            return z3.Not(z3.Or(list(unknown.values())))
        if field.kind == YES_NO:
            return z3.Not(unknown)
        if field.kind in (CHOICE, TEXT):
            return unknown == 0
        end = exact_number(field.low if field.low is not None else field.high)
        if is_grid(field):
            return self._line(field, unknown).compared("==", end)
        return signed(unknown, "==", z3.Q(*end.as_integer_ratio()))

    def _line(self, field: Field, unknown: z3.ArithRef) -> Linear:
        """The value of a field with neighbours, read off its unknown: the step times it, counted from the start."""
        if field.step is None:
            return Linear(((Fraction(1), unknown),), Fraction(0))
        return Linear(((exact_number(field.step), unknown),), exact_number(field.low or 0))

    def differs_from(self, other: Unknowns, name: str) -> Formula:
        """That two situations have different answers to a question; that there is none is one of the answers."""
        one, two = self.unknown[name], other.unknown[name]
        answers = [has != two[option] for option, has in one.items()] if isinstance(one, dict) else [one != two]
        beside = [(mine[name], theirs[name]) for mine, theirs in
                  ((self.none, other.none), (self.not_asked, other.not_asked)) if name in mine]  # fmt: skip
        return z3.Or(answers + [mine != theirs for mine, theirs in beside])

    def has_decimals_in(self, model: z3.ModelRef) -> bool:
        """Whether every continuous answer is a decimal; others, such as 19/12, nobody can write."""
        values = (model.eval(unknown, model_completion=True).as_fraction() for unknown in self._continuous.values())
        return all(_DIGITS % value.denominator == 0 for value in values)

    def decimals(self) -> list[Formula]:
        """That every continuous answer is a decimal. Whatever a policy tells apart has decimals in it."""
        return [unknown * _DIGITS == z3.ToReal(z3.Int(f"{name} without its point"))
                for name, unknown in self._continuous.items()]  # fmt: skip

    @property
    def _continuous(self) -> dict[str, z3.ArithRef]:
        """The unknowns of fields that take every number, by name."""
        return {name: unknown for name, unknown in self.unknown.items()
                if isinstance(unknown, z3.ArithRef) and unknown.is_real()}  # fmt: skip

    def _holds_in(self, model: z3.ModelRef, formula: Formula | None) -> bool:
        return formula is not None and z3.is_true(model.eval(formula, model_completion=True))

    def _read(self, model: z3.ModelRef, field: Field) -> Any:
        unknown: Any = self.unknown[field.name]
        if field.kind == ANY_OF:
            return [option for option, has in unknown.items() if z3.is_true(model.eval(has, model_completion=True))]
        if self._holds_in(model, self.none.get(field.name)):
            return NONE
        found = model.eval(unknown, model_completion=True)
        if field.kind == YES_NO:
            return z3.is_true(found)
        if field.kind == CHOICE:
            return field.options[found.as_long()]
        if field.kind == TEXT:
            return (*field.known, _other_text(field))[found.as_long()]
        if field.kind == DATE:
            return date.fromordinal(found.as_long())
        if field.kind == INTEGER:
            return found.as_long()
        line = self._line(field, unknown)
        return _decimal(line.weights[0][0] * found.as_long() + line.plus if is_grid(field) else found.as_fraction())


def _other_text(field: Field) -> str:
    """A text that is not known."""
    text = "anything"
    while text in field.known:
        text += " else"
    return text


def _decimal(value: Fraction) -> Decimal:
    """The same number as a decimal; it must be one."""
    with localcontext(prec=400):
        found = Decimal(value.numerator) / Decimal(value.denominator)
        assert Fraction(found) == value, value
        return found
