"""Conditions for the ends of a program in the three-valued logic of SQL, which decide partial records.

A comparison with a missing answer is unknown, and `AND`, `OR` and `NOT` propagate that only as far as it matters: `x OR
y` is true if one of them is true, whatever the other is. The conditions here are *true* exactly if every open path
leads to a wanted end, for complete and partial records: a known test leaves one branch open, an unknown test both.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from engine.execution.program import Program, Test, fields_of, settled_program, verdict_program
from engine.frozen import NamedTuple
from engine.language.model.policy import Policy
from engine.meaning.hit_policies import Label


class Literal(NamedTuple):
    """A test that must hold, or must not."""

    test: Test
    holds: bool


@dataclass(frozen=True, eq=False)
class Every:
    """A conjunction, true if it has no parts. `tests` is its number of literals."""

    parts: tuple[Clause, ...]
    tests: int


@dataclass(frozen=True, eq=False)
class Either:
    """A disjunction, false if it has no parts. `tests` is its number of literals."""

    parts: tuple[Clause, ...]
    tests: int


Clause: TypeAlias = Literal | Every | Either
Listed: TypeAlias = tuple[tuple[Clause, Label], ...]
# With more literals than this, following the program is faster.
_SHORT = 150
ALWAYS, NEVER = Every((), 0), Either((), 0)


class Ends:
    """The conditions for the ends of one program, nested at most `nested` levels deep."""

    def __init__(self, program: Program, nested: int) -> None:
        self._program = program
        self._nested = nested

    def certain(self, wanted: Callable[[Label], bool | None], most: int) -> Clause | None:
        """The condition that is true exactly if all reachable ends are wanted, and false only if none is.

        Args:
            wanted: Whether a label is wanted; None for one known to be unreachable, which simplifies the condition.
            most: The maximum number of literals.

        Returns:
            The condition; None if it exceeds the maximum.
        """
        joins = _Builder()
        said = [wanted(label) for label in self._program.labels]
        ends = [None if each is None else ALWAYS if each else NEVER for each in said]
        clauses: list[Clause | None] = []
        for ask in self._program.asks:
            yes, no = (clauses[way] if way >= 0 else ends[~way] for way in (ask.yes, ask.no))
            if yes is None or no is None or yes is no:
                clauses.append(no if yes is None else yes)
                continue
            chosen = joins.choose(ask.test, yes, no)
            # The condition is part of all later ones, which are then too long as well.
            if length(chosen) > most:
                return None
            clauses.append(chosen)
        entry = self._program.entry
        found = clauses[entry] if entry >= 0 else ends[~entry]
        if found is None or _height(found) <= self._nested:
            return found or NEVER
        return joins.every(_spread(joins, found, (), self._nested - 2))

    def listed(self, most: int) -> Listed | None:
        """Conditions for complete records, as a decision list: the first that holds gives the label.

        A condition does not exclude records that match an earlier one; the last always holds if none before it does.
        "Complete" means that all fields in `asked` are answered. Labels with short conditions come first.

        Returns:
            Pairs of condition and label; None if a condition exceeds the maximum number of literals.
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
    """The decision list for complete records (see `Ends.listed`), memoized on the policy; None if it is long."""
    return policy.keep(_short_list)


def _short_list(policy: Policy) -> Listed | None:
    found = Ends(settled_program(policy, verdict_program), sys.maxsize).listed(_SHORT)
    is_short = found is not None and sum(length(clause) for clause, _ in found) <= _SHORT
    return found if is_short else None


def all_tests(clauses: Iterable[Clause]) -> frozenset[Test]:
    """The tests in some conditions."""
    found: set[Test] = set()
    for clause in clauses:
        found.update({clause.test} if isinstance(clause, Literal) else all_tests(clause.parts))
    return frozenset(found)


def asked(clauses: Iterable[Clause]) -> frozenset[str]:
    """The fields that some conditions need."""
    return frozenset(name for test in all_tests(clauses) for name in fields_of(test))


class _Builder:
    """Builds conditions without needless nesting; equal conditions are the same object (hash consing)."""

    def __init__(self) -> None:
        self._made: dict[tuple[type[Every | Either], frozenset[Clause]], Every | Either] = {
            (Every, frozenset()): ALWAYS,
            (Either, frozenset()): NEVER,
        }

    def every(self, parts: Iterable[Clause]) -> Clause:
        """The conjunction of some conditions."""
        return self._join(Every, NEVER, parts)

    def either(self, parts: Iterable[Clause]) -> Clause:
        """The disjunction of some conditions."""
        return self._join(Either, ALWAYS, parts)

    def _join(self, kind: type[Every | Either], settling: Clause, parts: Iterable[Clause]) -> Clause:
        """The conjunction or disjunction, flattened; `settling` is the part that determines the result alone."""
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

    def choose(self, test: Test, yes: Clause, no: Clause) -> Clause:
        """The condition "if the test then `yes` else `no`".

        What both have in common is factored out, so that it does not depend on the test.
        """
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
            return self.every((*both, self.choose(test, yes, no)))
        # Factor only literals out of disjunctions, so that each has at most one compound part; see `_spread`.
        one = {part: None for part in _shared(Either, yes, no) if isinstance(part, Literal)}
        if one:
            yes, no = (self.either(part for part in _parts(Either, each) if part not in one) for each in (yes, no))
            return self.either((*one, self.choose(test, yes, no)))
        return self.every((self.either((fails, yes)), self.either((holds, no))))


def _parts(kind: type[Every | Either], clause: Clause) -> tuple[Clause, ...]:
    """The parts of a condition of this kind; any other condition is a single part."""
    return clause.parts if isinstance(clause, kind) else (clause,)


def _shared(kind: type[Every | Either], one: Clause, other: Clause) -> dict[Clause, None]:
    """The parts that two conditions have in common."""
    others = frozenset(_parts(kind, other))
    return {part: None for part in _parts(kind, one) if part in others}


def length(clause: Clause) -> int:
    """The number of literals in a condition, with repetitions."""
    return clause.tests if isinstance(clause, Every | Either) else 1


def _height(clause: Clause) -> int:
    """The nesting depth of a condition."""
    return 0 if isinstance(clause, Literal) else 1 + max(map(_height, clause.parts), default=0)


def _spread(joins: _Builder, clause: Clause, before: tuple[Literal, ...], below: int) -> Iterator[Clause]:
    """Split `before OR clause` into conjuncts of limited height.

    By distributivity, which also holds for unknown values, `a OR (b AND c)` is `(a OR b) AND (a OR c)`. A disjunction
    of a program has at most one compound part besides literals (see `choose`), so only literals are repeated.
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
