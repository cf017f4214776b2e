"""Is a compiled policy a value for threads, forks and pickles, however large, and what is not compiled?"""

from __future__ import annotations

import copy
import json
import multiprocessing
import pickle
import threading
from decimal import Decimal
from typing import Any

import pytest

from engine import Policy, UnsoundError, check, decide, decider, load
from engine.budget import OutOfSteps
from engine.execution.program import Program, verdict_program
from engine.execution.records import decisions, verdicts
from engine.execution.records.decider import Decider
from engine.language.situations.situation_records import read_record
from engine.meaning import reference
from tests.support.judging.deciding import YES, decides_alike, said
from tests.support.making.tables import tree_table


@pytest.fixture(scope="module")
def flagship() -> Decider:
    return decider(load("other-interviews"))


ASKED = [YES, {"offer": "hint"}, YES | {"honest": "unsure"}, YES | {"offer": "mad"}, {"offer": "made"}]


# Decisions as values.


def test_nobody_shares_an_output() -> None:
    """Whoever changes the output of a decision changes nobody else's, nor the policy's; other decisions are shared."""
    data = load("other-interviews").to_dict()
    data["verdicts"]["keep"]["output"] = {"calls": [{"to": "nobody"}]}
    compiled = decider(load(data))
    whole = YES | {"offer": "hint"}
    for record in (whole, {"offer": "hint"}):
        compiled(record).output["calls"][0]["to"] = "everybody"
        assert compiled(record) == decide(compiled.policy, record)
        assert compiled(record).output == {"calls": [{"to": "nobody"}]}
    bought = YES | {"start_date": False, "good_enough": False}
    assert compiled(bought) is compiled(dict(bought))


def test_a_decider_is_compiled_again_where_it_is_unpickled(flagship: Decider) -> None:
    """Pickled and copied deciders decide alike, before and after they were used, and say which policy they have."""
    fresh = decider(load("other-interviews"))
    for compiled in (fresh, flagship):
        compiled.verdict_json(b'{"offer": "hint"}')
        for other in (pickle.loads(pickle.dumps(compiled)), copy.deepcopy(compiled), copy.copy(compiled)):
            assert (other.policy, repr(other)) == (flagship.policy, "decider(other-interviews)")
            assert decides_alike(other, {"offer": "hint"})[0].verdict == "keep"


def _asked(compiled: Decider, records: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(said(compiled, each), said(compiled.verdict, each)) for each in records]


