"""Splitting JSON files into the texts of their records, and parsing them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.execution.extras import TableError
from engine.language.documents.json_text import read_json
from engine.problems import Place, Problem, RecordError

_SYNTAX = "texts and names need double quotes, and entries are separated by commas"
_BLANK = re.compile(r"[ \t\r\n]*")


def lines(source: Path) -> Iterator[tuple[int, str]]:
    """Yield the line number and text of each line that is not blank; raises `TableError`."""
    with source.open("rb") as file:
        for number, data in enumerate(file, 1):
            text = _decode(data, source, number)
            if text.strip():
                yield number, text.rstrip("\r\n")


def entries(source: Path) -> Iterator[tuple[int, str]]:
    """Yield the line number and text, joined to one line, of each element of a JSON array.

    The file is read completely first. Raises `TableError`.
    """
    with source.open("rb") as file:
        text = "".join(_decode(data, source, number) for number, data in enumerate(file, 1))
    at = _skip_blank(text, 0)
    if text[at : at + 1] != "[":
        help_ = "write the records in brackets, with commas between them; one record a line is `.jsonl`"
        raise TableError.of("wrong-shape", "this is no list of records", _place(source, text, at), help_)
    at = _skip_blank(text, at + 1)
    decoder = json.JSONDecoder()
    line, counted, ends_with = 1, 0, "]"
    while text[at : at + 1] != "]":
        try:
            _, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            found = error.pos if isinstance(error, json.JSONDecodeError) else at
            raise _syntax_error(source, text, found) from None
        line, counted = line + text.count("\n", counted, at), at
        # Strings cannot contain line breaks, so line breaks are only white space here.
        yield line, text[at:end].replace("\r", " ").replace("\n", " ")
        at = _skip_blank(text, end)
        ends_with = text[at : at + 1]
        if ends_with not in (",", "]") or not ends_with:
            raise _syntax_error(source, text, at)
        if ends_with == ",":
            at = _skip_blank(text, at + 1)
            if text[at : at + 1] == "]":
                raise _syntax_error(source, text, at)
    end = _skip_blank(text, at + 1)
    if end < len(text):
        raise _syntax_error(source, text, end)


def read_entry(text: str, source: Path, number: int) -> dict[str, Any]:
    """Parse the text of a record, which begins at the given line; raises `TableError`."""
    try:
        record = read_json(text, str(source))
    except RecordError as error:
        raise TableError(_at_line(problem, number) for problem in error.problems) from None
    if not isinstance(record, dict):
        place = Place(str(source), number, 1)
        message = "a record is a map from field names to answers"
        raise TableError.of("wrong-shape", message, place, "write one record a line, in braces")
    return record


def _decode(data: bytes, source: Path, number: int) -> str:
    """Decode a line as UTF-8."""
    try:
        return data.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        place = Place(str(source), number, error.start + 1)
        help_ = "save the file as UTF-8"
        raise TableError.of("not-utf-8", "this is not UTF-8", place, help_) from None


def _skip_blank(text: str, at: int) -> int:
    """The index of the next character that is not white space."""
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _place(source: Path, text: str, at: int) -> Place:
    """The place of an index in a text."""
    return Place(str(source), text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1)


def _syntax_error(source: Path, text: str, at: int) -> TableError:
    """The error for invalid JSON at an index."""
    return TableError.of("json-syntax", "this is not JSON", _place(source, text, at), _SYNTAX)


def _at_line(problem: Problem, number: int) -> Problem:
    """The same problem, at the line in the file."""
    places = tuple(place._replace(line=number, column=place.column or 1) for place in problem.places)
    return replace(problem, places=places)
