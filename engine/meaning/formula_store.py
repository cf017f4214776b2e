"""And/or formulas over literals, hash-consed: each distinct formula is stored once.

A literal is an axis and the set of its cells (a bit mask) on which it holds. Formulas are in negation normal form and
numbered: parts are made before the whole, so a formula never depends on one with a larger number. Every formula is made
together with its negation. Nothing is expanded into boxes; the decision tree only needs what is left of a formula when
an axis is known to be in certain cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.meaning.spaces.space import Space

FALSE, TRUE = 0, 1
_AND, _OR = True, False
# Units of work for what is kept of a formula, apart from its parts.
KEPT = 8


class FormulaStore:
    """The formulas over one space, each stored once.

    `negation` has the negation of each formula and `axes` the axes that it mentions, as a bit mask; both are indexed by
    formula. `meter` counts the parts inspected, to charge step budgets by the size of formulas.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self.negation: list[int] = [TRUE, FALSE]
        self.axes: list[int] = [0, 0]
        # How deep conjunctions and disjunctions are nested in a formula: 0 for a literal, TRUE and FALSE.
        self.depths: list[int] = [0, 0]
        # Whether a formula is a conjunction, and its parts; a literal has none.
        self._kinds: list[bool] = [_AND, _AND]
        self._inner: list[tuple[int, ...]] = [(), ()]
        # Formulas with no literal among their parts.
        self._untested: set[int] = set()
        # Literals as (axis, mask), stored for the first of each pair only to save memory: an axis with thousands of
        # cells may have thousands of masks.
        self._literals: dict[int, tuple[int, int]] = {}
        self._known_literals: dict[tuple[int, int], int] = {}
        self._known: dict[bool, dict[tuple[int, ...], int]] = {_AND: {}, _OR: {}}
        self._terms: dict[int, tuple[Mapping[int, int], int]] = {}
        self.meter = space.meter

    def literal(self, axis: int, mask: int) -> int:
        """Return the formula that holds on these cells of an axis."""
        full = self.space.axes[axis].full
        mask &= full
        if mask in (0, full):
            return TRUE if mask else FALSE
        known = self._known_literals.get((axis, mask))
        if known is not None:
            return known
        opposite = self._known_literals.get((axis, full ^ mask))
        if opposite is not None:
            return self.negation[opposite]
        name = self._new_pair(1 << axis, 0, _AND, (), ())
        self._literals[name] = axis, mask
        self._known_literals[axis, mask] = name
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

    def _new_pair(
        self, axes: int, depth: int, kind: bool, parts: tuple[int, ...], opposite_parts: tuple[int, ...]
    ) -> int:
        """Return the number of a new formula, which is even; the next one is its negation."""
        name = len(self.negation)
        self.negation += [name + 1, name]
        self.axes += [axes, axes]
        self.depths += [depth, depth]
        self._kinds += [kind, not kind]
        self._inner += [parts, opposite_parts]
        return name

    def _join(self, kind: bool, formulas: Iterable[int], axis_known: int = -1, cells: int = 0) -> int:
        """Join formulas, simplified for the case that an axis is known to be in `cells`."""
        neutral, final = (TRUE, FALSE) if kind else (FALSE, TRUE)
        inner, kinds, depths, meter = self._inner, self._kinds, self.depths, self.meter
        parts: set[int] = set()
        tests: list[int] = []
        for each in formulas:
            meter.work += 1
            if not depths[each]:
                if each == final:
                    return final
                if each != neutral:
                    tests.append(each)
            elif kinds[each] != kind:
                parts.add(each)
            else:
                # No part of a conjunction is a conjunction, and no part of a disjunction is one.
                meter.work += len(inner[each])
                if each in self._untested:
                    parts.update(inner[each])
                else:
                    for part in inner[each]:
                        if depths[part]:
                            parts.add(part)
                        else:
                            tests.append(part)
        if len(tests) > 1 or (tests and axis_known >= 0):
            tests = self._merged(kind, tests, axis_known, cells)
            if final in tests:
                return final
        parts.update(tests)
        parts.discard(neutral)
        if not parts:
            return neutral
        return self._kept(kind, tuple(sorted(parts))) if len(parts) > 1 else parts.pop()

    def _merged(self, kind: bool, literals: Iterable[int], axis_known: int, cells: int) -> list[int]:
        """Return literals that are joined, those on one axis merged into one literal, TRUE or FALSE.

        An axis may be known to be in `cells`.
        """
        masks: dict[int, int] = {}
        # Number of the only literal on an axis: saves a lookup that hashes a long mask.
        named: dict[int, int] = {}
        for each in literals:
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
        found = []
        for axis, mask in masks.items():
            each = named[axis] if axis in named else self.literal(axis, mask)
            if axis == axis_known and (mask & cells in (0, cells)):
                each = TRUE if mask & cells else FALSE
            found.append(each)
        return found

    def _kept(self, kind: bool, parts: tuple[int, ...]) -> int:
        """Return the formula with these parts, creating it together with its negation if it is new."""
        known = self._known[kind].get(parts)
        if known is not None:
            return known
        # A new formula stays in memory, with its negation.
        self.meter.work += KEPT + 2 * len(parts)
        axes = depth = 0
        all_axes, depths = self.axes, self.depths
        is_untested = True
        for each in parts:
            axes |= all_axes[each]
            if depths[each] > depth:
                depth = depths[each]
            elif not depths[each]:
                is_untested = False
        # Of a formula and its negation, only one is a part, so that the order stays as it is.
        opposite_parts = tuple([each ^ 1 for each in parts])
        name = self._new_pair(axes, depth + 1, kind, parts, opposite_parts)
        self._known[kind][parts] = name
        self._known[not kind][opposite_parts] = name + 1
        if is_untested:
            self._untested.add(name)
            self._untested.add(name + 1)
        return name

    def parts(self, formula: int) -> tuple[bool, tuple[int, ...]]:
        """Return whether a formula is a conjunction, and its parts; a literal is a conjunction of itself."""
        if self._inner[formula]:
            return self._kinds[formula], self._inner[formula]
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
                kind, parts = self._kinds[each], self._inner[each]
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
            else:
                new = [part for part in self._inner[each] if part not in seen]
                seen.update(new)
                waiting.extend(new)
        return found
