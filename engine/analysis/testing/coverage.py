"""Coverage of a policy by its test cases: rules, cells of the tests' partition, and both sides of every boundary.

Only cases that hold count, and only with the answers that they give: an answer that a case leaves out makes no
difference to it, so the case does not show what follows from it. Goals that no possible situation reaches are left out.
"""

from __future__ import annotations

from typing import Any

from engine.analysis.testing.cases import run_cases
from engine.analysis.testing.goals import BOUNDARY, CELL, RULE, Goal, goals_of, reached
from engine.analysis.testing.share_text import share
from engine.frozen import data_of, frozen_value
from engine.language.model.policy import Policy, require_policy
from engine.language.situations.cases_file import Cases, require_cases
from engine.meaning.asked.asked_questions import filled


@frozen_value
class Reached:
    """The coverage of one kind of goal.

    Attributes:
        total: Number of goals.
        missing: The goals that no case reaches.

    Example:
        >>> from engine import load, load_cases, measure_coverage
        >>> policy = load("parcel-prices")
        >>> cases = load_cases("rules/examples/parcel-prices.cases.yaml", policy)
        >>> measure_coverage(policy, cases).rules.missing
        ()
    """

    total: int
    missing: tuple[Goal, ...]

    @property
    def reached(self) -> int:
        """Number of goals that a case reaches."""
        return self.total - len(self.missing)

    def to_dict(self) -> dict[str, Any]:
        """Return the coverage as JSON data."""
        percent = share(self.reached, self.total)
        return data_of(self, "total", "reached") | {"percent": percent} | data_of(self, "missing")


@frozen_value
class Coverage:
    """What the test cases of a policy reach.

    Only a case that holds counts, and only with the answers that it gives. Goals that no possible situation reaches are
    left out.

    Attributes:
        policy: Name of the policy.
        rules: Coverage of the rules: each decides in some case.
        cells: Coverage of the cells into which conditions divide the answers of each field.
        boundaries: Coverage of both sides of each boundary between two cells.

    Example:
        >>> from engine import load, load_cases, measure_coverage
        >>> policy = load("other-interviews")
        >>> case = {"case": "a hint", "given": {"offer": "hint"}, "expect": "keep"}
        >>> print(measure_coverage(policy, load_cases({"policy": policy.name, "cases": [case]}, policy)).summary())
        the cases reach 6.2 %: 1 of 6 rules, 1 of 24 cells, 0 of 2 sides of boundaries
    """

    policy: str
    rules: Reached
    cells: Reached
    boundaries: Reached

    @property
    def total(self) -> int:
        """Number of goals of all kinds."""
        return self.rules.total + self.cells.total + self.boundaries.total

    @property
    def reached(self) -> int:
        """Number of goals of all kinds that a case reaches."""
        return self.rules.reached + self.cells.reached + self.boundaries.reached

    @property
    def missing(self) -> tuple[Goal, ...]:
        """The goals of all kinds that no case reaches."""
        return self.rules.missing + self.cells.missing + self.boundaries.missing

    @property
    def percent(self) -> float:
        """Percentage of goals that are reached, rounded; 100 only if none is missing."""
        return share(self.reached, self.total)

    def to_dict(self) -> dict[str, Any]:
        """Return the coverage as JSON data."""
        return data_of(self, "percent", "rules", "cells", "boundaries")

    def __str__(self) -> str:
        return "\n".join([self.summary(), *(f"  no case {goal.words}" for goal in self.missing)])

    def summary(self) -> str:
        """Return one line: the percentage, and the numbers of each kind."""
        parts = ((self.rules, "rules"), (self.cells, "cells"), (self.boundaries, "sides of boundaries"))
        shown = ", ".join(f"{part.reached:,} of {part.total:,} {name}" for part, name in parts)
        return f"the cases reach {self.percent:g} %: {shown}"


def measure_coverage(policy: Policy, cases: Cases) -> Coverage:
    """Measure which rules, cells and boundaries of a policy its test cases reach.

    Args:
        policy: The policy, from `load`.
        cases: Its cases, from `load_cases`.

    Returns:
        The numbers of goals reached, and each goal that is not.

    Raises:
        TypeError: `policy` is not a policy, or `cases` are not from `load_cases`.
        ValueError: The cases are for another policy, or another version of it.

    Example:
        >>> from engine import load, load_cases, measure_coverage
        >>> policy = load("other-interviews")
        >>> measure_coverage(policy, load_cases("rules/other-interviews.cases.yaml", policy)).percent
        100.0
    """
    require_policy(policy, "measure_coverage")
    require_cases(cases, "measure_coverage", policy)
    results = run_cases(policy, cases).results
    with policy.lock:
        goals = goals_of(policy)
    found: set[Goal] = set()
    for case, result in zip(cases.cases, results, strict=True):
        if result.passed:
            found.update(reached(policy, goals, filled(policy, case.given).values, result.rules))
    return coverage_of(policy, goals, found)


def coverage_of(policy: Policy, goals: tuple[Goal, ...], found: set[Goal]) -> Coverage:
    """Return the coverage, given the goals that are reached."""
    kinds = {kind: [goal for goal in goals if goal.kind == kind] for kind in (RULE, CELL, BOUNDARY)}
    shown = {kind: Reached(len(of), tuple(goal for goal in of if goal not in found)) for kind, of in kinds.items()}
    return Coverage(policy.name, shown[RULE], shown[CELL], shown[BOUNDARY])
