"""Is what `check` says of guarantees about steps true? Compared with trying every two situations of drawn chains."""

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
from tests.support.judging.comparison import broken_by_engine
from tests.support.judging.oracle import mentioned
from tests.support.judging.pairs import tally_pairs
from tests.support.judging.spaces import Policy, conditions
from tests.support.judging.step_outputs import is_rounded
from tests.support.judging.yields import fields_given
from tests.support.searching import search_examples
from tests.support.step_order import steps_mentioned


@st.composite
def _promising(draw: Draw) -> dict[str, Any]:
    """Chains with guarantees about two situations: of a step, a number or the verdict, or of answers that are ignored.

    What rises or is ignored is mostly read by the step, and a part of what some rule says is often impossible.
    """
    hand = Hand(draw)
    policy: dict[str, Any] = draw(policies(small=True, chained=True, sound=hand.chance(50)))
    policy["verdicts_ordered"] = True
    # Nothing may ignore what an amount is worked out from.
    able = [name for name in policy["situation"] if name not in fields_given(policy)]
    assume(able)
    whens = [dict(when) for when in conditions(policy)]
    ordered = [name for name, step in policy["steps"].items() if step.get("ordered")]
    numbers = policy.get("numbers", {})
    movable = [name for name in numbers if "ratio" not in numbers[name] and not is_rounded(policy, name)]
    subjects = [*ordered, *ordered, *ordered, *movable, "verdict", "verdict"]
    promises = []
    for place in range(hand.count(1, 3)):
        subject = hand.pick(subjects)
        rules = policy["steps"][subject]["rules"] if subject in ordered else policy["rules"]
        behind = set().union(*(mentioned(policy, rule.get("when", {})) for rule in rules))
        rising = [name for name, spec in policy["situation"].items() if has_order(spec)]
        offered = [name for name in rising if name in behind and hand.chance(90)] or rising
        promise: dict[str, Any] = {"ignores": hand.some(able, 1)}
        if offered and hand.chance(85):
            promise = {"rising": hand.some(offered, hand.count(1, min(2, len(offered))))}
            promise["never"] = {subject: hand.pick(("falls", "rises"))}
        if hand.chance(30):
            when = hand.pick(whens)
            promise["when"] = {"not": when} if hand.chance(50) else when
        promises.append({"guarantee": f"paired-{place + 1}", **promise, "because": "It should not matter."})
        if subject in ordered and "never" in promise and hand.chance(60):
            # Where it moves at all, it moves one way or the other.
            other = {subject: "rises" if promise["never"][subject] == "falls" else "falls"}
            promises.append({**promises[-1], "guarantee": f"reversed-{place + 1}", "never": other})
    if hand.chance(40):
        # What is impossible may not read a step.
        plain = [when for when in whens if not steps_mentioned(policy, [when])]
        if plain:
            out = {"when": hand.pick(plain), "because": "It cannot be."}
            policy["impossible"] = [*policy.get("impossible", ()), out]
    return policy | {"guarantees": [*policy.get("guarantees", ()), *promises]}


def _agrees(policy: Policy) -> None:
    """What is found, counted and certified of every guarantee is what trying every two situations shows."""
    loaded, pairs = load(policy), tally_pairs(policy)
    proof = check(loaded)
    if any(each.code in ("not-proved", "no-situation") for each in proof.errors):
        return
    found = {name: many for name, many in broken_by_engine(proof).items() if name in pairs}
    wanted = {name: each.broken for name, each in pairs.items() if each.broken}
    assert found.keys() == wanted.keys()
    assert all(many in (None, wanted[name]) for name, many in found.items())
    for finding in (each for each in proof.errors if each.pair):
        [promise] = [each for each in policy["guarantees"] if f"`{each['guarantee']}`" in finding.message]
        step = next(iter(promise["never"])) if "rising" in promise else ""
        assert {side.step for side in finding.pair} == {step if step in policy["steps"] else ""}
    certificate = certify(loaded)
    held = {name: holds for name, holds in certificate.guarantees.items() if name in pairs}
    vacuous = {each["guarantee"] for each in policy["guarantees"] if "ignores" in each}
    assert held == {name: not each.broken and (each.pairs > 0 or name not in vacuous) for name, each in pairs.items()}
    assert verify(loaded, certificate).sound == proof.sound


@pytest.mark.thorough
@draw_by_day(8, deadline=None)
@given(policy=_promising())
def test_what_is_said_of_steps_in_pairs_is_what_trying_every_two_situations_shows(policy: dict[str, Any]) -> None:
    _agrees(policy)


@pytest.mark.thorough
@draw_by_day(4, deadline=None)
@given(policy=_promising(), most=st.sampled_from((0, 10_000_000)))
def test_pairs_of_chains_are_counted_alike_from_a_list_and_by_a_descent(policy: dict[str, Any], most: int) -> None:
    """All situations listed, however many they are, and none."""
    with patch.object(listed_pairs, "MOST_STEPS", most):
        _agrees(policy)


@pytest.mark.search
def test_pairs_of_every_kind_are_drawn_in_chains() -> None:
    """Guarantees about steps are kept and broken, with `when`, beside faulty steps, and over two answers at once."""
    found: list[str] = []
    wanted = ["broken", "kept", "when", "several", "sound", "falls", "rises", "first", "unique"]
    missing = wanted = [*wanted, "verdict broken", "verdict kept"]
    for policy in draws(_promising(), 120):
        pairs = tally_pairs(policy)
        is_sound = check(load(policy)).sound
        for promise in policy["guarantees"]:
            subject = next(iter(promise["never"])) if "rising" in promise else ""
            if subject in policy["steps"]:
                seen = pairs[promise["guarantee"]]
                found.append("broken" if seen.broken else "kept" if seen.pairs else "about nothing")
                found += ["when"] * ("when" in promise) + ["several"] * (len(promise["rising"]) > 1)
                found += ["sound"] * is_sound + [promise["never"][subject]]
                found += ["first" if policy["steps"][subject].get("decision") == "first" else "unique"]
            elif subject == "verdict":
                found.append(f"verdict {'broken' if pairs[promise['guarantee']].broken else 'kept'}")
        missing = [what for what in wanted if found.count(what) < 3]
        if not missing:
            break
    assert missing == []


@pytest.mark.search
def test_the_search_for_a_pair_of_a_chain_that_is_judged_wrongly(tell: Callable[[str], None]) -> None:
    """Fresh chains, as many as the time allows, agree with brute force in every guarantee about two situations."""
    reached = search_examples(_promising(), _agrees, 5)
    tell(f"guarantees about pairs of chains compared with brute force: {reached:,} policies")
    assert reached
