"""Does a policy take an answer that there is no value for what it is, and for nothing else?

`or_none` makes `none` an answer. Whatever it is compared with, no comparison holds of it, and no number is made of it.
"""

from __future__ import annotations

import io
import json
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from engine import (
    Policy,
    RecordError,
    batch,
    certify,
    check,
    columns_sql,
    decide,
    decider,
    explain,
    interview,
    load,
    plan,
    verify,
)
from engine.language.documents.yaml_text import read_yaml
from engine.language.situations.situation_records import read_node_record, read_settings
from engine.meaning.reference import Situation
from engine.surfaces.page.page_data import page_data

FIELDS: dict[str, Any] = {
    "score": {"ask": "What is the score?", "type": "integer", "from": 0, "to": 9, "or_none": "No score on file"},
    "debt": {"ask": "What is owed?", "type": "integer", "from": 0, "to": 9, "or_none": "Nothing is known"},
    "owns": {"ask": "Is the house theirs?", "type": "yes_no", "or_none": "Not said"},
    "grade": {"ask": "How good?", "choices": {"low": "Low", "high": "High"}, "ordered": True, "or_none": "Ungraded"},
    "rate": {"ask": "What rate?", "type": "number", "from": 0, "or_none": "No rate", "if_unsure": "none"},
    "since": {"ask": "Since when?", "type": "date", "from": "2020-01-01", "or_none": "Never"},
    "town": {"ask": "Where?", "type": "text", "known": ["Bath"], "or_none": "Nowhere"},
}
NUMBERS: dict[str, Any] = {
    "left": {"means": "what is left", "sum": {"score": 1, "debt": -1}},
    "again": {"means": "the score, with what cancels out", "sum": {"left": 1, "debt": 1}},
    "most": {"means": "the larger one", "larger_of": ["score", "debt", 5]},
    "least": {"means": "the smaller one", "smaller_of": ["score", 5]},
    "points": {
        "means": "what it counts",
        "points": [
            {"when": {"score": {"at_least": 3}}, "add": 2, "because": "It is good."},
            {"when": {"score": "none"}, "add": 1, "because": "There is none."},
        ],
    },
}
NONE = dict.fromkeys(FIELDS, "none")


def policy_of(when: dict[str, Any]) -> Policy:
    """A policy whose one verdict depends on a condition."""
    return load(
        {
            "policy": "lending",
            "title": "Do we lend?",
            "situation": FIELDS,
            "numbers": NUMBERS,
            "verdicts": {"yes": {"title": "Lend"}, "no": {"title": "Wait"}},
            "decision": "first",
            "rules": [
                {"rule": "asked", "when": when, "then": "yes", "because": "It holds."},
                {"rule": "rest", "otherwise": True, "then": "no", "because": "It does not."},
            ],
        }
    )


TESTS: list[dict[str, Any]] = [
    {"score": {"at_least": 0}},
    {"score": {"at_most": 9}},
    {"score": {"none_of": [3]}},
    {"score": [3, 4]},
    {"score": {"less_than": {"field": "debt"}}},
    {"debt": {"at_least": {"field": "score"}}},
    {"owns": False},
    {"grade": {"at_least": "low"}},
    {"grade": {"at_most": "high"}},
    {"grade": {"none_of": ["low"]}},
    {"rate": {"at_least": 0}},
    {"rate": {"none_of": [1.5]}},
    {"since": {"on_or_after": "2020-01-01"}},
    {"town": {"none_of": ["Bath"]}},
    {"left": {"less_than": 100}},
    {"left": {"none_of": [1]}},
    {"again": {"at_least": -100}},
    {"most": {"at_least": 5}},
    {"least": {"at_most": 5}},
    *({name: {"known": True}} for name in (*FIELDS, "left", "again", "most", "least")),
]
HOLD: list[dict[str, Any]] = [
    {"score": "none"},
    {"score": ["none", 0]},
    {"owns": [True, "none"]},
    {"grade": {"one_of": ["low", "none"]}},
    {"since": "none"},
    {"rate": "none"},
    {"town": ["none"]},
    {"points": {"known": True}},
    {"points": 1},
    *({name: {"known": False}} for name in (*FIELDS, "left", "again", "most", "least")),
    *({"not": test} for test in TESTS),
]


