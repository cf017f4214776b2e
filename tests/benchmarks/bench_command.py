"""How much of `verdict check`, from the file to what it prints, is not the proof?

The command runs in a process of its own. Another small process starts it and reads off what it took, since the memory
of a process that is started counts from that of the one that starts it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import Policy, check
from tests.benchmarks.conftest import Comparison
from tests.benchmarks.support.proving import counted
from tests.benchmarks.support.rows import GIB, timed
from tests.support.making.tables import Table, write_csv, write_yaml

_KILO = 1 if sys.platform == "darwin" else 1024
_STARTER = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
seconds = time.perf_counter() - began
print(json.dumps([code, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


class _Runs:
    """Runs of the command: a clock that is the processor time of all of them, and what the last one took."""

    def __init__(self) -> None:
        self.spent = self.wall = 0.0
        self.memory = 0

    def clock(self) -> float:
        return self.spent

    def check(self, path: Path) -> None:
        words = [sys.executable, "-c", _STARTER, sys.executable, "-m", "engine", "check", str(path)]
        root = Path(__file__).parents[2]
        done = subprocess.run(words, cwd=root, check=True, capture_output=True, text=True)
        code, self.wall, spent, peak = json.loads(done.stdout)
        assert code == 0, done.stderr
        self.spent += spent
        self.memory = peak * _KILO


_runs = _Runs()


@pytest.mark.benchmark(timer=_runs.clock)
@pytest.mark.parametrize(("write", "most"), [(write_csv, 3), (write_yaml, 6)])
def test_check_of_a_large_file(
    ours: Comparison,
    tmp_path: Path,
    sound_table: Table,
    sound_policy: Policy,
    bare: tuple[float, float],
    write: Callable[[Table, Path], Path],
    most: float,
) -> None:
    """Ten thousand rows over twenty columns, as CSV and as YAML."""
    path = write(sound_table, tmp_path)
    ours.measure(lambda: _runs.check(path), rounds=1)
    form = "CSV" if write is write_csv else "YAML"
    work = f"10,000 x 20, sound: `verdict check` of {form} ({_runs.wall:.2g} s by the clock)"
    ours.beside(work, "the bare proof", bare[0], _runs.memory, most=most, most_memory=2 * GIB)
    ours.beside(work, "`check` once it is loaded", bare[1], _runs.memory)


@pytest.fixture(scope="module")
def bare(sound_policy: Policy) -> tuple[float, float]:
    """The seconds of the bare proof with exact counts, and of all that `check` does, of the loaded policy."""
    return min(timed(lambda: counted(sound_policy))[0] for _ in range(3)), timed(lambda: check(sound_policy))[0]
