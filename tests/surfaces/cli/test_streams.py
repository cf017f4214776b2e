"""Can a result be had and a refusal be read whatever the standard streams, their encoding and the names of files are?

Streams may be closed, full or gone; a name may hold every byte; a terminal may know hardly any character. A result that
cannot be delivered ends with 2; what cannot be said on standard error changes nothing.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine.problems import printable
from engine.surfaces.cli.group import COMMANDS
from tests.support.by_day import cross, some
from tests.support.running import Result, run
from tests.support.writers import CASES, POLICY, ROWS, environment, lay_out, process

ODD = {
    "byte": "\udcff",
    "colour": "\x1b[31mred",
    "line": "new\nline",
    "tab": "t\tab",
    "reversed": "\u202ertl",
    "c1": "\x9b2J",
}
every_odd_name = pytest.mark.parametrize("odd", some(ODD.values()), ids=ODD)
# Words that no policy holds in ASCII, so that every encoding meets what it does not have.
WIDE = POLICY.replace("Where do we eat?", "Où mange-t-on — “dehors” 🌧?").replace("In the garden", "庭で")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


def lay_out_oddly(odd: str) -> None:
    """A folder with such a name, with something right and something wrong of every kind, and such a policy."""
    os.mkdir(odd)
    lay_out(Path(odd))
    for name, text in {
        "picnic.cases.yaml": CASES,
        "failing.cases.yaml": CASES.replace("garden", "kitchen"),
        "bad.yaml": "policy: bad\n",
        "bad.cases.yaml": "policy: nobody\ncases: []\n",
        "bad.csv": 'rain\n"yes',
        "bad.jsonl": '{"rain": 5\n',
        "record.json": '{"rain": true}',
        "bad.json": '{"rain": 7, "x": 1}',
    }.items():
        Path(odd, name).write_text(text)
    Path(odd, "failing.yaml").write_text(POLICY.replace("picnic", "failing"))
    Path(f"{odd}.yaml").write_text(POLICY)
    Path("rows.csv").write_text(ROWS)


READERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "sarif": json.loads,
    "junit": lambda text: ElementTree.fromstring(text),
}


def seen(words: list[str], odd: str) -> Result:
    """The result of a command, of which both streams are fit for a terminal and the document can be read."""
    result = run(*words)
    assert result.code in (0, 1, 2), words
    for text in (result.out, result.err):
        assert not _CONTROL.search(text), words
        # The name on one line with what is before or after it.
        assert "\n" not in odd or not re.search(r"new$|^line", text, flags=re.MULTILINE), words
    form = words[words.index("--format") + 1] if "--format" in words else ""
    if form in READERS and result.out:
        READERS[form](result.out)
    return result


@every_odd_name
def test_any_byte_may_stand_in_the_name_of_a_policy(odd: str) -> None:
    """In every command and format: a result or a refusal, no traceback, nothing that steers a terminal."""
    lay_out_oddly(odd)
    for name in (
        f"{odd}/picnic.yaml",
        f"{odd}/bad.yaml",
        f"{odd}.yaml",
        odd,
        f"{odd}/",
        f"{odd}/no.yaml",
        f"no{odd}",
        f"{odd}.csv",
    ):
        for form in ("text", "json", "sarif", "github"):
            seen(["check", name, "--format", form], odd)
        for form in ("text", "json", "junit", "github"):
            seen(["test", name, "--coverage", "--format", form], odd)
        for form in ("text", "json", "markdown", "html", "csv"):
            seen(["table", name, "--format", form], odd)
        for form in ("text", "json"):
            for command in ("show", "decide", "explain"):
                seen([command, name, "--format", form], odd)
            seen(["diff", name, f"{odd}/picnic.yaml", "--format", form], odd)
            seen(["verify", name, name, "--format", form], odd)
        for words in (["page", name], ["draw", name], ["sql", name, "--dialect", "duckdb"], ["ask", name]):
            seen(words, odd)
        seen(["diff", f"HEAD:{name}", f"{odd}:x.yaml"], odd)


@every_odd_name
def test_any_byte_may_stand_in_the_name_of_a_file(odd: str) -> None:
    """Of records, tables, certificates, cases and outputs: right and wrong, there or not."""
    lay_out_oddly(odd)
    policy = f"{odd}/picnic.yaml"
    for file in ("in.csv", "bad.csv", "in.jsonl", "bad.jsonl", "no.csv"):
        kind = file.split(".")[1]
        for form in ("text", "json"):
            output = ["-o", f"{odd}/out.{kind}", "--quarantine", f"{odd}/quarantine.{kind}", "--format", form]
            result = seen(["batch", policy, f"{odd}/{file}", *output], odd)
            assert (result.code == 0) is file.startswith("in")
        seen(["batch", policy, f"{odd}/{file}", "-o", odd, "--to", kind], odd)
        seen(["batch", policy, f"{odd}/*.{kind}", "-o", f"{odd}/no/out.{kind}"], odd)
    for command in ("decide", "explain", "ask"):
        for record in ("record.json", "bad.json", "no.json"):
            seen([command, policy, f"{odd}/{record}"], odd)
    assert seen(["check", policy, "--certificate", f"{odd}/proof.json", "--format", "json"], odd).code == 0
    assert seen(["verify", f"{odd}/proof.json", policy, "--format", "json"], odd).code == 0
    for words in (
        ["check", policy, "--certificate", f"{odd}/no/proof.json"],
        ["check", policy, "--certificate", policy],
        ["page", policy, "-o", f"{odd}/no/page.html"],
        ["test", f"{odd}/failing.cases.yaml", "--format", "junit"],
        ["test", policy, "--write"],
        ["new", "mine", "--folder", odd],
    ):
        seen(words, odd)


@every_odd_name
def test_any_byte_may_stand_in_a_word(odd: str) -> None:
    """Where a word is no name of a file: an option's value, a command, a code."""
    lay_out_oddly(odd)
    policy = f"{odd}/picnic.yaml"
    for words in (
        ["decide", policy, "--set", f"{odd}=5"],
        ["decide", policy, "--set", f"rain={odd}"],
        ["decide", policy, "--set", f"guests={odd}", "--format", "json"],
        ["explain", policy, "--instead", odd],
        ["sql", policy, "--dialect", odd],
        ["sql", policy, "--dialect", "duckdb", "--table", odd],
        ["sql", policy, "--dialect", "duckdb", "--table", odd, "--format", "json"],
        ["table", policy, "--rows", odd],
        ["table", policy, "--format", odd],
        ["check", f"--{odd}"],
        ["new", odd],
        ["codes", odd],
        [odd],
    ):
        assert seen(words, odd).code == 2


