"""Situations without a partner: those of which no other situation differs in the ignored fields alone.

For each combination of values of the ignored fields there is a formula over the other fields: where this combination
is one that the guarantee is about. Where exactly one of them holds, there is a situation without a partner. Values of a
field that no sum ties to others are taken cell by cell; of tied fields they are substituted one by one. So are those of
a tied field that may be asked in one of two situations alone: it stays, with no ties, so that each value is a cell.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any

from engine.budget import Budget
from engine.language.model.asking.applicability import free_fields
from engine.language.model.condition_tree import (
    ABOUT_VALUES,
    ALWAYS,
    COMPARE,
    All,
    Compare,
    Condition,
    Holds,
    Not,
    Some,
    Versus,
    comparisons_in,
    with_tests,
)
from engine.language.model.field_kinds import NOT_ASKED, Value
from engine.language.model.guarantees import Indifference
from engine.language.model.policy import Policy, names_read
from engine.language.model.policy_parts import Impossible, Number, Rule
from engine.language.model.values.grid_positions import exact_decimal, grid_value
from engine.meaning.cubes import Cubes
from engine.meaning.descent import Descent
from engine.meaning.formula_store import FALSE
from engine.meaning.hit_policies import Unique
from engine.meaning.logic import Logic
from engine.meaning.queries import Query
from engine.meaning.reference_numbers import amount
from engine.meaning.spaces.cells import Cell, box_of
from engine.meaning.spaces.lowering import in_order, lowered, with_shared_tests
from engine.meaning.spaces.space import Space

_NEVER = Some(())
# Steps for each test that is written for a combination of answers, and how many combinations make it dearer by as much:
# each of them may be a cell of its own.
_STEPS_A_TEST = 3
_COMBINATIONS_A_PRICE = 8_000
_FLIPPED = {
    "at_least": "at_most",
    "at_most": "at_least",
    "more_than": "less_than",
    "less_than": "more_than",
    "on_or_after": "on_or_before",
    "on_or_before": "on_or_after",
    "after": "before",
    "before": "after",
}


class Partners:
    """The situations without a partner under one guarantee."""

    def __init__(self, policy: Policy, guarantee: Indifference, budget: Budget) -> None:
        """Build the formulas; no tied field may have an open end. Raises `OutOfSteps`."""
        scope = _scope_of(policy, guarantee)
        self._ignored = [policy.field[name] for name in guarantee.ignores]
        tied = Space(scope).tied
        free = sorted(free_fields(policy, guarantee.ignores))
        self._logic = Logic(
            _unfolded(scope, _listed(scope, guarantee.ignores, tied), _listed(scope, free, tied), budget)
        )
        self.areas = self._logic.areas
        self.fields = [name for name in self.areas.space.fields if name not in guarantee.ignores]
        self._free = [
            axis for field in self._ignored if field.name not in tied for axis in self.areas.space.axes_of(field)
        ]
        # The axes of each field that may apply in one of two situations alone.
        self._relaxed = [tuple(self.areas.space.axes_of(self.areas.space.fields[name])) for name in free]
        self._formulas = self._alone(budget) if self._relaxed else self._by_combination(budget)

    def _by_combination(self, budget: Budget) -> dict[int, int]:
        """Map formulas over the other fields to how many combinations they are of: 1, or 2 for two or more."""
        formulas = self._logic.formulas
        found = _tally((formula, 1) for formula in self._logic.applies)
        for axis in self._free:
            cells = self.areas.space.axes[axis].cells
            found = _tally(
                (formulas.restrict(formula, axis, 1 << place), many * (1 if _is_single(cell) else 2))
                for formula, many in found.items()
                for place, cell in enumerate(cells)
            )
            budget.spend(1 + len(found))
            formulas.meter.pay(budget)
        return found

    def _alone(self, budget: Budget) -> dict[int, int]:
        """Return the formula of the situations without a partner, over the other fields, as one that holds once."""
        formulas = self._logic.formulas
        found = [(formula, True) for formula in self._logic.applies]
        for axis in self._free:
            cells = self.areas.space.axes[axis].cells
            found = [
                (formulas.restrict(formula, axis, 1 << place), is_single and _is_single(cell))
                for formula, is_single in found
                for place, cell in enumerate(cells)
            ]
            budget.spend(1 + len(found))
            formulas.meter.pay(budget)
        reached = [self._reached_from(formula) for formula, _ in found]
        lonely = []
        for place, (formula, is_single) in enumerate(found):
            budget.spend(1 + len(found))
            if is_single and formula != FALSE:
                others = formulas.disjunction([*reached[:place], *reached[place + 1 :]])
                lonely.append(formulas.conjunction([formula, formulas.negation[others]]))
                formulas.meter.pay(budget)
        return _tally(iter([(formulas.disjunction(lonely), 1)]))

    def _reached_from(self, formula: int) -> int:
        """Return the situations that agree with one of a formula wherever both are asked a question."""
        formulas, space = self._logic.formulas, self.areas.space
        for axes in self._relaxed:
            combinations = list(product(*(range(len(space.axes[axis].cells)) for axis in axes)))
            not_asked = [space.cell_of(axis, (NOT_ASKED,) if space.axes[axis].option else NOT_ASKED) for axis in axes]
            at = {cells: self._restricted(formula, axes, cells) for cells in combinations}
            here = [formulas.literal(axis, 1 << cell) for axis, cell in zip(axes, not_asked, strict=True)]
            anywhere = formulas.conjunction([*here, formulas.disjunction(at.values())])
            formula = formulas.disjunction([formula, at[tuple(not_asked)], anywhere])
        return formula

    def _restricted(self, formula: int, axes: Sequence[int], cells: Sequence[int]) -> int:
        for axis, cell in zip(axes, cells, strict=True):
            formula = self._logic.formulas.restrict(formula, axis, 1 << cell)
        return formula

    @property
    def has_lonely(self) -> bool:
        """Whether there may be a situation without a partner; if not, no search is needed to say so."""
        return any(many == 1 for many in self._formulas.values())

    @property
    def lonely(self) -> Query:
        """The query for the answers to the other fields that exactly one combination goes with."""
        formulas = self._logic.formulas
        listed = [formula for formula, many in self._formulas.items() for _ in range(many)]

        def descent() -> Descent:
            return Descent(Cubes(self.areas, formulas, listed), Unique(range(len(listed)), {}))

        return Query(self.areas, descent, lambda label: isinstance(label, int))

    def count(self, budget: Budget) -> int:
        """Return the number of situations without a partner; the space must be countable. Raises `OutOfSteps`."""
        if not self.has_lonely:
            return 0
        # The axes of the ignored fields are still there, and nothing reads them.
        whole = self.areas.whole.masks
        return self.lonely.count(budget) // prod(self.areas.size_on(axis, whole[axis]) for axis in self._free)


def endless_ties(policy: Policy, guarantee: Indifference) -> list[str]:
    """Return the fields with an open end whose values would have to be substituted one by one."""
    tied = Space(_scope_of(policy, guarantee)).tied
    substituted = [*guarantee.ignores, *sorted(free_fields(policy, guarantee.ignores))]
    return [name for name in substituted if name in tied and None in box_of(policy.field[name])]


def _listed(scope: Policy, names: Iterable[str], tied: Container[str]) -> dict[str, list[Value]]:
    """Map those of some fields that are tied to their values; none may have an open end."""
    found: dict[str, list[Value]] = {}
    for field in (scope.field[name] for name in names if name in tied):
        low, high = box_of(field)
        assert low is not None
        assert high is not None
        found[field.name] = [grid_value(field, position) for position in range(low, high + 1)]
    return found


def _tally(found: Iterator[tuple[int, int]]) -> dict[int, int]:
    """Add up how often each formula occurs, up to 2; what never holds is left out."""
    tally: dict[int, int] = {}
    for formula, many in found:
        if formula != FALSE:
            tally[formula] = min(2, tally.get(formula, 0) + many)
    return tally


def _is_single(cell: Cell) -> bool:
    """Whether a cell has one value only."""
    if cell.size is not None or cell.interval is None:
        return cell.size == 1
    low, high = (cell.interval[0], cell.interval[-1 if len(cell.interval) == 2 else 2])
    return low is not None and low == high


def _scope_of(policy: Policy, guarantee: Indifference) -> Policy:
    """Return the policy with no more than what says which situations the guarantee is about."""
    if policy.steps:
        from engine.meaning.chains.step_policies import with_steps_as_facts

        policy = with_steps_as_facts(policy)
    outside = Impossible(Not(guarantee.when), guarantee.because)
    impossible = (*policy.impossible, *(() if guarantee.when == ALWAYS else (outside,)))
    used = names_read(policy, [each.when for each in impossible])
    facts = tuple(fact for fact in policy.facts if fact.name in used)
    numbers = tuple(number for number in policy.numbers if number.name in used)
    return replace(policy, numbers=numbers, facts=facts, impossible=impossible, rules=(), collect=(), guarantees=())


def _unfolded(
    scope: Policy, ignored: Mapping[str, list[Value]], free: Mapping[str, list[Value]], budget: Budget
) -> Policy:
    """Return a policy without some fields, in which a rule for each combination of their values says where it can be.

    Raises `OutOfSteps`.

    Args:
        scope: What says which situations the guarantee is about.
        ignored: The fields that are left out, with their values.
        free: Fields that stay, with their values: conditions only ask whether they have one of these.
        budget: The steps that may be spent.
    """
    known_fields = {*ignored, *free}
    kept = _unmoved(scope, known_fields)
    outs = [each.when for each in scope.impossible]
    fixed = [when for when in outs if known_fields.isdisjoint(names_read(scope, [when]))]
    moving = [when for when in outs if not known_fields.isdisjoint(names_read(scope, [when]))]
    defined = [fact for fact in scope.facts if fact.name not in kept]
    many = prod(map(len, (*ignored.values(), *free.values())))
    tests = sum(_tests_written(scope, when, kept) for when in (*moving, *(fact.when for fact in defined)))
    budget.spend(many * (1 + _STEPS_A_TEST * tests) * (1 + many // _COMBINATIONS_A_PRICE))
    numbers = [number for number in scope.numbers if number.name in kept]
    facts = [fact for fact in scope.facts if fact.name in kept]
    rules: list[Rule] = []
    for place, combination in enumerate(product(*ignored.values())):
        possible: list[Condition] = []
        for number, answers in enumerate(product(*free.values())):
            others = dict(zip(free, answers, strict=True))
            values = dict(zip(ignored, combination, strict=True)) | others
            known = _Known(scope, values, f"@{place}@{number}", kept)
            numbers += known.numbers
            facts += [replace(each, name=known.name(each.name), when=known.condition(each.when)) for each in defined]
            out = Some((*fixed, *(known.condition(when) for when in moving)))
            possible.append(All((*(_has_value(name, value) for name, value in others.items()), Not(out))))
        rules.append(Rule(f"{place}", Some(tuple(possible)), "", ""))
    fields = tuple(field for field in scope.fields if field.name not in ignored)
    return replace(scope, fields=fields, numbers=tuple(numbers), facts=tuple(facts), impossible=(), rules=tuple(rules))


def _unmoved(scope: Policy, fields: Set[str]) -> frozenset[str]:
    """Return the names of the other fields, and of the numbers and facts that depend on none of some fields."""
    names = (*scope.field, *(number.name for number in scope.numbers), *(fact.name for fact in scope.facts))
    return frozenset(name for name in names if fields.isdisjoint(scope.names_behind([name])))


def _tests_written(policy: Policy, condition: Condition, kept: Set[str]) -> int:
    """Return how many tests, and parts that join them, a condition comes to where all but some numbers are opened."""
    tests = [*comparisons_in(condition)]
    opened = [each for each in tests if isinstance(each, Compare) and each.name in policy.nonlinear - kept]
    return len(tests) + sum(len(in_order(lowered(policy, each))) for each in opened)


def _has_value(name: str, value: Value) -> Condition:
    """Return the condition that a field has one value, or that it is not asked."""
    return Compare(name, "asked", False) if value == NOT_ASKED else Compare(name, "is", value)


class _Known:
    """The conditions of a policy where the values of some of its grid fields are known.

    Numbers and facts in `kept` depend on none of these, and keep their names; the others get new ones.
    """

    def __init__(self, policy: Policy, values: Mapping[str, Value], suffix: str, kept: Set[str]) -> None:
        self.policy = policy
        self.values = values
        self._kept = kept
        self._suffix = suffix
        self._sums: dict[str, Any] = {}
        self.numbers: list[Number] = []
        for name, (terms, plus) in policy.linear_sums.items():
            if name in kept:
                continue
            number = policy.number[name]
            left = tuple(each for each in terms if each[0] not in values)
            # The sum has no value where one of its fields has none; see `_test`.
            known = amount(plus) + sum(
                (amount(times) * amount(values[of]) for of, times in terms if of in values and not self._lacks(of)),
                amount(0),
            )
            if left:
                self.numbers.append(replace(number, name=self.name(number.name), terms=left, plus=exact_decimal(known)))
                self._sums[number.name] = None
            else:
                self._sums[number.name] = known

    def _lacks(self, name: str) -> bool:
        """Whether it is known that a field has no value."""
        return name in self.values and self.policy.field[name].lacks(self.values[name])

    def name(self, name: str) -> str:
        """Return the name of a number or a fact in this combination."""
        return name + self._suffix

    def condition(self, condition: Condition) -> Condition:
        """Return a condition about the other fields."""
        return with_tests(condition, self._test)

    def _test(self, test: Compare | Versus | Holds) -> Condition:
        if isinstance(test, Holds):
            return test if test.fact in self._kept else replace(test, fact=self.name(test.fact))
        if isinstance(test, Versus):
            return self._versus(test)
        if test.name in self._kept:
            return test
        if test.op in ABOUT_VALUES and test.value is False:
            return Not(self._test(replace(test, value=True)))
        if test.name in self.policy.nonlinear:
            return with_shared_tests(lowered(self.policy, test), self._test)
        if test.name in self._sums:
            fields = self.policy.unsteady.get(test.name, ())
            if any(self._lacks(field.name) for field in fields):
                return _NEVER
            known = self._sums[test.name]
            if known is None:
                # What cancels out is not read by the sum any more.
                left = [Compare(field.name, "known", True) for field in fields if field.name not in self.values]
                own = () if test.op == "known" else (replace(test, name=self.name(test.name)),)
                return All((*left, *own))
            return ALWAYS if test.op == "known" or COMPARE[test.op](known, test.value) else _NEVER
        if test.name in self.values:
            if test.op == "known":
                return _NEVER if self._lacks(test.name) else ALWAYS
            if test.op == "asked":
                return _NEVER if self.values[test.name] == NOT_ASKED else ALWAYS
            if self._lacks(test.name) and test.op not in ("is", "one_of"):
                return _NEVER
            return ALWAYS if COMPARE[test.op](self.values[test.name], test.value) else _NEVER
        return test

    def _versus(self, test: Versus) -> Condition:
        one, other = self.values.get(test.name), self.values.get(test.other)
        if self._lacks(test.name) or self._lacks(test.other):
            return _NEVER
        if one is not None and other is not None:
            return ALWAYS if COMPARE[test.op](amount(one), amount(other)) else _NEVER
        if one is not None:
            return Compare(test.other, _FLIPPED[test.op], one)
        return test if other is None else Compare(test.name, test.op, other)
