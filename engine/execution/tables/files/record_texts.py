"""Where are the records in a file of JSON, one a line or in one array, and what do they say? Each with its own text."""

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
    """The lines of a file that are not blank, with their numbers; raises `TableError`."""
    with source.open("rb") as file:
        for number, data in enumerate(file, 1):
            text = _decoded(data, source, number)
            if text.strip():
                yield number, text.rstrip("\r\n")


def entries(source: Path) -> Iterator[tuple[int, str]]:
    """The texts of the entries of an array, each on one line, with the numbers of the lines that they begin on.

    The array is read whole. Raises `TableError`.
    """
    with source.open("rb") as file:
        text = "".join(_decoded(data, source, number) for number, data in enumerate(file, 1))
    at = _past_blank(text, 0)
    if text[at : at + 1] != "[":
        help_ = "write the records in brackets, with commas between them; one record a line is `.jsonl`"
        raise TableError([Problem("wrong-shape", "this is no list of records", (_place(source, text, at),), help_)])
    at = _past_blank(text, at + 1)
    decoder = json.JSONDecoder()
    line, counted, ends_with = 1, 0, "]"
    while text[at : at + 1] != "]":
        try:
            _, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            found = error.pos if isinstance(error, json.JSONDecodeError) else at
            raise _no_json(source, text, found) from None
        line, counted = line + text.count("\n", counted, at), at
        # Inside a text no line can end: what ends one stands between entries, and is as good as a space.
        yield line, text[at:end].replace("\r", " ").replace("\n", " ")
        at = _past_blank(text, end)
        ends_with = text[at : at + 1]
        if ends_with not in (",", "]") or not ends_with:
            raise _no_json(source, text, at)
        if ends_with == ",":
            at = _past_blank(text, at + 1)
            if text[at : at + 1] == "]":
                raise _no_json(source, text, at)
    end = _past_blank(text, at + 1)
    if end < len(text):
        raise _no_json(source, text, end)


def read_entry(text: str, source: Path, number: int) -> dict[str, Any]:
    """The record that a text is, which begins on a line of a file; raises `TableError`."""
    try:
        record = read_json(text, str(source))
    except RecordError as error:
        raise TableError(_placed(problem, number) for problem in error.problems) from None
    if not isinstance(record, dict):
        place = Place(str(source), number, 1)
        message = "a record is a map from field names to answers"
        raise TableError([Problem("wrong-shape", message, (place,), "write one record a line, in braces")])
    return record


def _decoded(data: bytes, source: Path, number: int) -> str:
    try:
        return data.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        place = Place(str(source), number, error.start + 1)
        help_ = "save the file as UTF-8"
        raise TableError([Problem("not-utf-8", "this is not UTF-8", (place,), help_)]) from None


def _past_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _place(source: Path, text: str, at: int) -> Place:
    return Place(str(source), text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1)


def _no_json(source: Path, text: str, at: int) -> TableError:
    return TableError([Problem("json-syntax", "this is not JSON", (_place(source, text, at),), _SYNTAX)])


def _placed(problem: Problem, number: int) -> Problem:
    """What is wrong with a line, in the file that it is a line of."""
    places = tuple(place._replace(line=number, column=place.column or 1) for place in problem.places)
    return replace(problem, places=places)
