"""What does `verdict test` say of what cases reach and notice, and what does `--write` write?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.support.running import Result, run

PICNIC = """\
policy: picnic
title: Where do we eat?
situation:
  rain: {ask: Does it rain?, type: yes_no}
  guests: {ask: How many come?, type: integer, from: 1, to: 30}
verdicts:
  garden: {title: In the garden}
  kitchen: {title: In the kitchen}
decision: first
rules:
  - {rule: wet, when: {rain: yes, guests: {at_most: 8}}, then: kitchen, because: Nobody likes wet bread.}
  - {rule: dry, otherwise: yes, then: garden, because: It is pleasant outside.}
"""
# What the author wrote, comments and odd layout included.
CASES = """\
# Ours.
policy: picnic
cases:
    - {case: Dry, given: {rain: no}, expect: garden, by: [dry]}  # always
    - case: Wet
      given: {rain: yes,
              guests: 3}
      expect: kitchen
"""
SUMMARY = """\
picnic: 2 of 2 cases hold
picnic: the cases reach 62.5 %: 2 of 2 rules, 3 of 4 cells, 0 of 2 sides of boundaries
  no case has “How many come? at least 9”
  no case has exactly “How many come? 8”, the last before a boundary
  no case has exactly “How many come? 9”, the first after a boundary
"""
MUTANTS = """\
picnic: 7 of 10 single edits that change a verdict are noticed (70 %)

picnic.yaml:11:44  unnoticed-change
  `wet`: without “How many come? at most 8”
  would show at Does it rain?    yes
                How many come?   9
  and turn      “In the garden” into “In the kitchen”

picnic.yaml:11:44  unnoticed-change
  `wet`: “How many come? at most 8” becomes “at most 7”
  would show at Does it rain?    yes
                How many come?   8
  and turn      “In the kitchen” into “In the garden”

picnic.yaml:11:44  unnoticed-change
  `wet`: “How many come? at most 8” becomes “at most 9”
  would show at Does it rain?    yes
                How many come?   9
  and turn      “In the garden” into “In the kitchen”
"""
ADDED = """\

    # What these expect is what the policy decides now: read each, then name it in your words.
    # has “How many come? at least 9”
    # has exactly “How many come? 9”, the first after a boundary
    # notices `wet`: without “How many come? at most 8”
    # and 1 more
    - case: "To review 1: In the garden"
      given: {guests: 9}
      expect: garden
      by: [dry]
    # has exactly “How many come? 8”, the last before a boundary
    # notices `wet`: “How many come? at most 8” becomes “at most 7”
    - case: "To review 2: In the kitchen"
      given: {rain: yes, guests: 8}
      expect: kitchen
      by: [wet]
"""
WRITTEN = """\
picnic: 4 of 4 cases hold
picnic.cases.yaml: added 2 cases, the fewest of 4 situations that were tried; they expect what the policy decides \
now, so read each
picnic: the cases reach 100 %: 2 of 2 rules, 4 of 4 cells, 2 of 2 sides of boundaries
picnic: 10 of 10 single edits that change a verdict are noticed (100 %)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for each test, with a policy and two cases that leave something out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    (tmp_path / "picnic.yaml").write_text(PICNIC, encoding="utf-8")
    (tmp_path / "picnic.cases.yaml").write_text(CASES, encoding="utf-8")
    return tmp_path


def cases() -> str:
    return Path("picnic.cases.yaml").read_bytes().decode()


def data(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.out)
    return found


def test_coverage_names_what_no_case_has() -> None:
    """The share, of what, and each thing that is missing; the cases hold, so that the exit code is 0."""
    assert run("test", "picnic.yaml", "--coverage") == Result(SUMMARY, "", 0)
    assert run("test", "picnic.yaml", "--coverage", "-q") == Result("", "", 0)


def test_mutants_shows_the_situation_that_would_notice() -> None:
    """Every edit that no case notices, with its place, an example, and what it would make of the verdict."""
    assert run("test", "picnic.yaml", "--mutants") == Result(f"picnic: 2 of 2 cases hold\n{MUTANTS}", "", 0)


