"""Does whoever has a table get that table back, of the same kind, with what every row is decided to be?"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from engine import Policy, load
from engine.execution.extras import TableError
from engine.execution.tables.frames.batch import batch

INTERVIEWS = load("other-interviews")
PARCELS = load(
    {
        "policy": "parcels",
        "title": "How should it go?",
        "situation": {
            "sender.country": {"ask": "Where from?", "type": "text", "known": ["FR", "DE"]},
            "weight": {"ask": "What does it weigh?", "type": "number", "from": 0, "to": 100, "step": Decimal("0.1")},
            "pickup": {"ask": "When?", "type": "date", "if_unsure": datetime.date(2026, 1, 1)},
        },
        "verdicts": {"van": {"title": "Send a van"}, "bike": {"title": "Send a bike"}},
        "decision": "first",
        "rules": [
            {"rule": "heavy", "when": {"weight": {"more_than": 30}}, "then": "van", "because": "It is heavy."},
            {"rule": "near", "when": {"sender.country": "FR"}, "then": "bike", "because": "It is near."},
            {"rule": "rest", "otherwise": True, "then": "van", "because": "A van takes all."},
        ],
    }
)


def test_the_table_comes_back_with_a_verdict_for_each_row() -> None:
    """Columns of the user's own stay; a null is not answered, and the verdict is there where it is certain."""
    frame = pl.DataFrame({"id": [7, 8, 9], "offer": ["hint", "made", "drafting"], "honest": [None, True, None]})
    decided = batch(INTERVIEWS, frame, problem=True)
    assert decided.columns == ["id", "offer", "honest", "verdict", "problem"]
    assert decided.select("id", "verdict", "problem").rows() == [
        (7, "keep", None),
        (8, None, "undecided"),
        (9, "keep", None),
    ]
    assert decided.schema["verdict"] == pl.Enum(["cancel", "keep", "buy_time", "use_leverage"])


def test_wrong_values_get_no_verdict() -> None:
    """Whatever else a row says; all its wrong fields are named in file order."""
    frame = pl.DataFrame({"offer": ["hint", "Hint", "hint"], "honest": ["yes", "perhaps", "unsure"]})
    assert batch(INTERVIEWS, frame, problem=True).select("verdict", "problem").rows() == [
        ("keep", None),
        (None, "wrong: offer, honest"),
        (None, "wrong: honest"),
    ]


@pytest.mark.parametrize("unit", ["s", "ns"])
def test_a_moment_that_is_no_midnight_is_a_wrong_date(unit: str) -> None:
    """As in `decide`, also where the field's days have a range that a moment cannot be compared with."""
    day = {"ask": "When?", "type": "date", "from": datetime.date(2026, 1, 1), "to": datetime.date(2026, 12, 31)}
    policy = load({
        "policy": "visits",
        "title": "May they come?",
        "situation": {"day": day},
        "verdicts": {"come": {"title": "Let them come"}},
        "decision": "first",
        "rules": [{"rule": "all", "otherwise": True, "then": "come", "because": "All are welcome."}],
    })  # fmt: skip
    moments = [datetime.datetime(2026, 2, 27), datetime.datetime(2026, 2, 27, 12)]
    table = pa.table({"day": pa.array(moments, pa.timestamp(unit))})
    assert batch(policy, table, problem=True).select(["verdict", "problem"]).to_pylist() == [
        {"verdict": "come", "problem": None},
        {"verdict": None, "problem": "wrong: day"},
    ]


def test_dotted_fields_may_be_nested() -> None:
    """A struct holds what stands behind the dot; where the struct is null nothing of it is answered."""
    sender = pa.array([{"country": "FR"}, {"country": "IT"}, None], pa.struct([("country", pa.string())]))
    table = pa.table({"sender": sender, "weight": [1.0, 1.0, 30.1]})
    assert batch(PARCELS, table)["verdict"].to_pylist() == ["bike", "van", "van"]
    frame = pl.DataFrame(table)
    assert batch(PARCELS, frame)["verdict"].to_list() == ["bike", "van", "van"]


