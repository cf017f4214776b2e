"""The layout of a text table (delimiter and column names), and the reasons why a table cannot be read.

This is stricter than Polars, which would rename duplicate columns and take rows for part of an unclosed header. If
Polars cannot read a table, the fault and its line are found here.
"""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from io import StringIO
from pathlib import Path

from engine.execution.extras import TableError
from engine.execution.tables.columns.matching import duplicate_columns
from engine.execution.tables.files.row_lengths import find_ragged, find_stray_quote
from engine.frozen import frozen_value
from engine.problems import Place, Problem

_HEADER = 1 << 20
_QUOTED = re.compile('"[^"]*"')
WAY_OUT = "one table in one encoding, UTF-8, with the same columns in every row and file"
_ENCODINGS = "say which it is, such as `--encoding cp1252` or `--encoding latin-1`, or save the file as UTF-8"


@frozen_value
class TextLayout:
    """The delimiter and the column names of a text table."""

    delimiter: str
    names: tuple[str, ...]


def find_layout(path: Path, delimiter: str | None) -> TextLayout:
    """The layout of a file, from its header; raises `TableError`."""
    with path.open("rb") as file:
        start = file.read(_HEADER)
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        help_ = "add `--encoding utf-16`, or save the file as UTF-8"
        raise TableError.of("not-utf-8", "this is UTF-16, and UTF-8 is expected", Place(str(path), 1, 1), help_)
    text = start.decode("utf-8-sig", errors="replace")
    if not text.strip():
        help_ = "its first line holds the names of the columns"
        raise TableError.of("unreadable-table", "there is nothing in this file", Place(str(path), 1, 1), help_)
    # Delimiters in quotes are part of a name.
    line = _QUOTED.sub("", text).partition("\n")[0].removesuffix("\r")
    separator = delimiter or (";" if line.count(";") > line.count(",") else ",")
    if "\r" in line:
        raise TableError([unreadable_table(path, "its lines end in a carriage return alone")])
    try:
        names = next(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True), [])
    except csv.Error as error:
        raise TableError([unreadable_table(path, f"its header has a name that does not end ({error})")]) from None
    if not names:
        raise TableError([_no_header(path, "this line is empty")])
    if re.fullmatch(r"sep=.", line, re.IGNORECASE):
        raise TableError([_no_header(path, f"`{line}` is a note for a spreadsheet")])
    other = (
        next((sign for sign in ("\t", "|") if sign in line), None) if len(names) == 1 and delimiter is None else None
    )
    if other is not None:
        word = "tab" if other == "\t" else other
        apart = "tabs" if word == "tab" else f"`{word}`"
        message = f"its cells seem to be separated by {apart}, and `,` or `;` is expected"
        help_ = f"add `--delimiter '{word}'`; where this is one column, `--delimiter ,`"
        raise TableError.of("unreadable-table", message, Place(str(path), 1, 1), help_)
    problems = duplicate_columns(names, str(path))
    if problems:
        raise TableError(problems)
    return TextLayout(separator, tuple(names))


def find_faults(path: Path, layout: TextLayout) -> list[Problem]:
    """The first fault of a table that could not be read, with its line; empty if none is found."""
    try:
        fault = _encoding_problem(path) or find_ragged(path, layout.delimiter, len(layout.names))
        fault = fault or find_stray_quote(path, layout.delimiter)
    except csv.Error as error:
        return [unreadable_table(path, str(error))]
    return [] if fault is None else [fault]


def _encoding_problem(path: Path) -> Problem | None:
    """The problem of the first byte that is not UTF-8; None if there is none."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                byte = f"{line[error.start]:#04x}"
                column = len(line[: error.start].decode()) + 1
                message = f"the byte {byte} here is not UTF-8 text"
                return Problem("not-utf-8", message, (Place(str(path), number, column),), _ENCODINGS)
    return None


def _no_header(path: Path, what: str) -> Problem:
    """The problem of a first line that is not a header."""
    message = f"{what}, and the names of the columns stand in the first line of a table"
    return Problem("unreadable-table", message, (Place(str(path), 1, 1),), "delete the line")


def unreadable_table(path: Path, reason: str) -> Problem:
    """The problem of a table that cannot be read for the given reason."""
    return Problem("unreadable-table", f"the table cannot be read: {reason}", (Place(str(path)),), WAY_OUT)
