"""Is the difference between two versions of a policy found whole, counted exactly, and shown truly?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from engine import Policy, diff, load
from engine.analysis.describing.regions import MOST_SHOWN
from engine.language.model.asking.applicability import not_asked
from engine.language.model.widening import widen
from engine.meaning.reference import Situation
from tests.support.by_day import draw_by_day
from tests.support.drawing.versions import IMPOSSIBLE, Pair, everything, pair, pairs, said, some, versions
from tests.support.judging.spaces import NOT_ASKED, settle

Both = tuple[dict[str, Any], dict[str, Any]]


def changed(old: dict[str, Any], new: dict[str, Any]) -> dict[Pair, int]:
    return {each: many for each, many in pairs(old, new).items() if each[0] != each[1]}


@pytest.mark.thorough
@draw_by_day(8)
@given(both=versions())
def test_every_change_is_what_brute_force_finds(both: Both) -> None:
    """The same pairs of outcomes as by asking the oracle everywhere, each as often, and as many situations in all."""
    old, new = both
    found = diff(load(old), load(new))
    expected = pairs(old, new)
    assert {pair(change, old, new): change.situations for change in found.changes} == changed(old, new)
    assert (found.proved, found.total) == (True, expected.total())
    assert found.situations == sum(changed(old, new).values())
    assert found.same == (not changed(old, new))


@pytest.mark.thorough
@draw_by_day(15)
@given(both=versions())
def test_regions_of_a_change_are_disjoint_and_exact(both: Both) -> None:
    """Every situation of a change lies in one of its regions, any other in none, and each has as many as it says."""
    old, new = both
    view = widen(load(old), load(new)).view
    records = [
        (said(old, record, new), said(new, record, old), values_of(view, record)) for record in everything(old, new)
    ]
    for change in diff(load(old), load(new)).changes:
        assert change.regions is not None
        if change.regions.total > MOST_SHOWN:
            continue
        many = [0] * change.regions.total
        for before, after, values in records:
            within = [number for number, region in enumerate(change.regions.shown)
                      if Situation(view, values).holds(region.when)]  # fmt: skip
            assert len(within) == ((before, after) == pair(change, old, new))
            for number in within:
                many[number] += 1
        assert [region.situations for region in change.regions.shown] == many
        assert sum(many) == change.situations


@pytest.mark.thorough
@draw_by_day(15)
@given(both=versions())
def test_short_regions_of_a_change_are_exact_too(both: Both) -> None:
    """They may overlap and use the facts of the new version, but say no more than the disjoint ones do."""
    old, new = both
    widened = widen(load(old), load(new))
    # A situation that a version does not take has values of the language all the same, and so have its facts.
    read = (each for each in widened.new.numbers if each.name not in widened.view.number)
    view = replace(widened.view, facts=widened.new.facts, numbers=(*widened.view.numbers, *read))
    records = [
        (said(old, record, new), said(new, record, old), values_of(view, record)) for record in everything(old, new)
    ]
    for change in diff(load(old), load(new)).changes:
        assert change.regions is not None
        if change.regions.total > MOST_SHOWN:
            continue
        short = change.regions.short or change.regions.shown
        many = [0] * len(short)
        for before, after, values in records:
            within = [number for number, region in enumerate(short) if Situation(view, values).holds(region.when)]
            assert bool(within) == ((before, after) == pair(change, old, new))
            for number in within:
                many[number] += 1
        assert [region.situations for region in short] == many
        assert len(short) <= change.regions.total
        assert sum(len(region.when.parts) for region in short) <= sum(
            len(region.when.parts) for region in change.regions.shown
        )


def values_of(view: Policy, record: dict[str, Any]) -> dict[str, Any]:
    """A record as the values of the language."""
    answers = {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()}
    return {name: not_asked(view.field[name]) if value == NOT_ASKED else value for name, value in answers.items()}


@pytest.mark.thorough
@draw_by_day(15)
@given(both=versions())
def test_the_answers_of_an_example_show_its_change(both: Both) -> None:
    """The example changes as it says, and so does whatever else has those answers and is possible in a version."""
    old, new = both
    specs = old["situation"] | new["situation"]
    # Where one of the versions takes `none` as an answer, its field says what that is.
    specs |= {name: spec for each in (old, new) for name, spec in each["situation"].items() if "or_none" in spec}
    records = [(said(old, record, new), said(new, record, old), record) for record in everything(old, new)]
    for change in diff(load(old), load(new)).changes:
        assert change.example is not None
        example = dict.fromkeys(specs, NOT_ASKED) | dict(change.example)
        assert (said(old, example, new), said(new, example, old)) == pair(change, old, new)
        shown = {name: settle(specs[name], example[name]) for name in change.shows}
        with_these = {
            (before, after)
            for before, after, record in records
            if all(settle(specs[name], record[name]) == value for name, value in shown.items())
        }
        assert with_these - {(IMPOSSIBLE, IMPOSSIBLE)} == {pair(change, old, new)}


@pytest.mark.thorough
@draw_by_day(20)
@given(both=versions(countable=False))
def test_no_change_is_overlooked_where_situations_cannot_be_counted(both: Both) -> None:
    """Whatever the oracle sees change is told, in one region of its change alone; what does not change is in none."""
    old, new = both
    found = diff(load(old), load(new))
    assert (found.proved, found.situations, found.total) == (True, None, None)
    view = widen(load(old), load(new)).view
    told = {pair(change, old, new): change.regions for change in found.changes}
    try:
        records = some(old, new)
    except ValueError:
        names = old["situation"] | new["situation"]
        records = [dict.fromkeys(names, NOT_ASKED) | dict(change.example)
                   for change in found.changes if change.example is not None]  # fmt: skip
    for record in records:
        seen = said(old, record, new), said(new, record, old)
        assert (seen in told) == (seen[0] != seen[1])
        situation = Situation(view, values_of(view, record))
        for each, regions in told.items():
            assert regions is not None
            if regions.total <= MOST_SHOWN:
                assert sum(situation.holds(region.when) for region in regions.shown) == (each == seen)


@settings(max_examples=20)
@given(both=versions())
def test_the_other_way_round_every_change_turns_round(both: Both) -> None:
    """From new to old the same situations change, each back to what it was."""
    old, new = both
    there, back = diff(load(old), load(new)), diff(load(new), load(old))
    assert sorted((pair(each, old, new), each.situations) for each in there.changes) == sorted(
        (pair(each, new, old)[::-1], each.situations) for each in back.changes
    )
    assert (there.same, there.situations, there.total) == (back.same, back.situations, back.total)


@pytest.mark.thorough
@settings(max_examples=40)
@given(both=versions())
def test_a_policy_is_the_same_as_itself(both: Both) -> None:
    """Sound or not, a policy compared with itself changes nothing."""
    for data in both:
        found = diff(load(data), load(data))
        assert (found.same, found.changes, found.fields, found.verdicts) == (True, (), (), ())


def test_an_amount_may_read_an_ordered_choice_that_has_a_new_answer() -> None:
    """What it means is compared over the answers of both versions."""
    points = [{"when": {"risk": {"at_most": "low"}}, "add": 2, "because": "It counts."}]
    old: dict[str, Any] = {
        "policy": "fee",
        "title": "What does it cost?",
        "situation": {
            "risk": {"ask": "How risky is it?", "choices": {"low": "Low", "high": "High"}, "ordered": True},
            "member": {"ask": "Are they a member?", "type": "yes_no"},
        },
        "numbers": {"fee": {"means": "what it costs", "points": points}},
        "verdicts": {"pays": {"title": "They pay", "output": {"fee": {"number": "fee"}}}, "free": {"title": "Free"}},
        "rules": [{"rule": "all", "when": {"member": False}, "then": "pays", "because": "All pay."},
                  {"rule": "rest", "otherwise": True, "then": "free", "because": "They are members."}],
    }  # fmt: skip
    new = {**old, "situation": {**old["situation"]}, "rules": [{**old["rules"][0], "then": "free"}, old["rules"][1]]}
    new["situation"]["risk"] = {**old["situation"]["risk"], "choices": {"none": "None", "low": "Low", "high": "High"}}
    changes = diff(load(old), load(new)).changes
    assert {(each.before.verdict, each.after.verdict): each.situations for each in changes} == {
        ("pays", "free"): 2,
        (None, "free"): 2,
    }
