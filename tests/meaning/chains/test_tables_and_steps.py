"""A number that a table gives and a step with the same rules say the same, whatever else there is in a policy."""

from __future__ import annotations

import json
from collections import Counter
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine import Proof, RecordError, certify, check, decide, decider, diff, load, verify
from tests.support.by_day import draw_by_day
from tests.support.drawing.collected import collect
from tests.support.drawing.fields import Draw, Hand
from tests.support.drawing.strategies import partial_records, policies
from tests.support.features import features
from tests.support.judging.spaces import conditions, single_tests
from tests.support.judging.step_outputs import outputs_read

_AMOUNTS = (-2, 0, 1, 10)


@st.composite
def pairs(draw: Draw) -> tuple[dict[str, Any], dict[str, Any], str]:
    """A policy with steps, the same with a number that a table gives in place of one of them, and the name of that."""
    policy: dict[str, Any] = draw(policies(small=True, chained=True))
    hand = Hand(draw)
    fitting = [
        name
        for name, step in policy["steps"].items()
        if step.get("decision", "unique") == "unique" and not outputs_read(policy, name)
    ]
    assume(fitting)
    name = hand.pick(fitting)
    # Numbers are worked out before steps, where neither reads the other.
    policy["steps"] = {name: policy["steps"][name], **policy["steps"]}
    policy["guarantees"] = [each for each in policy.get("guarantees", ()) if name not in _moving(each)]
    policy = {key: value for key, value in policy.items() if value}
    return policy, with_table(policy, name), name


def _moving(promise: dict[str, Any]) -> Any:
    return promise["never"] if "rising" in promise else ()


def with_table(policy: dict[str, Any], name: str) -> dict[str, Any]:
    """The policy with a number in place of a step: its outcomes are amounts, in rising order."""
    found = deepcopy(policy)
    step = found["steps"].pop(name)
    amount = dict(zip(step["outcomes"], _AMOUNTS, strict=False))

    def changed(wanted: Any) -> Any:
        if isinstance(wanted, dict):
            return {word: changed(each) for word, each in wanted.items()}
        if isinstance(wanted, list):
            return [amount[each] for each in wanted]
        # A list of outcomes may have a name.
        return amount[wanted] if wanted in amount else changed(found["constants"][wanted]["is"])

    whens = [*conditions(found), *(rule["when"] for rule in step["rules"] if "when" in rule)]
    for when in whens:
        for holder, key in list(single_tests(when)):
            if key == name:
                holder[key] = changed(holder[key])
    rules = [rule | {"then": amount[rule["then"]]} for rule in step["rules"]]
    found["numbers"] = {**found.get("numbers", {}), name: {"means": step["means"], "table": rules}}
    return {key: value for key, value in found.items() if value}


def _told(proof: Proof, name: str, amounts: dict[str, str]) -> dict[str, Any]:
    """What a proof says, with the amounts of a number in place of the outcomes of the step."""
    said = {"verdicts": dict(proof.verdicts), "rules": dict(proof.rules), "situations": proof.situations}
    steps = {step: (dict(counts.outcomes), dict(counts.rules)) for step, counts in proof.steps.items()}
    outcomes, rules = steps[name]
    steps[name] = {amounts.get(outcome, outcome): many for outcome, many in outcomes.items()}, rules
    # What nothing reads or gives is told of steps and numbers in words of their own.
    findings = Counter(
        (each.code, each.rules, each.situations) for each in proof.findings if not each.code.startswith("unused")
    )
    return {**said, "steps": steps, "findings": findings}


@draw_by_day(2, deadline=None)
@given(pair=pairs())
def test_a_table_of_amounts_is_proved_as_a_step_is(pair: tuple[dict[str, Any], dict[str, Any], str]) -> None:
    data, other, name = pair
    step, table = load(data), load(other)
    amounts = {outcome: str(amount) for outcome, amount in zip(step.step[name].options, _AMOUNTS, strict=False)}
    given_by = {rule.then for rule in step.step[name].rules}
    said = _told(check(step), name, amounts)
    # Outcomes that no rule gives are none of the number.
    outcomes, rules = said["steps"][name]
    said["steps"][name] = {amounts[each]: outcomes[amounts[each]] for each in amounts if each in given_by}, rules
    now = _told(check(table), name, {})
    assert [(key, now[key], said[key]) for key in said if now[key] != said[key]] == []
    if check(table).sound:
        assert verify(table, certify(table)).situations == check(step).situations
    assert load(json.loads(json.dumps(table.to_dict(), default=str))) == table
    assert load(table.to_yaml()).sha256 == table.sha256
    assert diff(table, load(other)).same


@draw_by_day(2, deadline=None)
@given(data=st.data())
def test_a_table_of_amounts_decides_as_a_step_does(data: st.DataObject) -> None:
    drawn, other, name = data.draw(pairs())
    step, table = load(drawn), load(other)
    compiled = decider(table) if check(table).sound else None
    amounts = dict(zip(step.step[name].options, map(str, _AMOUNTS), strict=False))
    for _ in range(4):
        record = data.draw(partial_records(drawn))
        try:
            one = decide(step, record, draft=True).to_dict()
        except RecordError:
            with pytest.raises(RecordError):
                decide(table, record, draft=True)
            continue
        two = decide(table, record, draft=True).to_dict()
        assert one.keys() == two.keys()
        kept = ("verdict", "outcome", "possible", "rules", "possible_rules", "ask")
        assert [one.get(key) for key in kept] == [two.get(key) for key in kept]
        assert one["steps"].keys() == two["steps"].keys()
        if name in one["steps"]:
            was, now = one["steps"][name], two["steps"][name]
            assert now["outcome"] == amounts.get(was["outcome"], was["outcome"])
            assert now["rules"] == was["rules"]
        if compiled is not None:
            assert compiled.verdict(record) == two["verdict"]


@pytest.mark.search
def test_tables_are_drawn_in_chains() -> None:
    """They read facts and numbers, and are parts of numbers of every kind."""
    seen = Counter(each for policy in collect(policies(small=True, chained=True), 150) for each in features(policy))
    parts = (
        "in-sum",
        "in-product",
        "in-larger_of",
        "in-smaller_of",
        "in-ratio",
        "facts",
        "numbers",
        "steps",
        "override",
    )
    assert [word for word in ("number:table", *(f"table:{part}" for part in parts)) if not seen[word]] == []


@pytest.mark.thorough
def test_tables_are_drawn_with_all_kinds_of_policies() -> None:
    """They are read by rules, facts and other steps, and compared in every way."""
    seen: Counter[str] = Counter()
    for _, other, name in collect(pairs(), 60):
        for when in conditions(other):
            for holder, key in single_tests(when):
                if key == name:
                    wanted = holder[key]
                    words = wanted if isinstance(wanted, dict) else ("list",) if isinstance(wanted, list) else ("is",)
                    seen.update(list(words))
        seen["by a step"] += any(
            key == name for step in other.get("steps", {}).values() for rule in step["rules"]
            for _, key in single_tests(rule.get("when", {}))
        )  # fmt: skip
    wanted_words = ("list", "is", "at_least", "at_most", "by a step")
    assert [word for word in wanted_words if not seen[word]] == []
