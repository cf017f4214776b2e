"""Does a table of rules mean what the same rules mean as a list?"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Compare, Field, Finding, Policy, Some, check, load
from engine.language.documents.data import data_document
from engine.language.model.cell_text import cell_text
from engine.language.model.condition_tree import comparisons_in
from engine.language.model.field_kinds import TEXT
from engine.language.model.policy_yaml import output_on_one_line
from engine.language.parsing.openers import Opened
from engine.language.sections.policy_file import read_policy
from engine.meaning import reference
from tests.support.by_day import draw_by_day
from tests.support.drawing.rule_tables import DATED, SIGNS, Drawn, tables, written
from tests.support.drawing.strategies import policies, records
from tests.support.judging import oracle
from tests.support.judging.amounts import worth
from tests.support.judging.cases import as_values
from tests.support.judging.comparison import said_by_engine
from tests.support.judging.spaces import NONE, kind


@pytest.mark.thorough
@draw_by_day(50)
@given(drawn=tables())
def test_a_table_is_the_list_of_its_rows(drawn: Drawn) -> None:
    """A table is the very policy that its rows, written as a list of rules, are: equal, of the same sha256."""
    table, listed = drawn.read(), load(drawn.listed)
    assert table == listed
    assert (table.sha256, table.to_dict()) == (listed.sha256, listed.to_dict())
    assert load(table.to_dict()) == table


@draw_by_day(50)
@given(data=st.data())
def test_a_row_holds_where_its_cells_do(data: st.DataObject) -> None:
    """Of any situation, exactly the rows apply whose cells, each read for itself, are all met."""
    drawn = data.draw(tables())
    policy = drawn.read()
    for _ in range(3):
        record = data.draw(records(drawn.listed, unsure=False))
        [values] = as_values(policy, [record])
        expected = [
            rule.name
            for rule, cells in zip(policy.rules, drawn.cells, strict=True)
            if all(cell.holds(_value(drawn.listed, name, record, values)) for name, cell in cells.items())
        ]
        # A row for the rest applies only where no other does.
        expected = [name for name in expected if name != policy.otherwise] or expected
        assert list(reference.outcome(policy, values).applies) == expected


def _value(policy: Mapping[str, Any], name: str, record: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    """What a column tests, in one situation."""
    settled = oracle.settled(policy, record)
    if name in policy.get("facts", {}):
        return oracle.holds(policy, policy["facts"][name]["when"], settled)
    if name not in policy.get("numbers", {}):
        # Where it is not asked, a question has no value.
        return values[name] if name in record else None
    number = worth(policy, name, settled)
    return NONE if number is None else number


@pytest.mark.thorough
@draw_by_day(30)
@given(drawn=tables(small=True))
def test_a_table_is_proved_like_the_list_of_its_rows(drawn: Drawn) -> None:
    """Every number and finding of the proof is the same, but for the places."""
    table, listed = check(drawn.read()), check(load(drawn.listed))
    assert {**table.to_dict(), "findings": []} == {**listed.to_dict(), "findings": []}
    # Findings are in the order of their places, which differ.
    assert sorted(map(_without_place, table.findings)) == sorted(map(_without_place, listed.findings))


def _without_place(finding: Finding) -> str:
    """A finding without its places, and without advice: a row is mended in other words than a rule."""
    return json.dumps(
        {**finding.to_dict(), "places": len(finding.places), "help": "", "mends": [], "edits": []}, sort_keys=True
    )


@draw_by_day(40)
@given(drawn=tables())
def test_every_test_is_at_its_cell(drawn: Drawn) -> None:
    """The place of a rule is its row, the place of a test is where its cell begins, with row and column in words."""
    policy = drawn.read()
    header = [cell.strip('"') for cell in drawn.written[0][1]]
    # A test in a fact or a line of a table that is torn over several physical lines counts them all.
    rows = {line: (number, cells) for number, (line, cells) in enumerate(drawn.written, start=1)}
    for rule in policy.rules:
        number, cells = rows[rule.place.line]
        assert rule.place == ("folder/sample.csv", rule.place.line, 1, f"row {number}")
        for test in comparisons_in(rule.when):
            column = header.index(test.fact if hasattr(test, "fact") else test.name)
            before = drawn_before(cells, column)
            line = rule.place.line + before.count("\n")
            assert test.place == (
                "folder/sample.csv",
                line,
                len(before) - (before.rfind("\n") + 1) + 1,
                f"row {number}, column {header[column]}",
            )


def drawn_before(cells: list[str], column: int) -> str:
    """What stands in a row before a column, whatever the separator."""
    return "".join(f"{cell}," for cell in cells[:column])


def _as_table(policy: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """A policy without its overrides, and the same with its rules in a table: what no cell can say becomes a fact."""
    listed = {**policy, "rules": [{k: v for k, v in rule.items() if k != "overrides"} for rule in policy["rules"]]}
    facts: dict[str, Any] = dict(policy.get("facts", {}))
    rows = []
    for rule in listed["rules"]:
        row = {key: rule[key] for key in ("rule", "then", "because", "added") if key in rule}
        row["cites"] = "|".join(rule.get("cites", ()))
        amounts = policy.get("numbers", ())
        row |= {f"output.{name}": output_on_one_line(value, amounts) for name, value in rule.get("output", {}).items()}
        if "otherwise" in rule and policy.get("decision") != "first":
            row["otherwise"] = "yes"
        for key, test in rule.get("when", {}).items():
            text = _simple(policy, key, test)
            if text is None:
                name = f"part{len(facts)}"
                facts[name] = {"means": "a part of a rule", "when": {key: test}}
                row[name] = "yes"
            else:
                row[key] = text
        rows.append(row)
    out = io.StringIO()
    writer = csv.DictWriter(out, dict.fromkeys(key for row in rows for key in row), restval="")
    writer.writeheader()
    writer.writerows(rows)
    table = {**listed, **({"facts": facts} if facts else {}), "rules": {"table": "rules.csv"}}
    return listed, table, out.getvalue().encode()


def _simple(policy: Mapping[str, Any], key: str, test: Any) -> str | None:
    """The cell that says what an entry says, if there is one."""
    spec = policy["situation"].get(key, {})
    if key in ("all", "any", "not") or (spec and kind(spec) == "any_of"):
        return None
    if not isinstance(test, dict):
        return " | ".join(written(each) for each in (test if isinstance(test, list) else [test]))
    spelled = {word: sign for words in (SIGNS, DATED) for sign, word in words.items()}
    if len(test) > 1 or any(isinstance(bound, (dict, list)) or word not in spelled for word, bound in test.items()):
        return None
    ((word, bound),) = test.items()
    # The name of a list of values stands in no cell.
    return None if word not in spelled else f"{spelled[word]} {written(bound)}"


@pytest.mark.thorough
@draw_by_day(30)
@given(policy=policies(countable=True, small=True))
def test_any_rules_can_be_kept_as_a_table(policy: dict[str, Any]) -> None:
    """With a fact for what no cell can say, every list without overrides is a table that proves and counts alike."""
    listed, table, data = _as_table(policy)
    read = read_policy(data_document(table, "policy"), lambda path, _: Opened(path, data, path))
    one, other = (said_by_engine(check(each), listed) for each in (read, load(listed)))
    entries = ("never", "always")
    assert {key: one[key] for key in one if key not in entries} == {
        key: other[key] for key in other if key not in entries
    }


def test_a_cell_says_a_value_once() -> None:
    """However often the parts of an `any` repeat it, since a cell may not."""
    town = Field("town", "Where?", TEXT, known=("Lyon", "Oslo"))
    policy = Policy("towns", "Which?", (town,), (), ())
    parts = (Compare("town", "is", "Lyon"), Compare("town", "one_of", ("Oslo", "Lyon")), Compare("town", "is", "Oslo"))
    assert cell_text(policy, Some(parts)) == "Lyon | Oslo"
