"""What does `verdict diff` print, on which stream, and with which exit code, for files and for git revisions?"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from engine import diff, load
from engine.surfaces.git_revisions import AtRevision, parse_revision
from tests.support.running import Result, run

PICNIC = """\
policy: picnic
title: Where do we eat?
situation:
  rain: {ask: Does it rain?, type: yes_no, if_unsure: yes}
  guests: {ask: How many come?, type: integer, from: 1, to: 30}
verdicts:
  garden: {title: In the garden, must: [Bring rugs.]}
  kitchen: {title: In the kitchen}
rules:
  - {rule: dry, when: {rain: no}, then: garden, because: It is pleasant outside.}
  - {rule: wet, when: {rain: yes}, then: kitchen, because: Nobody likes wet bread.}
"""
# The garden is too small for more than 20, up to 40 may come, and nobody is sure of the weather any more.
LATER = """\
policy: picnic
title: Where do we eat?
situation:
  rain: {ask: Does it rain?, type: yes_no}
  guests: {ask: How many come?, type: integer, from: 1, to: 40}
verdicts:
  garden: {title: In the garden, must: [Bring rugs and cups.]}
  kitchen: {title: In the kitchen}
rules:
  - rule: dry
    when: {rain: no, guests: {at_most: 20}}
    then: garden
    because: It is pleasant outside.
  - {rule: wet, when: {rain: yes}, then: kitchen, because: Nobody likes wet bread.}
  - {rule: crowd, when: {guests: {more_than: 20}}, then: kitchen, because: The garden is small.}
"""
TEXT = """\
picnic: 30 of 80 situations (37.5 %) change in 2 ways
  garden -> kitchen        10
  (impossible) -> kitchen  20

garden -> kitchen   10 of 80 situations (12.5 %)
  old           In the garden
  new           In the kitchen
  for example   Does it rain?    no
                How many come?   21
  old says      dry: It is pleasant outside.
  new says      crowd: The garden is small.
  everywhere    Does it rain? no
                How many come? at least 21 and at most 30

(impossible) -> kitchen   20 of 80 situations (25.0 %)
  old           not possible
  new           In the kitchen
  for example   How many come?   31
                (the other answers make no difference)
  old says      the old version takes only a whole number from 1 to 30 as the answer to “How many come?”
  new says      crowd: The garden is small.
  everywhere    How many come? at least 31

note  `unsure` as the answer to `rain` was read as `yes`, and is refused
note  `guests` was a whole number from 1 to 30, and is a whole number from 1 to 40
note  the verdict `garden` changes its must
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two versions, out of reach of any checkout around it and of the settings of whoever runs this."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    Path("old").mkdir()
    Path("old/picnic.yaml").write_text(PICNIC, encoding="utf-8")
    Path("picnic.yaml").write_text(LATER, encoding="utf-8")
    return tmp_path


@pytest.fixture
def needs_git() -> None:
    """Skips the test where there is no git to ask for a revision."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed: on Debian, `apt-get install git`")


def git(*words: str) -> None:
    identity = ["-c", "user.name=A. Writer", "-c", "user.email=writer@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], check=True, capture_output=True)


@pytest.fixture
def checkout(folder: Path, needs_git: None) -> Path:
    """A checkout: the first version is committed as `rules/picnic.yaml`, the second is in the working tree."""
    git("init", "-q", "-b", "trunk")
    Path("rules").mkdir()
    Path("rules/picnic.yaml").write_text(PICNIC, encoding="utf-8")
    git("add", "rules")
    git("commit", "-q", "-m", "A picnic")
    Path("rules/picnic.yaml").write_text(LATER, encoding="utf-8")
    return folder


def test_diff_shows_every_change_and_ends_with_1() -> None:
    """Each change with its numbers, an example, the reasons of both versions and where it is; then what else is new."""
    assert run("diff", "old/picnic.yaml", "picnic.yaml") == Result(TEXT, "", 1)


def test_diff_says_what_is_proved_where_nothing_changes() -> None:
    """One sentence and 0; with `--quiet` nothing at all."""
    same = "picnic: the same outcome in each of 60 situations\n"
    assert run("diff", "old/picnic.yaml", "old/picnic.yaml") == Result(same, "", 0)
    assert run("diff", "old/picnic.yaml", "old/picnic.yaml", "-q") == Result("", "", 0)
    assert run("diff", "old/picnic.yaml", "picnic.yaml", "--quiet") == Result(TEXT, "", 1)


def test_diff_prints_json() -> None:
    """The difference as JSON, a versioned document; the same of two files that could not be compared, with 2."""
    found = diff(load("old/picnic.yaml"), load("picnic.yaml"))
    result = run("diff", "old/picnic.yaml", "picnic.yaml", "--format", "json")
    assert (json.loads(result.out), result.err, result.code) == ({"schema": 1, **found.to_dict()}, "", 1)
    result = run("diff", "nowhere.yaml", "picnic.yaml", "--format", "json")
    problems = json.loads(result.out)["problems"]
    assert ([each["code"] for each in problems], result.err, result.code) == (["no-such-file"], "", 2)


def test_diff_prints_markdown_for_a_comment() -> None:
    """A sentence, a table of all changes, each with its details to unfold, and what else is new."""
    first, second = TEXT.split("\n\n")[1:3]
    expected = f"""\
