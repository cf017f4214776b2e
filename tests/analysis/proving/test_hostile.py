"""Does a step cost about the same wherever it is spent? Policies that are too much, of many kinds.

Work is measured in calls of functions, which are the same on every machine, and never in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from cProfile import Profile
from typing import Any

import pytest

from engine import check, load
from engine.budget import Budget, Meter, OutOfSteps, attempt
from engine.language.model.guarantees import Indifference
from engine.meaning.cubes import Cubes
from engine.meaning.logic import Logic
from engine.meaning.promises.partners import Partners
from tests.support.by_day import some
from tests.support.making.hostile import KINDS, Mapped, random_boxes

FEW, MORE = 1_000, 4_000
# A step may take so many calls at most: the dearest kind of today takes some 340, nearly all others below 200.
MOST_CALLS = 400
# Of each kind how many calls a step buys where its tree is grown. A price that doubles or halves shows here.
CALLS_A_STEP = {
    "chained facts": 77,
    "parity in two orders": 77,
    "all different": 97,
    "pigeonholes": 99,
    "random boxes": 77,
    "random boxes, first": 67,
    "dense comparisons": 30,
    "exact sums": 8,
    "ordered fields": 27,
    "large lists": 80,
    "deep nesting": 70,
    "clauses of three": 45,
    "impossible clauses": 79,
    "override chain": 103,
    "override web": 97,
    "guarantees": 78,
    "scores": 21,
    "dates apart": 34,
    "wide choices": 151,
}


class Calls:
    """How many functions were called."""

    def __init__(self) -> None:
        self.many = 0


@contextmanager
def counted() -> Iterator[Calls]:
    calls = Calls()
    with Profile() as profile:
        yield calls
    calls.many = sum(entry.callcount for entry in profile.getstats())


@pytest.mark.thorough
@pytest.mark.parametrize("kind", some(KINDS))
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


def grow(made: Mapped, steps: int) -> tuple[int, int]:
    """Grow a policy's tree of outcomes: the calls of functions that it takes, and the steps charged for them."""
    logic = Logic(load(made))
    descent = logic.outcomes
    logic.space.meter.work = 0
    budget = Budget(steps)
    with counted() as calls:
        attempt(descent.grow_once, logic.areas.whole, budget)
    return calls.many, min(budget.spent, steps)


@pytest.mark.parametrize("kind", KINDS)
def test_no_price_drifts(kind: str) -> None:
    """A step buys about as much work of each kind as it did: neither half of it, nor twice as much."""
    make, sizes, _ = KINDS[kind]
    calls, steps = grow(make(*sizes), 3_000)
    assert CALLS_A_STEP[kind] / 2 < calls / steps < CALLS_A_STEP[kind] * 2


@pytest.mark.thorough
def test_more_cubes_make_each_child_dearer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets of thousands of cubes are long numbers: a child is charged for their length, from the first thousand on."""
    prices = []
    for rows in (256, 2_560, 5_120):
        children: list[int] = []
        narrow = Cubes.narrow
        monkeypatch.setattr(Cubes, "narrow", lambda *given, to=narrow, seen=children: (seen.append(1), to(*given))[1])
        _, steps = grow(random_boxes(rows), 6_000)
        monkeypatch.undo()
        prices.append(steps / len(children))
    few, more, most = prices
    assert 1 < few < 1.25
    assert few + 0.1 < more < most
    assert most < 3


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


def partners_of(more: Mapped) -> tuple[int, int]:
    """Find the situations without a partner: the calls of functions that it takes, and the steps charged for them.

    One of two numbers is ignored, of which a sum is compared.
    """
    number = {"type": "integer", "from": 1, "to": 60, **more.pop("number", {})}
    asked = {name: {"ask": f"Where is {name}?", **number} for name in ("one", "other")}
    policy = load(
        {
            "policy": "distance",
            "title": "How far apart are they?",
            "verdicts": {"go": {"title": "Go"}},
            "rules": [{"rule": "all", "otherwise": True, "then": "go", "because": "So."}],
            "guarantees": [{"guarantee": "alike", "ignores": ["one"], "because": "It should not matter."}],
            **more,
            "situation": {**asked, **more.get("situation", {})},
            "numbers": {
                "apart": {"means": "how far apart they are", "sum": {"one": 1, "other": -1}},
                **more.get("numbers", {}),
            },
            "impossible": [{"when": {"apart": {"less_than": -5}}, "because": "So."}, *more.get("impossible", ())],
        }
    )
    [guarantee] = policy.guarantees
    assert isinstance(guarantee, Indifference)
    budget = Budget(10**9)
    with counted() as calls:
        Partners(policy, guarantee, budget)
    return calls.many, budget.spent


@pytest.mark.parametrize(("rows", "answers"), [(1, 300), (3, 300), (3, 600), (25, 60)])
def test_answers_that_are_ignored_one_by_one_are_paid_for(rows: int, answers: int) -> None:
    """A sum ties them to others: what they make possible is written once more for each of them."""
    facts = {f"far_{row}": {"means": "Far", "when": {"apart": {"at_least": row}}} for row in range(rows)}
    impossible = [{"when": {name: True, "one": 1}, "because": "So."} for name in facts]
    calls, steps = partners_of({"number": {"to": answers}, "facts": facts, "impossible": impossible})
    assert 40 < calls / steps < MOST_CALLS


@pytest.mark.parametrize("reads", [False, True])
def test_points_are_paid_for_where_they_depend_on_an_ignored_answer(reads: bool) -> None:
    """They are opened for each such answer. Elsewhere they stay as they are, and cost no more than a field does."""
    asked = {f"part_{at}": {"ask": f"Part {at}?", "type": "integer", "from": 0, "to": 9} for at in range(6)}
    points: list[dict[str, Any]] = [
        {"when": {name: {"at_least": bound}}, "add": at + bound, "because": "So."}
        for at, name in enumerate(asked)
        for bound in (2, 4, 6)
    ]
    points += [{"when": {"one": {"at_least": 20}}, "add": 5, "because": "So."}] if reads else []
    numbers = {"score": {"means": "the score", "points": points}}
    impossible = [{"when": {"score": {"at_least": 20}, "apart": 3}, "because": "So."}]
    calls, steps = partners_of({"situation": asked, "numbers": numbers, "impossible": impossible})
    assert 10 < calls / steps < MOST_CALLS
    if not reads:
        plain, _ = partners_of({"impossible": [{"when": {"other": {"at_least": 20}, "apart": 3}, "because": "So."}]})
        assert calls < 2 * plain
