"""What do the tests of files share: a folder that holds the policy of refunds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.execution.tables.files.refunds import REFUND


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("refund.yaml").write_text(REFUND)
