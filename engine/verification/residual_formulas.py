"""Formulas of what is left of conditions: tests of single subjects, joined by `every` and `some`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import TypeAlias

from engine.threads import cached_method, cached_property
from engine.verification.position_ranges import Part, intersect, union

TEST, EVERY, SOME = "test", "every", "some"
HELD: Part = ((1, 1),)
FAILED: Part = ((0, 0),)
OPEN: Part = ((0, 1),)
# What is left of formulas that are nested deeper is found from their innermost parts outwards.
_DEEP = 100


class Formula:
    """A condition with open tests; equal formulas are the same object.

    `kind` is `test`, `every` or `some`. A test has a `subject` and the part `held` on which it holds; the others have
    `parts`. `bits` is the bit mask of all subjects that are tested, `depth` how deep formulas are nested in it.
    """

    __slots__ = ("bits", "depth", "held", "kind", "parts", "subject")

    def __init__(self, kind: str, subject: int, held: Part, parts: tuple[Formula, ...]) -> None:
        self.kind = kind
        self.subject = subject
        self.held = held
        self.parts = parts
        self.bits = 1 << subject if kind == TEST else 0
        self.depth = 0
        for part in parts:
            self.bits |= part.bits
            self.depth = max(self.depth, part.depth + 1)


# A formula, or whether it holds.
Left: TypeAlias = "Formula | bool"


class Section(dict[int, Left]):
    """The residual conditions of a section of the policy, by position in the section; never changed once it is made.

    None of them is False.
    """

    @cached_property
    def bits(self) -> int:
        """The bit mask of all subjects that are tested."""
        return reduce(or_, (each.bits for each in self.values() if isinstance(each, Formula)), 0)

    @cached_property
    def moved(self) -> dict[object, Section]:
        """What is left of the section where only facts have changed, by what is left of these."""
        return {}

    @cached_property
    def alike(self) -> dict[Section, Section]:
        """All that is left of one section where only facts have changed: equal sections are one object."""
        return {self: self}

    @cached_property
    def relevant(self) -> dict[frozenset[str], Section]:
        """What can make a difference of a section of rules, by the verdicts that guarantees forbid."""
        return {}

    @cached_property
    def _hash(self) -> int:
        return hash(frozenset(self.items()))

    def __hash__(self) -> int:  # type: ignore[override]
        return self._hash


NOTHING = Section()


class ResidualFormulas:
    """The formulas over some subjects: tests, what they are joined to, and what is left of that.

    `domains` has all positions of each subject; those that come after them are facts.
    """

    def __init__(self, domains: Sequence[Part]) -> None:
        self.domains = domains

    def test(self, subject: int, held: Part) -> Left:
        """Return the test that a subject lies in a part of its positions."""
        if not held or held == self.whole(subject):
            return bool(held)
        return self._one(TEST, subject, held, ())

    def joint(self, kind: str, parts: Iterable[Left]) -> Left:
        """Join parts by `every` or `some`, and simplify.

        Tests of one subject are merged into one: each may be open by itself although together they are decided.
        """
        decided = kind == SOME
        tests: dict[int, list[Part]] = {}
        others: dict[Formula, None] = {}
        waiting = [*parts][::-1]
        while waiting:
            part = waiting.pop()
            if isinstance(part, bool):
                if part == decided:
                    return decided
            elif part.kind == kind:
                waiting.extend(part.parts[::-1])
            elif part.kind == TEST:
                tests.setdefault(part.subject, []).append(part.held)
            else:
                others[part] = None
        kept: list[Formula] = []
        for subject, held in tests.items():
            if kind == EVERY:
                together = reduce(intersect, held)
            else:
                together = union(each for part in held for each in part) if len(held) > 1 else held[0]
            # Tests that are open one by one may be decided together, which then decides the whole.
            test = self.test(subject, together)
            if isinstance(test, bool):
                return decided
            kept.append(test)
        kept += others
        if not kept:
            return not decided
        return kept[0] if len(kept) == 1 else self._one(kind, 0, (), tuple(kept))

    def whole(self, subject: int) -> Part:
        """Return all positions of a subject; those of a fact are 0 and 1."""
        return self.domains[subject] if subject < len(self.domains) else OPEN

    @cached_method
    def _one(self, kind: str, subject: int, held: Part, parts: tuple[Formula, ...]) -> Formula:
        """Return the one formula object with these attributes."""
        return Formula(kind, subject, held, parts)

    def left(self, formula: Formula, views: dict[int, Part], touched: int) -> Left:
        """Return what is left of a formula, as a formula or as whether it holds.

        `views` has the remaining positions of the subjects in `touched`, a bit mask of those that have changed.
        """
        # Formulas share parts: what is left of each is found once.
        known: dict[Formula, Left] = {}
        if formula.depth > _DEEP:
            # Points are nested deeper than Python's recursion limit: from the innermost part outwards.
            for part in sorted(touched_parts(formula, touched), key=lambda each: each.depth):
                self._left(part, views, touched, known)
        return self._left(formula, views, touched, known)

    def _left(self, formula: Formula, views: dict[int, Part], touched: int, known: dict[Formula, Left]) -> Left:
        if not formula.bits & touched:
            return formula
        if formula.kind == TEST:
            view = views[formula.subject]
            common = intersect(view, formula.held)
            return formula if common and common != view else bool(common)
        if formula not in known:
            known[formula] = self._left_of_parts(formula, views, touched, known)
        return known[formula]

    def _left_of_parts(
        self, formula: Formula, views: dict[int, Part], touched: int, known: dict[Formula, Left]
    ) -> Left:
        decided = formula.kind == SOME
        kept = []
        is_new = False
        for part in formula.parts:
            left = self._left(part, views, touched, known)
            if isinstance(left, Formula):
                kept.append(left)
                is_new = is_new or left is not part
            elif left == decided:
                return decided
        if is_new:
            # A part reduced to a test may merge with another test of its subject, which may decide both.
            joint = self.joint(formula.kind, kept)
            return self._left(joint, views, touched, known) if isinstance(joint, Formula) else joint
        if not kept:
            return not decided
        return kept[0] if len(kept) == 1 else self._one(formula.kind, 0, (), tuple(kept))


def touched_parts(formula: Formula, touched: int) -> list[Formula]:
    """Return the parts of a formula, and their parts and so on, that test one of some subjects, each once."""
    found = {formula: None}
    waiting = [formula]
    while waiting:
        for part in waiting.pop().parts:
            if part.bits & touched and part not in found:
                found[part] = None
                waiting.append(part)
    return list(found)


def needed(formula: Left, subject: int) -> Part | None:
    """Return the positions of a subject outside which a formula fails; None if it may hold at all of them."""
    if isinstance(formula, bool) or not formula.bits >> subject & 1:
        return None
    tests = formula.parts if formula.kind == EVERY else (formula,)
    return next((each.held for each in tests if each.kind == TEST and each.subject == subject), None)


def first_test(formula: Formula) -> Formula:
    """Return the first test in a formula."""
    while formula.kind != TEST:
        formula = formula.parts[0]
    return formula


def places_in(mask: int) -> Iterator[int]:
    """Iterate over the subjects in a bit mask, the first one first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
