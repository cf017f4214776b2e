"""Is a policy's table disjoint, complete and right, row by row, and is its CSV the same rules again?"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import DecisionTable, Policy, check, load, tabulate
from engine.analysis.showing import short_rows
from engine.budget import Budget
from engine.meaning.changes import change
from engine.meaning.reference import Situation, excluded_by, outcome
from engine.surfaces.render.table_csv import write_csv
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.judging.cases import situation_values
from tests.support.judging.spaces import situations


def within(policy: Policy, table: DecisionTable, values: dict[str, Any]) -> list[int]:
    """The rows that a situation lies in."""
    situation = Situation(policy, values)
    return [number for number, row in enumerate(table.rows) if situation.holds(row.when)]


@pytest.mark.thorough
@draw_by_day(15)
@given(data=policies(small=True))
def test_every_possible_situation_is_in_one_row_and_gets_what_the_row_says(data: dict[str, Any]) -> None:
    """Rows are disjoint and complete; outcome, verdict, rules and number are those of the definition."""
    policy = load(data)
    table = tabulate(policy)
    assert len(table.rows) == table.total
    many = [0] * table.total
    some: list[set[str]] = [set() for _ in table.rows]
    every: list[set[str]] = [set(policy.rule) for _ in table.rows]
    left_out = 0
    for values in situation_values(policy, situations(data)):
        rows = within(policy, table, values)
        if excluded_by(policy, values):
            left_out += 1
            assert rows == []
            continue
        assert len(rows) == 1
        row, found = table.rows[rows[0]], outcome(policy, values)
        assert (row.outcome, row.verdict) == (found.kind, found.verdict)
        many[rows[0]] += 1
        some[rows[0]].update(found.stands)
        every[rows[0]].intersection_update(found.stands)
    assert [row.situations for row in table.rows] == many
    assert [set(row.rules or ()) for row in table.rows] == every
    assert [{*(row.rules or ()), *row.possible_rules} for row in table.rows] == some
    assert (table.situations, table.left_out) == (sum(many), left_out)
    assert table.sound == all(finding.code not in ("gap", "conflict") for finding in check(policy).errors)


@draw_by_day(25)
@given(data=policies(small=True))
def test_every_possible_situation_is_in_a_short_row_and_gets_what_all_its_rows_say(data: dict[str, Any]) -> None:
    """Short rows may overlap, and what cannot happen may be in them; else they are exact, with rules and numbers."""
    policy = load(data)
    table = tabulate(policy, disjoint=False)
    assert len(table.rows) == table.total
    many = [0] * table.total
    some: list[set[str]] = [set() for _ in table.rows]
    every: list[set[str]] = [set(policy.rule) for _ in table.rows]
    possible, most = 0, 0
    for values in situation_values(policy, situations(data)):
        if excluded_by(policy, values):
            continue
        rows, found = within(policy, table, values), outcome(policy, values)
        assert rows
        possible, most = possible + 1, max(most, len(rows))
        for number in rows:
            row = table.rows[number]
            assert (row.outcome, row.verdict) == (found.kind, found.verdict)
            many[number] += 1
            some[number].update(found.stands)
            every[number].intersection_update(found.stands)
    assert all(many)
    assert [row.situations for row in table.rows] == many
    assert [set(row.rules or ()) for row in table.rows] == every
    assert [{*(row.rules or ()), *row.possible_rules} for row in table.rows] == some
    assert table.situations == possible
    assert most <= 1 or not table.disjoint


@draw_by_day(10, deadline=None)
@given(data=policies(small=True, chained=True), disjoint=st.booleans())
def test_rows_of_a_chain_count_the_situations_with_a_faulty_step(data: dict[str, Any], disjoint: bool) -> None:
    """A situation in which a step has no outcome or several is in a row for gaps or conflicts, and is counted there."""
    policy = load(data)
    table = tabulate(policy, rows=None, disjoint=disjoint)
    many = [0] * table.total
    for values in situation_values(policy, situations(data)):
        if excluded_by(policy, values):
            continue
        rows, found = within(policy, table, values), outcome(policy, values)
        assert {(table.rows[each].outcome, table.rows[each].verdict) for each in rows} == {(found.kind, found.verdict)}
        for number in rows:
            many[number] += 1
    assert all(row.situations in (None, count) for row, count in zip(table.rows, many, strict=True))
    assert table.situations is None or None in [row.situations for row in table.rows] or all(many)


def test_facts_and_overlaps_make_a_table_short() -> None:
    """Two facts with a hundred ways to be so are two columns, and what two rules may both say is two rows."""
    data = {
        "policy": "facts",
        "title": "May I go?",
        "situation": {f"q{n}": {"ask": f"Question {n}?", "type": "yes_no"} for n in range(8)},
        "facts": {
            "some": {"means": "some of it is so", "when": {"any": [{f"q{n}": True} for n in range(4)]}},
            "odd": {"means": "there is more", "when": {"any": [{f"q{n}": True, f"q{n + 1}": False} for n in (4, 6)]}},
        },
        "verdicts": {"go": {"title": "Go"}, "stay": {"title": "Stay"}},
        "decision": "first",
        "rules": [
            {"rule": "some-of-it", "when": {"some": True}, "then": "go", "because": "Some."},
            {"rule": "odd-or-not", "when": {"odd": True}, "then": "go", "because": "Odd."},
            {"rule": "neither", "otherwise": True, "then": "stay", "because": "Neither."},
        ],
    }
    table = tabulate(load(data), disjoint=False)
    assert [(row.words, row.title, row.facts()[1]) for row in table.rows] == [
        (("yes", ""), "Go", "some-of-it"),
        (("", "yes"), "Go", "one of some-of-it, odd-or-not"),
        (("no", "no"), "Stay", "neither"),
    ]
    assert [column.name for column in table.columns] == ["some", "odd"]
    assert not table.disjoint
    assert tabulate(load(data)).total > 8


@pytest.mark.thorough
def test_many_rows_are_told_as_disjoint_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are too many to be told shorter, the table says that no two overlap."""
    policy = load("other-interviews")
    monkeypatch.setattr(short_rows, "_MOST_SHORTENED", 6)
    assert tabulate(policy, disjoint=False) == tabulate(policy)
    monkeypatch.setattr(short_rows, "_MOST_SHORTENED", 7)
    assert not tabulate(policy, disjoint=False).disjoint


