"""Do the readers that must be one agree: libyaml with PyYAML's own parser, and the readers with the schemas?

The two parsers give equal nodes at equal places, or both refuse. The readers take what they expect and the schema
explains the rest, so both must draw the same line: what the schema finds wrong is never read, and where a reader
says that the shape is wrong, the schema finds something too.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from engine import Policy, load
from engine.language.documents.data import data_document, plain_data
from engine.language.documents.nodes import Broken, Document, Mapping, Node, Scalar, Sequence
from engine.language.documents.yaml12_loader import Yaml12Loader
from engine.language.documents.yaml_text import FASTEST_LOADER, read_yaml
from engine.language.sections.file_shape import load_schema
from engine.language.sections.policy_file import read_policy
from engine.language.situations.cases_file import read_cases
from engine.language.situations.columns_file import read_columns
from engine.problems import Place, PolicyError, Problem
from tests.language.test_mutations import CASES, POLICIES, mutations
from tests.support.drawing.shapes import reshape, reshaped
from tests.support.refusals.sections import WRONG, read_sections
from tests.support.searching import SEARCH_SEED, search_rounds

SEED = 20_260_228
# By day; the search goes on with other seeds.
MUTATIONS = 120
SHAPES = 80
_AT_ONCE = 20

# What a reader says of the shape alone: whatever it refuses so, the schema refuses too.
SHAPE_CODES = {"unknown-key", "missing-key", "wrong-shape", "empty", "bad-name", "misplaced-key", "repeated"}


# Two parsers.


def nodes_below(node: Node) -> Iterator[Node]:
    """The node itself and everything in it."""
    yield node
    if isinstance(node, Mapping):
        for entry in node.entries.values():
            yield from nodes_below(entry.value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from nodes_below(item)


def _texts() -> Iterator[tuple[str, bytes]]:
    for path in [*POLICIES, *CASES]:
        yield path.name, path.read_bytes()
    for path in sorted(WRONG.glob("*.txt")):
        # Forged certificates are kept in a form of their own.
        if path.stem == "certificates":
            continue
        for section in read_sections(path):
            for name, text in section.files.items():
                yield f"{path.stem}: {section.name}: {name}", text.encode()


def _gives_up(document: Document) -> bool:
    """A parser that meets what is not YAML goes no further, and PyYAML's own calls most tabs so."""
    return any(problem.code in ("yaml-syntax", "tab") for problem in document.problems)


def _nodes(document: Document) -> list[tuple[object, ...]]:
    """Every node with its kind, text, keys and place; where nothing is written the parsers mean different columns."""
    found: list[tuple[object, ...]] = []
    for node in nodes_below(document.root) if document.root else ():
        if isinstance(node, Mapping):
            found.append((node.place, [key for key, _ in node.entries.values()]))
        elif isinstance(node, Scalar):
            found.append((node.text, node.plain, node.place.line if node.empty else node.place))
        else:
            found.append((type(node), node.place))
    return found


def _differ(data: bytes) -> str:
    """How the two parsers read a text differently; nothing where they agree."""
    fast, slow = read_yaml(data, "file", FASTEST_LOADER), read_yaml(data, "file", Yaml12Loader)
    if _gives_up(fast) or _gives_up(slow):
        # What else was noticed before the parser gave up may differ, and the place where it did.
        return "" if fast.problems and slow.problems else f"{fast.problems} or {slow.problems}"
    if fast.problems != slow.problems:
        return f"{fast.problems} or {slow.problems}"
    return "" if _nodes(fast) == _nodes(slow) else f"{fast.root} or {slow.root}"


def test_both_parsers_are_there() -> None:
    """PyYAML brings libyaml, so that the comparison compares something."""
    assert FASTEST_LOADER is yaml.CSafeLoader
    assert FASTEST_LOADER is not Yaml12Loader


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in _texts()])
def test_parsers_read_alike(data: bytes) -> None:
    """Every shipped file and every wrong file is the same document to both parsers."""
    assert _differ(data) == ""


def _read_in_two_ways(seed: int, many: int) -> list[tuple[str, bytes, str]]:
    changed = islice(mutations([*POLICIES, *CASES], seed), many)
    return [(path.name, data, how) for path, data in changed if (how := _differ(data))]


@pytest.mark.parametrize("data", [b"{a: \n, b: 1}\n", b"{a: # none\n  , b: 1}\n", b"- [a: \n, b]\n", b"{a: {b:\n}}\n"])
def test_parsers_find_nothing_on_the_line_of_its_key(data: bytes) -> None:
    """Where nothing is written in braces or brackets, though libyaml has the place of what follows."""
    assert _differ(data) == ""


