"""How long does z3 take for the questions of a proof, asked as somebody who knows it would ask?

It is given a table's rows as formulas in three ways (whole numbers, whole numbers whose differences alone matter, bit
vectors) and its best one counts. What is measured is adding formulas and checking; writing them down, which our own
times contain, is measured apart where it makes a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random
from statistics import median
from time import process_time
from typing import Any, NamedTuple

import z3

from tests.benchmarks.support.rows import timed
from tests.support.making.tables import Table

LIMIT = 120.0
_LOGICS = ("", "QF_IDL", "QF_BV")


class Rows(NamedTuple):
    """A table for z3: which logic it is in, the ranges of its columns, and where each row applies."""

    logic: str
    ranges: list[z3.BoolRef]
    applies: list[z3.BoolRef]

    def solver(self, seed: int = 0) -> z3.Solver:
        solver = z3.SolverFor(self.logic) if self.logic else z3.Solver()
        solver.set(timeout=int(LIMIT * 1000), random_seed=seed)
        solver.add(self.ranges)
        return solver


class Answer(NamedTuple):
    """The seconds that z3 took, or the limit where it was stopped, what it found, and how long writing down took."""

    seconds: float
    found: Any
    stopped: bool = False
    writing: float = 0.0


def _encoded(table: Table, logic: str) -> Rows:
    in_bits = logic == "QF_BV"
    at_least, at_most = (z3.UGE, z3.ULE) if in_bits else (lambda one, two: one >= two, lambda one, two: one <= two)
    unknown, ranges = {}, []
    for name, field in table["situation"].items():
        last = len(field["choices"]) - 1 if "choices" in field else field["to"]
        unknown[name] = z3.BitVec(name, last.bit_length()) if in_bits else z3.Int(name)
        ranges += [at_least(unknown[name], 0), at_most(unknown[name], last)]

    def place(name: str, value: str) -> int:
        return list(table["situation"][name]["choices"]).index(value)

    def tests(name: str, test: Any) -> Iterator[z3.BoolRef]:
        if isinstance(test, str):
            yield unknown[name] == place(name, test)
        elif isinstance(test, list):
            yield z3.Or([unknown[name] == place(name, each) for each in test])
        elif isinstance(test, int):
            yield unknown[name] == test
        else:
            for op, end in test.items():
                yield (at_least if op == "at_least" else at_most)(unknown[name], end)

    applies = [
        z3.And([part for name, test in rule.get("when", {}).items() for part in tests(name, test)])
        for rule in table["rules"]
    ]
    return Rows(logic, ranges, applies)


def _best(table: Table, ask: Callable[[Rows], Answer]) -> Answer:
    """The quickest of the three; they must not contradict each other."""
    answers = []
    for logic in _LOGICS:
        writing, rows = timed(partial(_encoded, table, logic))
        answers.append(ask(rows)._replace(writing=writing))
    assert len({repr(answer.found) for answer in answers if not answer.stopped}) <= 1
    return min(answers, key=lambda answer: (answer.stopped, answer.seconds))


def gap(table: Table, times: int) -> Answer:
    """Whether no row applies somewhere; asked so many times, each with another start."""

    def ask(rows: Rows) -> Answer:
        none = z3.Not(z3.Or(rows.applies))
        taken = []
        for seed in range(times):
            solver = rows.solver(seed)
            began = process_time()
            solver.add(none)
            found = solver.check()
            taken.append(process_time() - began)
            if found == z3.unknown:
                return Answer(LIMIT, None, stopped=True)
        return Answer(median(taken), found == z3.sat)

    return _best(table, ask)


def overlaps(table: Table, pairs: Sequence[tuple[int, int]]) -> Answer:
    """Whether each of some pairs of rows meets, one after the other in one solver; the seconds are those for them."""

    def ask(rows: Rows) -> Answer:
        solver = rows.solver()
        solver.check()
        began = process_time()
        found = [_satisfiable(solver, [rows.applies[one], rows.applies[two]]) for one, two in pairs]
        return Answer(process_time() - began, found)

    return _best(table, ask)


def _satisfiable(solver: z3.Solver, formulas: Sequence[z3.BoolRef]) -> bool:
    solver.push()
    solver.add(formulas)
    found = solver.check()
    solver.pop()
    assert found != z3.unknown
    return bool(found == z3.sat)


def dead_one_by_one(table: Table, many: int) -> Answer:
    """Which of some rows never decide, each asked with all rows before it; the seconds are scaled to all rows."""
    total = len(table["rules"])
    some = sorted(Random("dead").sample(range(total), many))

    def ask(rows: Rows) -> Answer:
        against = [z3.Not(each) for each in rows.applies]
        solver = rows.solver()
        began = process_time()
        dead = [row for row in some if not _satisfiable(solver, [rows.applies[row], *against[:row]])]
        return Answer((process_time() - began) * total / many, (some, dead))

    return _best(table, ask)


def dead_in_one_walk(table: Table) -> Answer:
    """Which rows never decide, in one solver that keeps what it has learned; a truth value for each row."""

    def ask(rows: Rows) -> Answer:
        decides = [z3.Bool(f"row {place}") for place in range(len(rows.applies))]
        solver = rows.solver()
        dead = []
        began = process_time()
        for place, (name, applies) in enumerate(zip(decides, rows.applies, strict=True)):
            solver.add(name == applies)
            found = solver.check(name)
            assert found != z3.unknown
            if found == z3.unsat:
                dead.append(place)
            solver.add(z3.Not(name))
        return Answer(process_time() - began, dead)

    return _best(table, ask)
