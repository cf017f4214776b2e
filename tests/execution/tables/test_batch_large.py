"""Does the memory of `verdict batch` stay the same however long the file is?

A hundred million records are written in blocks and decided by the command itself, whose most memory the system tells.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from engine import load
from tests.support.making.records_made import write_csv, write_parquet

ROOT = Path(__file__).parents[3]
GIB = 1 << 30


def _most_memory(source: Path, target: Path) -> int:
    """The most memory, in bytes, that the command has at a time."""
    words = [sys.executable, "-m", "engine", "batch", "other-interviews", str(source), "-o", str(target), "-q"]
    # A process of its own: the system keeps the most of any child that has ended.
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); " + (
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # Polars, which is imported here, tells its own children how to keep memory.
    environment.pop("_RJEM_MALLOC_CONF", None)
    told = subprocess.run(
        [sys.executable, "-c", code, *words], env=environment, check=True, capture_output=True, text=True
    )
    return int(told.stdout) * 1024


@pytest.mark.search
def test_a_hundred_million_records_take_no_more_memory_than_ten(tmp_path: Path, tell: Callable[[str], None]) -> None:
    """Parquet: at most 1.3 times as much, and under 2 GiB, with a verdict for every one of them."""
    policy = load("other-interviews")
    memory = {}
    for millions in (10, 100):
        source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
        write_parquet(policy, source, millions * 1_000_000)
        # What the system takes for the same work differs from run to run.
        memory[millions] = max(_most_memory(source, target) for _ in range(2 if millions == 10 else 1))
        assert pq.ParquetFile(target).metadata.num_rows == millions * 1_000_000
    told = ", ".join(f"{millions} million records in {most / GIB:.2f} GiB" for millions, most in memory.items())
    tell(told)
    assert memory[100] <= 1.3 * memory[10]
    assert memory[100] < 2 * GIB


@pytest.mark.search
def test_ten_million_records_of_text_fit_in_little_memory(tmp_path: Path, tell: Callable[[str], None]) -> None:
    """CSV: under 2 GiB."""
    policy = load("other-interviews")
    memory = {}
    for millions in (3, 10):
        source = tmp_path / "in.csv"
        write_csv(policy, source, millions * 1_000_000)
        memory[millions] = _most_memory(source, tmp_path / "out.csv")
    told = ", ".join(f"{millions} million records in {most / GIB:.2f} GiB" for millions, most in memory.items())
    tell(told)
    assert memory[10] < 2 * GIB
