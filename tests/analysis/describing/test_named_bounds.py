"""Does a region, a row or a mend name the author's constants, and mean the same as with their values?"""

from __future__ import annotations

import decimal
from copy import deepcopy
from typing import Any

from hypothesis import given

from engine import Compare, Policy, check, diff, load, tabulate
from engine.analysis.describing.named_bounds import name_bounds
from engine.language.model.condition_tree import All, Condition, comparisons_in
from engine.meaning.logic import logic_of
from engine.meaning.reference import Situation
from engine.meaning.spaces.wording import test_of as condition_on
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.judging.cases import situation_values
from tests.support.judging.spaces import situations

HALL: dict[str, Any] = {
    "policy": "hall",
    "title": "Do we let the hall?",
    "constants": {
        "adult": {"means": "when somebody is of age", "is": 18, "unit": "years"},
        "full": {"means": "the most guests", "is": 120},
        "opening": {"means": "the first day", "is": "2024-05-01"},
        "short": {"means": "what is short", "is": 1.5},
    },
    "situation": {
        "age": {"ask": "How old are you?", "type": "integer", "from": 0, "to": 99, "unit": "years"},
        "guests": {"ask": "How many guests?", "type": "integer", "from": 0, "to": 200},
        "day": {"ask": "When?", "type": "date", "from": "2024-01-01", "to": "2024-12-31"},
        "hours": {"ask": "How long?", "type": "number", "from": 0, "to": 9},
    },
    "verdicts": {"let": {"title": "We do"}, "refuse": {"title": "We do not"}},
    "rules": [
        {
            "rule": "fine",
            "when": {
                "age": {"more_than": "adult"},
                "guests": {"at_most": "full"},
                "day": {"on_or_after": "opening"},
                "hours": {"more_than": "short"},
            },
            "then": "let",
            "because": "They may.",
        }
    ],
}


def _lets(**when: Any) -> dict[str, Any]:
    data = deepcopy(HALL)
    data["rules"] = [{"rule": "fine", "when": when, "then": "let", "because": "They may."}]
    return data


def _gaps(data: dict[str, Any]) -> list[tuple[str, ...]]:
    [gap] = check(load(data), regions=True).errors
    assert gap.regions is not None
    return [region.words for region in gap.regions.shown]


def test_a_bound_is_named_as_the_rules_name_it() -> None:
    """Where the rule says more than the constant, what is left out is at most it, and so on."""
    assert _gaps(_lets(age={"more_than": "adult"})) == [("How old are you? at most the adult (18 years)",)]
    assert _gaps(_lets(age={"at_least": "adult"})) == [("How old are you? less than the adult (18 years)",)]
    assert _gaps(_lets(day={"on_or_after": "opening"})) == [("When? before the opening (2024-05-01)",)]
    assert _gaps(_lets(day={"on_or_before": "opening"})) == [("When? after the opening (2024-05-01)",)]
    assert _gaps(_lets(hours={"more_than": "short"})) == [("How long? at most the short (1.5)",)]


def test_a_bound_is_named_whatever_the_context_of_decimals() -> None:
    """How the caller rounds and what stops the caller's sums is no matter of the bounds."""
    small = decimal.Context(prec=1, Emin=0, Emax=0, clamp=1, traps=[decimal.Clamped, decimal.Inexact, decimal.Rounded])
    with decimal.localcontext(small):
        assert _gaps(_lets(hours={"at_least": "short"})) == [("How long? less than the short (1.5)",)]


def test_a_number_that_no_rule_compares_with_the_constant_is_a_number() -> None:
    """Eighteen guests are not “the adult”, and neither is an age that a rule writes out."""
    assert _gaps(_lets(guests={"more_than": 18})) == [("How many guests? at most 18",)]
    assert _gaps(_lets(age={"more_than": 30}, guests={"at_most": "full"}))[0][0].endswith("at most 30 years")


def test_a_row_of_a_table_names_it() -> None:
    """The cells of decision tables read like the rules."""
    rows = tabulate(load(_lets(age={"more_than": "adult"}, guests={"at_most": "full"}))).rows
    assert {word for row in rows for word in row.words if word} == {
        "more than the adult (18 years)",
        "at most the adult (18 years)",
        "more than the full (120)",
        "at most the full (120)",
    }


def test_a_mend_names_it_and_settles_the_gap_as_pasted() -> None:
    """What is proposed for the rule has the name of the constant where the rule had it."""
    data = _lets(age={"more_than": "adult"})
    data["rules"].append({"rule": "young", "when": {"age": {"less_than": "adult"}}, "then": "refuse", "because": "No."})
    [gap] = check(load(data)).errors
    assert "`age: {at_least: adult}`" in gap.mends[0].words
    data["rules"][0]["when"] = {"age": {"at_least": "adult"}}
    assert check(load(data)).sound


def _conditions_of_cells(policy: Policy) -> list[Condition]:
    """The condition of each cell of each field."""
    space = logic_of(policy).space
    return [
        condition_on(space, axis, 1 << cell)
        for axis, shape in enumerate(space.axes)
        if not shape.terms
        for cell in range(len(shape.cells))
    ]


@draw_by_day(30)
@given(data=policies(small=True))
def test_a_condition_means_the_same_with_names(data: dict[str, Any]) -> None:
    """In every situation; and each name stands for the value that it is beside."""
    policy = load(data)
    conditions = _conditions_of_cells(policy)
    named = [name_bounds(policy, condition) for condition in conditions]
    for test in comparisons_in(All(tuple(named))):
        if isinstance(test, Compare) and test.named:
            assert isinstance(test.named, str)
            assert policy.constant[test.named].value == test.value
    changed = [(one, other) for one, other in zip(conditions, named, strict=True) if one is not other]
    for values in situation_values(policy, situations(data)):
        situation = Situation(policy, values)
        for one, other in changed:
            assert situation.holds(one) == situation.holds(other)


def test_a_comparison_names_what_both_versions_name_alike() -> None:
    """A constant with another value in the new version has no name that would be true of both."""
    old, new = _lets(age={"at_least": "adult"}), _lets(age={"at_least": "adult"}, guests={"at_most": "full"})
    [change] = diff(load(old), load(new)).changes
    assert change.regions is not None
    assert change.regions.shown[0].words == (
        "How old are you? at least the adult (18 years)",
        "How many guests? at least 121",
    )
    new["constants"] = {**new["constants"], "adult": {"means": "when somebody is of age", "is": 17, "unit": "years"}}
    found = [each.regions for each in diff(load(old), load(new)).changes]
    words = [region.words for regions in found if regions is not None for region in regions.shown]
    assert ("How old are you? 17 years", "How many guests? at most 120") in words
