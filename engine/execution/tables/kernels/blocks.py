"""How is a large table decided block by block, on every core where that pays?"""

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

# Rows in a block, at least and at most. Where a step takes microseconds for fewer rows, threads would wait for one
# another more than they work; of texts and lookups, few rows are work enough.
_QUICK, _SLOW = (1 << 21, 6_000_000), (1 << 17, 1 << 19)


def decide_blocks(
    decider: RowDecider,
    rows: int,
    arrays: Callable[[int, int], Mapping[str, pa.Array]],
    made: Callable[[TableVerdicts], T],
) -> list[T]:
    """What is `made` of the verdicts of each block, in the order of the rows; one block at least.

    `arrays` gives the fields' columns from one row on, for so many rows. Both are called by several threads.
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
    """How many rows to a block, so that every core has as much to do."""
    turns = max(ceil(rows / (most * cores)), 1)
    return max(ceil(rows / (turns * cores)), least)
