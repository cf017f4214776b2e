"""What do commands make of policies that are steps of others: beside them, in folders below, at revisions?"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest

from engine import load
from tests.support.running import Result, run

TRUST = """\
policy: trust
title: How far do we trust somebody?
as_of: asked
source: {title: The handbook, passages: {p1: Trust grows with the years.}}
situation:
  years: {ask: "A reader for how many years?", type: integer, from: 0, to: 20}
  asked: {ask: When do they ask?, type: date, from: 2024-01-01, to: 2024-12-31}
constants:
  long_time: {means: what is long, is: {start: 5, 2024-07-01: 3}, unit: years}
facts:
  long_known: {means: known for long, when: {years: {at_least: long_time}}, cites: [p1]}
steps:
  mood:
    means: how we feel
    outcomes: {good: Good, bad: Bad}
    rules: {table: mood.csv}
verdicts_ordered: yes
verdicts: {little: {title: Little}, much: {title: Much, must: [Say thank you.]}}
rules:
  - {rule: known, when: {long_known: yes, mood: good}, then: much, because: We know them., added: So we say.}
  - {rule: others, otherwise: yes, then: little, because: We do not know them., cites: [p1]}
guarantees:
  - {guarantee: new-ones, when: {years: 0}, never: much, because: Nobody knows them.}
"""
MOOD = "rule,long_known,then,because,cites\nsunny,yes,good,It is nice.,p1\nrainy,no,bad,It is not.,p1\n"
LOAN = """\
policy: loan
title: May you borrow a book?
situation:
  age: {ask: How old are you?, type: integer, from: 0, to: 99}
  years_here: {ask: "For how long a reader?", type: integer, from: 0, to: 20}
steps:
  trust: {policy: steps/trust.yaml, with: {years: years_here}}
verdicts: {lend: {title: Lend it}, keep: {title: Keep it}}
rules:
  - {rule: trusted, when: {any: [{trust: much}, {age: {at_least: 60}}]}, then: lend, because: It comes back.}
  - {rule: others, when: {trust: {at_most: little}, age: {less_than: 60}}, then: keep, because: It may not.}
"""
CASES = """\
policy: loan
cases:
  - case: Known
    given: {age: 7, years_here: 9, asked: 2024-02-01}
    expect: lend
    steps: {trust: much, trust.mood: good}
  - {case: New, given: {age: 7, years_here: 4, asked: 2024-02-01}, expect: keep, steps: {trust: little}}
"""
KNOWN = ("--set", "age=7", "--set", "years_here=9", "--set", "asked=2024-02-01")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a policy, its cases, and one of its steps in a file of its own, with a table."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "steps").mkdir()
    files = {"steps/trust.yaml": TRUST, "steps/mood.csv": MOOD, "loan.yaml": LOAN, "loan.cases.yaml": CASES}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def edit(name: str, old: str, new: str) -> None:
    text = Path(name).read_text(encoding="utf-8")
    assert old in text
    Path(name).write_text(text.replace(old, new), encoding="utf-8")


def test_a_folder_is_checked_with_the_steps_in_it() -> None:
    """The file of the step is a policy like any other; its guarantees are proved there."""
    assert run("check", ".").code == 0
    edit("steps/trust.yaml", "{years: 0}, never: much", "{years: 9}, never: much")
    assert run("check", "loan.yaml", "--quiet") == Result("", "", 0)
    assert run("check", "steps/trust.yaml").code == 1
    assert run("check", ".").code == 1


def test_a_changed_step_is_noticed_in_the_policies_that_have_it() -> None:
    """Its table as well; what is wrong in a file is said at its line, by every command."""
    before = load("loan.yaml").sha256
    edit("steps/mood.csv", "sunny,yes", "sunny,no")
    assert load("loan.yaml").sha256 != before
    assert "steps/trust.yaml:13:3  error  gap" in run("check", "loan.yaml").out
    edit("steps/trust.yaml", "situation", "situatoin")
    for words in (("check", "loan.yaml"), ("test", "."), ("decide", "loan.yaml"), ("page", "loan.yaml")):
        assert run(*words).err.startswith("steps/trust.yaml:5:1  unknown-key  there is no key `situatoin` here\n")


def test_every_format_names_the_file_of_the_step_and_the_line() -> None:
    """JSON, SARIF and the annotations of GitHub."""
    edit("steps/mood.csv", "rainy,no,bad", "rainy,,bad")
    (finding,) = (
        each
        for each in json.loads(run("check", "loan.yaml", "--format", "json").out)["policies"][0]["findings"]
        if each["code"] == "conflict"
    )
    assert finding["rules"] == ["trust.mood/sunny", "trust.mood/rainy"]
    assert [(each["file"], each["line"]) for each in finding["places"]] == [
        ("steps/mood.csv", 2),
        ("steps/mood.csv", 3),
    ]
    result = json.loads(run("check", "loan.yaml", "--format", "sarif").out)["runs"][0]["results"][0]
    location = result["locations"][0]["physicalLocation"]
    assert (location["artifactLocation"]["uri"], location["region"]["startLine"]) == ("steps/mood.csv", 2)
    assert run("check", "loan.yaml", "--format", "github").out.startswith("::error file=steps/mood.csv,line=2,")


def test_a_certificate_is_verified_from_another_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Until something in the file of the step means something else; a comment does not."""
    assert run("check", "loan.yaml", "--certificate", "loan.json", "--quiet").code == 0
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    edit("../steps/trust.yaml", "policy: trust", "# A note.\npolicy: trust")
    assert run("verify", "../loan.json", "../loan.yaml").code == 0
    edit("../steps/trust.yaml", "2024-07-01: 3", "2024-07-01: 4")
    assert "other-policy" in run("verify", "../loan.json", "../loan.yaml").err


