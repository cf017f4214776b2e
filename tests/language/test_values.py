"""Is a value what it holds, whatever its class, wherever a program hands it over?"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum, Flag
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Decision, Policy, RecordError, TableError, batch, decide, decider, explain, interview, load
from tests.support.by_day import draw_by_day
from tests.support.drawing.dressed import Text, Whole, dressed, dressed_records
from tests.support.drawing.strategies import partial_records, policies, records
from tests.support.judging.deciding import said
from tests.support.judging.spaces import NONE

# What a program asks of a policy, each as a function of a record.
Ways = Mapping[str, Callable[[Any], Any]]


def ways(policy: Policy) -> Ways:
    compiled = decider(policy)
    return {
        "decide": lambda record: decide(policy, record),
        "decider": compiled,
        "verdict": compiled.verdict,
        "interview": lambda record: interview(policy, record),
        "explain": lambda record: explain(policy, record),
    }


def _told(found: Any) -> Any:
    """What was said, without the values that stand in places of a record's own spelling."""
    return found if not isinstance(found, tuple) or not isinstance(found[0], type) else (found[0], found[1])


@pytest.mark.thorough
@draw_by_day(60)
@given(data=st.data())
def test_an_answer_of_any_class_is_the_answer_that_it_holds(data: st.DataObject) -> None:
    """Of every field type, in whole and partial records, by every way to ask a policy."""
    drawn = data.draw(policies(sound=True))
    policy = load(drawn)
    record = data.draw(data.draw(st.sampled_from([records, partial_records]))(drawn))
    other = data.draw(dressed_records(record))
    for name, way in ways(policy).items():
        assert _told(said(way, other)) == _told(said(way, record)), name


@pytest.mark.thorough
@draw_by_day(30)
@given(data=st.data())
def test_an_object_in_a_column_is_the_answer_that_it_holds(data: st.DataObject) -> None:
    """Frames of pandas and Polars that keep objects: row by row what `decide` says of the plain record."""
    drawn = data.draw(policies(sound=True))
    policy = load(drawn)
    rows = data.draw(st.lists(partial_records(drawn, unsure=False), min_size=1, max_size=4))
    rows = [{name: row.get(name) for name in policy.field} for row in rows]
    # A column has one type: days are not texts in some rows, and the empty text is an answer here.
    rows = [{name: _day(policy, name, value) for name, value in row.items()} for row in rows]
    expected = [_verdict(policy, row) for row in rows]
    columns = {name: [data.draw(dressed(row[name])) for row in rows] for name in policy.field}
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
    found = batch(policy, frame)["verdict"]
    assert [None if pd.isna(each) else each for each in found] == expected
    # Polars looks at the first object, and does not take every class for one.
    series = [pl.Series(name, [object(), *values], dtype=pl.Object)[1:] for name, values in columns.items()]
    assert batch(policy, pl.DataFrame(series))["verdict"].to_list() == expected


def _day(policy: Policy, name: str, value: Any) -> Any:
    if value == NONE and policy.field[name].none_column is not None:
        # That there is no value is said in a column of its own.
        return None
    is_text = policy.field[name].kind == "date" and isinstance(value, str)
    return datetime.date.fromisoformat(value) if is_text else value


def _verdict(policy: Policy, record: Mapping[str, Any]) -> str | None:
    try:
        return decide(policy, record).verdict
    except RecordError:
        return None


# By hand.

PARCELS: dict[str, Any] = {
    "policy": "parcels",
    "title": "How does it go?",
    "situation": {
        "parcel": {"ask": "What is it?", "choices": {"letter": "A letter", "box": "A box"}},
        "urgent": {"ask": "Urgent?", "type": "yes_no"},
        "floors": {"ask": "How high?", "type": "integer"},
        "weight": {"ask": "How heavy?", "type": "number"},
        "day": {"ask": "When?", "type": "date"},
        "extras": {"ask": "What else?", "type": "any_of", "choices": {"insured": "Insured", "tracked": "Tracked"}},
        "country": {"ask": "Where to?", "type": "text", "known": ["FR"]},
    },
    "verdicts": {"van": {"title": "Send a van"}, "bike": {"title": "Send a bike"}},
    "rules": [
        {"rule": "letter", "when": {"parcel": "letter"}, "then": "bike", "because": "It is light."},
        {"rule": "box", "when": {"parcel": "box"}, "then": "van", "because": "It is heavy."},
    ],
}
WHOLE: dict[str, Any] = {
    "parcel": "box",
    "urgent": True,
    "floors": 3,
    "weight": 0.1,
    "day": datetime.date(2026, 1, 31),
    "extras": ["insured"],
    "country": "FR",
}


class _Offer(str, Enum):  # noqa: UP042 - an older way, whose `str` is not its text
    BOX = "box"


