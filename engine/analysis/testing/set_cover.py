"""Minimum set cover: the fewest candidates that together have every wanted item.

A greedy cover gives an upper bound; branch and bound then branches on the rarest wanted item, within a budget. Set
cover: R. M. Karp, "Reducibility among combinatorial problems" (1972).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.budget import Budget, OutOfSteps
from engine.meaning.spaces.areas import bits


def fewest(wanted: int, candidates: Sequence[int], budget: Budget) -> tuple[tuple[int, ...], bool]:
    """Return the indices of the chosen candidates, and whether no smaller choice is proved to exist.

    `wanted` and the candidates are bit masks of items; every wanted item must be in some candidate.
    """
    useful = _undominated(wanted, candidates)
    best = _greedy(wanted, useful)
    try:
        for smaller in _search(wanted, useful, len(best), budget):
            best = smaller
    except OutOfSteps:
        return best, False
    return best, True


def _undominated(wanted: int, candidates: Sequence[int]) -> dict[int, int]:
    """Map the index of each candidate to its wanted items, without candidates that another one includes."""
    found: dict[int, int] = {}
    for place in sorted(range(len(candidates)), key=lambda each: (-(candidates[each] & wanted).bit_count(), each)):
        has = candidates[place] & wanted
        if has and not any(has & ~other == 0 for other in found.values()):
            found[place] = has
    return found


def _greedy(wanted: int, candidates: dict[int, int]) -> tuple[int, ...]:
    chosen = []
    while wanted:
        place = max(candidates, key=lambda each: ((candidates[each] & wanted).bit_count(), -each))
        chosen.append(place)
        wanted &= ~candidates[place]
    return tuple(chosen)


def _search(wanted: int, candidates: dict[int, int], most: int, budget: Budget) -> Iterator[tuple[int, ...]]:
    """Iterate over ever smaller covers, of fewer than `most` candidates, by branch and bound on the rarest item left.

    The last one is a minimum cover; raises `OutOfSteps` if that is not found within the budget.
    """
    having = {each: [place for place, has in candidates.items() if has >> each & 1] for each in bits(wanted)}
    waiting: list[tuple[int, tuple[int, ...]]] = [(wanted, ())]
    while waiting:
        left, chosen = waiting.pop()
        if not left and len(chosen) < most:
            most = len(chosen)
            yield chosen
        if not left:
            continue
        budget.spend()
        if len(chosen) + _at_least(left, candidates, having) >= most:
            continue
        rarest = min(bits(left), key=lambda each: (len(having[each]), each))
        ways = sorted(having[rarest], key=lambda place: ((candidates[place] & left).bit_count(), -place))
        waiting += [(left & ~candidates[place], (*chosen, place)) for place in ways]


def _at_least(left: int, candidates: dict[int, int], having: dict[int, list[int]]) -> int:
    """Lower bound: items that share no candidate each need one of their own."""
    many = 0
    while left:
        rarest = min(bits(left), key=lambda each: (len(having[each]), each))
        many += 1
        for place in having[rarest]:
            left &= ~candidates[place]
        left &= ~(1 << rarest)
    return many
