"""Witnesses found without a search: situations in which a rule stands, and in which it changes the outcome.

A point of the rule's box is chosen axis by axis, each time in the one of a few candidate cells that the fewest other
rules contain. A witness proves existence; a missing one proves nothing, and the query is left to a search. They buy 40
times on a proof of 800 limits that override each other, 8 times on a table with two keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.budget import Budget
from engine.frozen import NamedTuple
from engine.meaning.cubes import as_bits
from engine.meaning.hit_policies import Label
from engine.meaning.logic import Logic
from engine.meaning.spaces.areas import Area, bits

# Sets of rules that are inspected for one step.
_LOOKS_A_STEP = 64


class Witness(NamedTuple):
    """What one situation shows about a rule: whether it stands there, and whether it changes the outcome."""

    stands: bool = False
    matters: bool = False


class Witnesses:
    """Looks for a witness of each rule of one policy; finds none if sums tie fields together."""

    def __init__(self, logic: Logic) -> None:
        self.logic = logic
        self._steps = logic.areas.steps
        self._rests = as_bits(
            rule for rule, formula in enumerate(logic.applies) if logic.formulas.beyond_tests(formula)
        )
        self._hit_policy = logic.yielding(range(len(logic.applies)))

    def witness(self, rule: int, budget: Budget) -> Witness:
        """Return what the situation found for a rule shows; all false if none was found. Raises `OutOfSteps`."""
        logic = self.logic
        if logic.space.groups:
            return Witness()
        own: Mapping[int, int] | None = logic.boxes.boxes[rule]
        if self._steps is not None:
            own = self._box_with_steps(rule, budget)
        if own is None:
            return Witness()
        point = self._point(rule, own, budget)
        formulas = logic.formulas
        try:
            if not formulas.holds(logic.applies[rule], point):
                return Witness()
            if any(formulas.holds(each, point) for each in logic.outs):
                return Witness()
            applies = self._applying(point)
        finally:
            formulas.meter.pay(budget)
        stands = not any(applies >> each & 1 for each in logic.stronger(rule))
        return Witness(stands, stands and self._outcome(applies) != self._outcome(applies & ~(1 << rule)))

    def outcome_at(self, point: Sequence[int]) -> Label:
        """Return the outcome at a point (a cell for each axis); no sums may tie fields together."""
        if self._steps is not None:
            point = self._steps.settled(point)
        for each, label in zip(self.logic.outs, self.logic.out_labels, strict=True):
            if self.logic.formulas.holds(each, point):
                return label
        return self._outcome(self._applying(point))

    def _applying(self, point: Sequence[int]) -> int:
        """Return the rules that apply at a point, as a bit mask."""
        holds, formulas = self.logic.formulas.holds, self.logic.applies
        applies = self.logic.boxes.at(point)
        return applies & ~as_bits(each for each in bits(applies & self._rests) if not holds(formulas[each], point))

    def _box_with_steps(self, rule: int, budget: Budget) -> Mapping[int, int] | None:
        """Return a part of the box of a rule in which the steps have the outcomes that it tests; None if none has."""
        assert self._steps is not None
        whole = self.logic.areas.whole.masks
        own = self.logic.boxes.boxes[rule]
        masks = tuple([own.get(axis, mask) & mask for axis, mask in enumerate(whole)])
        part = next(self._steps.parts(Area(masks, ()), budget), None) if all(masks) else None
        return None if part is None else dict(enumerate(part.masks))

    def _point(self, rule: int, own: Mapping[int, int], budget: Budget) -> list[int]:
        """Choose a cell for each axis, within a box."""
        logic = self.logic
        boxes = logic.boxes
        others = logic.others(rule) if rule == logic.rest else logic.neighbours(rule)
        point = []
        looks = 0
        for axis, full in enumerate(logic.areas.whole.masks):
            left = own.get(axis, full)
            low, high = (left & -left).bit_length() - 1, left.bit_length() - 1
            best, kept = low, others
            if others:
                for cell in dict.fromkeys((low, high, _middle(left, low, high))):
                    holding = boxes.holding(axis, cell)
                    looks += 1
                    here = others if holding is None else others & holding
                    if here.bit_count() < kept.bit_count():
                        best, kept = cell, here
            point.append(best)
            others = kept
        budget.spend(1 + looks // _LOOKS_A_STEP)
        return point if self._steps is None else self._steps.settled(point)

    def _outcome(self, applies: int) -> Label:
        _, label = self._hit_policy.evaluate(applies << len(self.logic.outs), 0)
        return label


def _middle(mask: int, low: int, high: int) -> int:
    """Return the highest cell of a mask at or below the middle of its ends."""
    below = mask & ((2 << ((low + high) // 2)) - 1)
    return below.bit_length() - 1
