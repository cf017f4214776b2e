"""Do a policy's cases hold, and which rules does no case reach?"""

from __future__ import annotations

from typing import Any

from engine.analysis.decision import UNDECIDED, Decision, decide_answers
from engine.frozen import frozen_value
from engine.language.cases_file import Case, Cases
from engine.language.policy import Policy
from engine.meaning.reference import DECIDED
from engine.problems import Place, RecordError, UnsoundError


@frozen_value
class CaseResult:
    """One case: whether it holds, and if not, what came instead, in words."""

    case: str
    passed: bool
    message: str
    place: Place
    rules: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "case": self.case,
            "passed": self.passed,
            "message": self.message or None,
            "rules": list(self.rules),
            "place": self.place.to_dict(),
        }

    def __str__(self) -> str:
        if self.passed:
            return f"{self.place}  holds  {self.case}"
        return f"{self.place}  fails  {self.case}\n  {self.message}"


@frozen_value
class CasesReport:
    """The results of all cases of a policy, and the rules that decide in none of them."""

    policy: str
    results: tuple[CaseResult, ...]
    unreached: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return all(result.passed for result in self.results)

    def to_dict(self) -> dict[str, Any]:
        return {
            "policy": self.policy,
            "passed": self.passed,
            "cases": [result.to_dict() for result in self.results],
            "unreached": list(self.unreached),
        }


def run_cases(policy: Policy, cases: Cases) -> CasesReport:
    """Runs every case; a partial one must hold for every completion, undecided or refused fails.

    An unsound policy is run as a draft, so that its author can see which cases hold already.
    """
    results = tuple(run_case(policy, case) for case in cases.cases)
    reached = {rule for result in results for rule in result.rules}
    return CasesReport(policy.name, results, tuple(name for name in policy.rule if name not in reached))


def run_case(policy: Policy, case: Case) -> CaseResult:
    """Whether one case holds, and if not, what came instead."""
    try:
        decision = decide_answers(policy, case.given, draft=True)
    except (RecordError, UnsoundError) as error:
        message = f"expected {_titled(policy, case.expect)}, but {error.problems[0].message}"
        return CaseResult(case.name, False, message, case.place, ())
    message = _wrong(policy, case, decision)
    return CaseResult(case.name, not message, message, case.place, decision.rules)


def _titled(policy: Policy, verdict: str) -> str:
    return f"“{policy.verdict[verdict].title}” ({verdict})"


def _wrong(policy: Policy, case: Case, decision: Decision) -> str:
    """What is wrong with a decision for a case; nothing where it holds."""
    expected = f"expected {_titled(policy, case.expect)}"
    if decision.outcome == UNDECIDED:
        open_still = [_titled(policy, verdict) for verdict in decision.possible] + [
            f"a {each}" for each in decision.faults
        ]
        return f"{expected}, but it is not decided: it can be {' or '.join(open_still)}; `{decision.ask}` can settle it"
    if decision.outcome != DECIDED:
        by = f" between {_named(decision.rules)}" if decision.rules else ""
        return f"{expected}, but this is a {decision.outcome}{by}"
    if decision.verdict != case.expect:
        return f"{expected}, got {_titled(policy, str(decision.verdict))} by {_named(decision.rules)}"
    if case.by is not None and case.by != decision.rules:
        return f"expected {_named(case.by)} to decide, but it was {_named(decision.rules)}"
    return ""


def _named(rules: tuple[str, ...]) -> str:
    return " and ".join(f"`{rule}`" for rule in rules)
