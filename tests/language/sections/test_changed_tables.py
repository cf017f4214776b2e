"""Is a table that was changed at random read, or refused with its place?"""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest

import engine
from engine import PolicyError, load
from tests.language.test_mutations import mutated
from tests.support.refusals.running import LONGEST_SECONDS
from tests.support.refusals.sections import WRONG, base_policy, read_sections
from tests.support.searching import SEARCH_SECONDS, SEARCH_SEED

ROOT = Path(engine.__file__).parent.parent
TABLES = WRONG / "tables.txt"
EXAMPLE = ROOT / "rules" / "examples" / "parcel-prices.yaml"


_TABLES = [
    (EXAMPLE, EXAMPLE.with_suffix(".csv").read_bytes()),
    *(
        (None, section.files["parcels.csv"].encode())
        for section in read_sections(TABLES)
        if "parcels.csv" in section.files and "situation:" in section.files.get("parcels.yaml", "")
    ),
]
_SIGNS = (b",", b";", b'"', b'""', b"\n", b"\r", b"|", b"[", b"]", b"(", b")", b"..", b">=", b"<", b"=", b" ", b"\t")
_KEPT = base_policy(TABLES).encode()


def _changed(hand: random.Random, data: bytes) -> bytes:
    """A table after a few random changes."""
    if hand.random() < 0.5:
        return mutated(hand, data)
    for _ in range(hand.choice((1, 2, 5))):
        at = hand.randrange(len(data) + 1)
        data = data[:at] + hand.choice(_SIGNS) + data[at + hand.choice((0, 0, 1, 3)) :]
    return data


def _survives(policy: Path | None, data: bytes, folder: Path) -> bool:
    """Reads a policy with a changed table; true where it could be read."""
    (folder / "parcels.csv").write_bytes(data)
    if policy is None:
        (folder / "parcels.yaml").write_bytes(_KEPT)
    else:
        text = policy.read_text(encoding="utf-8").replace("parcel-prices", "parcels")
        (folder / "parcels.yaml").write_text(text, encoding="utf-8")
    begun = time.process_time()
    try:
        load(folder / "parcels.yaml")
        read = True
    except PolicyError as error:
        lines = len(re.findall(rb"\r\n|\r|\n", data)) + 1
        for problem in error.problems:
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", problem.code), problem
            assert problem.message.strip(), problem
            assert "\n" not in problem.message, problem
            for place in problem.places if problem.code != "more-problems" else ():
                assert place.file == str(folder / "parcels.csv"), problem
                assert 1 <= place.line <= lines, problem
                assert 1 <= place.column <= len(data) + 2, problem
        read = False
    assert time.process_time() - begun < LONGEST_SECONDS
    return read


def _search(seed: int, most: int, seconds: float, folder: Path) -> tuple[int, int]:
    hand = random.Random(seed)
    ends = time.monotonic() + seconds
    tried = read = 0
    while tried < most and time.monotonic() < ends:
        policy, data = _TABLES[0] if hand.random() < 0.5 else hand.choice(_TABLES)
        read += _survives(policy, _changed(hand, data), folder)
        tried += 1
    return tried, read


@pytest.mark.thorough
def test_a_changed_table_is_read_or_refused(tmp_path: Path) -> None:
    """Tables with random changes are read, or refused with problems that have a place in the table, and soon."""
    tried, read = _search(20_260_301, 250, 60.0, tmp_path)
    assert tried == 250
    assert 0 < read < tried


@pytest.mark.search
def test_many_changed_tables_are_read_or_refused(tmp_path: Path) -> None:
    """As many changed tables as the time allows are read, or refused with problems that have a place in the table."""
    tried, read = _search(SEARCH_SEED, 10**9, SEARCH_SECONDS, tmp_path)
    assert 0 < read < tried
