"""What do the tests of commands that answer share: a folder for each test."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working folder is a new one."""
    monkeypatch.chdir(tmp_path)
