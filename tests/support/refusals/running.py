"""How does a test know that a run was not endless, and small? By the processor's time, with room for slow machines."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.support.running import Result, run

# What is slow is a matter of the benchmarks: this stops only what would not end.
LONGEST_SECONDS = 60.0
MOST_MEMORY = 500 * 2**20

# Runs the command line and writes the seconds it computed and the most memory it held into the file that TAKEN names.
# The process asks itself: what its parent is told of it (ru_maxrss) begins at the memory of the parent.
_MEASURED = """
import atexit, os, re, resource, sys, time
def note():
    try:
        held = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) * 1024
    except OSError:
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    open(os.environ["TAKEN"], "w").write(f"{time.process_time()} {held}")
atexit.register(note)
from engine.surfaces.cli.command import main
sys.argv[0] = "verdict"
main()
"""


class Measured(NamedTuple):
    """What a run in a process of its own gave, and what it took: computing seconds, and the most bytes held at once."""

    result: Result
    seconds: float
    memory: int


def run_quickly(*words: str, stdin: bytes = b"") -> Result:
    """`verdict` with these words in this process and this folder; fails where it takes too long."""
    begun = time.process_time()
    result = run(*words, stdin=stdin)
    seconds = time.process_time() - begun
    assert seconds < LONGEST_SECONDS, f"verdict {' '.join(words)} took {seconds:.1f} s"
    return result


def measured(folder: Path, *words: str, stdin: bytes = b"") -> Measured:
    """`verdict` with these words in a process of its own, in `folder`; stopped where it takes far too long."""
    taken = folder / "taken"
    environment = {**os.environ, "TAKEN": str(taken), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *words],
        cwd=folder,
        env=environment,
        input=stdin,
        capture_output=True,
        timeout=4 * LONGEST_SECONDS,
        check=False,
    )
    seconds, memory = taken.read_text().split()
    return Measured(Result(done.stdout.decode(), done.stderr.decode(), done.returncode), float(seconds), int(memory))
