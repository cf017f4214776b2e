"""Does a compiled policy always decide as `decide` does: whole records, partial ones, wrong ones, strange ones?"""

from __future__ import annotations

import json
import sys
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import Any
from unittest.mock import ANY, MagicMock

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import RecordError, decide, decider, load
from engine.analysis.deciding.decision import Decision
from engine.execution.records import decisions, verdicts
from engine.execution.records.decider import Decider
from engine.language.documents.yaml_text import read_yaml
from engine.language.situations.situation_records import read_node_record, read_record
from tests.language.situations.test_kinds_of_record import ACCEPTED
from tests.language.test_wrong_data import RECORDS
from tests.support.by_day import draw_by_day
from tests.support.drawing.strategies import policies, records
from tests.support.judging.deciding import WHOLE, as_json, decides_alike, parcels_decider, said
from tests.support.judging.oracle import outcome
from tests.support.judging.spaces import given as answers_of
from tests.support.judging.spaces import is_none, kind, situations
from tests.support.judging.yields import numbers_given


@pytest.fixture(scope="module")
def parcels() -> Decider:
    return parcels_decider()


# Drawn policies and records.


@pytest.mark.thorough
@draw_by_day(40)
@given(data=st.data())
def test_every_whole_record_is_decided_as_decide_does(data: st.DataObject) -> None:
    """Whole records, of doubles, decimals and days as text and of `unsure`, nested and flat.

    What is decided of partial ones, in each way of following them, is compared in `test_open_records.py`.
    """
    drawn = data.draw(policies(sound=True))
    compiled = decider(load(drawn))
    for strategy in (records(drawn), records(drawn, unsure=False)):
        record = data.draw(strategy)
        decides_alike(compiled, record)
        decides_alike(compiled, as_json(record))


STRANGE: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        1.0,
        0.5,
        -1,
        10**30,
        float("nan"),
        float("inf"),
        Decimal("0.5"),
        Decimal("NaN"),
        "",
        "no",
    ),
    *("unsure", "2026-02-30", "2026-W05-6", "20260131", [], ["unsure"], {}, {"a": 1}, (), date(2026, 1, 31), b"no"),
)


@pytest.mark.thorough
@draw_by_day(40)
@given(data=st.data())
def test_a_wrong_record_is_refused_as_decide_refuses_it(data: st.DataObject) -> None:
    """Some answers replaced by others, names that are no fields, and names written flat: the same problems."""
    drawn = data.draw(policies(sound=True))
    compiled = decider(load(drawn))
    whole = data.draw(records(drawn))
    nested = as_json(whole)
    for _ in range(3):
        record = dict(data.draw(st.sampled_from([whole, nested])))
        for name in data.draw(st.lists(st.sampled_from([*record, "colour"]), min_size=1, max_size=3)):
            record[name] = data.draw(st.sampled_from(STRANGE))
        decides_alike(compiled, record)


@draw_by_day(30)
@given(data=policies(small=True, sound=True))
def test_every_situation_gets_the_verdict_that_trying_all_finds(data: dict[str, Any]) -> None:
    """Every cell and boundary of small policies, whole, as the oracle reads the rules; impossible ones are refused."""
    compiled = decider(load(data))
    for situation in situations(data):
        expected = outcome(data, situation)
        situation = answers_of(situation)
        if expected.possible:
            assert compiled.verdict(situation) == compiled.verdict(as_json(situation)) == expected.verdict
            assert compiled(situation).rules == expected.stands
        elif situation.keys() == data["situation"].keys():
            assert said(compiled.verdict, situation)[0] is RecordError


@pytest.mark.thorough
@settings(max_examples=60)
@given(data=st.data())
def test_a_whole_record_of_plain_data_goes_the_fast_way(data: st.DataObject) -> None:
    """What is valid is never read a second time, whatever the policy; a whole number is plain without a point.

    That there is no value is no plain number, date, or yes or no. Amounts are worked out from what was read, and so is
    which questions are asked.
    """
    drawn = data.draw(policies(sound=True, conditional=False).filter(lambda each: not numbers_given(each)))
    fields, given = drawn["situation"], data.draw(records(drawn, unsure=False))
    assume(all(kind(spec) in ("choice", "text") or not is_none(spec, given[name]) for name, spec in fields.items()))
    record = as_json({name: int(each) if kind(fields[name]) == "integer" else each for name, each in given.items()})
    compiled = decider(load(drawn))
    if isinstance(decides_alike(compiled, record)[0], Decision):
        text = json.dumps(record).encode()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(verdicts, "read_record", never)
            patched.setattr(decisions, "read_record", never)
            assert compiled(record).verdict == compiled.verdict(record) == compiled.verdict_json(text)


def never(*_: Any) -> Any:
    raise AssertionError("a whole record of plain data goes the fast way")


# Records by hand.


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_that_decide_refuses(name: str, parcels: Decider) -> None:
    """Every wrong record that is known here, with the same problems."""
    assert decides_alike(parcels, RECORDS[name])[0] is RecordError


@pytest.mark.parametrize("record", [each[1] for each in ACCEPTED], ids=[each[0] for each in ACCEPTED])
def test_a_record_that_decide_accepts(record: Mapping[str, Any], parcels: Decider) -> None:
    """Every way to write an answer that is known here."""
    decides_alike(parcels, record)


class _Text(str):
    __slots__ = ()


class _Kind(str, Enum):  # noqa: UP042 - an older way, whose `str` is not its text
    BOX = "box"


class _Whole(int):
    pass


