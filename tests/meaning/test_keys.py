"""Is what is said of tables with a key, and of long chains of limits, what brute force finds?

Both are proved in ways of their own from a certain size on: drawn tables are a little smaller and a little larger than
that, and drawn policies of every kind go through with these sizes set so low that they always apply.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import check, load
from engine.analysis.proving import errors
from engine.analysis.proving.errors import find_errors
from engine.analysis.proving.proof import _prove
from engine.analysis.proving.proof_session import STEPS, ProofSession
from engine.budget import Budget
from engine.execution import program
from engine.execution.program import rules_program, verdict_program
from engine.execution.records.open_ends import reached_ends
from engine.meaning import cubes, splits
from engine.meaning.logic import Logic
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.judging.cases import ending, situation_values
from tests.support.judging.comparison import said_by_engine, said_by_oracle
from tests.support.judging.spaces import situations
from tests.support.judging.tallies import tally

VERDICTS = ("red", "green", "blue")
FIRST_DAY = date(2030, 1, 1)
PLENTY = 1_000_000


def policy(fields: dict[str, Any], rules: list[dict[str, Any]], decision: str) -> dict[str, Any]:
    return {
        "policy": "drawn",
        "title": "Which colour?",
        "decision": decision,
        "situation": fields,
        "verdicts": {name: {"title": name.capitalize()} for name in VERDICTS},
        "rules": [
            {"rule": f"r-{place}", "because": "It is so.", **rule} for place, rule in enumerate(rules)
        ],
    }  # fmt: skip


@st.composite
def keyed(draw: st.DrawFn) -> dict[str, Any]:
    """A table with a key of about as many values as are told apart at once, and a second column."""
    many = draw(st.integers(splits.MANY_PARTS - 4, splits.MANY_PARTS + 8))
    kind = draw(st.sampled_from(("text", "choice", "integer", "date")))
    names = [f"k{place}" for place in range(many)]
    last = FIRST_DAY + timedelta(days=many - 1)
    keys: dict[str, dict[str, Any]] = {
        "text": {"type": "text", "known": names},
        "choice": {"choices": {name: name for name in names}},
        "integer": {"type": "integer", "from": 0, "to": many - 1},
        "date": {"type": "date", "from": FIRST_DAY, "to": last},
    }
    fields = {
        "key": {"ask": "Which one?", **keys[kind]},
        "size": {"ask": "How large?", "type": "integer", "from": 0, "to": 4},
    }
    rules: list[dict[str, Any]] = []
    places = draw(st.permutations(range(many)))
    for place in places[: draw(st.integers(many - 3, many))]:
        when: dict[str, Any] = {}
        for low, high in draw(st.sampled_from((((0, 4),), ((0, 4),), ((0, 1), (2, 4)), ((0, 2), (2, 4)), ((1, 3),)))):
            test = _key_test(draw, kind, names, place)
            when = {"key": test} | ({} if (low, high) == (0, 4) else {"size": {"at_least": low, "at_most": high}})
            rules.append({"when": when, "then": draw(st.sampled_from(VERDICTS))})
    decision = draw(st.sampled_from(("unique", "first")))
    for _ in range(draw(st.integers(0, 2))):
        wild = {"when": {"size": {"at_least": draw(st.integers(1, 4))}}, "then": draw(st.sampled_from(VERDICTS))}
        rules.insert(draw(st.integers(0, len(rules))), wild)
    if decision == "first" and draw(st.booleans()):
        rules.append({"otherwise": True, "then": draw(st.sampled_from(VERDICTS))})
    drawn = policy(fields, rules, decision)
    if draw(st.integers(0, 3)) == 0:
        out = {"key": _key_test(draw, kind, names, places[0]), "size": {"at_least": 3}}
        drawn["impossible"] = [{"when": out, "because": "There is none so large."}]
    if draw(st.integers(0, 3)) == 0:
        promise = {"when": {"size": {"at_most": 2}}, "never": draw(st.sampled_from(VERDICTS)), "because": "Promised."}
        drawn["guarantees"] = [{"guarantee": "small", **promise}]
    return drawn


def _key_test(draw: st.DrawFn, kind: str, names: list[str], place: int) -> Any:
    other = min(place + draw(st.sampled_from((0, 0, 0, 0, 0, 1, 2))), len(names) - 1)
    if kind == "integer":
        return {"at_least": place, "at_most": other}
    if kind == "date":
        days = (FIRST_DAY + timedelta(days=each) for each in (place, other))
        return dict(zip(("on_or_after", "on_or_before"), days, strict=True))
    return names[place] if other == place else [names[place], names[other]]


@st.composite
def chained(draw: st.DrawFn) -> dict[str, Any]:
    """Limits of one number, about as many as are a long chain: the higher wins, as it overrides or comes first."""
    many = draw(st.integers(splits.LONG_CHAIN - 4, splits.LONG_CHAIN + 12))
    fields = {
        "amount": {"ask": "How much?", "type": "integer", "from": 0, "to": 2 * many},
        "member": {"ask": "Is it one of ours?", "type": "yes_no"},
    }
    decision = draw(st.sampled_from(("unique", "first")))
    rules: list[dict[str, Any]] = []
    for place in range(many):
        when: dict[str, Any] = {"amount": {draw(st.sampled_from(("at_least", "at_least", "more_than"))): 2 * place}}
        if draw(st.integers(0, 9)) == 0:
            when["member"] = draw(st.booleans())
        rule = {"when": when, "then": draw(st.sampled_from(VERDICTS))}
        below = {0: [], 1: [place - 1], 2: list(range(place))}[draw(st.sampled_from((1, 1, 1, 1, 1, 1, 2, 0)))]
        if decision == "unique" and place and below:
            rule["overrides"] = {f"r-{each}": "It is more." for each in below}
        rules.append(rule)
    return policy(fields, rules if decision == "unique" else rules[::-1], decision)


def said(data: dict[str, Any]) -> dict[str, Any]:
    """What a proof says that lists every pair of rules that disagree, and looks for no mends."""
    with patch.object(errors, "MOST_PAIRS", PLENTY):
        return said_by_engine(_prove(ProofSession(load(data), STEPS)), data)


@pytest.mark.thorough
@draw_by_day(20)
@given(data=keyed())
def test_what_is_said_of_a_table_with_a_key_is_what_brute_force_finds(data: dict[str, Any]) -> None:
    """Every count and every finding, with a few values less and more than are told apart at once."""
    assert said(data) == said_by_oracle(tally(data))


@pytest.mark.thorough
@draw_by_day(8)
@given(data=chained())
def test_what_is_said_of_a_long_chain_is_what_brute_force_finds(data: dict[str, Any]) -> None:
    """Every count and every finding, with a few rules less and more than make a long chain."""
    assert said(data) == said_by_oracle(tally(data))


@pytest.mark.thorough
@draw_by_day(30)
@given(data=policies(countable=True, small=True))
def test_no_size_from_which_a_way_is_taken_makes_a_difference(data: dict[str, Any]) -> None:
    """Policies of every kind, with all axes told apart at once and all chains halved."""
    with patch.object(splits, "MANY_PARTS", 2), patch.object(splits, "LONG_CHAIN", 2):
        found = said_by_engine(check(load(data)), data)
    assert found == said_by_oracle(tally(data))


@pytest.mark.thorough
@draw_by_day(20)
@given(data=policies(countable=True, small=True))
def test_cubes_are_told_apart_alike_however_many_they_are(data: dict[str, Any]) -> None:
    """Each test of an axis looked at by itself, as it is for few cubes, and all of them as a list, as for many."""
    found = []
    for few in (0, 1_000):
        with patch.object(cubes, "_FEW", few):
            found.append(check(load(data)))
    assert found[0] == found[1]
    assert said_by_engine(found[0], data) == said_by_oracle(tally(data))


@pytest.mark.thorough
@draw_by_day(40)
@given(data=policies(small=True))
def test_many_ways_lead_where_few_do(data: dict[str, Any]) -> None:
    """Values asked for together first and told apart after that lead every situation to its verdict and its rules."""
    loaded = load(data)
    with patch.object(splits, "MANY_PARTS", 2), patch.object(program, "MANY_WAYS", 2):
        verdicts, rules = verdict_program(loaded), rules_program(loaded)
    plain = rules_program(load(data))
    for values in situation_values(loaded, situations(data)):
        assert reached_ends(loaded, verdicts, values) == {ending(loaded, values)}
        assert reached_ends(loaded, rules, values) == reached_ends(loaded, plain, values)


@pytest.mark.parametrize("decision", ["unique", "first"])
@pytest.mark.parametrize("kind", ["text", "choice"])
def test_a_table_with_a_key_has_one_node(kind: str, decision: str) -> None:
    """However many keys there are, one question tells them apart, and few tests lead to each row."""
    names = [f"k{place}" for place in range(300)]
    key: dict[str, Any] = (
        {"type": "text", "known": names} if kind == "text" else {"choices": {name: name for name in names}}
    )
    rules: list[dict[str, Any]] = [
        {"when": {"key": name}, "then": VERDICTS[place % 3]} for place, name in enumerate(names)
    ]
    if decision == "first":
        rules.append({"otherwise": True, "then": "red"})
    loaded = load(policy({"key": {"ask": "Which one?", **key}}, rules, decision))
    logic = Logic(loaded)
    assert len(logic.outcomes.grow(logic.areas.whole, Budget(PLENTY)).nodes) == 1
    assert rules_program(loaded).depth() < 20


def test_a_chain_of_limits_is_halved() -> None:
    """Two hundred limits, each overriding the one before, are halved until few are left."""
    rules = [
        {"when": {"amount": {"at_least": 10 * place}}, "then": VERDICTS[place % 3]}
        | ({"overrides": {f"r-{place - 1}": "It is more."}} if place else {})
        for place in range(200)
    ]
    fields = {"amount": {"ask": "How much?", "type": "integer", "from": 0, "to": 5_000}}
    logic = Logic(load(policy(fields, rules, "unique")))
    tree = logic.outcomes.grow(logic.areas.whole, Budget(PLENTY))
    depth = [0] * len(tree.nodes)
    for place, node in enumerate(tree.nodes):
        depth[place] = 1 + max((depth[each.child] for each in node.branches if each.child >= 0), default=0)
    assert max(depth) <= splits.LONG_CHAIN


def test_a_first_list_with_a_default_has_neither_gap_nor_conflict() -> None:
    """That is certain from its form: no formula is made of it."""
    rules: list[dict[str, Any]] = [{"when": {"member": True}, "then": "red"}, {"otherwise": True, "then": "blue"}]
    loaded = load(policy({"member": {"ask": "Is it one of ours?", "type": "yes_no"}}, rules, "first"))
    with patch("engine.analysis.proving.proof_session.Logic", side_effect=AssertionError("no formula is needed")):
        assert find_errors(loaded) == ()
    assert check(loaded).sound