def as_rules(data: dict[str, Any], text: str, decision: str = "first") -> Policy:
    """The policy with the rows of a CSV file in place of its rules."""
    with TemporaryDirectory() as folder:
        Path(folder, "rows.csv").write_text(text + "\n", encoding="utf-8")
        kept = {key: part for key, part in data.items() if key in ("policy", "title", "source", "situation", "numbers")}
        kept |= {key: part for key, part in data.items() if key in ("facts", "impossible", "constants")}
        verdicts = {name: {"title": verdict["title"]} for name, verdict in data["verdicts"].items()}
        whole = kept | {"verdicts": verdicts, "decision": decision, "rules": {"table": "rows.csv"}}
        return load(whole, folder=folder)


def test_a_part_of_a_number_is_no_column_that_can_be_read_again() -> None:
    """What the smaller of two sums comes to is told by sums without a name, which no heading can say."""
    data = {
        "policy": "costs",
        "title": "Do we buy it?",
        "situation": {name: {"ask": f"The {name}?", "type": "integer", "from": 0, "to": 99} for name in "abc"},
        "numbers": {
            "both": {"means": "a and b", "sum": {"a": 1, "b": 1}},
            "least": {"means": "the least of it", "smaller_of": ["both", "c"]},
            "left": {"means": "what is left", "sum": {"least": 2, "b": -3}},
        },
        "verdicts": {"buy": {"title": "Buy it"}, "wait": {"title": "Wait"}},
        "decision": "first",
        "rules": [
            {"rule": "enough", "when": {"left": {"at_least": 1}}, "then": "buy", "because": "There is enough."},
            {"rule": "rest", "otherwise": True, "then": "wait", "because": "There is not."},
        ],
    }
    policy = load(data)
    for disjoint in (True, False):
        table = tabulate(policy, disjoint=disjoint)
        assert list(write_csv(policy, table).unsaid) == ["2 × a - b", "2 × c - 3 × b"]


