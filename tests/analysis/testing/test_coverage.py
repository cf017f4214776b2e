"""Are the rules, cells and sides of boundaries those that trying everything finds, and is what is missing said?"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from engine import Coverage, Policy, load, measure_coverage, propose_cases
from engine.analysis.testing.coverage import Reached
from engine.analysis.testing.goals import Goal
from engine.language.model.asking.applicability import is_left_out, not_asked, written_only
from engine.language.model.condition_tree import MEMBER_OPS, Compare, Versus, comparisons_in
from engine.language.model.field_kinds import ANY_OF, DATE, INTEGER, NONE, NUMBER, Field
from engine.language.situations.cases_file import Cases
from engine.language.situations.situation_records import read_record
from engine.meaning.asked.asked_questions import fill_in
from engine.meaning.reference import Situation, excluded_by, outcome
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.judging import spaces
from tests.support.judging.cases import cases_of, few, holds, situation_values
from tests.support.judging.spaces import situations, size
from tests.support.judging.yields import by_value

FEW = 400
# What is reached, and by which values of which field, as often as it is a goal.
Found = list[tuple[str, str, tuple[Any, ...]]]


def asked_of(policy: Policy, name: str) -> list[Compare]:
    sections = (policy.facts, written_only(policy.impossible), policy.rules)
    whens = [part.when for section in sections for part in section]
    whens += [field.applies_when for field in policy.fields if field.applies_when is not None]
    found = [test for when in whens for test in comparisons_in(when)]
    return [test for test in found if isinstance(test, Compare) and test.name == name]


def answers_to(policy: Policy, written: dict[str, Any]) -> dict[str, list[Any]]:
    """The answers to each question in order, with what stands for them where it is not asked."""
    found = {}
    for name, spec in written["situation"].items():
        field = policy.field[name]
        given = [value for value in spaces.values(spec) if value != spaces.NOT_ASKED]
        own = {read_record(policy, {name: value}).values[name] for value in given}
        found[name] = [*_in_order(field, own), *([not_asked(field)] if field.applies_when is not None else [])]
    return found


def _in_order(field: Field, found: set[Any]) -> list[Any]:
    if field.ordered:
        return sorted(found, key=field.options.index)
    # Without a value an answer has no place among the others.
    is_apart = field.none_column is not None and NONE in found
    return [*sorted(found - {NONE}), NONE] if is_apart else sorted(found)


def cells_of(field: Field, policy: Policy, values: list[Any]) -> list[list[list[Any]]]:
    """The cells of each thing that the tests of a field ask for, in order, each with its values."""
    tests = asked_of(policy, field.name)
    plain = replace(policy, facts=())
    if field.kind == ANY_OF:
        # `only` asks for the options that it does not name.
        named = [(test.op, {*test.value}) for test in tests if isinstance(test.value, tuple)]
        assert len(named) == sum(test.op != "known" for test in tests)
        asked = [{*field.options} - options if op == "only" else options for op, options in named]
        left_out = [value for value in values if is_left_out(field, value)]
        given = [value for value in values if value not in left_out]
        return [
            *([[value for value in given if option not in value], [value for value in given if option in value]]
              for option in field.options if any(option in each for each in asked)),
            *([[given, left_out]] if left_out and tests else []),
        ]  # fmt: skip
    # Each value of a list is a constant of its own.
    lists = [(test, test.value) for test in tests if test.op in MEMBER_OPS and isinstance(test.value, tuple)]
    single = [replace(test, op="is", value=each) for test, listed in lists for each in listed]
    single += [test for test in tests if test.op not in MEMBER_OPS]
    told = [tuple(Situation(plain, {field.name: value}).holds(test) for test in single) for value in values]
    if len(set(told)) == 1:
        return []
    if field.kind not in (INTEGER, NUMBER, DATE):
        return [[[value] for value in values]]
    cells = [[values[0]]]
    for (before, after), value in zip(pairwise(told), values[1:], strict=True):
        # No value, and no question, are cells of their own.
        if before == after and not is_left_out(field, value) and (field.or_none is None or value != NONE):
            cells[-1].append(value)
        else:
            cells.append([value])
    return [cells]


def makes_no_difference(policy: Policy, field: Field, everything: list[dict[str, Any]], answers: list[Any]) -> bool:
    """Whether what a situation gets, outputs included, is the same whatever the answer to one question is.

    Where an answer leaves no situation, since another question is asked then or no longer is, that is impossible.
    """
    got: dict[str, dict[Any, str]] = {}
    for each in everything:
        if not is_left_out(field, each[field.name]):
            found = outcome(policy, each)
            got_here = str((found.verdict or found.kind, by_value(found.output)))
            label = "impossible" if excluded_by(policy, each) else got_here
            got.setdefault(str({**each, field.name: None}), {})[each[field.name]] = label
    given = [answer for answer in answers if not is_left_out(field, answer)]
    return all(len({labels.get(answer, "impossible") for answer in given}) == 1 for labels in got.values())


def by_brute_force(policy: Policy, everything: list[dict[str, Any]], answers: dict[str, list[Any]]) -> Found:
    """Everything there is to reach; `answers` are those to each question."""
    possible = [each for each in everything if not excluded_by(policy, each)]
    deciding = {rule for each in possible for rule in outcome(policy, each).stands}
    found: Found = [("rule", rule, ()) for rule in policy.rule if rule in deciding]
    for field in policy.fields:
        if makes_no_difference(policy, field, everything, answers[field.name]):
            continue
        seen = {each[field.name] for each in possible}
        for cells in cells_of(field, policy, answers[field.name]):
            found += [("cell", field.name, tuple(cell)) for cell in cells if seen.intersection(cell)]
            if not field.ordered and field.kind not in (INTEGER, NUMBER, DATE):
                continue
            plain = replace(policy, facts=())
            for before, after in pairwise(cells):
                if (field.or_none is not None and after == [NONE]) or is_left_out(field, after[0]):
                    continue
                sides = [Situation(plain, {field.name: value}) for value in (before[-1], after[0])]
                apart = any(sides[0].holds(test) != sides[1].holds(test) for test in asked_of(policy, field.name))
                if apart and seen.intersection(before) and seen.intersection(after):
                    found += [("boundary", field.name, (edge,)) for edge in (before[-1], after[0]) if edge in seen]
    return found


def said(policy: Policy, coverage: Coverage, answers: dict[str, list[Any]]) -> Found:
    """What a coverage says is missing, each goal by the values that would reach it."""
    plain = replace(policy, facts=())

    def values(goal: Goal) -> tuple[Any, ...]:
        if goal.kind == "rule":
            return ()
        field = policy.field[goal.name]
        return tuple(value for value in answers[field.name]
                     if Situation(plain, {field.name: value}).holds(goal.when))  # fmt: skip

    return [(goal.kind, goal.name, values(goal)) for goal in coverage.missing]


@pytest.mark.thorough
@draw_by_day(25, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_missing_is_what_trying_everything_finds(data: st.DataObject) -> None:
    """Without cases all of it is missing; with some, what no case that holds reaches with the answers it gives."""
    written = data.draw(policies(small=True))
    assume((size(written) or FEW) <= FEW and "numbers" not in written)
    policy = load(written)
    conditions = [part.when for parts in (policy.facts, policy.impossible, policy.rules) for part in parts]
    assume(not any(isinstance(test, Versus) for when in conditions for test in comparisons_in(when)))
    everything = situation_values(policy, situations(written))
    answers = answers_to(policy, written)
    goals = by_brute_force(policy, everything, answers)
    nothing = measure_coverage(policy, Cases(policy.name, (), "none"))
    assert sorted(map(str, said(policy, nothing, answers))) == sorted(map(str, goals))
    assert (nothing.reached, nothing.total) == (0, len(goals))
    cases = data.draw(cases_of(policy, written))
    held = [case for case in cases.cases if holds(policy, case, everything)]
    reached = set()
    for case in held:
        known = fill_in(policy, case.given.values)
        completions = [each for each in everything
                       if known.items() <= each.items() and not excluded_by(policy, each)]  # fmt: skip
        rules = {rule for each in completions for rule in outcome(policy, each).stands}
        for kind, name, values in goals:
            if (kind == "rule" and name in rules) or (kind != "rule" and known.get(name, ...) in values):
                reached.add((kind, name, values))
    found = measure_coverage(policy, cases)
    assert sorted(map(str, said(policy, found, answers))) == sorted(str(each) for each in goals if each not in reached)


def sizes(rules: list[dict[str, Any]], **more: Any) -> Policy:
    return load(
        {
            "policy": "sizes",
            "title": "Which?",
            "situation": {
                "n": {"ask": "How many?", "type": "integer", "from": 0, "to": 9},
                "kg": {"ask": "How heavy?", "type": "number", "from": 0, "unit": "kg"},
                "what": {"ask": "What is it?", "choices": {"a": "A box", "b": "A bag", "c": "A crate"}},
                "m": {"ask": "How many more?", "type": "integer", "from": 0, "to": 9},
            },
            "verdicts": {"yes": {"title": "Yes"}, "no": {"title": "No"}},
            "decision": "first",
            "rules": [*rules, {"rule": "rest", "otherwise": True, "then": "no", "because": "Else."}],
            **more,
        }
    )


def rule(when: dict[str, Any]) -> dict[str, Any]:
    return {"rule": "one", "when": when, "then": "yes", "because": "It fits."}


def test_what_is_missing_is_said_in_the_authors_words() -> None:
    """Rules by their names, cells by question and answer, boundaries by the very values beside them."""
    policy = sizes([rule({"n": {"at_least": 3}, "what": ["a", "b"]})])
    found = measure_coverage(policy, few(policy, ({"n": 3, "what": "a"}, "yes")))
    assert str(found) == (
        "the cases reach 44.4 %: 1 of 2 rules, 2 of 5 cells, 1 of 2 sides of boundaries\n"
        "  no case reaches the rule `rest`\n"
        "  no case has “How many? at most 2”\n"
        "  no case has “What is it? A bag”\n"
        "  no case has “What is it? A crate”\n"
        "  no case has exactly “How many? 2”, the last before a boundary"
    )


def test_an_answer_that_cannot_matter_need_not_be_reached() -> None:
    """A question that no answer to makes a difference asks no case for anything, though a rule tests it."""
    fields = {name: {"ask": f"{name}?", "type": "yes_no"} for name in "AB"}
    policy = load({
        "policy": "spare", "title": "Which?", "situation": {name.lower(): spec for name, spec in fields.items()},
        "verdicts": {"go": {"title": "Go"}, "stay": {"title": "Stay"}},
        "rules": [
            {"rule": "both", "when": {"a": True, "b": True}, "then": "go", "because": "Both."},
            {"rule": "one", "when": {"a": True}, "then": "go", "because": "One is enough."},
            {"rule": "none", "when": {"a": False}, "then": "stay", "because": "None."},
        ],
    })  # fmt: skip
    found = measure_coverage(policy, Cases(policy.name, (), "none"))
    assert [goal.words for goal in found.cells.missing] == ["has “A? no”", "has “A? yes”"]


def test_a_continuous_number_and_a_sum_have_cells_for_sides() -> None:
    """Where there is no last value before a boundary, any value of the cell there will do."""
    numbers = {"more": {"means": "how many more there are", "sum": {"m": 1, "n": -1}}}
    policy = sizes([rule({"kg": {"more_than": 2}, "more": {"at_least": 3, "less_than": 5}})], numbers=numbers)
    found = measure_coverage(policy, few(policy, ({"kg": 1, "n": 0, "m": 9}, "no")))
    assert [goal.words for goal in found.missing] == [
        "reaches the rule `one`",
        "has “How heavy? 2 kg”",
        "has “How heavy? more than 2 kg”",
        "has “how many more there are: at least 3 and at most 4”",
        "has “how many more there are: at most 2”",
        "has “How heavy? 2 kg”, on one side of a boundary",
        "has “How heavy? more than 2 kg”, on one side of a boundary",
        "has “how many more there are: at least 3 and at most 4”, on one side of a boundary",
        "has “how many more there are: at least 3 and at most 4”, on one side of a boundary",
        "has “how many more there are: at most 2”, on one side of a boundary",
    ]


def test_an_answer_left_out_reaches_nothing() -> None:
    """A case that holds whatever an answer is says nothing of any single answer."""
    policy = sizes([rule({"n": {"at_least": 3}}), {**rule({"what": "a"}), "rule": "two"}])
    found = measure_coverage(policy, few(policy, ({"n": 3}, "yes")))
    assert [goal.name for goal in found.cells.missing] == ["n", "what", "what", "what"]


def test_a_sum_is_answered_with_all_that_it_adds_up() -> None:
    """Even with what cancels out: a case that leaves it open says nothing of the sum."""
    amounts = {name: {"ask": f"How many {name}?", "type": "integer", "from": 0, "to": 9} for name in ("m", "n", "k")}
    numbers = {
        "most": {"means": "how many there are", "sum": {"m": 1, "n": 1, "k": 1}},
        "left": {"means": "what is left", "sum": {"most": 1, "n": -1}},
    }
    policy = sizes([rule({"left": {"at_least": 8}})], numbers=numbers, situation=amounts)
    partly = few(policy, ({"m": 4, "k": 4}, "yes"))
    missing = [goal.words for goal in measure_coverage(policy, partly).cells.missing]
    assert missing == ["has “what is left: at most 7”", "has “what is left: at least 8”"]
    proposed = tuple(each.case for each in propose_cases(policy, partly).cases)
    assert measure_coverage(policy, replace(partly, cases=(*partly.cases, *proposed))).percent == 100


def test_a_share_is_never_rounded_up_to_all() -> None:
    """999 of 1,000 and 1,999 of 2,000 are 99.9 per cent; only all of it is 100."""
    nothing = Reached(0, ())
    some = (Goal("cell", "n", "has 3"),)
    shares = [Coverage("many", Reached(total, some), nothing, nothing).percent for total in (1_000, 2_000, 1_000_000)]
    assert shares == [99.9, 99.9, 99.9]
    assert Coverage("all", Reached(3, ()), nothing, nothing).percent == 100


def test_a_coverage_is_json_data() -> None:
    """Every kind with its total, what is reached, and what is missing in words and as a condition."""
    policy = sizes([rule({"n": {"at_least": 3}})])
    found = measure_coverage(policy, few(policy, ({"n": 3}, "yes"), ({"n": 1}, "no")))
    assert found.to_dict() == {
        "percent": 83.3,
        "rules": {"total": 2, "reached": 2, "percent": 100.0, "missing": []},
        "cells": {"total": 2, "reached": 2, "percent": 100.0, "missing": []},
        "boundaries": {
            "total": 2,
            "reached": 1,
            "percent": 50.0,
            "missing": [
                {"name": "n", "words": "has exactly “How many? 2”, the last before a boundary", "when": {"n": 2}}
            ],
        },
    }


def test_that_a_question_is_not_asked_is_a_goal_of_its_own() -> None:
    """A case in which it is not asked says nothing of the options that an answer has, nor of those it leaves out."""
    policy = load({
        "policy": "tools",
        "title": "Which tools?",
        "situation": {
            "job": {"ask": "Is there a job?", "type": "yes_no"},
            "tools": {
                "ask": "Which tools?",
                "type": "any_of",
                "choices": {"saw": "Saw", "glue": "Glue"},
                "applies_when": {"job": True},
            },
        },
        "verdicts": {"go": {"title": "Go"}, "stay": {"title": "Stay"}},
        "rules": [
            {"rule": "cuts", "when": {"tools": {"includes": "saw"}}, "then": "go", "because": "It cuts."},
            {"rule": "rest", "otherwise": True, "then": "stay", "because": "Nothing to do."},
        ],
    })  # fmt: skip
    idle, busy = ({"job": False}, "stay"), ({"tools": ["saw"]}, "go")
    assert [goal.words for goal in measure_coverage(policy, few(policy, idle)).cells.missing] == [
        "has “Is there a job? yes”",
        "has “Which tools? does not include ‘Saw’”",
        "has “Which tools? includes ‘Saw’”",
        "has “Which tools? any value”",
    ]
    assert "is one in which “Which tools?” is not asked" in [
        goal.words for goal in measure_coverage(policy, few(policy, busy)).cells.missing
    ]
