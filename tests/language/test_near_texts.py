"""Is somebody told who wrote a known text in another way, so that it is none, wherever it was written?"""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import (
    NearTextWarning,
    PolicyError,
    batch,
    decide,
    decider,
    explain,
    interview,
    load,
    load_cases,
    run_cases,
)
from engine.execution.tables.columns import near_counts
from engine.language.model.near_texts import near_text
from tests.support import running
from tests.support.running import run

KNOWN = ["FR", "New York", "Straße", "true"]
POLICY: dict[str, Any] = {
    "policy": "visa",
    "title": "Do you need a visa?",
    "situation": {
        "home.country": {"ask": "Where are you from?", "type": "text", "known": KNOWN},
        "name": {"ask": "What is your name?", "type": "text"},
    },
    "verdicts": {"free": {"title": "You need none"}, "visa": {"title": "You need one"}},
    "rules": [
        {"rule": "near", "when": {"home.country": ["FR", "Straße"]}, "then": "free", "because": "It is near."},
        {"rule": "far", "when": {"not": {"home.country": ["FR", "Straße"]}}, "then": "visa", "because": "It is far."},
    ],
}
WORDS = {"columns": {"home.country": {"column": "home.country", "words": {"fr": "FR"}}}}
NOTE = "Where are you from? `fr` is not `FR`, and counts as a text that no rule names"


def _spread(text: str) -> str:
    return " ".join(text)


def _wide(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


_WAYS = [str.lower, str.upper, str.swapcase, str.casefold, _spread, _wide, lambda each: f" {each}\t", lambda each: each]
_LETTERS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=8)


@pytest.mark.thorough
@given(known=st.lists(_LETTERS, min_size=1, max_size=4), data=st.data())
def test_a_known_text_is_found_in_another_writing(known: list[str], data: st.DataObject) -> None:
    """Capitals, white space and wide letters, in any mixture; known itself it is never near another one."""
    text = data.draw(st.sampled_from(known))
    for way in data.draw(st.lists(st.sampled_from(_WAYS), max_size=3)):
        text = way(text)
    found = near_text(tuple(known), text)
    assert found is None if text in known else found in known
    assert all(near_text(tuple(known), each) is None for each in known)


@given(st.sampled_from(["FR", "fr", "Fr ", "F\u200bR", "\uff26\uff32", "STRASSE", "newyork", "DE", "F", "", "\ud800"]))
def test_every_way_to_decide_tells_it(text: str) -> None:
    """With the same note, whole records and partial ones; the answer stays what it is."""
    policy = load(POLICY)
    compiled = decider(policy)
    whole = {"home": {"country": text}, "name": "fr"}
    for record in (whole, {"home": {"country": text}}, {"home.country": text}):
        decision = decide(policy, record)
        assert compiled(record) == compiled(record) == decision
        assert compiled.verdict(record) == decision.verdict == ("free" if text == "FR" else "visa")
        assert explain(policy, record).decision == interview(policy, record).decision == decision
        assert decision.to_dict()["notes"] == list(decision.notes)
        assert len(decision.notes) == (near_text(tuple(KNOWN), text) is not None)
        assert ("Please note" in str(decision)) == bool(decision.notes)