@pytest.mark.parametrize(
    "text",
    [
        "{a: 1, ? : 2}",
        "{?   : 2}",
        "{?\n : 2}",
        "{? # none?\n : 2}",
        "{? \n}",
        "{a: 1, ?  , b: 2}",
        "?\n\n: 2\n",
        '{? "" : 1}',
    ],
)
def test_parsers_miss_a_key_at_one_place(text: str) -> None:
    """Both name what follows it, though PyYAML's own parser has the place behind the `?`."""
    data = text.encode()
    assert [problem.code for problem in read_yaml(data, "file").problems][:1] in ([], ["not-a-key"])
    assert _differ(data) == ""


@pytest.mark.thorough
def test_parsers_read_changed_files_alike() -> None:
    """Files with random changes are the same documents to both parsers."""
    assert _read_in_two_ways(SEED, MUTATIONS) == []


def _read(kind: str, document: Document, policy: Policy | None) -> tuple[str, ...] | None:
    """The codes with which a reader refuses a document; None where it reads it."""
    try:
        if kind == "policy":
            read_policy(document)
        else:
            assert policy is not None
            (read_cases if kind == "cases" else read_columns)(document, policy)
    except PolicyError as error:
        return tuple(_code(kind, problem) for problem in error.problems)
    return None


def _code(kind: str, problem: Problem) -> str:
    """What a problem is about; of signs and encodings that mean nothing, no schema knows."""
    is_meaning = kind == "columns" and problem.code == "wrong-shape" and "is not allowed here" not in problem.message
    return "meaning" if is_meaning else problem.code


def _disagree(kind: str, document: Document, codes: tuple[str, ...] | None) -> str:
    """What one of reader and schema refuses and the other takes; nothing where they agree."""
    assert document.root is not None
    if isinstance(document.root, Broken) or document.problems:
        return ""
    errors = [error.message for error in islice(_VALIDATORS[kind].iter_errors(plain_data(document.root)), 3)]
    if errors and codes is None:
        return f"the schema alone refuses it: {errors}"
    shape = SHAPE_CODES - ({"missing-key"} if _lacks_a_day(plain_data(document.root)) else set())
    if codes is not None and not errors and set(codes) <= SHAPE_CODES and shape.intersection(codes):
        return f"the reader alone refuses its shape: {codes}"
    return ""


def _lacks_a_day(data: Any) -> bool:
    """Whether a file has rules or values of some days, but no `as_of`: the schema looks at each section by itself."""
    if not isinstance(data, dict) or "as_of" in data:
        return False
    constants = data.get("constants")
    known = constants.values() if isinstance(constants, dict) else ()
    has_periods = any(isinstance(each, dict) and isinstance(each.get("is"), dict) for each in known)
    return has_periods or "valid" in _keys_below([data.get("rules"), data.get("steps")])


def _keys_below(data: Any) -> Iterator[str]:
    """The keys of all maps in some data."""
    if isinstance(data, dict):
        yield from data
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _keys_below(each)


_VALIDATORS = {kind: Draft7Validator(load_schema(kind)) for kind in ("policy", "cases", "columns")}
Changed = Iterator[tuple[str, Document, Policy | None]]


def _policies_of_cases() -> dict[Path, Policy]:
    return {path: load(path.name.removesuffix(".cases.yaml")) for path in CASES}


COLUMNS = [
    """\
columns:
  parcel: Art des Pakets
  fragile: {column: "Zerbrechlich?", words: {J: yes, N: no}, empty: "-"}
  weight: {column: Gewicht, decimal: ",", thousands: ".", empty: [n/a, "?"]}
  pickup: {column: Abholung, date: DD.MM.YYYY}
  extras: {separator: "|", ignore: [capitals, spaces]}
other: [Weight class, 7]
unanswered: [sender.country]
encoding: latin-1
delimiter: ";"
sheet: Blatt 1
""",
    """\
words: {ja: yes, nein: no, Karton: box}
empty: [none, "-"]
date: D/M/YYYY
decimal: "."
thousands: space
separator: ";"
ignore: capitals
""",
    "columns: {weight: {ignore: spaces}, parcel: true}\nother: [Paket]\n",
]


def _columns_policy() -> Policy:
    return load(
        {
            "policy": "parcels",
            "title": "How is it sent?",
            "situation": {
                "parcel": {"ask": "What is it?", "choices": {"letter": "A letter", "box": "A box"}},
                "fragile": {"ask": "Can it break?", "type": "yes_no"},
                "weight": {"ask": "What does it weigh?", "type": "number", "from": 0, "to": 1000, "step": 0.1},
                "pickup": {"ask": "When?", "type": "date", "from": "2020-01-01", "to": "2040-12-31"},
                "extras": {"ask": "What else?", "type": "any_of", "choices": {"insured": "Insured", "quick": "Quick"}},
                "sender.country": {"ask": "Where from?", "type": "text", "known": ["FR", "DE"]},
            },
            "verdicts": {"van": {"title": "By van"}, "bike": {"title": "By bike"}},
            "decision": "first",
            "rules": [
                {"rule": "heavy", "when": {"weight": {"more_than": 30}}, "then": "van", "because": "It is heavy."},
                {"rule": "rest", "otherwise": True, "then": "bike", "because": "A bike will do."},
            ],
        }
    )


