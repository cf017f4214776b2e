"""Deviations of the databases that the tests run on: DuckDB, PostgreSQL, SQLite and Spark."""

from __future__ import annotations

import datetime
from collections.abc import Sequence, Set
from json import dumps
from typing import Any

from sqlglot import exp

from engine.execution.program import Includes
from engine.execution.sql.dialect import LARGEST, Dialect
from engine.execution.sql.expressions import Expression, all_of, call, case, column, negate, number, one_of, text
from engine.execution.sql.sums import Grid
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NONE, NUMBER, TEXT, UNSURE, YES_NO, Field

# DuckDB turns longer lists of constants into a join, which loses the order of rows.
_LISTED = 4


class DuckDB(Dialect):
    """DuckDB 1.1 and newer."""

    name = "duckdb"
    wide = "HUGEINT"

    def among(self, subject: Expression, values: Sequence[Any], *, holds: bool) -> Expression:
        if len(values) <= _LISTED:
            return super().among(subject, values, holds=holds)
        parts = [super(DuckDB, self).among(subject.copy(), [value], holds=holds) for value in values]
        return (one_of if holds else all_of)(parts)

    def fits_yes_no(self, field: Field) -> Expression:
        # DuckDB would silently cast numbers to booleans.
        return exp.EQ(this=call("TYPEOF", self.value(field)), expression=text("BOOLEAN"))

    def fits_any_of(self, field: Field) -> Expression:
        options = exp.Array(expressions=[text(option) for option in field.options])
        # `LIST_DISTINCT` drops NULL, so a list with NULL has a different length.
        different = call("LEN", call("LIST_DISTINCT", self.value(field)))
        return all_of(
            [
                call("LIST_HAS_ALL", options, self.value(field)),
                exp.EQ(this=different, expression=call("LEN", self.value(field))),
            ]
        )

    def is_whole(self, field: Field) -> Expression:
        # `TRUNC` costs nothing for integer columns, but an infinite value also equals its integer part, so an open
        # range needs the other check.
        if field.low is None or field.high is None:
            return super().is_whole(field)
        return exp.EQ(this=call("TRUNC", self.value(field)), expression=self.value(field))

    def days(self, day: Expression, since: Expression, kind: str) -> Expression:
        apart = exp.Paren(this=exp.Sub(this=day, expression=since))
        return apart if kind == "BIGINT" else exp.cast(apart, kind)


class Spark(Dialect):
    """Spark 3.4 and newer."""

    name = "spark"
    # Its parser looks ahead to the end of every bracket and is ten times slower for deep nesting.
    nested = 10

    def days(self, day: Expression, since: Expression, kind: str) -> Expression:
        return exp.cast(call("DATEDIFF", day, since), kind)


class Postgres(Dialect):
    """PostgreSQL 14 and newer."""

    name = "postgres"
    wide = "NUMERIC"

    def text_of(self, field: Field) -> Expression:
        # A case-insensitive type or collation would equate different texts.
        as_text = exp.cast(self.value(field), "text")
        return exp.Collate(this=as_text, expression=exp.Identifier(this="C", quoted=True))

    def fits_any_of(self, field: Field) -> Expression:
        options = exp.Array(expressions=[text(option) for option in field.options])
        inside = exp.ArrayContainedBy(this=self.value(field), expression=exp.cast(options, "text[]"))
        once = [
            exp.cast(exp.Paren(this=self.includes(field, Includes(field.name, option), holds=True)), "int")
            for option in field.options
        ]
        total: Expression = once[0]
        for each in once[1:]:
            total = exp.Add(this=total, expression=each)
        many = exp.EQ(this=call("CARDINALITY", self.value(field)), expression=total)
        flat = exp.Coalesce(this=call("ARRAY_NDIMS", self.value(field)), expressions=[number(1)])
        return all_of([inside, many, exp.EQ(this=flat, expression=number(1))])

    def includes(self, field: Field, test: Includes, *, holds: bool) -> Expression:
        found = exp.EQ(this=text(test.option), expression=call("ANY", self.value(field)))
        return found if holds else negate(found)

    def is_whole(self, field: Field) -> Expression:
        # For NaN and infinity the difference is NaN, not 0.
        rest = exp.Sub(this=self.value(field), expression=call("TRUNC", self.value(field)))
        return exp.EQ(this=rest, expression=number(0))

    def rounded(self, field: Field, grid: Grid) -> Expression:
        return call("ROUND", exp.cast(self.value(field), "numeric"), number(grid.places))

    def whole(self, counted: Expression, kind: str) -> Expression:
        return exp.cast(counted, kind)

    def days(self, day: Expression, since: Expression, kind: str) -> Expression:
        return exp.cast(exp.Paren(this=exp.Sub(this=day, expression=since)), kind)


