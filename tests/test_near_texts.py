"""Is somebody told who wrote a known text in another way, so that it is none, wherever it was written?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import PolicyError, decide, decider, explain, interview, load
from engine.language.model.near_texts import near_text
from tests import running
from tests.running import run

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
NOTE = "Where are you from? `fr` is not `FR`, and counts as a text that no rule names"


def _spread(text: str) -> str:
    return " ".join(text)


def _wide(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


_WAYS = [str.lower, str.upper, str.swapcase, str.casefold, _spread, _wide, lambda each: f" {each}\t", lambda each: each]
_LETTERS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=8)


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
    {"csv": frame.write_csv, "parquet": frame.write_parquet, "jsonl": frame.write_ndjson}[kind](f"in.{kind}")
    result = run("batch", "visa.yaml", f"in.{kind}", "-o", f"out.{kind}")
    answers = "4 answers to `home.country` are written unlike the known text, such as `fr` for `FR`"
    note = f"{answers}, and count as a text that no rule names"
    assert result.out.endswith(f"\n\nnote: {note}\n")
    found = json.loads(run("batch", "visa.yaml", f"in.{kind}", "-o", f"two.{kind}", "--format", "json").out)
    assert found["notes"] == [note]


def test_a_rule_is_told_the_known_spelling() -> None:
    """And not to make another text known."""
    rules = [{**POLICY["rules"][0], "when": {"home.country": "fr"}}, POLICY["rules"][1]]
    with pytest.raises(PolicyError) as caught:
        load({**POLICY, "rules": rules})
    (problem,) = caught.value.problems
    assert problem.message == "`fr` is not a known text of `home.country`"
    assert problem.help == "did you mean `FR`: texts are compared letter by letter"
