"""How is a large table decided block by block, on every core, and put together again?"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from engine.execution.row_decider import RowDecider
from engine.execution.table_verdicts import Coded, Verdicts

# A multiple of eight, so that bits are put together byte by byte; its bits fit in a core's own cache.
BLOCK = 1 << 20


def decide_blocks(decider: RowDecider, rows: int, arrays: Callable[[int, int], Mapping[str, pa.Array]]) -> Verdicts:
    """The verdicts of so many rows; `arrays` gives the fields' columns from one row on, for so many rows."""
    starts = range(0, rows, BLOCK)

    def decide(start: int) -> Verdicts:
        many = min(BLOCK, rows - start)
        return decider.decide(arrays(start, many), many)

    decider.expect(rows)
    if len(starts) <= 1:
        return decider.decide(arrays(0, rows), rows)
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        return _together(list(workers.map(decide, starts)))


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
