"""What is one line of YAML made of, for those who look for a slip in it?"""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.language.text import shortened

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


def open_brackets(text: str) -> str:
    """The brackets that are open at the end of a text, outside quotes and comments; `!` where too many are closed."""
    bare = re.sub(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|(?:^|(?<= ))#[^\n]*", "", text)
    open_ = ""
    for character in bare:
        if character in "[{":
            open_ += character
        elif character in "]}":
            if not open_.endswith("[" if character == "]" else "{"):
                return "!"
            open_ = open_[:-1]
    return open_
