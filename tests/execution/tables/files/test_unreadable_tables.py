"""What is said of a table, and of a columns file, that cannot be read?"""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest

from engine import PolicyError, batch, load
from tests.execution.tables.files.refunds import decided
from tests.support.running import run

# What cannot be read or carried is told.

LONG = "kind,note\nfood,a\n" + "food,b\n" * 3_000
_RAGGED = "this row has 3 cells, and the header has 2"
_QUOTE_IT = "put a cell with `,` in it in double quotes, or take out what is too much"
_SAY = "say which it is, such as `--encoding cp1252` or `--encoding latin-1`, or save the file as UTF-8"
_KNOWN = "write `utf-8`, `utf-16`, `latin-1`, `cp1252`, or another that Python knows"
UNREADABLE: dict[str, tuple[bytes, list[str], str, str, str]] = {
    "a row too long": (
        (LONG + "food,c,d\nfood,e\n").encode(), [], "in.csv:3003:1", f"unreadable-table  {_RAGGED}", _QUOTE_IT
    ),
    "a row too long, behind lines in quotes": (
        b'kind,note\nfood,"a\nb"\nfood,c,d\n', [], "in.csv:4:1", f"unreadable-table  {_RAGGED}", _QUOTE_IT
    ),
    "Latin-1": (
        (LONG + "food,ä\n").encode("latin-1"), [],
        "in.csv:3003:6", "not-utf-8  the byte 0xe4 here is not UTF-8 text", _SAY,
    ),
    "UTF-16": (
        LONG.encode("utf-16"), [],
        "in.csv:1:1", "not-utf-8  this is UTF-16, and UTF-8 is expected",
        "add `--encoding utf-16`, or save the file as UTF-8",
    ),
    "no such encoding": (
        LONG.encode(), ["--encoding", "utf-99"],
        "command line: encoding", "wrong-shape  there is no encoding `utf-99`", _KNOWN,
    ),
    "another encoding": (
        LONG.encode(), ["--encoding", "utf-16"],
        "in.csv:1:1", "unreadable-table  this is not utf-16: UTF-16 stream does not start with BOM",
        "name another encoding",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_wrong_with_a_text_is_told_with_its_line(name: str) -> None:
    """The line, what is expected, and the way out; the output of before stays."""
    data, words, place, message, help_ = UNREADABLE[name]
    Path("in.csv").write_bytes(data)
    Path("out.csv").write_text("of before")
    assert run("batch", "refund.yaml", "in.csv", "-o", "out.csv", *words) == (
        "",
        f"{place}  {message}\n  help  {help_}\n",
        2,
    )
    assert Path("out.csv").read_text() == "of before"


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "cp1252", "utf-8-sig"])
def test_a_file_is_read_in_the_encoding_that_is_told(encoding: str) -> None:
    """And is written in UTF-8."""
    Path("in.csv").write_text("kind,note\nfood,größer\n", encoding=encoding)
    assert decided("in.csv", "--encoding", encoding) == ["refuse"]
    assert Path("out.csv").read_text() == "kind,note,verdict,problem\nfood,größer,refuse,\n"


NOT_CARRIED = {
    "duration": (pa.array([datetime.timedelta(1)], pa.duration("us")), "duration[us]", "which no cell can hold"),
    "map": (pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())), "map<string, int64>", "which no cell can hold"),
    "list": (pa.array([[1]]), "list<element: int64>", "which no cell can hold"),
    "bytes": (pa.array([b"a"]), "binary", "which no cell can hold"),
    "a day": (pa.array([2**31 - 1], pa.date32()), None, "holds a date beyond all calendars"),
    "a moment": (pa.array([2**62], pa.timestamp("ms")), None, "holds a datetime beyond all calendars"),
    "a wide decimal": (pa.array([Decimal(1)], pa.decimal256(50, 2)), "decimal256(50, 2)", "which cannot be read"),
}


