"""How is a condition on the ends of a program written over the columns of a table?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set

from sqlglot import exp

from engine.execution.program import Program, SumAtLeast, Test
from engine.execution.sql.dialect import Dialect
from engine.execution.sql.expressions import Expression, all_of, case, column, negated, number, one_of
from engine.execution.sql.limits import MOST_TESTS, too_long, too_wide
from engine.execution.sql.sums import grid_of, loose_fields, sum_of
from engine.execution.three_valued import NEVER, Clause, Ends, Every, Literal, asked, length
from engine.language.model.field_kinds import DATE, Field
from engine.language.model.policy import Policy
from engine.language.model.values import grid_value
from engine.meaning.hit_policies import Ending, Label
from engine.threads import cached_property

_MOST_64 = 2**63 - 1
# As few tests are read, and made, as quickly where it has to be sure of each verdict for itself.
_SHORT = 8


class Conditions:
    """The conditions of one program in one dialect, for a table with some columns, which answer `fields`."""

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
        if isinstance(test, SumAtLeast):
            return all(name in self._columns or name in self._loose[test.terms] for name, _ in test.terms)
        return test.field in self._columns

    @cached_property
    def vague(self) -> Expression | None:
        """Where more may be reached by following both ways than can come; None where that is nowhere so."""
        tied = {name for terms, loose in self._loose.items() for name, _ in terms if name not in loose}
        if not tied:
            return None
        if tied - self._columns:
            return exp.true()
        return one_of(exp.Is(this=column(name), expression=exp.null()) for name in self._policy.field if name in tied)

    @cached_property
    def excluded(self) -> Expression | None:
        """Where what is reached may all be impossible, and that cannot be told; None where that is nowhere so."""
        if self.vague is None or Ending.IMPOSSIBLE not in self.labels:
            return None
        safe = self.certain(lambda label: label is not Ending.IMPOSSIBLE)
        if safe is None:
            return self.vague
        return all_of([self.vague, negated(exp.Coalesce(this=safe, expressions=[exp.false()]))])

    def certain(self, wanted: Callable[[Label], bool | None]) -> Expression | None:
        """What is true where all that can still come is wanted (see `Ends.certain`); None where it never is."""
        clause = self._ends.certain(wanted, MOST_TESTS)
        if clause is None:
            raise too_long(self._policy)
        return None if clause is NEVER else self._written(clause)

    def listed(self) -> tuple[Expression, list[tuple[Expression, Label]]] | None:
        """Where all is answered that matters, and what is reached there; None where that is nowhere, or hardly shorter.

        See `Ends.listed`.
        """
        found = self._ends.listed(MOST_TESTS)
        if found is None:
            raise too_long(self._policy)
        names = asked(clause for clause, _ in found)
        if sum(length(clause) for clause, _ in found) <= _SHORT or names - self._columns:
            return None
        in_order = (column(name) for name in self._policy.field if name in names)
        answered = all_of(exp.Not(this=exp.Is(this=each, expression=exp.null())) for each in in_order)
        return answered, [(self._written(clause), label) for clause, label in found]

    def _written(self, clause: Clause) -> Expression:
        if isinstance(clause, Literal):
            test = clause.test
            if not self._is_answerable(test):
                return exp.null()
            if isinstance(test, SumAtLeast):
                return self._sum(test, holds=clause.holds)
            return self._dialect.test(self._fields[test.field], test, holds=clause.holds)
        parts = (self._written(part) for part in clause.parts)
        return all_of(parts) if isinstance(clause, Every) else one_of(parts)

    def _sum(self, test: SumAtLeast, *, holds: bool) -> Expression:
        whole = sum_of(self._policy, test)
        kind = "BIGINT" if whole.most <= _MOST_64 else self._dialect.wide if whole.most < 10**38 else None
        if kind is None:
            raise too_wide(field for field, _ in whole.terms)
        loose = self._loose[test.terms]
        # What is missing, and free to be anything in its range, makes the sum as small or as large as it can be.
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
        # A sum begins with what is added.
        ordered = sorted(terms, key=lambda term: term[1] < 0)
        dates = [field for field, _ in ordered if field.kind == DATE]
        total: Expression | None = None
        for field, times in ordered:
            # The weights of days add up to 0: counted from the last of them, that one's own term is 0.
            if dates and field == dates[-1]:
                continue
            part = self._units(field, times, loose, kind, fill)
            if field.kind == DATE:
                last_times = next(each for other, each in ordered if other == dates[-1])
                since = self._units(dates[-1], last_times, loose, kind, fill)
                part = self._dialect.days(part, since, kind)
            total = _added(total, part, times)
        assert total is not None
        return total

    def _units(self, field: Field, times: int, loose: Set[str], kind: str, fill: Callable[..., int]) -> Expression:
        """An answer in units, a date as it is; what is missing and loose becomes one end or the other."""
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


def _added(total: Expression | None, part: Expression, times: int) -> Expression:
    weighted = part if abs(times) == 1 else exp.Mul(this=number(abs(times)), expression=part)
    if total is None:
        return weighted if times > 0 else exp.Neg(this=weighted)
    return (exp.Add if times > 0 else exp.Sub)(this=total, expression=weighted)