def test_show_says_what_comes_from_where() -> None:
    """Each part names its file, and is called by the name of the step and its own."""
    out = run("show", "loan.yaml").out
    assert [line for line in out.splitlines() if "[from" in line] == [
        "  When do they ask?  (asked)  [from steps/trust.yaml]",
        "  trust.long_time: what is long = 5 years before 2024-07-01, then 3 years, by asked  [from steps/trust.yaml]",
        "  trust.long_known (known for long), when  [from steps/trust.yaml]",
        "  how we feel  (trust.mood)  [from steps/trust.yaml]",
        "  How far do we trust somebody?  (trust)  [from steps/trust.yaml]",
    ]
    assert "For how long a reader? at least the long time of trust (5 years before 2024-07-01, then 3 years)" in out
    definition = json.loads(run("show", "loan.yaml", "--format", "json").out)["definition"]
    assert load(definition).sha256 == load("loan.yaml").sha256


def test_decisions_tell_the_steps_in_order() -> None:
    """With their rules; what only the other policy has to say, such as `must`, is not said."""
    out = run("decide", "loan.yaml", *KNOWN).out
    assert out.splitlines() == [
        "Lend it",
        "",
        "Why",
        "  It comes back.  (trusted)",
        "",
        "Step by step",
        "  how we feel: Good  (trust.mood)",
        "    It is nice.  (trust.mood/sunny)",
        "  How far do we trust somebody?: Much  (trust)",
        "    We know them.  (trust/known)",
    ]
    for name in ("trust", "trust.mood"):
        refused = run("decide", "loan.yaml", "--set", f"{name}=much")
        assert (refused.code, f"`{name}` is a step, which is worked out and not answered" in refused.err) == (2, True)


def test_two_steps_of_one_file_are_told_apart() -> None:
    """The title of the policy, and what its parts are, are followed by the name of the step."""
    edit(
        "loan.yaml",
        "  trust: {policy: steps/trust.yaml, with: {years: years_here}}",
        "  trust: {policy: steps/trust.yaml, with: {years: years_here}}\n"
        "  old_trust: {policy: steps/trust.yaml, with: {years: age_then}}",
    )
    edit("loan.yaml", "steps:\n", "  age_then: {ask: How old then?, type: integer, from: 0, to: 20}\nsteps:\n")
    edit("loan.yaml", "any: [{trust: much}, ", "any: [{trust: much}, {old_trust: much}, ")
    edit("loan.yaml", "{trust: {at_most: little}, ", "{trust: {at_most: little}, old_trust: little, ")
    told = run("decide", "loan.yaml", *KNOWN, "--set", "age_then=0").out
    assert [line for line in told.splitlines() if line.startswith("  How")] == [
        "  How far do we trust somebody? (trust): Much  (trust)",
        "  How far do we trust somebody? (old_trust): Little  (old_trust)",
    ]
    policy = load("loan.yaml")
    assert [each.means for each in policy.facts] == ["known for long (trust)", "known for long (old_trust)"]
    assert len({step.means for step in policy.steps}) == len(policy.steps) == 4
    assert "known for long (old_trust)" in run("show", "loan.yaml").out