@pytest.mark.parametrize("name", NOT_CARRIED)
def test_a_column_that_cannot_be_carried_is_named(name: str) -> None:
    """With its type, before anything is written; Parquet carries all but one."""
    column, kind, reason = NOT_CARRIED[name]
    pa.parquet.write_table(pa.table({"kind": ["food"], "own": column}), "in.parquet")
    refused = run("batch", "refund.yaml", "in.parquet", "-o", "out.csv")
    assert (refused.code, refused.out, Path("out.csv").exists()) == (2, "", False)
    assert reason in refused.err
    assert refused.err.startswith("in.parquet: own  ")
    assert kind is None or f"of the type `{kind}`" in refused.err.replace(" ('own')", "")
    carried = run("batch", "refund.yaml", "in.parquet", "-o", "out.parquet", "-q")
    assert carried.code == (2 if "decimal" in name else 0)


# Columns files.

WRONG_FILES = {
    "a field": (
        "columns: {prise: Preis}", "c.yaml:1:11  unknown-field  there is no field `prise`", "did you mean `price`"
    ),
    "a key": (
        "column: {price: Preis}", "c.yaml:1:1  unknown-key  there is no key `column` here", "did you mean `columns`"
    ),
    "an answer": (
        "columns: {kind: {words: {S: shoe}}}",
        "c.yaml:1:29  unknown-choice  `shoe` is not a choice of `kind`", "did you mean `shoes`",
    ),
    "an answer of no field": (
        "words: {S: shoe}", "c.yaml:1:12  unknown-choice  no field has the answer `shoe`", "did you mean `shoes`"
    ),
    "a date": (
        "date: DD.MM.YY", "c.yaml:1:7  wrong-shape  `DD.MM.YY` is not a date format",
        "write `YYYY`, `MM` and `DD` (`M` and `D` without zeros), such as `DD.MM.YYYY`",
    ),
    "a delimiter": (
        "delimiter: ab", "c.yaml:1:12  wrong-shape  `ab` cannot separate cells",
        "write one sign, such as `;`, or `tab`",
    ),
    "a column and none": (
        "columns: {price: Preis}\nunanswered: [price]",
        "c.yaml:2:14  answered-twice  `price` has a column here, but is listed as unanswered", "keep one of the two",
    ),
    "several answers for a word": (
        "words: {N: [no]}", "c.yaml:1:12  wrong-shape  a list is not allowed here", "write one answer of the field here"
    ),
    "a text for no answer twice": (
        'empty: ["-", "-"]', "c.yaml:1:14  repeated  `-` is in the list twice", "keep one of the two"
    ),
    "nothing": ("", "c.yaml:1:1  empty-file  there is nothing in this file", "begin with `columns:`"),
    "words": (
        "ignore: capitals\ncolumns: {kind: {words: {S: shoes, s: food}}}",
        "c.yaml:2:17  wrong-shape  `S` and `s` look the same in this format, but are different answers to `kind`",
        "take one out, or ignore less there",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_FILES)
def test_a_wrong_columns_file_is_told_with_its_place(name: str) -> None:
    """Like every file of ours."""
    text, message, help_ = WRONG_FILES[name]
    Path("c.yaml").write_text(text)
    Path("in.csv").write_text("kind\nfood\n")
    result = run("batch", "refund.yaml", "in.csv", "-o", "out.csv", "--columns", "c.yaml")
    assert (result.out, result.err, result.code) == ("", f"{message}\n  help  {help_}\n", 2)


def test_a_column_that_is_not_there_is_told() -> None:
    """With the one that may be meant; a field cannot have two."""
    Path("in.csv").write_text("Art,note\nfood,a\n")
    result = run("batch", "refund.yaml", "in.csv", "-o", "out.csv", "--column", "kind=Arts")
    assert result.err == (
        "in.csv: Arts  no-column  there is no column `Arts`, which is to answer `kind`\n  help  did you mean `Art`\n"
    )
    Path("c.yaml").write_text("columns: {kind: Art}")
    twice = run("batch", "refund.yaml", "in.csv", "-o", "o.csv", "--columns", "c.yaml", "--column", "kind=note")
    assert (twice.code, "the column of `kind` is named twice" in twice.err) == (2, True)
    with pytest.raises(PolicyError, match="there is no field `kinds`"):
        batch(load(Path("refund.yaml")), pl.DataFrame({"a": [1]}), columns={"kinds": "a"})
