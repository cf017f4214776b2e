"""Does a large chain, whose steps stand for themselves, get the same proof as one whose steps are written out?"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Finding, Proof, certify, check, decide, load, verify
from engine.budget import attempt
from engine.meaning.chains import chain_sizes, large_chains, open_steps
from engine.meaning.logic import MOST_WRITTEN_OUT, large_chain_of
from engine.meaning.spaces import tied_fields
from tests.support.by_day import draw_by_day
from tests.support.drawing.collected import collect
from tests.support.drawing.strategies import policies
from tests.support.drawing.thresholds import ALL, NONE, with_steps_written_out
from tests.support.making.large_chains import large_chain


def _said(proof: Proof) -> tuple[object, ...]:
    """All that a proof says; of examples and mends, of which there are many good ones, only whether there are some."""
    steps = {name: counts.to_dict() for name, counts in proof.steps.items()}
    return proof.sound, proof.situations, proof.verdicts, proof.rules, steps, sorted(map(_of, proof.findings))


def _of(finding: Finding) -> tuple[object, ...]:
    rules, message = finding.rules, finding.message
    if finding.code == "dead-rule":
        # Several rules may hide one, each of them alone.
        rules, message = rules[:1], message.partition(" (`")[0]
    help_ = finding.help
    if finding.code == "no-output" and "/" in rules[0]:
        # It names the rule of the step, and the answer that is missing, of one situation of several alike.
        rules, message, help_ = (), message.partition(":")[0], ""
    return finding.code, rules, str(finding.situations), message, help_, finding.example is None


def _in_regions(proof: Proof) -> list[int | None]:
    """The situations in the regions of each finding; None unless all of its regions are shown."""
    found = [finding.regions for finding in sorted(proof.findings, key=_of)]
    return [sum(each.situations or 0 for each in regions.shown)
            if regions is not None and regions.total == len(regions.shown) else None
            for regions in found]  # fmt: skip


def _agree(large: Proof, small: Proof) -> None:
    assert _said(large) == _said(small)
    regions = zip(_in_regions(large), _in_regions(small), strict=True)
    assert all(None in pair or pair[0] == pair[1] for pair in regions)


# Steps written out need more of them than those that stand for themselves.
PLENTY = 20_000_000


def _both(policy: dict[str, Any]) -> list[Proof]:
    proofs = []
    for most in (NONE, ALL):
        with with_steps_written_out(most):
            proofs.append(check(load(policy), steps=PLENTY, regions=True))
    return proofs


@pytest.mark.thorough
@draw_by_day(8, deadline=None)
@given(
    policies(small=True, chained=True),
    st.sampled_from([0, 1, ALL]),
    st.sampled_from([1, 10_000]),
    st.sampled_from([0, 100_000]),
    st.booleans(),
)
def test_a_chain_is_proved_alike_with_its_steps_written_out_or_not(
    policy: dict[str, Any], worth: int, kept: int, joined: int, asks_what_is_possible: bool
) -> None:
    """Findings, the situations of each, and all counts, multiplied by outcome or not, with the trees of steps joined or
    not, also where each step is read with what is impossible; the certificate says the same.
    """
    with ExitStack() as stack:
        stack.enter_context(mock.patch.multiple(chain_sizes, _WORTH=worth, _MOST_JOINED=joined))
        stack.enter_context(mock.patch.object(tied_fields, "_MOST_KEPT", kept))
        if asks_what_is_possible:
            # As where the tree without it is the larger one.
            stack.enter_context(mock.patch.object(large_chains, "attempt", return_value=None))
        large, small = _both(policy)
    _agree(large, small)
    if all(each.code != "not-proved" for each in large.errors):
        with with_steps_written_out(NONE):
            loaded = load(policy)
            assert verify(loaded, certify(loaded)).sound == large.sound


@pytest.mark.thorough
def test_chains_of_every_sort_are_drawn() -> None:
    """Sound and faulty ones, with one step, with several, and with faults of steps."""
    drawn = collect(policies(small=True, chained=True), 60)
    proofs = [check(load(each)) for each in drawn]
    assert {len(each["steps"]) for each in drawn} >= {1, 2, 3}
    assert {each.sound for each in proofs} == {True, False}
    codes = {finding.code for each in proofs for finding in each.findings}
    assert codes >= {"gap", "conflict", "dead-rule", "redundant-rule", "idle-field", "idle-answer", "impossible-test"}
    assert any("the step `" in finding.message for each in proofs for finding in each.errors)


@draw_by_day(4, deadline=None)
@given(
    st.integers(0, 99),
    st.integers(1, 3),
    st.booleans(),
    st.integers(0, 2),
    st.sampled_from([(6, 12), (13, 30)]),
    st.sampled_from([1, 1_000]),
    st.sampled_from([0, 1, ALL]),
    st.sampled_from([0, 100_000]),
)
def test_tables_that_read_each_other_are_proved_alike(
    seed: int, steps: int, shared: bool, faults: int, sizes: tuple[int, int], kept: int, worth: int, joined: int
) -> None:
    """Both below and beyond the number of rules at which the way changes, and however little is kept."""
    rows = sizes[0] if steps > 1 else sizes[1]
    chain = large_chain(rows, seed, steps=steps, shared=shared, faults=faults).whole
    counted = mock.patch.multiple(chain_sizes, _MOST_KEPT=kept, _WORTH=worth, _MOST_SIZES=kept, _MOST_JOINED=joined)
    with counted, mock.patch.object(open_steps, "_MOST_EMPTY", kept):
        large, small = _both(chain)
    _agree(large, small)


def test_only_what_is_too_large_is_not_written_out() -> None:
    rows = MOST_WRITTEN_OUT // 2
    assert large_chain_of(load(large_chain(rows, 1).whole)) is None
    assert large_chain_of(load(large_chain(rows + 1, 1).whole)) is not None


@pytest.mark.thorough
@pytest.mark.parametrize("shared", [True, False])
def test_a_large_chain_is_proved_with_all_counts(shared: bool) -> None:
    """Far more than could be written out; a gap of the chain has an example that goes through the step."""
    chain = large_chain(200, 3, shared=shared)
    proof = check(load(chain.whole))
    assert proof.sound
    assert all(check(load(each)).sound for each in chain.alone)
    assert proof.situations == sum(many or 0 for many in proof.verdicts.values())
    assert proof.situations == sum(many or 0 for many in proof.rules.values())
    faulty = load(large_chain(200, 3, shared=shared, faults=3).whole)
    [gap] = check(faulty).errors
    assert gap.code == "gap"
    assert gap.situations
    assert gap.example is not None
    assert decide(faulty, gap.example, draft=True).outcome == "gap"


@pytest.mark.thorough
@pytest.mark.parametrize("shared", [True, False])
def test_a_chain_of_five_is_proved_with_all_counts(shared: bool) -> None:
    """What is counted of a table is counted once, and not for each row of the next, also where all read the same."""
    chain = large_chain(80, 3, steps=4, shared=shared)
    proof = check(load(chain.whole))
    assert proof.sound
    assert proof.situations == sum(many or 0 for many in proof.verdicts.values())
    assert proof.situations == sum(many or 0 for many in proof.rules.values())
    for counts in proof.steps.values():
        assert proof.situations == sum(many or 0 for many in counts.to_dict()["rules"].values())


def test_a_gap_that_a_step_cannot_reach_is_none() -> None:
    """No rule is for small ones of ten and more, nor for large ones below; there are none. Then there are some."""
    policy: dict[str, Any] = {
        "policy": "parcels",
        "title": "How do we send it?",
        "situation": {"weight": {"ask": "How heavy is it?", "type": "integer", "from": 0, "to": 20}},
        "steps": {
            "size": {
                "means": "its size",
                "outcomes": {"small": "Small", "large": "Large"},
                "rules": [
                    {
                        "rule": "light",
                        "when": {"weight": {"less_than": 10}},
                        "then": "small",
                        "because": "It is light.",
                    },
                    {"rule": "heavy", "when": {"weight": {"at_least": 10}}, "then": "large", "because": "It is heavy."},
                ],
            }
        },
        "verdicts": {"post": {"title": "By post"}, "van": {"title": "By van"}},
        "rules": [
            {"rule": "a", "when": {"size": "small", "weight": {"less_than": 10}}, "then": "post", "because": "Cheap."},
            {"rule": "b", "when": {"size": "large", "weight": {"at_least": 10}}, "then": "van", "because": "Safe."},
        ],
    }
    with with_steps_written_out(NONE):
        proof = check(load(policy))
        assert proof.sound
        assert proof.rules == {"a": 10, "b": 11}
        # Where two rules stand together, their situations do not add up to those of their verdict.
        both = {"rule": "c", "when": {"weight": {"less_than": 4}}, "then": "post", "because": "Light."}
        proof = check(load({**policy, "rules": [*policy["rules"], both]}))
        assert proof.rules == {"a": 10, "b": 11, "c": 4}
        assert proof.verdicts == {"post": 10, "van": 11}
        policy["steps"]["size"]["rules"][0]["when"]["weight"]["less_than"] = 12
        policy["steps"]["size"]["rules"][1]["when"]["weight"]["at_least"] = 12
        [gap] = check(load(policy)).errors
    assert (gap.code, gap.situations, gap.example) == ("gap", 2, {"weight": 10})


def test_a_number_of_a_large_table_is_proved_alike_from_both_sides() -> None:
    """Compared itself and as a part of other numbers, in a policy of more rules than are written out."""
    zones = {f"zone_{place}": f"Zone {place}" for place in range(MOST_WRITTEN_OUT + 10)}
    rows: list[dict[str, Any]] = [
        {"rule": f"row-{place}", "when": {"zone": zone}, "then": place % 13 + 1, "because": "So."}
        for place, zone in enumerate(zones)
    ]
    policy: dict[str, Any] = {
        "policy": "zones",
        "title": "Is it dear?",
        "situation": {
            "zone": {"ask": "Which zone?", "choices": zones},
            "weight": {"ask": "How heavy?", "type": "integer", "from": 1, "to": 9},
        },
        "numbers": {
            "rate": {"means": "the rate", "table": rows},
            "fee": {"means": "what it costs", "product": ["weight", "rate"]},
            "most": {"means": "the larger one", "larger_of": ["rate", "weight"]},
        },
        "verdicts": {"dear": {"title": "Dear"}, "cheap": {"title": "Cheap"}},
        "decision": "first",
        "rules": [
            {"rule": "costly", "when": {"fee": {"more_than": 40}}, "then": "dear", "because": "So."},
            {"rule": "heavy", "when": {"most": 9, "rate": {"none_of": [9, 2]}}, "then": "dear", "because": "So."},
            {"rule": "rest", "otherwise": True, "then": "cheap", "because": "So."},
        ],
    }
    found = _both(policy)
    assert _said(found[0]) == _said(found[1])
    wanted = [
        each["then"] * weight > 40 or (max(each["then"], weight) == 9 and each["then"] not in (9, 2))
        for each in rows
        for weight in range(1, 10)
    ]
    assert found[0].verdicts == {"dear": sum(wanted), "cheap": len(wanted) - sum(wanted)}
    rows[3]["when"]["weight"] = {"at_least": 3}
    rows[4]["when"]["zone"] = ["zone_4", "zone_5"]
    large, small = _both(policy)
    assert _said(large) == _said(small)
    assert {(each.code, each.situations) for each in large.errors} == {("gap", 2), ("conflict", 9)}


def test_a_gap_is_mended_where_a_rule_compares_an_amount_that_a_step_gives() -> None:
    """The amount is an outcome of the step, and not an answer that a wider test could name: the test is taken out."""
    policy: dict[str, Any] = {
        "policy": "parcels",
        "title": "How do we send it?",
        "situation": {"far": {"ask": "Is it far?", "type": "yes_no"}, "late": {"ask": "Is it late?", "type": "yes_no"}},
        "numbers": {
            "rate": {
                "means": "the rate",
                "table": [
                    {"rule": "near", "when": {"far": False}, "then": 1, "because": "It is near."},
                    {"rule": "far", "when": {"far": True}, "then": 4, "because": "It is far."},
                ],
            }
        },
        "verdicts": {"post": {"title": "By post"}, "van": {"title": "By van"}},
        "rules": [
            {"rule": "cheap", "when": {"late": False}, "then": "post", "because": "There is time."},
            {
                "rule": "dear",
                "when": {"late": True, "rate": {"at_least": 2}},
                "then": "van",
                "because": "It is worth it.",
            },
        ],
    }
    for most in (NONE, ALL):
        with with_steps_written_out(most):
            [gap] = check(load(policy)).errors
        assert gap.situations == 1
        assert "widen `dear`: take `rate: {at_least: 2}` out of its `when`" in map(str, gap.mends)


@pytest.mark.parametrize(("dry", "near"), [(False, False), (False, True), (True, False), (True, True)])
def test_what_a_step_says_where_nothing_is_possible_is_never_read(dry: bool, near: bool) -> None:
    """The first step has an outcome in impossible situations alone, which no branch of the second one is about."""
    policy: dict[str, Any] = {
        "policy": "trip",
        "title": "How do we go?",
        "situation": {
            "dry": {"ask": "Is it dry?", "type": "yes_no"},
            "near": {"ask": "Is it near?", "type": "yes_no"},
            "warm": {"ask": "Is it warm?", "type": "yes_no"},
        },
        "steps": {
            "mood": {
                "means": "how we feel",
                "outcomes": {"good": "Good", "fair": "Fair", "odd": "Odd"},
                "decision": "first",
                "rules": [
                    {"rule": "odd", "when": {"dry": dry, "near": near}, "then": "odd", "because": "It cannot be."},
                    {"rule": "warm", "when": {"warm": True}, "then": "good", "because": "It is warm."},
                    {"rule": "others", "otherwise": True, "then": "fair", "because": "It is not."},
                ],
            },
            "pace": {
                "means": "how quickly",
                "outcomes": {"slow": "Slowly", "quick": "Quickly"},
                "rules": [
                    {"rule": "good", "when": {"mood": "good"}, "then": "slow", "because": "We like to walk."},
                    {"rule": "fair", "when": {"mood": "fair"}, "then": "quick", "because": "It is cold."},
                    {"rule": "near", "when": {"warm": True, "near": near}, "then": "slow", "because": "So it is."},
                    {"rule": "dry", "when": {"warm": True, "dry": dry}, "then": "slow", "because": "So it is."},
                ],
            },
        },
        "verdicts": {"walk": {"title": "We walk"}, "ride": {"title": "We ride"}},
        "rules": [
            {"rule": "slow", "when": {"pace": "slow"}, "then": "walk", "because": "There is time."},
            {"rule": "quick", "when": {"pace": "quick"}, "then": "ride", "because": "There is none."},
        ],
        "impossible": [{"when": {"dry": dry, "near": near}, "because": "It cannot be."}],
    }
    _agree(*_both(policy))


def test_a_step_is_read_with_what_is_impossible_where_its_tree_would_be_larger_without() -> None:
    """Ten rules that disagree only where nothing is possible: without that, the tree would tell where they do."""
    fields = {f"f{place}": {"ask": "How much?", "type": "integer", "from": 0, "to": 9} for place in range(3)}
    rules = [{"rule": f"r{at}", "when": {f"f{at % 3}": at}, "then": f"v{at % 2}", "because": "So."} for at in range(10)]
    policy: dict[str, Any] = {
        "policy": "sample",
        "title": "What is it?",
        "situation": fields,
        "steps": {
            "one": {
                "means": "what it is",
                "outcomes": {"v0": "Even", "v1": "Odd"},
                "rules": [*rules, {"rule": "both", "when": {"f0": 5}, "then": "v0", "because": "So."}],
            }
        },
        "verdicts": {"go": {"title": "Go"}, "stay": {"title": "Stay"}},
        "rules": [
            {"rule": "even", "when": {"one": "v0"}, "then": "go", "because": "So."},
            {"rule": "odd", "when": {"one": "v1"}, "then": "stay", "because": "So."},
        ],
        "impossible": [{"when": {"not": {"f0": 5}}, "because": "It is always 5."}],
    }
    found: list[object] = []

    def tried(*given: Any) -> object:
        found.append(attempt(*given))
        return found[-1]

    with mock.patch.object(large_chains, "attempt", tried):
        _agree(*_both(policy))
    assert found == [None]
