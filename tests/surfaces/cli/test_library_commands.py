"""What do commands make of libraries: named, in folders, at revisions, beside the policies that use them?"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from engine import check, load
from tests.support.running import Result, run

PEOPLE = """\
library: people
title: Who somebody is
situation:
  age: {ask: How old are you?, type: integer, from: 0, to: 120}
numbers: {left: {means: years to go, sum: {age: -1}, plus: 120}}
facts:
  adult: {means: of age, when: {age: {at_least: 18}}}
impossible: [{when: {age: 120}, because: Nobody is.}]
"""
LOAN = """\
policy: loan
title: May you borrow a saw?
uses: [shared/people.yaml]
verdicts: {lend: {title: Lend it}, keep: {title: Keep it}}
rules:
  - {rule: adults, when: {adult: yes}, then: lend, because: They know how.}
  - {rule: children, when: {left: {more_than: 102}}, then: keep, because: It is dangerous.}
"""
CASES = """\
policy: loan
cases:
  - {case: Old, given: {age: 70}, expect: lend}
  - {case: Young, given: {age: 7}, expect: keep}
"""
COUNTS = "loan: sound, each of 120 situations gets exactly one verdict\n  lend  102  85.0 %\n  keep   18  15.0 %\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a policy, its cases, and the library that it uses."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shared").mkdir()
    for name, text in {"shared/people.yaml": PEOPLE, "loan.yaml": LOAN, "loan.cases.yaml": CASES}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def edit(name: str, old: str, new: str) -> None:
    text = Path(name).read_text(encoding="utf-8")
    assert old in text
    Path(name).write_text(text.replace(old, new), encoding="utf-8")


def test_a_folder_is_checked_with_its_libraries() -> None:
    """A library is no broken policy: it is checked by itself, below the policies, and counts for the exit code."""
    library = (
        "people: a library, with 1 field, 1 number, 1 fact and 1 impossible combination; nothing contradicts itself"
    )
    cases = "loan.cases.yaml: 2 cases, all readable"
    assert run("check", ".") == Result(f"{COUNTS}\n{library}\n\n{cases}\n", "", 0)
    assert run("check", "shared/people.yaml", "--quiet") == Result("", "", 0)
    edit("shared/people.yaml", "at_least: 18", "at_least: 121")
    assert run("check", "shared/people.yaml", "--quiet").code == 0
    assert run("check", "shared/people.yaml", "--quiet", "--strict").code == 1
    edit("shared/people.yaml", "{age: 120}", "{age: {at_least: 0}}")
    assert run("check", "shared/people.yaml").code == 1


def test_a_changed_library_is_noticed_in_the_policies_that_use_it() -> None:
    """Checking the folder, or the policy, or its cases, reads the library again."""
    edit("shared/people.yaml", "at_least: 18", "at_least: 19")
    assert run("check", "loan.yaml").code == 1
    assert run("check", ".").code == 1
    edit("shared/people.yaml", "situation", "situatoin")
    for words in (("check", "loan.yaml"), ("test", "."), ("decide", "loan.yaml"), ("page", "loan.yaml")):
        assert run(*words).err.startswith("shared/people.yaml:3:1  unknown-key  there is no key `situatoin` here\n")


def test_every_format_names_the_library_and_the_line() -> None:
    """JSON, SARIF and the annotations of GitHub: what is wrong in a library stands beside its line."""
    edit("shared/people.yaml", "at_least: 18", "at_least: 18, at_most: 130")
    data = json.loads(run("check", ".", "--format", "json").out)
    (finding,) = data["policies"][0]["findings"]
    (own,) = data["libraries"][0]["findings"]
    assert finding["places"] == own["places"] == [{"file": "shared/people.yaml", "line": 7, "column": 53, "path": None}]
    assert {key: data["libraries"][0][key] for key in ("library", "file", "sound", "situations")} == {
        "library": "people", "file": "shared/people.yaml", "sound": True, "situations": 120
    }  # fmt: skip
    result = json.loads(run("check", "loan.yaml", "--format", "sarif").out)["runs"][0]["results"][0]
    location = result["locations"][0]["physicalLocation"]
    assert (location["artifactLocation"]["uri"], location["region"]["startLine"]) == ("shared/people.yaml", 7)
    assert run("check", "loan.yaml", "--format", "github").out.startswith(
        "::warning file=shared/people.yaml,line=7,col=53,title=always-true-test::"
    )
    edit("shared/people.yaml", "at_most: 130", "at_mots: 130")
    assert run("test", ".", "--format", "github").out.startswith(
        "::error file=shared/people.yaml,line=7,col=53,title=unknown-key::"
    )


def test_a_program_of_another_kind_is_no_library() -> None:
    """In a folder, a file is ours if it says `library` and something else that libraries say."""
    Path("other.yaml").write_text("library: {version: 3}\nservices: [web]\n", encoding="utf-8")
    assert run("check", ".").err == "other.yaml is not a policy and was not checked\n"


def test_show_says_what_comes_from_where() -> None:
    """Each part that a policy takes over names its library's file, from the policy's folder."""
    lines = run("show", "loan.yaml").out.splitlines()
    assert [line for line in lines if "[from" in line] == [
        "  How old are you?  (age)  [from shared/people.yaml]",
        "  left: years to go = -age + 120  [from shared/people.yaml]",
        "  adult (of age), when  [from shared/people.yaml]",
        "    Nobody is.  [from shared/people.yaml]",
    ]
    definition = json.loads(run("show", "loan.yaml", "--format", "json").out)["definition"]
    assert load(definition).sha256 == load("loan.yaml").sha256


def test_no_output_overwrites_a_library() -> None:
    """Even one from which the policy takes nothing."""
    Path("shared/more.yaml").write_text("library: more\ntitle: More\n", encoding="utf-8")
    edit("loan.yaml", "shared/people.yaml", "shared/people.yaml, shared/more.yaml")
    for words in (
        ("page", "loan.yaml", "-o"),
        ("sql", "loan.yaml", "--dialect", "sqlite", "-o"),
        ("draw", "loan.yaml", "-o"),
    ):
        for name in ("shared/people.yaml", "shared/more.yaml"):
            result = run(*words, name)
            assert result.code == 2
            assert f"`{name}` would overwrite `{name}`, which is read; name another output" in result.err


def test_a_page_holds_all_that_it_asks() -> None:
    """It is one file: the questions of libraries are in it, and no path of theirs is."""
    page = run("page", "loan.yaml").out
    assert "How old are you?" in page
    assert "people.yaml" not in page


def test_cases_are_run_and_libraries_have_none() -> None:
    """A folder's cases are run; a library that is named has none, and says so."""
    assert run("test", ".") == Result("loan: 2 of 2 cases hold\n", "", 0)
    assert run("test", "shared/people.yaml") == Result(
        "",
        "shared/people.yaml  wrong-file  this file is a library, which has no cases\n"
        "  help  name the cases of a policy that uses it\n",
        2,
    )


