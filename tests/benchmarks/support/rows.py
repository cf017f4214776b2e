"""How is a measurement kept, judged and printed?

A row sets our time beside another way of doing the same work, measured in the same run: the machine may be slow or
busy, the ratio of the two is what counts. Times are processor seconds, so that other programs do not spoil them.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from time import process_time
from typing import Any, TypeVar

T = TypeVar("T")
GIB = 1 << 30


@dataclass(frozen=True)
class Row:
    """Our time for some work beside another; `most` is how many times the other's it may be.

    Where the other was `stopped`, its time is the limit at which it was.
    """

    work: str
    seconds: float
    beside: str
    other: float
    memory: int
    most: float | None = None
    most_memory: int | None = None
    stopped: bool = False

    @property
    def ratio(self) -> float:
        return self.seconds / self.other

    @property
    def reached(self) -> bool:
        """Whether all that is wanted is so."""
        return (self.most is None or self.ratio <= self.most) and self.memory <= (self.most_memory or self.memory)

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio, "reached": self.reached}

    def cells(self) -> tuple[str, ...]:
        """The row as it is printed."""
        wanted = [] if self.most is None else [_times(self.most, "at least ", "at most ")]
        wanted += [] if self.most_memory is None else [f"under {_memory(self.most_memory)}"]
        verdict = "" if not wanted else "reached" if self.reached else "MISSED"
        return (
            self.work,
            _seconds(self.seconds),
            self.beside,
            f"> {_seconds(self.other)}" if self.stopped else _seconds(self.other),
            ("> " if self.stopped and self.ratio < 1 else "") + _times(self.ratio),
            ", ".join(wanted),
            _memory(self.memory),
            verdict,
        )


HEAD = ("work", "ours", "beside", "that", "ratio", "wanted", "memory", "")


@dataclass(frozen=True)
class Growth:
    """How long a proof took for a table of some size; no nodes where it was not found within the steps."""

    kind: str
    rules: int
    columns: int
    seconds: float
    nodes: int | None


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines in columns as wide as they need to be."""
    lines = [tuple(head), *map(tuple, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (lines[0], tuple("-" * width for width in widths), *lines[1:])
    ]


def growth_lines(found: Iterable[Growth]) -> list[str]:
    """The tables by kind and number of rules, a column for each number of fields: seconds, and nodes of the tree."""
    found = list(found)
    widths = sorted({each.columns for each in found})
    by_size = {(each.kind, each.rules, each.columns): each for each in found}
    rows = [
        (kind, f"{rules:,}", *(_growth(by_size.get((kind, rules, columns))) for columns in widths))
        for kind, rules in dict.fromkeys((each.kind, each.rules) for each in found)
    ]
    return table(("tables", "rules", *(f"{columns} fields" for columns in widths)), rows)


def _growth(each: Growth | None) -> str:
    if each is None:
        return ""
    nodes = "not within the steps" if each.nodes is None else f"{each.nodes:,} nodes"
    return f"{_seconds(each.seconds)} ({nodes})"


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """The processor seconds of some work, and what it gives."""
    gc.collect()
    began = process_time()
    found = work()
    return process_time() - began, found


def peak_memory(work: Callable[[], object]) -> int:
    """The most bytes that some work holds at once, beyond what was there before; it takes longer meanwhile."""
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _seconds(seconds: float) -> str:
    if seconds < 0.0995:
        return f"{seconds * 1000:.2g} ms"
    return f"{seconds:,.0f} s" if seconds >= 99.5 else f"{seconds:.2g} s"


def _times(ratio: float, faster: str = "", slower: str = "") -> str:
    if ratio == 1:
        return "faster"
    return f"{faster}{_short(1 / ratio)}x faster" if ratio < 1 else f"{slower}{_short(ratio)}x slower"


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 9.95 else f"{number:.2g}"


def _memory(size: int) -> str:
    return f"{size / GIB:.2g} GiB" if size >= GIB else f"{size / (1 << 20):.3g} MiB"
