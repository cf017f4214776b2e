"""Parallel decisions of large tables, block by block."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from typing import TypeVar

import pyarrow as pa

from engine.execution.tables.kernels.row_decider import RowDecider
from engine.execution.tables.kernels.table_verdicts import TableVerdicts

T = TypeVar("T")

# The minimum and maximum number of rows in a block. If a step takes microseconds, smaller blocks make threads wait for
# each other; texts and lookups take longer, so small blocks suffice.
_QUICK, _SLOW = (1 << 21, 6_000_000), (1 << 17, 1 << 19)


def decide_blocks(
    decider: RowDecider,
    rows: int,
    arrays: Callable[[int, int], Mapping[str, pa.Array]],
    made: Callable[[TableVerdicts], T],
) -> list[T]:
    """Decide a table in blocks, on all cores if it is large.

    Args:
        decider: The policy.
        rows: The number of rows.
        arrays: Returns the columns of the fields, given the first row and the number of rows. Called from several
            threads.
        made: Converts the verdicts of a block. Called from several threads.

    Returns:
        The converted blocks in order; at least one.
    """
    is_slow = decider.is_slow(array.type for array in arrays(0, 0).values())
    cores = os.cpu_count() or 1
    size = _size(rows, cores, *(_SLOW if is_slow else _QUICK))

    def decide(start: int) -> T:
        many = min(size, rows - start)
        return made(decider.decide(arrays(start, many), many))

    decider.expect(rows)
    if rows <= size:
        return [decide(0)]
    with ThreadPoolExecutor(cores) as workers:
        return list(workers.map(decide, range(0, rows, size)))


def _size(rows: int, cores: int, least: int, most: int) -> int:
    """The number of rows in a block, so that all cores get equal work."""
    turns = max(ceil(rows / (most * cores)), 1)
    return max(ceil(rows / (turns * cores)), least)
