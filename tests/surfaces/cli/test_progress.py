"""What does somebody at a terminal see while a proof takes long, and is it gone afterwards?"""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from engine import certify, check, load
from engine.progress import observed, tell_observer
from engine.surfaces.cli.group import COMMANDS
from tests.support.making.hostile import pigeonholes
from tests.support.running import run

WORK = """
import sys, time
from engine.progress import tell_observer
from engine.surfaces.cli.progress_line import show_progress
with show_progress(quiet="quiet" in sys.argv):
    tell_observer("whether it \\x1b[31m holds")
    time.sleep(float(sys.argv[1]))
print("a result")
"""
ERASED = b"\r\x1b[K"
# The command line, in no hurry: every kind of work goes on until the line that names it has been painted.
SLOWLY = """
import sys, time
from engine.problems import printable
from engine.surfaces.cli import progress_line
progress_line._PATIENCE = progress_line._PAUSE = 0.02
line, painted = progress_line._Line, [""]
tell, write = line.tell, line._write
def tell_and_wait(self, doing):
    tell(self, doing)
    ends = time.monotonic() + 20
    while printable(doing) not in painted[-1] and time.monotonic() < ends:
        time.sleep(0.005)
line.tell, line._write = tell_and_wait, lambda self, text: (write(self, text), painted.append(text))
sys.argv[0] = "verdict"
from engine.surfaces.cli.start import main
main()
"""
POLICY = """\
policy: picnic
title: Where do we eat?
situation:
  rain: {ask: Does it rain?, type: yes_no}
  guests: {ask: How many come?, type: integer, from: 1, to: 30}
verdicts: {garden: {title: In the garden}, kitchen: {title: In the kitchen}}
rules:
  - {rule: dry, when: {rain: no}, then: garden, because: It is pleasant outside.}
  - {rule: wet, when: {rain: yes}, then: kitchen, because: Nobody likes wet bread.}
"""
CASES = "policy: picnic\ncases:\n  - {case: Dry, given: {rain: no, guests: 3}, expect: garden}\n"
PROOF = "whether every possible situation gets a verdict"
# What each command says of its work, beside what it reads.
SAID = {
    "check picnic.yaml": (PROOF, "whether the rule `dry` is needed"),
    "check picnic.yaml --certificate again.json": (PROOF,),
    "verify proof.json picnic.yaml": ("whether the certificate is right",),
    "diff picnic.yaml picnic.yaml": ("which situations get another verdict",),
    "test picnic.yaml --mutants": (PROOF, "which edits of the policy no case notices"),
    "table picnic.yaml": ("the rows of the table",),
    "show picnic.yaml": (),
    "draw picnic.yaml": ("in which order the questions are best asked",),
    "page picnic.yaml": (PROOF, "in which order the questions are best asked", "how the page decides"),
    "sql picnic.yaml --dialect duckdb": (PROOF,),
    "decide picnic.yaml --set rain=no": (PROOF, "which verdicts these answers leave possible"),
    "explain picnic.yaml --set rain=no": (
        PROOF,
        "which answers are enough for the verdict",
        "why each other rule does not decide",
        "which answers lead to the verdict `kitchen`",
    ),
    "ask picnic.yaml": (PROOF, "which verdicts these answers leave possible", "which question to ask next"),
    "ask picnic.yaml --plan": ("in which order the questions are best asked",),
    "batch picnic.yaml records.csv -o decided.csv": (PROOF, "deciding the records, 2 read so far"),
    "batch picnic.yaml records.jsonl -o decided.jsonl": (PROOF, "deciding the records, 2 read so far"),
}
# What a person types, where somebody is asked.
TYPED = {"ask picnic.yaml": b"?\nno\n"}