def test_a_single_is_its_shortest_decimal() -> None:
    """30.1 in 32 bits is no double's 30.1, and yet on the grid and more than 30."""
    weights = pa.array(np.array([30.1, 30.0, 0.3], np.float32))
    table = pa.table({"weight": weights, "sender.country": ["FR"] * 3})
    assert batch(PARCELS, table, problem=True).select(["verdict", "problem"]).to_pylist() == [
        {"verdict": "van", "problem": None},
        {"verdict": "bike", "problem": None},
        {"verdict": "bike", "problem": None},
    ]


def test_plain_pandas_frames_are_taken() -> None:
    """Texts and answers that are missing as pandas keeps them without Arrow: objects and NaN."""
    frame = pd.DataFrame({"offer": ["hint", None, "made"], "other_offers": [1, float("nan"), 30]})
    decided = batch(INTERVIEWS, frame, problem=True)
    assert list(decided.columns) == ["offer", "other_offers", "verdict", "problem"]
    assert decided["verdict"].astype(object).where(decided["verdict"].notna(), None).tolist() == ["keep", None, None]
    assert decided["problem"].astype(object).where(decided["problem"].notna(), None).tolist() == [
        None,
        "undecided",
        "wrong: other_offers",
    ]


@pytest.mark.thorough
def test_a_large_table_is_decided_in_blocks() -> None:
    """More rows than a block: the same as one block after the other, in order."""
    offers = ["hint", "made", "drafting", None]
    frame = pl.DataFrame({"offer": offers * 300_000})
    decided = batch(INTERVIEWS, frame, problem=True, rules=True)
    once = batch(INTERVIEWS, frame[:4], problem=True, rules=True)
    assert decided.equals(pl.concat([once] * 300_000))


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["polars", "pyarrow", "pandas"])
def test_blocks_with_other_problems_are_put_together(kind: str) -> None:
    """Rows without a problem, then with one, then with another: each keeps its own, in every kind of table."""
    rows = [("hint", "keep", None), (None, None, "undecided"), ("maybe", None, "wrong: offer")]
    offers, verdicts, problems = (
        list(column) for column in zip(*(row for row in rows for _ in range(300_000)), strict=True)
    )
    frame = {"polars": pl.DataFrame, "pyarrow": pa.table, "pandas": pd.DataFrame}[kind]({"offer": offers})
    decided = pl.DataFrame(batch(INTERVIEWS, frame, problem=True))
    assert decided["verdict"].cast(pl.String).to_list() == verdicts
    assert decided["problem"].cast(pl.String).to_list() == problems


def test_an_empty_table_stays_empty() -> None:
    """No rows, and the columns of the result all the same."""
    frame = pl.DataFrame({"offer": []}, schema={"offer": pl.String})
    assert batch(INTERVIEWS, frame, rules=True).schema == {
        "offer": pl.String,
        "verdict": pl.Enum(["cancel", "keep", "buy_time", "use_leverage"]),
        "rules": pl.String,
        "possible_rules": pl.String,
    }


