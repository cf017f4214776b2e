"""Are the regions of a finding disjoint, and together exactly the situations that it is about?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from engine import Finding, Guarantee, Policy, check, load
from engine.analysis.describing.regions import MOST_SHOWN, Regions
from engine.language.model.relations.rule_outputs import amounts_in
from engine.language.model.words import condition_words
from engine.meaning.reference import Situation, excluded_by, outcome
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.judging.cases import situation_values
from tests.support.judging.spaces import situations


def shows(policy: Policy, finding: Finding, values: dict[str, Any]) -> bool:
    """Whether, by the definition, a situation is one that a gap or a conflict is about."""
    if excluded_by(policy, values):
        return False
    found = outcome(policy, values)
    if finding.code == "no-output":
        said, _, why = finding.message.partition(":")
        amounts = amounts_in(policy, found.stands) if found.verdict else {}
        without = [name for name in found.lacking if f"the number `{amounts[name].number}`" in why]
        assert all(f"`{name}`" in said for name in without)
        return bool(without)
    if finding.code == "gap":
        return not found.stands
    if finding.code == "conflict":
        return set(finding.rules) <= set(found.stands)
    guarantee = next(each for each in policy.guarantees if f"guarantee `{each.name}`" in finding.message)
    holds = Situation(policy, values).holds(guarantee.critical)
    return holds and (not isinstance(guarantee, Guarantee) or not set(found.verdicts).isdisjoint(guarantee.forbidden))


@pytest.mark.thorough
@draw_by_day(25)
@given(data=policies(small=True))
def test_regions_are_disjoint_and_exact(data: dict[str, Any]) -> None:
    """Every situation of a finding lies in exactly one region, every other in none, and each has as many as it says."""
    policy = load(data)
    everything = situation_values(policy, situations(data))
    for finding in check(policy, regions=True).errors:
        if finding.regions is None or finding.regions.total > MOST_SHOWN:
            continue
        many = [0] * finding.regions.total
        for values in everything:
            within = [number for number, region in enumerate(finding.regions.shown)
                      if Situation(policy, values).holds(region.when)]  # fmt: skip
            expected = shows(policy, finding, values)
            # A region may take in what is impossible, where that needs no words to leave out: nobody is there.
            assert len(within) == expected or (excluded_by(policy, values) and len(within) <= 1)
            for number in within:
                many[number] += 1
        assert [region.situations for region in finding.regions.shown] == many


def test_nothing_is_told_of_regions_unless_asked() -> None:
    """Without `regions` a finding has none, and its dictionary does not speak of them."""
    finding = check(load("other-interviews-as-written")).findings[0]
    assert finding.regions is None
    assert "regions" not in finding.to_dict()


def numbers(rules: list[dict[str, Any]], last: int = 99) -> dict[str, Any]:
    return {
        "policy": "numbers",
        "title": "Odd or even?",
        "situation": {"n": {"ask": "Which number?", "type": "integer", "from": 0, "to": last},
                      "late": {"ask": "Is it late?", "type": "yes_no"}},
        "verdicts": {"yes": {"title": "Yes"}, "no": {"title": "No"}},
        "rules": rules,
    }  # fmt: skip


def test_many_regions_are_capped_and_counted() -> None:
    """Twenty regions are shown, and how many more there are is said."""
    data = numbers([{"rule": f"pair-{n}", "when": {"n": n, "m": n}, "then": "yes", "because": "They are equal."}
                    for n in range(40)])  # fmt: skip
    data["situation"]["m"] = {"ask": "And which other?", "type": "integer", "from": 0, "to": 99}
    policy = load(data)
    finding = check(policy, regions=True).errors[0]
    assert finding.regions is not None
    assert len(finding.regions.shown) == MOST_SHOWN
    assert finding.regions.lines()[-1] == f"and {finding.regions.total - MOST_SHOWN:,} more"


def test_regions_are_told_in_the_words_of_the_author() -> None:
    """What all regions have in common comes first, then each by its number, with how many situations it holds."""
    rules = [
        {"rule": "low", "when": {"n": {"less_than": 10}}, "then": "yes", "because": "It is low."},
        {"rule": "high", "when": {"n": {"at_least": 30}, "late": True}, "then": "no", "because": "It is late."},
    ]
    finding = check(load(numbers(rules)), regions=True).errors[0]
    assert isinstance(finding.regions, Regions)
    assert finding.regions.lines() == [
        "one of these 2:",
        "1. Which number? at least 10 and at most 29  (40)",
        "2. Which number? at least 30",
        "   Is it late? no  (70)",
    ]
    assert finding.regions.to_dict() == {
        "total": 2,
        "shown": [
            {"when": {"n": {"at_least": 10, "at_most": 29}}, "situations": 40,
             "words": ["Which number? at least 10 and at most 29"]},
            {"when": {"n": {"at_least": 30}, "late": False}, "situations": 70,
             "words": ["Which number? at least 30", "Is it late? no"]},
        ],
    }  # fmt: skip


def test_a_region_is_a_condition_of_the_language() -> None:
    """A region's `when` can be pasted into a rule: words and YAML say the same."""
    policy = load("other-interviews-as-written")
    for finding in check(policy, regions=True).errors:
        assert finding.regions is not None
        for region in finding.regions.shown:
            assert list(region.words) == condition_words(policy, region.when)