def at_a_terminal(
    *words: str, stop_at: bytes | None = None, term: str = "xterm", typed: bytes = b""
) -> tuple[int, bytes, bytes]:
    """The exit code, the results and what a terminal shows; `stop_at` is what Ctrl-C is pressed at."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": term}
    process = subprocess.Popen(
        [sys.executable, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    )
    os.close(theirs)
    assert process.stdin is not None
    process.stdin.write(typed)
    process.stdin.flush()
    seen = b""
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        try:
            part = os.read(ours, 4096)
        except OSError:
            # Nobody has the other end open any more.
            break
        seen += part
        if not part:
            break
        if stop_at is not None and stop_at in seen:
            process.send_signal(signal.SIGINT)
            stop_at = None
    results, _ = process.communicate(timeout=60)
    os.close(ours)
    return process.returncode, results, seen


@pytest.mark.thorough
def test_what_takes_long_is_told_and_goes_away() -> None:
    """After two seconds one line says what is done; the last that the terminal gets is to erase it."""
    code, results, seen = at_a_terminal("-c", WORK, "3.2")
    assert (code, results) == (0, b"a result\n")
    assert seen.startswith(ERASED + b"whether it \\u001b[31m holds: ")
    assert seen.endswith(ERASED)
    assert b"\n" not in seen


@pytest.mark.thorough
@pytest.mark.parametrize(("words", "term"), [(("0.2",), "xterm"), (("2.7", "quiet"), "xterm"), (("2.7",), "dumb")])
def test_nothing_is_shown_where_nobody_wants_it(words: tuple[str, ...], term: str) -> None:
    """What is done soon is not told, nor is anything with `--quiet` or where a line cannot be erased."""
    assert at_a_terminal("-c", WORK, *words, term=term) == (0, b"a result\n", b"")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a policy, its cases, its certificate and two records, to stand in."""
    monkeypatch.chdir(tmp_path)
    files = {
        "picnic.yaml": POLICY,
        "picnic.cases.yaml": CASES,
        "proof.json": certify(load(POLICY)).to_json(),
        "records.csv": "rain,guests\nyes,3\nno,4\n",
        "records.jsonl": '{"rain": true, "guests": 3}\n{"rain": false, "guests": 4}\n',
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("words", SAID)
def test_every_command_says_what_it_does_and_leaves_no_trace(words: str) -> None:
    """What a terminal keeps and what comes out is the same as over pipes, where nothing is said of the work."""
    typed = TYPED.get(words, b"")
    code, results, seen = at_a_terminal("-c", SLOWLY, *words.split(), typed=typed)
    for doing in ("reading picnic.yaml", *SAID[words]):
        assert ERASED + f"{doing}: ".encode() in seen
    piped = run(*words.split(), stdin=typed)
    assert (code, results.decode(), left_on_screen(seen).decode()) == (0, piped.out, piped.err)


def test_no_command_is_forgotten() -> None:
    """Every one says what it does, but for those that only print what is there."""
    assert {words.split()[0] for words in SAID} == set(COMMANDS) - {"codes", "list", "new", "schema"}


def left_on_screen(seen: bytes) -> bytes:
    """What is left of what a terminal was sent, once lines are erased."""
    return b"\n".join(line.rpartition(ERASED)[2] for line in seen.replace(b"\r\n", b"\n").split(b"\n"))


@pytest.mark.thorough
def test_a_pipe_gets_nothing() -> None:
    """Progress is for people."""
    done = subprocess.run([sys.executable, "-c", WORK, "2.7"], capture_output=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == (b"a result\n", b"")


@pytest.mark.thorough
def test_ctrl_c_leaves_a_clean_line(tmp_path: Path) -> None:
    """Whoever stops a long check sees that it was stopped, and nothing of the line that was there."""
    file = tmp_path / "hostile.yaml"
    # By way of JSON, so that nothing in it is the same object, which YAML would write as an alias.
    file.write_text(yaml.safe_dump(json.loads(json.dumps(pigeonholes(11))), sort_keys=False))
    doing = b"whether any situation is possible: "
    words = ("-m", "engine", "check", str(file), "--steps", "100000000")
    code, results, seen = at_a_terminal(*words, stop_at=doing)
    assert (code, results) == (130, b"")
    assert seen.endswith(ERASED + b"\r\nverdict: stopped\r\n")
    assert seen.startswith(ERASED + doing)


def test_a_program_is_told_what_is_proved_at_the_moment() -> None:
    """An observer hears every kind of question, in order, while its `with` lasts, and never after."""
    told: list[str] = []
    policy = load("other-interviews")
    with observed(told.append):
        check(policy)
    assert told[0] == "whether every possible situation gets a verdict"
    assert "whether rules disagree in some possible situation" in told
    assert any(each.startswith("whether the rule `") for each in told)
    many = len(told)
    tell_observer("something else")
    assert len(told) == many
