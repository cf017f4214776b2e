"""Is what one command writes read by the next, whatever the author called things?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Policy, load
from engine.language.documents.list_text import read_list, write_list
from engine.language.documents.yaml_spelling import on_one_line
from engine.language.model.values.value_texts import value_text
from engine.language.situations.situation_records import read_settings
from tests.support.running import Result, run

NASTY = (
    *("null", "yes", "no", "on", "~", "true", "1", "1e5", "0x1F", "2026-01-31", "a,b", "a, b", "[a]", "]", "it's"),
    *(
        'say "x"',
        "a: b",
        "#1",
        "a #b",
        "- a",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "{a}",
        "back\\slash",
        "=1+1",
        "None",
        "...",
    ),
    *("0", "é", "日本"),
)
NAMES = ("null", "yes", "no", "on", "true", "y", "n", "off", "nan", "inf")


def awkward() -> dict[str, Any]:
    """A policy whose verdicts, rules and choices are called like something else."""
    choices = {name: f"It is {place}" for place, name in enumerate(NASTY)}
    return {
        "policy": "awkward",
        "title": "Which?",
        "situation": {
            "null": {"ask": "Which one?", "choices": choices},
            "some": {"ask": "Which of them?", "type": "any_of", "choices": choices},
            "word": {"ask": "What is it called?", "type": "text", "known": list(NASTY)},
        },
        "verdicts": {name: {"title": f"Verdict {name}"} for name in NAMES},
        "decision": "first",
        "rules": [
            *(
                {
                    "rule": verdict,
                    "when": {"null": [NASTY[place], NASTY[-place - 1]]},
                    "then": verdict,
                    "because": "So.",
                }
                for place, verdict in enumerate(NAMES)
            ),
            {"rule": "several", "when": {"some": {"includes": ["a,b", "[a]"]}}, "then": "yes", "because": "Both."},
            {"rule": "word", "when": {"word": "a, b"}, "then": "no", "because": "It is known."},
            {"rule": "rest", "otherwise": True, "then": "null", "because": "Nothing else."},
        ],
    }


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "awkward.yaml").write_text(on_one_line(awkward()), encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load(awkward())


@given(names=st.lists(st.text(min_size=1)))
def test_a_list_of_names_is_read_as_it_was_written(names: list[str]) -> None:
    assert read_list(write_list(names)) == names


@pytest.mark.parametrize("text", ['"a', 'a"b', '"a" b', '"a", "', '[a, "b]'])
def test_a_quotation_mark_too_many_is_no_list(text: str) -> None:
    """Nothing is guessed: the whole text is one name, which nobody knows."""
    assert read_list(text) == [text]


def test_a_list_without_brackets() -> None:
    assert read_list(" insured ,tracked") == ["insured", "tracked"]
    assert read_list("") == read_list(" [ ] ") == []
    assert read_list('"a, b", [c]') == ["a, b", "[c]"]


@pytest.mark.parametrize("name", NASTY)
def test_an_answer_is_read_as_it_is_written(policy: Policy, name: str) -> None:
    """A choice, a list of choices and a known text, as they are told and as a command line takes them."""
    answers = {"null": name, "some": (name,), "word": name}
    written = {field: value_text(policy.field[field], value) for field, value in answers.items()}
    assert read_settings(policy, written).values == answers


@pytest.mark.thorough
def test_cases_that_are_written_are_read_again() -> None:
    """Every verdict, rule and answer of the cases that `--write` adds, and what is missing then is nothing."""
    result = run("test", "awkward.yaml", "--write")
    assert result.code == 0, result
    assert run("test", "awkward.yaml", "--coverage", "--threshold", "100").code == 0
    assert 'expect: "null"' in Path("awkward.cases.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["null", "a,b", "[a]", 'say "x"'])
def test_a_cell_and_a_setting_say_a_list(name: str, folder: Path) -> None:
    """As `--set`, in a CSV cell and in a record; the text is the same for the first two."""
    text = write_list([name, "é"])
    (folder / "in.csv").write_text('null,some,word\nyes,"{}",x\n'.format(text.replace('"', '""')), encoding="utf-8")
    (folder / "in.json").write_text(json.dumps({"null": "yes", "some": [name, "é"], "word": "x"}), encoding="utf-8")
    by_cell = run("batch", "awkward.yaml", "in.csv", "-o", "out.csv", "--quiet")
    by_setting = run("decide", "awkward.yaml", "--set", "null=yes", "--set", f"some={text}", "--set", "word=x")
    by_record = run("decide", "awkward.yaml", "in.json")
    assert by_setting == by_record
    assert (by_setting.code, by_cell) == (0, Result("", "", 0))
    assert (folder / "out.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[-2:] == ["yes", ""]
