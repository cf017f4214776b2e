"""A policy as formulas for a general solver, and the situations that satisfy them.

A third reading of the meaning, for policies that cannot be tried situation by situation: open ends, continuous
numbers, wide ranges under sums. z3 has one integer or truth value for each answer, and is asked one query for each
question; it shares nothing with the engine beyond the reading of the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

import z3

from engine.language.model.condition_tree import All, ByDay, Compare, Condition, Holds, Not, Some, Versus
from engine.language.model.field_kinds import ANY_OF, CHOICE, NONE, TEXT, YES_NO, Field
from engine.language.model.policy import FIRST, Policy
from tests.support.judging.solving.factors import few_values, is_grid
from tests.support.judging.solving.linear import Formula, Linear, chosen, exact_number, extreme, signed
from tests.support.judging.solving.solver_outputs import conflict
from tests.support.judging.solving.unknowns import Unknowns

_ONE = Linear((), Fraction(1))

_SIGN = {
    "at_least": ">=",
    "on_or_after": ">=",
    "at_most": "<=",
    "on_or_before": "<=",
    "more_than": ">",
    "after": ">",
    "less_than": "<",
    "before": "<",
    "is": "==",
}


class Solver(Unknowns):
    """One policy as formulas, and whether some situation satisfies them.

    The solver of the second of two situations shares the unknowns of the first, apart from some fields.
    """

    def __init__(self, policy: Policy, apart: Collection[str] | None = None) -> None:
        super().__init__(policy, apart)
        self._others: dict[frozenset[str], Solver] = {}
        self._facts: dict[str, Formula] = {}
        for fact in policy.facts_in_order:
            self._facts[fact.name] = self._name(f"fact {fact.name}", self.condition(fact.when))
        self.written_impossible = [each.when for each in policy.impossible if not each.implied_by]
        excluded = [self.condition(when) for when in self.written_impossible]
        # That every question has an answer exactly where it is asked.
        self.answers_fit = z3.And([
            self.not_asked[field.name] != self.condition(field.applies_when)
            for field in policy.fields
            if field.applies_when is not None
        ] or [z3.BoolVal(True)])  # fmt: skip
        self.possible = self._name("possible", z3.And([self.answers_fit, *map(z3.Not, excluded)]))
        named = {rule.name: self._name(f"applies {rule.name}", self.condition(rule.when)) for rule in policy.rules}
        self.applies = self.with_rest(named)
        self.stands = {
            name: self._name(f"stands {name}", formula)
            for name, formula in self.standing(self.applies, self.policy).items()
        }

    # What there is.

    def _name(self, name: str, formula: Formula) -> Formula:
        """A truth value that stands for a formula."""
        short = z3.Bool(name if self._apart is None else self._own_name(name))
        self._solver.add(short == formula)
        return short

    def _amounts(self, name: str) -> set[str]:
        """The fields without whose values a field or number has none."""
        if name not in self.policy.number:
            return {name}
        number = self.policy.number[name]
        parts = [*(part for part, _ in number.terms), *(part for part in number.parts if isinstance(part, str))]
        written = [times for _, times in number.terms] + [number.plus, *number.parts]
        written += [entry.add for entry in number.entries]
        parts += [each.on for each in written if isinstance(each, ByDay)]
        return set().union(*map(self._amounts, parts))

    def known(self, name: str) -> Formula:
        """That a field or a derived number has a value."""
        names = self._amounts(name)
        absent = [*self.none.items(), *self.not_asked.items()]
        formulas = [z3.Not(each) for field, each in absent if field in names]
        for field in self.policy.fields:
            if field.or_none is not None and field.none_column is None and field.name in names:
                places = field.options if field.kind == CHOICE else field.known
                formulas.append(self.unknown[field.name] != places.index(NONE))
        return z3.And(formulas or [z3.BoolVal(True)])

    def value(self, name: str) -> Linear:
        """The value of a grid field or a derived number."""
        if name not in self.policy.number:
            return self._line(self.policy.field[name], self.unknown[name])
        number = self.policy.number[name]
        # Of the entries of a table, and of the amounts of an output, exactly one holds.
        if number.kind in ("points", "table", "output"):
            total = Linear((), Fraction(0))
            for entry in number.entries:
                held = self.condition(entry.when)
                total = total.add(
                    chosen([(held, self._times(_ONE, entry.add)), (z3.Not(held), _ONE.times(Fraction(0)))])
                )
            return total
        if number.kind == "product":
            return self._product(number.parts)
        if number.kind != "sum":
            parts = [self.value(part) if isinstance(part, str) else self._times(_ONE, part) for part in number.parts]
            return extreme(parts, largest=number.kind == "larger_of")
        total = self._times(_ONE, number.plus)
        for of, weight in number.terms:
            total = total.add(self._times(self.value(of), weight))
        return total

    def _product(self, parts: Sequence[Any]) -> Linear:
        """A product: for each value of the factors but one, that one times the value."""
        few = {place: found for place, part in enumerate(parts) if (found := few_values(self.policy, part)) is not None}
        left = next((place for place in range(len(parts)) if place not in few), 0)
        total = self.value(parts[left]) if isinstance(parts[left], str) else self._times(_ONE, parts[left])
        for place, part in enumerate(parts):
            if place == left:
                continue
            if not isinstance(part, str):
                total = self._times(total, part)
                continue
            own = self.value(part)
            total = chosen([(own.compared("==", each), total.times(each)) for each in few[place]])
        return total

    def _times(self, value: Linear, factor: Any) -> Linear:
        """A value times a number, or times that of a dated constant."""
        if not isinstance(factor, ByDay):
            return value.times(exact_number(factor))
        day = self._line(self.policy.field[factor.on], self.unknown[factor.on])
        begun = [day.compared(">=", exact_number(first or date.min)) for first, _ in factor.periods]
        ended = [*map(z3.Not, begun[1:]), z3.BoolVal(True)]
        return chosen([
            (z3.And(begins, ends), value.times(exact_number(each)))
            for begins, ends, (_, each) in zip(begun, ended, factor.periods, strict=True)
        ])  # fmt: skip

    # What conditions say.

    def condition(self, condition: Condition) -> Formula:
        """The situations in which a condition holds."""
        match condition:
            case All(parts):
                return z3.And([self.condition(part) for part in parts] or [z3.BoolVal(True)])
            case Some(parts):
                return z3.Or([self.condition(part) for part in parts] or [z3.BoolVal(False)])
            case Not(part):
                return z3.Not(self.condition(part))
            case Holds(fact, expected):
                return self._facts[fact] if expected else z3.Not(self._facts[fact])
            case Versus(name, op, other):
                difference = self.value(name).add(self.value(other).times(Fraction(-1)))
                return z3.And(self.known(name), self.known(other), difference.compared(_SIGN[op], Fraction(0)))
            case Compare():
                return self._compare(condition)
        raise AssertionError(condition)

    def _compare(self, test: Compare) -> Formula:
        if test.op == "none_of":
            listed = self._compare(Compare(test.name, "one_of", test.value))
            return z3.And(self.known(test.name), z3.Not(listed))
        if test.op == "one_of":
            assert isinstance(test.value, tuple)
            return z3.Or([self._compare(Compare(test.name, "is", each)) for each in test.value])
        if test.op == "known":
            return self.known(test.name) if test.value else z3.Not(self.known(test.name))
        if test.value == NONE and test.name in self.none:
            return self.none[test.name]
        if test.value == NONE and test.name in self.not_asked:
            return z3.And(z3.Not(self.not_asked[test.name]), self._compare_value(test))
        if test.op != "is" or test.name in {*self.none, *self.not_asked, *self.policy.number}:
            return z3.And(self.known(test.name), self._compare_value(test))
        return self._compare_value(test)

    def _compare_value(self, test: Compare) -> Formula:
        """A comparison of something that has a value, or of a choice or text."""
        field = self.policy.field.get(test.name)
        if field is None and self.policy.number[test.name].kind == "ratio":
            # The divisor is positive.
            of, to = self.policy.number[test.name].parts
            divided, divisor = (
                self.value(part) if isinstance(part, str) else self._times(_ONE, part) for part in (of, to)
            )
            return divided.add(divisor.times(-exact_number(test.value))).compared(_SIGN[test.op], Fraction(0))
        if field is None or is_grid(field):
            return self.value(test.name).compared(_SIGN[test.op], exact_number(test.value))
        unknown: Any = self.unknown[test.name]
        if field.kind == ANY_OF:
            return self._compare_list(test, unknown)
        if field.kind == YES_NO:
            return unknown if test.value else z3.Not(unknown)
        if field.kind in (CHOICE, TEXT):
            places = field.options if field.kind == CHOICE else field.known
            return signed(unknown, _SIGN[test.op], z3.IntVal(places.index(str(test.value))))
        return signed(unknown, _SIGN[test.op], z3.Q(*exact_number(test.value).as_integer_ratio()))

    def _compare_list(self, test: Compare, has: Mapping[str, Formula]) -> Formula:
        assert isinstance(test.value, tuple)
        if test.op == "includes":
            return z3.And([has[option] for option in test.value])
        if test.op == "includes_any":
            return z3.Or([has[option] for option in test.value])
        barred = test.value if test.op == "excludes" else [option for option in has if option not in test.value]
        return z3.And([z3.Not(has[option]) for option in barred] or [z3.BoolVal(True)])

    # What rules say.

    def with_rest(self, named: Mapping[str, Formula]) -> dict[str, Formula]:
        """Where rules apply, by where their conditions hold: `otherwise` only where no other one does."""
        others = [formula for name, formula in named.items() if not self.policy.rule[name].otherwise]
        rest = z3.Not(z3.Or(others or [z3.BoolVal(False)]))
        return {name: rest if self.policy.rule[name].otherwise else formula for name, formula in named.items()}

    def standing(self, applies: Mapping[str, Formula], policy: Policy) -> dict[str, Formula]:
        """Where each of some rules stands, by the overrides of a policy."""
        stands: dict[str, Formula] = {}
        earlier: list[Formula] = []
        for rule in self.policy.rules:
            if rule.name not in applies:
                continue
            if self.policy.decision == FIRST:
                stronger = list(earlier)
                earlier.append(applies[rule.name])
            else:
                stronger = [applies[name] for name in policy.overriders[rule.name] if name in applies]
            stands[rule.name] = z3.And([applies[rule.name], *map(z3.Not, stronger)])
        return stands

    def given(self, stands: Mapping[str, Formula], verdicts: Collection[str]) -> Formula:
        """Where a standing rule gives one of some verdicts."""
        giving = [formula for name, formula in stands.items() if self.policy.rule[name].then in verdicts]
        return z3.Or(giving or [z3.BoolVal(False)])

    def outcomes(self, stands: Mapping[str, Formula]) -> list[Formula]:
        """Where there is a gap, and where each verdict is given by all; a conflict is everywhere else."""
        given = {verdict: self.given(stands, [verdict]) for verdict in self.policy.verdict}
        agreed = z3.Not(conflict(self.policy, stands))
        alone = [z3.And(formula, agreed) for formula in given.values()]
        return [z3.Not(z3.Or(list(given.values()))), *alone]

    @cached_property
    def gap(self) -> Formula:
        """Where no rule stands."""
        return z3.Not(z3.Or(list(self.stands.values())))

    def both_stand(self, one: str, other: str) -> Formula:
        """Where two rules stand."""
        return z3.And(self.stands[one], self.stands[other])

    # Two situations.

    def other(self, apart: Collection[str]) -> Solver:
        """A second situation, which agrees with this one in every answer but those to some fields."""
        fields = frozenset(apart)
        if fields not in self._others:
            other = self._others[fields] = Solver(self.policy, fields)
            self._solver.add(*other._solver.assertions())
            for name in self.not_asked.keys() - fields:
                # A question that is asked in one of them alone is free.
                left_out = z3.Or(self.not_asked[name], other.not_asked[name])
                self._solver.add(z3.Or(left_out, z3.Not(self.differs_from(other, name))))
        return self._others[fields]

    # Questions.

    def exists(self, *formulas: Formula) -> bool:
        """Whether some situation, possible or not, satisfies all the formulas."""
        return self._model(formulas) is not None

    def _model(self, formulas: Iterable[Formula]) -> z3.ModelRef | None:
        self._solver.push()
        try:
            self._solver.add(*formulas)
            answer = self._solver.check()
            if answer == z3.unknown:
                raise TimeoutError(f"the solver cannot tell: {self._solver.reason_unknown()}")
            return self._solver.model() if answer == z3.sat else None
        finally:
            self._solver.pop()

    def situation(self, *formulas: Formula) -> dict[str, Any] | None:
        """A situation that satisfies all the formulas, as a record; None where there is none."""
        model = self._model(formulas)
        if model is not None and not self.has_decimals_in(model):
            model = self._model([*formulas, *self.decimals()])
            assert model is not None
        if model is None:
            return None
        return {
            field.name: self._read(model, field)
            for field in self.policy.fields
            if not self._holds_in(model, self.not_asked.get(field.name))
        }

    def standing_at(self, values: Mapping[str, Any]) -> tuple[str, ...] | None:
        """The rules that stand in one situation, in file order; None where it is impossible."""
        model = self._model([self.possible, *self.at({name: values.get(name) for name in self.policy.field})])
        return (
            None
            if model is None
            else tuple(name for name, stands in self.stands.items() if z3.is_true(model.eval(stands)))
        )

    def at(self, values: Mapping[str, Any]) -> list[Formula]:
        """That these are the answers; None says that a question is not asked."""
        return [formula for name, value in values.items() for formula in self._is(self.policy.field[name], value)]

    def _is(self, field: Field, value: Any) -> Iterator[Formula]:
        if value is None:
            yield self.not_asked[field.name]
            return
        if field.name in self.not_asked:
            yield z3.Not(self.not_asked[field.name])
        if field.kind == ANY_OF:
            for option, has in self.unknown[field.name].items():
                yield has if option in value else z3.Not(has)
        elif field.kind == TEXT and value not in field.known:
            yield self.unknown[field.name] == len(field.known)
        else:
            yield self._compare(Compare(field.name, "is", value))
