"""Sets of positions of one subject as sorted ranges, with the set operations that verification needs.

A part is a tuple of sorted, disjoint ranges that do not touch, so that equal sets are equal values. A position is an
integer: the index of a choice, 0 and 1 for no and yes, a grid position. For a continuous number the ends of ranges are
pairs of the number and a side: 0 for the number itself, 1 for just above it, -1 for just below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import inf
from typing import Any, TypeAlias

End: TypeAlias = Any
Range = tuple[End, End]
Part = tuple[Range, ...]

LEAST, MOST = -inf, inf


def beside(end: End, by: int) -> End:
    """Return the end just above (`by` 1) or just below (`by` -1) an end: the nearest end outside its range."""
    return (end[0], end[1] + by) if isinstance(end, tuple) else end + by


def union(ranges: Iterable[Range]) -> Part:
    """Return the union of ranges as a part."""
    found: list[Range] = []
    for low, high in sorted(ranges):
        if found and low <= beside(found[-1][1], 1):
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def intersect(one: Part, other: Part) -> Part:
    """Return the intersection of two parts."""
    found = []
    first = second = 0
    while first < len(one) and second < len(other):
        low, high = one[first]
        start, end = other[second]
        low, last = max(low, start), min(high, end)
        if low <= last:
            found.append((low, last))
        if high < end:
            first += 1
        else:
            second += 1
    return tuple(found)


def minus(part: Part, other: Part) -> Part:
    """Return the difference of two parts: what is in `part` and not in `other`."""
    found = []
    for low, high in part:
        covered = False
        for start, end in other:
            if end < low or start > high:
                continue
            if start > low:
                found.append((low, beside(start, -1)))
            covered = end >= high
            if covered:
                break
            low = beside(end, 1)
        if not covered:
            found.append((low, high))
    return tuple(found)


def pieces(whole: Part, starts: Iterable[End]) -> Iterator[Range]:
    """Cut a part at each of these starts, and iterate over the resulting ranges in order."""
    cuts = sorted(set(starts))
    for low, high in whole:
        for start in cuts:
            if low < start <= high:
                yield low, beside(start, -1)
                low = start
        yield low, high


def is_partition(parts: Iterable[Part], whole: Part) -> bool:
    """Whether parts are disjoint and their union is `whole`."""
    ranges = sorted(each for part in parts for each in part)
    apart = all(one[1] < other[0] for one, other in pairwise(ranges))
    return apart and union(ranges) == whole
