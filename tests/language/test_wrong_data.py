"""What is said of wrong records and wrong policies that a Python program makes?

What is said of each record stands in `tests/wrong/expected/records.txt`, which `REWRITE_EXPECTED=1` writes.
"""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

import pytest

from engine import Policy, PolicyError, RecordError, decide, load
from tests.support.refusals.running import LONGEST_SECONDS
from tests.support.refusals.sections import WRONG

REWRITING = bool(os.environ.get("REWRITE_EXPECTED"))
RECORDS_EXPECTED = WRONG / "expected" / "records.txt"


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
