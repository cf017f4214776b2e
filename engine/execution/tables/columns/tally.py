"""Counting the results of a table: rows by verdict, by problem and by wrong field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, TypeAlias

from engine.frozen import FrozenDict, NamedTuple, data_of, frozen_value
from engine.language.documents.text import shorten
from engine.language.model.field_kinds import Field
from engine.language.model.values.value_texts import expected
from engine.threads import ForkLock


class NearCount(NamedTuple):
    """The number of rows that answer a field with a text nearly equal to a known one."""

    field: str
    text: str
    known: str
    rows: int


# Called with near-misses of known texts in some rows.
Noted: TypeAlias = Callable[[Iterable[NearCount]], None]


@frozen_value
class RefusedExample:
    """A wrong value of a field, and the reason."""

    field: str
    value: str
    reason: str


def wrong_value(field: Field, value: str, said: str) -> RefusedExample:
    """A wrong value with what was expected, followed by `said`, such as what was probably meant."""
    words = f"expected {expected(field)}"
    # `said` may already begin with what was expected, or list the answers once more.
    adds = bool(said) and not said.startswith(("there is ", "there are "))
    reason = said if said.startswith(words) else f"{words}; {said}" if adds else words
    return RefusedExample(field.name, shorten(value), reason)


@frozen_value
class WrongField:
    """The number of records with a wrong value of a field, and an example if there is one."""

    records: int
    example: RefusedExample | None

    def to_dict(self) -> dict[str, Any]:
        """The count and example as JSON data."""
        example = self.example
        return {
            "records": self.records,
            "example": example and example.value,
            "reason": example and example.reason,
        }


@frozen_value
class Tally:
    """The results of a table.

    Attributes:
        rows: The number of rows.
        verdicts: The number of rows with each verdict.
        undecided: The number of rows whose verdict depends on missing answers.
        impossible: The number of rows with impossible answers.
        wrong: The number of rows with a wrong value.
        notes: Remarks on accepted values that are probably not meant.
        wrong_fields: For each field, how many of its values are wrong.
        without_column: The fields without a column.
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
        """The number of rows with impossible or wrong answers."""
        return self.impossible + self.wrong

    @property
    def is_whole(self) -> bool:
        """Whether every row got a verdict."""
        return not self.undecided and not self.rejected

    def to_dict(self) -> dict[str, Any]:
        """The results as JSON data."""
        names = ("rows", "verdicts", "undecided", "rejected", "impossible", "wrong", "notes", "wrong_fields")
        return data_of(self, *names) | {"fields_without_column": list(self.without_column)}


class Tallying:
    """Accumulates the results of a table. Thread-safe; `told` is called with the number of rows so far."""

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
        """Record the fields without a column."""
        self._without = tuple(without_column)

    def add(
        self,
        rows: int,
        verdicts: Iterable[tuple[str, int]],
        problems: Iterable[tuple[str, int]],
        examples: Iterable[RefusedExample] = (),
    ) -> None:
        """Add the results of a number of rows: counts of verdicts and problems, and examples of wrong values."""
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
        """Add near-misses of known texts."""
        with self._lock:
            for field, text, known, rows in near:
                self._near[field, text, known] += rows

    def tally(self) -> Tally:
        """The results so far."""
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
    """A note for each field with near-misses: how many, and the most frequent one."""
    for field, found in groupby(sorted(near), lambda each: each.field):
        each = list(found)
        rows = sum(many.rows for many in each)
        most = min(each, key=lambda many: (-many.rows, many))
        are, count = ("are", "count") if rows > 1 else ("is", "counts")
        answers = f"{rows:,} answer{'s' if rows > 1 else ''} to `{field}` {are} written unlike the known text"
        example = f"such as `{shorten(most.text)}` for `{shorten(most.known)}`"
        yield f"{answers}, {example}, and {count} as a text that no rule names"
