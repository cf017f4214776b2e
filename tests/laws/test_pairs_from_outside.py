"""Is what `check` says of guarantees about two situations true? Compared with trying every two situations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine import certify, check, load, verify
from engine.meaning.promises import listed_pairs
from tests.support.by_day import draw_by_day
from tests.support.drawing.collected import draws
from tests.support.drawing.fields import Draw, Hand
from tests.support.drawing.strategies import has_order, policies
from tests.support.judging.amounts import fields_behind
from tests.support.judging.comparison import said_by_engine, said_by_oracle
from tests.support.judging.pairs import about_pairs, tally_pairs
from tests.support.judging.spaces import Policy, conditions, kind, listed, summed_fields
from tests.support.judging.tallies import tally
from tests.support.judging.yields import fields_given
from tests.support.searching import search_examples

PLENTY = 10_000_000


@st.composite
def _paired(draw: Draw) -> dict[str, Any]:
    """Policies with a guarantee about two situations, often where a part of what some rule says cannot be."""
    hand = Hand(draw)
    policy: dict[str, Any] = draw(policies(countable=True, small=True))
    whens = [dict(when) for when in conditions(policy)]
    # Nothing may ignore what an amount is worked out from.
    fields = [name for name in policy["situation"] if name not in fields_given(policy)]
    assume(fields)
    ignored = hand.some(fields, hand.count(1, min(3, len(fields))))
    promise: dict[str, Any] = {"guarantee": "paired", "ignores": ignored, "because": "It should not matter."}
    rising = [name for name, spec in policy["situation"].items() if has_order(spec)]
    if rising and hand.chance(65):
        policy["verdicts_ordered"] = True
        numbers = [name for name, number in policy.get("numbers", {}).items() if "ratio" not in number]
        subject = hand.pick(numbers) if numbers and hand.chance(60) else "verdict"
        behind = fields_behind(policy, subject) if subject != "verdict" and hand.chance(80) else rising
        # Points may read no field that can rise.
        offered = [name for name in rising if name in behind] or rising
        promise = {"guarantee": "paired", "rising": hand.some(offered, hand.count(1, min(2, len(offered))))}
        promise |= {"never": {subject: hand.pick(("falls", "rises"))}, "because": "It should not fall."}
    if whens and hand.chance(40):
        promise["when"] = {"not": hand.pick(whens)} if hand.chance(50) else hand.pick(whens)
    if whens and hand.chance(60):
        out = {"when": hand.pick(whens), "because": "It cannot be."}
        policy["impossible"] = [*policy.get("impossible", ()), out]
    return policy | {"guarantees": [*policy.get("guarantees", ()), promise]}


def _agrees(policy: Policy) -> None:
    """What is found, counted and certified of every guarantee is what trying every two situations shows."""
    loaded, counted = load(policy), tally(policy)
    assert said_by_engine(check(loaded), policy) == said_by_oracle(counted)
    certificate = certify(loaded)
    broken = {name for name, many in counted.broken.items() if many or name in counted.vacuous}
    assert {name for name, holds in certificate.guarantees.items() if not holds} == broken
    assert verify(loaded, certificate).sound == check(loaded).sound


@pytest.mark.thorough
@draw_by_day(15)
@given(policy=_paired())
def test_what_is_said_of_pairs_is_what_trying_every_two_situations_shows(policy: dict[str, Any]) -> None:
    _agrees(policy)


@pytest.mark.thorough
@draw_by_day(25)
@given(policy=_paired(), most=st.sampled_from((0, PLENTY)))
def test_pairs_are_counted_alike_from_a_list_and_by_a_descent(policy: dict[str, Any], most: int) -> None:
    """All situations listed, however many they are, and none, with as many steps as the descent needs."""
    with patch.object(listed_pairs, "MOST_STEPS", most):
        proof = check(load(policy), steps=PLENTY)
    assert said_by_engine(proof, policy) == said_by_oracle(tally(policy))


@pytest.mark.search
def test_pairs_of_every_kind_are_drawn() -> None:
    """Guarantees are kept, broken, about nothing and about a part, of fields of every kind, and of those in sums."""
    found: list[str] = []
    for policy in draws(_paired(), 250):
        pairs = tally_pairs(policy)
        summed = summed_fields(policy)
        for promise in filter(about_pairs, policy.get("guarantees", ())):
            ignored = listed(promise.get("ignores", promise.get("rising")))
            seen = pairs[promise["guarantee"]]
            how = "ignores" if "ignores" in promise else "verdict" if "verdict" in promise["never"] else "moved"
            found.append(f"{how}-{'broken' if seen.broken else 'kept' if seen.pairs else 'vacuous'}")
            found += ["lonely"] * bool(seen.lonely) + ["when"] * ("when" in promise) + ["several"] * (len(ignored) > 1)
            found += ["summed"] * (not summed.isdisjoint(ignored))
            found += {kind(policy["situation"][name]) for name in ignored}
        if _misses(found) == []:
            break
    assert _misses(found) == []


def _misses(found: list[str]) -> list[str]:
    """What is missing of the mix that is wanted."""
    wanted = "lonely when several summed choice yes_no integer number date text any_of ignores-kept ignores-broken "
    wanted += "ignores-vacuous verdict-kept verdict-broken"
    moved = [what for what in ("moved-kept", "moved-broken") if what not in found]
    few = ["moved"] if found.count("moved-kept") + found.count("moved-broken") < 5 else []
    return [*moved, *few, *(what for what in wanted.split() if found.count(what) < 5)]


@pytest.mark.search
def test_the_search_for_a_pair_that_is_judged_wrongly(tell: Callable[[str], None]) -> None:
    """Fresh policies, as many as the time allows, agree with brute force in every guarantee about two situations."""
    reached = search_examples(_paired(), _agrees, 20)
    tell(f"guarantees about pairs compared with brute force: {reached:,} policies")
    assert reached
