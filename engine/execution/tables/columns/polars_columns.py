"""Polars expressions that validate and test answers exactly.

Supported are booleans, dates, integers, doubles without a step, and texts, each distinct text parsed by the reader for
cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import reduce
from operator import and_, ge, gt, le, lt, or_
from typing import Any

import polars as pl

from engine.execution.program import AtLeast, MoreThan, OneOf, Test, holds
from engine.frozen import NamedTuple
from engine.language.model.field_kinds import (
    CHOICE,
    DATE,
    INTEGER,
    NONE,
    NOT_ASKED,
    NUMBER,
    TEXT,
    UNSURE,
    YES_NO,
    Field,
    Value,
)
from engine.language.model.policy import Policy
from engine.language.model.values.misfits import Misfit
from engine.language.situations.foreign_cells import read_plain

# Every test is evaluated for every category of an Enum when the plan is created.
_MOST_TEXTS = 1_000
_END = 1 << 63
_COMPARE = {(True, True): ge, (True, False): lt, (False, True): gt, (False, False): le}
# Up to this many values, separate comparisons are faster than a lookup.
_FEW = 5


class Questions(NamedTuple):
    """Expressions over a column; null where there is no answer.

    Attributes:
        fits: Whether the answer is valid (None: all are).
        test: Makes the expression for whether a test holds, or fails.
    """

    fits: pl.Expr | None
    test: Callable[[Test, bool], pl.Expr]


def every_one(parts: Iterable[pl.Expr]) -> pl.Expr:
    """The conjunction of at least one expression."""
    return reduce(and_, parts)


def any_one(parts: Iterable[pl.Expr]) -> pl.Expr:
    """The disjunction of at least one expression."""
    return reduce(or_, parts)


def questions(
    policy: Policy, field: Field, column: pl.Expr, kind: pl.DataType, tests: Iterable[Test]
) -> Questions | None:
    """The expressions for a column of this type; None if it cannot be read exactly here."""
    if isinstance(kind, pl.Enum):
        # An empty text is an answer only to these.
        is_blank = "" in kind.categories and field.kind not in (CHOICE, TEXT)
        if is_blank or len(kind.categories) > _MOST_TEXTS:
            return None
        return _text_questions(policy, field, column, kind.categories.to_list(), others=False)
    if kind in (pl.String, pl.Categorical) and field.kind in (CHOICE, TEXT):
        return _text_questions(policy, field, column, [*field.options, *field.known, UNSURE], others=True)
    if kind == pl.Boolean and field.kind == YES_NO:
        return Questions(None, lambda test, wanted: _flag(policy, field, column, test, wanted))
    constants = [each for each in (field.low, field.high, *_constants(tests)) if each is not None]
    if kind == pl.Date and field.kind == DATE:
        return _number_questions(column, *field.limits, lambda day: day)
    if kind.is_integer() and field.kind == INTEGER and all(-_END < int(each) < _END for each in constants):
        return _number_questions(column, field.low, field.high, int)
    is_plain = field.kind == NUMBER and field.step is None
    if kind == pl.Float64 and is_plain and all(Decimal(repr(float(each))) == each for each in constants):
        found = _number_questions(column, field.low, field.high, float)
        return Questions(every_one([column.is_finite(), *([] if found.fits is None else [found.fits])]), found.test)
    return None


def _flag(policy: Policy, field: Field, column: pl.Expr, test: Test, wanted: bool) -> pl.Expr:
    """Whether a test of a boolean holds, or fails."""
    yes, no = (holds(policy, test, {field.name: each}) is wanted for each in (True, False))
    if yes == no:
        return pl.when(column.is_not_null()).then(yes)
    return column if yes else ~column


def _constants(tests: Iterable[Test]) -> Iterator[Any]:
    """The constants that answers are compared with."""
    for test in tests:
        if isinstance(test, OneOf):
            yield from (value for value in test.values if value not in (NONE, NOT_ASKED))
        elif isinstance(test, AtLeast | MoreThan):
            yield test.value


def _text_questions(policy: Policy, field: Field, column: pl.Expr, texts: Sequence[str], *, others: bool) -> Questions:
    """Expressions for a column of these texts.

    With `others`, further texts may occur, which are valid only for a text field.
    """
    values: dict[str, Value] = {}
    for text in texts:
        with suppress(Misfit):
            values[text] = read_plain(field, text)
    wrong = [text for text in texts if text not in values]
    is_open = others and field.kind == TEXT

    def test(asked: Test, wanted: bool) -> pl.Expr:
        said = {text: holds(policy, asked, {field.name: value}) for text, value in values.items()}
        yes, no = ([text for text in said if said[text] is each] for each in (True, False))
        return _among(column, yes, wanted) if is_open or len(yes) <= len(no) else _among(column, no, not wanted)

    if others and not is_open:
        return Questions(_among(column, list(values), True), test)
    return Questions(_among(column, wrong, False) if wrong else None, test)


def _number_questions(column: pl.Expr, low: Any, high: Any, read: Callable[[Any], Any]) -> Questions:
    """Expressions for a column of numbers or dates; `read` converts the constants."""
    ends = [column >= read(low)] if low is not None else []
    ends += [column <= read(high)] if high is not None else []

    def test(asked: Test, wanted: bool) -> pl.Expr:
        if isinstance(asked, OneOf):
            return _among(column, [read(value) for value in asked.values if value not in (NONE, NOT_ASKED)], wanted)
        assert isinstance(asked, AtLeast | MoreThan)
        found: pl.Expr = _COMPARE[isinstance(asked, AtLeast), wanted](column, read(asked.value))
        return found

    return Questions(every_one(ends) if ends else None, test)


def _among(column: pl.Expr, values: Sequence[Any], wanted: bool) -> pl.Expr:
    """Whether a value is one of these, or none of them."""
    if not values:
        return pl.when(column.is_not_null()).then(not wanted)
    if len(values) > _FEW:
        return column.is_in(values) if wanted else ~column.is_in(values)
    return any_one(column == each for each in values) if wanted else every_one(column != each for each in values)