**picnic: 30 of 80 situations (37.5 %) change in 2 ways**

| old verdict | new verdict | situations | share |
|---|---|---:|---:|
| In the garden (garden) | In the kitchen (kitchen) | 10 | 12.5 % |
| not possible | In the kitchen (kitchen) | 20 | 25.0 % |

<details><summary>garden -&gt; kitchen 10 of 80 situations (12.5 %)</summary>

```text
{first}
```

</details>

<details><summary>(impossible) -&gt; kitchen 20 of 80 situations (25.0 %)</summary>

```text
{second}
```

</details>

- \\`unsure\\` as the answer to \\`rain\\` was read as \\`yes\\`, and is refused
- \\`guests\\` was a whole number from 1 to 30, and is a whole number from 1 to 40
- the verdict \\`garden\\` changes its must
"""
    assert run("diff", "old/picnic.yaml", "picnic.yaml", "--format", "markdown") == Result(expected, "", 1)
    same = "**picnic: the same outcome in each of 80 situations**\n"
    assert run("diff", "picnic.yaml", "picnic.yaml", "--format", "markdown") == Result(same, "", 0)


def test_markdown_makes_nothing_of_the_words_of_an_author() -> None:
    """Titles with bars, tags, mentions and fences stay words: in their cell, and inside the block."""
    odd = "a | <b> *c* @d #1"
    for path in ("old/picnic.yaml", "picnic.yaml"):
        text = Path(path).read_text(encoding="utf-8")
        text = text.replace("title: In the garden", f'title: "{odd}"').replace("is pleasant", "is ```pleasant```")
        Path(path).write_text(text, encoding="utf-8")
    lines = run("diff", "old/picnic.yaml", "picnic.yaml", "--format", "markdown").out.splitlines()
    cell = r"a \| &lt;b&gt; \*c\* @<!-- -->d #<!-- -->1 (garden)"
    assert f"| {cell} | In the kitchen (kitchen) | 10 | 12.5 % |" in lines
    assert lines.count("````text") == lines.count("````") == 1


def test_diff_writes_beside_the_lines_for_github() -> None:
    """A workflow command for each change at the new rule that its example comes from, then one for the whole."""
    result = run("diff", "old/picnic.yaml", "picnic.yaml", "--format", "github")
    overview, first, second, notes = TEXT.replace("%", "%25").rstrip("\n").split("\n\n")
    summary = overview.splitlines()[0]
    place = "file=picnic.yaml,line=15,col=12"
    expected = [
        f"::warning {place},title=garden -> kitchen::{first.removeprefix('garden -> kitchen   ')}",
        f"::warning {place},title=(impossible) -> kitchen::{second.removeprefix('(impossible) -> kitchen   ')}",
        f"::warning title=verdict diff::{notes}\n{summary}",
    ]
    assert result == Result("\n".join(each.replace("\n", "%0A") for each in expected) + "\n", "", 1)
    same = "::notice title=verdict diff::picnic: the same outcome in each of 60 situations\n"
    assert run("diff", "old/picnic.yaml", "old/picnic.yaml", "--format", "github") == Result(same, "", 0)


def test_diff_names_what_it_did_not_settle() -> None:
    """Past its steps a comparison is not proved, which is no success, and says so in every format."""
    spare = "  - {rule: storm, when: {rain: yes, guests: 1}, then: kitchen, because: One table is enough.}\n"
    Path("picnic.yaml").write_text(PICNIC + spare, encoding="utf-8")
    assert run("diff", "old/picnic.yaml", "picnic.yaml").code == 0
    words = ("diff", "old/picnic.yaml", "picnic.yaml", "--steps", "1")
    text = "picnic: not-proved, could not determine within 1 step whether any situation changes"
    assert run(*words) == Result(f"{text}\n", "", 1)
    assert run(*words, "--format", "markdown") == Result(f"**{text}**\n", "", 1)
    assert run(*words, "--format", "github") == Result(f"::warning title=not-proved::{text}\n", "", 1)
    found = json.loads(run(*words, "--format", "json").out)
    assert (found["same"], found["proved"], found["changes"]) == (False, False, [])


def test_one_version_may_come_from_standard_input() -> None:
    """`-` is either version, but not both."""
    assert run("diff", "-", "picnic.yaml", stdin=PICNIC.encode()) == Result(TEXT, "", 1)
    assert run("diff", "picnic.yaml", "-", stdin=LATER.encode()).code == 0
    result = run("diff", "-", "-", stdin=LATER.encode())
    last = result.err.splitlines()[-1]
    assert (result.out, result.code) == ("", 2)
    assert last == "Error: the old and the new version cannot both come from standard input"


def test_diff_shows_what_is_wrong_with_both_versions_at_once() -> None:
    """Everything that cannot be read, of either, on stderr, and 2."""
    result = run("diff", "old/picnik.yaml", "other-interview")
    assert (result.out, result.code) == ("", 2)
    assert result.err.splitlines() == [
        "old/picnik.yaml  no-such-file  there is no such file",
        "  help  did you mean `picnic.yaml`",
        "no-such-policy  no policy called `other-interview` comes with the project",
        "  help  did you mean `other-interviews`; a path contains `/` or ends in `.yaml`",
    ]


def test_diff_refuses_fields_that_do_not_compare() -> None:
    """Each such field at its two places, with why and what to do."""
    other = LATER.replace("type: integer, from: 1, to: 40", "type: number, from: 1, to: 40, step: 1")
    Path("picnic.yaml").write_text(other, encoding="utf-8")
    assert run("diff", "old/picnic.yaml", "picnic.yaml") == Result(
        "",
        "picnic.yaml:5:3  not-comparable  `guests` cannot be compared: the answer is a whole number in the old version "
        "and a number in the new one\n"
        "  also  old/picnic.yaml:5:3\n"
        "  help  give the field another name in one of the two: it is another question\n",
        2,
    )


# Revisions


def test_a_version_may_be_a_file_at_a_revision(checkout: Path) -> None:
    """From the top of the checkout wherever one stands, or from there with `./`, as git counts; also what is staged."""
    assert run("diff", "HEAD:rules/picnic.yaml", "rules/picnic.yaml") == Result(TEXT, "", 1)
    assert run("diff", "trunk:rules/picnic.yaml", "HEAD:rules/picnic.yaml").code == 0
    assert run("diff", ":rules/picnic.yaml", "HEAD:./rules/picnic.yaml").code == 0
    git("commit", "-q", "-a", "-m", "More: guests")
    assert run("diff", "HEAD~1:rules/picnic.yaml", "HEAD:rules/picnic.yaml") == Result(TEXT, "", 1)
    assert run("diff", "HEAD^{/A picnic}:rules/picnic.yaml", "HEAD^{/More: g}:rules/picnic.yaml").out == TEXT


def test_paths_at_a_revision_count_as_in_git(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of the checkout, `REV:path` counts from the top, `REV:./path` and `REV:../path` from there."""
    monkeypatch.chdir("rules")
    for old in ("HEAD:rules/picnic.yaml", "HEAD:./picnic.yaml", "HEAD:../rules/picnic.yaml"):
        assert run("diff", old, "picnic.yaml") == Result(TEXT, "", 1)


