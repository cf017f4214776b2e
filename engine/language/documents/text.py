"""Can this file be read as text at all, and does it hold only characters that everybody sees alike?"""

from __future__ import annotations

import re
from bisect import bisect_right
from codecs import BOM_UTF8

from engine.problems import Place, Problem

MOST_BYTES = 16 * 1024 * 1024

# Controls that change the order in which text is shown, so that a reader sees another rule than the program reads.
_BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# YAML 1.1 ends a line at these, YAML 1.2 does not: text that two readers understand differently.
_LINE_SEPARATORS = "\x85\u2028\u2029"
_ODD = f"[{_BIDIRECTIONAL}{_LINE_SEPARATORS}\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]"
_MOST_ODD_SHOWN = 20


class Lines:
    """Turns a character offset into a line and a column, both counted from 1, and back."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]

    def place(self, file: str, offset: int) -> Place:
        line = bisect_right(self._starts, offset)
        return Place(file, line, offset - self._starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """The other way round: the offset of a line and a column."""
        return self._starts[line - 1] + column - 1


def lines_of(text: str) -> list[str]:
    """The lines of a text, as they are counted here."""
    return re.split(r"\r\n|\r|\n", text)


def decode(data: bytes, file: str) -> tuple[str | None, list[Problem]]:
    """The text of a file, without a byte-order mark, and what is wrong with its characters."""
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
    # Hardly any text holds one, and that is seen sooner than which it would be.
    return text, [] if text.replace("\n", "").isprintable() else odd_characters(text, file)


def odd_characters(text: str, file: str) -> list[Problem]:
    """A problem for each character that is unseen, or read differently by different programs."""
    problems: list[Problem] = []
    lines: Lines | None = None
    for found in re.finditer(_ODD, text):
        lines = lines or Lines(text)
        character = found.group()
        code = f"U+{ord(character):04X}"
        if re.match(f"[{_BIDIRECTIONAL}]", character):
            message = f"the unseen character {code} changes the order in which this line is shown"
            help_ = "delete it; where the text needs it, write it in double quotes as \\u" + f"{ord(character):04x}"
            kind = "hidden-direction"
        elif re.match(f"[{_LINE_SEPARATORS}]", character):
            message = f"the unseen character {code} ends a line for some programs and not for others"
            help_ = "replace it by a line end or a space"
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


def visible(text: str) -> str:
    """Text with a code in place of every character that cannot be seen, or that no encoding has."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def shortened(text: str, most: int = 60) -> str:
    """Text as it may stand in a message: not too long, and what cannot be seen written as a code."""
    seen = text[: most + 1].replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    line = visible(seen)
    return line if len(text) <= most else line[: most - 1] + "…"


def is_document(text: str) -> bool:
    """Whether this is a policy itself, and no name or path: nobody means a name of several lines."""
    return text.lstrip()[:1] == "{" or "\n" in text or "\r" in text