class _Labelled(str, Enum):  # noqa: UP042
    """Each member is one text and has another one as its value."""

    def __new__(cls, text: str, value: str) -> _Labelled:
        made = str.__new__(cls, text)
        made._value_ = value
        return made

    BOX = ("box", "letter")


class _Loose(str):
    """A key without regard to capitals."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self.lower() == other.lower()

    def __hash__(self) -> int:
        return hash(self.lower())


class _Bits(Flag):
    ONE = 1


class _Key(Enum):
    PARCEL = "parcel"


@pytest.fixture(scope="module")
def parcels() -> Policy:
    return load(PARCELS)


SAME: dict[str, tuple[str, Any, Any]] = {
    "a member of a text enumeration": ("parcel", _Offer.BOX, "box"),
    "a text whose class says that it is another": ("parcel", Text("box"), "box"),
    "a number whose class says that it is another": ("floors", Whole(3), 3),
    "a flag's value": ("floors", _Bits.ONE, 1),
    "a narrow float": ("weight", np.float32(0.1), Decimal("0.1")),
    "a half float": ("weight", np.float16(0.1), Decimal("0.1")),
    "a long double": ("weight", np.longdouble("0.1"), Decimal("0.1")),
    "a whole number without a sign": ("floors", np.uint64(2**64 - 1), 2**64 - 1),
    "a whole number as a float of numpy": ("floors", np.float32(3), 3),
    "yes of numpy": ("urgent", np.bool_(True), True),
    "midnight": ("day", datetime.datetime(2026, 1, 31), datetime.date(2026, 1, 31)),
    "midnight of pandas": ("day", pd.Timestamp("2026-01-31"), datetime.date(2026, 1, 31)),
    "midnight of numpy": ("day", np.datetime64("2026-01-31T00:00:00.000000000"), datetime.date(2026, 1, 31)),
    "a set": ("extras", {"tracked", "insured"}, ["insured", "tracked"]),
    "an array": ("extras", np.array(["tracked"]), ["tracked"]),
    "NA": ("floors", pd.NA, None),
    "NaT": ("day", pd.NaT, None),
    "no time": ("day", np.datetime64("NaT"), None),
}


@pytest.mark.parametrize("name", SAME)
def test_what_an_object_stands_for(name: str, parcels: Policy) -> None:
    """Whatever is asked, the object and the plain value get the same."""
    field, value, plain = SAME[name]
    for way in ways(parcels).values():
        one, other = said(way, {**WHOLE, field: value}), said(way, {**WHOLE, field: plain})
        assert one == other
    assert decide(parcels, {**WHOLE, field: value}).verdict == "van"


REFUSED: dict[str, tuple[str, Any, str]] = {
    "noon": ("day", datetime.datetime(2026, 1, 31, 12), "a date with a time does not fit here"),
    "a microsecond": ("day", datetime.datetime(2026, 1, 31, 0, 0, 0, 1), "a date with a time does not fit here"),
    "a nanosecond": ("day", pd.Timestamp("2026-01-31") + pd.Timedelta(1), "a date with a time does not fit here"),
    "a zone": (
        "day",
        datetime.datetime(2026, 1, 31, tzinfo=datetime.UTC),
        "a date with a time and a time zone does not fit here",
    ),
    "a zone of pandas": (
        "day",
        pd.Timestamp("2026-01-31", tz="Asia/Tokyo"),
        "a date with a time and a time zone does not fit here",
    ),
    "a month": ("day", np.datetime64("2026-01"), "a `datetime64[M]`, which is longer than a day does not fit here"),
    "a far year": ("day", np.datetime64("12026-01-31"), "a date outside the years 1 to 9999 does not fit here"),
    "a year before 1": ("day", np.datetime64("-0001-01-31"), "a date outside the years 1 to 9999 does not fit here"),
    "a day where a number is expected": (
        "floors",
        pd.Timestamp("2026-01-31"),
        "the date `2026-01-31` does not fit here",
    ),
    "two texts at once": (
        "parcel",
        _Labelled.BOX,
        "`_Labelled.BOX` (its own value differs from its enum value) does not fit here",
    ),
    "bytes": ("parcel", b"box", "a value of the class `bytes` does not fit here"),
    "bytes of numpy": ("parcel", np.bytes_(b"box"), "a value of the class `numpy.bytes_` does not fit here"),
    "a fraction": ("weight", Fraction(1, 2), "a value of the class `fractions.Fraction` does not fit here"),
    "a complex number": ("weight", 1j, "a value of the class `complex` does not fit here"),
    "a span of time": ("floors", np.timedelta64(3, "D"), "a value of the class `numpy.timedelta64` does not fit here"),
    "no number": ("weight", np.float64("nan"), "`nan` is not a number"),
    "no narrow number": ("weight", np.float32("nan"), "`NaN` is not a number"),
    "without an end": ("weight", np.float32("inf"), "`Infinity` is not a number"),
    "1 for yes": ("urgent", np.int64(1), "`1` does not fit here"),
    "yes for 1": ("floors", np.bool_(True), "`true` does not fit here"),
    "a list in a list": ("extras", [["insured"]], "a list does not fit here"),
    "a table": ("extras", np.array([["insured"]]), "a value of the class `numpy.ndarray` does not fit here"),
    "a column": ("extras", pd.Series(["insured"]), "a value of the class `pandas.Series` does not fit here"),
    "a map": ("extras", {"insured": True}, "a map does not fit here"),
    "an object": ("country", object(), "a value of the class `object` does not fit here"),
    "a class": ("parcel", _Offer, "a value of the class `enum.EnumType` does not fit here"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_by_name(name: str, parcels: Policy) -> None:
    """Everywhere with the same words, at the field."""
    field, value, words = REFUSED[name]
    for way in ways(parcels).values():
        kind, problems, _ = said(way, {**WHOLE, field: value})
        assert kind is RecordError
        (problem,) = problems
        assert problem.message == f"`{field}`: {words}"
        assert problem.places[0].path == field


def test_keys_are_texts_of_any_class(parcels: Policy) -> None:
    """Subclasses of text, members of enumerations and keys without regard to capitals, as a dict finds them."""
    rest = {name: value for name, value in WHOLE.items() if name != "parcel"}
    for key in (Text("parcel"), np.str_("parcel"), _Key.PARCEL, _Loose("parcel"), _Loose("PARCEL")):
        for way in ways(parcels).values():
            assert said(way, {**rest, key: "box"}) == said(way, WHOLE)
    for strange in (Text("parcels"), 5, b"parcel", None):
        found = {name: said(way, {**rest, strange: "box"})[:2] for name, way in ways(parcels).items()}
        assert found["decide"][0] is RecordError
        assert all(each == found["decide"] for each in found.values())
    twice = said(lambda record: decide(parcels, record), {**WHOLE, Text("parcel"): "box"})
    assert twice[1][0].code == "answered-twice"


def test_an_interview_takes_values_of_any_class(parcels: Policy) -> None:
    """The answer to a question is read as in a record."""
    begun = interview(parcels)
    assert begun.answer(_Offer.BOX) == begun.answer("box")
    with pytest.raises(RecordError, match="a value of the class `bytes`"):
        begun.answer(b"box")


def test_a_policy_is_made_of_values_of_any_class() -> None:
    """In the mapping that a policy is loaded from, too."""
    rules = [{**rule, "when": {Text("parcel"): _plain(rule["when"])}} for rule in PARCELS["rules"]]
    assert load({**PARCELS, _KEYED.TITLE: np.str_(PARCELS["title"]), "rules": rules}) == load(PARCELS)


def _plain(when: Mapping[str, str]) -> Any:
    return np.str_(when["parcel"])


class _KEYED(str, Enum):  # noqa: UP042
    TITLE = "title"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([b"box"], "table: parcel  wrong-type  the column `parcel` holds a value of the class `bytes` in row 1"),
        (["box", _Labelled.BOX], "table: parcel  wrong-type  the column `parcel` holds `_Labelled.BOX` (its own value"),
        (["box", 5], "table: parcel  wrong-type  the column `parcel` mixes values of several types"),
    ],
)
def test_a_column_that_holds_a_strange_object_is_refused(values: list[Any], message: str, parcels: Policy) -> None:
    """With the row, and alike in pandas and in Polars."""
    for frame in (
        pd.DataFrame({"parcel": pd.Series(values, dtype=object)}),
        pl.DataFrame([pl.Series("parcel", values, dtype=pl.Object)]),
    ):
        with pytest.raises(TableError) as caught:
            batch(parcels, frame)
        assert str(caught.value).startswith(message)


def test_numbers_of_several_types_are_one_column(parcels: Policy) -> None:
    """Exactly, beyond 64 bits too."""
    policy = load(
        PARCELS
        | {
            "rules": [
                {"rule": "low", "when": {"weight": {"at_most": 0.1}}, "then": "bike", "because": "It is light."},
                {"rule": "high", "when": {"weight": {"more_than": 0.1}}, "then": "van", "because": "It is heavy."},
            ]
        }
    )
    values = [0.1, np.float32(0.1), Decimal("0.1000000000000000000001"), 2**70, None, np.int8(-1)]
    frame = pd.DataFrame({"weight": pd.Series(values, dtype=object)})
    found = [None if pd.isna(each) else each for each in batch(policy, frame)["verdict"]]
    assert found == [decide(policy, {"weight": each}).verdict for each in values]
    assert found == ["bike", "bike", "van", "van", None, "bike"]
    assert isinstance(decide(policy, {"weight": 2**70}), Decision)
