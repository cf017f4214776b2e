"""Formulas of what is left of conditions: tests of single subjects, joined by `every` and `some`."""

from __future__ import annotations

from typing import TypeAlias

from engine.verification.position_ranges import Part

TEST, EVERY, SOME = "test", "every", "some"
HELD: Part = ((1, 1),)
FAILED: Part = ((0, 0),)
OPEN: Part = ((0, 1),)


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
