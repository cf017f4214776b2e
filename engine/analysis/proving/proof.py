"""Is a policy proved to give every possible situation exactly one verdict, and what speaks against it?"""

from __future__ import annotations

from typing import Any

from engine.analysis.proving.errors import find_faults
from engine.analysis.proving.findings import Finding
from engine.analysis.proving.proof_session import Inquiry
from engine.budget import OutOfSteps
from engine.frozen import FrozenDict, frozen_value
from engine.language.model.policy import Policy, require_policy
from engine.problems import ERROR, Place, UnsoundError

STEPS = 600_000


@frozen_value
class Proof:
    """What was proved of a policy. A count is None where the fields cannot be counted, or counting took too long.

    `verdicts` counts the situations with exactly that one verdict, `rules` those that the rule decides.
    """

    policy: str
    sha256: str
    situations: int | None
    verdicts: FrozenDict[str, int | None]
    rules: FrozenDict[str, int | None]
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Every possible situation gets exactly one verdict, every guarantee holds, and all of it was proved."""
        return not self.errors

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity != ERROR)

    def to_dict(self) -> dict[str, Any]:
        return {
            "policy": self.policy,
            "sha256": self.sha256,
            "sound": self.sound,
            "situations": self.situations,
            "verdicts": dict(self.verdicts),
            "rules": dict(self.rules),
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def __str__(self) -> str:
        return "\n\n".join([*map(str, self.findings), self.summary()])

    def summary(self) -> str:
        """One sentence: what holds, for how many situations."""
        if self.sound:
            many = "every possible situation" if self.situations is None else f"each of {self.situations:,} situations"
            return f"{self.policy}: sound, {many} gets exactly one verdict"
        errors = f"{len(self.errors)} error{'s' if len(self.errors) > 1 else ''}"
        return f"{self.policy}: not sound, {errors}"


def check(policy: Policy, *, steps: int = STEPS, regions: bool = False) -> Proof:
    """Proves the policy, or finds what speaks against it, within a number of steps; the same answer on every run.

    A policy that `check` calls sound gives exactly one verdict in every possible situation. Where the steps end
    before that is settled, the finding is `not-proved` and the policy is not sound.

    Args:
        policy: The policy, as `load` gives it.
        steps: How much work it may take; the same on every machine.
        regions: Whether each error also tells all situations that show it, as disjoint regions.

    Returns:
        The proof: whether the policy is sound, how many situations get which verdict, and every finding.

    Raises:
        TypeError: `policy` is no policy, or `steps` no whole number.
        ValueError: `steps` is below 1.

    Example:
        >>> from engine import check, load
        >>> print(check(load("other-interviews")))
        other-interviews: sound, each of 48,384 situations gets exactly one verdict
    """
    require_policy(policy, "check")
    if steps != STEPS:
        from engine.language.model.arguments import require_steps

        require_steps(steps, "check")
    # Formulas are worked out as they are needed; whoever asks at the same time waits for the one proof.
    with policy.lock:
        kept: dict[tuple[int, bool], Proof] = policy.memo.setdefault("proofs", {})
        if (steps, regions) not in kept:
            kept[steps, regions] = _prove(Inquiry(policy, steps, with_regions=regions, with_mends=True))
        return kept[steps, regions]


def find_errors(policy: Policy) -> tuple[Finding, ...]:
    """What makes a policy unsound; as `check` finds it, without asking what would mend it or what else is wrong."""
    found: tuple[Finding, ...] | None = policy.memo.get("errors")
    if found is None:
        with policy.lock:
            found = policy.memo.get("errors")
            if found is None:
                found = policy.memo["errors"] = tuple(sorted(_errors(Inquiry(policy, STEPS)), key=_rank))
    return found


def require_sound(policy: Policy) -> None:
    """Raises `UnsoundError`, with what speaks against it, for a policy that is not proved sound."""
    errors = find_errors(policy)
    if errors:
        raise UnsoundError(finding.problem() for finding in errors)


def _prove(inquiry: Inquiry) -> Proof:
    from engine.analysis.proving.unused import find_unused
    from engine.analysis.proving.warnings import find_uncited, find_waste

    policy = inquiry.policy
    findings = _errors(inquiry)
    if all(finding.code != "no-situation" for finding in findings):
        findings += find_waste(inquiry)
    findings += find_unused(policy)
    findings += find_uncited(policy)
    return Proof(
        policy=policy.name,
        sha256=policy.sha256,
        situations=inquiry.situations,
        verdicts=FrozenDict({verdict.name: inquiry.given(verdict.name) for verdict in policy.verdicts}),
        rules=FrozenDict(inquiry.deciding),
        findings=tuple(sorted(findings, key=_rank)),
    )


def _errors(inquiry: Inquiry) -> list[Finding]:
    try:
        return list(find_faults(inquiry))
    except OutOfSteps:
        return [inquiry.out_of_steps("not-proved", "whether any situation is possible")]


def _rank(finding: Finding) -> tuple[bool, tuple[Place, ...], str]:
    return finding.severity != ERROR, finding.places, finding.code
