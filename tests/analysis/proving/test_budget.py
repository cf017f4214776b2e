"""Is a proof the same on every run, and honest about what it had too few steps to settle?"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import engine
from engine import Finding, Proof, UnsoundError, check, decide, load
from engine.analysis.proving.findings import SEVERITIES
from engine.analysis.proving.proof_session import STEPS
from engine.bundled import shipped_policies
from engine.language.sections.policy_sources import load_text
from engine.problems import Place
from tests.support.by_day import cross, draw_by_day, some
from tests.support.drawing.strategies import policies

ROOT = Path(engine.__file__).parent.parent
NAMES = list(shipped_policies())
# Every size of budget up to one that is more than enough for what comes with the project.
GROWING = (1, 2, 3, 5, 10, 20, 50, 100, 150, 200, 300, 500, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 100_000, STEPS)
UNSETTLED = {"not-proved", "not-checked"}

TINY = """\
# Eat outside when it is dry.
policy: tiny
title: Where do we eat?
situation:
  rain: {ask: "Does it rain?", type: yes_no}
verdicts: {garden: {title: In the garden}, kitchen: {title: In the kitchen}}
rules:
  - {rule: dry, when: {rain: no}, then: garden, because: It is pleasant outside.}
  - {rule: wet, when: {rain: yes}, then: kitchen, because: Nobody likes wet bread.}
