"""Does a rule with `valid` apply on its days alone, and is it said when rules come to an end?"""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from engine import Policy, certify, check, decide, explain, load, verify
from engine.language.model.words import condition_words
from engine.meaning.reference import outcome
from tests.support.by_day import draw_by_day
from tests.support.drawing.fields import Draw, Hand, window
from tests.support.drawing.strategies import policies, records
from tests.support.judging.cases import situation_values
from tests.support.judging.spaces import absences, kind

DUTY = """
policy: duty
title: Is it free of duty?
as_of: signed_on
situation:
  signed_on: {ask: When was it signed?, type: date, from: 2020-01-01, to: 2030-12-31}
  value: {ask: What is it worth?, type: number, from: 0, to: 100, step: 0.01, unit: euros}
verdicts: {free: {title: Free}, due: {title: Duty is due}}
rules:
  - {rule: old-scheme, valid: {to: 2024-06-30}, when: {value: {at_most: 22}}, then: free, because: The law said so.}
  - {rule: new-scheme, valid: {from: 2024-07-01}, when: {value: {at_most: 22}}, then: due, because: The law says so.}
  - {rule: large, when: {value: {more_than: 22}}, then: due, because: The law says so.}
"""


@st.composite
def _with_days(draw: Draw) -> dict[str, Any]:
    """Policies in which some rules, with a condition or without, are valid on some days of a date field only."""
    hand = Hand(draw)
    policy: dict[str, Any] = deepcopy(draw(policies()))
    dates = [name for name, spec in policy["situation"].items() if kind(spec) == "date" and not absences(spec)]
    rules = [rule for rule in policy["rules"] if "otherwise" not in rule]
    assume(dates and rules)
    as_of = policy.setdefault("as_of", hand.pick(dates))
    here = window(policy["situation"][as_of])
    for rule in hand.some(rules, hand.count(1, len(rules))):
        days = sorted(here.at(hand.count(0, here.points - 1)) for _ in range(2))
        valid = dict(zip(("from", "to"), days, strict=True))
        if hand.chance(40):
            del valid[hand.pick(("from", "to"))]
        rule["valid"] = valid
        if hand.chance(10):
            rule.pop("when", None)
    return policy


def _on(policy: dict[str, Any], day: date) -> dict[str, Any] | None:
    """The policy with the rules of one day alone, on which all of them are valid; None if there is none."""
    found = deepcopy(policy)
    left_out = set()
    for rule in found["rules"]:
        valid = rule.pop("valid", {})
        if not valid.get("from", day) <= day <= valid.get("to", day):
            left_out.add(rule["rule"])
    found["rules"] = [rule for rule in found["rules"] if rule["rule"] not in left_out]
    for rule in found["rules"]:
        overrides = rule.get("overrides")
        if isinstance(overrides, dict):
            rule["overrides"] = {name: why for name, why in overrides.items() if name not in left_out}
        elif isinstance(overrides, list):
            for each in overrides:
                if isinstance(each["rules"], list):
                    each["rules"] = [name for name in each["rules"] if name not in left_out]
            rule["overrides"] = [each for each in overrides if each["rules"]]
        if not rule.get("overrides", True):
            del rule["overrides"]
    outputs = [each["output"] for each in (*found["verdicts"].values(), *found["rules"]) if "output" in each]
    given_names = {name for output in outputs if isinstance(output, dict) for name in output}
    found["collect"] = [name for name in found.pop("collect", ()) if name in given_names]
    if not found["collect"]:
        del found["collect"]
    return found if found["rules"] else None


@pytest.mark.thorough
@draw_by_day(25, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_on_each_day_the_rules_of_that_day_decide(data: st.DataObject) -> None:
    """As in the policy without the others; and what is written of it reads back as the same."""
    written = data.draw(_with_days())
    policy = load(written)
    assert load(policy.to_dict()).to_dict() == policy.to_dict()
    assert load(policy.to_yaml()) == policy
    record = data.draw(records(written, unsure=False))
    as_of = written["as_of"]
    edges = [day for rule in written["rules"] for day in rule.get("valid", {}).values()]
    low, high = policy.field[as_of].limits
    days = {edge + timedelta(days=step) for edge in edges for step in (-1, 0, 1)}
    on_days = [record | {as_of: day} for day in sorted(days) if low <= day <= high]
    # On another day other questions may be asked, which the record does not answer.
    for values in situation_values(policy, on_days):
        day = values[as_of]
        found = outcome(policy, values)
        on_that_day = _on(written, day)
        if on_that_day is None:
            assert found.stands == ()
        else:
            that_day = load(on_that_day)
            same = outcome(that_day, values)
            assert (found.stands, found.verdicts) == (same.stands, same.verdicts)
            # A last rule that is left with no test at all is `otherwise` that day: it applies only where no other does.
            last = that_day.rules[-1]
            turned = {last.name} if last.otherwise and not policy.rule[last.name].otherwise else set()
            assert [name for name in found.applies if name not in turned] == [
                name for name in same.applies if name not in turned
            ]


def test_valid_is_one_more_entry_of_when() -> None:
    """It is the same policy with the days written in the condition."""
    out = DUTY.replace("valid: {to: 2024-06-30}, when: {value: {at_most: 22}}", "when: {value: {at_most: 22}, DAYS}")
    out = out.replace("DAYS", "signed_on: {on_or_before: 2024-06-30}")
    out = out.replace("valid: {from: 2024-07-01}, when: {value: {at_most: 22}}", "when: {value: {at_most: 22}, DAYS}")
    out = out.replace("DAYS", "signed_on: {on_or_after: 2024-07-01}")
    policy = load(DUTY)
    assert (load(out), load(out).sha256) == (policy, policy.sha256)
    assert condition_words(policy, policy.rules[0].when)[1] == "When was it signed? on or before 2024-06-30"
    assert policy.to_dict()["rules"][0]["valid"] == {"to": "2024-06-30"}
    assert check(policy).sound
    assert verify(policy, certify(policy)).sound
    days = ("2024-06-30", "2024-07-01")
    assert [decide(policy, {"signed_on": day, "value": 5}).verdict for day in days] == ["free", "due"]
    assert explain(policy, {"signed_on": days[1], "value": 5}).others[0].words == (
        "When was it signed? on or before 2024-06-30",
    )


def test_the_check_says_from_which_day_a_rule_is_missing() -> None:
    """But not where the gap has another reason."""
    gap = DUTY.replace("valid: {from: 2024-07-01}, when: {value: {at_most: 22}}", "when: {value: 21.5}")
    assert "get no verdict, from 2024-07-01 on: `old-scheme` is valid until 2024-06-30" in _gap(load(gap))
    assert _gap(load(gap.replace("at_most: 22}}, then: free", "at_most: 20}}, then: free"))).endswith("get no verdict")


def _gap(policy: Policy) -> str:
    return next(finding.message for finding in check(policy).findings if finding.code == "gap")


def test_a_table_has_columns_for_the_days(tmp_path: Path) -> None:
    """Empty cells leave that end open."""
    rows = ["rule,valid.from,valid.to,value,then", "old-scheme,,2024-06-30,<= 22,free"]
    rows += ["new-scheme,2024-07-01,,<= 22,due", "large,,,> 22,due"]
    (tmp_path / "duty.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "duty.yaml").write_text(f"{DUTY.partition('rules:')[0]}rules: {{table: duty.csv}}\n")
    table = load(tmp_path / "duty.yaml")
    assert [rule.when for rule in table.rules] == [rule.when for rule in load(DUTY).rules]
    assert check(table).sound