def test_what_is_in_the_file_of_a_step_is_no_column_that_can_be_read_again(tmp_path: Path) -> None:
    """Rules are told apart by what is over the limit, which only the file of the step can read."""
    situation = {name: {"ask": f"The {name}?", "type": "integer", "from": 0, "to": 99} for name in ("speed", "limit")}
    fine = {
        "policy": "fine",
        "title": "How are they fined?",
        "situation": situation,
        "numbers": {"over": {"means": "speed above the limit", "sum": {"speed": 1, "limit": -1}}},
        "verdicts": {
            "none": {"title": "Not at all", "output": {"points": 0}},
            "some": {"title": "They are", "output": {"points": {"number": "over", "round": {"to": 5, "mode": "up"}}}},
        },
        "decision": "first",
        "rules": [
            {"rule": "slow", "when": {"over": {"at_most": 0}}, "then": "none", "because": "It is allowed."},
            {"rule": "rest", "otherwise": True, "then": "some", "because": "It is too fast."},
        ],
    }
    (tmp_path / "fine.yaml").write_text(json.dumps(fine), encoding="utf-8")
    data = {
        "policy": "licence",
        "title": "Do they keep it?",
        "situation": situation,
        "steps": {"fine": {"policy": "fine.yaml"}},
        "numbers": {"points": {"means": "points of the fine", "output": "points", "of": "fine"}},
        "verdicts": {"keep": {"title": "Keep it"}, "lose": {"title": "Lose it"}},
        "decision": "first",
        "rules": [
            {"rule": "few", "when": {"points": {"at_most": 20}}, "then": "keep", "because": "These are few."},
            {"rule": "rest", "otherwise": True, "then": "lose", "because": "These are many."},
        ],
    }
    policy = load(data, folder=str(tmp_path))
    for disjoint in (True, False):
        assert list(write_csv(policy, tabulate(policy, disjoint=disjoint)).unsaid) == ["speed above the limit"]


def test_what_an_answer_is_not_is_told_in_words_where_it_may_not_be_asked() -> None:
    """A text that no rule knows is any other, and a list without some answers includes none of them."""
    bags = {"ask": "Which bags?", "type": "any_of", "choices": {"ski": "Skis", "box": "A box"}}
    town = {"ask": "Where?", "type": "text", "known": ["Lyon", "Oslo"], "applies_when": {"away": True}}
    policy = load({
        "policy": "trip",
        "title": "Do we fly?",
        "situation": {
            "away": {"ask": "Is it away?", "type": "yes_no"},
            "town": town,
            "bags": {**bags, "applies_when": {"away": True}},
        },
        "verdicts": {"fly": {"title": "We fly"}, "drive": {"title": "We drive"}},
        "decision": "first",
        "rules": [
            {"rule": "near", "when": {"town": ["Lyon", "Oslo"]}, "then": "drive", "because": "It is near."},
            {"rule": "much", "when": {"bags": {"includes_any": ["ski", "box"]}}, "then": "drive", "because": "So."},
            {"rule": "light", "when": {"away": True}, "then": "fly", "because": "It is far."},
            {"rule": "home", "otherwise": True, "then": "drive", "because": "We are there."},
        ],
    })  # fmt: skip
    rows = [row.words for row in tabulate(policy, disjoint=False).rows]
    assert rows[0] == ("any other", "includes none of ‘Skis’, ‘A box’")
    assert rows[1] == ('"Lyon" or "Oslo" or no value', "")


@draw_by_day(25)
@given(data=policies(sound=True), disjoint=st.booleans())
def test_a_table_saved_as_csv_is_the_same_policy_again(data: dict[str, Any], disjoint: bool) -> None:
    """Read as rules of which the first that applies decides, rows of either kind have the same outcome everywhere."""
    policy = load(data)
    table = tabulate(policy, disjoint=disjoint)
    saved = write_csv(policy, table)
    any_of = {field.name for field in policy.fields if field.kind == "any_of"}
    # A row can be about a part of a number, which has no name.
    named = {name for section in ("situation", "numbers", "facts") for name in data.get(section, {})} - any_of
    unsayable = [column.head for column in table.columns if len(column.subject) > 1 or column.subject[0] not in named]
    # Not every cell can say that a field has a certain answer or is not asked.
    conditional = {field.ask for field in policy.fields if field.applies_when is not None}
    assert set(saved.unsaid) <= {*unsayable, *conditional}
    if not saved.unsaid:
        again = as_rules(policy.to_dict(), saved.text)
        assert not change(policy, again).exists(Budget(1_000_000))
