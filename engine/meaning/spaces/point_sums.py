"""Comparisons of points as nested conditions: where a choice adds so much, those after it have to add the rest."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from fractions import Fraction
from math import lcm

from engine.language.model.condition_tree import ALWAYS, NEGATED_ORDER, NEVER, All, Condition, Not, Some
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Number
from engine.meaning.spaces.choices import choices_of
from engine.threads import cached_property


class PointSums:
    """Points as choices between amounts that are added up, for the comparisons of one number."""

    def __init__(self, policy: Policy, number: Number) -> None:
        self.choices = choices_of(policy, number)
        # The conditions of being at least a sum, by that and how many choices are settled before.
        self._known: dict[tuple[int, int], Condition] = {}

    @cached_property
    def _unit(self) -> int:
        """What amounts are multiplied by to be whole numbers."""
        return lcm(*(amount.denominator for choice in self.choices for amount, _ in choice))

    @cached_property
    def _whole(self) -> list[list[tuple[int, Condition]]]:
        """The choices with their amounts as whole numbers."""
        return [[(int(amount * self._unit), condition) for amount, condition in each] for each in self.choices]

    @cached_property
    def _sums(self) -> list[list[int]]:
        """For each place, the sums that the choices from there on can come to, in ascending order."""
        found: list[set[int]] = [{0}]
        for choice in reversed(self._whole):
            found.append({amount + left for amount, _ in choice for left in found[-1]})
        return [sorted(each) for each in reversed(found)]

    def ordered(self, op: str, bound: Fraction) -> Condition:
        """Return the condition under which the points compare with a bound."""
        if op in NEGATED_ORDER:
            return Not(self.ordered(NEGATED_ORDER[op], bound))
        turn = bisect_left if op == "at_least" else bisect_right
        sums = self._sums[0]
        first = turn(sums, bound * self._unit)
        return NEVER if first == len(sums) else self._reached(sums[first])

    def _reached(self, least: int) -> Condition:
        """Return the condition under which the points, as a whole number, are at least one of the sums that occur.

        What the choices after some still have to add is rounded up to a sum that they can come to: equal conditions
        are one object.
        """
        # For each place, what may be left there, with what each amount of the next choice leaves of it.
        levels: list[dict[int, list[int | None]]] = []
        lefts = {least}
        for place in range(len(self._whole)):
            level = {left: self._after(place, left) for left in lefts if (place, left) not in self._known}
            levels.append(level)
            lefts = {each for after in level.values() for each in after if each is not None}
        end = len(self._whole)
        self._known |= {(end, left): ALWAYS for left in lefts}
        for place in reversed(range(end)):
            for left, after in levels[place].items():
                self._known[place, left] = self._at(place, after)
        return self._known[0, least]

    def _after(self, place: int, least: int) -> list[int | None]:
        """Return for each amount of a choice the smallest sum of those after it with which it is enough, if any.

        Empty where all of them are enough.
        """
        if least <= self._sums[place][0]:
            return []
        sums = self._sums[place + 1]
        ats = [bisect_left(sums, least - amount) for amount, _ in self._whole[place]]
        return [sums[at] if at < len(sums) else None for at in ats]

    def _at(self, place: int, after: list[int | None]) -> Condition:
        """Return the condition that the choices from a place on come to at least a sum, from what each one leaves."""
        if not after:
            return ALWAYS
        results = [NEVER if left is None else self._known[place + 1, left] for left in after]
        conditions = [condition for _, condition in self._whole[place]]
        return _chosen(list(zip(conditions, results, strict=True)))

    def nested(
        self, bounds: set[Fraction], times: Fraction, settle: Callable[[Fraction], Condition]
    ) -> dict[Fraction, Condition]:
        """Return, by bound, the condition of what is left of the bound once all choices are settled."""
        levels = [bounds]
        for choice in self.choices:
            levels.append({left - times * amount for left in levels[-1] for amount, _ in choice})
        below = {left: settle(left) for left in levels.pop()}
        for choice in reversed(self.choices):
            below = {
                left: _chosen([(condition, below[left - times * amount]) for amount, condition in choice])
                for left in levels.pop()
            }
        return below


def _chosen(choice: list[tuple[Condition, Condition]]) -> Condition:
    """Return what holds where exactly one condition of each pair holds: the other one of the pair that does."""
    by_result: dict[int, tuple[Condition, list[Condition]]] = {}
    for condition, result in choice:
        by_result.setdefault(id(result), (result, []))[1].append(condition)
    if len(by_result) == 1:
        return choice[0][1]
    found = []
    for result, conditions in by_result.values():
        one = conditions[0] if len(conditions) == 1 else Some(tuple(conditions))
        if result is ALWAYS:
            found.append(one)
        elif result is not NEVER:
            found.append(All((one, result)))
    return found[0] if len(found) == 1 else Some(tuple(found))