@pytest.mark.parametrize("when", [*TESTS, *HOLD], ids=str)
def test_without_a_value_only_what_says_so_holds(when: dict[str, Any]) -> None:
    """In the definition, the proof, the decider, a table and the certificate; `not` turns it round."""
    policy = policy_of(when)
    wanted = "yes" if when in HOLD else "no"
    assert Situation(policy, NONE).holds(policy.rules[0].when) is (wanted == "yes")
    assert decide(policy, NONE).verdict == wanted
    assert decider(policy)(NONE).verdict == wanted
    assert verify(policy, certify(policy)).sound
    again = load(policy.to_dict())
    assert (again, again.sha256) == (policy, policy.sha256)
    assert batch(policy, pa.Table.from_pylist([NONE]))["verdict"].to_pylist() == [wanted]


def test_no_value_is_one_more_answer_that_is_counted() -> None:
    """Eleven scores and none are twelve situations, and every rule stands where it should."""
    found = load(
        {
            "policy": "lending",
            "title": "Do we lend?",
            "situation": {"score": {**FIELDS["score"], "to": 10}},
            "verdicts": {"yes": {"title": "Lend"}, "no": {"title": "Wait"}},
            "rules": [
                {"rule": "good", "when": {"score": {"at_least": 6}}, "then": "yes", "because": "So."},
                {"rule": "poor", "when": {"score": {"less_than": 6}}, "then": "no", "because": "So."},
            ],
        }
    )
    proof = check(found)
    assert proof.situations == 12
    [gap] = [finding for finding in proof.findings if finding.code == "gap"]
    assert gap.situations == 1
    assert gap.example is not None
    assert dict(gap.example) == {"score": "none"}


def test_every_kind_of_record_says_it() -> None:
    """In Python, in JSON, in YAML and on the command line; `null` still means that a question is not answered."""
    policy = policy_of({"score": "none"})
    assert decide(policy, {"score": "none"}).verdict == "yes"
    assert decide(policy, json.loads('{"score": "none"}')).verdict == "yes"
    assert decide(policy, read_node_record(policy, read_yaml(b"score: none", "record.yaml").root)).verdict == "yes"
    assert decide(policy, read_settings(policy, {"score": "none", "since": "none"})).verdict == "yes"
    assert decide(policy, {"score": None}).verdict is None
    assert decide(policy, {"score": 3}).verdict == "no"
    with pytest.raises(RecordError, match="None"):
        decide(policy, {"score": "None"})


def test_unsure_may_be_read_as_no_value() -> None:
    """And is told as what it was read as."""
    found = decide(policy_of({"rate": "none"}), {"rate": "unsure"})
    assert (found.verdict, dict(found.assumed)) == ("yes", {"rate": "none"})


def test_what_would_have_to_change_names_a_value_or_none() -> None:
    """An explanation does not take `none` for a number beyond the others."""
    policy = policy_of({"score": {"at_least": 6}})
    assert "at least 6" in str(explain(policy, NONE))
    other = policy_of({"score": "none"})
    assert "No score on file" in str(explain(other, {**NONE, "score": 3}))


def test_an_interview_offers_it() -> None:
    """Beside yes and no, in the author's words."""
    asked = interview(policy_of({"owns": "none"}))
    assert [words for words, _ in asked.outlook()] == ["yes", "no", "Not said"]
    assert asked.answer("none").decision.verdict == "yes"


COLUMNS: dict[str, list[Any]] = {"score": [3, None, None, 7, 5], "score.none": [False, True, None, None, True]}