def _changed_columns(seed: int, many: int) -> Changed:
    """Columns files with a change of their shape."""
    policy, hand = _columns_policy(), random.Random(seed)
    plains = [plain_data(read_yaml(text.encode(), "columns").root or Broken(Place("columns"))) for text in COLUMNS]
    for _ in range(many):
        data = hand.choice(plains)
        for _ in range(hand.choice((1, 1, 1, 2, 3))):
            data = reshape(hand, data)
        yield "columns", data_document(data, "columns"), policy


@pytest.mark.parametrize("text", COLUMNS)
def test_the_columns_files_that_are_changed_are_read(text: str) -> None:
    """Readers and schema take them as they are."""
    document = read_yaml(text.encode(), "columns")
    codes = _read("columns", document, _columns_policy())
    assert codes is None
    assert not _disagree("columns", document, codes)


def _changed_shapes(kind: str, seed: int, many: int) -> Changed:
    """Shipped files with a change of their shape."""
    if kind == "columns":
        yield from _changed_columns(seed, many)
        return
    policies = _policies_of_cases()
    for path, data in islice(reshaped(POLICIES if kind == "policy" else CASES, seed), many):
        yield path.name, data_document(data, kind), policies.get(path)


def _changed_texts(kind: str, seed: int, many: int) -> Changed:
    """Shipped files with a slip in their text, as far as they are YAML still."""
    policies = _policies_of_cases()
    for path, data in islice(mutations(POLICIES if kind == "policy" else CASES, seed), many):
        document = read_yaml(data, path.name)
        if document.root is not None and not document.problems:
            yield path.name, document, policies.get(path)


def _compared(kind: str, changed: Changed) -> tuple[list[tuple[str, str]], Counter[bool]]:
    """Where readers and schemas disagree, and how many files were read or not."""
    outcomes: Counter[bool] = Counter()
    found = []
    for name, document, policy in changed:
        codes = _read(kind, document, policy)
        outcomes[codes is None] += 1
        if how := _disagree(kind, document, codes):
            found.append((name, f"{how}: {plain_data(document.root) if document.root else None}"))
    return found, outcomes


every_kind = pytest.mark.parametrize("kind", ["policy", "cases"])


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["policy", "cases", "columns"])
def test_readers_and_schemas_agree_on_changed_shapes(kind: str) -> None:
    """Of files whose shape was changed at random, readers and schemas refuse the same."""
    found, outcomes = _compared(kind, _changed_shapes(kind, SEED, SHAPES))
    assert found == []
    assert min(outcomes[True], outcomes[False]) > 0


@pytest.mark.thorough
@every_kind
def test_readers_and_schemas_agree_on_changed_texts(kind: str) -> None:
    """Of files whose text was changed at random and is YAML still, readers and schemas refuse the same."""
    found, outcomes = _compared(kind, _changed_texts(kind, SEED, MUTATIONS))
    assert found == []
    assert min(outcomes[True], outcomes[False]) > MUTATIONS // 20


@pytest.mark.search
def test_the_search_for_a_file_that_is_read_in_two_ways(tell: Callable[[str], None]) -> None:
    """Both parsers, readers and schemas over changed files of ever other seeds, until the time is over."""
    compared = 0
    for number in search_rounds():
        seed = SEARCH_SEED + number
        assert _read_in_two_ways(seed, _AT_ONCE) == [], seed
        for kind in _VALIDATORS:
            for change in (_changed_shapes,) if kind == "columns" else (_changed_shapes, _changed_texts):
                found, outcomes = _compared(kind, change(kind, seed, _AT_ONCE))
                assert found == [], seed
                compared += outcomes.total()
        compared += _AT_ONCE
    tell(f"readers, parsers and schemas compared: {compared:,} changed files, up to seed {seed}")
    assert compared


_BY_THE_READER_ALONE = (
    # The schema compares texts only; the reader also knows that 1.0 is 1, that yes is true, and what a constant is.
    "a number twice in a list",
    "a yes/no twice",
    "the same value twice, once by its name",
    # The schema looks at one rule; the reader also at the verdict that it names, and at whose rule it is.
    "an output without names",
    "an output in a step",
)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "theme", ["yaml", "shape", "fields", "conditions", "meaning", "accepted", "tables", "constants", "steps", "outputs"]
)
def test_readers_and_schema_agree_on_the_wrong_files(theme: str) -> None:
    """Of the files kept as wrong, reader and schema refuse the same."""
    found = {
        section.name: how
        for section in read_sections(WRONG / f"{theme}.txt")
        if "parcels.yaml" in section.files
        and (document := read_yaml(section.files["parcels.yaml"].encode(), "parcels.yaml")).root is not None
        and (how := _disagree("policy", document, _read("policy", document, None)))
    }
    assert {name: how for name, how in found.items() if name not in _BY_THE_READER_ALONE} == {}
