"""Which parts of a policy do its cases reach: its rules, the cells its tests cut, and both sides of every cut?

Only a case that holds reaches anything, and only with the answers that it gives: one that a case leaves out says that
it makes no difference, not what comes of it. What no possible situation shows need not be reached.
"""

from __future__ import annotations

from typing import Any

from engine.analysis.testing.cases import run_cases
from engine.analysis.testing.goals import BOUNDARY, CELL, RULE, Goal, goals_of, reached
from engine.analysis.testing.share_text import share
from engine.frozen import frozen_value
from engine.language.model.policy import Policy, require_policy
from engine.language.situations.cases_file import Cases, require_cases


@frozen_value
class Reached:
    """The goals of one kind: how many there are, and those that no case reaches."""

    total: int
    missing: tuple[Goal, ...]

    @property
    def reached(self) -> int:
        return self.total - len(self.missing)

    def to_dict(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "reached": self.reached,
            "percent": share(self.reached, self.total),
            "missing": [goal.to_dict() for goal in self.missing],
        }


@frozen_value
class Coverage:
    """What the cases of a policy reach; a boundary has two sides, and each of them counts."""

    policy: str
    rules: Reached
    cells: Reached
    boundaries: Reached

    @property
    def total(self) -> int:
        return self.rules.total + self.cells.total + self.boundaries.total

    @property
    def reached(self) -> int:
        return self.rules.reached + self.cells.reached + self.boundaries.reached

    @property
    def missing(self) -> tuple[Goal, ...]:
        return self.rules.missing + self.cells.missing + self.boundaries.missing

    @property
    def percent(self) -> float:
        """How much of all of it is reached; 100 only where nothing is missing."""
        return share(self.reached, self.total)

    def to_dict(self) -> dict[str, Any]:
        return {
            "percent": self.percent,
            "rules": self.rules.to_dict(),
            "cells": self.cells.to_dict(),
            "boundaries": self.boundaries.to_dict(),
        }

    def __str__(self) -> str:
        return "\n".join([self.summary(), *(f"  no case {goal.words}" for goal in self.missing)])

    def summary(self) -> str:
        """One line: the share, and of what."""
        parts = ((self.rules, "rules"), (self.cells, "cells"), (self.boundaries, "sides of boundaries"))
        shown = ", ".join(f"{part.reached:,} of {part.total:,} {name}" for part, name in parts)
        return f"the cases reach {self.percent:g} %: {shown}"


def measure_coverage(policy: Policy, cases: Cases) -> Coverage:
    """What the cases of a policy reach, and what is missing.

    Args:
        policy: The policy, as `load` gives it.
        cases: Its cases, as `load_cases` gives them; only those that hold reach anything.

    Returns:
        How many rules, cells and sides of boundaries are reached, and each that is not, in words.

    Raises:
        TypeError: `policy` is no policy, or `cases` are no cases.

    Example:
        >>> from engine import load, load_cases, measure_coverage
        >>> policy = load("other-interviews")
        >>> measure_coverage(policy, load_cases("rules/other-interviews.cases.yaml", policy)).percent
        100.0
    """
    require_policy(policy, "measure_coverage")
    require_cases(cases, "measure_coverage")
    results = run_cases(policy, cases).results
    with policy.lock:
        goals = goals_of(policy)
    found: set[Goal] = set()
    for case, result in zip(cases.cases, results, strict=True):
        if result.passed:
            found.update(reached(policy, goals, case.given.values, result.rules))
    return coverage_of(policy, goals, found)


def coverage_of(policy: Policy, goals: tuple[Goal, ...], found: set[Goal]) -> Coverage:
    """The coverage of those goals that were found reached."""
    kinds = {kind: [goal for goal in goals if goal.kind == kind] for kind in (RULE, CELL, BOUNDARY)}
    shown = {kind: Reached(len(of), tuple(goal for goal in of if goal not in found)) for kind, of in kinds.items()}
    return Coverage(policy.name, shown[RULE], shown[CELL], shown[BOUNDARY])