def test_a_byte_that_is_no_text_is_shown_as_its_code() -> None:
    assert [printable(name) for name in ("a\udcffb", "a\x1bb", "a\nb", "é 🌧")] == [
        "a\\xffb",
        "a\\u001bb",
        "a\\u000ab",
        "é 🌧",
    ]


def test_sarif_names_a_file_by_its_bytes() -> None:
    """As a URI spells them, so that a program finds the file."""
    Path("\udcff.yaml").write_text("policy: bad\n")
    found = json.loads(run("check", "\udcff.yaml", "--format", "sarif").out)
    places = found["runs"][0]["results"][0]["locations"]
    assert places[0]["physicalLocation"]["artifactLocation"]["uri"] == "%FF.yaml"


ENCODINGS = {
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "utf-16": {"PYTHONIOENCODING": "utf-16-le"},
    "C locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "latin-1, strictly": {"PYTHONIOENCODING": "latin-1:strict"},
}
WORDS = {
    "show": ["show", "picnic.yaml"],
    "check": ["check", "picnic.yaml"],
    "decide": ["decide", "picnic.yaml", "--set", "rain=no"],
    "table": ["table", "picnic.yaml"],
    "refusal": ["explain", "picnic.yaml", "--set", "guests=99"],
    "usage": ["decide"],
    "help": ["batch", "--help"],
}


@cross("name, encoding", WORDS, ENCODINGS)
def test_words_for_people_are_in_the_encoding_of_the_terminal(name: str, encoding: str) -> None:
    """What it does not have is written as a code, and the exit code is that of the result."""
    lay_out(Path())
    Path("picnic.yaml").write_text(WIDE, encoding="utf-8")
    done = process(WORDS[name], env=ENCODINGS[encoding])
    codec = ENCODINGS[encoding].get("PYTHONIOENCODING", "ascii").partition(":")[0]
    expected = run(*WORDS[name])
    assert done.returncode == expected.code
    for data, text in ((done.stdout, expected.out), (done.stderr, expected.err)):
        assert data.decode(codec) == text.encode(codec, "backslashreplace").decode(codec)


