"""A policy as it reads on one day: with that day in place of the field that says which day counts."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.language.model.condition_tree import (
    ALWAYS,
    DATE_OPS,
    Compare,
    Condition,
    Holds,
    Some,
    Versus,
    with_tests,
)
from engine.language.model.field_kinds import Field
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Number
from engine.language.model.values.grid_positions import exact_decimal
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import data_value
from engine.meaning.reference import COMPARE
from engine.problems import Place, PolicyError, Problem

_NEVER = Some(())
# What a comparison of dates says of the other one.
_MIRRORED = dict(zip(DATE_OPS, ("on_or_before", "on_or_after", "before", "after"), strict=True))


def read_days(policy: Policy, days: tuple[Any, Any]) -> tuple[datetime.date, datetime.date]:
    """Read two days of the field that says which day counts.

    Raises:
        PolicyError: If the policy has no such field, or a day is none that it takes.
    """
    if policy.as_of is None:
        message = f"the policy `{policy.name}` does not say which day counts"
        help_ = "write `as_of: FIELD` at its top, with the date field whose days are compared"
        raise PolicyError([Problem("missing-key", message, (policy.place,), help_)])
    field = policy.field[policy.as_of]
    found: list[datetime.date] = []
    problems = []
    for day in days:
        try:
            value = data_value(field, day)
            assert isinstance(value, datetime.date)
            found.append(value)
        except Misfit as misfit:
            problems.append(Problem(misfit.code, misfit.message, (Place("between"),), misfit.help))
    if problems:
        raise PolicyError(problems)
    first, second = found
    return first, second


def put_day_in(policy: Policy, day: datetime.date) -> Policy:
    """Return the policy for a day alone: without its field `as_of`, as if every situation had this day."""
    assert policy.as_of is not None
    put_in = _DayPutIn(policy, policy.field[policy.as_of], day)
    return replace(
        policy,
        fields=tuple(put_in.field(each) for each in policy.fields if each.name != policy.as_of),
        numbers=put_in.numbers,
        facts=tuple(replace(each, when=put_in.condition(each.when)) for each in policy.facts),
        impossible=tuple(replace(each, when=put_in.condition(each.when)) for each in policy.impossible),
        rules=tuple(replace(each, when=put_in.condition(each.when), valid=None) for each in policy.rules),
        guarantees=(),
        as_of=None,
    )


class _DayPutIn:
    """Puts one day in place of a date field of a policy."""

    def __init__(self, policy: Policy, dated: Field, day: datetime.date) -> None:
        self.dated = dated
        self.day = day
        # Numbers that the day alone makes, and the others that it is part of.
        self.fixed: dict[str, Fraction] = {}
        numbers = []
        for number in policy.numbers:
            made = self._number(policy, number)
            if made is not None:
                numbers.append(made)
        self.numbers = tuple(numbers)

    def _number(self, policy: Policy, number: Number) -> Number | None:
        """Return a number with the day put in, as a sum of the other fields; None if nothing else is part of it."""
        flat = policy.linear_sums[number.name]
        if self.dated.name not in dict(flat.terms):
            return number
        plus = Fraction(flat.plus) + Fraction(dict(flat.terms)[self.dated.name]) * self.day.toordinal()
        terms = tuple((name, times) for name, times in flat.terms if name != self.dated.name)
        if not terms:
            self.fixed[number.name] = plus
            return None
        return Number(number.name, f"{number.means} on {self.day}", terms, exact_decimal(plus), number.place)

    def field(self, field: Field) -> Field:
        """Return a field whose question comes after that of the day, if at all, with the one before that."""
        return replace(field, ask_after=self.dated.ask_after) if field.ask_after == self.dated.name else field

    def condition(self, condition: Condition) -> Condition:
        """Return a condition with the day put in."""
        return with_tests(condition, self._test)

    def _test(self, test: Compare | Versus | Holds) -> Condition:
        """Return a test with the day put in."""
        if isinstance(test, Holds):
            return test
        if isinstance(test, Versus):
            if test.name == self.dated.name:
                return Compare(test.other, _MIRRORED[test.op], self.day, test.place)
            return Compare(test.name, test.op, self.day, test.place) if test.other == self.dated.name else test
        if test.name == self.dated.name:
            return ALWAYS if COMPARE[test.op](self.day, test.value) else _NEVER
        if test.name in self.fixed:
            listed: Any = test.value if isinstance(test.value, tuple) else (test.value,)
            values = tuple(Fraction(Decimal(each)) for each in listed)
            bound: Any = values if isinstance(test.value, tuple) else values[0]
            return ALWAYS if COMPARE[test.op](self.fixed[test.name], bound) else _NEVER
        return test
