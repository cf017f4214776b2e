"""Does `attempt` give what a function returns, and None exactly where its steps end?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.budget import Budget, attempt


@given(steps=st.integers(0, 50), spends=st.lists(st.integers(1, 10), max_size=10))
def test_the_end_of_the_steps_is_none(steps: int, spends: list[int]) -> None:
    """A result is given while the budget lasts; falsy ones are results too, and other errors are errors."""
    budget = Budget(steps)

    def work(result: object) -> object:
        for each in spends:
            budget.spend(each)
        return result

    assert attempt(work, 0) == (0 if sum(spends) <= steps else None)
    with pytest.raises(ZeroDivisionError):
        attempt(divmod, 1, 0)
