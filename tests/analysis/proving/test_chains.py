"""Is everything that is said of decisions that build on each other what working them out one by one shows?

Chains of drawn decisions, sound ones and faulty ones, are compared with brute force in every situation: proofs, counts,
decisions of whole and partial records, compiled decisions, tables and certificates.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import (
    CertificateError,
    Place,
    RecordError,
    batch,
    certify,
    check,
    decide,
    decider,
    diff,
    draw_by_facts,
    explain,
    find_survivors,
    load,
    load_cases,
    measure_coverage,
    tabulate,
    tabulate_rules,
    verify,
)
from engine import Policy as LoadedPolicy
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import partial_records, policies
from tests.support.drawing.versions import pairs
from tests.support.judging import oracle
from tests.support.judging.amounts import worth
from tests.support.judging.oracle import CONFLICT, GAP
from tests.support.judging.spaces import Policy
from tests.support.judging.spaces import given as given_in
from tests.support.judging.yields import by_value, numbers_given
from tests.support.step_order import decided_before, in_words, steps_before

_FAULTS = {GAP: "gap", CONFLICT: "conflict"}


def _order(policy: Policy) -> list[str]:
    """The steps and the tables of numbers, each after those that it reads."""
    steps = decided_before(policy)
    return list(dict.fromkeys(before for step in steps for before in steps_before(policy, step)))


def _possible(policy: Policy) -> Iterator[dict[str, Any]]:
    """The settled answers of every possible situation."""
    for record in oracle.situations(policy):
        if oracle.outcome(policy, record).possible:
            yield record


@pytest.mark.thorough
@draw_by_day(3, deadline=None)
@given(policies(small=True, chained=True))
def test_a_proof_says_what_every_situation_shows(policy: dict[str, Any]) -> None:
    """The counts, and which steps and rules have gaps and conflicts, each situation counted with its first fault.

    Where no step is faulty, an output of one may still have no value.
    """
    own: Counter[str] = Counter()
    faults: Counter[tuple[str, str]] = Counter()
    without_value: Counter[str] = Counter()
    outputs = [name for name, number in policy.get("numbers", {}).items() if "output" in number]
    steps: dict[str, Counter[str]] = {name: Counter() for name in decided_before(policy)}
    for record in _possible(policy):
        at = oracle.settled(policy, record)
        fault = oracle.fault_of(policy, at)
        faults.update([fault] if fault else ())
        own.update([] if fault else [oracle.outcome(policy, record).verdict])
        without_value.update([] if fault else [name for name in outputs if worth(policy, name, at) is None])
        for name in _order(policy):
            got, _ = oracle.step_outcome(policy, name, at)
            steps[name][in_words(got)] += 1
            if got in _FAULTS:
                break
    loaded = load(policy)
    proof = check(loaded)
    assert proof.situations in (None, own.total() + faults.total())
    assert all(many in (None, own[name]) for name, many in proof.verdicts.items())
    for name, counts in proof.steps.items():
        assert all(many in (None, steps[name][outcome]) for outcome, many in counts.outcomes.items())
    found = {(_step_of(each.message, each.rules), each.code): each.situations for each in proof.errors}
    wanted = {(name, _FAULTS[fault]): many for (name, fault), many in faults.items()}
    wanted |= {("", _FAULTS[each]): own[each] for each in _FAULTS if own[each]}
    assert {key for key in found if key[1] in _FAULTS.values()} == wanted.keys()
    assert all(many in (None, wanted[key]) for key, many in found.items() if key[1] == "gap")
    if not any(each.code == "not-proved" for each in proof.errors):
        assert verify(loaded, certify(loaded)).sound == proof.sound
        lacking = [each for each in proof.errors if each.code == "no-output" and _step_of(each.message, each.rules)]
        assert {_outputs_by_place(loaded)[each.places[-1]]: each.situations for each in lacking} == without_value
    first = next((step for step in _order(policy) if any(name == step for name, _ in faults)), "")
    for each in proof.warnings:
        told = re.match(r"mend the (?:step|number) `(.*?)` first", each.help)
        assert not told or told[1] == first
        is_own = bool(each.rules) and not _step_of(each.message, each.rules)
        assert told or not first or not is_own or each.code in {"not-checked", "uncited-rule"}, each


def _outputs_by_place(policy: LoadedPolicy) -> dict[Place, str]:
    """The numbers that are outputs of steps, by their places."""
    return {number.place: number.name for number in policy.numbers if number.given_by}


def _step_of(message: str, rules: tuple[str, ...]) -> str:
    """The step that a finding is about; empty for the rules of the policy itself."""
    if rules:
        return rules[0].partition("/")[0] if "/" in rules[0] else ""
    told = re.search(r".*the (?:step|number) `(.*?)`", message)
    return told[1] if told else ""


@pytest.mark.thorough
@draw_by_day(5, deadline=None)
@given(st.data())
def test_a_decision_says_what_all_completions_show(data: st.DataObject) -> None:
    """The verdicts and rules, and the outcomes of the steps that are told; compiled ones are the same."""
    policy = data.draw(policies(small=True, chained=True))
    loaded = load(policy)
    order = _order(policy)
    for _ in range(3):
        record = data.draw(partial_records(policy))
        outlook = oracle.outcomes(policy, record)
        if not outlook.verdicts:
            with pytest.raises(RecordError):
                decide(loaded, record, draft=True)
            continue
        decision = decide(loaded, record, draft=True)
        open_ones = decision.possible if decision.outcome in ("decided", "undecided") else ()
        assert {*open_ones, *(f"({fault})" for fault in decision.faults)} == outlook.verdicts
        if decision.outcome == "decided":
            assert (decision.rules, decision.possible_rules) == (outlook.rules, outlook.possible_rules)
        completed = [oracle.settled(policy, each) for each in oracle.completions(policy, record)]
        for name, step in decision.steps.items():
            earlier = order[: order.index(name)]
            seen = {
                in_words(oracle.step_outcome(policy, name, at)[0])
                for at in completed
                if not any(oracle.step_outcome(policy, each, at)[0] in _FAULTS for each in earlier)
            }
            given_ones = set() if seen == {CONFLICT} else set(step.possible)
            assert given_ones | {f"({fault})" for fault in step.faults} == seen
        assert str(decision)
        explained = explain(loaded, record, draft=True)
        # Where a step is faulty, nothing is said of the rules.
        outcomes = [oracle.outcome(policy, each) for each in oracle.completions(policy, record)]
        applying = [set(each.applies) for each in outcomes if each.applies]
        assert all({each.rule for each in explained.others if each.applies} <= applies for applies in applying)
        if check(loaded).sound:
            assert decider(loaded)(record) == decision
            assert str(explain(loaded, record)) == str(explained)


@pytest.mark.thorough
@draw_by_day(3, deadline=None)
@given(policies(small=True, chained=True, sound=True))
def test_tables_of_chains_get_what_decide_says(policy: dict[str, Any]) -> None:
    """A row for each of some situations, and the tables and pictures that show the chain."""
    loaded = load(policy)
    kept = [
        each
        for each in _possible(policy)
        if "any_of" not in {spec.get("type") for spec in policy["situation"].values()}
    ]
    rows = kept[:: len(kept) // 20 + 1]
    if rows:
        answers = [given_in(row) for row in rows]
        frame = pl.DataFrame({name: [row.get(name) for row in answers] for name in rows[0]}, strict=False)
        decided = batch(loaded, frame, steps=True)
        assert decided["verdict"].to_list() == [decide(loaded, row).verdict for row in answers]
        settled = [oracle.settled(policy, row) for row in rows]
        for name in decided_before(policy):
            wanted = [in_words(oracle.step_outcome(policy, name, at)[0]) for at in settled]
            assert decided[f"steps.{name}"].to_list() == wanted
            assert batch(loaded, frame.lazy(), steps=True).collect()[f"steps.{name}"].to_list() == wanted
    assert tabulate(loaded).rows
    assert draw_by_facts(loaded)[0].boxes
    assert len(tabulate_rules(loaded).rows) == len(policy["rules"])
    assert measure_coverage(loaded, load_cases({"policy": loaded.name, "cases": []} | _case(policy, loaded), loaded))


def _case(policy: Policy, loaded: Any) -> dict[str, Any]:
    """A case that holds, with the outcomes of all steps, and the amounts of all tables."""
    record = next(_possible(policy))
    at = oracle.settled(policy, record)
    steps = {name: oracle.step_outcome(policy, name, at)[0] for name in decided_before(policy)}
    case = {
        "case": "one of all",
        "given": given_in(record),
        "expect": decide(loaded, given_in(record)).verdict,
        "steps": steps,
    }
    return {"cases": [case]}


@draw_by_day(8, deadline=None)
@given(policies(small=True, chained=True))
def test_a_chain_is_written_and_read_again(policy: dict[str, Any]) -> None:
    """As JSON and as YAML; the hash stays."""
    loaded = load(policy)
    for again in (load(loaded.to_dict()), load(loaded.to_yaml())):
        assert again == loaded
        assert again.sha256 == loaded.sha256


@pytest.mark.thorough
@draw_by_day(4, deadline=None)
@given(policies(small=True, chained=True), st.data())
def test_two_versions_of_a_chain_differ_where_their_outcomes_do(policy: dict[str, Any], data: st.DataObject) -> None:
    """A step of the second one has another outcome for one of its rules, or a table another amount."""
    name = data.draw(st.sampled_from(sorted(decided_before(policy))))
    if name not in policy["steps"]:
        _differ_alike(policy, policy | {"numbers": policy["numbers"] | {name: _with_amount(policy, name, data)}})
        return
    step = policy["steps"][name]
    place = data.draw(st.sampled_from(range(len(step["rules"]))))
    then = data.draw(st.sampled_from(list(step["outcomes"])))
    rules = [rule | {"then": then} if at == place else rule for at, rule in enumerate(step["rules"])]
    _differ_alike(policy, policy | {"steps": policy["steps"] | {name: step | {"rules": rules}}})


def _with_amount(policy: Policy, name: str, data: st.DataObject) -> dict[str, Any]:
    """A number whose table gives another amount in one of its rows."""
    table = policy["numbers"][name]["table"]
    place = data.draw(st.sampled_from(range(len(table))))
    then = data.draw(st.sampled_from([7, *(rule["then"] for rule in table)]))
    rules = [rule | {"then": then} if at == place else rule for at, rule in enumerate(table)]
    return {**policy["numbers"][name], "table": rules}


def _differ_alike(policy: Policy, other: Policy) -> None:
    """Whether `diff` finds as many situations as get another verdict, or other outputs that are written out."""
    found = diff(load(policy), load(other))
    if numbers_given(policy):
        # Amounts may be worked out otherwise.
        records = list(oracle.situations(policy))
        before, after = ([oracle.outcome(each, record) for record in records] for each in (policy, other))
        moved = sum(one.possible and one.verdict != two.verdict for one, two in zip(before, after, strict=True))
        assert found.situations is None or found.situations >= moved
    else:
        wanted = sum(many for (one, two), many in pairs(policy, other).items() if one != two)
        assert found.situations in (None, wanted)


@draw_by_day(8, deadline=None)
@given(st.data())
def test_a_certificate_of_a_chain_with_another_outcome_is_refused(data: st.DataObject) -> None:
    """Wherever one leaf says another verdict than the chain gives."""
    policy = data.draw(policies(small=True, chained=True, sound=True))
    loaded = load(policy)
    written = certify(loaded).to_dict()
    leaves = [node for node in _targets(written) if "verdict" in node]
    leaf = data.draw(st.sampled_from(leaves))
    leaf["verdict"] = data.draw(st.sampled_from([each for each in policy["verdicts"] if each != leaf["verdict"]]))
    with pytest.raises(CertificateError):
        verify(loaded, written)


def _targets(data: Any) -> Iterator[dict[str, Any]]:
    """Every target in the data of a certificate."""
    if isinstance(data, dict):
        if "verdict" in data and isinstance(data["verdict"], str):
            yield data
        for value in data.values():
            yield from _targets(value)
    elif isinstance(data, list):
        for value in data:
            yield from _targets(value)


@draw_by_day(1, deadline=None)
@given(policies(small=True, chained=True, sound=True), st.data())
def test_every_survivor_of_a_chain_changes_some_situation(policy: dict[str, Any], data: st.DataObject) -> None:
    """Edits of steps and of what reads them; the example gets another verdict or output from the edited policy."""
    loaded = load(policy)
    records = data.draw(st.lists(st.sampled_from([*map(given_in, _possible(policy))]), min_size=1, max_size=2))
    given_ones = [
        {"case": str(at), "given": each, "expect": decide(loaded, each).verdict} for at, each in enumerate(records)
    ]
    cases = load_cases({"policy": loaded.name, "cases": given_ones}, loaded)
    for survivor in find_survivors(loaded, cases).survivors[:20]:
        edited = survivor.mutant.policy
        if survivor.mutant.section == "impossible":
            continue
        before, after = decide(loaded, survivor.example), decide(edited, survivor.example, draft=True)
        assert (before.verdict, by_value(before.output)) != (after.verdict, by_value(after.output))
        assert all(decide(edited, case.given, draft=True).verdict == case.expect for case in cases.cases)