def test_the_command_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In text and in JSON, below the verdict."""
    monkeypatch.chdir(tmp_path)
    Path("visa.yaml").write_text(json.dumps(POLICY))
    result = run("decide", "visa.yaml", "--set", "home.country=fr")
    assert result.out == f"You need one\n\nWhy\n  It is far.  (far)\n\nPlease note\n  {NOTE}\n"
    found = json.loads(run("decide", "visa.yaml", "--set", "home.country=fr", "--format", "json").out)
    assert found["notes"] == [NOTE]
    answered = run("ask", "visa.yaml", stdin=b"fr\n")
    assert answered.out.endswith(f"Please note\n  {NOTE}\n")


@pytest.mark.parametrize(("typed", "verdict"), [(b"fr\nfr\n", "You need one"), (b"fr\nFR\n", "You need none")])
def test_in_a_terminal_it_is_asked_back(
    typed: bytes, verdict: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once; the same answer again is taken as it is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(running._Stream, "isatty", lambda _: True)
    Path("visa.yaml").write_text(json.dumps(POLICY))
    result = run("ask", "visa.yaml", stdin=typed)
    assert "the rules know `FR`, not `fr`: type `FR`, or `fr` once more to keep it\n" in result.err
    assert result.out.startswith(f"{verdict}\n")


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
def test_a_batch_counts_and_shows_it(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its summary: how many answers of which field, and the most frequent one."""
    monkeypatch.chdir(tmp_path)
    Path("visa.yaml").write_text(json.dumps(POLICY))
    texts = ["FR", "fr", "fr", "DE", "newyork", None, "\uff26\uff32"]
    frame = pl.DataFrame({"home.country": texts, "name": [f"fr {row}" for row in range(len(texts))]})
    write: dict[str, Callable[[str], object]] = {
        "csv": frame.write_csv,
        "parquet": frame.write_parquet,
        "jsonl": frame.write_ndjson,
    }
    write[kind](f"in.{kind}")
    result = run("batch", "visa.yaml", f"in.{kind}", "-o", f"out.{kind}")
    answers = "4 answers to `home.country` are written unlike the known text, such as `fr` for `FR`"
    note = f"{answers}, and count as a text that no rule names"
    assert result.out.endswith(f"\n\nnote: {note}\n")
    found = json.loads(run("batch", "visa.yaml", f"in.{kind}", "-o", f"two.{kind}", "--format", "json").out)
    assert found["notes"] == [note]


_FRAMES: dict[str, Any] = {
    "Polars": lambda frame: frame,
    "Polars categories": lambda frame: frame.with_columns(pl.col("home.country").cast(pl.Categorical)),
    "a Polars struct": lambda frame: frame.select("name", home=pl.struct(country="home.country")),
    "pandas": lambda frame: frame.to_pandas(),
    "pandas objects": lambda frame: frame.to_pandas().astype(object),
    "pandas categories": lambda frame: frame.to_pandas().astype("category"),
    "Arrow": lambda frame: frame.to_arrow(),
    "Arrow views": lambda frame: frame.to_arrow(compat_level=pl.CompatLevel.newest()),
    "Arrow in chunks": lambda frame: pa.concat_tables([frame.to_arrow()] * 2),
    "an Arrow dictionary": lambda frame: pa.table(
        {"home.country": frame["home.country"].to_arrow().dictionary_encode(), "name": frame["name"].to_arrow()}
    ),
}


