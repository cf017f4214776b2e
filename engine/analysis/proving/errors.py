"""The errors of a proof: gaps, conflicts, broken guarantees, and what the steps did not suffice to determine.

Most policies that decide are sound, so the code that reports errors (`error_findings.py`) is imported only when needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from engine.analysis.proving.findings import Finding
from engine.analysis.proving.proof_session import Inquiry
from engine.budget import OutOfSteps
from engine.language.model.circles import cycle_text, find_cycles
from engine.language.model.condition_tree import ALWAYS
from engine.language.model.policy import FIRST, Guarantee, Policy
from engine.meaning.spaces.areas import bits
from engine.progress import tell_observer

# Pairs of rules that are reported with an example each; more are only counted.
MOST_PAIRS = 20


def find_policy_errors(inquiry: Inquiry) -> Iterator[Finding]:
    """Iterate over every error: gaps, conflicts, broken guarantees, cycles of overrides, and undetermined queries."""
    yield from _circles(inquiry)
    if inquiry.policy.impossible:
        tell_observer("whether any situation is possible")
    if inquiry.policy.impossible and not inquiry.exists(inquiry.logic.question([])):
        place = tuple(each.place for each in inquiry.policy.impossible)
        help_ = "narrow one of the `impossible` combinations"
        yield Finding(
            "no-situation", "no situation is possible: everything is declared impossible", (), place, help_, 0
        )
        return
    yield from _settled(inquiry, "whether every possible situation gets a verdict", _gap(inquiry))
    yield from _settled(inquiry, "whether rules disagree in some possible situation", _conflicts(inquiry))
    for guarantee in inquiry.policy.guarantees:
        yield from _settled(inquiry, f"whether the guarantee `{guarantee.name}` holds", _guarantee(inquiry, guarantee))


def _settled(inquiry: Inquiry, what: str, found: Iterator[Finding]) -> Iterator[Finding]:
    """Iterate over findings; if the steps run out, end with the error `not-proved`."""
    tell_observer(what)
    try:
        yield from found
    except OutOfSteps:
        yield inquiry.out_of_steps("not-proved", what)


def _circles(inquiry: Inquiry) -> Iterator[Finding]:
    """Iterate over findings for cycles of overrides."""
    rules = inquiry.policy.rules
    overrides = {rule.name: [each.rule for each in rule.overrides] for rule in rules}
    for cycle in find_cycles(overrides):
        places = tuple(
            next(each.place for each in inquiry.policy.rule[name].overrides if each.rule == following)
            for name, following in zip(cycle, [*cycle[1:], cycle[0]], strict=True)
        )
        message = f"these rules override each other in a circle: {cycle_text(cycle)}"
        if len(cycle) == 1:
            message = f"`{cycle[0]}` overrides itself, so it never stands"
        yield Finding("override-cycle", message, tuple(cycle), places, "take one of the overrides out")


def _gap(inquiry: Inquiry) -> Iterator[Finding]:
    if _decides_always(inquiry.policy):
        return
    if inquiry.exists(inquiry.gap):
        from engine.analysis.proving.error_findings import report_gap

        yield report_gap(inquiry)


def _decides_always(policy: Policy) -> bool:
    """Whether, under `first`, some rule always applies, so that every situation gets a verdict."""
    return policy.decision == FIRST and any(rule.when == ALWAYS for rule in reversed(policy.rules))


def _conflicts(inquiry: Inquiry) -> Iterator[Finding]:
    """Iterate over findings for the first pairs of rules that disagree somewhere, and for the number of others."""
    if inquiry.agree:
        return
    pairs = _pairs(inquiry)
    listed = list(islice(pairs, MOST_PAIRS))
    inquiry.agree = not listed
    if listed:
        from engine.analysis.proving.error_findings import report_conflict

        for one, other in listed:
            yield report_conflict(inquiry, one, other)
    more = 0
    try:
        for _ in pairs:
            more += 1
    except OutOfSteps:
        yield _more_conflicts(inquiry, f"at least {more:,}")
        raise
    if more:
        yield _more_conflicts(inquiry, f"{more:,}")


def _more_conflicts(inquiry: Inquiry, many: str) -> Finding:
    message = f"and {many} more pairs of rules disagree in some situation, beside the {MOST_PAIRS} that are listed"
    help_ = "settle the ones that are listed, and check again"
    return Finding("more-conflicts", message, (), (inquiry.policy.place,), help_)


def _pairs(inquiry: Inquiry) -> Iterator[tuple[int, int]]:
    """Iterate over the pairs of rules with different verdicts that stand together in some possible situation."""
    logic, rules = inquiry.logic, inquiry.policy.rules
    for one, rule in enumerate(rules):
        for other in bits(logic.neighbours(one) >> (one + 1)):
            other += one + 1
            if rules[other].then != rule.then and inquiry.exists(logic.standing(one, other)):
                yield one, other


def _guarantee(inquiry: Inquiry, guarantee: Guarantee) -> Iterator[Finding]:
    logic = inquiry.logic
    forbidden = [place for place, rule in enumerate(inquiry.policy.rules) if rule.then in guarantee.forbidden]
    broken = logic.question([logic.condition(guarantee.when)], (), [logic.stands(rule) for rule in forbidden])
    if inquiry.exists(broken):
        from engine.analysis.proving.error_findings import report_broken

        yield report_broken(inquiry, guarantee, broken, forbidden)