def test_cases_say_what_steps_come_to() -> None:
    """Those of the file of the step, too, under their name here."""
    assert run("test", ".").out.startswith("loan: 2 of 2 cases hold")
    edit("loan.cases.yaml", "trust.mood: good", "trust.mood: bad")
    assert "expected the step `trust.mood` to be “Bad” (bad), got “Good” (good)" in run("test", ".").out
    survivors = run("test", "loan.yaml", "--mutants").out
    assert "steps/trust.yaml:11:54  unnoticed-change\n  fact `trust.long_known`: " in survivors


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl", "json"])
def test_tables_have_a_column_for_each_step(ending: str) -> None:
    """From a file of the same kind, where its name says which."""
    Path("rows.csv").write_text("age,years_here,asked\n7,9,2024-02-01\n7,4,2024-02-01\n", encoding="utf-8")
    if ending.startswith("json"):
        rows = [{"age": 7, "years_here": years, "asked": "2024-02-01"} for years in (9, 4)]
        text = json.dumps(rows) if ending == "json" else "".join(f"{json.dumps(row)}\n" for row in rows)
        Path(f"rows.{ending}").write_text(text, encoding="utf-8")
    source = f"rows.{ending}" if ending.startswith("json") else "rows.csv"
    assert run("batch", "loan.yaml", source, "--steps", "-o", f"out.{ending}").code == 0
    if ending in ("csv", "parquet"):
        found = (pl.read_csv if ending == "csv" else pl.read_parquet)(f"out.{ending}").to_dicts()
    else:
        text = Path(f"out.{ending}").read_text(encoding="utf-8")
        found = json.loads(text) if ending == "json" else [json.loads(line) for line in text.splitlines()]
    said = [(each["verdict"], each["steps.trust"], each["steps.trust.mood"]) for each in found]
    assert said == [("lend", "much", "good"), ("keep", "little", "bad")]


def test_a_passage_is_told_where_there_is_a_source() -> None:
    """As that of the step; without a source of its own, the policy is not asked for one."""
    assert load("loan.yaml").source is None
    edit("loan.yaml", "situation:", "source: {title: Our rules, passages: {p1: Lend.}}\nsituation:")
    edit("loan.yaml", "because: It comes back.", "because: It comes back., cites: [p1]")
    edit("loan.yaml", "because: It may not.", "because: It may not., added: So it is.")
    source = load("loan.yaml").source
    assert source is not None
    assert [(each.name, each.says) for each in source.passages] == [
        ("p1", "Lend."),
        ("trust.p1", "The handbook: Trust grows with the years."),
    ]
    assert run("check", "loan.yaml", "--strict", "--quiet").code == 0
    edit("loan.yaml", "passages: {p1: Lend.}", "passages: {p1: Lend., trust.p1: Trust.}")
    assert "name-clash" in run("check", "loan.yaml").err


def test_no_output_overwrites_the_file_of_a_step() -> None:
    """Nor its tables."""
    for name in ("steps/trust.yaml", "steps/mood.csv"):
        result = run("page", "loan.yaml", "-o", name)
        assert result.code == 2
        assert f"`{name}` would overwrite `{name}`, which is read; name another output" in result.err


def test_versions_differ_where_only_the_step_does() -> None:
    """As files, and at a revision of a checkout."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    for words in (("init", "-q"), ("add", "."), ("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "One")):
        subprocess.run(["git", *words], check=True)
    assert run("diff", "HEAD:loan.yaml", "loan.yaml", "--quiet") == Result("", "", 0)
    edit("steps/trust.yaml", "2024-07-01: 3", "2024-07-01: 4")
    assert run("diff", "HEAD:loan.yaml", "loan.yaml").out.startswith("loan: 11,040 of ")
    Path("steps/trust.yaml").unlink()
    assert "there is no file `steps/trust.yaml` beside the policy" in run("diff", "HEAD:loan.yaml", "loan.yaml").err
