"""What is said of every wrong file and every wrong record, and how soon?

The small wrong files, and what the command line must print of each, are the sections of `tests/wrong/*.txt` (the form
is described in `tests/support/refusals/sections.py`; forged certificates have another, and
`test_forged_certificates.py`); what is said of the wrong records below stands in `tests/wrong/records.expected`. After
a message was changed,

    REWRITE_EXPECTED=1 python -m pytest -q tests/language/test_wrong.py

writes what is printed now into those files: read the difference, since a bad message is as easily kept as a good one.
"""

from __future__ import annotations

import datetime
import json
import os
import signal
import subprocess
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from engine import Policy, PolicyError, RecordError, decide, load
from engine.language.documents.yaml_text import read_yaml
from engine.language.sections import policy_sources as files
from engine.language.sections.policy_sources import load_text
from engine.language.situations.situation_records import read_node_record, read_record, read_settings
from tests.support.refusals.forged import PATH as CERTIFICATES
from tests.support.refusals.made import LARGE, MADE, Large, Made
from tests.support.refusals.running import LONGEST_SECONDS, MOST_MEMORY, measured, run_quickly
from tests.support.refusals.sections import Section, base_policy, printed_by, read_sections, rewrite, write_files
from tests.support.running import Result

WRONG = Path(__file__).parents[1] / "wrong"
REWRITING = bool(os.environ.get("REWRITE_EXPECTED"))
RECORDS_EXPECTED = WRONG / "records.expected"


# Small files: the sections of the text files.


def _sections() -> list[Any]:
    return [
        pytest.param(path, section, id=f"{path.stem}: {section.name}")
        for path in sorted(WRONG.glob("*.txt"))
        if path != CERTIFICATES
        for section in read_sections(path)
    ]


@pytest.fixture(scope="module")
def rewritten() -> Iterator[dict[Path, dict[str, Result]]]:
    """Collects what is printed, and writes it into the files at the end, where that is asked for."""
    results: dict[Path, dict[str, Result]] = {}
    yield results
    for path, found in results.items():
        rewrite(path, found)


