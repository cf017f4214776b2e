"""How long does a proof take, and how much memory, where its steps end? The worst of many kinds of hostile policy.

Each kind is checked in a process of its own, so that its memory is its own too. Processor time, not time on the clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import engine
from tests.support.making.hostile import LARGE

ROOT = Path(engine.__file__).parent.parent
# In seconds and megabytes; on the machine that the prices were set on the dearest take 19 and 490.
MOST_SECONDS, MOST_MEMORY = 25, 1_000
WORK = """
import resource, sys
from engine import check, load
from tests.support.making.hostile import KINDS, LARGE
kind = sys.argv[1]
check(load(KINDS[kind][0](*LARGE[kind])))
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


@pytest.mark.parametrize("kind", LARGE)
def test_hostile(benchmark: Any, kind: str) -> None:
    """One policy, read and checked with the steps that a proof has by default."""

    def checked() -> tuple[float, float]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        words = [sys.executable, "-c", WORK, kind]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=600, check=True)
        seconds, memory = map(float, done.stdout.split())
        return seconds, memory

    seconds, memory = benchmark.pedantic(checked)
    benchmark.extra_info.update(seconds=round(seconds, 1), megabytes=round(memory))
    assert seconds <= MOST_SECONDS
    assert memory <= MOST_MEMORY
