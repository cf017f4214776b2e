"""What a proof says, apart from any order: two proofs that say the same of a policy are equal in this form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from engine import Finding, Proof, check, load

Said = dict[str, Any]
Names = Callable[[str], str]


def _same(name: str) -> str:
    return name


def told_of(finding: Finding) -> tuple[str, ...]:
    """The rules that a finding is about; of two situations, which stand for many pairs, the name of the guarantee."""
    return (finding.message.split("`")[1],) if finding.pair else finding.rules


def told_in_any_order_of(finding: Finding) -> tuple[str, ...]:
    """The same, without the rules that hide a dead one: of several that each do, it is the first one in the file."""
    return told_of(finding)[:1] if finding.code == "dead-rule" else told_of(finding)


def said(policy: Mapping[str, Any], but: tuple[str, ...] = ()) -> Said:
    """Everything a proof says that does not depend on any order, findings of some codes left out if asked."""
    return summed_up(check(load(policy)), but, told=told_in_any_order_of)


def summed_up(
    proof: Proof,
    but: tuple[str, ...] = (),
    rule_was: Names = _same,
    verdict_was: Names = _same,
    told: Callable[[Finding], tuple[str, ...]] = told_of,
) -> Said:
    """What a proof says, in the names that rules and verdicts had, of each finding in the order of its file."""

    def about(finding: Finding) -> tuple[str, frozenset[str], int | None]:
        names = told(finding)
        return finding.code, frozenset(names if finding.pair else map(rule_was, names)), finding.situations

    return {
        "sound": proof.sound,
        "situations": proof.situations,
        "verdicts": {verdict_was(name): count for name, count in proof.verdicts.items()},
        "rules": {rule_was(name): count for name, count in proof.rules.items()},
        "findings": Counter(about(finding) for finding in proof.findings if finding.code not in but),
    }
