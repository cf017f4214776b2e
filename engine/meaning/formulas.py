"""And/or formulas over literals, hash-consed: each distinct formula is stored once.

A literal is an axis and the set of its cells (a bit mask) on which it holds. Formulas are in negation normal form and
numbered: parts are made before the whole, so a formula never depends on one with a larger number. Every formula is made
together with its negation. Nothing is expanded into boxes; the decision tree only needs what is left of a formula when
an axis is known to be in certain cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.frozen import NamedTuple
from engine.language.model.policy import Policy
from engine.meaning.spaces.areas import Areas
from engine.meaning.spaces.space import Space

FALSE, TRUE = 0, 1
_AND, _OR = True, False
# Units of work for a new formula, apart from its parts.
_KEPT = 8


class Formulas:
    """The formulas over one space.

    `negation` has the negation of each formula and `axes` the axes that it mentions, as a bit mask; both are indexed by
    formula. `meter` counts the parts inspected, to charge step budgets by the size of formulas.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self.negation: list[int] = [TRUE, FALSE]
        # The axes that a formula mentions, as a bit mask.
        self.axes: list[int] = [0, 0]
        # How deep conjunctions and disjunctions are nested in it.
        self.depths: list[int] = [0, 0]
        # Literals as (axis, mask), stored for the first of each pair only to save memory: an axis with thousands of
        # cells may have thousands of masks. Other formulas as (is it a conjunction, parts).
        self._literals: dict[int, tuple[int, int]] = {}
        self._parts: dict[int, tuple[bool, tuple[int, ...]]] = {}
        self._known: dict[tuple[object, ...], int] = {}
        # Counts the parts inspected, to charge a step budget by the size of formulas.
        self.meter = space.meter
        self._restricted: dict[tuple[int, int], dict[int, int]] = {}
        # The literals among the parts of a formula, as axis to mask.
        self._guards: dict[int, dict[int, int]] = {}
        self._terms: dict[int, tuple[Mapping[int, int], int]] = {}
        # Tuples of numbers, which the garbage collector need not visit, unlike sets and lists.
        self._on_axis: dict[tuple[int, int], tuple[int, ...]] = {}
        self._masks_on: dict[tuple[int, int], tuple[int, ...]] = {}

    def literal(self, axis: int, mask: int) -> int:
        """Return the formula that holds on these cells of an axis."""
        full = self.space.axes[axis].full
        mask &= full
        if mask in (0, full):
            return TRUE if mask else FALSE
        known = self._known.get((axis, mask))
        if known is not None:
            return known
        opposite = self._known.get((axis, full ^ mask))
        if opposite is not None:
            return self.negation[opposite]
        name, _ = self._new_pair(1 << axis, 0)
        self._literals[name] = axis, mask
        self._known[axis, mask] = name
        return name

    def literal_of(self, formula: int) -> tuple[int, int] | None:
        """Return the axis and the mask of a literal; None for any other formula."""
        first = self._literals.get(formula & ~1)
        if first is None or not formula & 1:
            return first
        return first[0], self.space.axes[first[0]].full ^ first[1]

    def is_literal(self, formula: int) -> bool:
        """Whether a formula is a literal."""
        return formula & ~1 in self._literals

    def conjunction(self, formulas: Iterable[int]) -> int:
        """Return the conjunction of formulas, simplified."""
        return self._join(_AND, formulas)

    def disjunction(self, formulas: Iterable[int]) -> int:
        """Return the disjunction of formulas, simplified."""
        return self._join(_OR, formulas)

    def _new_pair(self, axes: int, depth: int) -> tuple[int, int]:
        """Return the numbers of a new formula, which is even, and of its negation, the next one."""
        name = len(self.negation)
        self.negation += [name + 1, name]
        self.axes += [axes, axes]
        self.depths += [depth, depth]
        return name, name + 1

    def _join(self, kind: bool, formulas: Iterable[int], axis_known: int = -1, cells: int = 0) -> int:
        """Join formulas, simplified for the case that an axis is known to be in `cells`."""
        neutral, final = (TRUE, FALSE) if kind else (FALSE, TRUE)
        masks: dict[int, int] = {}
        # Number of the only literal on an axis: saves a lookup that hashes a long mask.
        named: dict[int, int] = {}
        parts: set[int] = set()
        waiting = list(formulas)
        self.meter.work += len(waiting) + 1
        while waiting:
            each = waiting.pop()
            if each == final:
                return final
            if each == neutral:
                continue
            inner = self._parts.get(each)
            if inner is not None:
                if inner[0] == kind:
                    self.meter.work += len(inner[1])
                    waiting.extend(inner[1])
                elif self.negation[each] in parts:
                    return final
                else:
                    parts.add(each)
                continue
            literal = self.literal_of(each)
            assert literal is not None
            axis, mask = literal
            before = masks.get(axis)
            if before is None:
                named[axis] = each
            else:
                mask = before & mask if kind else before | mask
                named.pop(axis, None)
            masks[axis] = mask
        for axis, mask in masks.items():
            each = named[axis] if axis in named else self.literal(axis, mask)
            if axis == axis_known and (mask & cells in (0, cells)):
                each = TRUE if mask & cells else FALSE
            if each == final:
                return final
            if each != neutral:
                parts.add(each)
        if not parts:
            return neutral
        if len(parts) == 1:
            return parts.pop()
        return self._kept(kind, tuple(sorted(parts)))

    def _kept(self, kind: bool, parts: tuple[int, ...]) -> int:
        """Return the formula with these parts, creating it together with its negation if it is new."""
        known = self._known.get((kind, parts))
        if known is not None:
            return known
        # A new formula stays in memory, with its negation.
        self.meter.work += _KEPT + 2 * len(parts)
        axes = depth = 0
        for each in parts:
            axes |= self.axes[each]
            depth = max(depth, self.depths[each])
        opposite_parts = tuple(sorted(self.negation[each] for each in parts))
        name, opposite = self._new_pair(axes, depth + 1)
        self._parts[name], self._parts[opposite] = (kind, parts), (not kind, opposite_parts)
        self._known[kind, parts] = name
        self._known[not kind, opposite_parts] = opposite
        return name

    def restrict(self, formula: int, axis: int, cells: int) -> int:
        """Simplify a formula given that an axis is in one of these cells (a bit mask)."""
        if not self.axes[formula] >> axis & 1:
            return formula
        # By the first number of each pair: what is left of a negation is the negation of what is left.
        done = self._restricted.setdefault((axis, cells), {})
        name = formula & ~1
        if name not in done:
            self._restrict(name, axis, cells, done)
        return self.negation[done[name]] if formula & 1 else done[name]

    def _restrict(self, formula: int, axis: int, cells: int, done: dict[int, int]) -> None:
        """Add to `done` what is left of a formula, the first of its pair, and of those of its parts that it needs."""
        axes, literals, negation = self.axes, self._literals, self.negation
        # An explicit stack: facts over facts may be nested deeper than Python's recursion limit.
        waiting = [formula]
        while waiting:
            each = waiting[-1]
            if each in done:
                waiting.pop()
                continue
            if each in literals:
                done[each] = self._left_of_literal(each, cells)
                waiting.pop()
                continue
            kind, parts = self._parts[each]
            neutral, final = (TRUE, FALSE) if kind else (FALSE, TRUE)
            self.meter.work += len(parts)
            left, missing = [], []
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
                    found = negation[found]
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
            parts = self._parts[name][1]
            tests = self._guards[name] = dict(each for part in parts if (each := self.literal_of(part)) is not None)
        mask = tests.get(axis)
        if mask is None:
            return None
        if self._parts[name][0]:
            return None if mask & cells else FALSE
        return TRUE if mask & cells == cells else None

    def parts(self, formula: int) -> tuple[bool, tuple[int, ...]]:
        """Return whether a formula is a conjunction, and its parts; a literal is a conjunction of itself."""
        if formula in self._parts:
            return self._parts[formula]
        return (_AND, () if formula == TRUE else (formula,)) if formula != FALSE else (_OR, ())

    def terms(self, formula: int) -> tuple[Mapping[int, int], int]:
        """Return the literals of a conjunction as axis to mask, and the conjunction of its other parts."""
        found = self._terms.get(formula)
        if found is None:
            literal = self.literal_of(formula)
            if literal is not None:
                return dict([literal]), TRUE
            found = self._terms[formula] = self._apart(formula)
        return found

    def _apart(self, formula: int) -> tuple[Mapping[int, int], int]:
        conjunction, parts = self.parts(formula)
        if not conjunction:
            return {}, formula
        tests = dict(literal for part in parts if (literal := self.literal_of(part)) is not None)
        if len(tests) == len(parts):
            return tests, TRUE
        return tests, self.conjunction(part for part in parts if self.literal_of(part) is None)

    def masks_on(self, formula: int, axis: int) -> tuple[int, ...]:
        """Return the masks of the literals of a formula on an axis; a literal and its negation count once."""
        key = (formula & ~1, axis)
        found = self._masks_on.get(key)
        if found is None:
            found = tuple([self._literals[each][1] for each in self._mentions(formula, axis)])
            self._masks_on[key] = found
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
                inner = [(part & ~1, axis) for part in self._parts[name][1] if self.axes[part] >> axis & 1]
                missing = [part for part in inner if part not in known]
                if missing:
                    waiting.extend(missing)
                else:
                    self.meter.work += len(inner) + 1
                    known[each] = tuple(sorted({literal for part in inner for literal in known[part]}))
        return known[formula & ~1, axis]

    def beyond_tests(self, formula: int) -> bool:
        """Whether a formula is more than a conjunction of literals."""
        return self.terms(formula)[1] != TRUE

    def holds(self, formula: int, point: Sequence[int]) -> bool:
        """Whether a formula holds at a point (a cell for each axis)."""
        known = {FALSE: False, TRUE: True}
        waiting = [formula]
        while waiting:
            each = waiting[-1]
            literal = self.literal_of(each)
            if each in known:
                waiting.pop()
            elif literal is not None:
                known[each] = bool(literal[1] >> point[literal[0]] & 1)
            else:
                kind, parts = self._parts[each]
                missing = None
                for part in parts:
                    self.meter.work += 1
                    if part not in known:
                        missing = part
                        break
                    if known[part] != kind:
                        known[each] = not kind
                        break
                else:
                    known[each] = kind
                if missing is not None:
                    waiting.append(missing)
        return known[formula]

    def literals(self, formula: int) -> dict[int, int]:
        """Return how many distinct literals a formula has on each axis."""
        found: dict[int, int] = {}
        seen = {formula}
        waiting = [formula]
        while waiting:
            each = waiting.pop()
            literal = self._literals.get(each & ~1)
            if literal is not None:
                found[literal[0]] = found.get(literal[0], 0) + 1
            elif each in self._parts:
                new = [part for part in self._parts[each][1] if part not in seen]
                seen.update(new)
                waiting.extend(new)
        return found


class Ground(NamedTuple):
    """What policies that are compared share: the areas of one space, and the formulas over it."""

    areas: Areas
    formulas: Formulas


def common_ground(*policies: Policy) -> Ground:
    """Return the areas and formulas of the space that the fields of these policies span."""
    space = Space(*policies)
    return Ground(Areas(space), Formulas(space))
