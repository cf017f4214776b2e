"""Bit-sliced evaluation of a program: every test on all rows at once, one bit per row.

Where an answer is missing, both branches are followed, so a row reaches all ends that its completions may reach. The
technique is from E. Biham, "A fast new DES implementation in software" (FSE 1997); for column scans, see Y. Li and J.
M. Patel, "BitWeaving: fast scans for main memory data processing" (SIGMOD 2013).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.execution.program import Program, SumAtLeast, Test, fields_of
from engine.execution.tables.columns.answers import Array, Units, flags, valued
from engine.execution.tables.columns.bits import Bits, all_rows, no_rows, pack
from engine.execution.tables.columns.field_columns import FieldColumn
from engine.execution.three_valued import Clause, Every, Listed, Literal
from engine.meaning.hit_policies import Label

_FEW = 64


def reached_ends_by_row(program: Program, columns: Mapping[str, FieldColumn], rows: int) -> list[Bits]:
    """For each label, in the order of `program.labels`, the bit vector of the rows that reach it."""
    ends = [no_rows(rows) for _ in program.labels]
    arrived: dict[int, Bits] = {}
    tested: dict[Test, tuple[Bits, Bits | None]] = {}

    def arrive(place: int, here: Bits) -> None:
        if place < 0:
            np.bitwise_or(ends[~place], here, out=ends[~place])
        elif place in arrived:
            np.bitwise_or(arrived[place], here, out=arrived[place])
        else:
            arrived[place] = here

    # In a small program, evaluating a test is faster than checking whether any row needs it.
    is_large = len(program.asks) > _FEW
    arrive(program.entry, all_rows(rows))
    for place in range(len(program.asks) - 1, -1, -1):
        here = arrived.pop(place, None)
        if here is None:
            continue
        test, yes, no = program.asks[place]
        if test not in tested:
            if is_large and not here.any():
                continue
            tested[test] = _evaluate(test, columns, rows)
        holds, unknown = tested[test]
        held = here & holds
        rest = np.bitwise_xor(here, held, out=here) if unknown is None else here ^ held
        if unknown is not None:
            either = here & unknown
            held |= either
            rest |= either
        arrive(yes, held)
        arrive(no, rest)
    return ends


def first_reached(listed: Listed, columns: Mapping[str, FieldColumn], rows: int) -> dict[Label, Bits]:
    """The same for rows without missing answers, by a decision list; buys 1.2 times on a table of typed columns."""
    tested: dict[Test, Bits] = {}

    def held(clause: Clause) -> Bits:
        if isinstance(clause, Literal):
            if clause.test not in tested:
                tested[clause.test] = _evaluate_known(clause.test, [columns[name] for name in fields_of(clause.test)])
            return tested[clause.test] if clause.holds else ~tested[clause.test]
        join = np.bitwise_and if isinstance(clause, Every) else np.bitwise_or
        first, *parts = clause.parts
        found: Bits = held(first)
        for part in parts:
            found = join(found, held(part))
        return found

    ends: dict[Label, Bits] = {}
    left = all_rows(rows)
    for clause, label in listed[:-1]:
        ends[label] = held(clause) & left
        left ^= ends[label]
    return ends | {listed[-1][1]: left}


def _evaluate(test: Test, columns: Mapping[str, FieldColumn], rows: int) -> tuple[Bits, Bits | None]:
    """The rows where a test holds, and the rows where it is unknown (None: nowhere)."""
    asked = [columns[name] for name in fields_of(test)]
    if any(column.answers is None for column in asked):
        return no_rows(rows), all_rows(rows)
    unknown: Bits | None = None
    for column in asked:
        if column.known is not None:
            unknown = ~column.known if unknown is None else unknown | ~column.known
    return _evaluate_known(test, asked), unknown


def _evaluate_known(test: Test, asked: list[FieldColumn]) -> Bits:
    """The rows where a test of columns with answers holds."""
    if not isinstance(test, SumAtLeast):
        (column,) = asked
        assert column.answers is not None
        return column.answers.meets(test)
    total = weighted_sum([(column, times) for column, (_, times) in zip(asked, test.terms, strict=True)])
    return pack(flags(total >= test.least))


def weighted_sum(terms: Sequence[tuple[FieldColumn, int]]) -> Array:
    """The weighted sum of grid positions by row, in 64-bit integers if they suffice, otherwise as Python integers."""
    left = 2**62 // len(terms)
    total: Array | None = None
    for column, times in terms:
        # A sum is only asked for where all its fields have a value.
        answers = valued(column.answers)
        assert isinstance(answers, Units)
        positions = answers.positions()
        if positions.dtype != object and len(positions):
            most = max(-int(positions.min()), int(positions.max()))
            positions = positions if most * abs(times) < left else positions.astype(object)
        total = positions * times if total is None else total + positions * times
    assert total is not None
    return total
