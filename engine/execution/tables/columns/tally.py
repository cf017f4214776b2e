"""How many records of a table got which verdict, and how many got none?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

from engine.frozen import FrozenDict, frozen_value
from engine.language.documents.text import shorten
from engine.language.model.field_kinds import Field
from engine.language.model.values import expected
from engine.threads import ForkLock


class NearCount(NamedTuple):
    """So many rows answer a field with a text that seems to be meant for a known one."""

    field: str
    text: str
    known: str
    rows: int


# Is told of the texts of some rows that are like known ones.
Noted: TypeAlias = Callable[[Iterable[NearCount]], None]


@frozen_value
class RefusedExample:
    """A wrong value of a field: the value as it stands there, and what is wrong with it."""

    field: str
    value: str
    reason: str


def wrong_value(field: Field, value: str, said: str) -> RefusedExample:
    """A wrong value with what was expected, and what else is `said` of it, such as what was probably meant."""
    words = f"expected {expected(field)}"
    # What is said may begin with what was expected, and goes on with more.
    reason = said if said.startswith(words) else f"{words}; {said}" if said else words
    return RefusedExample(field.name, shorten(value), reason)


@frozen_value
class WrongField:
    """How many records have a wrong value of a field, with one of them; there may be none to show."""

    records: int
    example: RefusedExample | None

    def to_dict(self) -> dict[str, Any]:
        example = self.example
        return {
            "records": self.records,
            "example": example and example.value,
            "reason": example and example.reason,
        }


@frozen_value
class Tally:
    """What became of a table: how many rows it has, how many got each verdict, and how many none.

    Those with a `wrong` value and those that are `impossible` are rejected; `wrong_fields` tells which values are
    wrong. The fields `without_column` are not answered in any row. `notes` say what was not refused, but may not be
    meant.
    """

    rows: int
    verdicts: FrozenDict[str, int]
    undecided: int
    impossible: int
    wrong: int
    notes: tuple[str, ...] = ()
    wrong_fields: FrozenDict[str, WrongField] = FrozenDict({})
    without_column: tuple[str, ...] = ()

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
            "notes": list(self.notes),
            "wrong_fields": {name: field.to_dict() for name, field in self.wrong_fields.items()},
            "fields_without_column": list(self.without_column),
        }


class Tallying:
    """Counts rows by verdict and by problem, in any number of threads; `told` hears of how many there are so far."""

    def __init__(self, verdicts: Iterable[str], told: Callable[[int], None] = lambda rows: None) -> None:
        self._verdicts = dict.fromkeys(verdicts, 0)
        self._problems: Counter[str] = Counter()
        self._near: Counter[tuple[str, str, str]] = Counter()
        self._wrong: Counter[str] = Counter()
        self._examples: dict[str, RefusedExample] = {}
        self._without: tuple[str, ...] = ()
        self._rows = 0
        self._told = told
        self._lock = ForkLock()

    def answer(self, without_column: Iterable[str]) -> None:
        """These fields have no column."""
        self._without = tuple(without_column)

    def add(
        self,
        rows: int,
        verdicts: Iterable[tuple[str, int]],
        problems: Iterable[tuple[str, int]],
        examples: Iterable[RefusedExample] = (),
    ) -> None:
        """So many rows more, of which so many got each verdict, and so many each problem; with some wrong values."""
        with self._lock:
            self._rows += rows
            for verdict, many in verdicts:
                self._verdicts[verdict] += many
            for problem, many in problems:
                kind, _, fields = problem.partition(": ")
                self._problems[kind] += many
                for field in fields.split(", ") if fields else ():
                    self._wrong[field] += many
            for example in examples:
                self._examples.setdefault(example.field, example)
            self._told(self._rows)

    def note(self, near: Iterable[NearCount]) -> None:
        """So many rows more with texts that are like known ones."""
        with self._lock:
            for field, text, known, rows in near:
                self._near[field, text, known] += rows

    def tally(self) -> Tally:
        undecided, impossible, wrong = (self._problems[kind] for kind in ("undecided", "impossible", "wrong"))
        fields = {name: WrongField(many, self._examples.get(name)) for name, many in self._wrong.items() if many}
        return Tally(
            self._rows,
            FrozenDict(self._verdicts),
            undecided,
            impossible,
            wrong,
            tuple(_notes(NearCount(*each, rows) for each, rows in self._near.items())),
            FrozenDict(fields),
            self._without,
        )


def _notes(near: Iterable[NearCount]) -> Iterator[str]:
    """What to tell whoever answered so: of each field how many answers, and the most frequent one."""
    for field, found in groupby(sorted(near), lambda each: each.field):
        each = list(found)
        rows = sum(many.rows for many in each)
        most = min(each, key=lambda many: (-many.rows, many))
        are, count = ("are", "count") if rows > 1 else ("is", "counts")
        answers = f"{rows:,} answer{'s' if rows > 1 else ''} to `{field}` {are} written unlike the known text"
        example = f"such as `{shorten(most.text)}` for `{shorten(most.known)}`"
        yield f"{answers}, {example}, and {count} as a text that no rule names"
