"""Conditions for the ends of a program as SQL over the columns of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set

from sqlglot import exp

from engine.execution.program import AtLeast, Includes, MoreThan, OneOf, Program, SumAtLeast, Test
from engine.execution.sql.dialect import Dialect
from engine.execution.sql.expressions import Expression, all_of, case, column, negate, number, one_of
from engine.execution.sql.limits import MOST_TESTS, too_long, too_wide
from engine.execution.sql.sums import grid_of, loose_fields, sum_of
from engine.execution.three_valued import NEVER, Clause, Ends, Every, Literal, asked, length
from engine.language.model.field_kinds import DATE, NONE, NOT_ASKED, YES_NO, Field
from engine.language.model.policy import Policy
from engine.language.model.values.grid_positions import grid_value
from engine.meaning.hit_policies import Ending, Label
from engine.threads import cached_property

_MOST_64 = 2**63 - 1
# With so few tests, the decision list saves nothing.
_SHORT = 8


class Conditions:
    """The conditions of one program in one dialect.

    Attributes:
        labels: The labels of the program.
        summed: The fields that occur in sums.
    """

    def __init__(
        self, policy: Policy, program: Program, dialect: Dialect, columns: Set[str], fields: Mapping[str, Field]
    ) -> None:
        self._policy = policy
        self._dialect = dialect
        self._columns = columns
        self._fields = fields
        self._loose = loose_fields(program)
        self._ends = Ends(program, dialect.nested)
        self.labels = program.labels
        self.summed = frozenset(name for terms in self._loose for name, _ in terms)

    def _is_answerable(self, test: Test) -> bool:
        """Whether the table has the columns that a test needs."""
        if isinstance(test, SumAtLeast):
            return all(name in self._columns or name in self._loose[test.terms] for name, _ in test.terms)
        return test.field in self._columns or self._fields[test.field].none_column in self._columns

    def _is_open(self, name: str) -> Expression:
        """Whether a row leaves a field open."""
        is_null = exp.Is(this=column(name), expression=exp.null())
        none = self._dialect.is_none(self._fields[name], self._columns)
        if none is None:
            return is_null
        said = exp.Coalesce(this=none, expressions=[exp.false()])
        return exp.Paren(this=all_of([is_null, exp.Not(this=said)]))

    def _test(self, test: OneOf | AtLeast | MoreThan | Includes, *, holds: bool) -> Expression:
        """A test of one answer, which may be `none`, as SQL."""
        field = self._fields[test.field]
        if field.none_column is None:
            return self._valued(field, test, holds=holds)
        own = self._valued(field, test, holds=holds) if field.name in self._columns else None
        none = self._dialect.is_none(field, self._columns)
        if none is None:
            return own or exp.null()
        is_met = isinstance(test, OneOf) and NONE in test.values
        return case([(none, exp.Boolean(this=is_met is holds))], own)

    def _valued(self, field: Field, test: OneOf | AtLeast | MoreThan | Includes, *, holds: bool) -> Expression:
        """A test of an answer that has a value, as SQL."""
        if isinstance(test, OneOf):
            left = tuple(value for value in test.values if value != NOT_ASKED)
            if field.none_column is not None:
                left = tuple(value for value in left if value != NONE)
            if left == test.values:
                return self._dialect.test(field, test, holds=holds)
            if not left or (field.kind == YES_NO and len(left) > 1):
                known = exp.Not(this=exp.Is(this=column(field.name), expression=exp.null()))
                return case([(known, exp.Boolean(this=bool(left) is holds))])
            test = OneOf(test.field, left)
        return self._dialect.test(field, test, holds=holds)

    @cached_property
    def vague(self) -> Expression | None:
        """Where some reachable ends may be impossible, since tied fields are missing; None if that cannot happen."""
        tied = {name for terms, loose in self._loose.items() for name, _ in terms if name not in loose}
        if not tied:
            return None
        if tied - self._columns:
            return exp.true()
        return one_of(self._is_open(name) for name in self._policy.field if name in tied)

    @cached_property
    def excluded(self) -> Expression | None:
        """Where all completions may be impossible, and SQL cannot tell; None if that cannot happen."""
        if self.vague is None or Ending.IMPOSSIBLE not in self.labels:
            return None
        safe = self.certain(lambda label: label is not Ending.IMPOSSIBLE)
        if safe is None:
            return self.vague
        return all_of([self.vague, negate(exp.Coalesce(this=safe, expressions=[exp.false()]))])

    def certain(self, wanted: Callable[[Label], bool | None]) -> Expression | None:
        """The condition that is true where all reachable ends are wanted (see `Ends.certain`); None if it never is.

        Raises `SqlError` if it is too long.
        """
        clause = self._ends.certain(wanted, MOST_TESTS)
        if clause is None:
            raise too_long(self._policy)
        return None if clause is NEVER else self._to_sql(clause)

    def listed(self) -> tuple[Expression, list[tuple[Expression, Label]]] | None:
        """For rows that answer everything needed: the condition for such rows, and a decision list (see `Ends.listed`).

        None if there are no such rows, or the list is hardly shorter than the separate conditions. Raises `SqlError` if
        it is too long.
        """
        found = self._ends.listed(MOST_TESTS)
        if found is None:
            raise too_long(self._policy)
        names = asked(clause for clause, _ in found)
        if sum(length(clause) for clause, _ in found) <= _SHORT or names - self._columns:
            return None
        answered = all_of(exp.Not(this=self._is_open(name)) for name in self._policy.field if name in names)
        return answered, [(self._to_sql(clause), label) for clause, label in found]

    def _to_sql(self, clause: Clause) -> Expression:
        """A condition as SQL."""
        if isinstance(clause, Literal):
            test = clause.test
            if not self._is_answerable(test):
                return exp.null()
            if isinstance(test, SumAtLeast):
                return self._sum(test, holds=clause.holds)
            return self._test(test, holds=clause.holds)
        parts = (self._to_sql(part) for part in clause.parts)
        return all_of(parts) if isinstance(clause, Every) else one_of(parts)

    def _sum(self, test: SumAtLeast, *, holds: bool) -> Expression:
        """A test of a sum as SQL; for missing answers that may take any value, by the bounds of the sum."""
        whole = sum_of(self._policy, test)
        kind = "BIGINT" if whole.most <= _MOST_64 else self._dialect.wide if whole.most < 10**38 else None
        if kind is None:
            raise too_wide(field for field, _ in whole.terms)
        loose = self._loose[test.terms]
        # Replace missing loose fields by the ends of their ranges, to get the bounds of the sum.
        least, most = (self._total(whole.terms, loose, kind, fill) for fill in (min, max))
        limit = number(whole.least)
        if least == most:
            return (exp.GTE if holds else exp.LT)(this=least, expression=limit)
        reaches = exp.GTE(this=least, expression=limit), exp.Boolean(this=holds)
        stays = exp.LT(this=most, expression=limit.copy()), exp.Boolean(this=not holds)
        return case([reaches, stays])

    def _total(
        self, terms: Iterable[tuple[Field, int]], loose: Set[str], kind: str, fill: Callable[..., int]
    ) -> Expression:
        """The value of a sum; `fill` is `min` or `max`, the bound that missing loose fields are replaced for."""
        # Put positive terms first, so that the sum does not begin with a minus sign.
        ordered = sorted(terms, key=lambda term: term[1] < 0)
        dates = [field for field, _ in ordered if field.kind == DATE]
        total: Expression | None = None
        for field, times in ordered:
            # The weights of dates add up to 0, so all are counted from the last date, whose own term vanishes.
            if dates and field == dates[-1]:
                continue
            part = self._units(field, times, loose, kind, fill)
            if field.kind == DATE:
                last_times = next(each for other, each in ordered if other == dates[-1])
                since = self._units(dates[-1], last_times, loose, kind, fill)
                part = self._dialect.days(part, since, kind)
            total = _add(total, part, times)
        assert total is not None
        return total

    def _units(self, field: Field, times: int, loose: Set[str], kind: str, fill: Callable[..., int]) -> Expression:
        """An answer in units, or a date as it is; a missing loose answer is replaced by an end of its range."""
        known = field.name in self._columns
        found: Expression = exp.null()
        if known:
            found = column(field.name) if field.kind == DATE else self._dialect.units(field, kind)
        grid = grid_of(field)
        end = grid.low if (fill is min) == (times > 0) else grid.high
        if field.name not in loose or end is None:
            return found
        other = self._dialect.constant(grid_value(field, end)) if field.kind == DATE else number(end)
        return exp.Coalesce(this=found, expressions=[other]) if known else other


def _add(total: Expression | None, part: Expression, times: int) -> Expression:
    """Add a weighted term to a sum."""
    weighted = part if abs(times) == 1 else exp.Mul(this=number(abs(times)), expression=part)
    if total is None:
        return weighted if times > 0 else exp.Neg(this=weighted)
    return (exp.Add if times > 0 else exp.Sub)(this=total, expression=weighted)