REFUSED = {
    "a name that the result has": (
        pl.DataFrame({"offer": ["hint"], "verdict": ["keep"]}),
        "table: verdict  name-clash  the table has a column `verdict` already\n"
        "  help  rename or drop it: this is the result's name",
    ),
    "no column of a field": (
        pl.DataFrame({"weight": [1]}),
        "table  no-column  no column answers any field of the policy\n"
        "  help  columns are named like the fields: `offer`, `start_date`, `acceptance`, `title`, `money`, "
        "`responsibility`, `good_enough`, `other_offers`, `confident_and_polite`, `honest`, `ready_for_no`",
    ),
    "another spelling": (
        pl.DataFrame({"offer": ["hint"], "Other Offers": [1]}),
        "table: Other Offers  unknown-field  the column `Other Offers` answers no field, and no column answers "
        "`other_offers`\n  help  if it does, add `--column 'other_offers=Other Offers'`, or "
        "`columns={'other_offers': 'Other Offers'}` in Python; if it is something else, `--other 'Other Offers'`, or "
        "`other=['Other Offers']`",
    ),
    "a type that no answer has": (
        pl.DataFrame({"offer": ["hint"], "honest": [1]}),
        "table: honest  wrong-type  the column `honest` holds values of the type `int64`, which no answer has\n"
        "  help  expected yes or no (`true` or `false` in JSON and Python)",
    ),
    "a type that Arrow does not have": (
        pl.DataFrame({"offer": ["hint"], "other_offers": [1]}, schema_overrides={"other_offers": pl.Int128}),
        "table: other_offers  wrong-type  the column `other_offers` holds values of the type `Int128`, which Arrow has "
        "no type for\n  help  cast it to one of 64 bits",
    ),
    "values of several types": (
        pd.DataFrame({"offer": ["hint", 1]}),
        "table: offer  wrong-type  the column `offer` mixes values of several types\n"
        "  help  give it one type; missing answers are None or NA",
    ),
    "no table": (
        [{"offer": "hint"}],
        "wrong-type  a `list` is not a table that can be decided\n"
        "  help  Polars, pandas and PySpark frames, pyarrow tables and DuckDB relations are taken",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_a_table_of_records_is_refused(name: str) -> None:
    """With the column, the reason and a way out."""
    frame, message = REFUSED[name]
    with pytest.raises(TableError) as refused:
        batch(INTERVIEWS, frame)
    assert str(refused.value) == message


def _policy_of(kind: str, test: Any, other: Any, **field: Any) -> Policy:
    """Two verdicts, told apart by one answer."""
    return load({
        "policy": "either",
        "title": "Which one?",
        "situation": {"answer": {"ask": "What is it?", "type": kind, **field}},
        "verdicts": {"one": {"title": "One"}, "other": {"title": "The other"}},
        "rules": [
            {"rule": "first", "when": {"answer": test}, "then": "one", "because": "So."},
            {"rule": "second", "when": {"answer": other}, "then": "other", "because": "So."},
        ],
    })  # fmt: skip


_NUMBERS = _policy_of("number", {"at_least": 5}, {"less_than": 5})
_WHOLES = _policy_of("integer", {"at_least": 5}, {"less_than": 5})
_DAYS = _policy_of("date", {"on_or_after": "2020-01-01"}, {"before": "2020-01-01"})
_LISTS = _policy_of("any_of", {"includes": "y"}, {"excludes": "y"}, choices={"x": "X", "y": "Y"})


def test_a_decimal_of_more_digits_than_any_context_has_is_not_rounded() -> None:
    """Thirty-seven nines are still less than five."""
    column = pa.array([Decimal("4." + "9" * 36), Decimal("5." + "0" * 35 + "1")], pa.decimal128(38, 36))
    assert batch(_NUMBERS, pa.table({"answer": column}))["verdict"].to_pylist() == ["other", "one"]


@pytest.mark.parametrize("kind", [pa.list_view(pa.string()), pa.large_list_view(pa.string_view()),
                                  pa.large_list(pa.string_view()), pa.list_(pa.string(), 1)])  # fmt: skip
def test_every_kind_of_list_is_read(kind: pa.DataType) -> None:
    """Views, lists of views and lists of a size of their own, from the first row or a later one."""
    column = pa.array([["x"], None, ["y"]], kind)
    for start, wanted in ((0, ["other", None, "one"]), (1, [None, "one"])):
        assert batch(_LISTS, pa.table({"answer": column.slice(start)}))["verdict"].to_pylist() == wanted


def test_lists_that_are_all_empty_are_answers() -> None:
    """Such a column has no type of its own; an entry in it is a wrong one."""
    table = pa.table({"answer": [[], None, [None]]})
    found = batch(_LISTS, table, problem=True).select(["verdict", "problem"]).to_pylist()
    assert [tuple(row.values()) for row in found] == [("other", None), (None, "undecided"), (None, "wrong: answer")]
    assert batch(_LISTS, pl.DataFrame({"answer": [[], []]}).lazy()).collect()["verdict"].to_list() == ["other"] * 2


def test_lists_are_looked_up_beside_rows_that_leave_something_out() -> None:
    """A large policy over lists, in Polars and in Arrow's views."""
    ways = [(at, word, verdict) for at in range(150) for word, verdict in (("includes", "one"), ("excludes", "other"))]
    rules = [
        {
            "rule": f"{word}-{at}",
            "when": {"number": {"at_least": 3 * at, "less_than": 3 * at + 3}, "list": {word: ["x"]}},
            "then": verdict,
            "because": "So.",
        }
        for at, word, verdict in ways
    ]
    situation = {
        "number": {"ask": "How many?", "type": "integer", "from": 0, "to": 449},
        "list": {"ask": "Which?", "type": "any_of", "choices": {"x": "X", "y": "Y"}},
    }
    verdicts = {"one": {"title": "One"}, "other": {"title": "The other"}}
    policy = load({"policy": "large", "title": "Which?", "situation": situation, "verdicts": verdicts, "rules": rules})
    frame = pl.DataFrame({"number": [1, None, 449], "list": [["x"], ["y"], []]})
    views = pa.table({"number": [1, None, 449], "list": pa.array([["x"], ["y"], []], pa.list_view(pa.string()))})
    assert batch(policy, frame)["verdict"].to_list() == ["one", "other", "other"]
    enums = frame.with_columns(pl.col("list").cast(pl.List(pl.Enum(["x", "y"]))))
    assert batch(policy, enums)["verdict"].to_list() == ["one", "other", "other"]
    assert batch(policy, views)["verdict"].to_pylist() == ["one", "other", "other"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), "dictionary", "polars", "lazy"])
