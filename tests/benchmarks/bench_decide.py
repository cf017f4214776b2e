"""How long does one record take, beside what a person would write by hand, validators, and other engines?

Every way is run once in each round, so that all of them meet the same machine. Needs the extra `bench`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from random import Random
from time import process_time
from typing import Any

import pytest

from engine import Policy, RecordError, check, decide, decider, load
from engine.execution.records.decider import Decider
from engine.execution.records.verdicts import Verdicts
from tests.benchmarks.conftest import Comparison
from tests.benchmarks.support.rows import peak_memory, timed
from tests.support.judging.deciding import as_json
from tests.support.judging.querying.sql_rows import right_values
from tests.support.judging.spaces import situations
from tests.support.making.tables import Table, tree_table

peers = pytest.importorskip("tests.benchmarks.support.peers", reason="needs the extra `bench`", exc_type=ImportError)

pytestmark = pytest.mark.benchmark(timer=process_time)
RECORDS, TIMES, ROUNDS = 1_000, 10, 21
WORK = f"{RECORDS * TIMES:,} records"
# Enough to see that another way says the same.
FEW, SAMPLE = 50, 5
SHIPPED = ("other-interviews", "air-passenger-rights", "customs-channel", "parcel-prices")

Run = Callable[[], object]


def _on(records: Sequence[Any], way: Callable[[Any], object]) -> Run:
    """All records several times, so that it counts little what was run before."""

    def run() -> None:
        for _ in range(TIMES):
            for record in records:
                way(record)

    return run


@pytest.fixture(scope="module")
def flagship() -> Decider:
    return decider(load("other-interviews"))


@pytest.fixture(scope="module")
def offers() -> list[dict[str, Any]]:
    """Records drawn evenly from the situations with a made offer."""
    made = [each for each in situations(load("other-interviews").to_dict()) if each["offer"] == "made"]
    return Random("offers").sample(made, RECORDS)


@pytest.fixture
def memory(flagship: Decider) -> int:
    """What it takes to have a decider, beyond the proof."""
    return peak_memory(lambda: decider(flagship.policy))


@pytest.mark.parametrize("decoded", [False, True])
def test_a_verdict(ours: Comparison, flagship: Decider, offers: list[Any], memory: int, decoded: bool) -> None:
    """The bare verdict, of records that share their keys, and of records decoded from JSON, each with its own."""
    records = [json.loads(peers.as_bytes(each)) for each in offers] if decoded else offers
    others = {
        "by hand, nothing checked": (peers.by_hand, 3.5),
        "by hand, msgspec": (peers.with_msgspec(), 1),
        "by hand, jsonschema-rs": (peers.with_jsonschema_rs(), 1),
        "by hand, fastjsonschema": (peers.with_fastjsonschema(), 1),
        "by hand, pydantic": (peers.with_pydantic(), 1),
        "zen, one expression": (peers.zen_expression(), None),
        "zen, table": (peers.zen_table(), 1 / 20),
        "CEL in Rust": (peers.cel_in_rust(), None),
        "json-logic": (peers.with_json_logic(), None),
        "rule-engine": (peers.with_rule_engine(), None),
    }
    for way, _ in others.values():
        assert [way(each) for each in records[:FEW]] == [flagship.verdict(each) for each in records[:FEW]]
    runs = {name: (_on(records, way), most) for name, (way, most) in others.items()}
    work = f"{WORK}{' decoded from JSON' if decoded else ''}: verdict"
    ours.in_turn(work, _on(records, flagship.verdict), runs, rounds=ROUNDS, memory=memory)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_verdict_with_questions_left_open(ours: Comparison, name: str) -> None:
    """Of records that leave out answers here and there, and of one that answers nothing, beside whole ones."""
    compiled, whole = decider(load(name)), _whole(name)
    random = Random("open")
    parts = [_thinned(record, random) for record in whole]
    wholes = _on(whole, compiled.verdict)
    work = f"{WORK}, {name}: verdict with questions left open"
    ours.in_turn(work, _on(parts, compiled.verdict), {"whole": (wholes, 50)}, rounds=ROUNDS)
    nothing, taken = timed(_on([{}] * RECORDS, compiled.verdict))[0], timed(wholes)[0]
    assert nothing < 50 * taken


def _whole(name: str) -> list[dict[str, Any]]:
    """Whole records of a policy, beside all its boundaries, that can happen."""
    policy, random = load(name), Random(name)
    right = right_values(policy)
    found: list[dict[str, Any]] = []
    while len(found) < RECORDS:
        values = {field: random.choice(answers) for field, answers in right.items()}
        record = as_json(
            {field: float(value) if isinstance(value, Decimal) else value for field, value in values.items()}
        )
        try:
            decide(policy, record)
        except RecordError:
            continue
        if "unsure" not in values.values():
            found.append(record)
    return found


def _thinned(record: Mapping[str, Any], random: Random) -> dict[str, Any]:
    """The record with about two of five answers left out."""
    kept = {name: value for name, value in record.items() if isinstance(value, dict) or random.random() < 0.6}
    return {name: _thinned(value, random) if isinstance(value, dict) else value for name, value in kept.items()}


def test_a_decision(ours: Comparison, flagship: Decider, offers: list[Any], memory: int) -> None:
    """The whole decision, beside the verdict alone."""
    others: dict[str, tuple[Run, float | None]] = {
        "the verdict alone": (_on(offers, flagship.verdict), 2),
        "by hand, nothing checked": (_on(offers, peers.by_hand), None),
    }
    ours.in_turn(f"{WORK}: decision", _on(offers, flagship), others, rounds=ROUNDS, memory=memory)


def test_a_verdict_from_json(ours: Comparison, flagship: Decider, offers: list[Any], memory: int) -> None:
    """From bytes to the verdict, beside the work by hand on records that are decoded already."""
    texts = [peers.as_bytes(each) for each in offers]
    decoded = [json.loads(each) for each in texts]
    table = peers.zen_table()
    others: dict[str, tuple[Run, float | None]] = {
        "by hand, decoded before": (_on(decoded, peers.by_hand), 5),
        "by hand, msgspec": (_on(texts, peers.with_msgspec_from_json()), 1),
        "json.loads and ours": (_on(texts, lambda text: flagship.verdict(json.loads(text))), None),
        "zen, table": (_on(texts, table), 1 / 20),
    }
    work = f"{WORK} as JSON bytes: verdict"
    ours.in_turn(work, _on(texts, flagship.verdict_json), others, rounds=ROUNDS, memory=memory)


def _records(policy: Policy) -> list[dict[str, Any]]:
    """Records all over a table, most of them where its rows are."""
    random = Random("table")
    return [
        {
            field.name: random.choice(field.options)
            if field.options
            else min(max(round(random.gauss(10_000, 3_333)), 0), 20_000)
            for field in policy.fields
        }
        for _ in range(RECORDS)
    ]


def test_a_large_table(ours: Comparison, sound_table: Table, sound_policy: Policy) -> None:
    """Ten thousand rows over twenty columns, beside ten rows over the same columns."""
    assert check(sound_policy).sound
    large = Verdicts(sound_policy)
    small = decider(load(tree_table(10, 20, seed=1, grown=0)))
    records = _records(sound_policy)
    verdict = large.compile()
    rows = [
        {**{name: _cell(test) for name, test in rule["when"].items()}, "then": f'"{rule["then"]}"'}
        for rule in sound_table["rules"]
    ]
    table = peers.zen_decision(list(sound_table["situation"]), rows)
    work, memory = f"{WORK}, 10,000 x 20: verdict", peak_memory(large.compile)
    ours.in_turn(
        work, _on(records, verdict), {"10 x 20": (_on(records, small.verdict), 2.5)}, rounds=ROUNDS, memory=memory
    )
    seconds, found = timed(lambda: [table(each) for each in records[:SAMPLE]])
    assert found == [verdict(each) for each in records[:SAMPLE]]
    ours.beside(work, f"zen, table (from {SAMPLE})", seconds * RECORDS * TIMES / SAMPLE, memory, most=1 / 20)


def _cell(test: Any) -> str:
    """A test of a row as a cell of zen's."""
    if isinstance(test, Mapping):
        return " and ".join(f"{'>=' if end == 'at_least' else '<='} {value}" for end, value in test.items())
    values = test if isinstance(test, list) else [test]
    return ", ".join(f'"{each}"' if isinstance(each, str) else str(each) for each in values)


def test_compiling_a_large_table(ours: Comparison, sound_policy: Policy) -> None:
    """The code of ten thousand rows once the tests that lead to the verdicts are known: a second at most."""
    large = Verdicts(sound_policy)
    ours.measure(large.compile)
    memory = peak_memory(large.compile)
    ours.beside("10,000 x 20: code for verdicts", "one second", 1, memory, most=1)
    ours.beside("10,000 x 20: code for verdicts", "finding the tests", timed(lambda: Verdicts(sound_policy))[0], memory)