class _SaysYes:
    """Equal to everything, true, and in a union with anything still so."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash(True)

    def __and__(self, other: object) -> bool:
        return True

    __rand__ = __or__ = __ror__ = __and__


class _Fails:
    """Nothing can be done with it."""

    def _fail(self, *_: object) -> Any:
        raise RuntimeError("it fails")

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __len__ = _fail
    __hash__ = object.__hash__


class _Day(date):
    pass


class _Hidden(dict[str, Any]):
    """A dict that holds more than it says when it is asked for single entries."""

    def items(self) -> Any:
        return {**self, "colour": "blue"}.items()


ODD: dict[str, dict[str, Any]] = {
    "1 for yes": {"urgent": 1, "fragile": 1},
    "0 for no": {"urgent": 0, "fragile": 0.0},
    "a text of another class": {"parcel": _Text("box"), "sender": {"country": _Text("FR"), "age": 3}},
    "a text that is an enumeration": {"parcel": _Kind.BOX},
    "an integer of another class": {"floors": _Whole(3), "value": _Whole(3)},
    "a day of another class": {"pickup": _Day(2026, 1, 31)},
    "a day with a time": {"pickup": datetime(2026, 1, 31)},
    "a week": {"pickup": "2026-W05-6"},
    "a day without hyphens": {"pickup": "20260131"},
    "a day of no calendar": {"pickup": "2026-02-30"},
    "a day out of range": {"pickup": "2027-01-01"},
    "equal to everything": dict.fromkeys(WHOLE, _SaysYes()),
    "a flag equal to everything": {"urgent": _SaysYes()},
    "a choice equal to everything": {"parcel": _SaysYes()},
    "any": dict.fromkeys(WHOLE, ANY),
    "mocks": {"urgent": MagicMock(), "fragile": MagicMock()},
    "one that fails": {"urgent": _Fails()},
    "a number that fails": {"weight": _Fails(), "floors": _Fails()},
    "a list that fails": {"extras": [_Fails()]},
    "an option equal to everything": {"extras": [_SaysYes()]},
    "options of another class": {"extras": [_Text("tracked")]},
    "lists in a list": {"extras": [["tracked"]]},
    "the same option twice": {"extras": ["tracked", "tracked"]},
    "options in a set": {"extras": {"tracked", "insured"}},
    "options in a tuple": {"extras": ("tracked", "insured")},
    "no option": {"extras": []},
    "a decimal": {"weight": Decimal("5.5"), "length": Decimal("0.1")},
    "whole numbers as doubles": {"floors": 3.0, "value": 1e3},
    "a whole number for a double": {"weight": 5, "length": 3},
    "hardly off the grid": {"weight": 5.500000000000001},
    "off the grid": {"weight": 5.3},
    "a little below the range": {"weight": -5e-324},
    "minus nought": {"weight": -0.0, "length": -0.0, "floors": -0.0},
    "the smallest double": {"length": 5e-324},
    "the largest double": {"length": sys.float_info.max},
    "a fraction": {"weight": Fraction(1, 2)},
    "not a number": {"length": float("nan")},
    "infinite": {"length": float("inf")},
    "very large": {"value": 10**18 + 1, "length": 10**400},
    "too large": {"value": 10**500},
    "an empty text": {"sender": {"country": "", "age": 3}},
    "unsure": {"fragile": "unsure", "extras": "unsure"},
    "unsure where it is refused": {"urgent": "unsure", "sender": {"country": "unsure", "age": 3}},
    "a part left out": {"sender": {"country": "FR"}},
    "a part too many": {"sender": {"country": "FR", "age": 3, "town": "Paris"}},
    "a part that is no map": {"sender": "FR"},
    "a part that is null": {"sender": None},
    "a part of another class": {"sender": OrderedDict(country="FR", age=3)},
    "flat and nested": {"sender": {"country": "FR"}, "sender.age": 30},
    "answered twice": {"sender.age": 30},
    "one left out": {"parcel": None},
    "impossible": {"parcel": "letter", "weight": 6},
}


@pytest.mark.parametrize("name", ODD)
def test_a_strange_record_is_decided_as_decide_does(name: str, parcels: Decider) -> None:
    """Only data of exactly the usual types is taken the fast way; whatever else equals it is read with care."""
    decides_alike(parcels, WHOLE | ODD[name])


@pytest.mark.parametrize("part", [None, {}, {"country": None}, pd.NA])
def test_a_part_that_is_null_answers_nothing(part: object, parcels: Decider) -> None:
    """As one that is left out, in data, in JSON and in YAML, so that rows and records agree."""
    record = {"weight": 31, "sender": part}
    assert decide(parcels.policy, record) == decide(parcels.policy, {"weight": 31})
    assert parcels(record) == decide(parcels.policy, {"weight": 31})
    if part is not pd.NA:
        text = json.dumps(record)
        assert parcels.verdict_json(text.encode()) == parcels.verdict({"weight": 31})
        given = read_node_record(parcels.policy, read_yaml(text.encode(), "given.yaml").root)
        assert given == read_record(parcels.policy, {"weight": 31})


def test_a_record_may_be_any_map(parcels: Decider) -> None:
    """Maps of other classes are read by their entries, and nothing is added to them."""
    flat = {name: value for name, value in WHOLE.items() if name != "sender"} | {
        "sender.country": "FR",
        "sender.age": 3,
    }
    answered: defaultdict[str, Any] = defaultdict(lambda: True, WHOLE)
    del answered["urgent"]
    for record in (WHOLE, flat, OrderedDict(WHOLE), MappingProxyType(WHOLE), _Hidden(WHOLE), answered):
        decides_alike(parcels, record)
    assert "urgent" not in answered
    others: tuple[Any, ...] = (None, [WHOLE], "parcel", 5, {**WHOLE, 5: True}, {**WHOLE, _SaysYes(): True})
    for other in others:
        decides_alike(parcels, other)
