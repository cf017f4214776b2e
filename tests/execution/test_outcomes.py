"""Is a condition made of a program's tests true just where all that can still come is wanted?

Worked out in three-valued logic, as a database does, and compared with following every way that is open.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Policy, load
from engine.execution.program import Ask, Program, Test, rules_program, verdict_program
from engine.execution.records.open_ends import reached_ends
from engine.execution.three_valued import Clause, Either, Ends, Literal, asked, length
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import partial_records, policies, records
from tests.support.judging.cases import as_values

PLENTY = 100_000


def answer(policy: Policy, test: Test, values: dict[str, Any]) -> bool | None:
    """What a test says; None where it needs an answer that is missing."""
    ends = reached_ends(policy, Program((Ask(test, ~0, ~1),), ("yes", "no"), 0, frozenset()), values)
    return None if len(ends) > 1 else ends == {"yes"}


def truth(policy: Policy, clause: Clause, values: dict[str, Any]) -> bool | None:
    """Whether a condition holds; None where that is unknown."""
    if isinstance(clause, Literal):
        found = answer(policy, clause.test, values)
        return None if found is None else found == clause.holds
    parts = [truth(policy, part, values) for part in clause.parts]
    settling = isinstance(clause, Either)
    return settling if settling in parts else None if None in parts else not settling


def height(clause: Clause) -> int:
    """How many conditions stand inside one another."""
    return 0 if isinstance(clause, Literal) else 1 + max(map(height, clause.parts), default=0)


@pytest.mark.thorough
@draw_by_day(80)
@given(data=st.data(), nested=st.sampled_from([3, 6, PLENTY]), make=st.sampled_from([verdict_program, rules_program]))
def test_a_condition_is_true_just_where_all_that_can_come_is_wanted(
    data: st.DataObject, nested: int, make: Any
) -> None:
    """For some ends, of which others are known not to come: and false only where none of them can come."""
    drawn = data.draw(policies(small=True))
    policy = load(drawn)
    program = make(policy)
    wanted = data.draw(st.fixed_dictionaries({label: st.sampled_from([True, False, None]) for label in program.labels}))
    clause = Ends(program, nested).certain(wanted.get, PLENTY)
    assert clause is not None
    assert height(clause) <= nested
    for partial in data.draw(st.lists(partial_records(drawn, unsure=False), min_size=1, max_size=5)):
        (values,) = as_values(policy, [{name: value for name, value in partial.items() if value is not None}])
        coming = {wanted[label] for label in reached_ends(policy, program, values)}
        found = truth(policy, clause, values)
        if None not in coming:
            assert (found is True) == (coming == {True})
            assert found is not False or coming == {False}


@pytest.mark.thorough
@draw_by_day(80)
@given(data=st.data(), make=st.sampled_from([verdict_program, rules_program]))
def test_a_list_finds_what_a_record_reaches(data: st.DataObject, make: Any) -> None:
    """The first condition that holds is that of its end, whatever else is missing; the last holds for all others."""
    drawn = data.draw(policies(small=True))
    policy = load(drawn)
    program = make(policy)
    listed = Ends(program, PLENTY).listed(PLENTY)
    assert listed is not None
    needed = asked(clause for clause, _ in listed)
    for record in data.draw(st.lists(records(drawn, unsure=False), min_size=1, max_size=5)):
        # Whether a question is asked may depend on answers that are left out here.
        (known,) = as_values(policy, [record])
        values = {name: value for name, value in known.items() if name in needed}
        reached = next(label for clause, label in listed if truth(policy, clause, values))
        assert {reached} == reached_ends(policy, program, values)


@pytest.mark.parametrize("most", [0, 3, 12])
def test_a_condition_that_is_too_long_is_not_made(most: int) -> None:
    """With fewer tests allowed than it takes: neither the condition nor the list."""
    ends = Ends(verdict_program(load("other-interviews")), PLENTY)
    keep = ends.certain(lambda label: label == "keep", PLENTY)
    assert keep is not None
    assert (length(keep), ends.certain(lambda label: label == "keep", most) is None) == (7, most < 7)
    assert (ends.listed(most) is None) == (most < 10)
