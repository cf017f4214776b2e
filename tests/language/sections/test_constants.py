"""What do constants mean, and what is said of them?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from engine import PolicyError, check, diff, explain, find_survivors, load, load_cases, tabulate_rules
from engine.language.model.words import condition_words
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies
from tests.support.judging.spaces import conditions, kind, single_tests

DUTY = """
policy: duty
title: Is it free of duty?
constants:
  limit: {means: what is free of duty, is: 22}
  adult_at: {means: when somebody is of age, is: 18, unit: years}
  share: {means: how much of the freight counts, is: 0.5}
situation:
  age: {ask: How old are you?, type: integer, from: 0, to: 120}
  value: {ask: What is it worth?, type: number, from: 0, to: 100, step: 0.01, unit: euros}
  freight: {ask: What did the freight cost?, type: number, from: 0, to: 100, step: 0.01, unit: euros}
numbers:
  total: {means: what counts, sum: {value: 1, freight: share}}
verdicts: {free: {title: Free}, due: {title: Duty is due}}
rules:
  - {rule: small, when: {total: {at_most: limit}, age: {at_least: adult_at}}, then: free, because: The law says so.}
  - {rule: large, when: {total: {more_than: limit}}, then: due, because: The law says so.}
  - {rule: young, when: {age: {less_than: adult_at}, value: {at_most: limit}, total: {at_most: limit}}, then: due, because: So.}
"""  # noqa: E501


CASES = """
policy: duty
cases: [{case: cheap, given: {age: 30, value: 1, freight: 0}, expect: free}]
"""


def _written_out(data: dict[str, Any]) -> dict[str, Any]:
    """The policy with the values of its constants in place of their names."""
    constants = {name: constant["is"] for name, constant in data.pop("constants", {}).items()}

    def out(value: Any) -> Any:
        if isinstance(value, list):
            return [out(each) for each in value]
        if isinstance(value, dict) and "field" not in value:
            return {key: out(each) for key, each in value.items()}
        return constants.get(value, value) if isinstance(value, str) else value

    for when in conditions(data):
        for holder, key in list(single_tests(when)):
            if kind(data["situation"].get(key, {"type": "number"})) in ("integer", "number", "date"):
                holder[key] = out(holder[key])
            elif isinstance(holder[key], dict):
                holder[key] |= {word: out(holder[key][word]) for word in ("one_of", "none_of") if word in holder[key]}
            if isinstance(holder[key], dict) and holder[key].keys() == {"one_of"}:
                holder[key] = holder[key]["one_of"]
    for number in data.get("numbers", {}).values():
        for word in number.keys() & {"sum", "plus", "larger_of", "smaller_of", "product", "ratio"}:
            number[word] = out(number[word])
        for entry in number.get("points", ()):
            entry["add"] = out(entry["add"])
    return data


@pytest.mark.thorough
@draw_by_day(30)
@given(data=policies())
def test_a_policy_is_the_same_with_the_values_of_its_constants_written_out(data: dict[str, Any]) -> None:
    """It is equal and has the same hash, and its data and text keep the constants."""
    policy = load(data)
    assert load(policy.to_dict()).to_dict() == policy.to_dict()
    assert load(policy.to_yaml()).to_dict() == policy.to_dict()
    assert load(policy.to_dict()) == policy
    assert load(policy.to_dict()).constants == policy.constants
    if any(isinstance(constant["is"], dict) for constant in data.get("constants", {}).values()):
        return
    out = load(_written_out(data))
    assert (out, out.sha256) == (policy, policy.sha256)
    assert not out.constants


def test_a_constant_may_be_called_something_else() -> None:
    """Its name, meaning and unit are no part of the hash; its value is."""
    policy = load(DUTY)
    assert load(DUTY.replace("limit", "ceiling").replace("of age", "grown")).sha256 == policy.sha256
    assert load(DUTY.replace("is: 22", "is: 22.00")).sha256 == policy.sha256
    assert load(DUTY.replace("is: 22", "is: 22.01")).sha256 != policy.sha256


def test_people_read_the_name_and_the_value() -> None:
    """The unit is the field's, or the constant's where the field has none."""
    policy = load(DUTY)
    assert condition_words(policy, policy.rule["young"].when) == [
        "How old are you? less than the adult at (18 years)",
        "What is it worth? at most the limit (22 euros)",
        "what counts: at most the limit (22)",
    ]
    other = explain(policy, {"age": 30, "value": Decimal(30), "freight": Decimal(0)}, draft=True).others[0]
    assert other.words == ("what counts: at most the limit (22)",)
    assert tabulate_rules(policy).rows[0].words[0] == "at most the limit (22)"


def test_a_list_is_read_as_values_of_the_field_it_is_compared_with() -> None:
    """So one list may serve fields of several kinds, and people read its name and its values."""
    policy = load(
        """