@pytest.mark.parametrize("many", [999, 1_000, 1_001, 3_000])
def test_however_many_different_numbers_stand_in_a_column_of_texts(many: int, kind: Any) -> None:
    """Plain ones are looked at all at once from some number on: each is read as it is alone, wrong ones too."""
    odd = [
        "",
        "5.0",
        "+7",
        "-0",
        "1e1",
        "4.99999999999999",
        "1234567890123456",
        "99999999999999999999",
        "007",
        " 5",
        "x",
    ]
    texts = [str(number / 4) for number in range(many - len(odd))] + odd
    expected: list[str | None] = ["one" if number >= 20 else "other" for number in range(many - len(odd))]
    expected += [None, "one", "one", "other", None, "other", None, None, None, None, None]
    if kind in ("polars", "lazy"):
        frame = pl.DataFrame({"answer": texts})
        found = batch(_NUMBERS, frame) if kind == "polars" else batch(_NUMBERS, frame.lazy()).collect()
        assert found["verdict"].to_list() == expected
        return
    array = pa.array(texts).dictionary_encode() if kind == "dictionary" else pa.array(texts, kind)
    assert batch(_NUMBERS, pa.table({"answer": array}))["verdict"].to_pylist() == expected


STRANGE = {
    "bytes": pa.array([b"5"]),
    "views of bytes": pa.array([b"5"], pa.binary_view()),
    "bytes in a dictionary": pa.array([b"5"]).dictionary_encode(),
    "times": pa.array([datetime.time(5)]),
    "durations": pa.array([datetime.timedelta(5)]),
    "moments of a zone": pa.array([datetime.datetime(2020, 1, 1)], pa.timestamp("us", "Europe/Berlin")),
    "structs": pa.array([{"a": 5}]),
    "maps": pa.array([[("a", 5)]], pa.map_(pa.string(), pa.int64())),
    "lists of numbers": pa.array([[5]]),
    "runs": pa.RunEndEncodedArray.from_arrays([1], [5]),
}


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize("policy", ["number", "integer", "date", "any_of"])
def test_a_column_of_a_type_that_no_answer_has_is_refused_by_name(strange: str, policy: str) -> None:
    """Whatever the field expects, and before any row is read; a column of no field's is kept."""
    column = STRANGE[strange]
    own = {"number": _NUMBERS, "integer": _WHOLES, "date": _DAYS, "any_of": _LISTS}[policy]
    with pytest.raises(TableError) as refused:
        batch(own, pa.table({"answer": column}))
    (problem,) = refused.value.problems
    assert (problem.code, problem.places[0].path) == ("wrong-type", "answer")
    assert problem.message == f"the column `answer` holds values of the type `{column.type}`, which no answer has"
    kept = batch(own, pa.table({"own": column, "answer": pa.nulls(1)}))
    assert kept["own"].chunk(0).equals(column)


