"""Minimum sets that satisfy a monotone predicate, by implicit hitting sets.

Two queries about a verdict have this form: which answers suffice for it, and which would have to change for another.
Every set that fails is grown until any further name would satisfy the predicate; every set that satisfies it must then
contain one of the names that are missing. The smallest sets that hit all of these are tried until one satisfies it.

R. Reiter, "A theory of diagnosis from first principles" (Artificial Intelligence 32, 1987); smallest first: A.
Ignatiev, A. Previti, M. Liffiton, J. Marques-Silva, "Smallest MUS extraction with minimal hitting set dualization" (CP
2015).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from engine.budget import OutOfSteps, attempt
from engine.frozen import NamedTuple

Names = frozenset[str]
# Nobody reads more, and there may be millions.
_MOST_SETS = 1_000


class Smallest(NamedTuple):
    """The sets found, in order; whether they are proved to be minimum, and whether they are all minimum sets."""

    sets: tuple[tuple[str, ...], ...]
    minimal: bool
    complete: bool


def find_smallest(names: Sequence[str], holds: Callable[[Names], bool]) -> Smallest | None:
    """Find all minimum sets of names that satisfy a monotone predicate.

    Args:
        names: All names; their order is that of the results.
        holds: The predicate; it may raise `OutOfSteps`.

    Returns:
        The sets; None if not even all names together satisfy the predicate. If the steps run out before a minimum set
            is
        found, a single set that satisfies it (all names at worst), with `minimal` false.
    """
    search = _Search(names, holds)
    try:
        if not holds(frozenset(names)):
            return None
    except OutOfSteps:
        return Smallest((tuple(names),), minimal=False, complete=False)
    for size in range(len(names) + 1):
        found = search.of_size(size)
        if found or search.ended:
            return search.result(found)
    raise AssertionError("all names together hold, and no set of them does")


class _Search:
    """The search for minimum sets; `ended` is set when the steps run out or too many sets are found."""

    def __init__(self, names: Sequence[str], holds: Callable[[Names], bool]) -> None:
        self.names = names
        self.holds = holds
        self.ended = False
        self._lacking: list[Names] = []

    def of_size(self, size: int) -> list[Names]:
        """Return the sets of this size that satisfy the predicate, given that no smaller set does."""
        found: dict[Names, None] = {}
        try:
            while len(found) < _MOST_SETS:
                candidate = next((each for each in self._hitting(size) if each not in found), None)
                if candidate is None:
                    return list(found)
                if self.holds(candidate):
                    found[candidate] = None
                else:
                    self._lacking.append(self._grown(candidate))
        except OutOfSteps:
            pass
        self.ended = True
        return list(found)

    def _grown(self, names: Names) -> Names:
        """Grow a set that fails to a maximal one, and return the names that it lacks."""
        for name in self.names:
            if name not in names and not self.holds(names | {name}):
                names = names | {name}
        return frozenset(self.names) - names

    def _hitting(self, size: int) -> Iterator[Names]:
        """Iterate over sets of at most `size` names that hit every set of lacking names, without repetition."""
        waiting: list[tuple[Names, Names]] = [(frozenset(), frozenset())]
        while waiting:
            chosen, left_out = waiting.pop()
            missed = next((each for each in self._lacking if not each & chosen), None)
            if missed is None:
                yield chosen
            elif len(chosen) < size:
                some = [name for name in self.names if name in missed and name not in left_out]
                ways = [(chosen | {name}, left_out | set(some[:place])) for place, name in enumerate(some)]
                waiting += reversed(ways)

    def result(self, found: list[Names]) -> Smallest:
        """Return the sets as the result; if there are none, one set reduced as far as the steps allow."""
        if found:
            sets = [tuple(name for name in self.names if name in each) for each in found]
            in_order = sorted(sets, key=lambda each: [self.names.index(name) for name in each])
            return Smallest(tuple(in_order), minimal=True, complete=not self.ended)
        return Smallest((self._reduced(),), minimal=False, complete=False)

    def _reduced(self) -> tuple[str, ...]:
        """Remove names one by one from the whole while the rest satisfies the predicate, as long as the steps allow."""
        kept = list(self.names)
        for name in reversed(self.names):
            fewer = [each for each in kept if each != name]
            if attempt(self.holds, frozenset(fewer)):
                kept = fewer
        return tuple(kept)
