"""What is left when a process is stopped at any moment: by Ctrl-C, by a signal of the system, by a kill?

The file that it was to write is the old one or the new one, whole, and the next run succeeds as if nothing had been.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from engine import load
from tests.support.running import run
from tests.support.searching import SEARCH_SEED, search_rounds
from tests.support.writers import CASES, POLICY, WRITERS, environment, lay_out

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there are no such signals here")

SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP]
OLD = b"of before\n"
_KILLS = 500
# Before these modules of ours are there, Python itself answers to Ctrl-C.
_BEGUN = re.compile(r"engine/(?!__init__|__main__|surfaces/(?:__init__|cli/(?:__init__|start|stopping))\.py)")


class Work(NamedTuple):
    """The words of a command, and what each file that it writes may hold afterwards; None is no file."""

    words: tuple[str, ...]
    before: dict[str, bytes | None]
    after: dict[str, bytes]

    def lay_out(self) -> None:
        for name, data in self.before.items():
            if data is None:
                Path(name).unlink(missing_ok=True)
            else:
                Path(name).write_bytes(data)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    lay_out(tmp_path)
    return tmp_path


def works() -> dict[str, Work]:
    """Every command that writes, each with what it writes when nobody stops it."""
    found: dict[str, Work] = {}
    for name, writer in WRITERS.items():
        words = (*writer.words, writer.option, writer.target)
        assert run(*words).code == 0
        found[name] = Work(words, {writer.target: OLD}, {writer.target: Path(writer.target).read_bytes()})
    cases = "picnic.cases.yaml"
    Path(cases).write_text(CASES)
    assert run("test", "picnic.yaml", "--write").code == 0
    found["cases"] = Work(
        ("test", "picnic.yaml", "--write"), {cases: CASES.encode()}, {cases: Path(cases).read_bytes()}
    )
    assert run("new", "mine").code == 0
    new = {file: Path(file).read_bytes() for file in ("mine.yaml", "mine.cases.yaml")}
    found["new"] = Work(("new", "mine"), dict.fromkeys(new), new)
    return found


def begun(words: tuple[str, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "engine", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env=environment(),
    )


def stop_at_random(work: Work, number: int, random: Random) -> None:
    """Begins a command, stops it somewhere, looks at what is left, and lets it run to its end."""
    work.lay_out()
    known = {path.name for path in Path().iterdir()} | set(work.after)
    with begun(work.words) as process:
        assert process.stderr is not None
        if random.random() < 0.5:
            time.sleep(random.uniform(0, 1.2))
        else:
            ends = time.monotonic() + 10
            while not list(Path().glob(".verdict-*")) and process.poll() is None and time.monotonic() < ends:
                time.sleep(0.0005)
            time.sleep(random.choice([0, random.uniform(0, 0.2)]))
        process.send_signal(number)
        complaint = process.stderr.read().decode()
    has_begun = _BEGUN.search(complaint) is not None
    assert not has_begun, complaint
    assert process.returncode in (0, 128 + number, -number) or number == signal.SIGINT, complaint
    for name, data in work.after.items():
        assert (Path(name).read_bytes() if Path(name).exists() else None) in (data, work.before[name])
    left = {path.name for path in Path().iterdir()} - known
    assert all(re.fullmatch(r"\.verdict-[0-9a-f]{16}\.tmp", name) for name in left)
    if number != signal.SIGKILL:
        assert left == set()
        assert list(Path("temporary").iterdir()) == []
    is_done = all(Path(name).exists() and Path(name).read_bytes() == data for name, data in work.after.items())
    # Both files of a first policy are there already, and all cases are.
    assert run(*work.words).code == (2 if is_done and None in work.before.values() else 0)
    assert {name: Path(name).read_bytes() for name in work.after} == work.after
    for name in left:
        Path(name).unlink()


@pytest.mark.thorough
def test_a_command_that_is_stopped_leaves_the_old_file_or_the_new_one() -> None:
    """A moment of each command, and every signal: see the search for many."""
    random = Random(5)
    for at, work in enumerate(works().values()):
        stop_at_random(work, SIGNALS[at % len(SIGNALS)], random)


@pytest.mark.search
def test_many_moments_at_which_a_command_is_stopped() -> None:
    """Up to five hundred, each command and each signal in turn."""
    random = Random(SEARCH_SEED)
    every = works()
    stopped = 0
    for _ in search_rounds():
        for work in every.values():
            stop_at_random(work, SIGNALS[stopped % len(SIGNALS)], random)
            stopped += 1
        # So that no command meets one signal alone.
        random.shuffle(SIGNALS)
        if stopped >= _KILLS:
            break
    assert stopped


HOOK = """
import os, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Finder())
"""


def interrupted(module: str, number: int, words: list[str], before: str = "") -> subprocess.CompletedProcess[str]:
    """A command that gets a signal in the moment in which it begins to import a module."""
    hooks = Path("hooks")
    hooks.mkdir(exist_ok=True)
    (hooks / "sitecustomize.py").write_text(HOOK.format(module=module, number=int(number)))
    paths = f"{hooks.resolve()}{os.pathsep}{environment()['PYTHONPATH']}"
    line = f'{before} exec "$0" -B -m engine "$@"'
    return subprocess.run(
        ["sh", "-c", line, sys.executable, *words],
        capture_output=True,
        text=True,
        env=environment(PYTHONPATH=paths),
        timeout=60,
        check=False,
    )


MODULES = ["engine.surfaces.cli.command", "click", "engine.surfaces.cli.output", "yaml", "engine.meaning.tree"]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("number", SIGNALS[1:])
def test_a_signal_while_modules_are_imported_ends_without_a_traceback(module: str, number: int) -> None:
    """One line for Ctrl-C, none for what the system sends, and the exit code that says which it was."""
    done = interrupted(module, number, ["check", "picnic.yaml"])
    said = "\nverdict: stopped\n" if number == signal.SIGINT else ""
    assert (done.stdout, done.stderr, done.returncode) == ("", said, 128 + number)


@pytest.mark.parametrize("number", SIGNALS[1:])
def test_what_a_process_was_begun_to_ignore_stays_ignored(number: int) -> None:
    """As with `nohup`, or in the background of a script."""
    name = signal.Signals(number).name.removeprefix("SIG")
    done = interrupted("click", number, ["check", "picnic.yaml"], before=f"trap '' {name};")
    assert (done.stdout, done.stderr, done.returncode) == (run("check", "picnic.yaml").out, "", 0)


def test_standard_input_is_not_left_behind(folder: Path) -> None:
    """A table that is being read from a pipe lies in a temporary folder, which goes with the process."""
    for number in SIGNALS[1:]:
        words = ["batch", "picnic.yaml", "-", "--from", "csv", "-o", "out.csv"]
        with subprocess.Popen(
            [sys.executable, "-m", "engine", *words], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
        ) as process:
            assert process.stdin is not None
            process.stdin.write(b"rain\n" + b"yes\n" * 1000)
            process.stdin.flush()
            for _ in _until(lambda: list((folder / "temporary").glob("verdict-*/*"))):
                pass
            process.send_signal(number)
            assert process.wait(60) == 128 + number
            process.stdin.close()
        assert list((folder / "temporary").iterdir()) == []
        assert not (folder / "out.csv").exists()


ANOTHER_THREAD = """
import pathlib, signal, threading, time
def stop():
    while not list(pathlib.Path("temporary").glob("verdict-*/*")):
        time.sleep(0.01)
    time.sleep(0.3)
    signal.pthread_kill(threading.get_ident(), {number})
