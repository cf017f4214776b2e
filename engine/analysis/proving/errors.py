"""The errors of a proof: gaps, conflicts, broken guarantees, and what the steps did not suffice to determine.

Most policies that decide are sound, so the code that reports errors (`error_findings.py`) is imported only when needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from engine.analysis.proving.proof_session import STEPS, ProofSession
from engine.budget import OutOfSteps, attempt
from engine.language.model.condition_tree import ALWAYS, Compare
from engine.language.model.guarantees import AnyGuarantee, Indifference, Invariant, PairGuarantee
from engine.language.model.policy import FIRST, Policy
from engine.language.model.policy_parts import Number
from engine.meaning.spaces.areas import bits
from engine.problems import UnsoundError
from engine.progress import tell_observer

if TYPE_CHECKING:
    from engine.analysis.proving.findings import Finding

# Pairs of rules that are reported with an example each; more are only counted.
MOST_PAIRS = 20


def find_errors(policy: Policy) -> tuple[Finding, ...]:
    """Return the errors that make a policy unsound, without mends or warnings; cached on the policy."""
    return policy.keep(_sorted_errors)


def _sorted_errors(policy: Policy) -> tuple[Finding, ...]:
    errors = errors_of(ProofSession(policy, STEPS))
    if not errors:
        return ()
    from engine.analysis.proving.findings import in_mending_order

    return in_mending_order(errors)


def require_sound(policy: Policy) -> None:
    """Raise `UnsoundError` with the errors of a policy that is not proved sound."""
    errors = find_errors(policy)
    if errors:
        raise UnsoundError(finding.problem() for finding in errors)


def errors_of(session: ProofSession) -> list[Finding]:
    """Return every error, and `not-proved` if the steps do not allow finding out whether any situation is possible."""
    found = attempt(list, find_policy_errors(session))
    return [session.out_of_steps("not-proved", "whether any situation is possible")] if found is None else found


def find_policy_errors(session: ProofSession) -> Iterator[Finding]:
    """Iterate over every error: gaps, conflicts, broken guarantees, cycles of overrides, and undetermined queries.

    Errors of steps come first, step by step.
    """
    yield from _circles(session)
    if session.policy.impossible:
        tell_observer("whether any situation is possible")
    if session.policy.impossible and not session.exists(session.logic.possible()):
        from engine.analysis.proving.error_findings import report_no_situation

        yield report_no_situation(session.policy)
        return
    for inner in session.of_steps:
        yield from _circles(inner)
        yield from _rule_errors(inner)
    for number in session.policy.numbers:
        if number.given_by and number.name in session.policy.optional_numbers:
            what = f"whether the step always gives the number `{number.name}` a value"
            yield from _settled(session, what, _no_output_of_step(session.of_rules, number))
    yield from _rule_errors(session.of_rules)


def _rule_errors(session: ProofSession) -> Iterator[Finding]:
    """Iterate over the errors of rules and guarantees; situations that are impossible, or faulty before, have none."""
    yield from _settled(session, "whether every possible situation gets a verdict", _gap(session))
    yield from _settled(session, "whether rules disagree in some possible situation", _conflicts(session))
    for number in session.policy.numbers_given:
        if number in session.policy.optional_numbers:
            what = f"whether every output that gives the number `{number}` has a value"
            yield from _settled(session, what, _no_output(session, number))
    for guarantee in session.policy.guarantees:
        yield from _settled(session, f"whether the guarantee `{guarantee.name}` holds", _guarantee(session, guarantee))


def _settled(session: ProofSession, what: str, found: Iterator[Finding]) -> Iterator[Finding]:
    """Iterate over findings; if the steps run out, end with the error `not-proved`."""
    tell_observer(what)
    try:
        yield from found
    except OutOfSteps:
        yield session.out_of_steps("not-proved", what)


def _circles(session: ProofSession) -> Iterator[Finding]:
    """Iterate over findings for cycles of overrides."""
    for cycle in session.policy.circles:
        from engine.analysis.proving.error_findings import report_circle

        yield report_circle(session.policy, cycle)


def _gap(session: ProofSession) -> Iterator[Finding]:
    if _decides_always(session.policy):
        return
    if session.exists(session.gap):
        from engine.analysis.proving.error_findings import report_gap

        yield report_gap(session)


def _decides_always(policy: Policy) -> bool:
    """Whether, under `first`, some rule always applies, so that every situation gets a verdict."""
    return policy.decision == FIRST and any(rule.when == ALWAYS for rule in reversed(policy.rules))


def _conflicts(session: ProofSession) -> Iterator[Finding]:
    """Iterate over findings for the first pairs of rules that disagree somewhere, and for the number of others."""
    if session.agree:
        return
    pairs = _pairs(session)
    listed = list(islice(pairs, MOST_PAIRS))
    session.agree = not listed
    if listed:
        from engine.analysis.proving.error_findings import report_conflict

        for one, other in listed:
            yield report_conflict(session, one, other)
    more = 0
    try:
        for _ in pairs:
            more += 1
    except OutOfSteps:
        yield _more_conflicts(session, f"at least {more:,}")
        raise
    if more:
        yield _more_conflicts(session, f"{more:,}")


def _more_conflicts(session: ProofSession, many: str) -> Finding:
    from engine.analysis.proving.error_findings import report_more_conflicts

    return report_more_conflicts(session.policy, many, MOST_PAIRS)


def _pairs(session: ProofSession) -> Iterator[tuple[int, int]]:
    """Iterate over the pairs of rules that disagree and stand together in some possible situation."""
    logic, agreeing = session.logic, session.logic.agreeing
    for one in range(len(agreeing)):
        for other in bits(logic.neighbours(one) >> (one + 1)):
            other += one + 1
            if agreeing[other] != agreeing[one] and _stand_together(session, one, other):
                yield one, other


def _stand_together(session: ProofSession, one: int, other: int) -> bool:
    """Whether two rules whose boxes meet stand together in some possible situation; raises `OutOfSteps`."""
    logic = session.logic
    if logic.free_boxes >> one & logic.free_boxes >> other & 1:
        session.budget.spend()
        return True
    return session.exists(logic.standing(one, other))


def _no_output(session: ProofSession, number: str) -> Iterator[Finding]:
    lacking = session.lacking(number)
    if session.exists(lacking):
        from engine.analysis.proving.error_findings import report_no_output

        yield report_no_output(session, number, lacking)


def _no_output_of_step(session: ProofSession, number: Number) -> Iterator[Finding]:
    without = session.logic.query([session.logic.condition(Compare(number.name, "known", False))])
    if session.exists(without):
        from engine.analysis.proving.error_findings import report_no_output_of_step

        yield report_no_output_of_step(session, number, without)


def _guarantee(session: ProofSession, guarantee: AnyGuarantee) -> Iterator[Finding]:
    if isinstance(guarantee, Invariant):
        violated = session.violated(guarantee)
        if session.exists(violated):
            from engine.analysis.proving.error_findings import report_violated

            yield report_violated(session, guarantee, violated)
        return
    if isinstance(guarantee, PairGuarantee):
        yield from _pair_guarantee(session, guarantee)
        return
    broken = session.broken(guarantee)
    if session.exists(broken):
        from engine.analysis.proving.error_findings import report_broken

        yield report_broken(session, guarantee, broken)


def _pair_guarantee(session: ProofSession, guarantee: PairGuarantee) -> Iterator[Finding]:
    breaking = session.breaking_pairs(guarantee)
    if breaking is not None and session.exists(breaking.query):
        from engine.analysis.proving.pair_findings import report_pair

        session.about_pairs[guarantee.name] = True
        yield report_pair(session, guarantee, breaking)
    elif isinstance(guarantee, Indifference):
        session.about_pairs[guarantee.name] = session.has_pairs(guarantee)
        if not session.about_pairs[guarantee.name]:
            from engine.analysis.proving.pair_findings import report_vacuous

            yield report_vacuous(guarantee)
