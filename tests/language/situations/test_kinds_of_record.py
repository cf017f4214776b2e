"""Is an answer the same in every kind of record: in Python, in YAML, in JSON and on the command line?"""

from __future__ import annotations

import datetime
import json
from collections import OrderedDict
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from engine import Policy, decide
from engine.language.documents.yaml_text import read_yaml
from engine.language.situations.situation_records import read_node_record, read_record, read_settings
from tests.support.refusals.running import run_quickly
from tests.support.refusals.sections import WRONG, base_policy
from tests.support.running import Result

_DATE = datetime.date(2026, 1, 31)


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
