"""What does `verdict batch` say of files, options and policies that it cannot use, and does it leave nothing behind?"""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.support.running import run
from tests.surfaces.cli.commands.answering.batches import files_here

pytestmark = pytest.mark.usefixtures("empty_folder")

UNREADABLE = {
    "a quote inside a cell": (
        'offer,note\nhint,fine\nhint,a 5" nail\n',
        ["in.csv"],
        "in.csv:3:1  unreadable-table  a double quote stands inside a cell that is not in quotes as a whole\n"
        '  help  put the whole cell in quotes, and write a quote in it twice, such as `"a 5"" nail"`\n',
    ),
    "text after the quotes of a cell": (
        'offer,note\nhint,"fine" indeed\n',
        ["in.csv"],
        "in.csv:2:1  unreadable-table  a double quote stands inside a cell that is not in quotes as a whole\n"
        '  help  put the whole cell in quotes, and write a quote in it twice, such as `"a 5"" nail"`\n',
    ),
    "cells apart by tabs": (
        "offer\thonest\nhint\tyes\n",
        ["in.csv"],
        "in.csv:1:1  unreadable-table  its cells seem to be separated by tabs, and `,` or `;` is expected\n"
        "  help  add `--delimiter 'tab'`; where this is one column, `--delimiter ,`\n",
    ),
    "no file": ("", ["gone.csv"], "gone.csv  no-such-file  there is no such file\n  help  compare the spelling\n"),
    "a cell too many": (
        "offer\nhint,made\n",
        ["in.csv"],
        "in.csv:2:1  unreadable-table  this row has 2 cells, and the header has 1\n"
        "  help  put a cell with `,` in it in double quotes, or take out what is too much\n",
    ),
    "not UTF-8": (
        "offer,note\nhint,\udce9\n",
        ["in.csv"],
        "in.csv:2:6  not-utf-8  the byte 0xe9 here is not UTF-8 text\n"
        "  help  say which it is, such as `--encoding cp1252` or `--encoding latin-1`, or save the file as UTF-8\n",
    ),
    "an empty file": (
        "",
        ["in.csv"],
        "in.csv:1:1  unreadable-table  there is nothing in this file\n"
        "  help  its first line holds the names of the columns\n",
    ),
    "a name that does not end": (
        'offer,"note\nhint,a\n',
        ["in.csv"],
        "in.csv  unreadable-table  the table cannot be read: its header has a name that does not end "
        "(unexpected end of data)\n"
        "  help  one table in one encoding, UTF-8, with the same columns in every row and file\n",
    ),
    "a name that is no name": (
        "offer," + "x" * 200_000 + "\nhint,a\n",
        ["in.csv"],
        "in.csv  unreadable-table  the table cannot be read: its header has a name that does not end "
        "(field larger than field limit (131072))\n"
        "  help  one table in one encoding, UTF-8, with the same columns in every row and file\n",
    ),
    "old line ends": (
        "offer,note\rhint,a\r",
        ["in.csv"],
        "in.csv  unreadable-table  the table cannot be read: its lines end in a carriage return alone\n"
        "  help  one table in one encoding, UTF-8, with the same columns in every row and file\n",
    ),
    "a column twice": (
        "offer,offer\nhint,made\n",
        ["in.csv"],
        "in.csv: offer  name-clash  two columns are called `offer`\n  help  rename one of them\n",
    ),
    "a column that the result has": (
        "offer,verdict\nhint,keep\n",
        ["in.csv"],
        "in.csv: verdict  name-clash  the table has a column `verdict` already\n"
        "  help  rename or drop it: this is the result's name\n",
    ),
    "a line that is no JSON": (
        '{"offer": "hint"}\n{"offer": hint}\n',
        ["in.jsonl"],
        "in.jsonl:2:11  json-syntax  this is not JSON\n"
        "  help  texts and names need double quotes, and entries are separated by commas\n",
    ),
    "a line that is no record": (
        "[1]\n",
        ["in.jsonl"],
        "in.jsonl:1:1  wrong-shape  a record is a map from field names to answers\n"
        "  help  write one record a line, in braces\n",
    ),
    "another spelling in a line": (
        '{"offer": "hint", "Honest": true}\n',
        ["in.jsonl"],
        "in.jsonl:1: Honest  unknown-field  the column `Honest` answers no field, and no column answers `honest`\n"
        "  help  if it does, add `--column honest=Honest`, or `columns={'honest': 'Honest'}` in Python; if it is "
        "something else, `--other Honest`, or `other=['Honest']`\n",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_leaves_no_output(name: str) -> None:
    """The place, the reason and a way out; an output of before stays."""
    text, inputs, message = UNREADABLE[name]
    source = Path("in.jsonl" if inputs == ["in.jsonl"] else "in.csv")
    source.write_bytes(text.encode(errors="surrogateescape"))
    target = f"out{source.suffix}"
    Path(target).write_text("of before")
    assert run("batch", "other-interviews", *inputs, "-o", target) == ("", message, 2)
    assert Path(target).read_text() == "of before"
    assert files_here() == sorted([source.name, target])


def test_an_output_that_cannot_be_written_is_named() -> None:
    """Before anything is read, by the name that it was given."""
    Path("in.csv").write_text("offer\nhint\n")
    Path("out.csv").mkdir()
    for target, reason in (
        ("out.csv", "is a directory\n  help  name a file in it"),
        ("none/out.csv", "there is no folder `none`\n  help  make the folder first, or name another"),
    ):
        result = run("batch", "other-interviews", "in.csv", "-o", target)
        assert result == ("", f"{target}  unwritable-file  it cannot be written: {reason}\n", 2)


WRONG_USE = {
    "kinds": (["a.csv", "b.parquet", "-o", "c.csv"], "the inputs are of several kinds; take those of one kind, or say"),
    "no kind": (["a.txt", "-o", "c.csv"], "`a.txt` does not say what it is; add `--from` with one of `csv`, `tsv`"),
    "no kind of output": (["a.csv", "-o", "-"], "`-` does not say what it is; add `--to` with one of `csv`, `tsv`"),
    "lines": (
        ["a.jsonl", "-o", "c.csv"],
        "records of JSON are written as such again; name the output `.jsonl` or `.json`",
    ),
    "quarantine": (["a.csv", "-o", "c.csv", "--quarantine", "d.jsonl"], "the quarantine is a file of the same kind"),
}


@pytest.mark.parametrize("name", WRONG_USE)
def test_wrong_use_is_explained(name: str) -> None:
    """Before anything is read."""
    words, message = WRONG_USE[name]
    result = run("batch", "other-interviews", *words)
    assert (message in result.err, result.out, result.code) == (True, "", 2)


def test_an_unsound_policy_decides_nothing() -> None:
    """The findings are told, and no output is there."""
    Path("draft.yaml").write_text(
        dedent("""\
        policy: draft
        title: Which way?
        situation: {way: {ask: "Which?", choices: {a: A, b: B}}}
        verdicts: {go: {title: Go}}
        rules: [{rule: one, when: {way: a}, then: go, because: It is so.}]
        """)
    )
    Path("in.csv").write_text("way\na\n")
    result = run("batch", "draft.yaml", "in.csv", "-o", "out.csv")
    assert (result.out, result.code) == ("", 1)
    assert "gap" in result.err
    assert files_here() == ["draft.yaml", "in.csv"]
