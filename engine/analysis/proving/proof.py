"""The proof that a policy gives every possible situation exactly one verdict, with all findings.

A check collects the errors (`errors.py`), then, if any situation is possible, the warnings about what has no effect
(`warnings.py`, `idle.py`), then what nothing uses (`unused.py`) or cites, and finally the counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.analysis.proving.counting.rule_counts import RuleCounts
from engine.analysis.proving.errors import errors_of
from engine.analysis.proving.proof_session import STEPS, ProofSession
from engine.frozen import FrozenDict, data_of, frozen_value, late_type
from engine.language.model.guarantees import Indifference
from engine.language.model.policy import Policy, require_policy
from engine.meaning.logic import faults_of
from engine.problems import ERROR

if TYPE_CHECKING:
    from engine.analysis.proving.findings import Finding
else:
    Finding = late_type("engine.analysis.proving.findings", "Finding")


@frozen_value
class StepCounts:
    """What a proof counts of one step.

    Attributes:
        outcomes: For each outcome the number of situations in which the step has it and no other; None if not counted.
        rules: For each rule, under its name outside the step, such as `risk/rest`, the number of situations in which it
            decides; None if not counted.

    Example:
        >>> from engine import check, load
        >>> counts = check(load("lending")).steps["means_enough"]
        >>> list(counts.outcomes), list(counts.rules)[-1]
        (['too_little', 'enough'], 'means_enough/others')
    """

    outcomes: FrozenDict[str, int | None]
    rules: FrozenDict[str, int | None]

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as JSON data."""
        return data_of(self, "outcomes", "rules")


@frozen_value
class Proof:
    """The result of a proof.

    Attributes:
        policy: Name of the policy.
        sha256: Hash of what the policy says.
        situations: Number of possible situations; None if not counted.
        verdicts: For each verdict the number of situations that get it and no other; None if not counted.
        rules: For each rule the number of situations that it decides; None if not counted.
        findings: Errors first, in an order to mend them in; then warnings and notes, in file order.
        otherwise: Name of the rule that decides where no other one applies; None if there is none.
        steps: For each step, in order, the same counts of its outcomes and rules.

    Example:
        >>> from engine import check, load
        >>> proof = check(load("other-interviews"))
        >>> proof.sound, proof.situations, proof.verdicts["cancel"], proof.rules["tepid-offer"]
        (True, 48384, 5376, 32256)
    """

    policy: str
    sha256: str
    situations: int | None
    verdicts: FrozenDict[str, int | None]
    rules: FrozenDict[str, int | None]
    findings: tuple[Finding, ...]
    otherwise: str | None = None
    steps: FrozenDict[str, StepCounts] = FrozenDict()

    @property
    def sound(self) -> bool:
        """Whether it is proved that every possible situation gets exactly one verdict and every guarantee holds."""
        return not self.errors

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make the policy unsound."""
        return tuple(finding for finding in self.findings if finding.severity == ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The other findings: warnings and notes."""
        return tuple(finding for finding in self.findings if finding.severity != ERROR)

    def to_dict(self) -> dict[str, Any]:
        """Return the proof as JSON data."""
        data = data_of(self, "policy", "sha256", "sound", "situations", "verdicts", "rules", "findings")
        rest = {"rule": self.otherwise, "situations": self.rules[self.otherwise]} if self.otherwise else None
        steps = {name: counts.to_dict() for name, counts in self.steps.items()}
        return data | {"otherwise": rest, "steps": steps}

    def __str__(self) -> str:
        return "\n\n".join([*map(str, self.findings), self.summary()])

    def summary(self) -> str:
        """Return one sentence: whether the policy is sound, and of how many situations."""
        if self.sound:
            many = "every possible situation" if self.situations is None else f"each of {self.situations:,} situations"
            return f"{self.policy}: sound, {many} gets exactly one verdict"
        errors = f"{len(self.errors)} error{'s' if len(self.errors) > 1 else ''}"
        return f"{self.policy}: not sound, {errors}"


