"""How does Polars decide rows by itself? As a person would write it: when, then, otherwise.

Only where that is exact: for columns of booleans, days, whole numbers, doubles without a step, and of texts, each of
which the language's own reader reads once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import cache, reduce
from operator import and_, ge, gt, le, lt, or_
from typing import Any, NamedTuple

import polars as pl

from engine.execution.outcomes import ALWAYS, Clause, Ends, Every, Listed, Literal, all_tests, short_list
from engine.execution.program import (
    AtLeast,
    MoreThan,
    OneOf,
    SumAtLeast,
    Test,
    fields_of,
    holds,
    settled_program,
    verdict_program,
)
from engine.execution.tables.cells import read_cell, takes_blank
from engine.execution.tables.table_verdicts import VERDICT
from engine.language.policy import CHOICE, DATE, INTEGER, NUMBER, TEXT, UNSURE, YES_NO, Field, Policy, Value
from engine.language.values import Misfit
from engine.meaning.judges import Ending, Label

# Each test takes its time in every part: with more of them numpy is quicker.
_MOST_TESTS = 150
# Each test is made of each text of an Enum while the plan is written.
_MOST_TEXTS = 1_000
# Polars reads what is nested by recursion.
_NESTED = 60
_END = 1 << 63
_COMPARE = {(True, True): ge, (True, False): lt, (False, True): gt, (False, False): le}
# So few values are compared one by one more quickly than they are looked up.
_FEW = 5


class _Asked(NamedTuple):
    """What is asked of a column: does a value fit its field (None: every one does), and does a test hold, or not?"""

    fits: pl.Expr | None
    test: Callable[[Test, bool], pl.Expr]


class Expressions(NamedTuple):
    """The verdict of each row as an Enum; null for a row that has none.

    `whole` is right for rows that answer all fields in `needed`; `certain` is for every row, and takes twice as long:
    it is made when it is asked for.
    """

    needed: tuple[str, ...]
    whole: pl.Expr
    certain: Callable[[], pl.Expr]


class _Conditions(NamedTuple):
    """The first that holds says what a whole row reaches; and, of the others, what is certain of any row."""

    whole: Listed
    certain: Listed


def verdict_expressions(policy: Policy, columns: Mapping[str, tuple[pl.Expr, pl.DataType]]) -> Expressions | None:
    """The expressions for a table with some columns, given by the names of the fields that they answer.

    None for a policy and columns that Polars would not decide exactly, or not as quickly as numpy.
    """
    conditions = _conditions(policy)
    if conditions is None:
        return None
    tests = all_tests(clause for clause, _ in (*conditions.whole, *conditions.certain))
    needed = {name for test in tests for name in fields_of(test)}
    if not needed or not needed <= columns.keys():
        return None
    found: dict[str, _Asked] = {}
    for name, (column, kind) in columns.items():
        own = _asked(policy, policy.field[name], column, kind, [test for test in tests if name in fields_of(test)])
        if own is None:
            return None
        found[name] = own
    verdicts = pl.Enum(list(policy.verdict))
    none = pl.lit(None, verdicts)
    fits = [each.fits for each in found.values() if each.fits is not None]

    def written(listed: Listed) -> pl.Expr:
        ends = ((_written(clause, found), label) for clause, label in listed)
        chosen = _first([(holds, pl.lit(label, verdicts) if isinstance(label, str) else none) for holds, label in ends])
        return (pl.when(~_every(fits)).then(none).otherwise(chosen) if fits else chosen).alias(VERDICT)

    return Expressions(tuple(needed), written(conditions.whole), cache(lambda: written(conditions.certain)))


def _conditions(policy: Policy) -> _Conditions | None:
    """Worked out once and kept; None where they are long, or ask for several answers at once."""
    with policy.lock:
        if "conditions" not in policy.memo:
            policy.memo["conditions"] = _short_conditions(policy)
        kept: _Conditions | None = policy.memo["conditions"]
    return kept


def _short_conditions(policy: Policy) -> _Conditions | None:
    whole, program = short_list(policy), settled_program(policy, verdict_program)
    if whole is None or any(isinstance(ask.test, SumAtLeast) for ask in program.asks):
        return None
    ends = Ends(program, _NESTED)
    certain: list[tuple[Clause, Label]] = []
    # What is certainly impossible has no verdict, and is no other's doubt.
    for label in sorted(program.labels, key=lambda label: label is not Ending.IMPOSSIBLE):
        clause = ends.certain((label, Ending.IMPOSSIBLE).__contains__, _MOST_TESTS)
        if clause is None:
            return None
        certain.append((clause, label))
    return _Conditions(whole, (*certain, (ALWAYS, Ending.IMPOSSIBLE)))


def _first(ways: Sequence[tuple[pl.Expr, pl.Expr]]) -> pl.Expr:
    """What belongs to the first condition that holds; the last one always does. By halves, which is quickest."""
    if len(ways) == 1:
        return ways[0][1]
    half = len(ways) // 2
    is_early = _one(condition for condition, _ in ways[:half])
    return pl.when(is_early).then(_first(ways[:half])).otherwise(_first(ways[half:]))


def _written(clause: Clause, found: Mapping[str, _Asked]) -> pl.Expr:
    if isinstance(clause, Literal):
        (name,) = fields_of(clause.test)
        return found[name].test(clause.test, clause.holds)
    if not clause.parts:
        return pl.lit(isinstance(clause, Every))
    parts = [_written(part, found) for part in clause.parts]
    return _every(parts) if isinstance(clause, Every) else _one(parts)


def _every(parts: Iterable[pl.Expr]) -> pl.Expr:
    return reduce(and_, parts)


def _one(parts: Iterable[pl.Expr]) -> pl.Expr:
    return reduce(or_, parts)


def _asked(policy: Policy, field: Field, column: pl.Expr, kind: pl.DataType, tests: Iterable[Test]) -> _Asked | None:
    """None where a column of this type is not read exactly here."""
    if isinstance(kind, pl.Enum):
        is_blank = "" in kind.categories and not takes_blank(field, blanks=False)
        if is_blank or len(kind.categories) > _MOST_TEXTS:
            return None
        return _of_texts(policy, field, column, kind.categories.to_list(), others=False)
    if kind in (pl.String, pl.Categorical) and field.kind in (CHOICE, TEXT):
        return _of_texts(policy, field, column, [*field.options, *field.known, UNSURE], others=True)
    if kind == pl.Boolean and field.kind == YES_NO:
        return _Asked(
            None, lambda test, wanted: column if holds(policy, test, {field.name: True}) is wanted else ~column
        )
    constants = [each for each in (field.low, field.high, *_compared(tests)) if each is not None]
    if kind == pl.Date and field.kind == DATE:
        return _of_numbers(column, field.low or date.min, field.high or date.max, lambda day: day)
    if kind.is_integer() and field.kind == INTEGER and all(-_END < int(each) < _END for each in constants):
        return _of_numbers(column, field.low, field.high, int)
    is_plain = field.kind == NUMBER and field.step is None
    if kind == pl.Float64 and is_plain and all(Decimal(repr(float(each))) == each for each in constants):
        found = _of_numbers(column, field.low, field.high, float)
        return _Asked(_every([column.is_finite(), *([] if found.fits is None else [found.fits])]), found.test)
    return None


def _compared(tests: Iterable[Test]) -> Iterator[Any]:
    for test in tests:
        if isinstance(test, OneOf):
            yield from test.values
        elif isinstance(test, AtLeast | MoreThan):
            yield test.value


def _of_texts(policy: Policy, field: Field, column: pl.Expr, texts: Sequence[str], *, others: bool) -> _Asked:
    """A column of these texts, or of others too: those answer a text field, and no test names them."""
    values: dict[str, Value] = {}
    for text in texts:
        with suppress(Misfit):
            values[text] = read_cell(field, text)
    wrong = [text for text in texts if text not in values]
    is_open = others and field.kind == TEXT

    def test(asked: Test, wanted: bool) -> pl.Expr:
        said = {text: holds(policy, asked, {field.name: value}) for text, value in values.items()}
        yes, no = ([text for text in said if said[text] is each] for each in (True, False))
        return _among(column, yes, wanted) if is_open or len(yes) <= len(no) else _among(column, no, not wanted)

    if others and not is_open:
        return _Asked(_among(column, list(values), True), test)
    return _Asked(_among(column, wrong, False) if wrong else None, test)


def _of_numbers(column: pl.Expr, low: Any, high: Any, read: Callable[[Any], Any]) -> _Asked:
    """A column of numbers or days, compared with constants of the policy as they are `read`."""
    ends = [column >= read(low)] if low is not None else []
    ends += [column <= read(high)] if high is not None else []

    def test(asked: Test, wanted: bool) -> pl.Expr:
        if isinstance(asked, OneOf):
            return _among(column, list(map(read, asked.values)), wanted)
        assert isinstance(asked, AtLeast | MoreThan)
        found: pl.Expr = _COMPARE[isinstance(asked, AtLeast), wanted](column, read(asked.value))
        return found

    return _Asked(_every(ends) if ends else None, test)


def _among(column: pl.Expr, values: Sequence[Any], wanted: bool) -> pl.Expr:
    """Whether a value is one of these, or none of them."""
    if not values:
        return pl.when(column.is_not_null()).then(not wanted)
    if len(values) > _FEW:
        return column.is_in(values) if wanted else ~column.is_in(values)
    return _one(column == each for each in values) if wanted else _every(column != each for each in values)
