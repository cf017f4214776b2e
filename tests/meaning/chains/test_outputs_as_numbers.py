"""Numbers that steps give: against tables with the same rules, in every situation, and however they are proved."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine import Proof, RecordError, certify, check, decide, decider, diff, load, verify
from engine.analysis.testing.mutants import single_edits
from tests.support.by_day import draw_by_day
from tests.support.drawing.collected import collect
from tests.support.drawing.fields import Draw
from tests.support.drawing.strategies import partial_records, policies
from tests.support.drawing.thresholds import ALL, NONE, with_steps_written_out
from tests.support.features import features
from tests.support.judging import oracle
from tests.support.judging.spaces import conditions
from tests.support.judging.step_outputs import numbers_worked_with, outputs_of

# Steps written out need more of them than those that stand for themselves.
_PLENTY = 20_000_000


@st.composite
def giving(draw: Draw, sound: bool = False) -> dict[str, Any]:
    """Chains in which some numbers are outputs of steps."""
    policy: dict[str, Any] = draw(policies(small=True, chained=True, sound=sound))
    assume(_given(policy))
    return policy


def _given(policy: dict[str, Any]) -> list[str]:
    return [name for name, number in policy.get("numbers", {}).items() if "output" in number]


def with_tables(policy: dict[str, Any]) -> dict[str, Any]:
    """The same with tables in place of the outputs that are written out, of steps whose rules have no order."""
    found = deepcopy(policy)
    for name in _given(found):
        number = found["numbers"][name]
        step = found["steps"][number["of"]]
        if step.get("decision") != "first" and not numbers_worked_with(found, number):
            kept = ("rule", "when", "otherwise", "because", "overrides")
            rows = [
                {key: rule[key] for key in kept if key in rule} | {"then": outputs_of(step, rule)[number["output"]]}
                for rule in step["rules"]
            ]
            found["numbers"][name] = {"means": number["means"], "table": rows}
    return found


def _decided(proof: Proof) -> list[Any]:
    """What a proof says of the policy's own rules; a faulty step and its table are counted in another order."""
    codes = Counter((each.code, each.rules) for each in proof.errors if each.code in ("broken-guarantee", "no-output"))
    return [proof.sound, proof.situations, proof.verdicts, proof.rules, codes]


@pytest.mark.thorough
@draw_by_day(4, deadline=None)
@given(policy=giving())
def test_an_output_is_proved_as_a_table_with_the_same_rules(policy: dict[str, Any]) -> None:
    loaded, other = load(policy), load(with_tables(policy))
    proof = check(loaded)
    assert _decided(proof) == _decided(check(other))
    assert load(loaded.to_dict()) == loaded
    assert load(loaded.to_yaml()).sha256 == loaded.sha256
    assert diff(loaded, load(policy)).same
    if all(each.code != "not-proved" for each in proof.errors):
        assert verify(loaded, certify(loaded)).sound == proof.sound


@pytest.mark.thorough
@draw_by_day(4, deadline=None)
@given(data=st.data())
def test_an_output_decides_as_a_table_with_the_same_rules(data: st.DataObject) -> None:
    policy = data.draw(giving())
    loaded, other = load(policy), load(with_tables(policy))
    compiled = decider(loaded) if check(loaded).sound else None
    for _ in range(4):
        record = data.draw(partial_records(policy))
        try:
            said = decide(other, record, draft=True).to_dict()
        except RecordError:
            with pytest.raises(RecordError):
                decide(loaded, record, draft=True)
            continue
        own = decide(loaded, record, draft=True).to_dict()
        kept = ("verdict", "possible", "output", "open_outputs", "situations")
        assert [own.get(key) for key in kept] == [said.get(key) for key in kept]
        if compiled is not None:
            assert compiled.verdict(record) == own["verdict"]


@pytest.mark.thorough
@draw_by_day(6, deadline=None)
@given(policy=giving())
def test_every_situation_gets_what_the_oracle_says(policy: dict[str, Any]) -> None:
    """All counts, those of the steps among them: a conflict of outputs is a conflict of the step."""
    proof = check(load(policy))
    counts: Counter[str] = Counter()
    for at in oracle.situations(policy):
        found = oracle.outcome(policy, at)
        counts[found.verdict] += found.possible
    verdicts = {name: many for name, many in proof.verdicts.items() if many}
    assert verdicts == {name: many for name, many in counts.items() if many and name in policy["verdicts"]}
    assert not proof.sound or {name for name, many in counts.items() if many} <= policy["verdicts"].keys()


