"""How is a large table decided block by block, on every core where that pays, and put together again?"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from engine.execution.tables.row_decider import RowDecider
from engine.execution.tables.table_verdicts import Coded, Verdicts

# Rows in a block, multiples of eight, so that bits are put together byte by byte. Steps that take some microseconds
# are done by one thread, as threads would wait for one another more than they work.
_QUICK, _SLOW = 1 << 21, 1 << 19


def decide_blocks(decider: RowDecider, rows: int, arrays: Callable[[int, int], Mapping[str, pa.Array]]) -> Verdicts:
    """The verdicts of so many rows; `arrays` gives the fields' columns from one row on, for so many rows."""
    is_slow = decider.is_slow(array.type for array in arrays(0, 0).values())
    size = _SLOW if is_slow else _QUICK

    def decide(start: int) -> Verdicts:
        many = min(size, rows - start)
        return decider.decide(arrays(start, many), many)

    decider.expect(rows)
    if rows <= size:
        return decide(0)
    if not is_slow:
        return _together([decide(start) for start in range(0, rows, size)])
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        return _together(list(workers.map(decide, range(0, rows, size))))


def _together(parts: Sequence[Verdicts]) -> Verdicts:
    planes = zip(*(part.planes for part in parts), strict=True)
    return Verdicts(
        rows=sum(part.rows for part in parts),
        names=parts[0].names,
        planes=tuple(np.concatenate(each) for each in planes),
        decided=np.concatenate([part.decided for part in parts]),
        many=tuple(map(sum, zip(*(part.many for part in parts), strict=True))),
        problem=_coded([(part.problem, part.rows) for part in parts]),
        rules=_coded([(part.rules, part.rows) for part in parts]),
    )


def _coded(parts: Sequence[tuple[Coded | None, int]]) -> Coded | None:
    if all(part is None for part, _ in parts):
        return None
    texts: dict[str, int] = {}
    codes = []
    for part, rows in parts:
        if part is None:
            codes.append(np.full(rows, -1, np.int32))
            continue
        # One more place than there are texts: -1, for none, is the last.
        places = np.array([*(texts.setdefault(text, len(texts)) for text in part.texts), -1], np.int32)
        codes.append(places[part.codes])
    return Coded(np.concatenate(codes), tuple(texts))
