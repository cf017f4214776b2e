"""Does a file hold what its name says, and can what one command writes be read by the next?"""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import engine
from engine import check, load
from tests.support.running import Result, run
from tests.support.writers import CASES, POLICY, environment, lay_out


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lay_out(tmp_path)
    return tmp_path


WORDS = {
    "draw": ("draw", "picnic.yaml"),
    "table": ("table", "picnic.yaml"),
    "page": ("page", "picnic.yaml"),
    "sql": ("sql", "picnic.yaml", "--dialect", "sqlite"),
}
ENDINGS: dict[str, dict[str, str | None]] = {
    "draw": {".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot", ".txt": "text",
             ".json": "json"},
    "table": {".txt": "text", ".json": "json", ".md": "markdown", ".markdown": "markdown", ".html": "html",
              ".htm": "html", ".csv": "csv"},
    "page": {".html": None, ".htm": None},
    "sql": {".sql": "text", ".txt": "text", ".json": "json"},
}  # fmt: skip
every_command = pytest.mark.parametrize("command", WORDS)


@every_command
def test_the_format_follows_the_name(command: str, folder: Path) -> None:
    """Whatever its capitals, it is what `--format` would have printed; both may be given where they agree."""
    for ending, form in ENDINGS[command].items():
        asked = () if form is None else ("--format", form)
        printed = run(*WORDS[command], *asked)
        for name, more in ((f"a{ending}", ()), (f"b.c{ending.upper()}", ()), (f"d{ending}", asked)):
            assert run(*WORDS[command], "-o", name, *more) == Result("", printed.err, 0)
            assert (folder / name).read_text(encoding="utf-8") == printed.out


@every_command
@pytest.mark.parametrize("name", ["a.png", "a.PDF", "a.xlsx", "a.docx", "a.yaml", "a.unknown", "a.html.jpg"])
def test_a_name_that_says_something_else_is_refused(command: str, name: str, folder: Path) -> None:
    """With the endings that there are, and nothing is written."""
    result = run(*WORDS[command], "-o", name)
    listed = ", ".join(f"`{ending}`" for ending in ENDINGS[command])
    assert (result.out, result.code) == ("", 2)
    assert result.err.splitlines()[-1] == (
        f"Error: `{name}` cannot be written as its name says; name it with one of {listed}"
    )
    assert not (folder / name).exists()


@pytest.mark.parametrize(
    ("command", "asked", "name", "said"),
    [
        ("draw", "svg", "a.mmd", "mermaid"),
        ("draw", "dot", "a.svg", "svg"),
        ("table", "csv", "a.html", "html"),
        ("table", "text", "a.csv", "csv"),
        ("sql", "json", "a.sql", "text"),
    ],
)
def test_a_name_and_a_format_that_differ_are_refused(
    command: str, asked: str, name: str, said: str, folder: Path
) -> None:
    result = run(*WORDS[command], "-o", name, "--format", asked)
    message = f"Error: `{name}` is the name of {said}, and `--format {asked}` says otherwise; keep one"
    assert (result.out, result.code, result.err.splitlines()[-1]) == ("", 2, message)
    assert not (folder / name).exists()


@pytest.mark.parametrize(("command", "asked"), [("draw", "mermaid"), ("table", "csv"), ("sql", "text")])
def test_a_name_that_says_nothing_takes_the_format_that_is_asked_for(command: str, asked: str, folder: Path) -> None:
    """A name without an ending, or with one of somebody's own; but no picture is a spreadsheet, whoever asks."""
    printed = run(*WORDS[command], "--format", asked).out
    for name in ("plain", "a.mine", ".hidden"):
        assert run(*WORDS[command], "-o", name, "--format", asked).code == 0
        assert (folder / name).read_text(encoding="utf-8") == printed
    assert run(*WORDS[command], "-o", "a.png", "--format", asked).code == 2


@pytest.mark.parametrize("option", ["-o", "--quarantine"])
def test_a_table_of_records_is_of_the_kind_that_its_name_says(option: str, folder: Path) -> None:
    """`--to` is for names that say nothing."""
    others = {"-o": ["--quarantine", "q"], "--quarantine": ["-o", "out"]}[option]
    result = run("batch", "picnic.yaml", "in.csv", option, "a.parquet", *others, "--to", "csv")
    assert (result.out, result.code) == ("", 2)
    assert not (folder / "a.parquet").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["batch", "picnic.yaml", "in.csv", "--to", "csv", "-o", "a.csv.gz"],
        ["batch", "picnic.yaml", "in.csv", "--to", "csv", "-o", "a.docx"],
        ["batch", "picnic.yaml", "in.csv", "-o", "a.csv", "--to", "csv", "--quarantine", "q.pdf"],
        ["check", "picnic.yaml", "--certificate", "a.pdf"],
    ],
)
def test_nothing_is_written_under_the_name_of_another_kind(words: list[str], folder: Path) -> None:
    """CSV that is called a spreadsheet or an archive would only be found out when somebody opens it."""
    before = sorted(folder.iterdir())
    result = run(*words)
    assert (result.out, result.code, "cannot be written as its name says" in result.err) == ("", 2, True)
    assert sorted(folder.iterdir()) == before