class SQLite(Dialect):
    """SQLite 3.38 and newer. Its columns may hold values of any type, so the type of each value is checked."""

    name = "sqlite"
    wide = None
    # Before version 3.46, only about twenty nested brackets are accepted.
    nested = 14

    def value(self, field: Field) -> Expression:
        found = column(field.name)
        if field.if_unsure is None or field.kind not in (DATE, ANY_OF):
            return found
        # Dates and lists are texts here, so the answer `unsure` can occur among them.
        if field.if_unsure == NONE and field.or_none is not None:
            return case([(exp.NEQ(this=found, expression=text(UNSURE)), found.copy())])
        read = field.if_unsure.isoformat() if isinstance(field.if_unsure, datetime.date) else dumps(field.if_unsure)
        return case([(exp.EQ(this=found, expression=text(UNSURE)), text(read))], found.copy())

    def is_none(self, field: Field, columns: Set[str]) -> Expression | None:
        said = super().is_none(field, columns)
        if field.kind != DATE or field.if_unsure != NONE or field.name not in columns:
            return said
        unsure = exp.EQ(this=column(field.name), expression=text(UNSURE))
        return unsure if said is None else one_of([said, unsure])

    def text_of(self, field: Field) -> Expression:
        return exp.Collate(this=self.value(field), expression=exp.var("BINARY"))

    def date(self, day: datetime.date) -> Expression:
        return text(day.isoformat())

    def fits(self, field: Field, *, summed: bool) -> Expression | None:
        kinds = {
            CHOICE: ("text",),
            YES_NO: ("integer",),
            INTEGER: ("integer", "real"),
            NUMBER: ("integer", "real"),
            DATE: ("text",),
            ANY_OF: ("text",),
            TEXT: ("text",),
        }[field.kind]
        is_of_kind = self.among(call("TYPEOF", self.value(field)), kinds, holds=True)
        found = super().fits(field, summed=summed)
        inside = is_of_kind if found is None else all_of([is_of_kind, found])
        return one_of([exp.Is(this=column(field.name), expression=exp.null()), inside])

    def fits_yes_no(self, field: Field) -> Expression:
        return self.among(self.value(field), [0, 1], holds=True)

    def fits_date(self, field: Field) -> Expression:
        # An invalid date such as 30 February is normalized to one in the next month, so it comes back as a different
        # text.
        real = call("DATE", call("JULIANDAY", self.value(field)))
        return all_of([exp.NullSafeEQ(this=real, expression=self.value(field)), super().fits_date(field)])

    def fits_any_of(self, field: Field) -> Expression:
        value, kind = exp.column("value", table="each"), exp.column("type", table="each")
        strange = one_of(
            [exp.NEQ(this=kind, expression=text("text")), self.among(value, list(field.options), holds=False)]
        )
        different = exp.Count(this=exp.Distinct(expressions=[value.copy()]))
        once = self._each(field, exp.EQ(this=exp.Count(this=exp.Star()), expression=different)).subquery()
        some = exp.Exists(this=self._each(field, number(1)).where(strange))
        is_list = exp.EQ(this=call("JSON_TYPE", self.value(field)), expression=text("array"))
        # JSON functions fail on invalid JSON, so its validity is tested first.
        inside = all_of([is_list, exp.Not(this=some), once])
        return case([(call("JSON_VALID", self.value(field)), inside)], exp.false())

    def includes(self, field: Field, test: Includes, *, holds: bool) -> Expression:
        listed = self._each(field, exp.column("value", table="each")).subquery()
        found: Expression = exp.In(this=text(test.option), query=listed)
        known = exp.Is(this=column(field.name), expression=exp.Not(this=exp.null()))
        return case([(known, found if holds else exp.Not(this=found))])

    def _each(self, field: Field, what: Expression) -> exp.Select:
        """A subquery over the entries of a list.

        The column is renamed first, since a field may be called `value`.
        """
        answer = exp.select(exp.alias_(self.value(field), "listed")).subquery("answer")
        entries = exp.alias_(call("JSON_EACH", exp.column("listed", table="answer")), "each")
        return exp.select(what).from_(answer).join(entries)

    def is_whole(self, field: Field) -> Expression:
        whole = exp.EQ(this=self.value(field), expression=exp.cast(self.value(field), "bigint"))
        if field.low is not None and field.high is not None:
            return whole
        # Reals this large are integers, but beyond 64 bits the cast would saturate.
        is_real = exp.EQ(this=call("TYPEOF", self.value(field)), expression=text("real"))
        ends = exp.Literal.number(2**53), exp.Literal.number(LARGEST)
        is_large = exp.Between(this=call("ABS", self.value(field)), low=ends[0], high=ends[1])
        return one_of([whole, all_of([is_real, is_large])])

    def rounded(self, field: Field, grid: Grid) -> Expression:
        return exp.Div(this=self.units(field), expression=exp.Literal.number(f"{10**grid.places}.0"))

    def whole(self, counted: Expression, kind: str) -> Expression:
        return exp.cast(counted, kind)

    def days(self, day: Expression, since: Expression, kind: str) -> Expression:
        apart = exp.Paren(this=exp.Sub(this=call("JULIANDAY", day), expression=call("JULIANDAY", since)))
        return exp.cast(apart, kind)


TESTED: dict[str, Dialect] = {each.name: each for each in (DuckDB(), Postgres(), SQLite(), Spark())}
