"""Does the engine say of a policy what the oracle finds by trying every situation?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine import Finding, Proof
from engine.language.model.condition_tree import DATE_OPS, LIST_OPS, MEMBER_OPS, ORDER_OPS
from tests.support.judging.tallies import Tally

OPS = {*MEMBER_OPS, *ORDER_OPS, *DATE_OPS, *LIST_OPS, "known"}


def said_by_engine(proof: Proof, policy: Mapping[str, Any]) -> dict[str, Any]:
    """Every number and every finding of a proof, by question."""
    entries = {code: set(_tests(proof, policy, code)) for code in ("impossible-test", "always-true-test")}
    return {
        "sound": proof.sound,
        "situations": proof.situations,
        "verdicts": proof.verdicts,
        "rules": proof.rules,
        "gap": sum(finding.situations or 0 for finding in _with(proof, "gap")),
        "pairs": {finding.rules: finding.situations for finding in _with(proof, "conflict")},
        "broken": broken_by_engine(proof),
        "lacking": {_lacking(finding): finding.situations for finding in _with(proof, "no-output")},
        "vacuous": {_quoted(finding) for finding in _with(proof, "vacuous-guarantee")},
        "lonely": {_quoted(finding): finding.situations for finding in _with(proof, "no-partner")},
        "dead": {finding.rules[0] for finding in _with(proof, "dead-rule")},
        "redundant": {finding.rules[0] for finding in _with(proof, "redundant-rule")},
        "useless": {finding.rules for finding in _with(proof, "useless-override")},
        "never": entries["impossible-test"],
        "always": entries["always-true-test"],
    }


def _lacking(finding: Finding) -> str:
    """The number that has no value, and whether it is the output of a step that is told to have none."""
    said, _, why = finding.message.partition(": ")
    name = why.split("the number `")[1].split("`")[0]
    return f"{name} of its step" if " of the step `" in said else name


def broken_by_engine(proof: Proof) -> dict[str, int | None]:
    """How many situations, or pairs of them, break each broken guarantee."""
    return {_quoted(finding): finding.situations for finding in _with(proof, "broken-guarantee")}


def said_by_oracle(tally: Tally) -> dict[str, Any]:
    """The same from the tally: a comparison is named only where its whole entry is not."""
    entries = tally.never | tally.always
    if not tally.total:
        # Where nothing is possible, nothing more is asked.
        nothing: dict[str, Any] = {each: set() for each in ("dead", "redundant", "useless", "never", "always")}
        nothing |= {"vacuous": set(), "lonely": {}}
    else:
        nothing = {
            "vacuous": tally.vacuous,
            "lonely": {name: count for name, count in tally.lonely.items() if count and name not in tally.vacuous},
            "dead": set(tally.dead),
            "redundant": set(tally.redundant),
            "useless": set(tally.useless),
            "never": {*tally.never, *(each for each in tally.never_compared if each[:2] not in entries)},
            "always": {*tally.always, *(each for each in tally.always_compared if each[:2] not in entries)},
        }
    return {
        "sound": tally.sound,
        "situations": tally.total,
        "verdicts": tally.verdicts,
        "rules": tally.rules,
        "gap": tally.gaps,
        "pairs": {pair: count for pair, count in tally.pairs.items() if count},
        "broken": {name: count for name, count in tally.broken.items() if count},
        "lacking": tally.lacking,
        **nothing,
    }


def _with(proof: Proof, code: str) -> Iterator[Finding]:
    return (finding for finding in proof.findings if finding.code == code)


def _quoted(finding: Finding) -> str:
    return finding.message.split("`")[1]


def _tests(proof: Proof, policy: Mapping[str, Any], code: str) -> Iterator[tuple[str, ...]]:
    """The entries of rules' `when` that a finding is about, as (rule, key) or (rule, key, word)."""
    for finding in _with(proof, code):
        section, _, path = finding.places[0].path.partition(".when.")
        if not section.startswith("rules["):
            continue
        rule = policy["rules"][int(section[6:-1])]
        for key, wanted in rule.get("when", {}).items():
            if path == key:
                yield rule["rule"], key
            word = path.removeprefix(f"{key}.")
            if word in OPS and path != word:
                # An entry with one comparison is that comparison.
                yield (rule["rule"], key) if len(wanted) == 1 else (rule["rule"], key, word)
