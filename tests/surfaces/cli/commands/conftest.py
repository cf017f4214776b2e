"""What do the tests of commands share: a folder with a policy of each sort."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.surfaces.cli.commands.picnics import CASES, HOLE, PICNIC, SPARE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for each test, with a policy of each sort, and no wish for colour."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, text in {"picnic": PICNIC, "picnic.cases": CASES, "hole": HOLE, "spare": SPARE}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path
