"""Which are the smallest sets of things for which something holds that more things can only help?

Two questions about a verdict are of this kind: which of the answers given are enough for it, and which of them would
have to change for another. Every set that does not hold is grown until it would hold with anything more; of what it
then lacks every set that holds has something. The smallest sets that have something of each are tried, until they hold.

R. Reiter, "A theory of diagnosis from first principles" (Artificial Intelligence 32, 1987); the smallest first: A.
Ignatiev, A. Previti, M. Liffiton, J. Marques-Silva, "Smallest MUS extraction with minimal hitting set dualization"
(CP 2015).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from engine.budget import OutOfSteps

Names = frozenset[str]
# Nobody looks at more, and there may be millions.
_MOST_SETS = 1_000


class Smallest(NamedTuple):
    """The sets of fewest names that hold, in order; whether fewer are proved not to do, and whether these are all."""

    sets: tuple[tuple[str, ...], ...]
    minimal: bool
    complete: bool


def find_smallest(names: Sequence[str], holds: Callable[[Names], bool]) -> Smallest | None:
    """The smallest sets of names that hold; None where not even all of them do.

    `holds` may raise `OutOfSteps`. Then the smallest set found until then is given, and said not to be minimal.
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
    def __init__(self, names: Sequence[str], holds: Callable[[Names], bool]) -> None:
        self.names = names
        self.holds = holds
        self.ended = False
        self._lacking: list[Names] = []

    def of_size(self, size: int) -> list[Names]:
        """All sets of so many names that hold, where none of fewer does."""
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
        """What a set lacks that does not hold, and would with any one name more."""
        for name in self.names:
            if name not in names and not self.holds(names | {name}):
                names = names | {name}
        return frozenset(self.names) - names

    def _hitting(self, size: int) -> Iterator[Names]:
        """Sets of at most so many names that have one of each set that is lacking, each once."""
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
        if found:
            sets = [tuple(name for name in self.names if name in each) for each in found]
            in_order = sorted(sets, key=lambda each: [self.names.index(name) for name in each])
            return Smallest(tuple(in_order), minimal=True, complete=not self.ended)
        return Smallest((self._reduced(),), minimal=False, complete=False)

    def _reduced(self) -> tuple[str, ...]:
        """A set that holds, with names left out one by one as long as the steps allow."""
        kept = list(self.names)
        for name in reversed(self.names):
            fewer = [each for each in kept if each != name]
            try:
                if self.holds(frozenset(fewer)):
                    kept = fewer
            except OutOfSteps:
                continue
        return tuple(kept)
