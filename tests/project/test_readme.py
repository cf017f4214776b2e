"""Do the two lines that the README begins with work? `.ci/run` runs them as they stand."""

from __future__ import annotations

import re
import shlex
import tomllib

import pytest

from tests.support.documents import ROOT
from tests.support.running import run

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAIN_LINE = re.compile(r"```sh\n(python3 -m venv [^\n]*verdict decide[^\n]*)\n```\n\n```text\n(.*?)```", re.DOTALL)
TEST_LINE = re.compile(r"```sh\n(python3 -m venv [^\n]*pytest[^\n]*)\n```")


def test_the_main_line_prints_what_the_readme_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict of the line that a newcomer runs is the text below it."""
    monkeypatch.chdir(ROOT)
    found = MAIN_LINE.search(README)
    assert found
    words = shlex.split(found.group(1).split(" && ")[-1])
    result = run(*words[1:])
    assert (result.out, result.code) == (found.group(2), 0)


def test_the_test_line_installs_what_the_tests_need() -> None:
    """Alone in a fresh clone it is sufficient: it makes the environment, and takes the extra that has pytest."""
    found = TEST_LINE.search(README)
    assert found
    make, install, test = found.group(1).split(" && ")
    assert make == "python3 -m venv .venv"
    assert "'.[test]'" in install
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {"pytest", "pytest-xdist"} <= {re.split(r"[>=\[]", each)[0] for each in extras["test"]}
    assert "-m pytest" in test


def test_the_readme_is_short() -> None:
    """What is longer stands in a guide beside what it describes."""
    assert len(README.splitlines()) <= 170
