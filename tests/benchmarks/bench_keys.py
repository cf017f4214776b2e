"""How does a proof of a table with a key, or of a long chain, compare with reading it, and its verification with both?

Nothing that is said of such a table needs more than a look at each row, so that all of it is set beside the reading.
"""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from engine import Policy, certify, check, load, verify
from engine.analysis.proving.errors import find_errors
from tests.benchmarks.conftest import Comparison
from tests.benchmarks.support.rows import peak_memory, timed
from tests.support.making.tables import Table, chain_table, first_table, key_table, two_key_table, write_yaml

pytestmark = pytest.mark.benchmark(timer=process_time)
GIB = 1 << 30


def _beside_reading(ours: Comparison, table: Table, folder: Path, work: str, most: float) -> None:
    path = write_yaml(table, folder)
    read, _ = timed(lambda: load(path))
    policies = iter([load(path) for _ in range(2)])
    proof = ours.measure(lambda: check(next(policies)), rounds=1)
    assert proof.sound
    memory = peak_memory(lambda: check(next(policies)))
    ours.beside(work, "reading it", read, memory, most=most, most_memory=GIB)


@pytest.mark.parametrize("decision", ["first", "unique"])
@pytest.mark.parametrize("rows", [2_000, 35_000])
def test_a_table_with_a_key(ours: Comparison, tmp_path: Path, rows: int, decision: str) -> None:
    """All that `check` says of a row for each of many texts."""
    table = key_table(rows, seed=1, decision=decision)
    _beside_reading(ours, table, tmp_path, f"{rows:,} keys, {decision}: everything that `check` says", most=10)


@pytest.mark.parametrize("decision", ["first", "unique"])
@pytest.mark.parametrize("rows", [2_000, 8_000])
def test_the_certificate_of_a_table_with_a_key(ours: Comparison, rows: int, decision: str) -> None:
    """A certificate with one node of as many branches, verified beside being written."""
    table = key_table(rows, seed=1, decision=decision)
    policy = load(table)
    written, certificate = timed(lambda: certify(policy))
    data = certificate.to_dict()
    policies = iter([load(table) for _ in range(2)])
    found = ours.measure(lambda: verify(next(policies), data), rounds=1)
    assert found.sound
    assert found.leaves == len(data["tree"]["nodes"][0]["branches"])
    memory = peak_memory(lambda: verify(next(policies), data))
    ours.beside(f"{rows:,} keys, {decision}: verifying", "proving and writing it", written, memory, most=4)


@pytest.mark.parametrize("rows", [1_000, 2_000, 5_000])
def test_a_long_chain(ours: Comparison, tmp_path: Path, rows: int) -> None:
    """All that `check` says of limits that override each other."""
    _beside_reading(ours, chain_table(rows), tmp_path, f"chain of {rows:,}: everything that `check` says", most=10)


@pytest.mark.parametrize(("rows", "columns"), [(1_000, 5), (1_000, 10)])
def test_the_errors_of_a_first_list(ours: Comparison, tmp_path: Path, rows: int, columns: int) -> None:
    """What a decision waits for: under `first` a row without a test leaves neither gap nor conflict."""
    path = write_yaml(first_table(rows, columns, seed=1), tmp_path)
    read, policy = timed(lambda: load(path))
    policies = iter([policy, load(path)])

    def errors(each: Policy) -> None:
        assert not find_errors(each)

    ours.measure(lambda: errors(next(policies)), rounds=1)
    memory = peak_memory(lambda: errors(next(policies)))
    ours.beside(f"{rows:,} x {columns}, first: its errors", "reading it", read, memory, most=1 / 2)


@pytest.mark.parametrize("rows", [1_000, 4_000])
def test_the_guarantees_of_a_table_with_two_keys(ours: Comparison, rows: int) -> None:
    """Rows of one key before those of another: each guarantee is asked of the whole list at once."""
    table = two_key_table(rows, seed=1)
    read, policy = timed(lambda: load(table))
    policies = iter([policy, load(table)])

    def errors(each: Policy) -> None:
        assert not find_errors(each)

    ours.measure(lambda: errors(next(policies)), rounds=1)
    memory = peak_memory(lambda: errors(next(policies)))
    ours.beside(f"{rows:,} rows a key, first: five guarantees", "reading them", read, memory, most=1)
