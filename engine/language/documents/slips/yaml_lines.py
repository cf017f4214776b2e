"""Lexical helpers for single lines of YAML, shared by the slip detectors."""

from __future__ import annotations

import re

from engine.frozen import NamedTuple
from engine.language.documents.text import shorten

# Keys that begin an item of a list.
HEADS = ("rule", "guarantee", "case", "when")
# Keys whose values are texts.
TEXTS = ("title", "about", "because", "means", "ask", "says", "added", "case", "must", "advice", "version")
# Signs of comparisons in other languages.
SIGNS = r">=|=>|<=|=<|<>|!==?|!(?=\s*\w)|>|<"
ENTRY = re.compile(
    r"(?P<indent> *)(?P<dash>(?:- +)*)(?P<key>[^\s:'\"\[{#&*!|>%@`,-][^:'\"\[{#]*?) *:(?: +(?P<value>\S.*?))? *$"
)
# A slip: line and column (from 0), message, help, and all lines of the file after the repair.
Slip = tuple[int, int, str, str, list[str]]


class ParserError(NamedTuple):
    """A parser's error: its message, its context, where it stopped and where the construct began (from 0)."""

    message: str
    context: str
    line: int
    column: int
    start: tuple[int, int] | None


def replace_line(lines: list[str], at: int, line: str) -> list[str]:
    """A copy of `lines` with line `at` replaced."""
    return [*lines[:at], line, *lines[at + 1 :]]


def mend_line(lines: list[str], at: int, column: int, fixed: str, message: str, help_: str = "") -> Slip:
    """The slip of one line, of which `fixed` is the repair; the help shows it where there is no other."""
    return at, column, message, help_ or f"write {show(fixed)}", replace_line(lines, at, fixed)


def quote_part(line: str, start: int, text: str) -> str:
    """A line with the text that begins at `start` in quotes."""
    return line[:start] + quote(text) + line[start + len(text) :]


def quote(text: str) -> str:
    """Quote a text in double quotes, or in single quotes if it contains a double quote or a backslash."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def show(text: str) -> str:
    """A repaired line as it stands in a help text."""
    return f"`{shorten(text.strip(), 160)}`"


def indent_of(line: str) -> int:
    """The number of leading spaces."""
    return len(line) - len(line.lstrip(" "))


def column_of(line: str) -> int:
    """The column of a line's key, after any hyphens."""
    found = re.match(r" *(?:- +)*", line)
    return found.end() if found else 0


def is_written(line: str) -> bool:
    """Whether a line holds more than spaces and a comment."""
    return bool(line.strip()) and not line.lstrip().startswith("#")


def line_above(lines: list[str], at: int) -> int | None:
    """The index of the nearest line above `at` that is neither blank nor a comment; None if there is none."""
    return next((each for each in range(at - 1, -1, -1) if is_written(lines[each])), None)


def spaces(count: int) -> str:
    """`count` spaces, in words."""
    return {0: "no space", 1: "1 space"}.get(count, f"{count} spaces")


def is_inside_brackets(lines: list[str], at: int) -> bool:
    """Whether line `at` begins inside brackets that an earlier line opened."""
    return open_brackets("\n".join(lines[:at])) != ""


# Quoted texts and comments.
_NOT_BARE = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|(?:^|(?<= ))#[^\n]*")


def open_brackets(text: str) -> str:
    """The brackets still open at the end of a text, outside quotes and comments; `!` if one closes none of its kind."""
    open_, wrong = match_brackets(text)
    return open_ if wrong is None else "!"


def match_brackets(text: str) -> tuple[str, int | None]:
    """Match the brackets of a text outside quotes and comments, up to the first that closes none of its kind.

    Returns:
        The brackets open at that point and its offset, or those open at the end of the text and None.
    """
    bare = _NOT_BARE.sub(lambda found: " " * len(found[0]), text)
    open_: list[str] = []
    for place, character in enumerate(bare):
        if character in "[{":
            open_.append(character)
        elif character in "]}":
            if not open_ or open_[-1] != ("[" if character == "]" else "{"):
                return "".join(open_), place
            open_.pop()
    return "".join(open_), None