def test_mutants_in_a_library_name_its_line() -> None:
    """A single edit of a shared fact is tried as any other, and told with its place."""
    found = json.loads(run("test", "loan.yaml", "--mutants", "--format", "json").out)
    files = {survivor["place"]["file"] for survivor in found["survivors"]}
    assert files == {"shared/people.yaml", "loan.yaml"}


def test_new_writes_a_library_that_can_be_used(folder: Path) -> None:
    """Without findings, under its own name, and never over a file that is there."""
    assert run("new", "members", "--library") == Result("members.yaml\n", "next: verdict check members.yaml\n", 0)
    assert run("check", "members.yaml", "--strict").code == 0
    edit("loan.yaml", "shared/people.yaml", "members.yaml")
    edit("loan.yaml", "left: {more_than: 102}", "adult: no")
    assert check(load("loan.yaml")).findings == ()
    assert run("new", "members", "--library").code == 2


def test_the_schema_of_libraries_is_printed() -> None:
    assert json.loads(run("schema", "library").out)["title"] == "Library"


def test_libraries_at_a_revision(folder: Path) -> None:
    """A policy as it was is read with its libraries as they were: a change in a library alone is a difference."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed: on Debian, `apt-get install git`")
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "All"]):
        subprocess.run(["git", *words], check=True, capture_output=True)
    edit("shared/people.yaml", "at_least: 18", "at_least: 21")
    edit("loan.yaml", "more_than: 102", "more_than: 99")
    result = run("diff", "HEAD:loan.yaml", "loan.yaml")
    assert result.out.startswith("loan: 3 of 120 situations (2.5 %) change\n\nlend -> keep ")
    subprocess.run(["git", "rm", "-q", "--cached", "shared/people.yaml"], check=True)
    assert run("diff", ":loan.yaml", "loan.yaml").err.splitlines()[:2] == [
        ":loan.yaml:3:8  no-such-file  there is no file `shared/people.yaml` beside the policy among what is staged",
        "  help  stage it as well, with `git add`",
    ]
