"""Running the test cases of a policy."""

from __future__ import annotations

from typing import Any

from engine.analysis.deciding.decision import Decision, decide_answers, decide_step
from engine.frozen import data_of, frozen_value
from engine.language.model.near_texts import near_notes
from engine.language.model.policy import Policy, require_policy
from engine.language.situations.cases_file import Case, Cases, require_cases
from engine.meaning.outcomes import DECIDED, UNDECIDED
from engine.problems import Place, RecordError, UnsoundError


@frozen_value
class CaseResult:
    """The result of a test case.

    Attributes:
        case: Name of the case.
        passed: Whether it holds.
        message: What came instead of the expectation; empty if it holds.
        place: Position of the case in its file.
        rules: The rules that decide; for a partial record, in any of its completions.
        notes: Hints on text answers that differ from a known text only in how they are written.

    Example:
        >>> from engine import load, load_cases, run_cases
        >>> policy = load("other-interviews")
        >>> case = {"case": "A hint is no offer", "given": {"offer": "hint"}, "expect": "cancel"}
        >>> result = run_cases(policy, load_cases({"policy": policy.name, "cases": [case]}, policy)).results[0]
        >>> result.passed, result.rules
        (False, ('tepid-offer',))
    """

    case: str
    passed: bool
    message: str
    place: Place
    rules: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON data."""
        found = data_of(self, "case", "passed", "message", "rules", "notes", "place")
        return found | {"message": self.message or None}

    def __str__(self) -> str:
        if self.passed:
            return f"{self.place}  holds  {self.case}"
        return f"{self.place}  fails  {self.case}\n  {self.message}"


@frozen_value
class CasesReport:
    """The results of a policy's test cases.

    Attributes:
        policy: Name of the policy.
        results: The results, in the order of the cases.
        unreached: The rules that decide in no case, in file order.

    Example:
        >>> from engine import load, load_cases, run_cases
        >>> policy = load("parcel-prices")
        >>> report = run_cases(policy, load_cases("rules/examples/parcel-prices.cases.yaml", policy))
        >>> report.passed, len(report.results), report.unreached
        (True, 30, ())
    """

    policy: str
    results: tuple[CaseResult, ...]
    unreached: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every case holds."""
        return all(result.passed for result in self.results)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON data."""
        cases = [result.to_dict() for result in self.results]
        return {**data_of(self, "policy", "passed"), "cases": cases, "unreached": list(self.unreached)}


def run_cases(policy: Policy, cases: Cases) -> CasesReport:
    """Run test cases against their policy.

    A case with a partial record holds if every completion gets the expected verdict. A case that is undecided, or whose
    record is refused, fails.

    Args:
        policy: The policy, from `load`. One that is not sound is run as a draft.
        cases: Its cases, from `load_cases`.

    Returns:
        The result of each case, and the rules that decide in none of them.

    Raises:
        TypeError: `policy` is not a policy, or `cases` are not from `load_cases`.
        ValueError: The cases are for another policy, or another version of it.

    Example:
        >>> from engine import load, load_cases, run_cases
        >>> policy = load("other-interviews")
        >>> case = {"case": "a hint", "given": {"offer": "hint"}, "expect": "keep"}
        >>> cases = load_cases({"policy": "other-interviews", "cases": [case]}, policy)
        >>> run_cases(policy, cases).passed
        True
    """
    require_policy(policy, "run_cases")
    require_cases(cases, "run_cases", policy)
    results = tuple(run_case(policy, case) for case in cases.cases)
    reached = {rule for result in results for rule in result.rules}
    return CasesReport(policy.name, results, tuple(name for name in policy.rule if name not in reached))


def run_case(policy: Policy, case: Case) -> CaseResult:
    """Run one case; the result says what came instead if it fails."""
    notes = tuple(near_notes(policy, case.given.values))
    try:
        decision = decide_answers(policy, case.given, draft=True)
    except (RecordError, UnsoundError) as error:
        message = f"expected {_titled(policy, case.expect)}, but {error.problems[0].message}"
        return CaseResult(case.name, False, message, case.place, (), notes)
    message = _wrong(policy, case, decision)
    return CaseResult(case.name, not message, message, case.place, _deciders(policy, decision), notes)


def _deciders(policy: Policy, decision: Decision) -> tuple[str, ...]:
    """Return the rules that decide in some completion, in file order; `by` of a case names these."""
    found = {*decision.rules, *decision.possible_rules}
    return tuple(name for name in policy.rule if name in found)


def _titled(policy: Policy, verdict: str) -> str:
    return f"“{policy.verdict[verdict].title}” ({verdict})"


def _wrong(policy: Policy, case: Case, decision: Decision) -> str:
    """Say what is wrong with a decision for a case; empty if it holds."""
    expected = f"expected {_titled(policy, case.expect)}"
    if decision.outcome == UNDECIDED:
        open_still = [_titled(policy, verdict) for verdict in decision.possible] + [
            f"a {each}" for each in decision.faults
        ]
        return f"{expected}, but it is not decided: it can be {' or '.join(open_still)}; `{decision.ask}` can settle it"
    by = _named(decision)
    if decision.outcome != DECIDED:
        return f"{expected}, but this is a {decision.outcome}{f' between {by}' if by else ''}"
    if decision.verdict != case.expect:
        return f"{expected}, got {_titled(policy, str(decision.verdict))} by {by}"
    if case.output is not None:
        from engine.analysis.describing.output_words import unlike_expected
        from engine.language.model.relations.rule_outputs import amounts_in

        still = [f"`{name}`" for name in decision.open_outputs if name in case.output]
        if still:
            listed = " and ".join(still)
            return (
                f"{expected} with {listed}, but what is not answered changes {listed}; `{decision.ask}` can settle it"
            )
        amounts = amounts_in(policy, (*decision.rules, *decision.possible_rules))
        unlike = unlike_expected(case.output, decision.output, amounts)
        if unlike:
            return f"expected {unlike} by {by}"
    if case.by is not None and case.by != _deciders(policy, decision):
        return f"expected {_listed(case.by, 'and')} to decide, but it was {by}"
    return next(filter(None, (_wrong_step(policy, case, name) for name in case.steps)), "")


def _wrong_step(policy: Policy, case: Case, name: str) -> str:
    """Say what is wrong with the outcome of a step; empty if it is as the case expects."""
    step, expected = policy.step[name], case.steps[name]
    decision = decide_step(policy, name, case.given)
    if decision.verdict == expected:
        return ""
    if step.is_number:
        return f"expected {step.called} to be {expected}, got {' or '.join(decision.possible) or 'no value'}"
    got = " or ".join(f"“{step.text[outcome]}” ({outcome})" for outcome in decision.possible) or "no outcome"
    return f"expected the step `{name}` to be “{step.text[expected]}” ({expected}), got {got}"


def _named(decision: Decision) -> str:
    """List the rules that decide, those that may decide marked as such."""
    named = [_listed(decision.rules, "and")] if decision.rules else []
    if decision.possible_rules:
        named.append(f"{'perhaps ' if named else ''}{_listed(decision.possible_rules, 'or')}")
    return ", ".join(named)


def _listed(rules: tuple[str, ...], word: str) -> str:
    return f" {word} ".join(f"`{rule}`" for rule in rules)
