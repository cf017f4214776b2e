"""What do the tests of the library share: two small policies, and the report of the shipped cases."""

from __future__ import annotations

import pytest

from engine import (
    CasesReport,
    Policy,
    load,
    load_cases,
    run_cases,
)
from engine.language.sections.policy_sources import load_text
from tests.project.library.examples import HOLE, PARCELS, ROOT


@pytest.fixture
def parcels() -> Policy:
    return load_text(PARCELS.encode(), "parcels.yaml")


@pytest.fixture
def hole() -> Policy:
    return load_text(HOLE.encode(), "parcels.yaml")


@pytest.fixture(scope="module")
def report() -> CasesReport:
    path = ROOT / "rules" / "other-interviews.cases.yaml"
    policy = load("other-interviews")
    return run_cases(policy, load_cases(path, policy))
