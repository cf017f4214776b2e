"""What are the fewest of some candidates that together have everything that is wanted?

Greedy first, which bounds how many are needed; then branch and bound over the wanted thing that the fewest candidates
have, within a budget. The set cover problem: R. M. Karp, "Reducibility among combinatorial problems" (1972).
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.budget import Budget, OutOfSteps
from engine.meaning.spaces.areas import bits


def fewest(wanted: int, candidates: Sequence[int], budget: Budget) -> tuple[tuple[int, ...], bool]:
    """The places of the candidates chosen, and whether fewer are proved not to do; all sets are bit masks.

    Every wanted thing must be had by some candidate.
    """
    useful = _undominated(wanted, candidates)
    best = _greedy(wanted, useful)
    try:
        best = _search(wanted, useful, best, budget)
    except _Better as found:
        return found.chosen, False
    return best, True


class _Better(Exception):
    """The budget ended; this is the best that was found."""

    def __init__(self, chosen: tuple[int, ...]) -> None:
        self.chosen = chosen


def _undominated(wanted: int, candidates: Sequence[int]) -> dict[int, int]:
    """Place to what a candidate has of what is wanted, without those of which another one has as much."""
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


def _search(wanted: int, candidates: dict[int, int], best: tuple[int, ...], budget: Budget) -> tuple[int, ...]:
    """The best choice there is: what is left is looked at from the thing that the fewest candidates have."""
    having = {each: [place for place, has in candidates.items() if has >> each & 1] for each in bits(wanted)}
    waiting: list[tuple[int, tuple[int, ...]]] = [(wanted, ())]
    while waiting:
        left, chosen = waiting.pop()
        if not left:
            if len(chosen) < len(best):
                best = chosen
            continue
        try:
            budget.spend()
        except OutOfSteps:
            raise _Better(best) from None
        if len(chosen) + _at_least(left, candidates, having) >= len(best):
            continue
        rarest = min(bits(left), key=lambda each: (len(having[each]), each))
        ways = sorted(having[rarest], key=lambda place: ((candidates[place] & left).bit_count(), -place))
        waiting += [(left & ~candidates[place], (*chosen, place)) for place in ways]
    return best


def _at_least(left: int, candidates: dict[int, int], having: dict[int, list[int]]) -> int:
    """So many candidates are needed at least: things no two of which one candidate has need one each."""
    many = 0
    while left:
        rarest = min(bits(left), key=lambda each: (len(having[each]), each))
        many += 1
        for place in having[rarest]:
            left &= ~candidates[place]
        left &= ~(1 << rarest)
    return many
