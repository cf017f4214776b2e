"""What does `verdict ask` say, over a pipe and in a terminal, whatever is typed?"""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

import engine
from engine.language.documents.yaml_spelling import on_one_line
from tests.support.making.picnic import STORM_PICNIC
from tests.support.running import run

ROOT = Path(engine.__file__).parent.parent
EXTRAS = """\
policy: extras
title: How do we send it?
situation:
  extras: {ask: What else do you want?, type: any_of, choices: {insured: Insurance, tracked: Tracking}}
  fragile: {ask: Can it break?, type: yes_no, if_unsure: yes}
  day: {ask: When is it wanted?, type: date, from: 2026-01-01, to: 2026-12-31}
verdicts: {van: {title: By van}, bike: {title: By bike}}
decision: first
rules:
  - {rule: both, when: {extras: {includes: [insured, tracked]}}, then: van, because: It is precious.}
  - {rule: late, when: {day: {on_or_after: 2026-12-01}}, then: bike, because: Vans are full.}
  - {rule: fragile, when: {fragile: yes}, then: van, because: It may break.}
  - {rule: rest, otherwise: yes, then: bike, because: Nothing speaks against it.}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for each test, with two policies in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "picnic.yaml").write_text(on_one_line(STORM_PICNIC), encoding="utf-8")
    (tmp_path / "extras.yaml").write_text(EXTRAS, encoding="utf-8")
    return tmp_path


def test_ask_over_a_pipe() -> None:
    """Questions and answers are told on stderr, the verdict on stdout; numbers stand for the choices that are shown."""
    result = run("ask", "picnic.yaml", stdin=b"2\n5\n3\n")
    assert (result.out, result.code) == ("In the kitchen\n\nWhy\n  Plates would fly.  (storm)\n", 0)
    assert result.err == (
        "Where do we eat?\n\nOne question at a time, and only what can still matter; q stops.\n"
        "\nDoes it rain?\n  1  yes\n  2  no\n  (a number; ? why I am asked)\n> 2\n"
        "\nHow many come?\n  (a whole number from 1 to 30; ? why I am asked, b back)\n> 5\n"
        "\nHow windy is it?\n  1  Calm\n  2  Fresh\n  3  A storm\n  (a number; ? why I am asked, b back)\n> 3\n"
    )


def test_ask_tells_why() -> None:
    """`?` says what is possible still and what each answer makes of it; the question stays."""
    result = run("ask", "picnic.yaml", stdin=b"?\nyes\n")
    assert (result.out.splitlines()[0], result.code) == ("In the kitchen", 0)
    assert (
        "> ?\n"
        "  your answer can change the verdict, which can still be\n"
        "    - In the garden\n"
        "    - In the kitchen\n"
        "  `yes` settles it: In the kitchen\n"
        "  `no` leaves 2 verdicts possible\n"
        "> yes\n"
    ) in result.err


def test_ask_goes_back() -> None:
    """`b` takes the last answer back and asks again; before the first question there is nothing to take back."""
    result = run("ask", "picnic.yaml", stdin=b"b\nno\nb\nyes\n")
    assert (result.out.splitlines()[0], result.code) == ("In the kitchen", 0)
    assert "> b\n  this is the first question\n> no\n" in result.err
    assert result.err.count("Does it rain?") == 2


def test_ask_takes_every_kind_of_answer() -> None:
    """Several choices by number, a date, and not being sure where the author has a reading of it."""
    result = run("ask", "extras.yaml", "--format", "json", stdin=b"u\n2026-12-03\n1, 2\n")
    answers = json.loads(result.out)["answers"]
    assert result.code == 0
    assert {name: answers[name] for name in sorted(answers)} == {
        "day": "2026-12-03",
        "extras": ["insured", "tracked"],
        "fragile": True,
    }
    assert json.loads(result.out)["decision"]["assumed"] == {"fragile": True}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (b"maybe\n", "> maybe\nverdict: `maybe` is not one of the answers above; type a number\n"),
        (b"\n", "verdict: `` is not one of the answers above; type a number\n"),
        (b"u\n", "verdict: `u` is not one of the answers above; type a number\n"),
        (b"7\n", "verdict: `7` is not one of the answers above; type a number\n"),
        (b"no\n31\n", "out-of-range  `guests`: `31` is out of range\n  help  expected a whole number from 1 to 30\n"),
        (b"no\n\n", "wrong-type  `guests` is not answered\n  help  type a whole number from 1 to 30\n"),
    ],
)
def test_ask_asks_again_for_what_is_no_answer(typed: bytes, told: str) -> None:
    """Over a pipe too; but as the lines after it may be meant for other questions, the exit code is 2."""
    rest = b"9\n" if typed.startswith(b"no") else b"yes\n"
    result = run("ask", "picnic.yaml", stdin=typed + rest)
    assert (result.out.splitlines()[0][:6], result.code) == ("In the", 2)
    assert told in result.err
    ending = "see above whether each line after it answered the question that it was meant for\n"
    assert result.err.endswith(f"verdict: 1 line was not a valid answer: {ending}")


def test_ask_counts_the_lines_that_are_no_answers() -> None:
    result = run("ask", "picnic.yaml", stdin=b"perhaps\nmaybe\nyes\n")
    assert (result.err.splitlines()[-1].partition(":")[2].partition(":")[0], result.code) == (
        " 2 lines were not valid answers",
        2,
    )


def test_ask_reads_nothing_but_utf_8() -> None:
    result = run("ask", "picnic.yaml", stdin=b"\xff\xfe\nyes\n")
    assert (result.out, result.code) == ("", 2)
    assert result.err.endswith("verdict: the answers are not UTF-8 text\n")


def test_ask_stops() -> None:
    """`q` ends the interview with what is known by then."""
    result = run("ask", "picnic.yaml", stdin=b"no\nq\n9\n")
    assert (result.out.splitlines()[0], result.code) == ("Not decided yet. It can still be", 1)
    assert "the answers ended" not in result.err


def test_ask_begins_with_what_it_is_about(folder: Path) -> None:
    """The title and the paragraph for whoever answers, once, and how to stop."""
    (folder / "picnic.yaml").write_text(
        on_one_line({**STORM_PICNIC, "about": "Answer for the whole party."}), encoding="utf-8"
    )
    result = run("ask", "picnic.yaml", stdin=b"no\n9\n")
    assert result.err.startswith("Where do we eat?\n\nAnswer for the whole party.\n\nOne question at a time")
    assert result.err.count("Answer for the whole party.") == 1


@pytest.mark.parametrize("name", ["b", "q", "u", "B"])
def test_ask_takes_an_answer_that_is_called_like_a_command(folder: Path, name: str) -> None:
    """What is offered as an answer is one, whatever its letter means elsewhere."""
    zones = {"a": "The old town", name: "The harbour"}
    zone = {"ask": "Which zone?", "choices": zones, **({"if_unsure": "a"} if name == "u" else {})}
    policy = {
        "policy": "zones", "title": "Does it stop here?", "situation": {"zone": zone},
        "verdicts": {"stop": {"title": "It stops"}, "pass": {"title": "It goes on"}},
        "rules": [
            {"rule": "old", "when": {"zone": "a"}, "then": "pass", "because": "There is no stop."},
            {"rule": "port", "when": {"zone": name}, "then": "stop", "because": "People get on."},
        ],
    }  # fmt: skip
    (folder / "zones.yaml").write_text(on_one_line(policy), encoding="utf-8")
    result = run("ask", "zones.yaml", stdin=f"{name}\n".encode())
    assert (result.out.splitlines()[0], result.code) == ("It stops", 0)


def test_ask_where_the_answers_end() -> None:
    """What is possible by then is told, and that it is not decided."""
    result = run("ask", "picnic.yaml", stdin=b"no\n")
    assert result.code == 1
    assert result.out.startswith("Not decided yet. It can still be\n\n  - In the garden")
    assert result.err.endswith("\nverdict: the answers ended before the verdict was certain\n")


def test_ask_begins_with_what_is_known() -> None:
    """What a record or `--set` answers is not asked; where that is enough, nothing is."""
    assert run("ask", "picnic.yaml", "--set", "rain=yes").err == ""
    result = run("ask", "picnic.yaml", "--set", "rain=no", "--set", "wind=storm", stdin=b"9\n")
    assert (result.out.splitlines()[0], result.code) == ("In the garden", 0)


def test_ask_refuses_to_read_two_things_from_one_place() -> None:
    """Standard input has the answers; a policy or a record cannot come from there too."""
    for words in (("ask", "-"), ("ask", "picnic.yaml", "-")):
        result = run(*words)
        assert result.code == 2
        assert "cannot come from standard input: the answers do" in result.err


def test_ask_refuses_an_unsound_policy(folder: Path) -> None:
    """Nobody is interviewed for a policy that may have no verdict, unless as a draft."""
    lines = [line for line in EXTRAS.splitlines() if "otherwise" not in line]
    (folder / "extras.yaml").write_text("\n".join(lines), encoding="utf-8")
    result = run("ask", "extras.yaml")
    assert (result.out, result.code) == ("", 1)
    assert "gap" in result.err
    draft = run("ask", "extras.yaml", "--draft", stdin=b"no\n0\n2026-03-01\n")
    assert draft.code == 1
    assert draft.out.startswith("DRAFT: ")


def test_the_plan_is_printed() -> None:
    """`--plan` prints the questions and where their answers lead, and asks none."""
    result = run("ask", "picnic.yaml", "--plan")
    assert (result.out.splitlines()[0], result.err, result.code) == (
        "picnic: 1.63 questions on average, and no plan needs fewer; 3 at most",
        "",
        0,
    )
    found = json.loads(run("ask", "picnic.yaml", "--plan", "--format", "json").out)
    assert found["steps"][1] == {
        "field": "guests",
        "ways": [
            {"when": {"guests": {"at_most": 8}}, "step": 2},
            {"when": {"guests": {"at_least": 9}}, "verdict": "garden"},
        ],
    }


@pytest.mark.parametrize(("typed", "code"), [(b"maybe\n2\n30\n", 0), (b"\x03", 130)], ids=["answers", "ctrl-c"])
def test_ask_in_a_terminal(folder: Path, typed: bytes, code: int) -> None:
    """A prompt, a wrong answer that may be mended, and the verdict; Ctrl-C ends it with 130."""
    terminal, inside = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "engine", "ask", str(folder / "picnic.yaml")],
        cwd=ROOT, stdin=inside, stdout=subprocess.PIPE, stderr=inside, start_new_session=True,
        preexec_fn=_own_terminal,
    ) as process:  # fmt: skip
        os.close(inside)
        seen = b""
        while b"> " not in seen:
            seen += os.read(terminal, 1000)
        os.write(terminal, typed)
        out, told = _finished(process, terminal, typed)
    os.close(terminal)
    assert (process.returncode, out == b"") == (code, code == 130), seen + told


def _finished(process: subprocess.Popen[bytes], terminal: int, typed: bytes) -> tuple[bytes, bytes]:
    """What a process printed, and told the terminal, which is read so that nobody waits for room in it."""
    told = b""
    for _ in range(60):
        try:
            return process.communicate(timeout=1)[0], told
        except subprocess.TimeoutExpired:
            # A terminal whose last reader has just gone cannot be read or written any more.
            with suppress(OSError):
                while select.select([terminal], [], [], 0)[0]:
                    told += os.read(terminal, 1000)
                if typed == b"\x03":
                    # As somebody would press it again.
                    os.write(terminal, typed)
    process.kill()
    return process.communicate()[0], told


def _own_terminal() -> None:
    """Makes the standard input the terminal that Ctrl-C is typed into."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
