"""What is left to test of a condition where some values are left of each subject?

A condition is made of tests, each of one subject: the part of it on which the test holds is found by asking the
definition (`reference.py`) once between any two constants. A fact is a subject too, with the positions 0 and 1. Where
a test holds on all that is left of its subject it is true, where on nothing it is false, and else it stays open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from typing import Any, TypeAlias

from engine.language.model.condition_tree import All, Compare, Condition, Holds, Not, Some, Versus
from engine.language.model.field_kinds import ANY_OF, Field, Value
from engine.language.model.values import grid_position
from engine.meaning.reference import COMPARE, Situation
from engine.verification.position_ranges import Part, joined, meet, minus, pieces
from engine.verification.positions import some_position, value_at
from engine.verification.subjects import Measure, Subjects

TEST, EVERY, SOME = "test", "every", "some"
HELD: Part = ((1, 1),)
FAILED: Part = ((0, 0),)
OPEN: Part = ((0, 1),)


class Formula:
    """What is left of a condition, with the subjects that it asks about as a bit mask; equal ones are one object."""

    __slots__ = ("bits", "held", "kind", "parts", "subject")

    def __init__(self, kind: str, subject: int, held: Part, parts: tuple[Formula, ...]) -> None:
        self.kind = kind
        self.subject = subject
        self.held = held
        self.parts = parts
        self.bits = 1 << subject if kind == TEST else 0
        for part in parts:
            self.bits |= part.bits


# A formula, or whether it holds.
Left: TypeAlias = "Formula | bool"


class Residues:
    """The formulas of one policy's conditions, and what is left of them."""

    def __init__(self, subjects: Subjects) -> None:
        self.subjects = subjects
        self.policy = subjects.policy
        self.facts = {fact.name: len(subjects.all) + place for place, fact in enumerate(self.policy.facts_in_order)}
        # Single comparisons are read by the definition in a policy without facts: those would want all fields.
        self._bare = replace(self.policy, facts=(), rules=(), impossible=(), guarantees=())
        self._made: dict[object, Formula] = {}
        self._tests: dict[object, tuple[tuple[int, Part], ...]] = {}

    # From conditions.

    def formula(self, condition: Condition, wanted: bool = True) -> Left:
        """The formula of a condition, or of its opposite."""
        if isinstance(condition, Not):
            return self.formula(condition.part, not wanted)
        if isinstance(condition, All | Some):
            parts = [self.formula(part, wanted) for part in condition.parts]
            return self._joint(EVERY if isinstance(condition, All) == wanted else SOME, parts)
        if isinstance(condition, Holds):
            return self._test(self.facts[condition.fact], HELD if condition.expected == wanted else FAILED)
        tests = self._read(condition)
        if not wanted:
            tests = tuple((subject, minus(self._whole(subject), held)) for subject, held in tests)
        return self._joint(EVERY if wanted else SOME, [self._test(*each) for each in tests])

    def _test(self, subject: int, held: Part) -> Left:
        if not held or held == self._whole(subject):
            return bool(held)
        return self._one(TEST, subject, held, ())

    def _joint(self, kind: str, parts: Iterable[Left]) -> Left:
        """All of some parts, or one of them at least: with `every`, false decides and true says nothing.

        Tests of one subject become one: each may be open by itself where all of them together fail.
        """
        decided = kind == SOME
        tests: dict[int, list[Part]] = {}
        others: dict[Formula, None] = {}
        waiting = [*parts][::-1]
        while waiting:
            part = waiting.pop()
            if isinstance(part, bool):
                if part == decided:
                    return decided
            elif part.kind == kind:
                waiting.extend(part.parts[::-1])
            elif part.kind == TEST:
                tests.setdefault(part.subject, []).append(part.held)
            else:
                others[part] = None
        kept: list[Formula] = []
        for subject, held in tests.items():
            if kind == EVERY:
                together = reduce(meet, held)
            else:
                together = joined(each for part in held for each in part) if len(held) > 1 else held[0]
            # What each test leaves open may be settled by all of them together, and then decides.
            test = self._test(subject, together)
            if isinstance(test, bool):
                return decided
            kept.append(test)
        kept += others
        if not kept:
            return not decided
        return kept[0] if len(kept) == 1 else self._one(kind, 0, (), tuple(kept))

    def _whole(self, subject: int) -> Part:
        return self.subjects.all[subject].domain if subject < len(self.subjects.all) else OPEN

    def _one(self, kind: str, subject: int, held: Part, parts: tuple[Formula, ...]) -> Formula:
        key = (kind, subject, held, parts)
        if key not in self._made:
            self._made[key] = Formula(kind, subject, held, parts)
        return self._made[key]

    # From comparisons.

    def _read(self, test: Compare | Versus) -> tuple[tuple[int, Part], ...]:
        """The subjects of a comparison and where it holds on each, all needed."""
        if test not in self._tests:
            self._tests[test] = tuple(self._tests_of(test))
        return self._tests[test]

    def _tests_of(self, test: Compare | Versus) -> Iterable[tuple[int, Part]]:
        subjects = self.subjects
        if isinstance(test, Versus):
            measure = subjects.differences[test.name, test.other]
            return [self._measured(measure, test.op, 0)]
        if test.name in subjects.numbers:
            return [self._measured(subjects.numbers[test.name], test.op, test.value)]
        field = self.policy.field[test.name]
        if field.kind == ANY_OF:
            return self._options(test, field)
        place = subjects.of_field[field.name]
        subject = subjects.all[place]
        if not isinstance(subject.domain[0][0], tuple) and not field.is_grid:
            starts: list[Any] = list(range(1, subject.domain[0][1] + 1))
        elif field.is_grid:
            starts = [start for each in _constants(test.value) for start in _around(grid_position(field, each))]
        else:
            starts = [(Fraction(each), side) for each in _constants(test.value) for side in (0, 1)]
        held = []
        for piece in pieces(subject.domain, starts):
            values = {field.name: value_at(field, some_position(piece))}
            if Situation(self._bare, values).holds(test):
                held.append(piece)
        return [(place, joined(held))]

    def _measured(self, measure: Measure, op: str, value: Any) -> tuple[int, Part]:
        """Where a number read off a subject compares so with a constant."""
        whole = self.subjects.all[measure.subject].domain
        starts = [start for each in _constants(value) for start in _around(measure.position(Fraction(each)))]
        held = [each for each in pieces(whole, starts) if COMPARE[op](measure.at(some_position(each)), value)]
        return measure.subject, joined(held)

    def _options(self, test: Compare, field: Field) -> Iterable[tuple[int, Part]]:
        """A comparison of a list asks each option by itself: it holds if it holds with each one changed alone."""
        compare = COMPARE[test.op]
        fitting = next(each for each in (field.options, ()) if compare(each, test.value))
        for option in field.options:
            others = tuple(each for each in fitting if each != option)
            held = [chosen for chosen in (0, 1) if compare((*others, option) if chosen else others, test.value)]
            yield self.subjects.of_option[field.name, option], joined((each, each) for each in held)

    # What is left.

    def left(self, formula: Formula, views: dict[int, Part], touched: int) -> Left:
        """What is left of a formula where some subjects (`touched`, a bit mask) have only these positions."""
        if not formula.bits & touched:
            return formula
        if formula.kind == TEST:
            view = views[formula.subject]
            common = meet(view, formula.held)
            return formula if common and common != view else bool(common)
        decided = formula.kind == SOME
        kept = []
        is_new = False
        for part in formula.parts:
            left = self.left(part, views, touched)
            if isinstance(left, Formula):
                kept.append(left)
                is_new = is_new or left is not part
            elif left == decided:
                return decided
        if is_new:
            # What has become a test may have met another one of its subject, and both together may be settled.
            joint = self._joint(formula.kind, kept)
            return self.left(joint, views, touched) if isinstance(joint, Formula) else joint
        if not kept:
            return not decided
        return kept[0] if len(kept) == 1 else self._one(formula.kind, 0, (), tuple(kept))


def a_test_of(formula: Formula) -> Formula:
    """The first single test of a formula."""
    while formula.kind != TEST:
        formula = formula.parts[0]
    return formula


def _constants(value: Value) -> Sequence[Any]:
    return value if isinstance(value, tuple) else (value,)


def _around(position: int | Fraction) -> tuple[int, int]:
    """The first whole number from a position on, and the first beyond it."""
    return ceil(position), floor(position) + 1