threading.Thread(target=stop, daemon=True).start()
"""


@pytest.mark.parametrize("number", SIGNALS[1:])
def test_a_signal_ends_a_process_whose_main_thread_does_not_notice_it(number: int, folder: Path) -> None:
    """As when it comes just before a read of a pipe that says nothing more: what waits for it is not interrupted."""
    hooks = Path("hooks")
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(ANOTHER_THREAD.format(number=int(number)))
    paths = f"{hooks.resolve()}{os.pathsep}{environment()['PYTHONPATH']}"
    words = ["batch", "picnic.yaml", "-", "--from", "csv", "-o", "out.csv"]
    with subprocess.Popen(
        [sys.executable, "-m", "engine", *words],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(PYTHONPATH=paths),
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        assert process.wait(60) == 128 + number
        assert process.stderr.read() == (b"\nverdict: stopped\n" if number == signal.SIGINT else b"")
        process.stdin.close()
    assert list((folder / "temporary").iterdir()) == []


@pytest.mark.parametrize(("closed", "code"), [("<&- >&- 2>&-", 2), (">&-", 2), ("<&-", 0), ("2>&-", 0)])
def test_waiting_for_signals_takes_the_place_of_no_stream_that_is_closed(closed: str, code: int) -> None:
    """What is printed would be written there, and be lost without a word."""
    line = f'exec "$0" -m engine check picnic.yaml {closed}'
    done = subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, env=environment(), check=False)
    assert done.returncode == code


def _until(is_so: object) -> Iterator[None]:
    ends = time.monotonic() + 60
    assert callable(is_so)
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.01)
        yield


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "there is not enough memory for this"),
        (RecursionError("maximum recursion depth exceeded"), "this is nested too deeply"),
        (
            ImportError("libarrow.so: failed to map segment"),
            "a package that this needs cannot be loaded: libarrow.so: failed to map segment",
        ),
    ],
)
def test_what_is_too_much_for_the_machine_is_told_in_words(
    error: BaseException, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback, and 2, as for everything else that was not worked out."""

    def raised(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("engine.surfaces.cli.commands.authoring.check_command.check", raised)
    assert run("check", "picnic.yaml") == ("", f"verdict: {said}\n", 2)


def test_the_library_leaves_signals_alone() -> None:
    """Only the process of the command line answers to them in its own way: a program has its own."""
    script = (
        "import signal, engine\nfrom engine.surfaces.cli.group import verdict\n"
        "from engine.surfaces.cli.command import main\n"
        "assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL\n"
        "assert signal.getsignal(signal.SIGINT) == signal.default_int_handler\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env=environment())
    assert load("picnic.yaml").name in POLICY


@pytest.mark.skipif(sys.platform != "linux", reason="only there a shell bounds the memory of a process")
@pytest.mark.parametrize("kilobytes", [30_000, 34_000, 38_000])
def test_a_machine_without_memory_is_told_in_words(kilobytes: int) -> None:
    """Wherever it runs out while modules are imported."""
    words = ["sh", "-c", f'ulimit -v {kilobytes}; exec "$0" -m engine check picnic.yaml', sys.executable]
    done = subprocess.run(words, capture_output=True, env=environment(), check=False)
    assert done.returncode in (0, 2)
    assert b"Traceback" not in done.stderr
