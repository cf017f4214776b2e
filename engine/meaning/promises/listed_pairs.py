"""Counts of pairs from a list of all situations, for few situations with tied fields.

A descent over pairs has the tied fields twice, so that each of its regions costs far more than one of the policy. It is
cheaper to decide a few thousand situations by the definition, and to compare those that agree on all other answers.
Answers that no condition tells apart stay together, as a cell with its size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from operator import le
from typing import Any

from engine.budget import Budget
from engine.language.model.asking.applicability import free_fields
from engine.language.model.condition_tree import comparisons_in
from engine.language.model.field_kinds import ANY_OF, Field, Value
from engine.language.model.guarantees import Monotonicity, PairGuarantee
from engine.language.model.policy import Policy
from engine.language.model.values.grid_positions import grid_value
from engine.meaning.promises.guarantee_meaning import has_no_value, level
from engine.meaning.reference import Situation, excluded_by, outcome
from engine.meaning.spaces.cells import box_of
from engine.meaning.spaces.space import Space

# Situations are listed if that takes at most so many steps; otherwise the descent over pairs counts.
MOST_STEPS = 10_000
# How many comparisons are evaluated, and how many pairs are compared, in one step.
_TESTS_A_STEP = 4
_PAIRS_A_STEP = 32


class ListedPairs:
    """The situations of a policy with a countable space, listed to count the pairs that break one guarantee."""

    def __init__(self, policy: Policy, guarantee: PairGuarantee, space: Space) -> None:
        self._policy = policy
        self._guarantee = guarantee
        self._space = space
        self._rising: tuple[str, ...] = ()
        self._number: str | None = None
        self._step: str | None = None
        self._sign = 1
        # What situations get, each with its place in an order, which is any if only equality counts.
        self._gets: dict[Hashable, int] = {name: place for place, name in enumerate(policy.verdict)}
        if isinstance(guarantee, Monotonicity):
            self._rising = guarantee.rising
            self._number = guarantee.number
            self._step = guarantee.step
            self._sign = 1 if guarantee.never == "falls" else -1
        # Every answer to these is listed by itself.
        self._apart = {*space.tied, *self._rising, *policy.names_behind([self._number] if self._number else [])}
        tests = sum(1 for condition in policy.conditions for _ in comparisons_in(condition))
        self._price = 1 + (len(policy.derived_in_order) + tests) // _TESTS_A_STEP

    @property
    def is_cheap(self) -> bool:
        """Whether fields are tied, and listing all situations takes few steps."""
        if free_fields(self._policy, self._guarantee.compared):
            # These may be answered in one of two situations alone.
            return False
        return bool(self._space.groups) and self._price * prod(map(self._size, self._policy.fields)) <= MOST_STEPS

    def count(self, budget: Budget) -> int:
        """Return the number of pairs that break the guarantee; raises `OutOfSteps`."""
        compared = [field for field in self._policy.fields if field.name in self._guarantee.compared]
        agreed = [field for field in self._policy.fields if field.name not in self._guarantee.compared]
        total = 0
        for shared, times in self._combinations(agreed):
            tally: Counter[tuple[tuple[Any, ...], Any]] = Counter()
            for own, many in self._combinations(compared):
                budget.spend(self._price)
                if any(has_no_value(self._policy.field[name], own[name]) for name in self._rising):
                    continue
                worth = self._worth(shared | own)
                if worth is not None:
                    tally[tuple(level(self._policy.field[name], own[name]) for name in self._rising), worth] += many
            budget.spend(len(tally) ** 2 // _PAIRS_A_STEP)
            total += times * _falling(tally)
        return total

    def _worth(self, values: Mapping[str, Value]) -> Any:
        """Return what must not fall from one situation to the other; None if the guarantee is not about a situation."""
        policy = self._policy
        situation = Situation(policy, values)
        if excluded_by(policy, values) or not situation.holds(self._guarantee.when):
            return None
        if self._number is not None:
            number = situation.numbers[self._number]
            return None if number is None else self._sign * number
        if self._step is not None:
            place = policy.step[self._step].options.index
            got = None if situation.fault is not None else situation.steps[self._step].verdict
            return None if got is None else self._sign * place(got)
        found = outcome(policy, values)
        if found.verdict is None or not policy.has_rule_outputs or self._rising:
            return None if found.verdict is None else self._sign * self._gets[found.verdict]
        from engine.language.model.relations.rule_outputs import yield_together

        return self._gets.setdefault(yield_together(policy, found.stands), len(self._gets))

    def _combinations(self, fields: Sequence[Field]) -> Iterator[tuple[dict[str, Value], int]]:
        """Iterate over the answers to some fields, each combination with how many it stands for."""
        names = [field.name for field in fields]
        for answers in product(*(tuple(self._answers(field)) for field in fields)):
            yield dict(zip(names, (value for value, _ in answers), strict=True)), prod(many for _, many in answers)

    def _answers(self, field: Field) -> Iterator[tuple[Value, int]]:
        """Iterate over the answers of a field, each with how many it stands for."""
        axes = [self._space.axes[axis] for axis in self._space.axes_of(field)]
        if field.kind == ANY_OF:
            for chosen in product((False, True), repeat=len(axes)):
                yield tuple(option for option, is_in in zip(field.all_listed, chosen, strict=True) if is_in), 1
        elif positions := self._positions(field):
            yield from ((grid_value(field, position), 1) for position in positions)
        else:
            yield from ((cell.sample, cell.size or 0) for cell in axes[0].cells)

    def _size(self, field: Field) -> int:
        """Return the number of answers of a field that are listed."""
        axes = (self._space.axes[axis] for axis in self._space.axes_of(field))
        return len(self._positions(field)) or prod(len(axis.cells) for axis in axes)

    def _positions(self, field: Field) -> range:
        """Return the positions of a field of which every answer is listed; empty if its cells are."""
        low, high = box_of(field) if field.is_grid and field.name in self._apart else (None, None)
        return range(0) if low is None or high is None else range(low, high + 1)


def _falling(tally: Mapping[tuple[tuple[Any, ...], Any], int]) -> int:
    """Return the number of pairs in which no level is lower in the second situation, and its worth is.

    Without levels these are the pairs of different worth, each once.
    """
    return sum(
        many * others
        for (low, before), many in tally.items()
        for (high, after), others in tally.items()
        if after < before and all(map(le, low, high))
    )
