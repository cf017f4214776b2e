"""Are policies, decisions, proofs and reports values: frozen, equal where their parts are, and safe to pass on?"""

from __future__ import annotations

import dataclasses
import json
import pickle
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from engine import (
    CasesReport,
    Decision,
    Finding,
    Place,
    Problem,
    RecordError,
    check,
    decide,
    load,
    load_cases,
    run_cases,
    tabulate,
)
from engine.bundled import shipped_policies
from engine.meaning.reference import outcome
from tests.project.library.examples import NAMES, ROOT
from tests.support.by_day import draw_by_day, some
from tests.support.drawing.strategies import policies
from tests.support.judging.spaces import situations


def values() -> Iterator[Any]:
    """One value of each public class that is no error."""
    policy = load("other-interviews-as-written")
    proof = check(policy)
    problem = proof.findings[0].problem()
    yield from (policy, proof, proof.findings[0], problem, problem.places[0])
    yield decide(load("other-interviews"), {"offer": "hint"})


@pytest.mark.parametrize("value", list(values()), ids=lambda value: type(value).__name__)
def test_a_value_is_frozen(value: Any) -> None:
    """No attribute of a value can be set."""
    name = value._fields[0] if isinstance(value, Place) else dataclasses.fields(value)[0].name
    with pytest.raises(AttributeError):
        setattr(value, name, getattr(value, name))


def test_the_results_of_cases_are_frozen(report: CasesReport) -> None:
    """Neither the report nor one of its results can be changed."""
    for value, name in ((report, "policy"), (report.results[0], "passed")):
        with pytest.raises(AttributeError):
            setattr(value, name, getattr(value, name))


@pytest.mark.parametrize("name", some(NAMES))
def test_a_proof_is_a_value(name: str) -> None:
    """Two proofs of two readings are equal, print alike, and are JSON, as are their findings."""
    one, other = check(load(name)), check(load(name))
    assert (one, str(one), one.to_dict()) == (other, str(other), other.to_dict())
    assert json.loads(json.dumps(one.to_dict())) == one.to_dict()
    keys = ["policy", "sha256", "sound", "situations", "verdicts", "rules", "findings", "otherwise", "steps"]
    assert list(one.to_dict()) == keys
    assert one.sound == (not one.errors)
    assert sorted(map(str, (*one.errors, *one.warnings))) == sorted(map(str, one.findings))
    for finding in one.findings:
        assert isinstance(finding, Finding)
        assert json.loads(json.dumps(finding.to_dict())) == finding.to_dict()
        assert isinstance(finding.problem(), Problem)


@pytest.mark.parametrize("name", some(NAMES))
def test_a_policy_is_a_value(name: str) -> None:
    """Two readings are equal, hash alike and are JSON; a policy of another name is not equal."""
    one, other = load(name), load(name)
    assert (one, hash(one), one.sha256) == (other, hash(other), other.sha256)
    assert json.loads(json.dumps(one.to_dict())) == one.to_dict()
    assert one != dataclasses.replace(one, title="Something else")
    assert len({load(each) for each in NAMES}) == len(NAMES)


@pytest.mark.thorough
@draw_by_day(20)
@given(data=policies(small=True))
def test_what_has_outputs_is_hashed_like_its_equals(data: dict[str, Any]) -> None:
    """Rules, verdicts, decisions, rows and outcomes go into sets, whatever outputs they hold."""
    one, other = load(data), load(data)
    assert len({*one.rules, *other.rules}) == len(one.rules)
    assert len({*one.verdicts, *other.verdicts}) == len(one.verdicts)
    values = next(iter(situations(data)))
    assert {outcome(one, values)} == {outcome(other, values)}
    if check(one).sound:
        assert {decide(one, {})} == {decide(other, {})}
        assert {*tabulate(one).rows} == {*tabulate(other).rows}


@pytest.mark.parametrize("name", some(NAMES))
def test_a_policy_from_data_is_the_policy_of_the_file(name: str) -> None:
    """A mapping, the same through JSON, a path and a name all give one policy."""
    policy = load(name)
    path = Path(str(shipped_policies()[name]))
    same = [load(policy.to_dict()), load(json.loads(json.dumps(policy.to_dict()))), load(path), load(str(path))]
    assert same == [policy] * 4
    assert [check(each).verdicts for each in same] == [check(policy).verdicts] * 4