@pytest.mark.thorough
@draw_by_day(4, deadline=None)
@given(policy=giving())
def test_it_makes_no_difference_whether_the_steps_are_written_out(policy: dict[str, Any]) -> None:
    """In a large proof, a step has a cell of its axis for each outcome with the outputs that are read."""
    told = []
    for most in (NONE, ALL):
        with with_steps_written_out(most):
            proof = check(load(policy), steps=_PLENTY)
        steps = {name: counts.to_dict() for name, counts in proof.steps.items()}
        found = sorted((each.code, str(each.situations), each.message) for each in proof.errors)
        told.append([*_decided(proof), steps, found])
    assert told[0] == told[1]


@draw_by_day(4, deadline=None)
@given(policy=giving(), extra=st.sampled_from(("some text", True, 7, [1, 2])))
def test_outputs_that_no_number_reads_change_nothing(policy: dict[str, Any], extra: Any) -> None:
    """Not even where they disagree: the hash stays, and each of them is told as unused, once."""
    other = deepcopy(policy)
    for step in other["steps"].values():
        for place, rule in enumerate(step["rules"]):
            rule["output"] = {**rule.get("output", {}), "remark": extra if place % 2 else "another"}
    one, two = check(load(policy)), check(load(other))
    assert one.sha256 == two.sha256
    assert one.verdicts == two.verdicts
    told = [each.message for each in two.findings if each.code == "unused-output" and "`remark`" in each.message]
    assert len(told) == len(policy["steps"])
    rest = [each for each in two.findings if each.message not in told]
    assert Counter(each.message for each in rest) == Counter(each.message for each in one.findings)


@draw_by_day(3, deadline=None)
@given(policy=giving())
def test_every_edit_of_a_step_means_what_it_says(policy: dict[str, Any]) -> None:
    """Where an edit changes which amounts a step gives, the numbers that are its outputs can be these.

    A table may keep an amount that no row gives any more, so that more mutants share a space.
    """
    loaded = load(policy)
    edited = [each for each in single_edits(loaded) if each.section == "steps"]
    for mutant in edited[:: len(edited) // 12 + 1]:
        for read, number in zip(load(mutant.policy.to_dict()).numbers, mutant.policy.numbers, strict=True):
            if number.kind == "table":
                assert {*read.entries} <= {*number.entries}
                number = replace(number, entries=read.entries)
            assert read == number
        assert mutant.is_alone == (mutant.policy.numbers != loaded.numbers)


@pytest.mark.search
def test_outputs_of_steps_are_drawn_in_every_place() -> None:
    """They are compared, are parts of numbers of every kind, and are read by other steps; rules disagree about some."""
    drawn = collect(policies(small=True, chained=True), 250)
    seen = Counter(each for policy in drawn for each in features(policy))
    parts = ("in-sum", "in-product", "in-larger_of", "in-smaller_of", "in-ratio")
    assert [word for word in ("number:output", *(f"output:{part}" for part in parts)) if not seen[word]] == []
    among: Counter[str] = Counter()
    for policy in filter(_given, drawn):
        names = {*_given(policy)}
        steps = policy["steps"].values()
        among["own of a rule"] += any("output" in rule for step in steps for rule in step["rules"])
        among["of an outcome"] += any(isinstance(each, dict) for step in steps for each in step["outcomes"].values())
        among["by a step"] += any(names & rule.get("when", {}).keys() for step in steps for rule in step["rules"])
        among["by a rule"] += any(names & rule.get("when", {}).keys() for rule in policy["rules"])
        among["by a guarantee"] += any(names & when.keys() for when in conditions({**policy, "rules": []}))
        among["beside a table"] += any("table" in number for number in policy["numbers"].values())
        among["several of a step"] += len(
            {number["of"] for number in policy["numbers"].values() if "of" in number}
        ) < len(names)
        among["first"] += any(
            policy["steps"][policy["numbers"][name]["of"]].get("decision") == "first" for name in names
        )
        proof = check(load(policy))
        among["sound"] += proof.sound
        among["disputed"] += any("with different outputs" in each.message and "of the step" not in each.message
                                 and "in the step" in each.message for each in proof.errors)  # fmt: skip
    wanted = ("own of a rule", "of an outcome", "by a step", "by a rule", "by a guarantee", "beside a table")
    assert [word for word in (*wanted, "several of a step", "first", "sound", "disputed") if not among[word]] == []
