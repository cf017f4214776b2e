"""What holds of every command: help, exit codes, JSON, colour, streams, and wrong usage?"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator

import click
import pytest

from engine.surfaces.cli.group import COMMANDS, load_command
from tests.support import running
from tests.support.running import Result, run
from tests.surfaces.cli.commands.picnics import alone, data

pytestmark = pytest.mark.usefixtures("folder")


def commands() -> Iterator[tuple[str, click.Command]]:
    for name in COMMANDS:
        yield name, load_command(name)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_help(name: str) -> None:
    """Short and long help are the same: how to call it, what it does, its options."""
    result = run(name, "--help")
    assert run(name, "-h") == result
    assert (result.err, result.code) == ("", 0)
    assert re.match(rf"Usage: .* {name} .*\n\n  [A-Z]", result.out)
    assert "\nOptions:\n" in result.out


def test_every_option_has_help() -> None:
    """No option of any command is left unexplained."""
    options = [
        (name, each) for name, command in commands() for each in command.params if isinstance(each, click.Option)
    ]
    assert [(name, each.name) for name, each in options if not (each.help or "").strip()] == []
    assert options


def test_the_list_of_commands_is_complete() -> None:
    """`verdict --help` names each command with what it does, and the exit codes."""
    result = run("--help")
    assert (result.err, result.code) == ("", 0)
    listed = re.findall(r"^  (\w+) +(\S.*)$", result.out.split("Commands:\n")[1], re.MULTILINE)
    assert listed == list(COMMANDS.items())
    assert [code in result.out for code in ("0    ", "1    ", "2    ", "130  ")] == [True] * 4


def test_an_unknown_command_is_refused_with_the_one_that_may_be_meant() -> None:
    """A slip in a command ends with 2 and a suggestion; no command at all with the help."""
    result = run("chek", "picnic.yaml")
    assert (result.out, result.code) == ("", 2)
    assert result.err.splitlines()[-1] == "Error: there is no command `chek`; did you mean `check`"
    assert run().code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("check", "picnic.yaml", "--format", "xml"),
        ("check", "picnic.yaml", "--steps", "0"),
        ("decide",),
        ("decide", "picnic.yaml", "--sett", "rain=no"),
        ("test",),
        ("show", "picnic.yaml", "hole.yaml"),
        ("schema", "rules"),
        ("codes", "conflit"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(words: tuple[str, ...]) -> None:
    """Nothing on stdout, how to use it on stderr, exit code 2."""
    result = run(*words)
    assert (result.out, result.code) == ("", 2)
    assert result.err.startswith("Usage: ")
    assert result.err.splitlines()[-1].startswith("Error: ")


def test_the_version_is_that_of_the_distribution() -> None:
    """`verdict --version` names the version that is installed."""
    from importlib.metadata import version

    assert run("--version") == Result(f"verdict, version {version('oneverdict')}\n", "", 0)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("check", "picnic.yaml"), 0),
        (("check", "hole.yaml", "picnic.cases.yaml"), 1),
        (("check", "nowhere"), 2),
        (("check", "nowhere.yaml", "picnic.yaml"), 2),
        (("decide", "picnic.yaml", "--set", "rain=no"), 0),
        (("decide", "picnic.yaml"), 1),
        (("decide", "hole.yaml"), 1),
        (("decide", "hole.yaml", "--draft"), 1),
        (("decide", "nowhere"), 2),
        (("decide", "picnic.yaml", "nowhere.json"), 2),
        (("decide", "picnic.yaml", "-"), 2),
        (("decide", "picnic.yaml", "--set", "rain"), 2),
        (("test", "picnic.yaml"), 0),
        (("test", "hole.yaml"), 2),
        (("test", "nowhere"), 2),
        (("show", "picnic.yaml"), 0),
        (("show", "nowhere"), 2),
        (("list",), 0),
        (("codes",), 0),
        (("codes", "gap"), 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_json_is_one_versioned_document(words: tuple[str, ...], code: int) -> None:
    """With `--format json` stdout is one document with `"schema": 1`, also where the work was refused."""
    result = run(*words, "--format", "json", stdin=b"[1, 2")
    assert next(iter(json.loads(result.out))) == "schema"
    assert data(result)
    assert (result.err, result.code) == ("", code)


@pytest.mark.parametrize(
    ("wishes", "terminal", "coloured"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
    ],
)
def test_colour_is_for_terminals(
    monkeypatch: pytest.MonkeyPatch, wishes: dict[str, str], terminal: bool, coloured: bool
) -> None:
    """Codes are coloured on a terminal only, unless `NO_COLOR` or `FORCE_COLOR` says otherwise; no word is lost."""
    plain = run("check", "hole.yaml", "spare.yaml", "nowhere.yaml")
    monkeypatch.setattr(running._Stream, "isatty", lambda self: terminal)
    for name, value in wishes.items():
        monkeypatch.setenv(name, value)
    result = run("check", "hole.yaml", "spare.yaml", "nowhere.yaml")
    codes = re.findall("\x1b\\[(3[13])m([a-z-]+)\x1b\\[0m", result.err + result.out)
    every = [("31", "no-such-file"), ("31", "conflict"), ("31", "gap")]
    every += [("33", "idle-field"), ("33", "redundant-rule")]
    assert codes == (every if coloured else [])
    bare = [re.sub("\x1b\\[[0-9;]*m", "", text) for text in (result.out, result.err)]
    assert bare == [plain.out, plain.err]


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped by the user: one line on stderr, no traceback, exit code 130."""

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.surfaces.cli.commands.authoring.check_command.check", stopped)
    result = run("check", "picnic.yaml")
    assert (result.out, result.err.strip(), result.code) == ("", "verdict: stopped", 130)


def test_the_module_is_the_command() -> None:
    """`python -m engine` prints and ends as `verdict` does."""
    for words in (("check", "hole.yaml"), ("decide", "picnic.yaml", "--set", "rain=no"), ("check", "nowhere.yaml")):
        done = alone(*words)
        assert Result(done.stdout, done.stderr, done.returncode) == run(*words)


def test_nothing_waits_for_an_answer() -> None:
    """With nobody at standard input, an undecided record is undecided: nothing is asked for and waited for."""
    reading, writing = os.pipe()
    try:
        done = alone("decide", "picnic.yaml", stdin=reading)
    finally:
        os.close(reading)
        os.close(writing)
    expected = run("decide", "picnic.yaml")
    assert Result(done.stdout, done.stderr, done.returncode) == expected


def test_an_empty_word_names_nothing() -> None:
    """A policy called by the empty text is refused, not taken for the folder one stands in."""
    result = run("check", "")
    assert (result.out, result.err.splitlines()[0], result.code) == (
        "",
        "no-such-policy  no policy called `` comes with the project",
        2,
    )


@pytest.mark.parametrize("words", [("check",), ("decide",), ("test",), ("show",), ("decide", "picnic.yaml")])
@pytest.mark.parametrize("ending", ["", ".yaml"])
def test_a_name_too_long_for_any_file_is_refused(words: tuple[str, ...], ending: str) -> None:
    """A word that no file system takes as a name ends with a message and exit code 2."""
    result = run(*words, "x" * 5000 + ending)
    assert (result.out, result.code) == ("", 2)
    assert ("no-such-policy" if len(words) == 1 and not ending else "unreadable-file") in result.err.splitlines()[0]
