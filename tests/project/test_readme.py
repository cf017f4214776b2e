"""Do the two lines that the README begins with work? `.ci/run` runs them as they stand."""

from __future__ import annotations

import re
import shlex
import tomllib

import pytest

from engine import check, load
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


FOUND_ROW = re.compile(r"^\| \[[^\]]+\]\((rules/drafts/[\w-]+\.yaml)\)[^|]*\| ([^|]+) \|$", re.MULTILINE)


def test_what_is_said_of_published_rules_is_what_the_check_finds() -> None:
    """There is one row for each draft, at most eight, and each figure stands in a finding."""
    rows = FOUND_ROW.findall(README)
    assert sorted(path for path, _ in rows) == sorted(
        path.relative_to(ROOT).as_posix() for path in (ROOT / "rules" / "drafts").glob("*.yaml")
    )
    assert len(rows) <= 8
    for path, row in rows:
        findings = check(load(ROOT / path)).findings
        told = " ".join(
            text
            for each in findings
            for text in (each.message, *(said for _, said in (*each.answers, *each.numbers)), *map(str, each.mends))
        )
        shown = set(re.findall(r"\d[\d,]*", told))
        assert [figure for figure in re.findall(r"\d[\d,]*", row) if figure not in shown] == []


def test_the_eligibility_of_a_loan_makes_no_difference() -> None:
    """What the row about loans says in words: all that the table reads, and nothing else, is idle."""
    policy = load("loan-approval-as-written")
    idle = {each.message.split("`")[1] for each in check(policy).findings if each.code == "idle-field"}
    assert idle == {name for name in policy.names_behind(["eligible"]) if name in policy.field}