def test_threads_agree() -> None:
    """Eight threads that ask one fresh decider get what one gets."""
    expected = _asked(decider(load("other-interviews")), ASKED)
    compiled = decider(load("other-interviews"))
    found: list[list[tuple[Any, ...]]] = []
    threads = [threading.Thread(target=lambda: found.append(_asked(compiled, ASKED))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert found == [expected] * 8


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there are no forks here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("is_used", [False, True])
def test_forks_agree(is_used: bool) -> None:
    """A process that was forked goes on with the decider that it has inherited, used before or not."""
    expected = _asked(decider(load("other-interviews")), ASKED)
    compiled = decider(load("other-interviews"))
    if is_used:
        _asked(compiled, ASKED)
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=lambda: sender.send(_asked(compiled, ASKED) == expected))
    process.start()
    assert receiver.poll(60)
    assert receiver.recv()
    process.join(timeout=60)
    assert process.exitcode == 0


# Large policies, and what cannot be compiled.


@pytest.mark.thorough
def test_a_large_table_gets_the_verdicts_of_its_rows() -> None:
    """A thousand rows: the verdict and the row of records all over the table, and of some with answers left out."""
    data = tree_table(1_000, 8, seed=2, grown=0)
    compiled = decider(load(data))
    for place in range(300):
        record = {
            name: f"k{place * 3 % 7}" if "choices" in field else (place * (number + 1) * 7_919) % 20_001
            for number, (name, field) in enumerate(data["situation"].items())
        }
        found = reference.outcome(compiled.policy, read_record(compiled.policy, record).values)
        assert (compiled.verdict(record), compiled(record).rules) == (found.verdict, found.stands)
        if place % 20 == 0:
            del record["amount_3"]
            decides_alike(compiled, record)


def _flags(many: int, facts: dict[str, Any], rules: list[dict[str, Any]], **more: Any) -> Decider:
    fields = {f"q{place}": {"ask": "Is it so?", "type": "yes_no"} for place in range(many)}
    verdicts_ = {verdict: {"title": verdict.title()} for verdict in ("even", "odd")}
    policy = {"policy": "flags", "title": "What is it?", "situation": fields, "verdicts": verdicts_, **more}
    return decider(load({**policy, **({"facts": facts} if facts else {}), "rules": rules}))


def test_what_is_shared_is_not_repeated_without_end() -> None:
    """Whether an odd number of sixteen answers is yes: 31 tests, which would be 65,535 were none of them shared."""
    facts: dict[str, Any] = {"odd0": {"means": "odd", "when": {"q0": True}}}
    for place in range(1, 16):
        ways = [{f"q{place}": True, f"odd{place - 1}": False}, {f"q{place}": False, f"odd{place - 1}": True}]
        facts[f"odd{place}"] = {"means": "odd", "when": {"any": ways}}
    rules = [
        {"rule": "r1", "when": {"odd15": True}, "then": "odd", "because": "It is odd."},
        {"rule": "r2", "when": {"odd15": False}, "then": "even", "because": "It is even."},
    ]
    compiled = _flags(16, facts, rules)
    assert len(verdict_program(compiled.policy).asks) == 31
    for number in range(0, 1 << 16, 97):
        record = {f"q{place}": bool(number >> place & 1) for place in range(16)}
        assert compiled.verdict(record) == ("odd" if number.bit_count() % 2 else "even")
    assert compiled.verdict({"q0": True}) is None


@pytest.mark.slow
def test_a_deep_program_is_no_deep_code() -> None:
    """Six hundred rules, each asked only after all those before it were not met."""
    rules: list[dict[str, Any]] = [
        {"rule": f"r{place}", "when": {f"q{place}": True}, "then": ("even", "odd")[place % 2], "because": "So."}
        for place in range(600)
    ]
    rules.append({"rule": "rest", "otherwise": True, "then": "even", "because": "So."})
    compiled = _flags(600, {}, rules, decision="first")
    assert verdict_program(compiled.policy).depth() == 600
    for place in range(0, 600, 7):
        record = {f"q{each}": each >= place for each in range(600)}
        assert compiled.verdict(record) == ("even", "odd")[place % 2]
        assert compiled(record).rules == (f"r{place}",)


def test_an_unsound_policy_is_not_compiled() -> None:
    """What is not proved decides nothing: the findings of its proof are told."""
    policy = load("rules/drafts/other-interviews-as-written.yaml")
    with pytest.raises(UnsoundError) as refused:
        decider(policy)
    assert refused.value.problems == tuple(finding.problem() for finding in check(policy).errors)


def _gives_up(policy: Policy) -> Program:
    raise OutOfSteps


def test_a_policy_whose_tests_are_not_found_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the steps end before the tests that lead to the verdicts are found, nothing is compiled."""
    monkeypatch.setattr(verdicts, "verdict_program", _gives_up)
    with pytest.raises(UnsoundError) as refused:
        decider(load("customs-channel"))
    (problem,) = refused.value.problems
    assert (problem.code, problem.message, problem.help) == (
        "not-proved",
        "the tests that lead to its verdicts were not found within 2,000,000 steps",
        "write fewer or simpler rules",
    )


def test_rules_that_are_too_many_to_tell_apart_are_found_as_decide_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only the tests that lead to the rules are not found, decisions take longer and are the same."""
    monkeypatch.setattr(decisions, "rules_program", _gives_up)
    decides_alike(decider(load("other-interviews")), {"offer": "hint"})


def test_numbers_that_no_double_stands_for_are_compared_as_decimals() -> None:
    """A limit far beyond the digits of a double: no record takes the fast way, and every one is decided exactly."""
    low = "100000000000000000000.5"
    field = {"ask": "How much?", "type": "number", "from": 0, "to": 9, "step": Decimal("0.00000000000001")}
    data = load("other-interviews").to_dict()
    data["situation"] |= {"much": field}
    compiled = decider(load(data))
    whole = YES | {"offer": "hint"}
    for much in (0, 9, 5.5, 0.3, 1e-14, Decimal("8.99999999999999"), Decimal("8.999999999999999"), Decimal(low)):
        decides_alike(compiled, whole | {"much": much})
    assert compiled.verdict_json(json.dumps(whole | {"much": 5.5})) == "keep"