def test_github_is_told_the_file_of_a_revision(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Annotations name files from the top of the checkout, whatever the revision is called by."""
    git("commit", "-q", "-a", "-m", "More guests")
    monkeypatch.chdir("rules")
    for new in ("HEAD:rules/picnic.yaml", "HEAD:./picnic.yaml"):
        result = run("diff", "HEAD~1:rules/picnic.yaml", new, "--format", "github")
        assert result.out.startswith("::warning file=rules/picnic.yaml,line=15,col=12,title=garden -> kitchen::")


def test_problems_of_a_revision_name_it(checkout: Path) -> None:
    """What is wrong in a file is shown at its line, under the name it was asked for by."""
    Path("rules/picnic.yaml").write_text(PICNIC.replace("then: garden", "then: gardn"), encoding="utf-8")
    git("commit", "-q", "-a", "-m", "A slip")
    assert run("diff", "HEAD:rules/picnic.yaml", "picnic.yaml") == Result(
        "",
        "HEAD:rules/picnic.yaml:10:41  unknown-verdict  there is no verdict `gardn`\n  help  did you mean `garden`\n",
        2,
    )


TABLE = """\
policy: picnic
title: Where do we eat?
situation:
  rain: {ask: Does it rain?, type: yes_no}
verdicts: {garden: {title: In the garden}, kitchen: {title: In the kitchen}}
rules: {table: rows/picnic.csv}
"""


def test_the_table_of_a_revision_is_read_at_that_revision(checkout: Path) -> None:
    """The rules come from the CSV file as it was, also where the one in the working tree is another or gone."""
    Path("rules/rows").mkdir()
    Path("rules/picnic.yaml").write_text(TABLE, encoding="utf-8")
    rows = Path("rules/rows/picnic.csv")
    rows.write_text("rule,rain,then,because\ndry,no,garden,So.\nwet,yes,kitchen,So.\n", encoding="utf-8")
    git("add", "rules")
    git("commit", "-q", "-m", "A table")
    rows.write_text("rule,rain,then,because\ndry,no,kitchen,So.\nwet,yes,kitchen,So.\n", encoding="utf-8")
    result = run("diff", "HEAD:rules/picnic.yaml", "rules/picnic.yaml")
    assert (result.out.splitlines()[0], result.code) == ("picnic: 1 of 2 situations (50.0 %) change", 1)
    rows.unlink()
    assert run("diff", "HEAD:./rules/picnic.yaml", "HEAD:rules/picnic.yaml").code == 0
    git("rm", "-q", "--cached", "rules/rows/picnic.csv")
    git("commit", "-q", "-m", "A lost table")
    assert run("diff", "HEAD:rules/picnic.yaml", "picnic.yaml") == Result(
        "",
        "HEAD:rules/picnic.yaml:6:16  no-such-file  there is no file `rows/picnic.csv` beside the policy at `HEAD`\n"
        "  help  commit it beside the policy\n",
        2,
    )


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("HEAD:picnic.yaml",
         "HEAD:picnic.yaml  no-such-file  there is no such file at `HEAD`\n"
         "  help  did you mean `HEAD:rules/picnic.yaml`\n"),
        ("HEAD:rules/picnik.yaml",
         "HEAD:rules/picnik.yaml  no-such-file  there is no such file at `HEAD`\n"
         "  help  did you mean `HEAD:rules/picnic.yaml`\n"),
        (":rules/picnik.yaml",
         ":rules/picnik.yaml  no-such-file  there is no such file among what is staged\n"
         "  help  did you mean `:rules/picnic.yaml`\n"),
        ("HEAD:rules",
         "HEAD:rules  unreadable-file  it is not a file at `HEAD`\n  help  name the policy itself\n"),
        ("trunc:rules/picnic.yaml",
         "trunc:rules/picnic.yaml  no-such-revision  git knows no revision `trunc` here\n"
         "  help  did you mean `trunk`\n"),
        ("--output=x:rules/picnic.yaml",
         "--output=x:rules/picnic.yaml  no-such-revision  git knows no revision `--output=x` here\n"
         "  help  there are `HEAD`, `trunk`\n"),
    ],
)  # fmt: skip
def test_a_revision_that_is_not_there_is_refused(checkout: Path, word: str, expected: str) -> None:
    """No such revision, no such file in it, or no file: each with its reason and the name that may be meant."""
    assert run("diff", "--", word, "rules/picnic.yaml") == Result("", expected, 2)


def test_a_path_from_the_folder_one_stands_in_is_pointed_out(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever forgets that git counts from the top is told how to count from where they stand."""
    monkeypatch.chdir("rules")
    assert run("diff", "HEAD:picnic.yaml", "picnic.yaml").err == (
        "HEAD:picnic.yaml  no-such-file  there is no such file at `HEAD`\n"
        "  help  from the folder you stand in it is `HEAD:./picnic.yaml`\n"
    )


@pytest.mark.usefixtures("needs_git")
def test_outside_a_checkout_there_are_no_revisions() -> None:
    """Git's own reason, and two ways out."""
    result = run("diff", "HEAD:picnic.yaml", "picnic.yaml")
    assert (result.out, result.code) == ("", 2)
    assert result.err.startswith("HEAD:picnic.yaml  no-such-revision  git cannot work here: not a git repository")
    assert result.err.endswith("  help  go to a folder of the checkout, or name two files\n")


def test_without_git_there_are_no_revisions(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where git is not installed, that is the reason."""
    monkeypatch.setenv("PATH", str(checkout))
    assert run("diff", "HEAD:rules/picnic.yaml", "rules/picnic.yaml") == Result(
        "",
        "HEAD:rules/picnic.yaml  no-such-revision  `git` is not installed\n  help  install git, or name two files\n",
        2,
    )


def test_a_file_whose_name_holds_a_colon_comes_first() -> None:
    """A colon makes a revision only where no such file is there, and never after a drive letter."""
    Path("HEAD:picnic.yaml").write_text(PICNIC, encoding="utf-8")
    assert parse_revision("HEAD:picnic.yaml") is None
    assert parse_revision("C:\\rules\\picnic.yaml") is None
    assert parse_revision("c:/rules/picnic.yaml") is None
    assert parse_revision("picnic.yaml") is None
    assert parse_revision("main:rules/picnic.yaml") == AtRevision("main", "rules/picnic.yaml")
    assert parse_revision(":picnic.yaml") == AtRevision("", "picnic.yaml")
    assert parse_revision("HEAD^{/a: b}:c:d.yaml") == AtRevision("HEAD^{/a: b}", "c:d.yaml")
