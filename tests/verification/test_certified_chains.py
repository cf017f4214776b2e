"""Does a chain whose steps stand for themselves get a certificate that asks for answers only, and is right?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from engine import Certificate, certify, check, load, verify
from engine.verification.certificate_shape import read_certificate
from tests.support.by_day import draw_by_day
from tests.support.drawing.forgeries import Forged, some_forged
from tests.support.drawing.strategies import policies
from tests.support.drawing.thresholds import ALL, NONE, with_steps_written_out
from tests.support.judging.certificate_trial import mistakes, refused
from tests.support.making.large_chains import large_chain
from tests.verification.test_certificate import resealed

PLENTY = 20_000_000


def _claims(certificate: Certificate) -> dict[str, Any]:
    """All that a certificate says but for its tree, of which there are many."""
    return {name: said for name, said in certificate.to_dict().items() if name not in ("tree", "checksum")}


@pytest.mark.thorough
@draw_by_day(12, deadline=None)
@given(data=policies(small=True, chained=True))
def test_a_certificate_says_the_same_whether_steps_are_written_out_or_not(data: dict[str, Any]) -> None:
    """Each is accepted, and every situation ends as it says."""
    claims = []
    for most in (NONE, ALL):
        with with_steps_written_out(most):
            policy = load(data)
            if any(each.code == "not-proved" for each in check(policy, steps=PLENTY).errors):
                return
            certificate = certify(policy, steps=PLENTY)
        assert verify(policy, certificate).sound == certificate.sound
        assert list(mistakes(data, certificate.to_dict())) == []
        claims.append(_claims(certificate))
    assert claims[0] == claims[1]


@pytest.mark.thorough
@draw_by_day(12, deadline=None)
@given(data=policies(chained=True))
def test_a_right_certificate_of_a_chain_is_accepted(data: dict[str, Any]) -> None:
    """Open ends, continuous numbers and sums included."""
    with with_steps_written_out(NONE):
        policy = load(data)
        assert verify(policy, certify(policy)).sound == check(policy).sound


@pytest.mark.thorough
@draw_by_day(8, deadline=None)
@given(drawn=some_forged(policies(small=True, chained=True), NONE))
def test_what_is_forged_of_a_chain_is_refused_or_right(drawn: tuple[dict[str, Any], list[Forged]]) -> None:
    """Where a forged certificate is accepted, every situation ends as it says."""
    data, found = drawn
    policy = load(data)
    for what, wrong in found:
        careful = read_certificate({**wrong, "checksum": ""}).sealed().to_dict()
        assert refused(policy, careful) or list(mistakes(data, careful)) == [], what


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(
    ("rows", "steps", "faults"),
    [(40, 1, 0), (40, 1, 5), (20, 3, 2), pytest.param(1_000, 1, 50, marks=[pytest.mark.thorough, pytest.mark.slow])],
)
def test_a_large_chain_is_certified(rows: int, steps: int, faults: int, shared: bool) -> None:
    """Tables that read each other, on the same fields or each on its own: no count is missing."""
    data = large_chain(rows, 1, steps=steps, shared=shared, faults=faults).whole
    policy = load(data)
    certificate, proof = certify(policy), check(policy)
    found = verify(policy, certificate)
    assert (found.sound, found.situations) == (proof.sound, proof.situations)
    assert found.sound == (faults == 0)
    assert proof.situations is not None
    assert dict(certificate.verdicts) == dict(proof.verdicts)
    assert certificate.gaps == sum(each.situations or 0 for each in proof.errors)


@pytest.mark.thorough
@pytest.mark.parametrize("shared", [True, False])
def test_a_wrong_leaf_of_a_large_chain_is_refused(shared: bool) -> None:
    """Each is read, whichever tables lead to it."""
    policy = load(large_chain(40, 2, shared=shared).whole)
    data = certify(policy).to_dict()
    leaves = [branch for node in data["tree"]["nodes"] for branch in node["branches"] if "verdict" in branch]
    for leaf in leaves[:: len(leaves) // 8]:
        right = leaf["verdict"]
        leaf["verdict"] = wrong = "grade-a" if right != "grade-a" else "grade-b"
        assert f"it certifies the verdict `{wrong}` for a situation that gets" in refused(policy, resealed(data))
        leaf["verdict"] = right
    assert not refused(policy, resealed(data))