@pytest.mark.parametrize("kind", _FRAMES)
@pytest.mark.parametrize("at_once", [1, 3, 1 << 18])
def test_the_library_warns_of_it(kind: str, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the command does, whatever the frame and however many rows are looked at together."""
    texts = ["FR", "fr", "fr", "DE", "newyork", None, "\uff26\uff32", "F\x1cR", " "]
    frame = pl.DataFrame({"home.country": texts, "name": [f"fr {row}" for row in range(len(texts))]})
    monkeypatch.setattr(near_counts, "_AT_ONCE", at_once)
    policy, made = load(POLICY), _FRAMES[kind](frame)
    with pytest.warns(NearTextWarning) as caught:
        batch(policy, made)
    many = 10 if kind == "Arrow in chunks" else 5
    answers = f"{many} answers to `home.country` are written unlike the known text, such as `fr` for `FR`"
    assert [str(each.message) for each in caught] == [f"{answers}, and count as a text that no rule names"]
    assert caught[0].filename == __file__


def test_a_plan_warns_once_when_it_is_carried_out() -> None:
    """However many parts it has."""
    frame = pl.DataFrame({"home.country": ["fr"] * 9, "name": ["fr"] * 9})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plan = batch(load(POLICY), frame.lazy())
    with pytest.warns(NearTextWarning) as caught:
        plan.collect()
    assert [str(each.message) for each in caught] == [
        "some answers to `home.country` are written unlike known texts, such as `fr` for `FR`, "
        "and count as texts that no rule names"
    ]


def test_known_texts_and_words_of_ones_own_are_no_slips() -> None:
    """Nor are texts that are like none, and fields that know none."""
    policy, frame = load(POLICY), pl.DataFrame({"home.country": ["FR", "DE", None], "name": ["fr", "FR", None]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        batch(policy, frame)
        batch(policy, frame.with_columns(pl.lit("fr").alias("home.country")), columns=WORDS)


@given(known=st.lists(_LETTERS, min_size=1, max_size=3, unique=True), data=st.data())
def test_a_column_is_looked_through_as_each_text_is(known: list[str], data: st.DataObject) -> None:
    """Every cell that `near_text` finds, and no other."""
    written = st.builds(lambda text, way: way(text), st.sampled_from(known), st.sampled_from(_WAYS))
    texts = data.draw(st.lists(st.none() | written | _LETTERS | st.just("F\x0bR"), max_size=8))
    policy = load({**POLICY, "situation": {**POLICY["situation"], "home.country": {
        "ask": "Where?", "type": "text", "known": sorted({*known, "FR", "Straße"})}}})  # fmt: skip
    field = policy.field["home.country"]
    found = near_counts.near_counts(policy, {field.name: pa.array(texts, pa.string())})
    counted = Counter(text for text in texts if text is not None and near_text(field.known, text) is not None)
    assert {each.text: each.rows for each in found} == counted


def test_a_case_is_told_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the case, whether it holds or not; a quiet run tells it of what fails."""
    monkeypatch.chdir(tmp_path)
    Path("visa.yaml").write_text(json.dumps(POLICY))
    Path("visa.cases.yaml").write_text(
        "policy: visa\n"
        "cases:\n"
        "  - {case: holds, given: {home.country: fr}, expect: visa}\n"
        "  - {case: fails, given: {home: {country: strasse}}, expect: free}\n"
        "  - {case: known, given: {home.country: FR, name: fr}, expect: free}\n"
    )
    asked = "Where are you from? `strasse` is not `Straße`, and counts as a text that no rule names"
    help_ = "  help  write the known text if that is meant\n"
    holds = f"visa.cases.yaml:3:12  near-text  holds: {NOTE}\n{help_}"
    fails = (
        "visa.cases.yaml:4:12  fails  fails\n"
        "  expected “You need none” (free), got “You need one” (visa) by `far`\n"
        f"visa.cases.yaml:4:12  near-text  fails: {asked}\n{help_}"
    )
    assert run("test", "visa.yaml").out == f"{holds}{fails}visa: 2 of 3 cases hold\n"
    assert run("test", "visa.yaml", "-q").out == f"{fails}visa: 2 of 3 cases hold\n"
    data = json.loads(run("test", "visa.yaml", "--format", "json").out)
    assert [case["notes"] for case in data["policies"][0]["cases"]] == [[NOTE], [asked], []]
    assert f"::warning file=visa.cases.yaml,line=3,col=12,title=near-text::holds: {NOTE}" in (
        run("test", "visa.yaml", "--format", "github").out
    )
    assert "near-text" in run("test", "visa.yaml", "--format", "junit").out
    report = run_cases(load("visa.yaml"), load_cases("visa.cases.yaml", load("visa.yaml")))
    assert report.results[0].notes == (NOTE,)


def test_a_rule_is_told_the_known_spelling() -> None:
    """And not to make another text known."""
    rules = [{**POLICY["rules"][0], "when": {"home.country": "fr"}}, POLICY["rules"][1]]
    with pytest.raises(PolicyError) as caught:
        load({**POLICY, "rules": rules})
    (problem,) = caught.value.problems
    assert problem.message == "`fr` is not a known text of `home.country`"
    assert problem.help == "did you mean `FR`: texts are compared letter by letter"
