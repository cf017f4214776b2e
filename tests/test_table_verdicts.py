"""Does a table get row by row what `decide` says of each row as a record, whatever its columns are made of?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Policy, RecordError, UnsoundError, decide, load
from engine.execution.table_verdicts import Coded, RowDecider, Verdicts
from tests.columns import Table, tables
from tests.strategies import policies

Row = tuple[str | None, str | None, str | None]


def expected(policy: Policy, record: Mapping[str, Any]) -> Row:
    """The verdict, the rules and the problem of a record by itself."""
    try:
        decision = decide(policy, record)
    except RecordError as error:
        codes = {problem.code for problem in error.problems}
        if codes == {"impossible-situation"}:
            return None, None, "impossible"
        wrong = {problem.places[0].path for problem in error.problems}
        return None, None, "wrong: " + ", ".join(name for name in policy.field if name in wrong)
    if decision.verdict is None:
        return None, None, "undecided"
    return decision.verdict, ", ".join(decision.rules), None


def _rows(found: Verdicts) -> list[Row]:
    return list(zip(*(_texts(found.column(name)) for name in ("verdict", "rules", "problem")), strict=True))


def _texts(coded: Coded) -> list[str | None]:
    return [None if code < 0 else coded.texts[code] for code in coded.codes.tolist()]


@settings(max_examples=300)
@given(data=st.data())
def test_every_row_gets_what_decide_says_of_it(data: st.DataObject) -> None:
    """Columns of every type, rows whole, partial, impossible and wrong: verdict, rules and problem of each."""
    drawn = data.draw(policies(sound=True))
    policy = load(drawn)
    table: Table = data.draw(tables(policy, drawn))
    try:
        decider = RowDecider(policy, rules=True)
    except UnsoundError:
        return
    found = decider.decide(table.columns, table.rows)
    assert _rows(found) == [expected(policy, record) for record in table.records]
    given = [row[0] for row in _rows(found)]
    assert dict(zip(found.names, found.many, strict=True)) == {name: given.count(name) for name in policy.verdict}
