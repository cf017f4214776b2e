"""Does reading survive whatever is done to a file, by a slip of the hand or on purpose?

Files that are shipped are changed at random, by bytes, by lines, and by the tokens that mean something in YAML or in
the language. Reading one then gives a policy, whose proof ends within its budget, or a list of problems, each with
a code, a sentence and a place in the file: never another exception, and never a long wait.

    SEARCH_SECONDS=600 python -m pytest -q -m search tests/language/test_mutations.py
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine import check, load
from engine.language.documents.yaml_text import read_yaml
from engine.language.model.policy import Policy
from engine.language.sections.policy_sources import load_text
from engine.language.situations.cases_file import read_cases
from engine.problems import PolicyError
from tests.support.searching import SEARCH_SECONDS, SEARCH_SEED

RULES = Path(__file__).parents[2] / "rules"
POLICIES = sorted(path for path in RULES.rglob("*.yaml") if not path.name.endswith(".cases.yaml"))
CASES = sorted(RULES.rglob("*.cases.yaml"))
EVERYDAY = 150
STEPS = 20_000
LONGEST_SECONDS = 60.0
SEED = 20_260_131

Mutation = Callable[[random.Random, bytes], bytes]

# What means something to YAML, and what does in the language.
_SIGNS = (
    b": ",
    b":",
    b"- ",
    b"-",
    b"? ",
    b"?",
    b",",
    b"[",
    b"]",
    b"{",
    b"}",
    b"#",
    b" #",
    b"&a ",
    b"*a",
    b"!",
    b"!!str ",
    b"%",
    b"@",
    b"`",
    b"'",
    b'"',
    b"|",
    b"|\n",
    b">",
    b">-\n",
    b"<<: ",
    b"---\n",
    b"...\n",
    b"~",
    b"null",
    b"=",
    b"\\",
    b"\t",
    b"\r",
    b"\r\n",
    b"\n",
    b"\n  ",
    b"\n    - ",
)
_WORDS = (
    b"all any not yes no true false when then because rule fact sum plus ask type choices ordered from to step unit "
    b"known if_unsure ask_after number integer date any_of text choice yes_no at_least at_most more_than less_than "
    b"on_or_after on_or_before after before includes includes_any excludes only field "
    b"one_of none_of otherwise overrides cites added never always "
    b"guarantee decision first unique impossible verdicts output background says policy title case given expect by"
).split()
_VALUES = (
    b"0 -1 1e9 0x1F 007 1_000 .inf .nan 0.1 99999999999999999999 2026-02-30 2026-01-31 0000-01-01 9999-12-31 "
    b'"yes" "5" unsure [] {} [[]] {a: b} [a, a] "" " "'
).split()
_BYTES = [bytes([each]) for each in range(256)] + [
    "\u202e".encode(),
    "\u2028".encode(),
    "\ufeff".encode(),
    "é".encode(),
    "😀".encode(),
    b"\xed\xa0\x80",
]
_TOKEN = re.compile(rb"[A-Za-z0-9_.-]+|[^\sA-Za-z0-9_.-]|\n[ ]*|[ ]+")


def _spot(hand: random.Random, data: bytes) -> tuple[int, int]:
    """The beginning and end of a short stretch of bytes."""
    start = hand.randrange(len(data) + 1)
    return start, min(len(data), start + hand.choice((1, 1, 1, 2, 5, 20)))


def _delete(hand: random.Random, data: bytes) -> bytes:
    start, end = _spot(hand, data)
    return data[:start] + data[end:]


def _double(hand: random.Random, data: bytes) -> bytes:
    start, end = _spot(hand, data)
    return data[:end] + data[start:end] * hand.choice((1, 1, 1, 50)) + data[end:]


def _swap(hand: random.Random, data: bytes) -> bytes:
    start, end = _spot(hand, data)
    return data[:start] + data[end : 2 * end - start] + data[start:end] + data[2 * end - start :]


def _insert(hand: random.Random, data: bytes) -> bytes:
    at = hand.randrange(len(data) + 1)
    return data[:at] + hand.choice(_BYTES) + data[at:]


def _cut(hand: random.Random, data: bytes) -> bytes:
    return data[: hand.randrange(len(data) + 1)]


def _lines(hand: random.Random, data: bytes) -> bytes:
    """Deletes, doubles, moves or indents one line."""
    lines = data.splitlines(keepends=True) or [b""]
    at = hand.randrange(len(lines))
    line = lines.pop(at)
    kind = hand.randrange(4)
    if kind == 1:
        lines[at:at] = [line, line]
    elif kind == 2:
        lines.insert(hand.randrange(len(lines) + 1), line)
    elif kind == 3:
        lines.insert(at, b" " * hand.choice((1, 2, 4)) + line if hand.random() < 0.5 else line.lstrip(b" "))
    return b"".join(lines)


def _tokens(hand: random.Random, data: bytes) -> bytes:
    """Deletes, doubles or replaces one token, or exchanges two."""
    spans = [found.span() for found in _TOKEN.finditer(data)]
    if not spans:
        return data
    start, end = hand.choice(spans)
    kind = hand.randrange(5)
    if kind == 0:
        return data[:start] + data[end:]
    if kind == 1:
        return data[:end] + data[start:end] + data[end:]
    if kind == 2:
        other, stop = hand.choice(spans)
        return data[:start] + data[other:stop] + data[end:]
    return data[:start] + hand.choice((_SIGNS, _WORDS, _VALUES)[kind - 3 if hand.random() < 0.5 else 2]) + data[end:]


def _word(hand: random.Random, data: bytes) -> bytes:
    """Puts a sign, a keyword or a value somewhere between two tokens."""
    ends = [found.end() for found in _TOKEN.finditer(data)] or [0]
    at = hand.choice(ends)
    return data[:at] + hand.choice(hand.choice((_SIGNS, _WORDS, _VALUES))) + data[at:]


_MUTATIONS: tuple[Mutation, ...] = (
    _delete,
    _double,
    _swap,
    _insert,
    _cut,
    _lines,
    _lines,
    _tokens,
    _tokens,
    _tokens,
    _word,
    _word,
)


def mutated(hand: random.Random, data: bytes) -> bytes:
    """The file after one to four random changes."""
    for _ in range(hand.choice((1, 1, 1, 2, 4))):
        data = hand.choice(_MUTATIONS)(hand, data)
    return data


def mutations(paths: list[Path], seed: int) -> Iterator[tuple[Path, bytes]]:
    """Files with random changes, without end, the same ones for the same seed."""
    hand = random.Random(seed)
    texts = [(path, path.read_bytes()) for path in paths]
    while True:
        path, data = hand.choice(texts)
        yield path, mutated(hand, data)


def _refused_well(error: PolicyError, data: bytes) -> None:
    """Every problem has a code, a sentence and a place that the file holds."""
    lines = data.count(b"\n") + data.count(b"\r") + 2
    assert error.problems
    for problem in error.problems:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", problem.code), problem
        assert problem.message.strip(), problem
        assert "\n" not in problem.message, problem
        if problem.code == "more-problems":
            continue
        assert problem.places, problem
        for place in problem.places:
            assert place.file == "mutated.yaml", problem
            if problem.code not in ("file-too-large",):
                assert 1 <= place.line <= lines, problem
                assert 1 <= place.column <= len(data) + 2, problem


def _survives(path: Path, data: bytes, policies: dict[str, Policy]) -> bool:
    """Reads one mutated file, and proves it where it is a policy; true where it could be read."""
    begun = time.perf_counter()
    try:
        if path.name.endswith(".cases.yaml"):
            policy = policies[path.name.removesuffix(".cases.yaml")]
            read_cases(read_yaml(data, "mutated.yaml"), policy)
        else:
            check(load_text(data, "mutated.yaml"), steps=STEPS)
        read = True
    except PolicyError as error:
        _refused_well(error, data)
        read = False
    seconds = time.perf_counter() - begun
    assert seconds < LONGEST_SECONDS, f"{path.name}: {seconds:.1f} s"
    return read


@pytest.fixture(scope="module")
def policies() -> dict[str, Policy]:
    """The policies that the cases are read against."""
    return {path.name.removesuffix(".cases.yaml"): load(path.name.removesuffix(".cases.yaml")) for path in CASES}


def _search(seed: int, most: int, seconds: float, policies: dict[str, Policy], folder: Path) -> tuple[int, int]:
    """How many mutated files were read or refused, and how many of them could be read."""
    ends = time.perf_counter() + seconds
    tried = read = 0
    for path, data in mutations([*POLICIES, *CASES], seed):
        if tried == most or time.perf_counter() > ends:
            break
        try:
            read += _survives(path, data, policies)
        except BaseException:
            found = folder / path.name
            found.write_bytes(data)
            sys.stderr.write(f"seed {seed}, mutation {tried} of {path.name}, kept as {found}\n")
            raise
        tried += 1
    return tried, read


@pytest.mark.thorough
def test_a_changed_file_is_read_or_refused(
    policies: dict[str, Policy], record_property: Callable[[str, object], None], tmp_path: Path
) -> None:
    """Some changed files are each read or refused with problems that have a place, and soon."""
    record_property("seed", SEED)
    tried, read = _search(SEED, EVERYDAY, 60.0, policies, tmp_path)
    assert tried == EVERYDAY
    # Both ends are reached: some changes are harmless, most are not.
    assert 0 < read < tried


@pytest.mark.search
def test_many_changed_files_are_read_or_refused(
    policies: dict[str, Policy],
    tell: Callable[[str], None],
    tmp_path: Path,
) -> None:
    """As many changed files as the time allows are each read or refused with problems that have a place."""
    tried, read = _search(SEARCH_SEED, sys.maxsize, SEARCH_SECONDS, policies, tmp_path)
    tell(f"{tried:,} changed files with seed {SEARCH_SEED}: {read:,} read, {tried - read:,} refused")
    assert tried
