"""A list of conditions as cubes, processed together as bit masks.

A cube is the conjunction of what single axes must show (its tests) and a residual formula (its rest), which covers
everything else and is never expanded. Sets of cubes are bit masks: one integer operation processes thousands of rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.budget import Budget
from engine.meaning.formulas import FALSE, TRUE, Formulas
from engine.meaning.spaces.areas import Area, Areas, bits


class State(NamedTuple):
    """The state of a descent: the area, the cubes that may hold in it, and what they still have to test there.

    `alive` is a bit mask of cubes. `left` has for each axis the cubes with an open test on it (bit mask, never 0),
    `rests` the residual formulas by cube.
    """

    area: Area
    alive: int
    left: dict[int, int]
    rests: dict[int, int]

    @property
    def unsettled(self) -> int:
        """The cubes that may not hold everywhere in the area, as a bit mask."""
        found = 0
        for each in self.left.values():
            found |= each
        for cube in self.rests:
            found |= 1 << cube
        return found

    def only(self, alive: int) -> State:
        """Return the state restricted to these cubes."""
        if alive == self.alive:
            return self
        left = {axis: kept for axis, each in self.left.items() if (kept := each & alive)}
        return State(self.area, alive, left, _among(self.rests, alive))


class Cubes:
    """The cubes of some formulas, referred to by their index.

    `masks` has for each axis the mask of each cube that tests it, `tested` the same cubes as a bit mask, `rest` the
    rests, and `possible` the cubes that are not false from the start.
    """

    def __init__(self, areas: Areas, formulas: Formulas, conditions: Sequence[int]) -> None:
        self.areas = areas
        self.formulas = formulas
        self.meter = formulas.meter
        self.size = len(conditions)
        self.masks: dict[int, dict[int, int]] = {}
        self.rest: dict[int, int] = {}
        self.possible = 0
        self.meter.work += len(conditions)
        tested: dict[int, list[int]] = {}
        for cube, formula in enumerate(conditions):
            if formula == FALSE:
                continue
            tests, rest = formulas.terms(formula)
            for axis, mask in tests.items():
                self.masks.setdefault(axis, {})[cube] = mask
                tested.setdefault(axis, []).append(cube)
            if rest != TRUE:
                self.rest[cube] = rest
            self.possible |= 1 << cube
        self.tested = {axis: as_bits(tested[axis]) for axis in sorted(tested)}

    def within(self, area: Area) -> State:
        """Return the state of an area, with all cubes that may hold in it."""
        whole = State(self.areas.whole, self.possible, dict(self.tested), dict(self.rest))
        return self._moved(whole, area)

    def narrow(self, state: State, axis: int, mask: int, budget: Budget) -> State | None:
        """Restrict an axis to some cells; None if no situation is left. Raises `OutOfSteps`."""
        area = self.areas.narrow(state.area, axis, mask, budget)
        return None if area is None else self._moved(state, area)

    def narrow_to(self, state: State, axis: int, mask: int, held: Sequence[int], budget: Budget) -> State:
        """Restrict an axis outside tied fields to cells on which only `held`, of the cubes testing it, hold."""
        area = self.areas.narrow(state.area, axis, mask, budget)
        assert area is not None
        alive = state.alive & ~(state.left[axis] & ~as_bits(held))
        left = {other: kept for other, each in state.left.items() if other != axis and (kept := each & alive)}
        dead: list[int] = []
        rests = self._rests_in(_among(state.rests, alive), area, 1 << axis, dead)
        parted = State(area, alive, left, rests)
        return parted.only(alive & ~as_bits(dead)) if dead else parted

    def preview(self, state: State, axis: int, mask: int) -> tuple[int, int]:
        """Return the cubes that may hold on some cells of an axis, and the unsettled ones of them.

        An approximation of narrowing without a new state: tests on this axis are evaluated, rests count as unsettled.
        """
        own = self.masks[axis]
        self.meter.work += state.left[axis].bit_count()
        dead, still = [], []
        for cube in bits(state.left[axis]):
            common = own[cube] & mask
            if not common:
                dead.append(cube)
            elif common != mask:
                still.append(cube)
        alive = state.alive & ~as_bits(dead)
        unsettled = as_bits([*still, *state.rests])
        for other, each in state.left.items():
            if other != axis:
                unsettled |= each
        return alive, unsettled & alive

    def _moved(self, state: State, area: Area) -> State:
        """Return the state in a part of its area."""
        dead: list[int] = []
        left = dict(state.left)
        changed = 0
        before = state.area.masks
        for axis, mask in enumerate(area.masks):
            if mask == before[axis]:
                continue
            changed |= 1 << axis
            if axis in left:
                still = []
                own = self.masks[axis]
                for cube in bits(left[axis]):
                    common = own[cube] & mask
                    if not common:
                        dead.append(cube)
                    elif common != mask:
                        still.append(cube)
                left[axis] = as_bits(still)
                if not still:
                    del left[axis]
        rests = self._rests_in(state.rests, area, changed, dead)
        moved = State(area, state.alive, left, rests)
        return moved.only(state.alive & ~as_bits(dead)) if dead else moved

    def _rests_in(self, rests: dict[int, int], area: Area, changed: int, dead: list[int]) -> dict[int, int]:
        """Return the rests simplified in an area; cubes whose rest fails are added to `dead`."""
        if not rests:
            return rests
        found = {}
        for cube, formula in rests.items():
            left = self._left(formula, area, changed)
            if left == FALSE:
                dead.append(cube)
            elif left != TRUE:
                found[cube] = left
        return found

    def _left(self, formula: int, area: Area, changed: int) -> int:
        """Simplify a formula in an area in which the axes in `changed` (bit mask) have been narrowed."""
        formulas = self.formulas
        waiting = formulas.axes[formula] & changed
        while waiting:
            lowest = waiting & -waiting
            axis = lowest.bit_length() - 1
            left = formulas.restrict(formula, axis, area.masks[axis])
            waiting &= ~lowest
            if left != formula:
                # Literals that were merged may together hold on all that is left of another axis.
                waiting |= self._narrow_axes(left, area) & ~lowest
            formula = left
            waiting &= formulas.axes[formula]
        return formula

    def _narrow_axes(self, formula: int, area: Area) -> int:
        whole = self.areas.whole.masks
        axes = self.formulas.axes[formula]
        return as_bits(axis for axis in bits(axes) if area.masks[axis] != whole[axis])

    def live_axes(self, state: State) -> list[int]:
        """Return the axes that some open test or rest mentions, in ascending order."""
        axes = 0
        for axis in state.left:
            axes |= 1 << axis
        for formula in state.rests.values():
            axes |= self.formulas.axes[formula]
        return bits(axes)

    def masks_on(self, state: State, axis: int) -> tuple[list[int], list[int]]:
        """Return the cubes with an open test on an axis, and the masks that are tested there.

        The masks of the cubes come first, in the same order, then those of literals in rests.
        """
        own = self.masks.get(axis, {})
        cubes = bits(state.left.get(axis, 0))
        masks = [own[cube] for cube in cubes]
        for formula in state.rests.values():
            masks += self.formulas.masks_on(formula, axis)
        self.meter.work += len(masks)
        return cubes, masks


def _among(rests: dict[int, int], alive: int) -> dict[int, int]:
    """Return the rests of the cubes in `alive`."""
    if not rests:
        return rests
    if alive.bit_count() < len(rests):
        return {cube: rests[cube] for cube in bits(alive) if cube in rests}
    return {cube: formula for cube, formula in rests.items() if alive >> cube & 1}


def as_bits(cubes: Iterable[int]) -> int:
    """Return a set of indices as a bit mask."""
    found = list(cubes)
    if len(found) < 16:
        mask = 0
        for cube in found:
            mask |= 1 << cube
        return mask
    held = bytearray((max(found) >> 3) + 1)
    for cube in found:
        held[cube >> 3] |= 1 << (cube & 7)
    return int.from_bytes(held, "little")
