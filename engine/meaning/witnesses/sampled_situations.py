"""Situations drawn at random, in which conditions are evaluated for all of them at once.

That some situation meets conditions is often shown by one of them, where a search would have to simplify large
conditions, such as sums of points, first. They prove existence and nothing else: what none of them shows is left to a
search. The draws are the same on every run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_

from engine.meaning.formula_store import FALSE, TRUE
from engine.meaning.logic import Logic
from engine.meaning.queries import Requirements
from engine.meaning.spaces.areas import bits

# How many are drawn in the box of each rule, and of how many rules, spread over the policy.
_IN_A_BOX = 64
_MOST_BOXES = 32


class SampledSituations:
    """Situations drawn at random in the boxes of rules, each of them a bit of every set of situations.

    Args:
        logic: The logic of the policy; no sums may tie its fields together.
    """

    def __init__(self, logic: Logic) -> None:
        self._formulas = logic.formulas
        boxes = logic.boxes.boxes
        self._at = _drawn(logic.areas.whole.masks, boxes[:: len(boxes) // _MOST_BOXES + 1])
        self._held = {FALSE: 0, TRUE: reduce(or_, self._at[0].values())}

    def show(self, requirements: Requirements) -> bool:
        """Whether one of them meets what is asked, of formulas of this policy."""
        if requirements.formulas is not self._formulas:
            return False
        left = self._held[TRUE]
        for each in requirements.all_of:
            left &= self._where(each)
        for each in requirements.none_of if left else ():
            left &= ~self._where(each)
        return bool(left) and (
            requirements.any_of is None or any(left & self._where(each) for each in requirements.any_of)
        )

    def _where(self, formula: int) -> int:
        """Return the situations that meet a formula, as a bit mask."""
        formulas, held = self._formulas, self._held
        # An explicit stack: formulas may be nested deeper than Python's recursion limit.
        waiting = [formula]
        while waiting:
            each = waiting[-1]
            if each in held:
                waiting.pop()
                continue
            literal = formulas.literal_of(each)
            if literal is not None:
                axis, cells = literal
                found = 0
                for cell, drawn in self._at[axis].items():
                    if cells >> cell & 1:
                        found |= drawn
                held[each] = found
                continue
            opposite = held.get(formulas.negation[each])
            if opposite is not None:
                held[each] = held[TRUE] & ~opposite
                continue
            is_conjunction, parts = formulas.parts(each)
            missing = [part for part in parts if part not in held]
            if missing:
                waiting += missing
                continue
            formulas.meter.work += len(parts)
            found = held[TRUE] if is_conjunction else 0
            for part in parts:
                found = found & held[part] if is_conjunction else found | held[part]
            held[each] = found
        return held[formula]


def _drawn(whole: Sequence[int], boxes: Sequence[Mapping[int, int]]) -> list[dict[int, int]]:
    """Return for each axis the situations with each of its cells, as bit masks."""
    from random import Random

    random = Random(0)
    found: list[dict[int, int]] = []
    for axis, full in enumerate(whole):
        at: dict[int, int] = {}
        for place, box in enumerate(boxes):
            cells = bits(box.get(axis, full) & full) or bits(full)
            for number in range(place * _IN_A_BOX, (place + 1) * _IN_A_BOX):
                cell = random.choice(cells)
                at[cell] = at.get(cell, 0) | 1 << number
        found.append(at)
    return found
