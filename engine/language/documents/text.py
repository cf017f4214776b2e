"""Decoding of files to text, and characters that are invisible or ambiguous."""

from __future__ import annotations

import re
from bisect import bisect_right
from codecs import BOM_UTF8

from engine.problems import Place, Problem

MOST_BYTES = 16 * 1024 * 1024

# Bidirectional controls reorder displayed text, so that a person sees another rule than the program reads.
_BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# YAML 1.1 treats these as line breaks and YAML 1.2 does not.
_LINE_SEPARATORS = "\x85\u2028\u2029"
_ODD = f"[{_BIDIRECTIONAL}{_LINE_SEPARATORS}\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]"
_MOST_ODD_SHOWN = 20


class Lines:
    """Converts between character offsets (from 0) and lines and columns (both from 1)."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]

    def place(self, file: str, offset: int) -> Place:
        """The place of the character at `offset`."""
        line = bisect_right(self._starts, offset)
        return Place(file, line, offset - self._starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column; the inverse of `place`."""
        return self._starts[line - 1] + column - 1


def lines_of(text: str) -> list[str]:
    """Split a text into lines, by the same line breaks that `Lines` counts."""
    return re.split(r"\r\n|\r|\n", text)


def decode(data: bytes, file: str) -> tuple[str | None, list[Problem]]:
    """Decode a file as UTF-8, without its byte-order mark.

    Returns:
        The text, or None if the file is too large or not UTF-8, and the problems with size, encoding and characters.
    """
    if len(data) > MOST_BYTES:
        message = f"the file holds {len(data):,} bytes; at most {MOST_BYTES:,} are read"
        return None, [Problem("file-too-large", message, (Place(file),), "split it into several policies")]
    data = data.removeprefix(BOM_UTF8)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(errors="replace")
        place = Lines(before).place(file, len(before))
        message = f"the byte {data[error.start]:#04x} here is not UTF-8 text"
        return None, [Problem("not-utf-8", message, (place,), "save the file with the encoding UTF-8")]
    # Almost no text contains one, and `isprintable` says so faster than the regular expression.
    return text, [] if text.replace("\n", "").isprintable() else odd_characters(text, file)


def odd_characters(text: str, file: str) -> list[Problem]:
    """Problems of invisible characters, lone surrogates, and line breaks that not all programs know; at most 20."""
    problems: list[Problem] = []
    lines: Lines | None = None
    for found in re.finditer(_ODD, text):
        lines = lines or Lines(text)
        character = found.group()
        code = f"U+{ord(character):04X}"
        if re.match(f"[{_BIDIRECTIONAL}]", character):
            message = f"the invisible character {code} changes the order in which this line is shown"
            help_ = "delete it; where the text needs it, write it in double quotes as \\u" + f"{ord(character):04x}"
            kind = "hidden-direction"
        elif re.match(f"[{_LINE_SEPARATORS}]", character):
            message = f"the invisible character {code} ends a line for some programs and not for others"
            help_ = "replace it with a line end or a space"
            kind = "odd-character"
        elif "\ud800" <= character <= "\udfff":
            message, help_ = f"{code} is half of a character, which no file can hold", "write the whole character"
            kind = "odd-character"
        else:
            message = f"the control character {code} cannot be seen"
            help_ = "delete it"
            kind = "odd-character"
        problems.append(Problem(kind, message, (lines.place(file, found.start()),), help_))
        if len(problems) == _MOST_ODD_SHOWN:
            break
    return problems


def escape_invisible(text: str) -> str:
    """Replace every unprintable character by its `\\u` code."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def shorten(text: str, most: int = 60) -> str:
    """Prepare text for a message: on one line, at most `most` characters, with unprintable characters as codes."""
    start = text[: most + 1].replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    line = escape_invisible(start)
    return line if len(text) <= most else line[: most - 1] + "…"


def is_document(text: str) -> bool:
    """Whether `text` is a policy itself rather than a name or path: it is JSON, or has more than one line."""
    return text.lstrip()[:1] == "{" or "\n" in text or "\r" in text
