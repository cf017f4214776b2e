"""How is a line written that has a tab where spaces belong?

How wide somebody's editor shows a tab is not known: what is indented by one is put where the lines above it begin.
"""

from __future__ import annotations

import re

from engine.language.documents.text import visible
from engine.problems import Place

_LONGEST = 100
_LINES_ABOVE = 100
_TEXT = "in text, write it in quotes"
# The columns that an editor may show for a tab, the most usual first.
_WIDTHS = (2, 4, 8)


def tab_help(lines: list[str], place: Place) -> str:
    """The line at a place without its tabs, to be pasted, or what else is to be done about them."""
    line = lines[place.line - 1]
    written = line.lstrip(" \t")
    indent = line[: len(line) - len(written)]
    if not written:
        return "delete it: the line is empty"
    beyond = " ".join(part.strip() for part in re.split(r"\t+", written)).strip()
    if "\t" not in indent:
        help_ = _pasted(f"replace it by spaces: `{indent}{beyond}`", line)
        return help_ if written.startswith("#") else f"{help_}; {_TEXT}"
    column = _column(lines[max(0, place.line - 1 - _LINES_ABOVE) : place.line])
    spaces = f"{column} space{'s' if column != 1 else ''}" if column else "no space"
    return _pasted(f"begin the line with {spaces}: `{' ' * column}{beyond}`", line)


def _pasted(help_: str, line: str) -> str:
    return help_ if len(line) <= _LONGEST and visible(help_) == help_ else "replace it by spaces"


def _column(lines: list[str]) -> int:
    """Where the last line begins: in a column of what is not ended above it, or within that."""
    # The columns of what is not ended, each with whether the items of a list begin there.
    begun: list[tuple[int, bool]] = []
    opens, column = False, 0
    for line in lines:
        found = re.match(r"([ \t]*)((?:- +)*)([^\s#].*)", line)
        if not found:
            continue
        indent, hyphens, rest = found.groups()
        column = len(indent)
        if "\t" in indent:
            column = _column_of(indent, bool(hyphens), begun, opens)
        begun = [each for each in begun if each[0] < column]
        begun += [(column + at, True) for at in range(0, len(hyphens), 2)] + [(column + len(hyphens), False)]
        opens = re.search(r": *(?:#.*)?$", rest) is not None
    return column


def _column_of(indent: str, is_item: bool, begun: list[tuple[int, bool]], opens: bool) -> int:
    inner = begun[-1][0] + 2 if begun else 0
    allowed = [column for column, of_items in begun if of_items == is_item]
    if opens and begun and (is_item or not allowed or len(indent.expandtabs(2)) > begun[-1][0]):
        return inner
    wide = [len(indent.expandtabs(width)) for width in _WIDTHS]
    return next((each for each in wide if each in allowed), allowed[-1] if allowed else inner)
