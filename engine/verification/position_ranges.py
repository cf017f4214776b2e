"""Which values of one thing are left? As ranges of positions, with the few operations on them that verifying takes.

A part is sorted ranges that neither overlap nor touch, so that equal parts are equal values. A position is a whole
number: the place of a choice, 0 and 1 for no and yes, a place on a grid. A continuous number has no neighbours; the
ends of its ranges are pairs of the number and a side, 0 for the number itself, 1 just above it, -1 just below it.
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
    """The next end up (1) or down (-1): where the range begins that a range leaves, or ends that comes before it."""
    return (end[0], end[1] + by) if isinstance(end, tuple) else end + by


def joined(ranges: Iterable[Range]) -> Part:
    """The part that ranges make up together."""
    found: list[Range] = []
    for low, high in sorted(ranges):
        if found and low <= beside(found[-1][1], 1):
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def meet(one: Part, other: Part) -> Part:
    """What two parts have in common."""
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
    """What is in a part and not in another."""
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
    """The ranges that a part falls into where a new one begins at each of these ends."""
    cuts = sorted(set(starts))
    for low, high in whole:
        for start in cuts:
            if low < start <= high:
                yield low, beside(start, -1)
                low = start
        yield low, high


def is_partition(parts: Iterable[Part], whole: Part) -> bool:
    """Whether parts have nothing in common, and together are the whole."""
    ranges = sorted(each for part in parts for each in part)
    apart = all(one[1] < other[0] for one, other in pairwise(ranges))
    return apart and joined(ranges) == whole
