"""Residual conditions: what is left to test of a condition when only parts of the subjects are left.

A condition is a formula over tests, each of one subject. The part of the subject on which a test holds is found by
evaluating the definition (`reference.py`) once between any two neighbouring constants. Facts are subjects too, with the
positions 0 and 1. A test is true if it holds on all that is left of its subject, false if it holds on none of it, and
open otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import Any

from engine.language.model.condition_tree import (
    COMPARE,
    EQUAL_OPS,
    NEGATIVE_OPS,
    All,
    Compare,
    Condition,
    Holds,
    Not,
    Some,
    Versus,
)
from engine.language.model.field_kinds import ANY_OF, NOT_ASKED, Field, Value
from engine.language.model.relations.dated_numbers import dated_values
from engine.language.model.values.grid_positions import grid_position
from engine.meaning.reference import Situation
from engine.threads import cached_method
from engine.verification.number_expressions import ByCase, Expression, Linear, Ratio, Rounded, RoundedSum, Scored
from engine.verification.position_ranges import Part, intersect, minus, pieces, union
from engine.verification.positions import absence_part, no_value, some_position, value_at
from engine.verification.residual_formulas import EVERY, FAILED, HELD, SOME, TEST, Left, ResidualFormulas
from engine.verification.subjects import Measure, Subjects

_NEGATED = {"at_least": "less_than", "more_than": "at_most", "at_most": "more_than", "less_than": "at_least"}


class ResidualConditions:
    """Builds the formulas of one policy's conditions.

    `formulas` joins them, and simplifies them as subjects are narrowed.
    """

    def __init__(self, subjects: Subjects) -> None:
        self.subjects = subjects
        self.policy = subjects.policy
        self.formulas = ResidualFormulas([subject.domain for subject in subjects.all])
        self.facts = {fact.name: len(subjects.all) + place for place, fact in enumerate(self.policy.facts_in_order)}
        self._optional = [field for field in self.policy.fields if field.absences]
        # Single comparisons are evaluated without facts and numbers, since these would need values of all fields.
        self._bare = replace(self.policy, facts=(), numbers=(), steps=(), rules=(), impossible=(), guarantees=())
        # By identity, with what keeps the identity: a large number is expensive to hash.
        self._compared: dict[tuple[int, str, Any, bool], tuple[Expression, Left]] = {}

    # Conditions.

    def formula(self, condition: Condition, wanted: bool = True) -> Left:
        """Return the formula of a condition, or of its negation if `wanted` is false."""
        if isinstance(condition, Not):
            return self.formula(condition.part, not wanted)
        if isinstance(condition, All | Some):
            parts = [self.formula(part, wanted) for part in condition.parts]
            return self.formulas.joint(EVERY if isinstance(condition, All) == wanted else SOME, parts)
        if isinstance(condition, Holds):
            return self.formulas.test(self.facts[condition.fact], HELD if condition.expected == wanted else FAILED)
        if isinstance(condition, Compare) and condition.op == "includes_any":
            # The only comparison that is a disjunction over the options; its negation is a conjunction, as all others.
            places = [self.subjects.of_option[condition.name, str(option)] for option in _constants(condition.value)]
            some = [self.formulas.test(place, HELD if wanted else FAILED) for place in places]
            return self.formulas.joint(SOME if wanted else EVERY, some)
        if isinstance(condition, Compare) and condition.op == "known":
            has_value = condition.value == wanted
            return self._known([condition.name], has_value, has_value)
        if isinstance(condition, Compare) and condition.op == "asked":
            return self._asked(self.policy.field[condition.name], condition.value == wanted)
        if isinstance(condition, Compare) and condition.name in self.subjects.expressions:
            number = self._number(self.subjects.expressions[condition.name], condition.op, condition.value, wanted)
            return self._known([condition.name], number, wanted)
        if isinstance(condition, Versus):
            ((subject, held),) = self._read(condition)
            difference = self.formulas.test(subject, held if wanted else minus(self.formulas.whole(subject), held))
            return self._known([condition.name, condition.other], difference, wanted)
        tests = self._read(condition)
        if not wanted:
            tests = tuple((subject, minus(self.formulas.whole(subject), held)) for subject, held in tests)
        return self.formulas.joint(EVERY if wanted else SOME, [self.formulas.test(*each) for each in tests])

    def _known(self, names: Iterable[str], compared: Left, wanted: bool) -> Left:
        """Return a comparison, or its negation, with the tests that everything in it has a value."""
        if not self._optional:
            return compared
        read = set().union(*map(self._amounts, names))
        fields = [field for field in self._optional if field.name in read]
        parts = [self._without_value(field) for field in fields]
        tests = [
            self.formulas.test(place, minus(self.formulas.whole(place), none) if wanted else none)
            for place, none in parts
        ]
        outputs = dict.fromkeys(each for name in names for each in self._outputs(name))
        tests += [self._worked_out(each, wanted) for each in outputs]
        return self.formulas.joint(EVERY if wanted else SOME, [*tests, compared]) if tests else compared

    @cached_method
    def _outputs(self, name: str) -> tuple[str, ...]:
        """Return the outputs of steps, worked out there, that a number is made of; itself if it is one."""
        number = self.policy.number.get(name)
        if number is None or any(entry.number for entry in number.entries):
            return () if number is None else (name,)
        parts = [part for part, _ in number.terms] + [part for part in number.parts if isinstance(part, str)]
        return tuple(dict.fromkeys(each for part in parts for each in self._outputs(part)))

    @cached_method
    def _worked_out(self, name: str, wanted: bool) -> Left:
        """Return the formula that an output of a step is worked out from what has a value, or that it is not."""
        entries = self.policy.number[name].entries
        known = [self._known([entry.number] if entry.number else [], wanted, wanted) for entry in entries]
        if all(each is wanted for each in known):
            return wanted
        every, some = (EVERY, SOME) if wanted else (SOME, EVERY)
        whens = [self.formula(entry.when, wanted) for entry in entries]
        return self.formulas.joint(some, [self.formulas.joint(every, each) for each in zip(whens, known, strict=True)])

    def _without_value(self, field: Field) -> tuple[int, Part]:
        """Return the subject that says whether a field has a value, and the part of it without one."""
        if field.kind == ANY_OF:
            return self.subjects.of_option[field.name, NOT_ASKED], HELD
        return self.subjects.of_field[field.name], no_value(field)

    def _asked(self, field: Field, wanted: bool) -> Left:
        """Return the test that a field is asked, or that it is not."""
        subject, not_asked = self._without_value(field)
        if field.kind != ANY_OF:
            not_asked = absence_part(field, NOT_ASKED)
        return self.formulas.test(subject, minus(self.formulas.whole(subject), not_asked) if wanted else not_asked)

    @cached_method
    def _amounts(self, name: str) -> set[str]:
        """Return the fields whose values a field or number is made of; what points read are conditions only."""
        number = self.policy.number.get(name)
        if number is None:
            return {name}
        parts = [part for part, _ in number.terms] + [part for part in number.parts if isinstance(part, str)]
        parts += [value.on for value in dated_values(number)]
        return set().union(*map(self._amounts, parts))

    # Comparisons.

    @cached_method
    def _read(self, test: Compare | Versus) -> tuple[tuple[int, Part], ...]:
        """Return the subjects of a comparison, each with the part on which it holds; all must hold."""
        return tuple(self._tests_of(test))

    def _tests_of(self, test: Compare | Versus) -> Iterable[tuple[int, Part]]:
        """Return the tests of a comparison, by evaluating it once between any two of its constants."""
        subjects = self.subjects
        if isinstance(test, Versus):
            measure = subjects.differences[test.name, test.other]
            return [self._measured(measure, test.op, 0)]
        field = self.policy.field[test.name]
        if field.kind == ANY_OF:
            return self._options(test, field)
        place = subjects.of_field[field.name]
        subject = subjects.all[place]
        # No order tells `none` from the values beside it.
        constants = [*_constants(test.value), *field.absences]
        if field.is_grid:
            starts: list[Any] = [start for each in constants for start in _around(grid_position(field, each))]
        elif not isinstance(subject.domain[0][0], tuple):
            named = [self._place(field, each) for each in constants]
            starts = [start for each in named for start in _around(each)]
        else:
            # `none` lies apart from the values.
            numbers = [each for each in constants if each not in field.absences]
            starts = [(Fraction(each), side) for each in numbers for side in (0, 1)]
        held = []
        for piece in pieces(subject.domain, starts):
            values = {field.name: value_at(field, some_position(piece))}
            if Situation(self._bare, values).holds(test):
                held.append(piece)
        return [(place, union(held))]

    def _place(self, field: Field, value: Value) -> int:
        """Return the position of an answer to a choice, a text or a yes/no."""
        if isinstance(value, bool):
            return int(value)
        return absence_part(field, str(value))[0][0] if value in field.absences else field.rank[str(value)]

    def _number(self, expression: Expression, op: str, value: Any, wanted: bool) -> Left:
        """Return the formula of a comparison of a number, or of its negation if `wanted` is false.

        Each is built once: several parts of a number may read the same one, and so on through every level.
        """
        key = id(expression), op, value, wanted
        if key not in self._compared:
            self._compared[key] = expression, self._compare(expression, op, value, wanted)
        return self._compared[key][1]

    def _compare(self, expression: Expression, op: str, value: Any, wanted: bool) -> Left:
        if isinstance(expression, Linear):
            if not expression.terms:
                return COMPARE[op](expression.plus, value) == wanted
            measure = self.subjects.measure(expression.terms, expression.plus)
            assert measure is not None
            subject, held = self._measured(measure, op, value)
            return self.formulas.test(subject, held if wanted else minus(self.formulas.whole(subject), held))
        if op == "none_of":
            return self._number(expression, "one_of", value, not wanted)
        if op in EQUAL_OPS:
            equal = [
                self.formulas.joint(EVERY if wanted else SOME, [self._number(expression, each, constant, wanted)
                                                        for each in ("at_least", "at_most")])
                for constant in _constants(value)
            ]  # fmt: skip
            return self.formulas.joint(SOME if wanted else EVERY, equal)
        if isinstance(expression, Ratio):
            return self._number(expression.beyond(Fraction(value)), op, 0, wanted)
        if isinstance(expression, Rounded):
            return self._number(expression.of, *expression.unrounded(op, Fraction(value)), wanted)
        if isinstance(expression, RoundedSum):
            return self._rounded_sum(expression, op if wanted else _NEGATED[op], Fraction(value))
        if isinstance(expression, ByCase):
            cases = [(self.formula(when), self._number(each, op, value, wanted)) for when, each in expression.of]
            return self._chosen(cases)
        if isinstance(expression, Scored):
            return self._scored(expression, op if wanted else _NEGATED[op], Fraction(value))
        # The largest reaches a bound if one does, and stays below it if all do; the smallest the other way round.
        one_is_enough = expression.largest == (op in ("at_least", "more_than"))
        parts = [self._number(each, op, value, wanted) for each in expression.of]
        return self.formulas.joint(SOME if one_is_enough == wanted else EVERY, parts)

    def _rounded_sum(self, total: RoundedSum, op: str, value: Fraction) -> Left:
        """Return the formula of a comparison of a rounded expression and a rest: a case for each of its values."""
        of = total.rounded.of
        cases = [
            (
                self.formulas.joint(EVERY, [self._number(of, *each, wanted=True) for each in is_it]),
                self._number(total.rest, op, value - amount, wanted=True),
            )
            for is_it, amount in total.cases()
        ]
        return self._chosen(cases)

    # Points.

    def _scored(self, scored: Scored, op: str, value: Fraction) -> Left:
        """Return the formula of a comparison of points: nested, with what is left of the value once some are added."""
        choices = self._choices(scored)
        levels = [{value}]
        for choice in choices:
            levels.append({left - add for left in levels[-1] for add, _ in choice})
        below = {left: self._number(scored.rest, op, left, wanted=True) for left in levels.pop()}
        for choice in reversed(choices):
            below = {left: self._chosen([(each, below[left - add]) for add, each in choice]) for left in levels.pop()}
        return below[value]

    def _chosen(self, choice: Sequence[tuple[Left, Left]]) -> Left:
        """Return the formula of pairs of a condition and a result: where one condition holds, its result does."""
        if all(result is choice[0][1] for _, result in choice):
            return choice[0][1]
        return self.formulas.joint(SOME, [self.formulas.joint(EVERY, each) for each in choice])

    def _choices(self, scored: Scored) -> list[list[tuple[Fraction, Left]]]:
        """Return what the entries can add, each with its condition; exactly one condition of each list holds.

        Entries that test one and the same subject are one list: by the parts of the subject on which their sum is the
        same. The others can add something or nothing, one by one.
        """
        by_subject: dict[int, dict[Fraction, list[Part]]] = {}
        found: list[list[tuple[Fraction, Left]]] = []
        for when, add in scored.entries:
            held = self.formula(when)
            if isinstance(held, bool) or held.kind != TEST:
                found.append([(add, held), (Fraction(0), self.formula(when, wanted=False))])
                continue
            before = by_subject.setdefault(held.subject, {Fraction(0): [self.formulas.whole(held.subject)]})
            after: dict[Fraction, list[Part]] = {}
            for total, parts in before.items():
                for part in parts:
                    for more, side in ((add, intersect(part, held.held)), (0, minus(part, held.held))):
                        if side:
                            after.setdefault(total + more, []).append(side)
            by_subject[held.subject] = after
        for subject in sorted(by_subject):
            sums = by_subject[subject].items()
            whole = ((total, union(each for part in parts for each in part)) for total, parts in sums)
            found.append([(total, self.formulas.test(subject, part)) for total, part in whole])
        return found

    def _measured(self, measure: Measure, op: str, value: Any) -> tuple[int, Part]:
        """Return the part of a subject on which the number read from it compares as stated with a constant."""
        whole = self.subjects.all[measure.subject].domain
        starts = [start for each in _constants(value) for start in _around(measure.position(Fraction(each)))]
        held = [each for each in pieces(whole, starts) if COMPARE[op](measure.at(some_position(each)), value)]
        return measure.subject, union(held)

    def _options(self, test: Compare, field: Field) -> Iterable[tuple[int, Part]]:
        """Return a test for each option of an `any_of` field that together are the comparison.

        The definition is evaluated with each option added to or removed from a list that satisfies the comparison.
        """
        compare = COMPARE[test.op]
        fitting = next(each for each in (field.options, ()) if compare(each, test.value))
        for option in field.options:
            others = tuple(each for each in fitting if each != option)
            held = [chosen for chosen in (0, 1) if compare((*others, option) if chosen else others, test.value)]
            yield self.subjects.of_option[field.name, option], union((each, each) for each in held)
        if field.applies_when is not None and test.op in NEGATIVE_OPS:
            yield self.subjects.of_option[field.name, NOT_ASKED], FAILED


def _constants(value: Value) -> Sequence[Any]:
    return value if isinstance(value, tuple) else (value,)


def _around(position: int | Fraction) -> tuple[int, int]:
    """Return the smallest integer at or above a position, and the smallest above it."""
    return ceil(position), floor(position) + 1
