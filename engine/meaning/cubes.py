"""A list of conditions as cubes, processed together as bit masks.

A cube is the conjunction of what single axes must show (its tests) and a residual formula (its rest), which covers
everything else and is never expanded. Sets of cubes are bit masks: one integer operation processes thousands of rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.budget import Budget
from engine.frozen import NamedTuple
from engine.meaning.formula_store import FALSE, TRUE
from engine.meaning.formulas import Formulas
from engine.meaning.spaces.areas import Area, Areas, bits

# Cubes that are entered into an area, all at once, for one unit of work.
_CUBES_A_UNIT = 4
# So few cubes are looked at bit by bit rather than as a list.
_FEW = 12
# Sets of axes that are kept as tuples.
_MOST_LISTED = 1_000


class State(NamedTuple):
    """The state of a descent: the area, the cubes that may hold in it, and what they still have to test there.

    `alive` is a bit mask of cubes. `left` has for each axis the cubes with an open test on it (bit mask), `rests` the
    residual formulas by cube, of those alive alone. What has just been narrowed may still list cubes in `left` that are
    not alive, and axes without an open test; `only` drops both.
    """

    area: Area
    alive: int
    left: dict[int, int]
    rests: dict[int, int]

    @property
    def unsettled(self) -> int:
        """The cubes that may not hold everywhere in the area, as a bit mask."""
        found = as_bits(self.rests) if self.rests else 0
        for each in self.left.values():
            found |= each
        return found

    def only(self, alive: int) -> State:
        """Return the state restricted to these cubes."""
        left = {axis: kept for axis, each in self.left.items() if (kept := each & alive)} if self.left else self.left
        return State(self.area, alive, left, _among(self.rests, alive) if alive != self.alive else self.rests)


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
        self._last: tuple[Area | None, int] = None, 0
        # Sets of axes as tuples, by bit mask: most states have the same open axes as many others.
        self._listed: dict[int, tuple[int, ...]] = {}
        self.masks: dict[int, dict[int, int]] = {}
        self.rest: dict[int, int] = {}
        self.meter.work += len(conditions)
        masks, terms = self.masks, formulas.terms
        failing = []
        for cube, formula in enumerate(conditions):
            if formula == FALSE:
                failing.append(cube)
                continue
            tests, rest = terms(formula)
            for axis, mask in tests.items():
                if axis in masks:
                    masks[axis][cube] = mask
                else:
                    masks[axis] = {cube: mask}
            if rest != TRUE:
                self.rest[cube] = rest
        self.possible = ((1 << self.size) - 1) & ~as_bits(failing)
        self.tested = {axis: as_bits(masks[axis]) for axis in sorted(masks)}

    def within(self, area: Area) -> State:
        """Return the state of an area, with all cubes that may hold in it."""
        self.meter.work += self.size // _CUBES_A_UNIT
        whole = State(self.areas.full, self.possible, dict(self.tested), dict(self.rest))
        return self._moved(whole, area, range(len(area.masks)))

    def narrow(self, state: State, axis: int, mask: int, budget: Budget) -> State | None:
        """Restrict an axis to some cells; None if no situation is left. Raises `OutOfSteps`."""
        area = self.areas.narrow(state.area, axis, mask, budget)
        if area is None:
            return None
        # On an axis of tied fields, others of the group may become narrower too.
        return self._moved(state, area, range(len(area.masks)) if axis in self.areas.group_of else (axis,))

    def narrow_to(self, state: State, axis: int, mask: int, held: Sequence[int], budget: Budget) -> State:
        """Restrict an axis outside tied fields to cells on which only `held`, of the cubes testing it, hold."""
        area = self.areas.narrow(state.area, axis, mask, budget)
        assert area is not None
        alive = state.alive & ~(state.left[axis] & ~as_bits(held))
        rests, failing = self._rests_in(_among(state.rests, alive), state.area, area, 1 << axis)
        return State(area, alive & ~failing, {**state.left, axis: 0}, rests)

    def preview(self, state: State, axis: int, mask: int) -> tuple[int, int]:
        """Return the cubes that may hold on some cells of an axis, and the unsettled ones of them.

        An approximation of narrowing without a new state: tests on this axis are evaluated, rests count as unsettled.
        """
        self.meter.work += state.left[axis].bit_count()
        failing, still = self._tested(state.left[axis], axis, mask)
        alive = state.alive & ~failing
        unsettled = still | as_bits(state.rests)
        for other, each in state.left.items():
            if other != axis:
                unsettled |= each
        return alive, unsettled & alive

    def _moved(self, state: State, area: Area, axes: Iterable[int]) -> State:
        """Return the state in a part of its area that is narrower on some of these axes."""
        before, masks = state.area.masks, area.masks
        dead = changed = 0
        left = state.left.copy()
        for axis in axes:
            if masks[axis] == before[axis]:
                continue
            changed |= 1 << axis
            if axis in left:
                failing, left[axis] = self._tested(left[axis], axis, masks[axis])
                dead |= failing
        alive = state.alive & ~dead
        among = _among(state.rests, alive) if dead else state.rests
        rests, failing = self._rests_in(among, state.area, area, changed)
        return State(area, alive & ~failing, left, rests)

    def _tested(self, cubes: int, axis: int, mask: int) -> tuple[int, int]:
        """Return, of cubes that test an axis, those that fail on these cells of it, and those that are still open."""
        own = self.masks[axis]
        if cubes.bit_count() < _FEW:
            failing = still = 0
            while cubes:
                lowest = cubes & -cubes
                cubes ^= lowest
                common = own[lowest.bit_length() - 1] & mask
                if not common:
                    failing |= lowest
                elif common != mask:
                    still |= lowest
            return failing, still
        dead, open_ = [], []
        for cube in bits(cubes):
            common = own[cube] & mask
            if not common:
                dead.append(cube)
            elif common != mask:
                open_.append(cube)
        return as_bits(dead), as_bits(open_)

    def _rests_in(self, rests: dict[int, int], before: Area, area: Area, changed: int) -> tuple[dict[int, int], int]:
        """Return the rests simplified in an area, and the cubes whose rest fails, as a bit mask.

        `changed` has the axes on which the area is narrower than the one `before`, as a bit mask.
        """
        if not rests:
            return rests, 0
        axes, restrict, masks = self.formulas.axes, self.formulas.restrict, area.masks
        narrowed = 0
        found = {}
        failing = 0
        for cube, formula in rests.items():
            waiting = axes[formula] & changed
            while waiting:
                lowest = waiting & -waiting
                axis = lowest.bit_length() - 1
                left = restrict(formula, axis, masks[axis])
                waiting ^= lowest
                if left != formula:
                    formula = left
                    # Literals that were merged may together hold on all that is left of another axis.
                    narrowed = narrowed or self._narrowed(before) | changed
                    waiting = (waiting | narrowed & ~lowest) & axes[formula]
            if formula > TRUE:
                found[cube] = formula
            elif formula == FALSE:
                failing |= 1 << cube
        return found, failing

    def _narrowed(self, area: Area) -> int:
        """Return the axes on which an area does not have all cells, as a bit mask.

        The last one is kept, since an area is split into many parts.
        """
        last, known = self._last
        if last is area:
            return known
        found = 0
        for axis, (mask, whole) in enumerate(zip(area.masks, self.areas.full.masks, strict=True)):
            if mask != whole:
                found |= 1 << axis
        self._last = area, found
        return found

    def live_axes(self, state: State) -> int:
        """Return the axes that some open test or rest mentions, as a bit mask."""
        axes = as_bits(state.left) if state.left else 0
        for formula in state.rests.values():
            axes |= self.formulas.axes[formula]
        return axes

    def listed(self, axes: int) -> tuple[int, ...]:
        """Return some axes, a bit mask, in ascending order."""
        found = self._listed.get(axes)
        if found is None:
            if len(self._listed) == _MOST_LISTED:
                self._listed.clear()
            found = self._listed[axes] = tuple(bits(axes))
        return found

    def masks_on(self, state: State, axis: int) -> list[int]:
        """Return the masks of the open tests on an axis, those of cubes first, then those of literals in rests."""
        masks = []
        if axis in state.left:
            own = self.masks[axis]
            masks = [own[cube] for cube in bits(state.left[axis])]
        axes, bit = self.formulas.axes, 1 << axis
        for formula in state.rests.values():
            if axes[formula] & bit:
                masks += self.formulas.masks_on(formula, axis)
        self.meter.work += len(masks)
        return masks

    def masks_apart(self, state: State, axis: int) -> list[int]:
        """Return masks that tell apart the cells of an axis that open tests and rests do, each once."""
        masks: dict[int, None] = {}
        if axis in state.left:
            own = self.masks[axis]
            masks = dict.fromkeys([own[cube] for cube in bits(state.left[axis])])
            self.meter.work += state.left[axis].bit_count()
        for formula in state.rests.values():
            apart = self.formulas.masks_apart(formula, axis)
            self.meter.work += len(apart)
            masks |= dict.fromkeys(apart)
        return list(masks)


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
