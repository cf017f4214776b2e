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

from engine import check, load
from engine.progress import observed, tell_observer
from tests.support.making.hostile import pigeonholes

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


def at_a_terminal(*words: str, stop_at: bytes | None = None, term: str = "xterm") -> tuple[int, bytes, bytes]:
    """The exit code, the results and what a terminal shows; `stop_at` is what Ctrl-C is pressed at."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": term}
    process = subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
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


def test_what_takes_long_is_told_and_goes_away() -> None:
    """After two seconds one line says what is done; the last that the terminal gets is to erase it."""
    code, results, seen = at_a_terminal("-c", WORK, "3.2")
    assert (code, results) == (0, b"a result\n")
    assert seen.startswith(ERASED + b"whether it \\u001b[31m holds: ")
    assert seen.endswith(ERASED)
    assert b"\n" not in seen


@pytest.mark.parametrize(("words", "term"), [(("0.2",), "xterm"), (("2.7", "quiet"), "xterm"), (("2.7",), "dumb")])
def test_nothing_is_shown_where_nobody_wants_it(words: tuple[str, ...], term: str) -> None:
    """What is done soon is not told, nor is anything with `--quiet` or where a line cannot be erased."""
    assert at_a_terminal("-c", WORK, *words, term=term) == (0, b"a result\n", b"")


def test_a_pipe_gets_nothing() -> None:
    """Progress is for people."""
    done = subprocess.run([sys.executable, "-c", WORK, "2.7"], capture_output=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == (b"a result\n", b"")


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
    with observed(told.append):
        check(load("other-interviews"))
    assert told[0] == "whether every possible situation gets a verdict"
    assert "whether rules disagree in some possible situation" in told
    assert any(each.startswith("whether the rule `") for each in told)
    many = len(told)
    tell_observer("something else")
    assert len(told) == many