def test_a_moment_is_the_day_that_it_is_the_beginning_of() -> None:
    """In every unit; a later one is wrong, and so is one that Polars or pandas hold."""
    moments = [
        datetime.datetime(2020, 1, 1),
        datetime.datetime(1969, 12, 31),
        None,
        datetime.datetime(2020, 1, 1, 0, 0, 1),
    ]
    rows = [("one", None), ("other", None), (None, "undecided"), (None, "wrong: answer")]
    for unit in ("s", "ms", "us", "ns"):
        table = pa.table({"answer": pa.array(moments, pa.timestamp(unit))})
        found = batch(_DAYS, table, problem=True).select(["verdict", "problem"]).to_pylist()
        assert [tuple(row.values()) for row in found] == rows
    frames = (
        pl.DataFrame({"answer": moments}),
        pl.DataFrame(batch(_DAYS, pd.DataFrame({"answer": moments}), problem=True)),
    )
    assert batch(_DAYS, frames[0], problem=True).select("verdict", "problem").rows() == rows
    assert frames[1].select(pl.col("verdict", "problem").cast(pl.String)).rows() == rows
    with duckdb.connect() as connection, pytest.raises(TableError) as refused:
        batch(_DAYS, connection.sql("SELECT TIMESTAMP '2020-01-01 00:00:00' AS answer"))
    assert "which SQL does not read exactly" in refused.value.problems[0].message


@pytest.mark.parametrize("texts", [(["7", None], ["1"]), (list(map(str, range(100))), list(map(str, range(100, 200))))])
def test_chunks_whose_dictionaries_do_not_go_together_are_read(texts: tuple[list[Any], list[Any]]) -> None:
    """One has a null among its texts, or both have more texts than their codes could tell apart."""
    chunks = [pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), pa.array(each)) for each in texts]
    assert batch(_WHOLES, pa.table({"answer": pa.chunked_array(chunks)}))["verdict"].to_pylist() == [
        "one" if int(each[0]) >= 5 else "other" for each in texts
    ]


@pytest.mark.parametrize(
    ("policy", "values", "message"),
    [
        (_DAYS, [datetime.date(2020, 1, 1), datetime.datetime(2020, 1, 1, 5)], "holds a date with a time in row 2"),
        (_WHOLES, [10**80, 1], "holds a value that no typed column can hold"),
        (_WHOLES, [Decimal("Infinity")], "holds a value that no typed column can hold"),
        (_WHOLES, ["\ud800"], "holds a value that no typed column can hold"),
    ],
)
def test_a_column_of_objects_that_is_no_column_is_refused(policy: Policy, values: list[Any], message: str) -> None:
    """Before any row is read, by name; a moment among days would lose its time."""
    with pytest.raises(TableError) as refused:
        batch(policy, pd.DataFrame({"answer": pd.Series(values, dtype=object)}))
    assert refused.value.problems[0].message == f"the column `answer` {message}"
