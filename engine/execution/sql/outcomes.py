"""When is it certain what can still come? The ends of a program as conditions in the three-valued logic of SQL.

Where an answer is missing, a comparison is neither true nor false but unknown, and `AND`, `OR` and `NOT` pass that on
just as far as it matters: `x OR y` is true as soon as one of the two is, whatever the other would be. So tests make a
condition that is *true* just where every way that is open leads to some ends, for whole records and partial ones: a
test that is known leaves one way open, an unknown one leaves both.
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


class Ends:
    """The conditions of one program, none with more than so many others inside one another."""

    def __init__(self, program: Program, nested: int) -> None:
        self._program = program
        self._nested = nested

    def certain(self, wanted: Callable[[Label], bool | None], most: int) -> Clause | None:
        """What is true just where all that can still come is wanted, and false only where nothing of that is.

        It is None where it would have more than so many tests.
        Of an end that is known not to come, `wanted` says None: the ways to it need not be told from others.
        """
        said = [wanted(label) for label in self._program.labels]
        ends = [None if each is None else ALWAYS if each else NEVER for each in said]
        clauses: list[Clause | None] = []
        # How many tests there are in each, so that one that is too long is not even built.
        sizes: list[int] = []
        for ask in self._program.asks:
            ways = [(clauses[way], sizes[way]) if way >= 0 else (ends[~way], 0) for way in (ask.yes, ask.no)]
            ((yes, yes_size), (no, no_size)) = ways
            if yes is None or no is None or yes == no:
                clauses.append(no if yes is None else yes)
                sizes.append(no_size if yes is None else yes_size)
                continue
            is_plain = yes in (ALWAYS, NEVER) or no in (ALWAYS, NEVER)
            sizes.append(yes_size + no_size + 2 - is_plain)
            clauses.append(NEVER if sizes[-1] > most else _chosen(ask.test, yes, no))
        entry = self._program.entry
        if entry >= 0 and sizes[entry] > most:
            return None
        found = clauses[entry] if entry >= 0 else ends[~entry]
        if found is None or _height(found) <= self._nested:
            return found or NEVER
        return every(_spread(found, (), self._nested - 2))


def _chosen(test: Test, yes: Clause, no: Clause) -> Clause:
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
    return every((either((fails, yes)), either((holds, no))))


def _height(clause: Clause) -> int:
    """How many conditions stand inside one another."""
    return 0 if isinstance(clause, Literal) else 1 + max(map(_height, clause.parts), default=0)


def _spread(clause: Clause, before: tuple[Literal, ...], below: int) -> Iterator[Clause]:
    """Parts that are all to hold, each a condition no higher than that after some tests.

    `a OR (b AND c)` is `(a OR b) AND (a OR c)`, for what is unknown too. What stands beside others under `OR` in a
    condition of a program are tests and one thing more (`_chosen`), so that only tests are repeated.
    """
    if isinstance(clause, Literal) or _height(clause) <= below:
        yield either((*before, clause))
    elif isinstance(clause, Every):
        for part in clause.parts:
            yield from _spread(part, before, below)
    else:
        tests = tuple(part for part in clause.parts if isinstance(part, Literal))
        for part in clause.parts:
            if not isinstance(part, Literal):
                yield from _spread(part, (*before, *tests), below)
