"""What do the tests of the language share: a policy with a field of every kind."""

from __future__ import annotations

import pytest

from engine import Policy
from engine.language.sections.policy_sources import load_text
from tests.support.refusals.sections import WRONG, base_policy


@pytest.fixture(scope="module")
def parcels() -> Policy:
    """A policy with a field of every kind."""
    return load_text(base_policy(WRONG / "decide.txt").encode(), "parcels.yaml")
