"""How long does the command take that decides one situation, beside a Python that does nothing?

A small process starts them in turns: ours, the others, ours again. All of them find their modules compiled.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

from tests.benchmarks.conftest import Comparison

_KILO = 1 if sys.platform == "darwin" else 1024
_ROUNDS = 30
_NOTHING = ("-c", "pass")
_IMPORTS = ("-c", "import yaml, click, jsonschema")
_VERDICT = str(Path(sys.executable).with_name("verdict"))
_WHOLE = {
    "offer": "made",
    "start_date": True,
    "acceptance": "none",
    "title": True,
    "money": False,
    "responsibility": True,
    "good_enough": False,
    "other_offers": 1,
    "confident_and_polite": True,
    "honest": True,
    "ready_for_no": True,
}
# Runs each command once, and writes of each its exit code, its processor seconds and the most memory it held.
_STARTER = """
import json, os, subprocess, sys
taken = []
for words in json.loads(sys.argv[1]):
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    taken.append([process.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss])
print(json.dumps(taken))
"""


class _Starts:
    """Starts of the command and of what it is set beside: a clock that is the processor time of the command alone."""

    def __init__(self) -> None:
        self.spent = 0.0
        self.nothing: list[float] = []
        self.imports: list[float] = []
        self.memory = 0

    def clock(self) -> float:
        return self.spent

    def in_turns(self, words: tuple[str, ...]) -> None:
        compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        commands = json.dumps([words, _NOTHING, _IMPORTS])
        done = subprocess.run(
            [sys.executable, "-c", _STARTER, commands], env=compiled, check=True, capture_output=True, text=True
        )
        (code, spent, peak), nothing, imports = json.loads(done.stdout)
        assert code == 0, done.stderr
        self.spent += spent
        self.memory = peak * _KILO
        self.nothing.append(nothing[1])
        self.imports.append(imports[1])


_starts = _Starts()


@pytest.mark.benchmark(timer=_starts.clock)
@pytest.mark.parametrize(
    ("work", "words", "most"),
    [
        ("`import engine`", ("-c", "import engine"), 3.5),
        ("`verdict decide`, one answer", (_VERDICT, "decide", "other-interviews", "--set", "offer=hint"), 7),
        ("`verdict decide`, a whole record", (_VERDICT, "decide", "other-interviews", "whole.json"), 7),
    ],
)
def test_start(
    ours: Comparison,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    work: str,
    words: tuple[str, ...],
    most: float,
) -> None:
    """The flagship, which is read and proved before it decides."""
    (tmp_path / "whole.json").write_text(json.dumps(_WHOLE))
    monkeypatch.chdir(tmp_path)
    _starts.in_turns(words)
    _starts.nothing, _starts.imports = [], []
    ours.measure(lambda: _starts.in_turns(words), rounds=_ROUNDS)
    ours.beside(work, "`python -c pass`", median(_starts.nothing), _starts.memory, most=most)
    ours.beside(work, "importing pyyaml, click and jsonschema", median(_starts.imports), _starts.memory)