def test_the_mapping_is_not_kept() -> None:
    """A policy does not change when the mapping it was loaded from does, nor when `to_dict` is written to."""
    policy = load("other-interviews")
    data = policy.to_dict()
    again = load(data)
    data["rules"].clear()
    data["situation"]["offer"]["choices"]["made"] = "Something else"
    policy.to_dict()["rules"].clear()
    assert again == policy


def test_decisions_are_values() -> None:
    """Equal records give equal decisions, whatever they were asked before, and decisions are JSON."""
    policy = load("other-interviews")
    for record in ({}, {"offer": "hint"}, {"offer": "made", "title": "unsure"}):
        one, other = decide(policy, record), decide(load("other-interviews"), record)
        assert (one, str(one)) == (other, str(other))
        assert json.loads(json.dumps(one.to_dict())) == one.to_dict()
    keys = [field.name for field in dataclasses.fields(Decision) if field.name != "words"]
    assert list(decide(policy, {}).to_dict()) == keys


def test_a_decision_names_its_policy_by_hash() -> None:
    """However it is asked: by attribute, printed, as data, copied, or where it was sent, without the policy."""
    policy = load("other-interviews")
    reworded = dataclasses.replace(policy, title="Something else")
    for record in ({}, {"offer": "hint"}):
        asked: list[Callable[[Decision], Any]] = [
            lambda one: one.sha256,
            lambda one: one.to_dict()["sha256"],
            lambda one: dataclasses.asdict(one)["sha256"],
            lambda one: dataclasses.replace(one, draft=True).sha256,
            lambda one: vars(pickle.loads(pickle.dumps(one)))["sha256"],
            lambda one: repr(one).partition("sha256='")[2].partition("'")[0],
        ]
        assert [ask(decide(policy, record)) for ask in asked] == [policy.sha256] * len(asked)
        assert decide(policy, record) != decide(reworded, record)


def test_the_report_of_cases_is_a_value(report: CasesReport) -> None:
    """A report is equal to another run's, and JSON."""
    path = ROOT / "rules" / "other-interviews.cases.yaml"
    policy = load("other-interviews")
    assert run_cases(policy, load_cases(path, policy)) == report
    assert json.loads(json.dumps(report.to_dict())) == report.to_dict()
    assert list(report.to_dict()) == ["policy", "passed", "cases", "unreached"]
    assert report.passed


@pytest.mark.thorough
@pytest.mark.parametrize("name", NAMES)
def test_a_policy_can_be_pickled(name: str) -> None:
    """Before and after it was proved and asked, a policy goes to another process whole."""
    policy = load(name)
    fresh = pickle.loads(pickle.dumps(policy))
    decide(policy, {}, draft=True)
    used = pickle.loads(pickle.dumps(policy))
    assert fresh == used == policy
    assert (fresh.sha256, check(fresh), decide(used, {}, draft=True)) == (
        policy.sha256,
        check(policy),
        decide(policy, {}, draft=True),
    )


def test_results_can_be_pickled() -> None:
    """A proof, a decision and a problem are the same on the other side."""
    for value in values():
        assert pickle.loads(pickle.dumps(value)) == value


def test_errors_can_be_pickled() -> None:
    """An error of another process says the same here, problem by problem."""
    with pytest.raises(RecordError) as caught:
        decide(load("other-interviews"), {"offer": "hit", "honest": 1})
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), again.problems, str(again)) == (RecordError, caught.value.problems, str(caught.value))


@pytest.mark.parametrize("name", ["other-interviews", "customs-channel"])
def test_threads_agree(name: str) -> None:
    """Eight threads that ask one fresh policy about partial records get what one thread gets."""
    fields = load(name).to_dict()["situation"]
    record = {field: spec["if_unsure"] for field, spec in fields.items() if "if_unsure" in spec}
    record |= {field: next(iter(spec["choices"])) for field, spec in fields.items() if spec["type"] == "choice"}
    parts = list(record.items())
    records = [dict(parts[start:stop]) for start in range(len(parts)) for stop in range(start, len(parts) + 1)][:12]
    expected = [decide(load(name), each) for each in records]
    policy = load(name)
    found: dict[int, list[Decision]] = {}
    together = threading.Barrier(8)

    def ask(number: int) -> None:
        together.wait(timeout=30)
        # Each thread begins at another record.
        order = [*range(number, len(records)), *range(number)]
        answers = {each: decide(policy, records[each]) for each in order}
        found[number] = [answers[each] for each in range(len(records))]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert found == dict.fromkeys(range(8), expected)
