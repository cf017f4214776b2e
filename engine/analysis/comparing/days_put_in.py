"""A policy as it reads on one day: with that day in place of the field that says which day counts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import Any

from engine.language.model.condition_tree import (
    ALWAYS,
    COMPARE,
    DATE_OPS,
    ByDay,
    Compare,
    Condition,
    Holds,
    Some,
    Versus,
    with_tests,
)
from engine.language.model.field_kinds import Field
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import (
    GIVEN_BY_RULES,
    LARGER_OF,
    POINTS,
    PRODUCT,
    RATIO,
    SUM,
    Number,
    PointsEntry,
    Rule,
)
from engine.language.model.relations.dated_numbers import dated_values, with_values
from engine.language.model.relations.decision_steps import DecisionStep
from engine.language.model.relations.substitutions import with_conditions
from engine.language.model.values.computed_outputs import computed_in
from engine.language.model.values.grid_positions import exact_decimal
from engine.language.model.values.misfits import Misfit
from engine.language.model.values.value_readers import data_value
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
        raise PolicyError.of("missing-key", message, policy.place, help_)
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
        verdicts=tuple(replace(each, output=put_in.output(each.output)) for each in policy.verdicts),
        rules=put_in.rules(policy.rules),
        steps=tuple(replace(each, rules=tuple(put_in.rules_of_step(each))) for each in policy.steps),
        guarantees=(),
        as_of=None,
    )


class _DayPutIn:
    """Puts one day in place of a date field of a policy."""

    def __init__(self, policy: Policy, dated: Field, day: datetime.date) -> None:
        self.dated = dated
        self.day = day
        self.policy = policy
        # What becomes of each number: a number of the other answers, or a fixed value that the day alone makes.
        self._made: dict[str, Number | Fraction] = {}
        # Numbers that others need, which have no name of the author's.
        self._added: list[Number] = []
        made = [self._number(each.name) for each in policy.numbers]
        given = {entry.number for each in policy.numbers for entry in each.entries}
        self._added += [self._constant(name, each) for name, each in self._made.items()
                        if name in given and isinstance(each, Fraction)]  # fmt: skip
        self.numbers = (*(each for each in made if isinstance(each, Number)), *self._added)

    def _number(self, name: str) -> Number | Fraction:
        """Return a number with the day put in; its value if nothing else is part of it."""
        if name not in self._made:
            number = self._on_the_day(self.policy.number[name])
            if number.kind in GIVEN_BY_RULES:
                # The day is put into the rules of its step.
                self._made[name] = number
            elif number.kind == POINTS:
                self._made[name] = self._points(number)
            else:
                self._made[name] = self._sum(number) if number.kind == SUM else self._extreme(number)
        return self._made[name]

    def _constant(self, name: str, value: Fraction) -> Number:
        """Return the number of some name as one that is always the same: what a step works out keeps its number."""
        number = self.policy.number[name]
        means = f"{number.means} on {self.day}"
        if number.kind == RATIO:
            parts = (Decimal(value.numerator), Decimal(value.denominator))
            return Number(name, means, (), Decimal(0), number.place, kind=RATIO, parts=parts)
        return Number(name, means, (), exact_decimal(value), number.place)

    def _on_the_day(self, number: Number) -> Number:
        """Return a number with the values that dated constants have on the day."""

        def put_in(value: Any) -> Any:
            return value.at(self.day) if isinstance(value, ByDay) and value.on == self.dated.name else value

        if not self._changes(number):
            return number
        found = replace(with_values(number, put_in), named=())
        left_out = {name for name, _ in number.terms}.difference(name for name, _ in found.terms)
        terms = tuple((self._nothing_of(name), Decimal(1)) for name in sorted(left_out) if self._may_lack_value(name))
        return replace(found, terms=(*found.terms, *terms))

    def _may_lack_value(self, name: str) -> bool:
        """Whether a field or a number may have no value."""
        field = self.policy.field.get(name)
        return name in self.policy.optional_numbers if field is None else bool(field.absences)

    def _nothing_of(self, name: str) -> str:
        """Return the name of a number that is 0 where something has a value, and has none where that has none."""
        return self._add(Number(f"0 × {name}", name, (), Decimal(0), kind=PRODUCT, parts=(name, Decimal(0))))

    def _fixed_sum(self, number: Number, adds: Iterable[Decimal | ByDay]) -> str:
        """Return the name of a number that adds up what a sum has in any situation, on the days of other fields."""
        entries = tuple(PointsEntry(ALWAYS, add, "") for add in adds)
        return self._add(Number(f"fixed in {number.name}", number.means, (), Decimal(0), kind=POINTS, entries=entries))

    def _add(self, number: Number) -> str:
        if number not in self._added:
            self._added.append(number)
        return number.name

    def _changes(self, number: Number) -> bool:
        """Whether a number has values that change with the day which is put in."""
        return any(value.on == self.dated.name for value in dated_values(number))

    def _value(self, part: str) -> Fraction | None:
        """Return the value of the day, or of a number that the day alone makes; None for any other part."""
        if part == self.dated.name:
            return Fraction(self.day.toordinal())
        made = self._number(part) if part in self.policy.number else None
        return made if isinstance(made, Fraction) else None

    def _value_of_part(self, part: str | Decimal | ByDay) -> Fraction | None:
        """Return what a part is on that day in every situation; None if it depends on more."""
        if isinstance(part, ByDay):
            return None
        return self._value(part) if isinstance(part, str) else Fraction(part)

    def _means(self, number: Number, parts: Iterable[str | Decimal | ByDay]) -> str:
        """Return what a number is, with the day if it depends on that."""
        reads = (part for part in parts if isinstance(part, str))
        is_other = any(part == self.dated.name or self._number_differs(part) for part in reads)
        is_other = is_other or self._changes(self.policy.number[number.name])
        return f"{number.means} on {self.day}" if is_other else number.means

    def _number_differs(self, part: str) -> bool:
        """Whether a part is a number that depends on the day."""
        return part in self.policy.number and self._number(part) != self.policy.number[part]

    def _sum(self, number: Number) -> Number | Fraction:
        values = [(name, times, self._value(name)) for name, times in number.terms]
        terms = tuple((name, times) for name, times, value in values if value is None)
        fixed = [number.plus, *(_multiply(times, value) for _, times, value in values if value is not None)]
        dated = [each for each in fixed if isinstance(each, ByDay)]
        plus = sum((Fraction(each) for each in fixed if not isinstance(each, ByDay)), Fraction(0))
        if not terms and not dated:
            return plus
        means = self._means(number, (name for name, _ in number.terms))
        if means == number.means:
            return number
        if dated:
            terms = (*terms, (self._fixed_sum(number, dated), Decimal(1)))
        return replace(number, means=means, terms=terms, plus=exact_decimal(plus), named=())

    def _extreme(self, number: Number) -> Number | Fraction:
        values = [self._value_of_part(part) for part in number.parts]
        known = [value for value in values if value is not None]
        if len(known) == len(values):
            if number.kind == PRODUCT:
                return prod(known, start=Fraction(1))
            if number.kind == RATIO:
                return known[0] / known[1]
            return max(known) if number.kind == LARGER_OF else min(known)
        means = self._means(number, number.parts)
        if means == number.means:
            return number
        pairs = zip(number.parts, values, strict=True)
        parts = tuple(part if value is None else exact_decimal(value) for part, value in pairs)
        return replace(number, means=means, parts=parts, named=())

    def _points(self, number: Number) -> Number:
        if self.dated.name not in self.policy.names_behind([number.name]):
            return number
        return replace(with_conditions(number, self.condition), means=f"{number.means} on {self.day}")

    def field(self, field: Field) -> Field:
        """Return a field that does not depend on the day, and whose question comes after the one before it, if any."""
        after = self.dated.ask_after if field.ask_after == self.dated.name else field.ask_after
        when = None if field.applies_when is None else self.condition(field.applies_when)
        return replace(field, ask_after=after, applies_when=when)

    def rules(self, rules: Iterable[Rule]) -> tuple[Rule, ...]:
        """Return rules with the day put in."""
        return tuple(
            replace(each, when=self.condition(each.when), valid=None, output=self.output(each.output)) for each in rules
        )

    def rules_of_step(self, step: DecisionStep) -> Iterator[Rule]:
        """Iterate over the rules of a step with the day put in; what they work out keeps its number."""
        return (replace(each, when=self.condition(each.when), valid=None) for each in step.rules)

    def output(self, output: Any) -> Any:
        """Return outputs with the amounts that the day alone makes."""
        made = {name: (each, self._made.get(each.number)) for name, each in computed_in(output)}
        fixed = {name: each.text(value) for name, (each, value) in made.items() if isinstance(value, Fraction)}
        return {**output, **fixed} if fixed else output

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
        fixed = self._value(test.name)
        if isinstance(fixed, Fraction):
            listed: Any = test.value if isinstance(test.value, tuple) else (test.value,)
            values = tuple(Fraction(Decimal(each)) for each in listed)
            bound: Any = values if isinstance(test.value, tuple) else values[0]
            return ALWAYS if COMPARE[test.op](fixed, bound) else _NEVER
        return test


def _multiply(times: Decimal | ByDay, value: Fraction) -> Decimal | ByDay:
    """Return a fixed value that is multiplied by one number in all its periods."""
    if isinstance(times, ByDay):
        return replace(times, periods=tuple((day, _multiply(each, value)) for day, each in times.periods))
    return exact_decimal(Fraction(times) * value)