def test_a_threshold_fails_what_is_below_it() -> None:
    """Exit code 1 where less is reached or noticed; `--threshold` alone asks for coverage."""
    below = (
        "picnic.yaml:1:9  below-threshold  the cases reach 62.5 %, and 63 % are wanted\n"
        "  help  add cases; `verdict test --write` proposes some\n"
    )
    assert run("test", "picnic.yaml", "--threshold", "63") == Result(SUMMARY + below, "", 1)
    assert run("test", "picnic.yaml", "--threshold", "62.5") == Result(SUMMARY, "", 0)
    assert run("test", "picnic.yaml", "--threshold", "62.5", "--mutants").code == 0
    result = run("test", "picnic.yaml", "--threshold", "70.1", "--mutants", "-q")
    assert [line.split("  ")[2] for line in result.out.splitlines() if "below-threshold" in line] == [
        "the cases reach 62.5 %, and 70.1 % are wanted",
        "the cases notice 70 %, and 70.1 % are wanted",
    ]
    assert result.code == 1


def test_json_has_it_for_each_policy_and_of_a_single_one_at_the_top() -> None:
    """`mutants`, `killed`, `equivalent` and `survivors`, beside `coverage` where it was asked for."""
    found = data(run("test", "picnic.yaml", "--mutants", "--coverage", "--threshold", "80", "--format", "json"))
    (one,) = found["policies"]
    assert (found["mutants"], found["killed"], found["equivalent"], found["undecided"]) == (10, 7, 0, 0)
    assert found["survivors"][1] == {
        "mutant": "`wet`: “How many come? at most 8” becomes “at most 7”",
        "place": {"file": "picnic.yaml", "line": 11, "column": 44, "path": None},
        "example": {"rain": True, "guests": 8},
        "shows": ["rain", "guests"],
        "numbers": {},
        "before": "kitchen",
        "after": "garden",
        "fault": None,
    }
    assert (found["coverage"]["percent"], found["score"], found["threshold"]) == (62.5, 70.0, 80)
    assert [each["code"] for each in found["below"]] == ["below-threshold"] * 2
    assert {key: one[key] for key in ("mutants", "killed", "equivalent", "survivors", "coverage")} == {
        key: found[key] for key in ("mutants", "killed", "equivalent", "survivors", "coverage")
    }
    Path("deep").mkdir()
    Path("deep/picnic.yaml").write_text(PICNIC, encoding="utf-8")
    Path("deep/picnic.cases.yaml").write_text(CASES, encoding="utf-8")
    several = data(run("test", ".", "--mutants", "--format", "json"))
    assert ("mutants" in several, [each["killed"] for each in several["policies"]]) == (False, [7, 7])


def test_junit_has_shares_and_a_case_for_the_threshold() -> None:
    """Properties hold the shares; a threshold is a test of its own, and fails alone."""
    result = run("test", "picnic.yaml", "--mutants", "--threshold", "80", "--format", "junit")
    (suite,) = ElementTree.fromstring(result.out)
    assert suite.attrib == {"name": "picnic", "tests": "3", "failures": "1", "errors": "0"}
    assert [each.attrib for each in suite.iter("property")] == [
        {"name": "coverage", "value": "62.5"},
        {"name": "mutants", "value": "70"},
    ]
    assert [each.attrib["name"] for each in suite.iter("testcase")] == ["Dry", "Wet", "at least 80 %"]
    (failure,) = suite.iter("failure")
    assert failure.attrib["message"] == (
        "the cases reach 62.5 %, and 80 % are wanted; the cases notice 70 %, and 80 % are wanted"
    )
    (said,) = suite.iter("system-out")
    assert (said.text or "").count("unnoticed-change") == 3
    assert result.code == 1


def test_github_warns_at_the_place_of_each_edit() -> None:
    """What no case notices is a warning beside the test it is about; a threshold that is not met an error."""
    result = run("test", "picnic.yaml", "--mutants", "--format", "github")
    assert result.out.splitlines()[0] == (
        "::warning file=picnic.yaml,line=11,col=44,title=unnoticed-change::no case notices this edit: "
        "`wet`: without “How many come? at most 8”%0A"
        "help: add a case with “Does it rain? yes”, “How many come? 9”"
    )
    assert (len(result.out.splitlines()), result.code) == (3, 0)
    errors = run("test", "picnic.yaml", "--threshold", "100", "--format", "github").out.splitlines()
    assert [line.split(" ")[0] for line in errors] == ["::error", "::warning", "::warning", "::warning"]