def test_a_table_that_no_cell_can_say_is_not_written(folder: Path) -> None:
    """As CSV it would only look like rules: refused, with the form that has words for everything."""
    (folder / "packing.yaml").write_text(
        "policy: packing\ntitle: The large bag?\nsituation:\n"
        "  things: {ask: What do you take?, type: any_of, choices: {tent: A tent, book: A book}}\n"
        "verdicts: {large: {title: The large bag}, small: {title: The small bag}}\nrules:\n"
        "  - {rule: tent, when: {things: {includes: tent}}, then: large, because: A tent is long.}\n"
        "  - {rule: other, when: {things: {excludes: tent}}, then: small, because: It fits.}\n"
    )
    message = (
        "verdict: a cell in a table of rules cannot express what is under “What do you take?”\n"
        "  help  name it as a fact in the policy, or write the table as `markdown` or `html`\n"
    )
    assert run("table", "packing.yaml", "-o", "out.csv") == Result("", message, 2)
    assert not (folder / "out.csv").exists()
    assert run("table", "packing.yaml", "-o", "out.md").code == 0


def test_a_part_of_a_table_is_not_written_as_rules(folder: Path) -> None:
    """Half of the rules would be another policy."""
    result = run("table", "picnic.yaml", "--rows", "1", "-o", "out.csv")
    message = "Error: as CSV a table is rules again, and 1 of them would be missing; add `--all`"
    assert (result.out, result.code, result.err.splitlines()[-1]) == ("", 2, message)
    assert not (folder / "out.csv").exists()


# What spreadsheets take for a formula, and what might be taken for the mark of one.
_BEGINNINGS = st.sampled_from(
    ["=1+1", "+1", "-1 day", "@SUM(A1)", "'=1", "''=1", "'tis late", "=", "-", "plain", "a=b"]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(_BEGINNINGS, _BEGINNINGS), st.sampled_from(["=A1", "+a", "-b", "@c", "-", "*", "plain"]))
