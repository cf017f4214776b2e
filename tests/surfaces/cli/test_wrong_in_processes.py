"""What is said, and how does it end, where a process meets a closed pipe, a signal, or a file it may not read?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import engine
from engine.language.sections import policy_sources as files
from tests.support.refusals.running import run_quickly
from tests.support.refusals.sections import WRONG, base_policy
from tests.support.running import Result


def _process(*words: str, **options: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "engine", *words]
    # The same package from any folder.
    path = os.pathsep.join([str(Path(engine.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, **options)


def _slow_policy(folder: Path) -> Path:
    """A policy whose proof goes on for longer than anybody waits."""
    path = folder / "slow.yaml"
    fields = "".join(f'  q{i}: {{ask: "Why?", type: yes_no}}\n' for i in range(60))
    rules = "".join(
        f"  - {{rule: r{i}, when: {{q{i}: yes, q{(i * 7 + 3) % 60}: no, q{(i * 13 + 5) % 60}: yes}}, "
        f"then: {'van' if i % 2 else 'bike'}, because: It is so.}}\n"
        for i in range(60)
    )
    path.write_text(
        "policy: slow\ntitle: How to deliver a parcel\ndecision: first\nsituation:\n"
        + fields
        + "verdicts: {van: {title: Send a van}, bike: {title: Send a bike}}\nrules:\n"
        + rules
        + "  - {rule: rest, otherwise: yes, then: van, because: It is safe.}\n",
        encoding="utf-8",
    )
    return path


def test_a_pipe_that_is_closed_early(tmp_path: Path) -> None:
    """Whoever reads only the first line of a long result gets it, no complaint, and the exit code of the result."""
    (tmp_path / "parcels.yaml").write_text(base_policy(WRONG / "accepted.txt"), encoding="utf-8")
    cases = "".join(f"  - {{case: Vase {i}, given: {{fragile: yes}}, expect: bike}}\n" for i in range(3_000))
    (tmp_path / "parcels.cases.yaml").write_text(f"policy: parcels\ncases:\n{cases}", encoding="utf-8")
    process = _process("test", "parcels.yaml", stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    first = process.stdout.readline()
    process.stdout.close()
    complaint = process.stderr.read()
    process.stderr.close()
    assert first.startswith(b"parcels.cases.yaml:3:")
    assert (process.wait(timeout=20), complaint) == (1, b"")


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise there")
def test_ctrl_c(tmp_path: Path) -> None:
    """Ctrl-C during a long proof ends it with the exit code 130 and one line."""
    process = _process(
        "check", str(_slow_policy(tmp_path)), "--steps", str(10**12), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    time.sleep(1.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err.strip()) == (130, b"", b"verdict: stopped")


def test_standard_input_of_a_process(tmp_path: Path) -> None:
    """`-` reads a policy from a pipe, from whatever folder."""
    process = _process("check", "--quiet", "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path)
    out, _ = process.communicate(base_policy(WRONG / "accepted.txt").encode(), timeout=20)
    assert (process.returncode, out) == (0, b"")


def test_from_another_folder(tmp_path: Path) -> None:
    """A path is told back as it was given, and a shipped policy is found from anywhere."""
    (tmp_path / "below").mkdir()
    (tmp_path / "parcels.yaml").write_text("policy: parcels\ncolour: blue\n", encoding="utf-8")
    process = _process("check", "../parcels.yaml", "customs-channel", stderr=subprocess.PIPE, cwd=tmp_path / "below")
    _, err = process.communicate(timeout=20)
    places = {line.split("  ")[0] for line in err.decode().splitlines() if not line.startswith("  ")}
    assert (process.returncode, places) == (2, {"../parcels.yaml:1:1", "../parcels.yaml:2:1"})


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without the right to read it is refused with the reason."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parcels.yaml").touch()

    # Whoever may read everything, as tests in a container may, is refused by hand.
    def refuse(*_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "open", refuse, raising=False)
    printed = "parcels.yaml  unreadable-file  it cannot be read: permission denied\n  help  name a file you may read\n"
    assert run_quickly("check", "parcels.yaml") == Result("", printed, 2)


_FOLDERS: list[tuple[str, Callable[[Path], object], tuple[str, ...], str]] = [
    (
        "no YAML in it",
        lambda folder: (folder / "rules").mkdir(),
        ("check", "rules"),
        "rules  no-such-file  there is no YAML file in this folder",
    ),
    (
        "no such folder",
        lambda folder: None,
        ("check", "rules/parcels.yaml"),
        "rules/parcels.yaml  no-such-file  there is no such file\n  help  there is no folder `rules` either",
    ),
    (
        "a link to nothing",
        lambda folder: (folder / "link.yaml").symlink_to("gone.yaml"),
        ("check", "link.yaml"),
        "link.yaml  no-such-file  there is no such file\n  help  it is a link to `gone.yaml`, where there is no file",
    ),
    (
        "a table that is a link to nothing",
        lambda folder: (folder / "link.csv").symlink_to("gone.csv"),
        ("batch", "other-interviews", "link.csv", "-o", "out.csv"),
        "link.csv  no-such-file  there is no such file\n  help  it is a link to `gone.csv`, where there is no file",
    ),
    (
        "a certificate that is a link to nothing",
        lambda folder: (folder / "proof.json").symlink_to("gone.json"),
        ("verify", "proof.json", "other-interviews"),
        "proof.json  no-such-file  there is no such file\n  help  it is a link to `gone.json`, where there is no file",
    ),
    (
        "a certificate of nearly that name",
        lambda folder: (folder / "proof.json").write_text("{}"),
        ("verify", "prof.json", "other-interviews"),
        "prof.json  no-such-file  there is no such file\n  help  did you mean `proof.json`",
    ),
    (
        "beside a link to nothing",
        lambda folder: (folder / "parcels.yaml").symlink_to("gone.yaml"),
        ("check", "parcel.yaml"),
        "parcel.yaml  no-such-file  there is no such file",
    ),
    (
        "no cases in it",
        lambda folder: (folder / "rules").mkdir(),
        ("test", "rules"),
        "rules  no-such-file  there is no YAML file in this folder",
    ),
]


@pytest.mark.parametrize(
    ("prepare", "words", "said"), [each[1:] for each in _FOLDERS], ids=[each[0] for each in _FOLDERS]
)
def test_a_folder(
    prepare: Callable[[Path], object],
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A folder in which there is nothing to read is refused."""
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = run_quickly(*words)
    assert (result.code, result.out) == (2, "")
    assert result.err == said + "\n"
