"""What is one line of YAML made of, for those who look for a slip in it?"""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.language.documents.text import shortened

# The keys that begin an item of a list.
HEADS = ("rule", "guarantee", "case", "when")
ENTRY = re.compile(
    r"(?P<indent> *)(?P<dash>(?:- +)*)(?P<key>[^\s:'\"\[{#&*!|>%@`,-][^:'\"\[{#]*?) *:(?: +(?P<value>\S.*?))? *$"
)
# Line and column of a slip, what is wrong, the way out, and all lines without it.
Found = tuple[int, int, str, str, list[str]]


class Error(NamedTuple):
    """Where a parser stopped, and what it was reading: lines and columns counted from 0."""

    said: str
    context: str
    line: int
    column: int
    begun: tuple[int, int] | None


def with_line(lines: list[str], at: int, line: str) -> list[str]:
    return [*lines[:at], line, *lines[at + 1 :]]


def quoted(text: str) -> str:
    """Text in the quotes that need no code inside."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def shown(text: str) -> str:
    return f"`{shortened(text.strip(), 160)}`"


def indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def column_of(line: str) -> int:
    """The column where the key of a line begins, behind its hyphens."""
    found = re.match(r" *(?:- +)*", line)
    return found.end() if found else 0


def is_written(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def above_of(lines: list[str], at: int) -> int | None:
    """The last written line above."""
    return next((each for each in range(at - 1, -1, -1) if is_written(lines[each])), None)


def spaces(count: int) -> str:
    return {0: "no space", 1: "1 space"}.get(count, f"{count} spaces")


def is_inside_brackets(lines: list[str], at: int) -> bool:
    return open_brackets("\n".join(lines[:at])) != ""


# Texts in quotes, and comments.
_NOT_BARE = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|(?:^|(?<= ))#[^\n]*")


def open_brackets(text: str) -> str:
    """The brackets that are open at the end of a text, outside quotes and comments; `!` where too many are closed."""
    open_, wrong = match_brackets(text)
    return open_ if wrong is None else "!"


def match_brackets(text: str) -> tuple[str, int | None]:
    """Matches the brackets of a text outside quotes and comments, up to the first that closes none of its kind.

    Returns:
        The brackets that are open there, and its position; at the end of the text, None.
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
