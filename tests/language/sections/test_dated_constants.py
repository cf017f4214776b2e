"""Does a policy with values that change say on each day what it says with the values of that day?"""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from engine import certify, check, decide, explain, load, tabulate_rules, verify
from engine.language.model.words import condition_words
from engine.meaning.reference import excluded_by, outcome
from engine.problems import PolicyError
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies, records
from tests.support.judging.cases import situation_values

DUTY = """
policy: duty
title: Is it free of duty?
as_of: signed_on
constants:
  limit: {means: what is free of duty, is: {start: 22, 2024-07-01: 0}}
  adult: {means: when somebody is of age, is: {2010-01-01: 21, 2022-01-01: 18}, unit: years}
situation:
  signed_on: {ask: When was it signed?, type: date, from: 2020-01-01, to: 2030-12-31}
  value: {ask: What is it worth?, type: number, from: 0, to: 100, step: 0.01, unit: euros}
  age: {ask: How old are you?, type: integer, from: 0, to: 120}
verdicts: {free: {title: Free}, due: {title: Duty is due}}
rules:
  - {rule: small, when: {value: {at_most: limit}, age: {at_least: adult}}, then: free, because: The law says so.}
  - {rule: large, when: {value: {more_than: limit}}, then: due, because: The law says so.}
  - {rule: young, when: {age: {less_than: adult}, value: {at_most: limit}}, then: due, because: The law says so.}
"""


def _on(data: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """The policy with the values that its constants have on the days of a record."""
    data = deepcopy(data)
    for constant in data["constants"].values():
        on = constant.pop("on", data.get("as_of"))
        if isinstance(constant["is"], dict):
            day = record[on] if isinstance(record[on], date) else date.fromisoformat(record[on])
            begun = [first for first in constant["is"] if first == "start" or date.fromisoformat(first) <= day]
            # `start` comes before every day.
            constant["is"] = constant["is"][max(begun, key=lambda first: "" if first == "start" else first)]
    data.pop("as_of", None)
    return data


@pytest.mark.thorough
@draw_by_day(40, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_each_day_is_decided_by_the_values_of_that_day(data: st.DataObject) -> None:
    """The rules that apply and stand, and what is impossible, are those of the policy with the day put in."""
    written = data.draw(policies(dated=True))
    dated = [constant for constant in written.get("constants", {}).values() if isinstance(constant["is"], dict)]
    assume(dated)
    policy = load(written)
    record = data.draw(records(written, unsure=False))
    fields = {constant.get("on", written.get("as_of")) for constant in dated}
    turns = [date.fromisoformat(day) for constant in dated for day in constant["is"] if day != "start"]
    for turn in data.draw(st.lists(st.sampled_from(turns), max_size=3)) if turns else ():
        for day in (turn - timedelta(days=1), turn):
            for on in fields & policy.field.keys():
                low, high = policy.field[on].limits
                if low <= day <= high:
                    _compare(written, record | {on: day})
    _compare(written, record)


def _compare(written: dict[str, Any], record: dict[str, Any]) -> None:
    policy = load(written)
    try:
        put_in = load(_on(written, record))
    except PolicyError as error:
        # A list may hold a value twice on some days, which nobody would write out.
        if {problem.code for problem in error.problems} == {"repeated"}:
            return
        raise
    # On another day other questions may be asked, which the record does not answer.
    for values in situation_values(policy, [record]):
        assert outcome(policy, values) == outcome(put_in, values)
        places = ([policy.impossible.index(each) for each in excluded_by(policy, values)],
                  [put_in.impossible.index(each) for each in excluded_by(put_in, values)])  # fmt: skip
        assert places[0] == places[1]


def test_people_read_the_value_that_holds() -> None:
    """In an explanation that of the day, elsewhere all of them, each with its days."""
    policy = load(DUTY)
    assert condition_words(policy, policy.rules[0].when) == [
        "What is it worth? at most the limit (22 euros before 2024-07-01, then 0 euros)",
        "How old are you? at least the adult (21 years before 2022-01-01, then 18 years)",
    ]
    others = explain(policy, {"signed_on": "2024-07-01", "value": 10, "age": 10}).others
    assert [each.words for each in others] == [
        ("What is it worth? at most the limit (0 euros)", "How old are you? at least the adult (18 years)"),
        ("What is it worth? at most the limit (0 euros)",),
    ]
    assert [each.failed for each in others] == [("value", "age"), ("value",)]
    open_day = explain(policy, {"value": 30, "age": 10}).others
    assert open_day[0].words[0] == "What is it worth? at most the limit (22 euros before 2024-07-01, then 0 euros)"
    assert [column.name for column in tabulate_rules(policy).columns] == ["value", "age"]


def test_a_dated_policy_is_proved_and_certified() -> None:
    """On both sides of a day, by the tests of that day alone."""
    policy = load(DUTY)
    assert check(policy).sound
    assert verify(policy, certify(policy)).sound
    answers = [("2024-06-30", 22, 20), ("2024-07-01", 22, 20), ("2021-12-31", 0, 20), ("2022-01-01", 0, 20)]
    records = [{"signed_on": day, "value": value, "age": age} for day, value, age in answers]
    assert [decide(policy, record).verdict for record in records] == ["free", "due", "due", "free"]
    assert load(policy.to_dict()).to_dict() == policy.to_dict()
    assert load(policy.to_yaml()).constants == policy.constants
    assert policy.to_dict()["rules"][0]["when"] == {"value": {"at_most": "limit"}, "age": {"at_least": "adult"}}


def test_a_table_names_constants_in_its_cells(tmp_path: Any) -> None:
    """A cell with a dated constant means what an entry of a list means."""
    (tmp_path / "duty.csv").write_text(
        "rule,value,age,then\nsmall,<= limit,>= adult,free\nlarge,> limit,,due\nyoung,<= limit,< adult,due\n"
    )
    head, _, _ = DUTY.partition("rules:")
    (tmp_path / "duty.yaml").write_text(f"{head}rules: {{table: duty.csv}}\n")
    table = load(tmp_path / "duty.yaml")
    assert check(table).sound
    assert [rule.when for rule in table.rules[:2]] == [rule.when for rule in load(DUTY).rules[:2]]


def test_a_gap_of_one_period_is_found() -> None:
    """With an example in that period."""
    found = check(load(DUTY.replace("age: {less_than: adult}, ", "age: {less_than: 18}, "))).findings
    assert [each.code for each in found] == ["gap"]
    assert found[0].example is not None
    assert str(found[0].example["signed_on"]) < "2022-01-01"


def test_a_field_that_begins_before_the_first_value_is_refused() -> None:
    """With both places."""
    with pytest.raises(PolicyError) as error:
        load(DUTY.replace("2010-01-01", "2020-01-02"))
    [problem] = error.value.problems
    assert (problem.code, len(problem.places)) == ("uncovered-constant", 2)
