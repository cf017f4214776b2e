"""How does Polars decide rows by itself? As a person would write it: when, then, otherwise.

Only where every column that answers a field can be asked exactly (`polars_columns.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import polars as pl

from engine.execution.program import SumAtLeast, fields_of, settled_program, verdict_program
from engine.execution.tables.columns.polars_columns import Questions, any_one, every_one, questions
from engine.execution.tables.kernels.table_verdicts import VERDICT
from engine.execution.three_valued import ALWAYS, Clause, Ends, Every, Listed, Literal, all_tests, short_list
from engine.language.model.policy import Policy
from engine.meaning.hit_policies import Ending, Label

# With more tests than this for a verdict to be certain numpy is quicker.
_MOST_TESTS = 150
# Polars reads what is nested by recursion.
_NESTED = 60


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
    found: dict[str, Questions] = {}
    for name, (column, kind) in columns.items():
        own = questions(policy, policy.field[name], column, kind, [test for test in tests if name in fields_of(test)])
        if own is None:
            return None
        found[name] = own
    verdicts = pl.Enum(list(policy.verdict))
    none = pl.lit(None, verdicts)
    fits = [each.fits for each in found.values() if each.fits is not None]

    def written(listed: Listed) -> pl.Expr:
        ends = ((_written(clause, found), label) for clause, label in listed)
        chosen = _first([(holds, pl.lit(label, verdicts) if isinstance(label, str) else none) for holds, label in ends])
        return (pl.when(~every_one(fits)).then(none).otherwise(chosen) if fits else chosen).alias(VERDICT)

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
    is_early = any_one(condition for condition, _ in ways[:half])
    return pl.when(is_early).then(_first(ways[:half])).otherwise(_first(ways[half:]))


def _written(clause: Clause, found: Mapping[str, Questions]) -> pl.Expr:
    if isinstance(clause, Literal):
        (name,) = fields_of(clause.test)
        return found[name].test(clause.test, clause.holds)
    if not clause.parts:
        return pl.lit(isinstance(clause, Every))
    parts = [_written(part, found) for part in clause.parts]
    return every_one(parts) if isinstance(clause, Every) else any_one(parts)