def check(policy: Policy, *, steps: int = STEPS, regions: bool = False) -> Proof:
    """Prove that a policy gives every possible situation exactly one verdict, or find what is wrong with it.

    The proof is exact: nothing is sampled. If the step limit is reached before everything is settled, the policy has
    the error `not-proved` and is not sound. The result is cached on the policy.

    Args:
        policy: The policy, from `load`.
        steps: Step limit, the same on every machine.
        regions: Also describe, for each error, all situations that show it, as disjoint regions.

    Returns:
        The proof: whether the policy is sound, the counts, and every finding.

    Raises:
        TypeError: `policy` is not a policy, `steps` is not an integer, or `regions` is not a bool.
        ValueError: `steps` is below 1.

    Example:
        >>> from engine import check, load
        >>> print(check(load("other-interviews")))
        other-interviews: sound, each of 48,384 situations gets exactly one verdict
    """
    require_policy(policy, "check")
    if steps is not STEPS or regions is not False:
        from engine.language.model.arguments import require_flag, require_steps

        require_steps(steps, "check")
        require_flag(regions, "check", "regions", False)
    return policy.keep(_checked, steps, regions)


def _checked(policy: Policy, steps: int, regions: bool) -> Proof:
    return _prove(ProofSession(policy, steps, with_regions=regions, with_mends=True))


def _prove(session: ProofSession) -> Proof:
    """Collect all findings and counts of a policy, in the sequence described above."""
    from engine.analysis.proving.findings import in_mending_order
    from engine.analysis.proving.unused import find_unused
    from engine.analysis.proving.warnings import find_uncited, find_warnings

    policy = session.policy
    findings = errors_of(session)
    if all(finding.code != "no-situation" for finding in findings):
        faulty = _faulty_steps(policy)
        mended_first = ""
        for inner in session.of_steps:
            # What has no effect in a file of its own is said where that file is checked: others may need it.
            if not policy.step[inner.step].origin:
                findings += _after_mending(mended_first, find_warnings(inner))
            mended_first = mended_first or (policy.step[inner.step].called if inner.step in faulty else "")
        # Which pairs a guarantee is about shows only where each step has one outcome.
        vacuous = [each for each in findings if each.code == "vacuous-guarantee"]
        others = [each for each in findings if each.code != "vacuous-guarantee"]
        findings = [*others, *_after_mending(mended_first, vacuous)]
        findings += _after_mending(mended_first, find_warnings(session.of_rules))
        if any(isinstance(guarantee, Indifference) for guarantee in policy.guarantees):
            from engine.analysis.proving.pair_findings import find_lonely

            findings += _after_mending(mended_first, find_lonely(session.of_rules))
    findings += find_unused(policy)
    findings += find_uncited(policy)
    findings = [_helped(policy, each) for each in findings]
    counts = RuleCounts(session)
    return Proof(
        policy=policy.name,
        sha256=policy.sha256,
        situations=session.situations,
        verdicts=FrozenDict({verdict.name: counts.given(verdict.name) for verdict in policy.verdicts}),
        rules=FrozenDict(counts.deciding),
        findings=in_mending_order(findings),
        otherwise=policy.otherwise,
        steps=FrozenDict({inner.step: _counts(inner) for inner in session.of_steps}),
    )


def _faulty_steps(policy: Policy) -> set[str]:
    """Return the names of the steps that have none or several outcomes in some situation, as far as that is settled."""
    return {policy.step_facts[test.fact][0].name for test, _ in faults_of(policy)} if policy.steps else set()


def _after_mending(faulty: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """Iterate over findings; if there is a faulty step before, or number, their help is to mend that one first.

    What only the situations with the fault would reach has no effect until then.
    """
    for each in found:
        help_ = f"mend {faulty} first, which may change this"
        more = f"; if it stays, {each.help}" if each.help else ""
        yield replace(each, help=f"{help_}{more}") if faulty and each.code != "not-checked" else each


def _helped(policy: Policy, finding: Finding) -> Finding:
    """Return a finding; the help of a warning about another file minds the policies that use that as well."""
    is_own = not finding.places or finding.places[0].file not in policy.memo.libraries
    if is_own or finding.severity == ERROR:
        return finding
    return replace(finding, help="other policies that use this file may need it: change it only if none does")


def _counts(session: ProofSession) -> StepCounts:
    """Count the situations of each outcome and rule of a step."""
    counts = RuleCounts(session)
    outcomes = {verdict.name: counts.given(verdict.name) for verdict in session.policy.verdicts}
    return StepCounts(FrozenDict(outcomes), FrozenDict(counts.deciding))