DOCUMENTS = {
    " ".join(words): words
    for words in (
        ["sql", "picnic.yaml", "--dialect", "sqlite"],
        ["table", "picnic.yaml", "--format", "csv"],
        ["table", "picnic.yaml", "--format", "html"],
        ["page", "picnic.yaml"],
        ["draw", "picnic.yaml"],
        ["diff", "picnic.yaml", "picnic.yaml", "--format", "markdown"],
        ["test", "picnic.yaml", "--format", "junit"],
        ["batch", "picnic.yaml", "in.csv", "-o", "-", "--to", "csv", "-q"],
    )
}


@cross("document, encoding", DOCUMENTS, ENCODINGS)
def test_documents_for_programs_are_utf_8_everywhere(document: str, encoding: str) -> None:
    """A terminal's encoding changes no constant of a query and no cell of a table."""
    lay_out(Path())
    Path("picnic.yaml").write_text(WIDE, encoding="utf-8")
    Path("picnic.cases.yaml").write_text(CASES.replace("Dry", "庭で"), encoding="utf-8")
    words = DOCUMENTS[document]
    done = process(words, env=ENCODINGS[encoding])
    assert (done.returncode, done.stdout.decode()) == (0, run(*words).out)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_schema_is_json_in_every_encoding(encoding: str) -> None:
    """Whatever its descriptions are written with."""
    done = process(["schema"], env=ENCODINGS[encoding])
    assert json.loads(done.stdout.decode("ascii")) == json.loads(run("schema").out)


@cross("command, encoding", ["show", "check", "draw", "sql"], ENCODINGS)
def test_json_is_the_same_data_in_every_encoding(command: str, encoding: str) -> None:
    """In ASCII where the terminal is not UTF-8, so that both it and a program can read it."""
    lay_out(Path())
    Path("picnic.yaml").write_text(WIDE, encoding="utf-8")
    words = [command, "picnic.yaml", "--format", "json", *(["--dialect", "sqlite"] if command == "sql" else [])]
    done = process(words, env=ENCODINGS[encoding])
    assert json.loads(done.stdout.decode("ascii")) == json.loads(run(*words).out)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_files_are_utf_8_in_every_encoding(encoding: str, folder: Path) -> None:
    lay_out(folder)
    Path("picnic.yaml").write_text(WIDE, encoding="utf-8")
    assert (
        process(["table", "picnic.yaml", "-o", "table.txt"], env={**ENCODINGS[encoding], "COLUMNS": "80"}).returncode
        == 0
    )
    assert "庭で" in Path("table.txt").read_text(encoding="utf-8")