@pytest.mark.parametrize(("path", "section"), _sections())
def test_what_is_printed(
    path: Path,
    section: Section,
    rewritten: dict[Path, dict[str, Result]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The command prints, whole, what the section expects, ends with its exit code, and is quick."""
    stdin = write_files(section, tmp_path)
    monkeypatch.chdir(tmp_path)
    result = run_quickly(*section.command, stdin=stdin)
    if REWRITING:
        rewritten.setdefault(path, {})[section.name] = result
        return
    assert (result.code, printed_by(result)) == (section.code, section.printed)


def test_results_and_complaints_do_not_mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with a file is printed on standard error only; standard output stays empty."""
    monkeypatch.chdir(tmp_path)
    for section in read_sections(WRONG / "shape.txt"):
        stdin = write_files(section, tmp_path)
        assert run_quickly(*section.command, stdin=stdin).out == ""


# Files that are made.


@pytest.mark.parametrize("made", MADE, ids=[made.name for made in MADE])
def test_what_is_printed_of_a_made_file(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be kept as text is refused, whole and soon."""
    (tmp_path / "parcels.yaml").write_bytes(made.data())
    monkeypatch.chdir(tmp_path)
    assert run_quickly("check", "parcels.yaml") == Result("", made.printed, 2)


# Four times what the slowest takes.
_LONGEST_OF_LARGE = 20.0


def _large() -> list[Any]:
    """Every second one by day, all others in the search."""
    return [
        pytest.param(each, id=each.name, marks=pytest.mark.search if place % 2 else ())
        for place, each in enumerate(LARGE)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("large", _large())
def test_a_large_file_takes_little(large: Large, tmp_path: Path) -> None:
    """However large a file is, what is wrong with it is said in a few seconds (four times that here), and 500 MB."""
    (tmp_path / "parcels.yaml").write_text(large.text(), encoding="utf-8")
    found = measured(tmp_path, "check", "parcels.yaml")
    assert found.result.code == large.code
    assert (found.result.err + found.result.out).startswith(large.first)
    assert "Traceback" not in found.result.err
    assert found.seconds < _LONGEST_OF_LARGE
    assert found.memory < MOST_MEMORY


def test_sixteen_megabytes_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of exactly 16 MB is read."""
    whole = base_policy(WRONG / "accepted.txt").encode()
    (tmp_path / "parcels.yaml").write_bytes(whole + b"#" * (16 * 2**20 - len(whole)))
    monkeypatch.chdir(tmp_path)
    assert run_quickly("check", "--quiet", "parcels.yaml") == Result("", "", 0)


def test_standard_input_is_not_read_without_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """More than 16 MB on standard input are refused like a file of that size."""
    monkeypatch.chdir(tmp_path)
    printed = (
        "<stdin>  file-too-large  the file holds 16,777,217 bytes; at most 16,777,216 are read\n"
        "  help  split it into several policies\n"
    )
    assert run_quickly("check", "-", stdin=b"#" * 2**25) == Result("", printed, 2)


# Records in Python.


def _cyclic_map() -> dict[str, Any]:
    record: dict[str, Any] = {"urgent": True}
    record["sender"] = record
    return record


def _cyclic_list() -> list[Any]:
    items: list[Any] = []
    items.append(items)
    return items


def _deep(depth: int) -> Any:
    value: Any = "FR"
    for _ in range(depth):
        value = {"country": value}
    return value


class _Colour(Enum):
    RED = "red"


_DATE = datetime.date(2026, 1, 31)
_DATETIME = datetime.datetime(2026, 1, 31, 10, 0, tzinfo=datetime.UTC)

# What is wrong, in words, and the record in which it is.
RECORDS: dict[str, Any] = {
    "no map": None,
    "a list": [{"urgent": True}],
    "a text": "urgent",
    "a number": 5,
    "an unknown field": {"fragil": True, "colour": "blue"},
    "a name of other letters": {"Fragile": True, " fragile": True, "": True},
    "a beginning of names": {"sender": "FR"},
    "a name behind a field": {"fragile": {"is": True}, "fragile.is": True},
    "a fact and a derived number": {"heavy": True, "double": 4},
    "keys that are no texts": {5: True, None: True, ("urgent",): True, True: True, b"urgent": True},
    "twice, flat and nested": {"sender.country": "FR", "sender": {"country": "DE"}},
    "choice: unknown": {"parcel": "leter", "size": "medium"},
    "choice: other letters": {"parcel": "Letter", "size": " small"},
    "choice: empty": {"parcel": ""},
    "choice: a number": {"parcel": 5},
    "choice: false for no": {"parcel": False},
    "choice: a list": {"parcel": ["letter"]},
    "choice: a map": {"parcel": {"letter": True}},
    "choice: a date": {"parcel": _DATE},
    "choice: bytes": {"parcel": b"letter"},
    "choice: another object": {"parcel": _Colour.RED},
    "choice: unsure": {"parcel": "unsure"},
    "yes/no: text": {"urgent": "yes", "fragile": "true"},
    "yes/no: a number": {"urgent": 1, "fragile": 0.0},
    "yes/no: a list": {"urgent": []},
    "yes/no: a map": {"urgent": {}},
    "yes/no: a date": {"urgent": _DATE},
    "yes/no: unsure": {"urgent": "unsure"},
    "number: text": {"weight": "5", "length": "five"},
    "number: true": {"weight": True, "length": False},
    "number: not a number": {"weight": float("nan"), "length": Decimal("NaN")},
    "number: a signalling not a number": {"weight": Decimal("sNaN")},
    "number: infinite": {"weight": float("inf"), "length": Decimal("-Infinity")},
    "number: out of range": {"weight": 100.5, "floors": 41},
    "number: just out of range": {"weight": Decimal("100.0000000000000000000000000001")},
    "number: off the grid": {"weight": 0.3},
    "number: hardly off the grid": {"weight": Decimal("0.5000000000000000000000000000000001")},
    "number: huge": {"length": Decimal("1e999999"), "weight": 10**500},
    "number: large": {"length": 10**399, "weight": 10**399},
    "number: tiny": {"length": Decimal("1e-999999")},
    "number: a list": {"weight": [5]},
    "number: a map": {"weight": {"kg": 5}},
    "number: a date": {"weight": _DATE},
    "number: complex": {"weight": 5j},
    "number: a fraction": {"weight": Fraction(1, 2)},
    "number: bytes": {"weight": b"5"},
    "number: unsure": {"weight": "unsure"},
    "integer: text": {"floors": "5", "value": "five"},
    "integer: true": {"floors": True},
    "integer: not whole": {"floors": 2.5, "value": Decimal("0.1")},
    "integer: not a number": {"floors": float("nan"), "value": float("inf")},
    "integer: out of range": {"floors": -1, "sender.age": 121},
    "integer: huge": {"value": Decimal("1e999999"), "floors": 10**500},
    "integer: more digits than Python writes": {"value": 10**5000},
    "integer: a list": {"floors": [5]},
    "integer: a map": {"floors": {}},
    "date: of no calendar": {"pickup": "2026-02-30"},
    "date: in other forms": {"pickup": "31.01.2026"},
    "date: without noughts": {"pickup": "2026-1-31"},
    "date: in other digits": {"pickup": "٢٠٢٦-٠١-٣١"},
    "date: with a time": {"pickup": _DATETIME},
    "date: with a time as text": {"pickup": "2026-01-31T10:00:00"},
    "date: a time": {"pickup": datetime.time(10, 0)},
    "date: a number": {"pickup": 20260131},
    "date: true": {"pickup": True},
    "date: out of range": {"pickup": datetime.date(2025, 12, 31)},
    "date: a list": {"pickup": [2026, 1, 31]},
    "date: empty": {"pickup": ""},
    "date: unsure": {"pickup": "unsure"},
    "list: text": {"extras": "insured"},
    "list: a map": {"extras": {"insured": True}},
    "list: true": {"extras": True},
    "list: unknown options": {"extras": ["insurd"]},
    "list: an option twice": {"extras": ["insured", "insured"]},
    "list: a number in it": {"extras": ["insured", 5]},
    "list: a list in it": {"extras": [["insured"]]},
    "list: nothing in it": {"extras": [None]},
    "list: unsure in it": {"extras": ["unsure"]},
    "list: itself in it": {"extras": _cyclic_list()},
    "list: 100,000 times the same": {"extras": ["insured"] * 100_000},
    "text: a number": {"sender": {"country": 5}},
    "text: true": {"sender.country": True},
    "text: a list": {"sender.country": ["FR"]},
    "text: a map": {"sender": {"country": {"is": "FR"}}},
    "text: a date": {"sender.country": _DATE},
    "text: unsure": {"sender.country": "unsure"},
    "a map within itself": _cyclic_map(),
    "a list within itself": {"urgent": _cyclic_list()},
    "100,000 maps deep": {"sender": _deep(100_000)},
    "a text of a megabyte": {"parcel": "a" * 10**6},
    "a name of a megabyte": {"a" * 10**6: True},
    "a text of several lines": {"parcel": "a\n  help  b\n"},
    "what cannot happen": {"parcel": "letter", "weight": 6},
    "everything at once": {
        "parcel": "crate",
        "urgent": "yes",
        "weight": "5",
        "floors": 2.5,
        "pickup": _DATETIME,
        "extras": "tracked",
        "sender": {"country": 5, "town": "Paris"},
        "colour": "blue",
    },
}


@pytest.fixture(scope="module")
def parcels() -> Policy:
    """A policy with a field of every kind."""
    return load_text(base_policy(WRONG / "decide.txt").encode(), "parcels.yaml")


@pytest.fixture(scope="module")
def expected_records() -> Iterator[dict[str, str]]:
    """What is said of each record; written anew at the end, where that is asked for."""
    parts = RECORDS_EXPECTED.read_text(encoding="utf-8").split("=== ")[1:] if RECORDS_EXPECTED.exists() else []
    texts = {name: text.rstrip("\n") for name, _, text in (part.partition("\n") for part in parts)}
    yield texts
    if REWRITING:
        written = "".join(f"=== {name}\n{texts[name]}\n" for name in RECORDS if name in texts)
        RECORDS_EXPECTED.write_text(written, encoding="utf-8")


@pytest.mark.parametrize("name", RECORDS)
def test_what_is_said_of_a_wrong_record(name: str, parcels: Policy, expected_records: dict[str, str]) -> None:
    """A record that holds something wrong is refused with every problem in it, and soon."""
    begun = time.perf_counter()
    with pytest.raises(RecordError) as refused:
        decide(parcels, RECORDS[name])
    assert time.perf_counter() - begun < LONGEST_SECONDS
    if REWRITING:
        expected_records[name] = str(refused.value)
    assert str(refused.value) == expected_records[name]


def test_a_record_of_a_thousand_problems(parcels: Policy) -> None:
    """Of very many problems the first hundred are said, and the number of the others."""
    with pytest.raises(RecordError) as refused:
        decide(parcels, {f"colour{i}": i for i in range(1_000)})
    first, *_, last = refused.value.problems
    assert len(refused.value.problems) == 101
    assert str(first).startswith("record: colour0  unknown-field  there is no field `colour0`\n")
    assert str(last) == "record  more-problems  and 900 more problems"


def test_every_expected_record_is_tried(expected_records: dict[str, str]) -> None:
    """No text is kept for a record that is no longer there."""
    assert list(expected_records) == list(RECORDS)


# What must be accepted, and as what.

_NESTED = MappingProxyType({"country": "FR", "age": 30})

ACCEPTED: list[tuple[str, Mapping[str, Any], dict[str, Any]]] = [
    ("nothing", {}, {}),
    ("not answered", {"urgent": None, "sender": {"country": None}, "sender.age": None}, {}),
    ("nothing in a map", {"sender": {}}, {}),
    ("a choice", {"parcel": "letter", "size": "large"}, {"parcel": "letter", "size": "large"}),
    ("a choice called no", {"parcel": "no"}, {"parcel": "no"}),
    ("yes and no", {"urgent": True, "fragile": False}, {"fragile": False, "urgent": True}),
    ("an integer", {"floors": 3, "value": -(10**14)}, {"floors": 3, "value": -(10**14)}),
    ("1.0 for the integer 1", {"floors": 1.0}, {"floors": 1}),
    ("an integer as a decimal", {"floors": Decimal("3.00"), "value": Decimal("1e3")}, {"floors": 3, "value": 1000}),
    ("minus nought", {"floors": -0.0, "weight": -0.0}, {"weight": Decimal(0), "floors": 0}),
    ("a double", {"length": 0.1, "weight": 0.5}, {"weight": Decimal("0.5"), "length": Decimal("0.1")}),
    ("a decimal", {"weight": Decimal("99.50")}, {"weight": Decimal("99.5")}),
    ("a number of many digits", {"length": Decimal("0.1" * 1)}, {"length": Decimal("0.1")}),
    ("the ends of a range", {"weight": 0, "floors": 40}, {"weight": Decimal(0), "floors": 40}),
    ("a date", {"pickup": _DATE}, {"pickup": _DATE}),
    ("a date as text", {"pickup": "2026-01-31"}, {"pickup": _DATE}),
    ("no option", {"extras": []}, {"extras": ()}),
    ("options in any order", {"extras": ["tracked", "insured"]}, {"extras": ("insured", "tracked")}),
    ("options as a tuple", {"extras": ("tracked",)}, {"extras": ("tracked",)}),
    ("options as a set", {"extras": {"tracked"}}, {"extras": ("tracked",)}),
    ("a known text", {"sender.country": "FR"}, {"sender.country": "FR"}),
    ("another text", {"sender.country": "Somewhere"}, {"sender.country": "Somewhere"}),
    ("an empty text", {"sender.country": ""}, {"sender.country": ""}),
    ("nested", {"sender": {"age": 30, "country": "FR"}}, {"sender.country": "FR", "sender.age": 30}),
    ("nested and flat", {"sender": {"age": 30}, "sender.country": "FR"}, {"sender.country": "FR", "sender.age": 30}),
    ("another kind of map", OrderedDict(sender=_NESTED), {"sender.country": "FR", "sender.age": 30}),
    ("unsure", {"fragile": "unsure", "extras": "unsure"}, {"fragile": True, "extras": ("insured",)}),
]


@pytest.mark.parametrize(("record", "values"), [each[1:] for each in ACCEPTED], ids=[each[0] for each in ACCEPTED])
def test_a_record_in_python(record: Mapping[str, Any], values: dict[str, Any], parcels: Policy) -> None:
    """A Python record is read as exactly these values, in the policy's order and of the fields' types."""
    answers = read_record(parcels, record)
    assert list(answers.values.items()) == list(values.items())
    assert [type(value) for value in answers.values.values()] == [type(value) for value in values.values()]


WRITTEN = [
    ("parcel: no", {"parcel": "no"}),
    ('parcel: "no"', {"parcel": "no"}),
    ("urgent: yes\nfragile: no", {"fragile": False, "urgent": True}),
    ("urgent: true\nfragile: false", {"fragile": False, "urgent": True}),
    ("floors: 1.0\nvalue: -0", {"floors": 1, "value": 0}),
    ("weight: +0.50", {"weight": Decimal("0.5")}),
    ("length: 0.100000000000001", {"length": Decimal("0.100000000000001")}),
    ("pickup: 2026-01-31", {"pickup": _DATE}),
    ("extras: []", {"extras": ()}),
    ("extras:\n  - tracked\n  - insured", {"extras": ("insured", "tracked")}),
    ("sender: {country: 5, age: 5}", {"sender.country": "5", "sender.age": 5}),
    ("sender.country: yes\nsender:\n  age: 5", {"sender.country": "yes", "sender.age": 5}),
    ("sender.country: 2026-01-31", {"sender.country": "2026-01-31"}),
    ("urgent:\nparcel: ~\nweight: null", {}),
    ("fragile: unsure\nextras: unsure", {"fragile": True, "extras": ("insured",)}),
    ("{urgent: yes}  # a comment", {"urgent": True}),
]


@pytest.mark.parametrize(("text", "values"), WRITTEN)
def test_a_record_in_yaml(text: str, values: dict[str, Any], parcels: Policy) -> None:
    """A YAML record is read as exactly these values."""
    document = read_yaml(text.encode(), "record.yaml")
    assert (document.problems, read_node_record(parcels, document.root).values) == ((), values)


SET = [
    ({"parcel": "no"}, {"parcel": "no"}),
    ({"urgent": "yes", "fragile": "false"}, {"fragile": False, "urgent": True}),
    ({"floors": "1.0", "weight": "0.5"}, {"weight": Decimal("0.5"), "floors": 1}),
    ({"pickup": "2026-01-31"}, {"pickup": _DATE}),
    ({"extras": "tracked,insured"}, {"extras": ("insured", "tracked")}),
    ({"extras": "[tracked, insured]"}, {"extras": ("insured", "tracked")}),
    ({"extras": "[]"}, {"extras": ()}),
    ({"sender.country": "Great Britain", "sender.age": "5"}, {"sender.country": "Great Britain", "sender.age": 5}),
    ({"sender.country": "a=b"}, {"sender.country": "a=b"}),
    ({"urgent": ""}, {}),
    ({"fragile": "unsure"}, {"fragile": True}),
]


@pytest.mark.parametrize(("settings", "values"), SET)
def test_a_record_on_the_command_line(settings: dict[str, str], values: dict[str, Any], parcels: Policy) -> None:
    """What `--set` is given is read as exactly these values."""
    assert read_settings(parcels, settings).values == values


def test_the_same_answers_in_every_kind_of_record(
    parcels: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A JSON file, a YAML file, standard input, `--set` and a Python mapping are decided alike."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parcels.yaml").write_text(base_policy(WRONG / "decide.txt"), encoding="utf-8")
    record = {"fragile": False, "weight": 0.5, "pickup": "2026-01-31", "extras": ["tracked"], "sender": {"age": 5}}
    as_json = json.dumps(record)
    as_yaml = "fragile: no\nweight: 0.5\npickup: 2026-01-31\nextras: [tracked]\nsender.age: 5\n"
    (tmp_path / "record.json").write_text(as_json, encoding="utf-8")
    (tmp_path / "record.yaml").write_text(as_yaml, encoding="utf-8")
    settings = ["fragile=no", "weight=0.5", "pickup=2026-01-31", "extras=tracked", "sender.age=5"]
    run = ["decide", "parcels.yaml", "--format", "json"]
    results = [
        run_quickly(*run, "record.json"),
        run_quickly(*run, "record.yaml"),
        run_quickly(*run, "-", stdin=as_json.encode()),
        run_quickly(*run, "-", stdin=as_yaml.encode()),
        run_quickly(*run, *(word for setting in settings for word in ("--set", setting))),
    ]
    assert [result == results[0] for result in results] == [True] * 5
    assert (results[0].code, results[0].err) == (0, "")
    decided = decide(parcels, record).to_dict()
    assert {**json.loads(results[0].out), "schema": None} == {**json.loads(json.dumps(decided)), "schema": None}


DEEP_JSON = {
    "maps": '{"a": ' * 100_000,
    "closed maps": '{"sender": ' * 100_000 + "1" + "}" * 100_000,
    "lists": '{"urgent": ' + "[" * 100_000 + "]" * 100_000 + "}",
}


@pytest.mark.parametrize("text", DEEP_JSON.values(), ids=DEEP_JSON.keys())
def test_a_deep_json_record(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A JSON record nested without end is refused."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parcels.yaml").write_text(base_policy(WRONG / "decide.txt"), encoding="utf-8")
    (tmp_path / "record.json").write_text(text, encoding="utf-8")
    result = run_quickly("decide", "parcels.yaml", "record.json")
    assert (result.code, result.out, result.err.splitlines()[0]) == (
        2,
        "",
        "record.json  too-deep  maps and lists are nested too deep",
    )


def test_a_long_number_in_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A JSON number of a million digits is refused like any other that is too large."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parcels.yaml").write_text(base_policy(WRONG / "decide.txt"), encoding="utf-8")
    (tmp_path / "record.json").write_text('{"value": ' + "9" * 10**6 + "}", encoding="utf-8")
    printed = (
        "record.json: value  out-of-range  `value`: a number of more than 400 digits is not supported\n"
        "  help  compare the unit\n"
    )
    assert run_quickly("decide", "parcels.yaml", "record.json") == Result("", printed, 2)


# Policies that a program builds.


def _built(**changed: Any) -> dict[str, Any]:
    policy = {
        "policy": "parcels",
        "title": "How to deliver a parcel",
        "situation": {"fragile": {"ask": "Can it break?", "type": "yes_no"}},
        "verdicts": {"van": {"title": "Send a van"}},
        "rules": [{"rule": "all", "when": {"fragile": [True, False]}, "then": "van", "because": "It is safe."}],
    }
    return {**policy, **changed}


_MAPPINGS: dict[str, tuple[dict[Any, Any], str]] = {
    "a date with a time": (
        _built(version=_DATETIME),
        "policy: version  wrong-shape  a date with a time and a time zone is not allowed in a policy\n"
        "  help  which day it is depends on the time zone: give the day alone, as a `date`",
    ),
    "an object": (
        _built(version=_Colour),
        "policy: version  wrong-shape  a value of the class `enum.EnumType` is not allowed in a policy",
    ),
    "a set": (
        _built(version={"a"}),
        "policy: version  wrong-shape  a set is not allowed in a policy",
    ),
    "a key that is no text": (
        {**_built(), 5: 1},
        "policy  not-a-key  the key `5` is not text\n  help  write every key as text",
    ),
    "a list within itself": (
        _built(verdicts={"van": {"title": "Send a van", "output": _cyclic_list()}}),
        "policy: verdicts.van.output" + "[0]" * 29 + "  too-deep  maps and lists are nested deeper than 32",
    ),
}


@pytest.mark.parametrize(("mapping", "said"), _MAPPINGS.values(), ids=_MAPPINGS.keys())
def test_what_is_said_of_a_wrong_mapping(mapping: dict[str, Any], said: str) -> None:
    """A policy built by a program is refused with the path of what is wrong in it."""
    with pytest.raises(PolicyError) as refused:
        load(mapping)
    assert str(refused.value) == said


# Processes of their own.


def _process(*words: str, **options: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "engine", *words]
    # The same package from any folder.
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, **options)


def _slow_policy(folder: Path) -> Path:
    """A policy whose proof goes on for longer than anybody waits."""
    path = folder / "slow.yaml"
    fields = "".join(f'  q{i}: {{ask: "Why?", type: yes_no}}\n' for i in range(60))
    rules = "".join(
        f"  - {{rule: r{i}, when: {{q{i}: yes, q{(i * 7 + 3) % 60}: no, q{(i * 13 + 5) % 60}: yes}}, "
        f"then: {'van' if i % 2 else 'bike'}, because: It is so.}}\n"
        for i in range(60)
    )
    path.write_text(
        "policy: slow\ntitle: How to deliver a parcel\ndecision: first\nsituation:\n"
        + fields
        + "verdicts: {van: {title: Send a van}, bike: {title: Send a bike}}\nrules:\n"
        + rules
        + "  - {rule: rest, otherwise: yes, then: van, because: It is safe.}\n",
        encoding="utf-8",
    )
    return path


def test_a_pipe_that_is_closed_early(tmp_path: Path) -> None:
    """Whoever reads only the first line of a long result gets it, no complaint, and the exit code of the result."""
    (tmp_path / "parcels.yaml").write_text(base_policy(WRONG / "accepted.txt"), encoding="utf-8")
    cases = "".join(f"  - {{case: Vase {i}, given: {{fragile: yes}}, expect: bike}}\n" for i in range(3_000))
    (tmp_path / "parcels.cases.yaml").write_text(f"policy: parcels\ncases:\n{cases}", encoding="utf-8")
    process = _process("test", "parcels.yaml", stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    first = process.stdout.readline()
    process.stdout.close()
    complaint = process.stderr.read()
    process.stderr.close()
    assert first.startswith(b"parcels.cases.yaml:3:")
    assert (process.wait(timeout=20), complaint) == (1, b"")


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise there")
def test_ctrl_c(tmp_path: Path) -> None:
    """Ctrl-C during a long proof ends it with the exit code 130 and one line."""
    process = _process(
        "check", str(_slow_policy(tmp_path)), "--steps", str(10**12), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    time.sleep(1.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err.strip()) == (130, b"", b"verdict: stopped")


def test_standard_input_of_a_process(tmp_path: Path) -> None:
    """`-` reads a policy from a pipe, from whatever folder."""
    process = _process("check", "--quiet", "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path)
    out, _ = process.communicate(base_policy(WRONG / "accepted.txt").encode(), timeout=20)
    assert (process.returncode, out) == (0, b"")


def test_from_another_folder(tmp_path: Path) -> None:
    """A path is told back as it was given, and a shipped policy is found from anywhere."""
    (tmp_path / "below").mkdir()
    (tmp_path / "parcels.yaml").write_text("policy: parcels\ncolour: blue\n", encoding="utf-8")
    process = _process("check", "../parcels.yaml", "customs-channel", stderr=subprocess.PIPE, cwd=tmp_path / "below")
    _, err = process.communicate(timeout=20)
    places = {line.split("  ")[0] for line in err.decode().splitlines() if not line.startswith("  ")}
    assert (process.returncode, places) == (2, {"../parcels.yaml:1:1", "../parcels.yaml:2:1"})


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without the right to read it is refused with the reason."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parcels.yaml").touch()

    # Whoever may read everything, as tests in a container may, is refused by hand.
    def refuse(*_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "open", refuse, raising=False)
    printed = "parcels.yaml  unreadable-file  it cannot be read: permission denied\n  help  name a file you may read\n"
    assert run_quickly("check", "parcels.yaml") == Result("", printed, 2)


_FOLDERS: list[tuple[str, Callable[[Path], object], tuple[str, ...], str]] = [
    (
        "no YAML in it",
        lambda folder: (folder / "rules").mkdir(),
        ("check", "rules"),
        "rules  no-such-file  there is no YAML file in this folder",
    ),
    (
        "no such folder",
        lambda folder: None,
        ("check", "rules/parcels.yaml"),
        "rules/parcels.yaml  no-such-file  there is no such file\n  help  there is no folder `rules` either",
    ),
    (
        "no cases in it",
        lambda folder: (folder / "rules").mkdir(),
        ("test", "rules"),
        "rules  no-such-file  there is no YAML file in this folder",
    ),
]


@pytest.mark.parametrize(
    ("prepare", "words", "said"), [each[1:] for each in _FOLDERS], ids=[each[0] for each in _FOLDERS]
)
def test_a_folder(
    prepare: Callable[[Path], object],
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A folder in which there is nothing to read is refused."""
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = run_quickly(*words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(said + "\n")