def test_no_cell_is_a_formula_and_every_reason_reads_back(folder: Path, reasons: tuple[str, str], known: str) -> None:
    """Reasons and texts that a spreadsheet would work out are marked as text, and read as they were written."""
    policy: dict[str, Any] = {
        "policy": "picnic",
        "title": "Where?",
        "situation": {"who": {"ask": "Who comes?", "type": "text", "known": [known]}},
        "verdicts": {"garden": {"title": "In the garden"}, "kitchen": {"title": "In the kitchen"}},
        "decision": "first",
        "rules": [
            {"rule": "one", "when": {"who": known}, "then": "garden", "because": reasons[0]},
            {"rule": "rest", "otherwise": True, "then": "kitchen", "because": reasons[1]},
        ],
    }
    (folder / "made.yaml").write_text(json.dumps({**policy, "policy": "made"}))
    written = run("table", "made.yaml", "-o", "made.csv")
    assert (written.err, written.code) == ("", 0)
    cells = [cell for row in csv.reader(io.StringIO((folder / "made.csv").read_text())) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    (folder / "again.yaml").write_text(json.dumps({**policy, "policy": "again", "rules": {"table": "made.csv"}}))
    again = load(folder / "again.yaml")
    assert check(again).sound
    assert {rule.because for rule in again.rules} == set(reasons)
    assert run("decide", "again.yaml", "--set", f"who={known}").out.startswith("In the garden")


FOREIGN = {
    "docker-compose.yaml": "version: '3'\nservices:\n  web: {image: nginx, ports: ['80:80']}\n",
    ".github/workflows/tests.yml": "name: tests\non: [push]\njobs:\n  all:\n    runs-on: ubuntu-latest\n",
    "chart/templates/service.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n",
    "two.yaml": "a: 1\n---\nb: 2\n",
    "alerts.yaml": "groups:\n  - name: alerts\n    rules: []\n",
    "empty.yaml": "",
    "list.yaml": "- a\n- b\n",
    "data.yaml": '{"services": {"policy": "none"}}\n'.replace("policy", "image"),
}


def test_files_of_other_tools_are_passed_over_in_one_line(folder: Path) -> None:
    """Among them our own are checked as ever; none of theirs is called wrong."""
    before = run("check", ".")
    for name, text in FOREIGN.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    result = run("check", ".")
    line = "tests.yml, alerts.yaml, service.yaml and 5 more are not policies and were not checked\n"
    assert result == Result(before.out, line, 0)
    assert run("check", ".", "-q").err == ""
    as_json = run("check", ".", "--format", "json")
    assert (json.loads(as_json.out).get("problems"), as_json.code) == (None, 0)


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_that_is_named_is_read_whatever_it_is(name: str, folder: Path) -> None:
    """Who names it means it as a policy."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(FOREIGN[name])
    assert run("check", name).code == 2


def test_a_folder_without_a_policy_says_so(folder: Path) -> None:
    (folder / "deploy").mkdir()
    (folder / "deploy" / "compose.yaml").write_text(FOREIGN["docker-compose.yaml"])
    message = (
        "deploy  no-such-file  there is no policy in this folder: compose.yaml is not a policy and was not checked\n"
        "  help  name the file itself if it is to be one\n"
    )
    assert run("check", "deploy") == Result("", message, 2)


@pytest.mark.parametrize(
    "text",
    [
        POLICY.replace("policy: picnic\n", ""),
        POLICY.replace("verdicts", "verdict").replace("situation", "situations"),
        '{"policy": "picnic", "title": "x"}',
        "\ufeffpolicy: picnic\n",
        "'policy' : picnic\n",
        POLICY + "\t\x00broken: [",
        CASES.replace("policy", "polcy"),
    ],
)
def test_a_broken_policy_is_no_file_of_another_tool(text: str, folder: Path) -> None:
    """Whatever is wrong with it is told."""
    (folder / "mine").mkdir()
    name = "mine.cases.yaml" if "cases:" in text else "mine.yaml"
    (folder / "mine" / name).write_text(text, encoding="utf-8")
    result = run("check", "mine")
    assert result.code == 2
    assert "not checked" not in result.err


@pytest.mark.thorough
def test_everything_works_from_a_zip_file(folder: Path) -> None:
    """The package with its policies in one file, as `zipapp` makes them: shipped policies are found and proved."""
    root = Path(engine.__file__).parent
    with zipfile.ZipFile(folder / "all.zip", "w") as packed:
        for path in root.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                packed.write(path, f"engine/{path.relative_to(root)}")
        for kind in ("rules", "schemas"):
            for path in (root.parent / kind).rglob("*"):
                if path.is_file():
                    packed.write(path, f"engine/_data/{kind}/{path.relative_to(root.parent / kind)}")
    shutil.copy(folder / "all.zip", folder / "copy.zip")
    for words in (
        ("check", "other-interviews"),
        ("check", "parcel-prices", "--format", "sarif"),
        ("check", "other-interviews", "--certificate", "proof.json"),
        ("verify", "proof.json", "other-interviews"),
        ("list",),
        ("codes", "gap"),
        ("schema",),
        ("show", "parcel-prices"),
        ("decide", "other-interviews", "--set", "offer=hint"),
        ("page", "other-interviews", "-o", "page.html"),
        ("new", "mine"),
        ("check", "mine.yaml"),
        ("test", "other-interviews"),
        ("test", "parcel-prices", "--coverage", "--format", "json"),
        ("test", "mine.yaml"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "engine", *words],
            capture_output=True,
            env=environment(PYTHONPATH=str(folder / "all.zip")),
            check=False,
        )
        assert (done.returncode, done.stderr.partition(b"Traceback")[1]) == (0, b""), (words, done.stderr)
    assert ElementTree.fromstring(run("draw", "mine.yaml").out) is not None
    told = subprocess.run(
        [sys.executable, "-m", "engine", "test", "other-interviews", "--write"],
        capture_output=True,
        env=environment(PYTHONPATH=str(folder / "all.zip")),
        check=False,
    )
    cases = folder / "all.zip" / "engine" / "_data" / "rules" / "other-interviews.cases.yaml"
    assert told.stderr.decode() == (
        f"{cases}  unwritable-file  it lies in a zip file, to which no cases are added\n"
        "  help  copy the policy and its cases to a folder, and name them there\n"
    )
    assert (told.stdout, told.returncode) == (b"", 2)
    assert (folder / "all.zip").read_bytes() == (folder / "copy.zip").read_bytes()
