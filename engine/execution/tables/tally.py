"""How many records of a table got which verdict, and how many got none?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from engine.frozen import FrozenDict, frozen_value
from engine.threads import ForkLock


@frozen_value
class Tally:
    """What became of a table: how many rows it has, how many got each verdict, and how many none.

    Those with a `wrong` value and those that are `impossible` are rejected.
    """

    rows: int
    verdicts: FrozenDict[str, int]
    undecided: int
    impossible: int
    wrong: int

    @property
    def rejected(self) -> int:
        return self.impossible + self.wrong

    @property
    def is_whole(self) -> bool:
        """Whether every row got a verdict."""
        return not self.undecided and not self.rejected

    def to_dict(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "verdicts": dict(self.verdicts),
            "undecided": self.undecided,
            "rejected": self.rejected,
            "impossible": self.impossible,
            "wrong": self.wrong,
        }


class Tallying:
    """Counts rows by verdict and by problem, in any number of threads; `told` hears of how many there are so far."""

    def __init__(self, verdicts: Iterable[str], told: Callable[[int], None] = lambda rows: None) -> None:
        self._verdicts = dict.fromkeys(verdicts, 0)
        self._problems: Counter[str] = Counter()
        self._rows = 0
        self._told = told
        self._lock = ForkLock()

    def add(self, rows: int, verdicts: Iterable[tuple[str, int]], problems: Iterable[tuple[str, int]]) -> None:
        """So many rows more, of which so many got each verdict, and so many each problem."""
        with self._lock:
            self._rows += rows
            for verdict, many in verdicts:
                self._verdicts[verdict] += many
            for problem, many in problems:
                self._problems[problem.partition(":")[0]] += many
            self._told(self._rows)

    def tally(self) -> Tally:
        kinds = ("undecided", "impossible", "wrong")
        return Tally(self._rows, FrozenDict(self._verdicts), *(self._problems[kind] for kind in kinds))
