"""Limits of SQL generation, and the errors for policies beyond them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from engine.execution.output_cells import step_column
from engine.execution.program import AtLeast, MoreThan, OneOf, Program, verdict_program
from engine.execution.sql.sums import MOST_UNITS, grid_of
from engine.language.documents.exact import shift_point, strip_zeros
from engine.language.model.field_kinds import INTEGER, NUMBER, Field
from engine.language.model.policy import Policy
from engine.language.model.values.value_readers import MOST_DIGITS
from engine.problems import OneverdictError, Problem

# No database parsed longer conditions in acceptable time.
MOST_TESTS = 20_000
# The powers of ten that doubles hold exactly.
_MOST_PLACES = 22
RESULTS = ("verdict", "rules", "possible_rules", "problem")


class SqlError(OneverdictError):
    """A policy that cannot be written as SQL, or an unknown dialect.

    Example:
        >>> from engine import SqlError, load, write_sql
        >>> try:
        ...     write_sql(load("other-interviews"), "oracle")
        ... except SqlError as error:
        ...     print(error.problems[0].code)
        unknown-dialect
    """


def check_limits(policy: Policy, programs: Iterable[Program]) -> None:
    """Raise `SqlError` with every field that SQL cannot handle."""
    programs = list(programs)
    problems = [*_name_problems(policy), *_digit_problems(policy, programs), *_tied_problems(policy, programs)]
    if problems:
        raise SqlError(problems)


def _name_problems(policy: Policy) -> Iterator[Problem]:
    """Problems with fields that have the name of a result column."""
    added = {*RESULTS, *map(step_column, policy.step)}
    for field in policy.fields:
        if field.name in added:
            message = f"`{field.name}` is a field, and a column of the result too"
            yield Problem("sql-name", message, (field.place,), "give the field another name")


def _tied_problems(policy: Policy, programs: Iterable[Program]) -> Iterator[Problem]:
    """Problems with fields that are tied to others and may not be asked: a query takes them for not answered yet."""
    tied = frozenset[str]().union(*(program.tied for program in programs))
    for field in policy.fields:
        if field.applies_when is not None and field.name in tied:
            message = f"`{field.name}` has `applies_when`, and it is added to or compared with other fields"
            help_ = "decide these records with `verdict batch`: a query cannot tell that the question is not asked"
            yield Problem("sql-not-asked", message, (field.place,), help_)


def _digit_problems(policy: Policy, programs: Iterable[Program]) -> Iterator[Problem]:
    """Problems with numbers that have more digits than doubles represent uniquely."""
    compared = _constants(programs)
    for field in policy.fields:
        if field.kind in (INTEGER, NUMBER) and not _is_exact(field, compared.get(field.name, set())):
            message = f"the values of `{field.name}` have more digits than a database can distinguish"
            help_ = f"numbers of at most {MOST_DIGITS} digits, counted to the last place of the step, are exact"
            yield Problem("sql-numbers", message, (field.place,), help_)


def _constants(programs: Iterable[Program]) -> dict[str, set[Any]]:
    """The constants that the answers to each field are compared with."""
    compared: dict[str, set[Any]] = {}
    for program in programs:
        for ask in program.asks:
            if isinstance(ask.test, AtLeast | MoreThan):
                compared.setdefault(ask.test.field, set()).add(ask.test.value)
            elif isinstance(ask.test, OneOf):
                compared.setdefault(ask.test.field, set()).update(ask.test.values)
    return compared


def most_digits(policy: Policy, field: Field) -> tuple[int, int]:
    """The most digits before and after the decimal point, among the constants that a column is compared with."""
    compared = (field.low, field.high, *_constants([verdict_program(policy)]).get(field.name, ()))
    numbers = [Decimal(each) for each in compared if isinstance(each, int | Decimal)]
    if field.is_grid:
        places = grid_of(field).places
        numbers += [shift_point(Decimal(1), -places), shift_point(Decimal(MOST_UNITS), -places)]
    exponents = [int(strip_zeros(each).as_tuple().exponent) for each in numbers]
    whole = max((each.adjusted() + 1 for each in numbers), default=0)
    return max(whole, 0), max((-each for each in exponents if each < 0), default=0)


def _is_exact(field: Field, constants: Iterable[Any]) -> bool:
    """Whether doubles represent uniquely the values of a field and the constants they are compared with."""
    numbers = [Decimal(each) for each in (*constants, field.low, field.high) if isinstance(each, int | Decimal)]
    if field.is_grid:
        grid = grid_of(field)
        if any(abs(end) > MOST_UNITS for end in (grid.low, grid.high, grid.step) if end is not None):
            return False
        numbers.append(shift_point(Decimal(1), -grid.places))
    exponents = [int(strip_zeros(each).as_tuple().exponent) for each in numbers]
    return all(abs(exponent) <= _MOST_PLACES for exponent in exponents) and all(
        each.adjusted() <= _MOST_PLACES for each in numbers
    )


def refuse_amounts(policy: Policy) -> None:
    """Raise `SqlError` if outputs are worked out, which no query does."""
    places = tuple(policy.number[name].place for name in policy.numbers_given)
    if places:
        names = " and ".join(f"`{name}`" for name in policy.numbers_given)
        message = f"no SQL is written for outputs that are worked out, from {names}"
        help_ = "leave the outputs out, or decide the table with `verdict batch --outputs` or `batch`"
        raise SqlError.of("sql-amounts", message, places, help_)


def too_long(policy: Policy) -> SqlError:
    """The error for a condition with more than `MOST_TESTS` tests."""
    message = f"a condition of this policy would have more than {MOST_TESTS:,} comparisons"
    help_ = "rules that overlap less make shorter conditions; the library decides it as it stands"
    return SqlError.of("sql-too-long", message, policy.place, help_)


def too_wide(fields: Iterable[Field]) -> SqlError:
    """The error for a sum that exceeds the integers of a database."""
    fields = tuple(fields)
    names = ", ".join(f"`{field.name}`" for field in fields)
    message = f"a sum over {names} can become larger than this database can count exactly"
    help_ = "give the fields narrower ranges, or take another dialect"
    return SqlError.of("sql-numbers", message, tuple(field.place for field in fields), help_)
