"""Does `verdict batch` give every record of a file its verdict?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from unittest import mock

import polars as pl
import pytest

from engine import load
from engine.execution.tables.kernels.row_decider import RowDecider
from tests.support.running import run
from tests.surfaces.cli.commands.answering.batches import CSV, files_here

pytestmark = pytest.mark.usefixtures("empty_folder")

DECIDED = '''\
id,offer,honest,note,verdict,problem
007,hint,,"a, ""b""",keep,
8,made,yes,,,undecided
9,Hint,perhaps,late,,"wrong: offer, honest"
10,drafting,no,,keep,
'''
SUMMARY = """\
4  records

0  Cancel the other interviews
2  Keep the other interviews
0  Keep the other interviews and ask for time
0  Use your other offer to ask for better terms
1  no verdict: undecided
1  no verdict: a wrong value

wrong values
    offer: 1 record, such as `Hint`; expected one of `hint`, `drafting`, `made`; did you mean `hint`
    honest: 1 record, such as `perhaps`; expected yes or no (`true` or `false` in JSON and Python)

not answered, since there is no such column: start_date, acceptance, title, money, responsibility, good_enough, \
other_offers, confident_and_polite, ready_for_no
"""


def test_a_csv_file_keeps_its_cells_and_gets_two_columns() -> None:
    """Numbers, quotes and empty cells stay the texts they are; a record without a verdict makes the exit code 1."""
    Path("in.csv").write_text(CSV)
    assert run("batch", "other-interviews", "in.csv", "-o", "out.csv") == (SUMMARY, "", 1)
    assert Path("out.csv").read_text() == DECIDED
    assert files_here() == ["in.csv", "out.csv"]


def test_rejected_records_can_be_kept_apart() -> None:
    """Wrong and impossible ones go to the quarantine alone, undecided ones stay."""
    Path("in.csv").write_text(CSV)
    result = run("batch", "other-interviews", "in.csv", "-o", "out.csv", "--quarantine", "no.csv", "--rules", "-q")
    assert result == ("", "", 1)
    assert Path("out.csv").read_text() == dedent('''\
        id,offer,honest,note,verdict,rules,possible_rules,problem
        007,hint,,"a, ""b""",keep,tepid-offer,,
        8,made,yes,,,,,undecided
        10,drafting,no,,keep,tepid-offer,,
        ''')
    assert Path("no.csv").read_text() == dedent("""\
        id,offer,honest,note,verdict,rules,possible_rules,problem
        9,Hint,perhaps,late,,,,"wrong: offer, honest"
        """)


def test_all_decided_is_success() -> None:
    """The exit code is 0 where every record has a verdict."""
    Path("in.csv").write_text("offer\nhint\n")
    assert run("batch", "other-interviews", "in.csv", "-o", "out.csv", "-q") == ("", "", 0)


def test_standard_input_and_output() -> None:
    """A pipe: the table on standard output, the summary beside it."""
    words = ("batch", "other-interviews", "-", "--from", "csv", "-o", "-", "--to", "csv")
    assert run(*words, stdin=CSV.encode()) == (DECIDED, SUMMARY, 1)


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("csv", "id\n1\n", "<stdin>  no-column  no column answers any field of the policy\n"),
        (
            "csv",
            'offer,"x\n',
            "<stdin>  unreadable-table  the table cannot be read: its header has a name that does not",
        ),
        (
            "jsonl",
            '{"offer": "hint"}\n[]\n',
            "<stdin>:2:1  wrong-shape  a record is a map from field names to answers\n",
        ),
    ],
)
def test_what_is_wrong_with_a_pipe_is_said_of_standard_input(kind: str, text: str, said: str) -> None:
    """As every command says it, and not of a file that nobody has seen."""
    result = run(
        "batch", "other-interviews", "-", "--from", kind, "-o", f"out.{kind}", "--to", kind, stdin=text.encode()
    )
    assert (result.out, result.err[: len(said)], result.code) == ("", said, 2)


def test_the_summary_as_json() -> None:
    """All counts by name."""
    Path("in.csv").write_text(CSV)
    result = run("batch", "other-interviews", "in.csv", "-o", "out.csv", "--format", "json")
    assert json.loads(result.out) == {
        "schema": 1,
        "policy": "other-interviews",
        "rows": 4,
        "verdicts": {"cancel": 0, "keep": 2, "buy_time": 0, "use_leverage": 0},
        "undecided": 1,
        "rejected": 1,
        "impossible": 0,
        "wrong": 1,
        "notes": [],
        "wrong_fields": {
            "offer": {
                "records": 1,
                "example": "Hint",
                "reason": "expected one of `hint`, `drafting`, `made`; did you mean `hint`",
            },
            "honest": {
                "records": 1,
                "example": "perhaps",
                "reason": "expected yes or no (`true` or `false` in JSON and Python)",
            },
        },
        "fields_without_column": [
            "start_date",
            "acceptance",
            "title",
            "money",
            "responsibility",
            "good_enough",
            "other_offers",
            "confident_and_polite",
            "ready_for_no",
        ],
    }


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_what_is_meant_is_told_whatever_it_is_called(kind: str) -> None:
    """A hint is no less one where the word `expected` is in it."""
    Path("visit.yaml").write_text(
        dedent("""\
            policy: visit
            title: Do they come in?
            situation:
              guest: {ask: Who is it?, choices: {expected: Somebody expected, stranger: A stranger}}
            verdicts: {inside: {title: Come in}, outside: {title: Wait}}
            rules:
              - {rule: known, when: {guest: expected}, then: inside, because: They are waited for.}
              - {rule: other, when: {guest: stranger}, then: outside, because: Nobody knows them.}
            """)
    )
    Path(f"in.{kind}").write_text("guest\nexpectd\n" if kind == "csv" else '{"guest": "expectd"}\n')
    told = run("batch", "visit.yaml", f"in.{kind}", "-o", f"out.{kind}").out
    value = "`expectd`" if kind == "csv" else '`"expectd"`'
    reason = "expected one of `expected`, `stranger`; did you mean `expected`"
    assert f"guest: 1 record, such as {value}; {reason}\n" in told


def test_what_was_expected_is_told_once() -> None:
    """A value like none of the choices is not answered with the same list twice."""
    Path("in.csv").write_text("offer\nzzz\n")
    told = run("batch", "other-interviews", "in.csv", "-o", "out.csv").out
    assert "offer: 1 record, such as `zzz`; expected one of `hint`, `drafting`, `made`\n" in told


def test_a_semicolon_and_a_mark_are_read() -> None:
    """As a spreadsheet writes a file, and the output has commas and no mark."""
    Path("in.csv").write_bytes(b"\xef\xbb\xbfoffer;note\r\nhint;a,b\r\n")
    assert run("batch", "other-interviews", "in.csv", "-o", "out.csv", "-q").code == 0
    assert Path("out.csv").read_text() == 'offer,note,verdict,problem\nhint,"a,b",keep,\n'


@pytest.mark.parametrize("more", [[], [None, "perhaps"]])
def test_a_parquet_file_of_types_is_counted_too(more: list[str | None]) -> None:
    """Whole records, which Polars decides by itself, and whole ones beside others."""
    offers = ["hint", "drafting", "hint", *more]
    typed = {field.name: [True] * len(offers) for field in load("other-interviews").fields if field.kind == "yes_no"}
    rest = {"acceptance": ["signed"] * len(offers), "other_offers": [0] * len(offers)}
    pl.DataFrame({"offer": offers, **typed, **rest}).write_parquet("in.parquet")
    result = run("batch", "other-interviews", "in.parquet", "-o", "out.parquet", "--format", "json")
    told = json.loads(result.out)
    assert (told["rows"], told["verdicts"]["keep"]) == (3 + len(more), 3)
    assert (told["undecided"], told["wrong"]) == ((1, 1) if more else (0, 0))
    problems = ["undecided", "wrong: offer"] if more else []
    assert pl.read_parquet("out.parquet")["problem"].to_list() == [None, None, None, *problems]


def test_parquet_files_one_after_the_other() -> None:
    """A pattern names several files; the verdict is one of a few known texts."""
    for number, offer in enumerate(("hint", "made", "drafting")):
        pl.DataFrame({"offer": [offer], "id": [number]}).write_parquet(f"in-{number}.parquet")
    assert run("batch", "other-interviews", "in-*.parquet", "-o", "out.parquet", "-q").code == 1
    decided = pl.read_parquet("out.parquet")
    assert decided.rows() == [("hint", 0, "keep", None), ("made", 1, None, "undecided"), ("drafting", 2, "keep", None)]
    assert decided.schema["verdict"] == pl.Enum(["cancel", "keep", "buy_time", "use_leverage"])


_OTHERS: dict[str, tuple[Callable[[pl.DataFrame], pl.DataFrame], str, str]] = {
    "a column more": (lambda frame: frame.with_columns(z=1), "z", "there is a column `z`, and there is none"),
    "a column less": (lambda frame: frame.drop("id"), "id", "there is no column `id`, and there is one"),
    "no field": (lambda frame: frame.drop("offer"), "offer", "there is no column `offer`, and there is one"),
    "another type": (
        lambda frame: frame.cast({"id": pl.String}),
        "id",
        "the column `id` holds values of the type `String`, and of `Int64`",
    ),
    "a narrower type": (
        lambda frame: frame.cast({"id": pl.Int8}),
        "id",
        "the column `id` holds values of the type `Int8`, and of `Int64`",
    ),
    "categories": (
        lambda frame: frame.cast({"offer": pl.Categorical}),
        "offer",
        "the column `offer` holds values of the type `Categorical`, and of `String`",
    ),
}


@pytest.mark.parametrize("name", _OTHERS)
def test_parquet_files_with_other_columns_are_told_before_a_row_is_decided(name: str) -> None:
    """Of every file after the first, by the column; what Polars cannot hold is found in every file too."""
    change, column, message = _OTHERS[name]
    frame = pl.DataFrame({"offer": ["hint"], "id": [1]})
    frame.write_parquet("one.parquet")
    frame.write_parquet("two.parquet")
    change(frame).write_parquet("zoo.parquet")
    with mock.patch.object(RowDecider, "decide", side_effect=AssertionError):
        told = run("batch", "other-interviews", "one.parquet", "two.parquet", "zoo.parquet", "-o", "out.parquet")
    assert told == (
        "",
        f"zoo.parquet: {column}  unreadable-table  {message} in one.parquet\n"
        "  help  write all files with the same columns, each of one type\n",
        2,
    )
    assert not Path("out.parquet").exists()


def test_parquet_files_may_differ_in_order_and_have_nulls_alone() -> None:
    """Columns are found by name, and what holds nothing has any type."""
    pl.DataFrame({"offer": ["hint"], "id": [1]}).write_parquet("one.parquet")
    pl.DataFrame({"id": [None], "offer": ["hint"]}).write_parquet("two.parquet")
    assert run("batch", "other-interviews", "one.parquet", "two.parquet", "-o", "out.parquet", "-q").code == 0
    assert pl.read_parquet("out.parquet").rows() == [("hint", 1, "keep", None), ("hint", None, "keep", None)]


def test_every_parquet_file_is_checked_for_what_a_cell_cannot_hold() -> None:
    """Not the first alone."""
    pl.DataFrame({"offer": ["hint"], "id": [1]}).write_parquet("one.parquet")
    pl.DataFrame({"offer": ["hint"], "id": [[1]]}).write_parquet("two.parquet")
    told = run("batch", "other-interviews", "one.parquet", "two.parquet", "-o", "out.csv")
    assert told.err.startswith("two.parquet: id  wrong-type  the column `id` holds values of the type `large_list")


def test_json_lines_keep_their_text_and_their_types() -> None:
    """A `"true"` in quotes is no yes, and a nested or a number's spelling stays as it is written."""
    Path("in.jsonl").write_text(
        '{"id": 7.50, "offer": "hint", "own": {"a": [1]}}\n\n'
        '{"offer":"hint","honest":"true"}\n{}\n{"offer":"drafting" }\n'
    )
    words = ("batch", "other-interviews", "in.jsonl", "-o", "out.jsonl", "--rules", "--quarantine", "no.jsonl", "-q")
    assert run(*words) == ("", "", 1)
    kept = '"verdict": "keep", "rules": "tepid-offer", "possible_rules": null, "problem": null'
    none = '"verdict": null, "rules": null, "possible_rules": null'
    assert Path("out.jsonl").read_text() == (
        f'{{"id": 7.50, "offer": "hint", "own": {{"a": [1]}}, {kept}}}\n'
        f'{{{none}, "problem": "undecided"}}\n'
        f'{{"offer":"drafting", {kept}}}\n'
    )
    assert Path("no.jsonl").read_text() == (f'{{"offer":"hint","honest":"true", {none}, "problem": "wrong: honest"}}\n')


def test_what_is_wrong_in_a_nested_map_is_shown() -> None:
    """The example is the value that stands there, and a name that is no field is told beside the fields."""
    Path("visit.yaml").write_text(
        dedent("""\
            policy: visit
            title: Do they come in?
            situation:
              known: {ask: Are they known?, type: yes_no}
              guest.age: {ask: How old are they?, type: integer}
            verdicts: {inside: {title: Come in}, outside: {title: Wait}}
            decision: first
            rules:
              - {rule: known, when: {known: yes, guest.age: {at_least: 18}}, then: inside, because: They may.}
              - {rule: other, otherwise: yes, then: outside, because: They may not.}
            """)
    )
    Path("in.jsonl").write_text(
        '{"known": true, "guest": {"age": "9"}}\n'
        '{"known": 1, "guest": "Ada"}\n'
        '{"guest": {"ages": [9]}}\n'
        '{"known": true, "guest": null}\n'
    )
    told = run("batch", "visit.yaml", "in.jsonl", "-o", "out.jsonl").out
    assert [line.strip().split("; ")[0] for line in told.partition("wrong values\n")[2].splitlines()] == [
        "known: 1 record, such as `1`",
        'guest.age: 1 record, such as `"9"`',
        'guest: 1 record, such as `"Ada"`',
        "guest.ages: 1 record, such as `[9]`",
    ]
    problems = [json.loads(line)["problem"] for line in Path("out.jsonl").read_text().splitlines()]
    assert problems == ["wrong: guest.age", "wrong: known, guest", "wrong: guest.ages", "undecided"]


def test_an_empty_cell_in_quotes_is_empty() -> None:
    """As a spreadsheet may write it: not answered, and kept as it is."""
    Path("in.csv").write_text('offer,honest\nhint,""\n"",yes\n')
    assert run("batch", "other-interviews", "in.csv", "-o", "out.csv", "-q").code == 1
    assert Path("out.csv").read_text() == 'offer,honest,verdict,problem\nhint,"",keep,\n"",yes,,undecided\n'
