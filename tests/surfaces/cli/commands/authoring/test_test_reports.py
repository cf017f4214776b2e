"""What does `verdict test` print of cases that hold and of those that fail, in each format?"""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.support.running import Result, run
from tests.surfaces.cli.commands.picnics import CASES, PICNIC, data, place, write

pytestmark = pytest.mark.usefixtures("folder")


def test_test_counts_the_cases_that_hold() -> None:
    """All cases hold: one line, by the policy, its cases file or its name."""
    expected = Result("picnic: 2 of 2 cases hold\n", "", 0)
    assert run("test", "picnic.yaml") == run("test", "picnic.cases.yaml") == expected
    assert run("test", "other-interviews").out == "other-interviews: 36 of 36 cases hold\n"
    assert run("test", "-q", "picnic.yaml") == Result("", "", 0)


def test_test_shows_what_fails_and_why() -> None:
    """Each failed case with its place and what came instead; the rules that no case reaches; exit code 1."""
    write(
        "picnic.cases.yaml",
        "policy: picnic\n"
        "cases:\n"
        "  - {case: Other verdict, given: {rain: no}, expect: kitchen}\n"
        "  - {case: Undecided, given: {guests: 4}, expect: garden}\n"
        "  - {case: Holds, given: {rain: no}, expect: garden}\n",
    )
    result = run("test", "picnic.yaml")
    assert result.out == (
        "picnic.cases.yaml:3:12  fails  Other verdict\n"
        "  expected “In the kitchen” (kitchen), got “In the garden” (garden) by `dry`\n"
        "picnic.cases.yaml:4:12  fails  Undecided\n"
        "  expected “In the garden” (garden), but it is not decided: it can be “In the garden” (garden) or "
        "“In the kitchen” (kitchen); `rain` can settle it\n"
        "picnic: 1 of 3 cases hold\n"
        "  no case reaches `wet`\n"
    )
    assert (result.err, result.code) == ("", 1)


def test_test_compares_the_deciding_rules() -> None:
    """`by` is exactly the rules that decide, in any order."""
    write(
        "spare.cases.yaml",
        "policy: spare\n"
        "cases:\n"
        "  - {case: In any order, given: {rain: yes, guests: 1}, expect: kitchen, by: [storm, wet]}\n"
        "  - {case: One is missing, given: {rain: yes, guests: 1}, expect: kitchen, by: [wet]}\n"
        "  - {case: Dry, given: {rain: no}, expect: garden}\n",
    )
    assert run("test", "spare.yaml") == Result(
        "spare.cases.yaml:4:12  fails  One is missing\n"
        "  expected `wet` to decide, but it was `wet` and `storm`\n"
        "spare: 2 of 3 cases hold\n",
        "",
        1,
    )


def test_test_prints_json() -> None:
    """A report for each policy: every case with its place and its rules."""
    result = run("test", "picnic.yaml", "--format", "json")
    cases = [
        {
            "case": name,
            "passed": True,
            "message": None,
            "rules": [rule],
            "notes": [],
            "place": place("picnic.cases.yaml", line, 12),
        }
        for name, rule, line in (("Dry", "dry", 3), ("Wet", "wet", 4))
    ]
    assert data(result) == {"policies": [{"policy": "picnic", "passed": True, "cases": cases, "unreached": []}]}
    assert (result.err, result.code) == ("", 0)


def test_test_prints_junit() -> None:
    """XML for build servers: a suite for each policy, with its failures counted and explained."""
    text = CASES.replace("expect: kitchen", "expect: garden").replace("Wet", "'Rain & <b>wind</b>'")
    write("picnic.cases.yaml", text)
    result = run("test", "picnic.yaml", "--format", "junit")
    (suite,) = ElementTree.fromstring(result.out)
    assert suite.attrib == {"name": "picnic", "tests": "2", "failures": "1", "errors": "0"}
    assert [case.attrib for case in suite] == [
        {"name": "Dry", "classname": "picnic"},
        {"name": "Rain & <b>wind</b>", "classname": "picnic"},
    ]
    ((failure,),) = (list(case) for case in suite if len(case))
    assert failure.tag == "failure"
    assert failure.attrib == {"message": "expected “In the garden” (garden), got “In the kitchen” (kitchen) by `wet`"}
    assert failure.text == "picnic.cases.yaml:4:12"
    assert (result.err, result.code) == ("", 1)


def test_test_annotates_lines_on_github() -> None:
    """A workflow command for each failed case."""
    write("picnic.cases.yaml", CASES.replace("expect: kitchen", "expect: garden"))
    assert run("test", "picnic.yaml", "--format", "github") == Result(
        "::error file=picnic.cases.yaml,line=4,col=12,title=failed-case::"
        "Wet: expected “In the garden” (garden), got “In the kitchen” (kitchen) by `wet`\n",
        "",
        1,
    )


def test_test_runs_a_folder() -> None:
    """Every cases file in a folder and below it; what cannot be read is told, and the rest is run."""
    write("deep/picnic.yaml", PICNIC)
    write("deep/picnic.cases.yaml", CASES)
    assert run("test", ".") == Result("picnic: 2 of 2 cases hold\n" * 2, "", 0)
    write("deep/lost.cases.yaml", "policy: nowhere\ncases: []\n")
    result = run("test", ".")
    assert (result.out, result.code) == ("picnic: 2 of 2 cases hold\n" * 2, 2)
    assert "no-such-policy" in result.err


def test_test_runs_a_draft_and_says_so() -> None:
    """The cases of an unsound policy are run, and a gap fails; stderr says that it is a draft."""
    write(
        "hole.cases.yaml",
        "policy: hole\n"
        "cases:\n"
        "  - {case: Few, given: {rain: yes, guests: 2}, expect: kitchen}\n"
        "  - {case: Many, given: {rain: yes, guests: 9}, expect: kitchen}\n",
    )
    result = run("test", "hole.yaml")
    assert "  expected “In the kitchen” (kitchen), but this is a gap\n" in result.out
    assert result.err.startswith("verdict: `hole` is not sound, so its cases are run as a draft")
    assert result.code == 1
