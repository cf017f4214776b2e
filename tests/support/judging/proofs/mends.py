"""Mends made in the text of a policy, and what is found before and after."""

from __future__ import annotations

import re

from engine import Finding, Mend, Policy, check
from engine.language.sections.policy_sources import load_text

# What is said of the whole policy, which an edit of one rule may bring to light.
OF_THE_WHOLE = {f"idle-{what}" for what in ("field", "answer", "verdict")}
OF_THE_WHOLE |= {f"unused-{what}" for what in ("field", "constant", "number", "fact")}


def pasted(text: str, mend: Mend) -> str:
    """The text of a policy with a mend made as its edit says, and its words in capitals filled in."""
    assert mend.edit is not None
    return mend.edit.apply(text).replace("NAME", "mended").replace("AMOUNT", "1")


def readings(text: str, mend: Mend, policy: Policy, step: str = "") -> list[Policy]:
    """The policy with a mend made; where the author chooses the verdict, or the outcome of a step, with each."""
    edited = pasted(text, mend)
    names = [name for name, _ in policy.step[step].outcomes] if step else [verdict.name for verdict in policy.verdicts]
    chosen = "OUTCOME" if step else "VERDICT"
    return [load_text(edited.replace(chosen, name).encode()) for name in (names if chosen in edited else [""])]


def step_of(finding: Finding) -> str:
    """The step that a finding is about, or the number of a table; empty if it is about the policy's own rules."""
    told = re.search(r"of the (?:step|number) `(.+?)`", finding.message)
    named = finding.rules[0].rpartition("/")[0] if finding.rules else ""
    return named or (told[1] if told else "")


def read_by(policy: Policy, step: str) -> set[str]:
    """What a step may read, with itself, by its name; everything if it is none."""
    names = [each.name for each in policy.steps_in_order]
    return {*names[: names.index(step) + 1]} if step else {*names, ""}


def faults(policy: Policy) -> dict[tuple[object, ...], int | None]:
    """Every finding by what makes it that finding, with its number of situations."""
    return {name(finding): finding.situations for finding in check(policy).findings
            if finding.code not in OF_THE_WHOLE}  # fmt: skip


def name(finding: Finding) -> tuple[object, ...]:
    """Of a warning about a rule it does not matter which others are to blame, nor which part of a test always holds."""
    rules = finding.rules[:1] if finding.code in ("dead-rule", "redundant-rule") else finding.rules
    tests = finding.message if finding.code == "impossible-test" else ""
    promise = finding.message.partition("guarantee")[2] if finding.code == "broken-guarantee" else ""
    return finding.code, () if promise else rules, tests or promise, "" if promise else step_of(finding)
