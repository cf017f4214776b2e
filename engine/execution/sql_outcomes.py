"""When is an end certain, and when can it still come? A program's ends as conditions in the three-valued logic of SQL.

Where an answer is missing, a comparison is neither true nor false but unknown, and `AND`, `OR` and `NOT` pass that on
exactly as far as it matters: `x OR y` is true as soon as one of the two is, whatever the other would be. So a
condition is built from tests that is *true* just where every way that is open leads to some ends (`certain`), and one
that is *false* just where no way that is open does (`possible`), for whole records and for partial ones alike. In
both, a test that is known leaves one way open, an unknown one leaves both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from engine.execution.program import Program, Test
from engine.meaning.judges import Label


class Literal(NamedTuple):
    """A test that is to hold, or not to."""

    test: Test
    holds: bool


@dataclass(frozen=True)
class Every:
    """All parts are to hold; none at all is what always holds."""

    parts: tuple[Clause, ...]


@dataclass(frozen=True)
class Either:
    """One part at least is to hold; none at all is what never holds."""

    parts: tuple[Clause, ...]


Clause: TypeAlias = Literal | Every | Either
ALWAYS, NEVER = Every(()), Either(())
# SQLite reads about twenty levels of brackets, before version 3.46.
MOST_NESTED = 14


def every(parts: Iterable[Clause]) -> Clause:
    """All of these, without needless nesting."""
    found: list[Clause] = []
    for part in parts:
        if part == NEVER:
            return NEVER
        found += part.parts if isinstance(part, Every) else (part,)
    return found[0] if len(found) == 1 else Every(tuple(found))


def either(parts: Iterable[Clause]) -> Clause:
    """One of these, without needless nesting."""
    found: list[Clause] = []
    for part in parts:
        if part == ALWAYS:
            return ALWAYS
        found += part.parts if isinstance(part, Either) else (part,)
    return found[0] if len(found) == 1 else Either(tuple(found))


def _height(clause: Clause) -> int:
    """How many conditions stand inside one another."""
    return 0 if isinstance(clause, Literal) else 1 + max(map(_height, clause.parts), default=0)


def _spread(clause: Clause, before: tuple[Literal, ...], inner: type[Every | Either]) -> Iterator[Clause]:
    """The parts of a condition whose lower levels stay as they are, and whose upper ones are made one.

    `a OR (b AND c)` is `(a OR b) AND (a OR c)`, for what is unknown too. A condition of the program has besides its
    tests one part at most to spread (`_chosen`), so that only tests are repeated.
    """
    if isinstance(clause, Literal) or _height(clause) <= MOST_NESTED - 2:
        yield (either if inner is Either else every)((*before, clause))
    elif isinstance(clause, inner):
        tests = tuple(part for part in clause.parts if isinstance(part, Literal))
        for part in clause.parts:
            if not isinstance(part, Literal):
                yield from _spread(part, (*before, *tests), inner)
    else:
        for part in clause.parts:
            yield from _spread(part, before, inner)


class Ends:
    """The conditions of one program; of `is_answerable`, a test that says no is unknown in every record."""

    def __init__(self, program: Program, is_answerable: Callable[[Test], bool]) -> None:
        self._program = program
        self._answerable = [is_answerable(ask.test) for ask in program.asks]

    def certain(self, wanted: Callable[[Label], bool], most: int) -> Clause | None:
        """What is true just where all that can still come is wanted; None where it has more than so many tests."""
        return self._written(wanted, most, certainly=True)

    def possible(self, wanted: Callable[[Label], bool], most: int) -> Clause | None:
        """What is false just where nothing wanted can still come; None where it has more than so many tests."""
        return self._written(wanted, most, certainly=False)

    def _written(self, wanted: Callable[[Label], bool], most: int, *, certainly: bool) -> Clause | None:
        ends = [ALWAYS if wanted(label) else NEVER for label in self._program.labels]
        clauses: list[Clause] = []
        # How many tests there are in each, so that one that is too long is not even built.
        sizes: list[int] = []
        for place, ask in enumerate(self._program.asks):
            ways = [(clauses[way], sizes[way]) if way >= 0 else (ends[~way], 0) for way in (ask.yes, ask.no)]
            ((yes, yes_size), (no, no_size)) = ways
            if yes == no:
                clauses.append(yes)
                sizes.append(yes_size)
                continue
            is_plain = yes in (ALWAYS, NEVER) or no in (ALWAYS, NEVER)
            sizes.append(yes_size + no_size + (2 - is_plain if self._answerable[place] else 0))
            if sizes[-1] > most:
                clauses.append(NEVER)
            elif not self._answerable[place]:
                clauses.append(every((yes, no)) if certainly else either((yes, no)))
            else:
                clauses.append(_chosen(ask.test, yes, no, certainly=certainly))
        entry = self._program.entry
        if entry < 0:
            return ends[~entry]
        if sizes[entry] > most:
            return None
        found = clauses[entry]
        if _height(found) <= MOST_NESTED:
            return found
        return every(_spread(found, (), Either)) if certainly else either(_spread(found, (), Every))


def _chosen(test: Test, yes: Clause, no: Clause, *, certainly: bool) -> Clause:
    """Where one test leads on to one of two conditions."""
    holds, fails = Literal(test, True), Literal(test, False)
    if yes == ALWAYS:
        return either((holds, no))
    if no == ALWAYS:
        return either((fails, yes))
    if yes == NEVER:
        return every((fails, no))
    if no == NEVER:
        return every((holds, yes))
    if certainly:
        return every((either((fails, yes)), either((holds, no))))
    return either((every((holds, yes)), every((fails, no))))
