"""Help for tabs in YAML: the line with spaces instead.

The width at which an editor shows a tab is unknown, so a line indented by tabs is moved to where the lines above it
begin.
"""

from __future__ import annotations

import re

from engine.language.documents.text import escape_invisible
from engine.problems import Place

_LONGEST = 100
_LINES_ABOVE = 100
_TEXT = "in text, write it in quotes"
# Tab widths of editors, the most common first.
_WIDTHS = (2, 4, 8)


def tab_help(lines: list[str], place: Place) -> str:
    """The help that shows the line at `place` without its tabs, if it can be shown."""
    line = lines[place.line - 1]
    written = line.lstrip(" \t")
    indent = line[: len(line) - len(written)]
    if not written:
        return "delete it: the line is empty"
    text = " ".join(part.strip() for part in re.split(r"\t+", written)).strip()
    if "\t" not in indent:
        help_ = _unless_unreadable(f"replace it with spaces: `{indent}{text}`", line)
        return help_ if written.startswith("#") else f"{help_}; {_TEXT}"
    column = _guess_column(lines[max(0, place.line - 1 - _LINES_ABOVE) : place.line])
    spaces = f"{column} space{'s' if column != 1 else ''}" if column else "no space"
    return _unless_unreadable(f"begin the line with {spaces}: `{' ' * column}{text}`", line)


def _unless_unreadable(help_: str, line: str) -> str:
    """The help, unless the line is too long or has invisible characters to show."""
    return help_ if len(line) <= _LONGEST and escape_invisible(help_) == help_ else "replace it with spaces"


def _guess_column(lines: list[str]) -> int:
    """The column where the last line probably begins: that of an open block above it, or one level deeper."""
    # The columns of open blocks, each with whether it is a list.
    open_blocks: list[tuple[int, bool]] = []
    opens, column = False, 0
    for line in lines:
        found = re.match(r"([ \t]*)((?:- +)*)([^\s#].*)", line)
        if not found:
            continue
        indent, hyphens, rest = found.groups()
        column = len(indent)
        if "\t" in indent:
            column = _column_of(indent, bool(hyphens), open_blocks, opens)
        open_blocks = [each for each in open_blocks if each[0] < column]
        open_blocks += [(column + at, True) for at in range(0, len(hyphens), 2)] + [(column + len(hyphens), False)]
        opens = re.search(r": *(?:#.*)?$", rest) is not None
    return column


def _column_of(indent: str, is_item: bool, open_blocks: list[tuple[int, bool]], opens: bool) -> int:
    """The column for one line with tabs in its indentation.

    Args:
        indent: The indentation as written.
        is_item: Whether the line begins a list item.
        open_blocks: The columns of the open blocks, each with whether it is a list.
        opens: Whether the line above ends with a key that has no value.
    """
    inner = open_blocks[-1][0] + 2 if open_blocks else 0
    allowed = [column for column, of_items in open_blocks if of_items == is_item]
    if opens and open_blocks and (is_item or not allowed or len(indent.expandtabs(2)) > open_blocks[-1][0]):
        return inner
    wide = [len(indent.expandtabs(width)) for width in _WIDTHS]
    return next((each for each in wide if each in allowed), allowed[-1] if allowed else inner)