SOUND, UNSOUND = ["check", "picnic.yaml"], ["check", "hole.yaml"]
CLOSED = {
    # Redirections, words, exit code; what is left of the streams is told in the test.
    "no input": ("<&-", SOUND, 0),
    "no output": (">&-", SOUND, 2),
    "no errors": ("2>&-", SOUND, 0),
    "no errors, unsound": ("2>&-", UNSOUND, 1),
    "no errors to tell": ("2>&-", ["check", "nowhere.yaml"], 2),
    "no streams": ("<&- >&- 2>&-", SOUND, 2),
    "no streams, a file": ("<&- >&- 2>&-", ["page", "picnic.yaml", "-o", "page.html"], 0),
    "no streams, a table": ("<&- >&- 2>&-", ["batch", "picnic.yaml", "in.csv", "-o", "out.csv", "-q"], 0),
    "a table without errors": ("2>&-", ["batch", "picnic.yaml", "in.csv", "-o", "out.csv"], 0),
    "a table without errors, on output": ("2>&-", ["batch", "picnic.yaml", "in.csv", "-o", "-", "--to", "csv"], 0),
    "full output": (">/dev/full", SOUND, 2),
    "full output of a document": (">/dev/full", ["page", "picnic.yaml"], 2),
    "full errors": ("2>/dev/full", SOUND, 0),
    "full errors, unsound": ("2>/dev/full", UNSOUND, 1),
    "full errors of a refusal": ("2>/dev/full", ["check", "nowhere.yaml"], 2),
    "both full": (">/dev/full 2>/dev/full", SOUND, 2),
    "usage on full errors": ("2>/dev/full", ["check"], 2),
    "help on full output": (">/dev/full", ["check", "--help"], 2),
    "version on no output": (">&-", ["--version"], 2),
    "an interview that cannot ask": ("<&- 2>/dev/full", ["ask", "picnic.yaml"], 1),
    "a draft on full errors": ("2>/dev/full", ["decide", "hole.yaml"], 1),
    "an interview without input": ("<&-", ["ask", "picnic.yaml"], 1),
    "a summary on full errors": ("2>/dev/full", ["batch", "picnic.yaml", "in.csv", "-o", "-", "--to", "csv"], 0),
}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
@pytest.mark.parametrize("name", some(CLOSED))
def test_streams_may_be_closed_or_full(name: str, folder: Path) -> None:
    """2 where a result cannot be delivered, and else its own exit code: without a traceback, and in files as ever."""
    redirected, words, code = CLOSED[name]
    lay_out(folder)
    Path("hole.yaml").write_text(POLICY.replace("picnic", "hole").replace("{table: rows.csv}", "{table: holes.csv}"))
    Path("holes.csv").write_text("\n".join(ROWS.splitlines()[:2]) + "\n")
    whole = run(*words)
    done = process(words, after=redirected)
    assert done.returncode == code
    complaint = done.stderr.decode()
    assert "Traceback" not in complaint
    assert "Exception ignored" not in complaint
    if redirected == ">/dev/full" or redirected == ">&-":
        assert complaint.startswith("verdict: the result cannot be written to standard output: ")
    elif ">" not in redirected.replace("2>", ""):
        assert done.stdout.decode() == whole.out
    for file in ("page.html", "out.csv"):
        if file in words:
            redone = process([*words[: words.index("-o") + 1], f"again.{file}", "-q"][: len(words)])
            assert redone.returncode == 0
            assert Path(file).read_bytes() == Path(f"again.{file}").read_bytes()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_file_is_not_given_the_number_of_a_closed_stream(closed: str, folder: Path) -> None:
    """Else what a library prints to standard error would be written into the output."""
    script = (
        "import os\nfrom engine.surfaces.cli.standard_streams import prepare_streams\nprepare_streams()\n"
        "with open('out', 'wb', buffering=0) as file:\n    assert file.fileno() > 2\n"
        "    for number in (1, 2):\n"
        "        try: os.write(number, b'printed by a library')\n        except OSError: pass\n"
    )
    words = ["sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, script]
    assert subprocess.run(words, capture_output=True, env=environment(), check=False).returncode == 0
    assert (folder / "out").read_bytes() == b""


@pytest.mark.parametrize(
    ("words", "code"), [(["check", "hole.yaml"], 1), (["list"], 0), (["table", "hole.yaml", "--format", "csv"], 1)]
)
def test_a_reader_who_has_seen_enough_changes_no_exit_code(words: list[str], code: int, folder: Path) -> None:
    """The result's own is given, without a complaint: a build that pipes into `head` does not pass by it."""
    lay_out(folder)
    Path("hole.yaml").write_text(POLICY.replace("picnic", "hole").replace("{table: rows.csv}", "{table: holes.csv}"))
    Path("holes.csv").write_text("\n".join(ROWS.splitlines()[:2]) + "\n")
    reading, writing = os.pipe()
    os.close(reading)
    done = process(words, capture_output=False, stdout=writing, stderr=-1)
    os.close(writing)
    assert (done.returncode, done.stderr.decode()) == (code, run(*words).err)
    reading, writing = os.pipe()
    os.close(reading)
    done = process(words, capture_output=False, stdout=-1, stderr=writing)
    os.close(writing)
    assert (done.returncode, done.stdout.decode()) == (code, run(*words).out)


def test_help_is_plain_ascii() -> None:
    """So that it is read alike in every encoding."""
    for command in COMMANDS:
        assert run(command, "--help").out.isascii()
    assert run("--help").out.isascii()