policy: trip
title: Do I need a visa?
constants:
  near: {means: countries with open borders, is: [DE, FR]}
  rows: {means: the rows at the exit, is: [3, 12]}
situation:
  to: {ask: Where to?, type: text, known: [DE, FR, US]}
  via: {ask: Which way?, choices: {DE: Germany, FR: France, CH: Switzerland}}
  row: {ask: Which row?, type: integer, from: 1, to: 30}
verdicts: {no_visa: {title: "No"}, visa: {title: "Yes"}}
rules:
  - {rule: near, when: {to: {one_of: near}, via: {one_of: near}, row: {none_of: rows}}, then: no_visa, because: So.}
  - {rule: far, when: {not: {to: {one_of: near}, via: {one_of: near}, row: {none_of: rows}}}, then: visa, because: So.}
"""
    )
    assert check(policy).sound
    assert condition_words(policy, policy.rules[0].when) == [
        'Where to? one of the near ("DE" or "FR")',
        "Which way? one of the near (Germany or France)",
        "Which row? anything but the rows (3 or 12)",
    ]
    assert policy.to_dict()["rules"][0]["when"]["to"] == {"one_of": "near"}
    assert load(policy.to_dict()).to_dict() == policy.to_dict()
    assert load(policy.to_yaml()).to_yaml() == policy.to_yaml()


def test_a_mutant_of_a_constant_changes_one_place_where_it_is_compared() -> None:
    """It says what the value was and what it becomes."""
    words = [each.mutant.words for each in find_survivors(load(DUTY), load_cases(CASES, load(DUTY))).survivors]
    assert "`small`: “what counts: at most the limit (22)” becomes “at most 21.995”" in words


def test_a_mend_names_the_constant_that_it_replaces() -> None:
    """What it proposes is proved as it is pasted, and has the constant where the other rules compare with it."""
    gap = DUTY.replace("age: {less_than: adult_at}, value: {at_most: limit}, ", "age: {less_than: 17}, ")
    [found] = check(load(gap)).findings
    assert found.code == "gap"
    assert [mend.words.partition(" (line")[0] for mend in found.mends][:2] == [
        "widen `small`: in its `when`, write `age: {at_least: 17}` for `age: {at_least: adult_at}`",
        "widen `young`: in its `when`, write `age: {less_than: adult_at}` for `age: {less_than: 17}`",
    ]
    for mend in found.mends[:2]:
        assert mend.edit is not None
        assert check(load(mend.edit.apply(gap))).sound


def test_an_unread_constant_causes_no_further_errors() -> None:
    """Where its name stands, nothing is said."""
    with pytest.raises(PolicyError) as error:
        load(DUTY.replace("is: 22", "is: twenty"))
    assert [problem.code for problem in error.value.problems] == ["bad-number"]


def test_a_change_of_a_constant_is_a_change_of_what_it_stands_for() -> None:
    """`diff` finds the situations that it moves."""
    [change] = diff(load(DUTY), load(DUTY.replace("is: 22", "is: 30"))).changes
    assert (change.before.name, change.after.name) == ("due", "free")
