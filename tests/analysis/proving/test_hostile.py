"""Does a step cost about the same wherever it is spent? Policies that are too much, of many kinds.

Work is measured in calls of functions, which are the same on every machine, and never in seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from engine import check, load
from engine.budget import Budget, Meter, OutOfSteps
from tests.support.making.hostile import KINDS

FEW, MORE = 1_000, 4_000
# A step may take so many calls at most: the dearest kind of today takes some 340, nearly all others below 200.
MOST_CALLS = 400


class Calls:
    """How many functions were called."""

    def __init__(self) -> None:
        self.many = 0

    def __call__(self, _: FrameType, event: str, __: object) -> None:
        if event in ("call", "c_call"):
            self.many += 1


@contextmanager
def counted() -> Iterator[Calls]:
    calls = Calls()
    sys.setprofile(calls)
    try:
        yield calls
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_costs_about_the_same_wherever_it_is_spent(kind: str) -> None:
    """What a proof with more steps does beyond one with few is bounded by the steps between them."""
    make, sizes, _ = KINDS[kind]
    calls = []
    for steps in (FEW, MORE):
        policy = load(make(*sizes))
        with counted() as found:
            check(policy, steps=steps)
        calls.append(found.many)
    assert calls[1] - calls[0] <= MOST_CALLS * (MORE - FEW)


@pytest.mark.parametrize("kind", KINDS)
def test_small_ones_are_settled(kind: str) -> None:
    """The kind is hard because of its size: a small policy of it is proved, or found wrong, with nothing left open."""
    make, _, small = KINDS[kind]
    codes = {finding.code for finding in check(load(make(*small))).findings}
    assert not codes & {"not-proved", "not-checked"}


def test_a_part_is_spent_of_the_whole_too() -> None:
    """A budget within another ends with either, and what a share of it takes is taken from both."""
    whole = Budget(10)
    part = Budget(8, whole)
    part.spend(3)
    with part.share(4) as own:
        own.spend(4)
    assert (part.left, whole.left, whole.spent) == (1, 3, 7)
    whole.spend(3)
    assert part.left == 0
    with pytest.raises(OutOfSteps):
        part.spend()


def test_a_share_that_ends_is_paid_for_as_far_as_it_went() -> None:
    """What was asked beyond the end of a share is not spent; with a price, each step costs so many."""
    budget = Budget(10)
    with pytest.raises(OutOfSteps), budget.share(100, 3) as own:
        own.spend(100)
    assert budget.spent == 9


def test_work_is_paid_to_the_last_unit() -> None:
    """Many little pieces of work cost as much as one that is as large as they are together."""
    meter, budget = Meter(), Budget(1_000)
    for _ in range(3 * Meter.UNITS_A_STEP):
        meter.work += 1
        meter.pay(budget)
    assert budget.spent == 3