def test_a_typed_column_says_it_in_a_yes_no_column_beside_it() -> None:
    """Alike in pyarrow, Polars, pandas and DuckDB; a value beside `none` is wrong."""
    policy = policy_of({"score": ["none", 7]})
    table = pa.table({"score": pa.array(COLUMNS["score"], pa.int64()), "score.none": pa.array(COLUMNS["score.none"])})
    wanted = [("no", None), ("yes", None), (None, "undecided"), ("yes", None), (None, "wrong: score")]
    found = batch(policy, table, problem=True)
    assert list(zip(found["verdict"].to_pylist(), found["problem"].to_pylist(), strict=True)) == wanted
    frame = batch(policy, pl.DataFrame(table), problem=True)
    assert frame.select("verdict", "problem").rows() == wanted
    lazy = batch(policy, pl.DataFrame(table).lazy(), problem=True).collect()
    assert lazy.select("verdict", "problem").rows() == wanted
    frames = batch(policy, table.to_pandas(types_mapper=pd.ArrowDtype), problem=True)
    said = [(None if pd.isna(one) else one, None if pd.isna(other) else other)
            for one, other in zip(frames["verdict"], frames["problem"], strict=True)]  # fmt: skip
    assert said == wanted
    with duckdb.connect() as connection:
        relation = batch(policy, connection.from_arrow(table), problem=True)
        assert relation.project("verdict, problem").fetchall() == wanted
        assert '"score.none"' in columns_sql(policy, "duckdb").verdict


def test_a_table_of_texts_says_it_in_its_own_column(tmp_path: Any) -> None:
    """As a cell, in capitals and words of its own where the columns file says so."""
    policy = policy_of({"score": "none"})
    texts = pl.read_csv(io.BytesIO(b"score\nnone\n3\n\n"), infer_schema=False)
    assert batch(policy, texts)["verdict"].to_list() == ["yes", "no", None]
    columns = {"columns": {"score": {"column": "Score", "words": {"n/a": "none"}}}}
    own = pl.DataFrame({"Score": ["n/a", "4"]})
    assert batch(policy, own, columns=columns)["verdict"].to_list() == ["yes", "no"]


def test_a_page_has_a_button_for_it() -> None:
    """With the words of the author in its data."""
    data = page_data(policy_of({"score": "none"}))
    score = next(field for field in data["fields"] if field["name"] == "score")
    assert (score["none"], score["nonePosition"]) == ("No score on file", "10")


def test_an_open_answer_in_a_sum_may_be_that_there_is_no_value() -> None:
    """Where a field is compared with another, what is still open is not only its values."""
    data = {
        "policy": "scores",
        "title": "Is it known?",
        "situation": {"score": FIELDS["score"], "limit": {"ask": "What is needed?", "type": "integer", "to": 9}},
        "facts": {"enough": {"means": "it is enough", "when": {"score": {"more_than": {"field": "limit"}}}}},
        "verdicts": {"yes": {"title": "Yes"}, "no": {"title": "No"}},
        "rules": [
            {"rule": "known", "when": {"score": {"known": True}}, "then": "yes", "because": "It is known."},
            {"rule": "unknown", "when": {"score": {"known": False}}, "then": "no", "because": "It is not."},
        ],
    }
    policy = load(data)
    rows = {"score": [None, 4], "limit": [3, None]}
    assert [decide(policy, {"limit": 3}).verdict, decide(policy, {"score": 4}).verdict] == [None, "yes"]
    assert [decider(policy)({"limit": 3}).verdict, decider(policy)({"score": 4}).verdict] == [None, "yes"]
    for table in (pl.DataFrame(rows), pl.DataFrame(rows | {"score.none": [None, False]})):
        assert batch(policy, table)["verdict"].to_list() == [None, "yes"]


def test_a_picture_says_it_beside_other_answers() -> None:
    """Answers of which some are a range and one is no value stand in one phrase without the question."""
    policy = load(
        {
            "policy": "loan",
            "title": "Do we lend?",
            "situation": {
                "score": {"ask": "Which score?", "type": "integer", "from": 0, "to": 9, "or_none": "No score"}
            },
            "verdicts": {"lend": {"title": "Yes"}, "refuse": {"title": "No"}},
            "rules": [
                {"rule": "good", "when": {"score": {"at_least": 6}}, "then": "lend", "because": "They paid."},
                {"rule": "rest", "otherwise": True, "then": "refuse", "because": "We do not know."},
            ],
        }
    )
    words = {line.split("   ")[1] for line in str(plan(policy)).splitlines() if line.startswith("   ")}
    assert words == {"at most 5 or No score", "at least 6"}
