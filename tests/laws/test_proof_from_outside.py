"""Is what `check` says true? Compared with an independent brute force over generated policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Finding, check, load
from engine.language.situations.situation_records import read_record
from engine.meaning import reference
from engine.meaning.asked.asked_questions import fill_in
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies, records
from tests.support.judging.amounts import worth
from tests.support.judging.comparison import said_by_engine, said_by_oracle
from tests.support.judging.oracle import CONFLICT, GAP, holds, outcome, settled
from tests.support.judging.spaces import every, listed, values
from tests.support.judging.tallies import tally
from tests.support.judging.yields import gets, lacks_output
from tests.support.searching import search_examples


@pytest.mark.thorough
@draw_by_day(50)
@given(policy=policies(countable=True, small=True))
def test_every_number_and_finding_is_what_brute_force_finds(policy: dict[str, Any]) -> None:
    """On small spaces, every count and every finding of the proof is exactly what trying all situations gives."""
    assert said_by_engine(check(load(policy)), policy) == said_by_oracle(tally(policy))


@draw_by_day(35)
@given(data=st.data())
def test_a_sound_policy_gives_every_drawn_situation_one_verdict(data: st.DataObject) -> None:
    """Whatever is drawn from a policy that `check` calls sound gets exactly one verdict and keeps every guarantee."""
    policy = data.draw(policies())
    loaded = load(policy)
    proof = check(loaded)
    for _ in range(5):
        record = data.draw(records(policy, unsure=False))
        possible, _, _, verdict = outcome(policy, record)
        if proof.sound and possible:
            assert verdict in loaded.verdict


@draw_by_day(40)
@given(policy=policies())
def test_every_example_shows_its_fault(policy: dict[str, Any]) -> None:
    """The example of a gap, a conflict or a broken guarantee is possible and shows it, says the oracle too."""
    for finding in check(load(policy)).findings:
        if finding.example is None:
            continue
        possible, _, stands, verdict = outcome(policy, finding.example)
        assert possible
        if finding.pair:
            _shows_a_pair(policy, finding)
            continue
        if finding.code == "no-partner":
            assert finding.situations is None or _partners(policy, finding, finding.example) == [finding.example]
            continue
        if finding.code == "gap":
            assert stands == ()
        elif finding.code == "conflict":
            assert set(finding.rules) <= set(stands)
            assert verdict == CONFLICT
        elif finding.code == "no-output":
            assert (finding.rules, verdict in policy["verdicts"]) == (stands, True)
            assert lacks_output(policy, stands, settled(policy, finding.example))
        elif finding.rules:
            assert set(finding.rules) & set(stands)
        else:
            # What should always hold is broken by no rule.
            promise = _promise(policy, finding)
            at = settled(policy, finding.example)
            assert holds(policy, promise.get("when", {}), at)
            assert not holds(policy, promise["always"], at)


def _promise(policy: dict[str, Any], finding: Finding) -> dict[str, Any]:
    [promise] = [each for each in policy["guarantees"] if f"`{each['guarantee']}`" in finding.message]
    return dict(promise)


def _shows_a_pair(policy: dict[str, Any], finding: Finding) -> None:
    """Both situations are possible, differ in nothing but what is named, and get the verdicts that are named."""
    promise = _promise(policy, finding)
    one, other = (dict(side.example) for side in finding.pair)
    assert one == finding.example
    differing = {name for name in one | other if one.get(name) != other.get(name)}
    named = set(listed(promise.get("ignores", promise.get("rising"))))
    assert differing == set(finding.differs)
    # A question that is asked in one of the two alone is no difference.
    assert all((name in one) != (name in other) for name in differing - named)
    for side in finding.pair:
        found = outcome(policy, side.example)
        assert found.possible
        assert (found.verdict, found.stands) == (side.verdict or found.verdict, side.rules)
        assert holds(policy, promise.get("when", {}), settled(policy, side.example))
    [subject, *_] = promise.get("never", ["verdict"])
    moved = [worth(policy, subject, settled(policy, each.example)) if subject != "verdict"
             else gets(policy, str(each.verdict), each.rules) if "ignores" in promise else each.verdict
             for each in finding.pair]  # fmt: skip
    assert moved[0] != moved[1]


def _partners(policy: dict[str, Any], finding: Finding, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All situations that a guarantee is about and that agree with one on all it does not ignore."""
    promise = _promise(policy, finding)
    kept = {name: value for name, value in record.items() if name not in listed(promise["ignores"])}
    axes = {name: [kept[name]] if name in kept else values(spec) for name, spec in policy["situation"].items()}
    return [
        read_record(load(policy), each).values
        for each in every(axes)
        if outcome(policy, each).possible and holds(policy, promise.get("when", {}), settled(policy, each))
    ]


@draw_by_day(50)
@given(data=st.data())
def test_the_reference_means_what_the_oracle_means(data: st.DataObject) -> None:
    """For every drawn situation, both name the same rules as applying and standing, and the same verdict."""
    policy = data.draw(policies())
    loaded = load(policy)
    record = data.draw(records(policy, unsure=False))
    values = fill_in(loaded, read_record(loaded, record).values)
    found = reference.outcome(loaded, values)
    expected = outcome(policy, record)
    assert (not reference.excluded_by(loaded, values)) == expected.possible
    assert (found.applies, found.stands) == (expected.applies, expected.stands)
    assert (found.verdict or {"gap": GAP, "conflict": CONFLICT}[found.kind]) == expected.verdict


@pytest.mark.search
def test_the_search_for_a_policy_that_is_proved_wrongly(tell: Callable[[str], None]) -> None:
    """Ten thousand fresh policies, or as many as the time allows, agree with brute force in every number."""

    def agrees(policy: dict[str, Any]) -> None:
        assert said_by_engine(check(load(policy)), policy) == said_by_oracle(tally(policy))

    reached = search_examples(policies(countable=True, small=True), agrees, 50, most=10_000)
    tell(f"proofs compared with brute force: {reached:,} policies")
    assert reached
