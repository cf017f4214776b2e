"""What is left of formulas when an axis is known to be in certain cells, and which cells they tell apart.

Conditions on points are choices between the bands of a field, each with the condition on what is then left to reach.
The parts of such a formula are cases of one axis: they are looked up rather than simplified one by one.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

from engine.frozen import NamedTuple
from engine.language.model.policy import Policy
from engine.meaning.formula_store import FALSE, KEPT, TRUE, FormulaStore
from engine.meaning.spaces.areas import Areas
from engine.meaning.spaces.space import Space


class _Cases(NamedTuple):
    """The parts of a formula by an axis.

    `apart` has those that do not mention it, `deep` those that have other formulas with a literal on it. Each of the
    others matters on its `cells` of the axis only, a bit mask, and there comes to the formula in `rests`. `alone` has
    these by their cells, if they are all, and no two of them matter on the same ones.
    """

    apart: tuple[int, ...]
    deep: tuple[int, ...]
    cells: tuple[int, ...]
    rests: tuple[int, ...]
    alone: dict[int, int]


class Formulas(FormulaStore):
    """The formulas over one space, with what is left of them on some cells of an axis."""

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self._restricted: dict[tuple[int, int], dict[int, int]] = {}
        # The parts of formulas by an axis, by formula and axis.
        self._cases: dict[tuple[int, int], _Cases] = {}
        # The literals among the parts of a formula, as axis to mask.
        self._guards: dict[int, dict[int, int]] = {}
        # Tuples of numbers, which the garbage collector need not visit, unlike sets and lists.
        self._on_axis: dict[tuple[int, int], tuple[int, ...]] = {}
        self._masks_on: dict[tuple[int, int], tuple[int, ...]] = {}

    def restrict(self, formula: int, axis: int, cells: int) -> int:
        """Simplify a formula given that an axis is in one of these cells (a bit mask)."""
        if not self.axes[formula] >> axis & 1:
            return formula
        key = axis, cells
        done = self._restricted.get(key)
        if done is None:
            done = self._restricted[key] = {}
        # By the first number of each pair: what is left of a negation is the negation of what is left.
        name = formula & ~1
        found = done.get(name)
        if found is None:
            found = self._left_at_once(name, axis, cells)
            if found is None:
                self._restrict(name, axis, cells, done)
                found = done[name]
            else:
                done[name] = found
        return found ^ (formula & 1)

    def _left_at_once(self, formula: int, axis: int, cells: int) -> int | None:
        """Return what is left of a formula where exactly one of its parts matters, on just these cells; or None."""
        self.meter.work += 1
        if formula in self._literals:
            return self._left_of_literal(formula, cells)
        return self._cases_on(formula, axis).alone.get(cells)

    def _restrict(self, formula: int, axis: int, cells: int, done: dict[int, int]) -> None:
        """Add to `done` what is left of a formula that is no literal, and of those of its parts that it needs.

        Of each pair, the first is meant.
        """
        axes, literals = self.axes, self._literals
        # An explicit stack: facts over facts may be nested deeper than Python's recursion limit.
        waiting = [formula]
        while waiting:
            each = waiting[-1]
            if each in done:
                waiting.pop()
                continue
            kind, parts = self._kinds[each], self._inner[each]
            neutral, final = (TRUE, FALSE) if kind else (FALSE, TRUE)
            self.meter.work += len(parts)
            left, parts = self._case_of(each, axis, cells)
            missing = []
            for part in parts:
                if not axes[part] >> axis & 1:
                    left.append(part)
                    continue
                name = part & ~1
                found = done.get(name)
                if found is None:
                    if name in literals:
                        found = done[name] = self._left_of_literal(name, cells)
                    else:
                        found = self._settled(name, axis, cells)
                        if found is None:
                            missing.append(name)
                            continue
                        done[name] = found
                if part & 1:
                    found ^= 1
                if found == final:
                    # Of cases that exclude each other, all but one are decided by their first test.
                    done[each] = final
                    waiting.pop()
                    break
                if found != neutral:
                    left.append(found)
            else:
                if missing:
                    waiting.extend(missing)
                    continue
                done[each] = left[0] if len(left) == 1 else self._join(kind, left, axis, cells)
                waiting.pop()

    def _case_of(self, formula: int, axis: int, cells: int) -> tuple[list[int], tuple[int, ...]]:
        """Return what is left of some parts of a formula on these cells of an axis, and the other parts as they are."""
        cases = self._cases_on(formula, axis)
        left = list(cases.apart)
        for where, rest in zip(cases.cells, cases.rests, strict=True):
            common = where & cells
            if common:
                if common != cells:
                    return [], self._inner[formula]
                left.append(rest)
        return left, cases.deep

    def _cases_on(self, formula: int, axis: int) -> _Cases:
        """Return the parts of a formula as cases of an axis that it mentions, worked out once."""
        key = formula, axis
        found = self._cases.get(key)
        if found is None:
            found = self._cases[key] = self._as_cases(formula, axis)
        return found

    def _as_cases(self, formula: int, axis: int) -> _Cases:
        kind, parts = self._kinds[formula], self._inner[formula]
        full = self.space.axes[axis].full
        axes, literals = self.axes, self._literals
        apart, deep, where, rests = [], [], [], []
        self.meter.work += KEPT + len(parts)
        for part in parts:
            if not axes[part] >> axis & 1:
                apart.append(part)
                continue
            inner = (part,) if part & ~1 in literals else self._inner[part]
            on_axis = [each for each in inner if axes[each] >> axis & 1]
            if len(on_axis) > 1 or on_axis[0] & ~1 not in literals:
                deep.append(part)
                continue
            mask = literals[on_axis[0] & ~1][1]
            # A part of a conjunction matters where its literal fails, one of a disjunction where it holds.
            where.append(mask if kind == on_axis[0] & 1 else full ^ mask)
            others = tuple([each for each in inner if each != on_axis[0]])
            if len(others) > 1:
                rests.append(self._kept(not kind, others))
            else:
                rests.append(others[0] if others else FALSE if kind else TRUE)
        is_alone = not apart and not deep and sum(map(int.bit_count, where)) == reduce(or_, where, 0).bit_count()
        alone = dict(zip(where, rests, strict=True)) if is_alone else {}
        return _Cases(tuple(apart), tuple(deep), tuple(where), tuple(rests), alone)

    def _left_of_literal(self, name: int, cells: int) -> int:
        """Return what is left of a literal, the first of its pair, when its axis is in one of these cells.

        An open literal is not intersected with the cells: it stays the same formula.
        """
        held = self._literals[name][1] & cells
        return TRUE if held == cells else FALSE if not held else name

    def _settled(self, name: int, axis: int, cells: int) -> int | None:
        """Return what a literal among its parts makes of a formula where an axis is in one of these cells, or None."""
        tests = self._guards.get(name)
        if tests is None:
            parts = self._inner[name]
            tests = self._guards[name] = dict(each for part in parts if (each := self.literal_of(part)) is not None)
        mask = tests.get(axis)
        if mask is None:
            return None
        if self._kinds[name]:
            return None if mask & cells else FALSE
        return TRUE if mask & cells == cells else None

    def masks_on(self, formula: int, axis: int) -> tuple[int, ...]:
        """Return the masks of the literals of a formula on an axis; a literal and its negation count once."""
        key = (formula & ~1, axis)
        found = self._masks_on.get(key)
        if found is None:
            found = tuple([self._literals[each][1] for each in self._mentions(formula, axis)])
            self._masks_on[key] = found
        return found

    def masks_apart(self, formula: int, axis: int) -> list[int]:
        """Return masks that tell apart the cells of an axis that a formula does; a formula and its negation do so."""
        name = formula & ~1
        if not self.axes[name] >> axis & 1:
            return []
        if name in self._literals:
            return [self._literals[name][1]]
        cases = self._cases_on(name, axis)
        found = list(cases.cells)
        for part in cases.deep:
            inner = self._cases_on(part & ~1, axis)
            found += self.masks_on(part, axis) if inner.deep else inner.cells
        return found

    def _mentions(self, formula: int, axis: int) -> tuple[int, ...]:
        """Return the literals of a formula on an axis, each by the first number of its pair, in ascending order."""
        known = self._on_axis
        waiting = [(formula & ~1, axis)]
        while waiting:
            each = waiting[-1]
            name = each[0]
            if each in known:
                waiting.pop()
            elif not self.axes[name] >> axis & 1:
                known[each] = ()
            elif name in self._literals:
                known[each] = (name,)
            else:
                inner = [(part & ~1, axis) for part in self._inner[name] if self.axes[part] >> axis & 1]
                missing = [part for part in inner if part not in known]
                if missing:
                    waiting.extend(missing)
                else:
                    self.meter.work += len(inner) + 1
                    known[each] = tuple(sorted({literal for part in inner for literal in known[part]}))
        return known[formula & ~1, axis]


class Ground(NamedTuple):
    """What policies that are compared share: the areas of one space, and the formulas over it."""

    areas: Areas
    formulas: Formulas


def common_ground(*policies: Policy) -> Ground:
    """Return the areas and formulas of the space that the fields of these policies span."""
    space = Space(*policies)
    return Ground(Areas(space), Formulas(space))
