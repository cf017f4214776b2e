"""Columnar representations of answers, which evaluate a test on all rows at once.

Each holds one value per row, in a form that processors compare fast. The value of a row without a valid answer is
undefined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, lcm
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.execution.program import AtLeast, Includes, MoreThan, OneOf, Test
from engine.execution.tables.columns.bits import Bits, Flags, all_rows, no_rows, pack, unpack
from engine.frozen import frozen_value
from engine.language.documents.exact import strip_zeros
from engine.language.model.field_kinds import DATE, INTEGER, NONE, NOT_ASKED, Field, Value
from engine.language.model.values.grid_positions import exact_decimal, grid_base

Array: TypeAlias = npt.NDArray[Any]
WORD = 64
_MOST_INT = 2**63 - 1


class ColumnAnswers(Protocol):
    """The answers of a block of rows."""

    def meets(self, test: Test) -> Bits:
        """The rows whose answers satisfy a test, as a bit vector."""
        ...

    def value(self, row: int) -> Value:
        """The answer of one row as a value of the language."""
        ...


@frozen_value
class Choices:
    """Choices or texts, as indexes into `values`; the value None stands for all unknown texts."""

    codes: Array
    values: tuple[str | None, ...]

    def meets(self, test: Test) -> Bits:
        assert isinstance(test, OneOf)
        asked = {place for place, value in enumerate(self.values) if value in test.values}
        # Compare with the tested values or with all others, whichever are fewer.
        others = set(range(len(self.values))) - asked
        fewer = sorted(asked if len(asked) <= len(others) else others)
        if len(fewer) > 2:
            table = np.zeros(len(self.values), np.bool_)
            table[list(asked)] = True
            return pack(table[self.codes])
        held = pack(_among(self.codes, fewer))
        return held if len(asked) <= len(others) else ~held

    def value(self, row: int) -> Value:
        value = self.values[self.codes[row]]
        # All unknown texts are equivalent, since no test distinguishes them.
        return value if value is not None else "".join(map(str, self.values)) + "?"

    def take(self, places: Array) -> Choices:
        """The answers at some indexes."""
        codes = self.codes.tolist()
        if len(set(codes)) < len(codes):
            return Choices(self.codes[places], self.values)
        # All codes are different, so the indexes can serve as codes.
        return Choices(places, tuple(self.values[code] for code in codes))

    def spread(self, parts: Sequence[Bits], _: int) -> Picked:
        """The answers of rows, given for each of these answers the rows that have it."""
        rows: dict[int, Bits] = {}
        for code, part in zip(self.codes.tolist(), parts, strict=True):
            rows[code] = rows[code] | part if code in rows else part
        return Picked(rows, self.values)


@frozen_value
class Picked:
    """Choices or texts, as the rows that have each value, by its index in `values`."""

    rows: Mapping[int, Bits]
    values: tuple[str | None, ...]

    def meets(self, test: Test) -> Bits:
        assert isinstance(test, OneOf)
        nobody = np.zeros_like(next(iter(self.rows.values())))
        held = [self.rows.get(self.values.index(str(value)), nobody) for value in _asked(test)]
        return held[0] if len(held) == 1 else np.bitwise_or.reduce(held) if held else nobody

    def value(self, row: int) -> Value:
        code = next(code for code, bits in self.rows.items() if bits[row >> 3] >> (row & 7) & 1)
        return Choices(np.array([code]), self.values).value(0)


@frozen_value
class Flagged:
    """Booleans, as a bit vector."""

    bits: Bits
    rows: int

    def meets(self, test: Test) -> Bits:
        assert isinstance(test, OneOf)
        wanted = _values(test)
        if len(wanted) != 1:
            return all_rows(self.rows) if wanted else no_rows(self.rows)
        return self.bits if wanted == [True] else ~self.bits

    def value(self, row: int) -> Value:
        return bool(self.bits[row >> 3] >> (row & 7) & 1)

    def take(self, places: Array) -> Flagged:
        """The answers at some indexes."""
        return Flagged(pack(unpack(self.bits, self.rows)[places]), len(places))

    def spread(self, parts: Sequence[Bits], rows: int) -> Flagged:
        """The answers of rows, given for each of these answers the rows that have it."""
        held = [part for place, part in enumerate(parts) if self.value(place)]
        return Flagged(np.bitwise_or.reduce(held) if held else np.zeros_like(parts[0]), rows)


@frozen_value
class Units:
    """Integers, dates or decimals, as exact integer counts of `10**-places`, from `origin` on.

    The array has an integer dtype, or holds Python integers if 64 bits may not suffice for computations with them.
    """

    field: Field
    units: Array
    places: int = 0
    origin: int = 0

    def at(self, value: Any) -> Fraction:
        """A value of the field in units."""
        exact = Fraction(value.toordinal() if isinstance(value, date) else value)
        return (exact - self.origin) * Fraction(10) ** self.places

    def meets(self, test: Test) -> Bits:
        if isinstance(test, OneOf):
            whole = [int(at) for at in map(self.at, _values(test)) if at.denominator == 1]
            return pack(_among(self.units, whole))
        if isinstance(test, MoreThan):
            below = floor(self.at(test.value))
            return pack(flags(self.units > below))
        assert isinstance(test, AtLeast)
        least = ceil(self.at(test.value))
        return pack(flags(self.units >= least))

    def grid(self) -> tuple[int, int, int]:
        """How to convert units to grid positions: `(units * times + plus) / step`, exact for values on the grid."""
        step = Fraction(self.field.step or 1) * 10**self.places
        first = (self.origin - grid_base(self.field)) * 10**self.places
        times = lcm(step.denominator, first.denominator)
        return times, int(first * times), int(step * times)

    def positions(self) -> Array:
        """The grid positions of the answers; undefined for rows without a valid answer."""
        times, plus, step = self.grid()
        units = widen(self.units, times, plus)
        if step == 1 and times == 1:
            return units + plus
        return (units * times + plus) // step

    def value(self, row: int) -> Value:
        exact = Fraction(int(self.units[row]), 10**self.places) + self.origin
        if self.field.kind == DATE:
            return date.fromordinal(int(exact))
        return int(exact) if self.field.kind == INTEGER else strip_zeros(exact_decimal(exact))

    def take(self, places: Array) -> Units:
        """The answers at some indexes."""
        return Units(self.field, self.units[places], self.places, self.origin)


@frozen_value
class Doubles:
    """Numbers without a step, as doubles; each stands for its shortest decimal.

    Constants have at most 15 digits, so each is the shortest decimal of the nearest double, and doubles compare like
    the decimals.
    """

    numbers: Array

    def meets(self, test: Test) -> Bits:
        if isinstance(test, OneOf):
            return pack(_among(self.numbers, list(map(_double, _values(test)))))
        limit = _double(test.value)  # type: ignore[union-attr]
        if isinstance(test, MoreThan):
            return pack(flags(self.numbers > limit))
        return pack(flags(self.numbers >= limit))

    def value(self, row: int) -> Value:
        return strip_zeros(Decimal(repr(float(self.numbers[row]))))

    def take(self, places: Array) -> Doubles:
        """The answers at some indexes."""
        return Doubles(self.numbers[places])


def _values(test: OneOf) -> list[Value]:
    """The values of a test of answers that are no texts: no such answer is `none`."""
    return [value for value in _asked(test) if value != NONE]


def _asked(test: OneOf) -> list[Value]:
    """The values of a test without what stands for a question that is not asked: no column has it."""
    return [value for value in test.values if value != NOT_ASKED]


def _double(value: Any) -> float:
    return float(value)


@frozen_value
class Lists:
    """Lists of options, as bit sets in words of 64 bits, one array per word."""

    options: tuple[str, ...]
    words: tuple[Array, ...]

    def meets(self, test: Test) -> Bits:
        assert isinstance(test, Includes)
        if test.option == NOT_ASKED:
            return pack(np.zeros(len(self.words[0]), np.bool_))
        word, bit = divmod(self.options.index(test.option), WORD)
        return pack(flags(self.words[word] & np.uint64(1 << bit)))

    def value(self, row: int) -> Value:
        held = sum(int(word[row]) << place * WORD for place, word in enumerate(self.words))
        return tuple(option for place, option in enumerate(self.options) if held >> place & 1)

    def take(self, places: Array) -> Lists:
        """The answers at some indexes."""
        return Lists(self.options, tuple(word[places] for word in self.words))


@frozen_value
class Optional:
    """Answers some of which are `none`; where they are, `answers` holds any value."""

    answers: Flagged | Units | Doubles
    none: Bits
    rows: int

    def meets(self, test: Test) -> Bits:
        held = self.answers.meets(test) & ~self.none
        return held | self.none if isinstance(test, OneOf) and NONE in test.values else held

    def value(self, row: int) -> Value:
        return NONE if self.none[row >> 3] >> (row & 7) & 1 else self.answers.value(row)

    def take(self, places: Array) -> Optional:
        """The answers at some indexes."""
        return Optional(self.answers.take(places), pack(unpack(self.none, self.rows)[places]), len(places))


def valued(answers: ColumnAnswers | None) -> ColumnAnswers | None:
    """The answers without what is `none`, of which the values are arbitrary."""
    return answers.answers if isinstance(answers, Optional) else answers


def _among(values: Array, few: Sequence[float]) -> Flags:
    """Which values are one of a few."""
    held = np.zeros(len(values), np.bool_) if not few else flags(values == few[0])
    for each in few[1:]:
        held |= flags(values == each)
    return held


def flags(held: Array) -> Flags:
    """The result of a comparison as booleans."""
    return held.astype(np.bool_, copy=False)


def widen(numbers: Array, times: int, plus: int = 0) -> Array:
    """Integers in a type wide enough for `numbers * times + plus`: 64 bits, or Python integers."""
    if numbers.dtype == object or not len(numbers):
        return numbers
    most = max(-int(numbers.min()), int(numbers.max()), 0)
    return numbers.astype(np.int64 if most * abs(times) + abs(plus) < _MOST_INT else object)


# Representations for the answers of a dictionary, which are then mapped to rows.
Pool: TypeAlias = Choices | Flagged | Units | Doubles | Lists | Optional