"""
TINY_SPELT: dict[str, Any] = {
    "policy": "tiny",
    "title": "Where do we eat?",
    "situation": {"rain": {"ask": "Does it rain?", "type": "yes_no"}},
    "verdicts": {"garden": {"title": "In the garden"}, "kitchen": {"title": "In the kitchen"}},
    "rules": [
        {"rule": "dry", "when": {"rain": False}, "then": "garden", "because": "It is pleasant outside."},
        {"rule": "wet", "when": {"rain": True}, "then": "kitchen", "because": "Nobody likes wet bread."},
    ],
    "decision": "unique",
}


def settled(proof: Proof) -> list[Finding]:
    """What a proof found, less what it says that it did not settle."""
    return [finding for finding in proof.findings if finding.code not in UNSETTLED]


def told(finding: Finding) -> tuple[str, tuple[str, ...], tuple[Place, ...]]:
    """What a finding says, but for what may have taken more steps: how many situations, the example and the mend.

    The rules of a pair of situations are those of the example.
    """
    if finding.pair:
        return finding.code, (), finding.places[:1]
    return finding.code, finding.rules, finding.places


def counts(proof: Proof) -> dict[str, int | None]:
    return {"": proof.situations, **proof.verdicts, **{f"rule {name}": count for name, count in proof.rules.items()}}


def assert_agrees(part: Proof, whole: Proof) -> None:
    """What a proof with fewer steps says is true of one with more; what it leaves open, it names."""
    known = {told(finding): finding.situations for finding in settled(whole)}
    for finding in settled(part):
        assert finding.situations in (None, known[told(finding)])
    assert {name: count for name, count in counts(part).items() if count not in (None, counts(whole)[name])} == {}
    assert whole.sound or not part.sound
    missing = known.keys() - {told(finding) for finding in settled(part)}
    named = {finding.code for finding in part.findings} & UNSETTLED
    # An error that was not found yet is covered by `not-proved`, a warning by either.
    assert not missing or named
    assert "not-proved" in named or all(SEVERITIES[code] != "error" for code, *_ in missing)


@pytest.mark.parametrize("name", some(NAMES))
def test_more_steps_settle_more(name: str) -> None:
    """With growing steps nothing that was said is taken back, and in the end nothing is left open."""
    proofs = [check(load(name), steps=steps) for steps in GROWING]
    for part, whole in pairwise(proofs):
        assert_agrees(part, whole)
    assert UNSETTLED & {finding.code for finding in proofs[0].findings}
    assert not UNSETTLED & {finding.code for finding in proofs[-1].findings}
    assert proofs[-1] == check(load(name))


@pytest.mark.thorough
@draw_by_day(20)
@given(policy=policies())
def test_no_number_of_steps_says_more_than_is_true(policy: dict[str, Any]) -> None:
    """Whatever the policy, a proof with few steps agrees with the whole proof, and is the same when asked again."""
    whole = check(load(policy))
    for steps in (1, 4, 16, 64, 256):
        part = check(load(policy), steps=steps)
        assert_agrees(part, whole)
        assert check(load(policy), steps=steps).to_dict() == part.to_dict()


@cross("name, steps", NAMES, [1, 30, 300, 1_000_000])
def test_a_proof_is_the_same_when_asked_again(name: str, steps: int) -> None:
    """Two readings of a file and two proofs with as many steps give the same dictionary, word for word."""
    one, other = (json.dumps(check(load(name), steps=steps).to_dict()) for _ in range(2))
    assert one == other


def test_an_earlier_proof_does_not_change_a_later_one() -> None:
    """A policy that was proved with few steps is then proved with many, and the other way round."""
    policy = load("other-interviews")
    assert not check(policy, steps=1).sound
    assert check(policy) == check(load("other-interviews"))
    assert check(policy, steps=1) == check(load("other-interviews"), steps=1)


def test_what_is_not_proved_is_named() -> None:
    """Each question that was left open is a finding of its own, at the policy, with the way to settle it."""
    policy = load("other-interviews")
    open_ = [finding for finding in check(policy, steps=1).findings if finding.code == "not-proved"]
    asked = [
        "whether every possible situation gets a verdict",
        "whether rules disagree in some possible situation",
        *(f"whether the guarantee `{guarantee.name}` holds" for guarantee in policy.guarantees),
    ]
    assert [finding.message for finding in open_] == [f"could not determine within 1 step {what}" for what in asked]
    assert {finding.places for finding in open_} == {(policy.place,)}
    assert all("--steps" in finding.help for finding in open_)


def test_deciding_does_not_trust_a_proof_with_few_steps() -> None:
    """`decide` goes by the whole proof, whatever was asked of the policy before."""
    policy = load("other-interviews")
    assert not check(policy, steps=1).sound
    assert decide(policy, {"offer": "hint"}).verdict == "keep"


@pytest.mark.slow
def test_an_unsound_policy_stays_unsound_with_few_steps() -> None:
    """Too few steps to find the gap are no proof that there is none."""
    for steps in GROWING:
        assert not check(load("other-interviews-as-written"), steps=steps).sound
    with pytest.raises(UnsoundError):
        decide(load("other-interviews-as-written"), {"offer": "hint"})


def test_the_sha256_is_that_of_the_canonical_spelling() -> None:
    """The identity of a policy can be worked out by anybody: sorted keys, no spaces, UTF-8."""
    policy = load_text(TINY.encode())
    text = json.dumps(TINY_SPELT, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert policy.to_dict() == TINY_SPELT
    assert policy.sha256 == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "other",
    [
        TINY.replace("# Eat outside when it is dry.\n", ""),
        TINY.replace("\n", "\r\n"),
        "\ufeff" + TINY,
        TINY.replace("rain: no", "rain: false").replace('"Does it rain?"', "Does it rain?"),
        f"{TINY}decision: unique\n",
    ],
    ids=["no comment", "Windows", "byte-order mark", "other scalars", "default written out"],
)
def test_layout_makes_no_difference(other: str) -> None:
    """The same policy written in another way is equal and has the same sha256."""
    one, same = load_text(TINY.encode()), load_text(other.encode())
    assert other != TINY
    assert (same, same.sha256) == (one, one.sha256)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Where do we eat?", "title: Where shall we eat?"),
        ("rain: no}, then: garden", "rain: no}, then: kitchen"),
        ("In the garden", "Outside"),
        ("Nobody likes wet bread.", "Wet bread is no fun."),
        ("rule: wet", "rule: rainy"),
        ("policy: tiny", "policy: small"),
    ],
)
def test_every_word_makes_a_difference(old: str, new: str) -> None:
    """Whatever a person reads or a rule does belongs to the sha256."""
    assert TINY.count(old) == 1
    assert load_text(TINY.replace(old, new).encode()).sha256 != load_text(TINY.encode()).sha256


def printed(seed: str, *words: str) -> bytes:
    """What `python -m engine` prints with these words, in a process that hashes text by this seed."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "engine", *words]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert done.stderr == b""
    return done.stdout


@pytest.mark.thorough
@pytest.mark.parametrize(
    "words",
    some(
        [
            ("check", "--format", "json", *NAMES),
            ("check", "--format", "json", "--steps", "40", *NAMES),
            ("check", "rules"),
            ("decide", "customs-channel", "--format", "json"),
            ("test", "rules", "--format", "json"),
        ]
    ),
    ids=" ".join,
)
def test_nothing_depends_on_the_order_of_hashes(words: tuple[str, ...]) -> None:
    """Two processes that hash text in different ways print the same bytes."""
    one, other = printed("1", *words), printed("20260131", *words)
    assert one == other
    assert one
