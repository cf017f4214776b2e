"""Do the cases that are proposed reach and notice everything, are they the fewest, and does their YAML say the same?"""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from engine import UnsoundError, find_survivors, load, measure_coverage, propose_cases, run_cases
from engine.analysis.testing.set_cover import fewest
from engine.budget import Budget
from engine.language.documents.yaml_text import read_yaml
from engine.language.situations.cases_file import Cases, read_cases
from engine.surfaces.cli.filesystem.cases_writing import cases_yaml
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.judging.cases import cases_of, few
from tests.support.making.picnic import picnic


@pytest.mark.thorough
@draw_by_day(5, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_with_what_is_proposed_nothing_is_missing(data: st.DataObject) -> None:
    """Every proposed case holds; with them everything is reached and every edit noticed; as YAML they are the same."""
    written = data.draw(policies(small=True, sound=True))
    policy = load(written)
    cases = data.draw(cases_of(policy, written))
    proposal = propose_cases(policy, cases)
    text = f"policy: {policy.name}\ncases:\n{cases_yaml(proposal)}"
    if proposal.cases:
        read = read_cases(read_yaml(text.encode(), "proposed"), policy)
        assert run_cases(policy, read).passed
        assert [(each.name, each.given.values, each.expect, each.by) for each in read.cases] == [
            (each.case.name, each.case.given.values, each.case.expect, each.case.by) for each in proposal.cases
        ]
    everything = Cases(policy.name, (*cases.cases, *(each.case for each in proposal.cases)), "all")
    found = find_survivors(policy, everything)
    assert (measure_coverage(policy, everything).missing, found.survivors) == ((), ())
    # And none is proposed that the others make needless.
    said = [(each.case.given.values, each.case.expect, each.case.by) for each in proposal.cases]
    assert all(each not in said[:place] for place, each in enumerate(said))
    if len(proposal.cases) < 6:
        for left_out in proposal.cases:
            fewer = [each.case for each in proposal.cases if each is not left_out]
            less = Cases(policy.name, (*cases.cases, *fewer), "less")
            assert measure_coverage(policy, less).missing or find_survivors(policy, less).survivors


@given(data=st.data())
def test_a_choice_of_the_fewest_is_one(data: st.DataObject) -> None:
    """Everything wanted is had, and where that is claimed no smaller choice has it all."""
    candidates = data.draw(st.lists(st.integers(0, 255), min_size=1, max_size=9))
    wanted = 0
    for each in candidates:
        wanted |= each
    chosen, proved = fewest(wanted, candidates, Budget(data.draw(st.sampled_from((0, 3, 10_000)))))
    assert covered(candidates, chosen) == wanted
    smaller = (some for some in combinations(range(len(candidates)), len(chosen) - 1)) if chosen else iter(())
    if proved:
        assert not any(covered(candidates, some) & wanted == wanted for some in smaller)


def covered(candidates: list[int], chosen: tuple[int, ...]) -> int:
    found = 0
    for place in chosen:
        found |= candidates[place]
    return found


def test_a_small_problem_is_proved() -> None:
    """With plenty of steps the claim is made; greedy alone would take three of these."""
    chosen, proved = fewest(0b111111, [0b001111, 0b010101, 0b101010], Budget(1_000))
    assert (sorted(chosen), proved) == ([1, 2], True)


_DAY = {"day": {"ask": "Which day?", "choices": {"no": "None", "sat": "Saturday"}}}


def test_only_the_answers_that_matter_are_given() -> None:
    """A proposed case leaves out what makes no difference, and says what it is for beside those before it."""
    policy = load(picnic(_DAY))
    proposal = propose_cases(policy, few(policy, ({"rain": False}, "garden")))
    assert proposal.to_dict() == {
        "cases": [
            {
                "case": "To review 1: In the kitchen",
                "given": {"rain": True},
                "expect": "kitchen",
                "by": ["wet"],
                "reasons": [
                    "reaches the rule `wet`",
                    "has “Does it rain? yes”",
                    "notices `dry`: without “Does it rain? no”",
                    "notices `wet`: gives “In the garden”",
                    "notices `wet`: left out",
                ],
            }
        ],
        "candidates": 1,
        "fewest": True,
    }
    assert str(proposal) == "1 case, the fewest of 1 situations that were tried"


def test_where_nothing_is_missing_nothing_is_proposed() -> None:
    """Two cases reach and notice all there is of two rules."""
    policy = load(picnic(_DAY))
    proposal = propose_cases(policy, few(policy, ({"rain": False}, "garden"), ({"rain": True}, "kitchen")))
    assert (proposal.cases, str(proposal)) == ((), "no case is missing")


def test_a_name_that_is_taken_is_not_used_again() -> None:
    """Numbers go on after those that are there."""
    policy = load(picnic(_DAY))
    first = propose_cases(policy, few(policy)).cases[0].case
    again = propose_cases(policy, Cases("picnic", (first,), "here")).cases
    assert [each.case.name for each in again] == ["To review 2: In the garden"]


def test_an_unsound_policy_is_no_advice() -> None:
    """What an unsound policy decides is not proposed as what to expect."""
    policy = load(
        picnic(_DAY, rules=[{"rule": "dry", "when": {"rain": False}, "then": "garden", "because": "It is pleasant."}])
    )
    with pytest.raises(UnsoundError, match="60 of 120 situations get no verdict"):
        propose_cases(policy, few(policy))


def test_choices_that_look_like_something_else_are_quoted() -> None:
    """A choice called `no` is written so that every reader of YAML takes it for text."""
    rules = [
        {"rule": "never", "when": {"day": "no"}, "then": "kitchen", "because": "No day."},
        {"rule": "once", "when": {"day": "sat"}, "then": "garden", "because": "A day."},
    ]
    policy = load(picnic(_DAY, rules=rules))
    assert cases_yaml(propose_cases(policy, few(policy))).count('given: {day: "no"}') == 1
