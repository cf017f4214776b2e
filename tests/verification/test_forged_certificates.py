"""Is each forged certificate of `tests/wrong/certificates.txt` refused, in exactly these words?

After a message was changed, `REWRITE_EXPECTED=1 python -m pytest -q tests/verification/test_forged_certificates.py`
writes what is said now into that file: read the difference.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from engine import CertificateError, certify, verify
from engine.verification.verifier import verify_named
from tests.support.by_day import some
from tests.support.refusals.forged import (
    ACCEPTED,
    Base,
    Forgery,
    odd_values,
    read_forgeries,
    rewrite,
    said,
    shown_certificate,
)
from tests.verification.delete_refusals import deletions, unnoticed

if os.environ.get("REWRITE_EXPECTED"):
    _bases, _forgeries = read_forgeries()
    rewrite(
        {each.name: said(each) for each in _forgeries},
        {each.name: shown_certificate(certify(each.policy)) for each in _bases},
    )
BASES, FORGERIES = read_forgeries()


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_the_certificate_is_shown_as_it_is(base: Base) -> None:
    """What the forgeries alter is what the policy has, and it is right."""
    assert shown_certificate(certify(base.policy)) == base.shown
    found = verify(base.policy, base.right).to_dict()
    assert (found["policy"], found["sha256"]) == (base.policy.name, base.policy.sha256)
    assert str(certify(base.policy)).startswith(f"{base.policy.name}: certified as ")


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
def test_a_forged_certificate_is_refused(forgery: Forgery) -> None:
    """The verifier says these words and no others; what is as right as the original is accepted."""
    assert said(forgery) == forgery.expected


@pytest.mark.parametrize(("name", "data"), [pytest.param(*each, id=each[0]) for each in odd_values(BASES[0])])
def test_data_that_no_json_holds_is_refused(name: str, data: Any) -> None:
    """Nor can a program hand over what no file could say."""
    with pytest.raises(CertificateError) as caught:
        verify_named(BASES[0].policy, data, "certificate")
    assert [each.code for each in caught.value.problems] == ["certificate-shape"], name


def test_most_are_refused_for_what_they_mean() -> None:
    """Forgeries that have the shape of a certificate, and say what is not so."""
    meant = [each for each in FORGERIES if each.expected != ACCEPTED and "certificate-shape" not in each.expected]
    assert len(meant) >= 60


@pytest.mark.thorough
@pytest.mark.parametrize("first", some(range(3)))
def test_no_refusal_can_be_left_out(first: int) -> None:
    """With any single refusal of the verifier deleted, or one condition of it, something else is said of a forgery."""
    deleted = list(deletions())
    assert len(deleted) >= 100
    assert [f"{each.module}.py:{each.line}: {each.what}" for each in unnoticed(deleted[first::3])] == []