def test_write_adds_what_is_missing_and_leaves_the_rest_as_it_was() -> None:
    """The author's text stays, byte for byte; what is added stands as theirs does; then nothing is missing."""
    assert run("test", "picnic.yaml", "--write", "--threshold", "100") == Result(WRITTEN, "", 0)
    assert cases() == CASES + ADDED
    assert sorted(each.name for each in Path().iterdir()) == ["picnic.cases.yaml", "picnic.yaml"]
    result = run("test", "picnic.yaml", "--write")
    assert "picnic.cases.yaml: no case is missing\n" in result.out
    assert cases() == CASES + ADDED


def test_write_keeps_line_ends_and_a_last_line_without_one() -> None:
    """Windows line ends go on as they are; a file that does not end with a line end is given one."""
    text = CASES.replace("\n", "\r\n").removesuffix("\r\n")
    Path("picnic.cases.yaml").write_bytes(text.encode())
    assert run("test", "picnic.yaml", "--write").code == 0
    assert cases() == (CASES + ADDED).replace("\n", "\r\n")


def test_write_begins_a_file_where_there_is_none() -> None:
    """A policy without cases gets a cases file, whose cases reach and notice everything."""
    Path("picnic.cases.yaml").unlink()
    help_ = "write them in `picnic.cases.yaml` beside it, or let `--write` begin it"
    assert run("test", "picnic.yaml").err.splitlines()[-1] == f"  help  {help_}"
    result = run("test", "picnic.yaml", "--write", "--threshold", "100")
    assert (result.out.splitlines()[0], result.code) == ("picnic: 3 of 3 cases hold", 0)
    assert cases().startswith("policy: picnic\ncases:\n\n  # What these expect is what the policy decides now")


@pytest.mark.parametrize(
    "text",
    [
        "policy: picnic\ncases: [{case: Dry, given: {rain: no}, expect: garden}]\n",
        "cases:\n  - {case: Dry, given: {rain: no}, expect: garden}\npolicy: picnic\n",
    ],
    ids=["within brackets", "not at the end"],
)
def test_write_shows_what_it_cannot_add(text: str) -> None:
    """Where the list of cases does not end the file, the cases are printed, the file stays, and the exit code is 1."""
    Path("picnic.cases.yaml").write_text(text, encoding="utf-8")
    result = run("test", "picnic.yaml", "--write")
    assert "; they cannot be added at its end, so put them where they belong:\n" in result.out
    assert '  - case: "To review 1: In the kitchen"\n' in result.out
    assert (cases(), result.err, result.code) == (text, "", 1)


def test_write_refuses_an_unsound_policy() -> None:
    """What an unsound policy decides is no advice; the cases are run as before, and the exit code is 1."""
    Path("picnic.yaml").write_text(PICNIC.replace("otherwise: yes", "when: {rain: no}"), encoding="utf-8")
    result = run("test", "picnic.yaml", "--write")
    assert result.err == (
        "verdict: `picnic` is not sound, so its cases are run as a draft; `verdict check picnic.yaml` says why\n"
        "verdict: what a policy decides that is not sound is no advice on what to expect: no case is added\n"
    )
    assert (cases(), result.out.splitlines()[0], result.code) == (CASES, "picnic: 2 of 2 cases hold", 1)


def test_write_says_in_json_what_it_added() -> None:
    """The cases, how many situations were tried, and the file they were added to."""
    proposed = data(run("test", "picnic.yaml", "--write", "--format", "json"))["proposed"]
    assert [each["given"] for each in proposed["cases"]] == [{"guests": 9}, {"rain": True, "guests": 8}]
    assert {key: proposed[key] for key in ("candidates", "fewest", "file", "written")} == {
        "candidates": 4,
        "fewest": True,
        "file": "picnic.cases.yaml",
        "written": True,
    }


def test_too_few_steps_leave_mutants_undecided() -> None:
    """What was not settled is counted by that name, and does not count as noticed."""
    found = data(run("test", "picnic.yaml", "--mutants", "--steps", "1", "--format", "json"))
    assert (found["mutants"], found["killed"], found["undecided"], found["survivors"]) == (10, 0, 10, [])


def test_the_flagship_notices_every_edit_and_reaches_everything() -> None:
    """The cases of other-interviews reach every rule, cell and boundary, and kill every mutant."""
    assert run("test", "other-interviews", "--coverage", "--mutants", "--threshold", "100") == Result(
        "other-interviews: 36 of 36 cases hold\n"
        "other-interviews: the cases reach 100 %: 6 of 6 rules, 24 of 24 cells, 2 of 2 sides of boundaries\n"
        "other-interviews: 82 of 82 single edits that change a verdict are noticed (100 %); 1 more changes nothing\n",
        "",
        0,
    )
