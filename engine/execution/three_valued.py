"""When is it certain what can still come? The ends of a program as conditions in the three-valued logic of SQL.

Where an answer is missing, a comparison is neither true nor false but unknown, and `AND`, `OR` and `NOT` pass that on
just as far as it matters: `x OR y` is true as soon as one of the two is, whatever the other would be. So tests make a
condition that is *true* just where every way that is open leads to some ends, for whole records and partial ones: a
test that is known leaves one way open, an unknown one leaves both.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from engine.execution.program import Program, Test, fields_of, settled_program, verdict_program
from engine.language.model.policy import Policy
from engine.meaning.hit_policies import Label


class Literal(NamedTuple):
    """A test that is to hold, or not to."""

    test: Test
    holds: bool


@dataclass(frozen=True, eq=False)
class Every:
    """All parts are to hold; none at all is what always holds. `tests` is how many tests that takes."""

    parts: tuple[Clause, ...]
    tests: int


@dataclass(frozen=True, eq=False)
class Either:
    """One part at least is to hold; none at all is what never holds. `tests` is how many tests that takes."""

    parts: tuple[Clause, ...]
    tests: int


Clause: TypeAlias = Literal | Every | Either
Listed: TypeAlias = tuple[tuple[Clause, Label], ...]
# With more tests than this it is sooner followed where a program leads.
_SHORT = 150
ALWAYS, NEVER = Every((), 0), Either((), 0)


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
        joins = _Joins()
        said = [wanted(label) for label in self._program.labels]
        ends = [None if each is None else ALWAYS if each else NEVER for each in said]
        clauses: list[Clause | None] = []
        for ask in self._program.asks:
            yes, no = (clauses[way] if way >= 0 else ends[~way] for way in (ask.yes, ask.no))
            if yes is None or no is None or yes is no:
                clauses.append(no if yes is None else yes)
                continue
            chosen = joins.chosen(ask.test, yes, no)
            # What is too long is a part of what it leads to, and makes that too long.
            if length(chosen) > most:
                return None
            clauses.append(chosen)
        entry = self._program.entry
        found = clauses[entry] if entry >= 0 else ends[~entry]
        if found is None or _height(found) <= self._nested:
            return found or NEVER
        return joins.every(_spread(joins, found, (), self._nested - 2))

    def listed(self, most: int) -> Listed | None:
        """What a record reaches that answers all that is `asked`: the first whose condition holds, as the last's does.

        The shortest come first, and no condition tells its records from those before it. None where one would have
        more than so many tests.
        """
        shortest: list[tuple[int, Label]] = []
        for label in self._program.labels:
            alone = self.certain(lambda other, label=label: other == label, most)  # type: ignore[misc]
            if alone is None:
                return None
            shortest.append((length(alone), label))
        found: list[tuple[Clause, Label]] = []
        open_labels = [label for _, label in sorted(shortest, key=lambda each: each[0])]
        while open_labels:
            label, *rest = open_labels
            wanted = {label: True, **dict.fromkeys(rest, False)}
            clause = self.certain(wanted.get, most)
            if clause is None:
                return None
            found.append((clause, label))
            open_labels = rest
        return tuple(found)


def short_list(policy: Policy) -> Listed | None:
    """What a whole record of a policy reaches (see `Ends.listed`), worked out once; None where that is long."""
    with policy.lock:
        if "short list" not in policy.memo:
            found = Ends(settled_program(policy, verdict_program), sys.maxsize).listed(_SHORT)
            is_short = found is not None and sum(length(clause) for clause, _ in found) <= _SHORT
            policy.memo["short list"] = found if is_short else None
        kept: Listed | None = policy.memo["short list"]
    return kept


def all_tests(clauses: Iterable[Clause]) -> frozenset[Test]:
    """The tests that some conditions make."""
    found: set[Test] = set()
    for clause in clauses:
        found.update({clause.test} if isinstance(clause, Literal) else all_tests(clause.parts))
    return frozenset(found)


def asked(clauses: Iterable[Clause]) -> frozenset[str]:
    """The fields whose answers some conditions need."""
    return frozenset(name for test in all_tests(clauses) for name in fields_of(test))


class _Joins:
    """Joins conditions without needless nesting; of the same parts always the same, so that they are found again."""

    def __init__(self) -> None:
        self._made: dict[tuple[type[Every | Either], frozenset[Clause]], Every | Either] = {
            (Every, frozenset()): ALWAYS,
            (Either, frozenset()): NEVER,
        }

    def every(self, parts: Iterable[Clause]) -> Clause:
        """All of these."""
        return self._join(Every, NEVER, parts)

    def either(self, parts: Iterable[Clause]) -> Clause:
        """One of these."""
        return self._join(Either, ALWAYS, parts)

    def _join(self, kind: type[Every | Either], settling: Clause, parts: Iterable[Clause]) -> Clause:
        found: dict[Clause, None] = {}
        for part in parts:
            if part is settling:
                return settling
            found.update(dict.fromkeys(_parts(kind, part)))
        if len(found) == 1:
            return next(iter(found))
        key = kind, frozenset(found)
        if key not in self._made:
            self._made[key] = kind(tuple(found), sum(map(length, found)))
        return self._made[key]

    def chosen(self, test: Test, yes: Clause, no: Clause) -> Clause:
        """Where one test leads on to one of two conditions: what they share is said once, whatever the test says."""
        holds, fails = Literal(test, True), Literal(test, False)
        if yes is ALWAYS:
            return self.either((holds, no))
        if no is ALWAYS:
            return self.either((fails, yes))
        if yes is NEVER:
            return self.every((fails, no))
        if no is NEVER:
            return self.every((holds, yes))
        both = _shared(Every, yes, no)
        if both:
            yes, no = (self.every(part for part in _parts(Every, each) if part not in both) for each in (yes, no))
            return self.every((*both, self.chosen(test, yes, no)))
        # Beside one condition that is joined itself, only tests: see `_spread`.
        one = {part: None for part in _shared(Either, yes, no) if isinstance(part, Literal)}
        if one:
            yes, no = (self.either(part for part in _parts(Either, each) if part not in one) for each in (yes, no))
            return self.either((*one, self.chosen(test, yes, no)))
        return self.every((self.either((fails, yes)), self.either((holds, no))))


def _parts(kind: type[Every | Either], clause: Clause) -> tuple[Clause, ...]:
    return clause.parts if isinstance(clause, kind) else (clause,)


def _shared(kind: type[Every | Either], one: Clause, other: Clause) -> dict[Clause, None]:
    others = frozenset(_parts(kind, other))
    return {part: None for part in _parts(kind, one) if part in others}


def length(clause: Clause) -> int:
    """How many tests a condition makes, each as often as it stands there."""
    return clause.tests if isinstance(clause, Every | Either) else 1


def _height(clause: Clause) -> int:
    """How many conditions stand inside one another."""
    return 0 if isinstance(clause, Literal) else 1 + max(map(_height, clause.parts), default=0)


def _spread(joins: _Joins, clause: Clause, before: tuple[Literal, ...], below: int) -> Iterator[Clause]:
    """Parts that are all to hold, each a condition no higher than that after some tests.

    `a OR (b AND c)` is `(a OR b) AND (a OR c)`, for what is unknown too. What stands beside others under `OR` in a
    condition of a program are tests and one thing more (`chosen`), so that only tests are repeated.
    """
    if isinstance(clause, Literal) or _height(clause) <= below:
        yield joins.either((*before, clause))
    elif isinstance(clause, Every):
        for part in clause.parts:
            yield from _spread(joins, part, before, below)
    else:
        tests = tuple(part for part in clause.parts if isinstance(part, Literal))
        for part in clause.parts:
            if not isinstance(part, Literal):
                yield from _spread(joins, part, (*before, *tests), below)
