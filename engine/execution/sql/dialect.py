"""SQL expressions that validate and test answers, in the form that most databases share.

`dialects.py` overrides what differs. Every expression is unknown (NULL) if its column is NULL and otherwise known,
except that `fits` may be true without an answer.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence, Set
from decimal import Decimal
from typing import Any, assert_never

from sqlglot import exp

from engine.execution.program import AtLeast, Includes, MoreThan, OneOf
from engine.execution.sql.expressions import Expression, all_of, call, case, column, number, text
from engine.execution.sql.sums import MOST_UNITS, Grid, grid_of
from engine.language.documents.exact import shift_point
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NUMBER, TEXT, UNSURE, YES_NO, Field
from engine.language.model.values.value_readers import MOST_DIGITS, is_unsure
from engine.language.model.values.value_texts import decimal_text

# The largest finite double.
LARGEST = "1.7976931348623157E308"

_COMPARE: dict[tuple[bool, bool], type[Expression]] = {
    (True, True): exp.GTE,
    (True, False): exp.LT,
    (False, True): exp.GT,
    (False, False): exp.LTE,
}


class Dialect:
    """The SQL common to the supported databases."""

    name = ""
    # An integer type of more than 64 bits, for sums; None if the database has none.
    wide: str | None = "DECIMAL(38, 0)"
    # The maximum nesting depth of conditions.
    nested = 60

    def value(self, field: Field) -> Expression:
        """The answer to a field."""
        return column(field.name)

    def text_of(self, field: Field) -> Expression:
        """The answer to a text field, in a form that compares byte by byte."""
        return self.value(field)

    def date(self, day: datetime.date) -> Expression:
        """A date constant."""
        return exp.cast(text(day.isoformat()), "date")

    def constant(self, value: Any) -> Expression:
        """A constant."""
        if isinstance(value, datetime.date):
            return self.date(value)
        return text(value) if isinstance(value, str) else number(value)

    def among(self, subject: Expression, values: Sequence[Any], *, holds: bool) -> Expression:
        """Whether a value is one of the constants, or with `holds=False`, none of them."""
        constants = [self.constant(value) for value in values]
        if len(constants) == 1:
            return (
                exp.EQ(this=subject, expression=constants[0])
                if holds
                else exp.NEQ(this=subject, expression=constants[0])
            )
        listed = exp.In(this=subject, expressions=constants)
        return listed if holds else exp.Not(this=listed)

    def fits(self, field: Field, *, summed: bool) -> Expression | None:
        """Whether a column holds a valid answer; None if every value of its type is valid."""
        if field.kind == CHOICE:
            return self.among(self.text_of(field), [*field.options, *_unsure(field)], holds=True)
        if field.kind == TEXT:
            is_read = field.if_unsure is not None or not is_unsure(field, UNSURE)
            return None if is_read else self.among(self.text_of(field), [UNSURE], holds=False)
        if field.kind == YES_NO:
            return self.fits_yes_no(field)
        if field.kind == ANY_OF:
            return self.fits_any_of(field)
        if field.kind == DATE:
            return self.fits_date(field)
        if field.kind == INTEGER:
            return all_of([*self.range(field, summed=summed), self.is_whole(field)])
        if field.kind != NUMBER:
            assert_never(field.kind)
        parts = self.range(field, summed=summed)
        return all_of([*parts, *self.is_on_grid(field, grid_of(field))] if field.is_grid else parts)

    def is_none(self, field: Field, columns: Set[str]) -> Expression | None:
        """Whether a row says in a column beside that of the field that it is answered `none`; None if it never does."""
        return column(field.none_column) if field.none_column in columns and field.none_column else None

    def fits_with_none(self, field: Field, inside: Expression | None, columns: Set[str]) -> Expression | None:
        """Whether the column of a field, valid where `inside` holds, and the one that says `none` fit together."""
        none = self.is_none(field, columns)
        if none is None or field.none_column is None:
            return inside
        is_empty = exp.Is(this=self.value(field), expression=exp.null()) if field.name in columns else exp.true()
        together = case([(none, is_empty)], exp.true() if inside is None else inside)
        if field.none_column not in columns:
            return together
        flag = self.fits(Field(field.none_column, field.ask, YES_NO), summed=False)
        return together if flag is None else all_of([flag, together])

    def fits_yes_no(self, field: Field) -> Expression | None:
        """Whether a value is a boolean; None if its type ensures that."""
        return None

    def fits_any_of(self, field: Field) -> Expression:
        """Whether an array contains only options of the field, each at most once."""
        options = exp.Array(expressions=[text(option) for option in field.options])
        others = call("ARRAY_SIZE", call("ARRAY_EXCEPT", self.value(field), options))
        different = call("ARRAY_SIZE", call("ARRAY_DISTINCT", self.value(field)))
        return all_of(
            [
                exp.EQ(this=others, expression=number(0)),
                exp.EQ(this=different, expression=call("ARRAY_SIZE", self.value(field))),
            ]
        )

    def fits_date(self, field: Field) -> Expression:
        """Whether a date is within the range of the field, and in the years 1 to 9999."""
        low, high = field.limits
        return exp.Between(this=self.value(field), low=self.constant(low), high=self.constant(high))

    def range(self, field: Field, *, summed: bool) -> list[Expression]:
        """Conditions for the range of a number; an open end is where doubles stop representing grid values uniquely."""
        low: Any = field.low
        high: Any = field.high
        if field.kind == NUMBER or summed:
            end = decimal_text(shift_point(Decimal(MOST_UNITS), -grid_of(field).places)) if field.is_grid else LARGEST
            low, high = (f"-{end}" if low is None else low), (end if high is None else high)
        subject = self.value(field)
        if low is not None and high is not None:
            return [exp.Between(this=subject, low=number(low), high=number(high))]
        ends = ((exp.GTE, low), (exp.LTE, high))
        return [kind(this=subject, expression=number(end)) for kind, end in ends if end is not None]

    def is_whole(self, field: Field) -> Expression:
        """Whether a number is an integer."""
        remainder = exp.Mod(this=self.value(field), expression=number(1))
        return exp.EQ(this=remainder, expression=number(0))

    def is_on_grid(self, field: Field, grid: Grid) -> list[Expression]:
        """Conditions for a number on a grid: its number of decimal places, and its distance from the base in steps."""
        rounded = self.rounded(field, grid)
        parts: list[Expression] = [exp.EQ(this=rounded, expression=self.value(field))]
        if grid.step > 1:
            units = self.units(field)
            start = grid.base % grid.step
            apart = exp.Paren(this=exp.Sub(this=units, expression=number(start))) if start else units
            parts.append(exp.EQ(this=exp.Mod(this=apart, expression=number(grid.step)), expression=number(0)))
        return parts

    def rounded(self, field: Field, grid: Grid) -> Expression:
        """A number rounded to the decimal places of its grid, as a decimal."""
        # No wider than necessary: in comparisons with a wide decimal, Spark drops decimal places that do not fit.
        kind = f"DECIMAL({max(MOST_DIGITS, grid.places)}, {grid.places})"
        return exp.TryCast(this=self.value(field), to=exp.DataType.build(kind), safe=True)

    def units(self, field: Field, kind: str = "BIGINT") -> Expression:
        """An integer or a number on a grid as an integer number of units."""
        counted: Expression = self.value(field)
        places = grid_of(field).places
        if places:
            # Narrow integer types could overflow; doubles represent all possible values uniquely.
            double = exp.cast(counted, "double")
            counted = exp.Round(this=exp.Mul(this=double, expression=number(10**places)))
        return self.whole(counted, kind)

    def whole(self, counted: Expression, kind: str) -> Expression:
        """A number cast to an integer type."""
        return exp.TryCast(this=counted, to=exp.DataType.build(kind), safe=True)

    def days(self, day: Expression, since: Expression, kind: str) -> Expression:
        """The number of days from one date to another."""
        return exp.cast(exp.DateDiff(this=day, expression=since, unit=exp.var("DAY")), kind)

    def one_of(self, field: Field, test: OneOf, *, holds: bool) -> Expression:
        """Whether an answer is one of the values of a test, or is not."""
        if field.kind == YES_NO:
            wanted = (True in test.values) is holds
            return self.value(field) if wanted else exp.Not(this=self.value(field))
        if field.kind in (CHOICE, TEXT):
            values = [*test.values, *(_unsure(field) if field.if_unsure in test.values else ())]
            return self.among(self.text_of(field), values, holds=holds)
        return self.among(self.value(field), test.values, holds=holds)

    def includes(self, field: Field, test: Includes, *, holds: bool) -> Expression:
        """Whether a list includes the option of a test, or does not."""
        found = exp.ArrayContains(this=self.value(field), expression=text(test.option))
        return found if holds else exp.Not(this=found)

    def test(self, field: Field, test: OneOf | AtLeast | MoreThan | Includes, *, holds: bool) -> Expression:
        """Whether a test of one answer holds, or fails."""
        if isinstance(test, OneOf):
            return self.one_of(field, test, holds=holds)
        if isinstance(test, Includes):
            return self.includes(field, test, holds=holds)
        compare = _COMPARE[isinstance(test, AtLeast), holds]
        return compare(this=self.value(field), expression=self.constant(test.value))


def _unsure(field: Field) -> tuple[str, ...]:
    """The answer `unsure`, if it stands for another one."""
    return (UNSURE,) if field.if_unsure is not None and is_unsure(field, UNSURE) else ()
