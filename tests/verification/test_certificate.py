"""Is a right certificate accepted, and one with anything altered refused?"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import CertificateError, certify, check, load, verify
from engine.bundled import shipped_policies
from engine.verification.certificate_shape import read_certificate
from engine.verification.certificates import Certificate
from tests.support.by_day import draw_by_day
from tests.support.drawing.alterations import Alteration, alterations, other_texts
from tests.support.drawing.edits import edited
from tests.support.drawing.fields import Draw, Hand
from tests.support.drawing.forgeries import Forged, some_forged
from tests.support.drawing.strategies import policies
from tests.support.judging.certificate_trial import mistakes, refused, wrong_ends
from tests.support.making.tables import key_table, tree_table
from tests.support.running import run

NAMES = [*shipped_policies(), "other-interviews-as-written"]


def resealed(data: Any) -> Any:
    """The data with the checksum that its alteration should have, where it still is a certificate: forged with care."""
    try:
        return read_certificate({**data, "checksum": "0" * 64}).sealed().to_dict()
    except (CertificateError, TypeError, ValueError):
        return data


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shipped_is_certified_and_verified(name: str) -> None:
    """The verifier finds every number and leaf as the proof has it."""
    policy = load(name)
    proof, certificate = check(policy), certify(policy)
    found = verify(policy, json.loads(certificate.to_json()))
    assert (found.sound, found.situations) == (proof.sound, proof.situations)
    assert dict(certificate.verdicts) == dict(proof.verdicts)


@pytest.mark.thorough
@draw_by_day(15)
@given(data=policies(small=True))
def test_a_certificate_says_what_is_so(data: dict[str, Any]) -> None:
    """Every situation taken through the tree ends as the definition says, and the counts are those of brute force."""
    policy = load(data)
    certificate = certify(policy)
    assert list(mistakes(data, certificate.to_dict())) == []
    assert verify(policy, certificate).sound == check(policy).sound


@pytest.mark.thorough
@draw_by_day(20)
@given(data=policies())
def test_a_right_certificate_is_accepted(data: dict[str, Any]) -> None:
    """Open ends, continuous numbers and sums included."""
    policy = load(data)
    assert verify(policy, certify(policy)).sound == check(policy).sound


@st.composite
def altered(draw: Draw) -> tuple[dict[str, Any], Alteration]:
    """A policy and one alteration of its certificate."""
    data = draw(policies(small=True))
    certificate = certify(load(data)).to_dict()
    offered = [*alterations(certificate), *other_texts(certificate)]
    return data, draw(st.sampled_from(offered))


@pytest.mark.thorough
@draw_by_day(40)
@given(drawn=altered())
def test_nothing_in_a_certificate_can_be_altered(drawn: tuple[dict[str, Any], Alteration]) -> None:
    """A number, edge, verdict, value, hash or key that is not as it was is noticed by checksum and leaves."""
    data, alteration = drawn
    policy = load(data)
    right = certify(policy).to_dict()
    wrong = alteration.of(right)
    if json.dumps(wrong) == json.dumps(right):
        return
    assert refused(policy, wrong)
    careful = resealed(wrong)
    if alteration.path[:1] == ("checksum",) or json.dumps(careful) == json.dumps(right):
        return
    # What is sealed anew may be another right certificate; then every situation must end as it does.
    assert refused(policy, careful) or list(mistakes(data, careful)) == []


@pytest.mark.thorough
@draw_by_day(12)
@given(drawn=some_forged(policies(small=True)))
def test_what_is_forged_is_refused_or_right(drawn: tuple[dict[str, Any], list[Forged]]) -> None:
    """Whatever has the shape of a certificate and is sealed: where it is accepted, every situation ends as it says."""
    data, found = drawn
    policy = load(data)
    for what, wrong in found:
        careful = read_certificate({**wrong, "checksum": ""}).sealed().to_dict()
        refusal = refused(policy, careful)
        assert "certificate-shape" not in refusal, what
        assert refusal or list(mistakes(data, careful)) == [], what


@pytest.mark.thorough
@draw_by_day(8)
@given(drawn=some_forged(policies(countable=False)))
def test_what_is_forged_of_open_ends_is_refused_or_right(drawn: tuple[dict[str, Any], list[Forged]]) -> None:
    """Where the situations cannot be counted: some of each cell end as an accepted tree says."""
    data, found = drawn
    policy = load(data)
    for what, wrong in found:
        careful = read_certificate({**wrong, "checksum": ""}).sealed().to_dict()
        if not refused(policy, careful):
            # Where a sum over an endless field cuts too many cells, there is no list of them.
            with suppress(ValueError):
                assert list(wrong_ends(data, careful)) == [], what


@pytest.mark.thorough
@draw_by_day(15)
@given(drawn=st.data())
def test_the_certificate_of_another_version_is_refused_or_right(drawn: Any) -> None:
    """What is right of a policy with one edit, under the name and the hash of the policy without."""
    data = drawn.draw(policies(small=True))
    policy = load(data)
    other = edited(Hand(drawn.draw), data)
    theirs = certify(load(other)).to_dict() | {"policy": policy.name, "sha256": policy.sha256}
    careful = read_certificate(theirs).sealed().to_dict()
    assert refused(policy, careful) or list(mistakes(data, careful)) == []


def test_hundreds_of_rows_are_verified() -> None:
    """A large table is checked rule by rule only where a rule may hold."""
    policy = load(tree_table(300, 8, 1, grown=0))
    certificate = certify(policy)
    assert isinstance(certificate, Certificate)
    assert verify(policy, certificate).leaves >= 300


@pytest.mark.thorough
@pytest.mark.parametrize("each", [13, pytest.param(3, marks=pytest.mark.search)])
@pytest.mark.parametrize("decision", ["first", "unique"])
def test_a_node_with_hundreds_of_branches_is_verified(decision: str, each: int) -> None:
    """A row for each of many texts: each leaf is read, and a wrong one is refused, whichever it is."""
    policy = load(key_table(300, seed=1, decision=decision))
    data = certify(policy).to_dict()
    assert verify(policy, data).read == 301
    [node] = data["tree"]["nodes"]
    verdicts = [branch["verdict"] for branch in node["branches"]]
    for place in range(0, 300, each):
        wrong = "grade-a" if verdicts[place] != "grade-a" else "grade-b"
        node["branches"][place]["verdict"] = wrong
        assert f"it certifies the verdict `{wrong}` for a situation" in refused(policy, resealed(data))
        node["branches"][place]["verdict"] = verdicts[place]


def test_the_commands_write_and_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`check --certificate` writes a file beside what it prints; `verify` says what holds."""
    monkeypatch.chdir(tmp_path)
    first = run("check", "other-interviews", "--certificate", "proof.json")
    assert (first.code, first.err) == (0, "")
    second = run("verify", "proof.json", "other-interviews")
    assert (second.code, second.err) == (0, "")
    assert second.out.startswith(
        "other-interviews: the certificate is right, each of 48,384 situations gets exactly one verdict; "
    )
    other = run("verify", "proof.json", "customs-channel")
    assert (other.code, other.out) == (1, "")
    assert "other-policy" in other.err


def test_no_half_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the proof was not finished there is no file, and it is said why."""
    monkeypatch.chdir(tmp_path)
    found = run("check", "other-interviews", "--certificate", "proof.json", "--steps", "1")
    assert found.code == 1
    assert "no-certificate" in found.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"a": 1, "a": 2}',
        '{"certificate": NaN}',
        "[" * 100_000,
        '{"certificate": 2}',
        "\x00",
        "é",
    ],
)
def test_what_is_no_certificate_is_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any file is read or refused with exit code 2, without a traceback."""
    monkeypatch.chdir(tmp_path)
    Path("proof.json").write_text(text, encoding="utf-8")
    found = run("verify", "proof.json", "other-interviews")
    assert (found.code, found.out) == (2, "")
    assert "proof.json" in found.err
    assert "Traceback" not in found.err
