"""Does `verdict batch` keep to the files and streams it was given: interrupted, closed early, or named twice?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import engine
from tests.support.running import run
from tests.surfaces.cli.commands.answering.batches import CSV, files_here

pytestmark = pytest.mark.usefixtures("empty_folder")

ROOT = Path(engine.__file__).parents[1]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_ctrl_c_leaves_nothing_behind(kind: str) -> None:
    """A run that is stopped in the middle: one line, exit code 130, and no output, whole or half."""
    line = {"csv": "hint,1\n", "jsonl": '{"offer": "hint"}\n'}[kind]
    head = {"csv": "offer,id\n", "jsonl": ""}[kind]
    Path(f"in.{kind}").write_text(head + line * 3_000_000)
    words = ["-m", "engine", "batch", "other-interviews", f"in.{kind}", "-o", f"out.{kind}"]
    with subprocess.Popen([sys.executable, *words], stderr=subprocess.PIPE, text=True, env=_environment()) as running:
        assert running.stderr is not None
        until = time.monotonic() + 60
        while not list(Path().glob(".verdict-*")) and time.monotonic() < until:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        assert (running.stderr.read(), running.wait()) == ("\nverdict: stopped\n", 130)
    assert files_here() == [f"in.{kind}"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["batch", "other-interviews", "-", "--from", "csv", "-o", "out.csv"],
            "<stdin>  unreadable-file  it cannot be read: there is none\n  help  name a file you may read\n",
        ),
        (["decide", "-"], "verdict: standard input: there is none\n"),
    ],
)
def test_no_standard_input_is_told(words: list[str], message: str) -> None:
    """A process that was begun without one: a line, and no traceback."""
    line = f"exec {sys.executable} -m engine {' '.join(words)} <&-"
    told = subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=_environment(), check=False)
    assert (told.stdout, told.stderr, told.returncode) == ("", message, 2)


@pytest.mark.slow
def test_a_reader_who_has_seen_enough_ends_the_output() -> None:
    """A long table into `head`: the first lines, and nothing to complain of."""
    Path("in.csv").write_text("offer\n" + "hint\n" * 200_000)
    words = f"{sys.executable} -m engine batch other-interviews in.csv -o - --to csv -q"
    line = f"({words}; echo $? > code) | head -n 2"
    told = subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=_environment(), check=True)
    assert (told.stdout, told.stderr) == ("offer,verdict,problem\nhint,keep,\n", "")
    assert Path("code").read_text() == "0\n"


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


SAME_FILES: dict[str, tuple[str, Callable[[str, str], None] | None]] = {
    "by its name": ("in.csv", None),
    "by another path": ("../{folder}/./in.csv", None),
    "by a link": ("linked.csv", os.symlink),
    "by a hard link": ("linked.csv", os.link),
}


@pytest.mark.parametrize("option", ["-o", "--quarantine"])
@pytest.mark.parametrize("way", SAME_FILES)
@pytest.mark.parametrize("inputs", [["in.csv"], ["*.csv"], ["other.csv", "in.csv"]])
def test_no_output_is_an_input(way: str, option: str, inputs: list[str]) -> None:
    """However it is named: refused before anything is written, and every file is what it was."""
    name, link = SAME_FILES[way]
    name = name.format(folder=Path.cwd().name)
    Path("in.csv").write_text(CSV)
    Path("other.csv").write_text(CSV)
    if link is not None:
        link("in.csv", name)
    output = [option, name] if option == "-o" else ["-o", "out.csv", option, name]
    result = run("batch", "other-interviews", *inputs, *output)
    assert (result.out, result.code) == ("", 2)
    assert "which is read; name another output" in result.err
    assert (Path("in.csv").read_text(), Path("other.csv").read_text(), Path("out.csv").exists()) == (CSV, CSV, False)


def test_two_outputs_are_no_one_file() -> None:
    """Neither one that is there, nor one that is to be."""
    Path("in.csv").write_text(CSV)
    Path("old.csv").write_text("of before")
    os.link("old.csv", "linked.csv")
    for one, other in (("new.csv", "./new.csv"), ("old.csv", "linked.csv")):
        result = run("batch", "other-interviews", "in.csv", "-o", one, "--quarantine", other)
        assert (f"`{other}` and `{one}` are the same file; give each" in result.err, result.code) == (True, 2)
    assert Path("old.csv").read_text() == "of before"


def test_no_output_is_the_policy_or_its_table() -> None:
    """Those are read as well."""
    for name in ("parcel-prices.yaml", "parcel-prices.csv"):
        Path(name).write_bytes((ROOT / "rules" / "examples" / name).read_bytes())
    Path("in.csv").write_text("weight\n1\n")
    for name, kind in (("parcel-prices.yaml", ["--to", "csv"]), ("parcel-prices.csv", [])):
        result = run("batch", "parcel-prices.yaml", "in.csv", "-o", name, *kind)
        assert (f"`{name}` would overwrite `{name}`" in result.err, result.code) == (True, 2)


@pytest.mark.parametrize("line", ["- --from csv -o in.csv < in.csv", "in.csv -o - --to csv >> in.csv"])
def test_no_stream_is_both_input_and_output(line: str) -> None:
    """Standard input and output may be files too."""
    Path("in.csv").write_text(CSV)
    words = f"{sys.executable} -m engine batch other-interviews {line}"
    told = subprocess.run(["sh", "-c", words], capture_output=True, text=True, env=_environment(), check=False)
    assert ("which is read; name another output" in told.stderr, told.returncode) == (True, 2)
    assert Path("in.csv").read_text() == CSV
