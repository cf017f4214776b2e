"""Are the situations in which a later rule says otherwise counted exactly, and do they fail nothing?"""

from __future__ import annotations

from collections import Counter
from math import prod
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings

from engine import load
from engine.analysis.proving.proof_session import STEPS
from engine.analysis.proving.rule_order import find_overlaps
from tests.support.drawing.strategies import policies
from tests.support.judging import oracle, spaces
from tests.support.judging.spaces import length
from tests.support.judging.yields import gets
from tests.support.running import run

MOST = 800
BUS = """\
policy: bus-fare
title: Who pays for the bus?
situation:
  age: {ask: How old are you?, type: integer, from: 0, to: 120}
  pupil: {ask: Do you go to school?, type: yes_no}
verdicts: {free: {title: Hop on}, pay: {title: Buy a ticket}}
decision: first
rules:
  - {rule: school, when: {pupil: yes}, then: free, because: The town pays.}
  - {rule: grown-up, when: {age: {at_least: 18}}, then: pay, because: Grown-ups earn money.}
  - {rule: child, otherwise: yes, then: free, because: Children do not.}
"""


@pytest.mark.thorough
@settings(max_examples=80)
@given(data=policies(small=True))
def test_overlaps_are_what_trying_everything_shows(data: dict[str, Any]) -> None:
    """For each rule but a last one for all: where it applies too, and an earlier rule decides and says otherwise."""
    assume(prod(map(length, data["situation"].values())) <= MOST)
    says = {rule["rule"]: gets(data, rule["then"], [rule["rule"]]) for rule in data["rules"]}
    last = {rule["rule"] for rule in data["rules"][-1:] if "when" not in rule}
    expected: Counter[str] = Counter()
    if data.get("decision") == "first":
        axes = {name: list(spaces.values(spec)) for name, spec in data["situation"].items()}
        for record in spaces.every(axes):
            said = oracle.outcome(data, record)
            if said.possible:
                later = (each for each in said.applies if each not in last)
                expected.update(each for each in later if says[each] != says[said.applies[0]])
    notes = find_overlaps(load(data), STEPS)
    assert {note.rules[0]: note.situations for note in notes} == expected


def test_overlaps_fail_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shown only if asked for, with an example, and even `--strict` passes."""
    monkeypatch.chdir(tmp_path)
    Path("bus-fare.yaml").write_text(BUS, encoding="utf-8")
    assert "overlap" not in run("check", "bus-fare.yaml").out
    result = run("check", "--strict", "--overlaps", "bus-fare.yaml")
    assert (result.code, result.out.splitlines()[:5]) == (
        0,
        [
            "bus-fare.yaml:10:12  note  overlap  grown-up, school",
            "  in 103 situations an earlier rule decides, and `grown-up` would say otherwise: `school` (103)",
            "  and at        bus-fare.yaml:9:12",
            "  for example   How old are you?       18",
            "                Do you go to school?   yes",
        ],
    )
    assert "::notice file=bus-fare.yaml" in run("check", "--overlaps", "bus-fare.yaml", "--format", "github").out
