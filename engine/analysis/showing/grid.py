"""Layout of a text table for a terminal: columns side by side if they fit, otherwise one row below the other."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from unicodedata import combining, east_asian_width

# Width if that of the terminal is unknown.
NARROW = 100
_ANY = "-"
_BETWEEN = "  "
_LONGEST_WORD = 24

# A heading as a phrase and as a name.
Head = tuple[str, str]
# The texts of a row's cells, and those beside them.
Line = tuple[Sequence[str], Sequence[str]]


def lay_out(heads: Sequence[Head], facts: Sequence[str], rows: Sequence[Line], width: int) -> list[str]:
    """Lay out a table as lines of text.

    Args:
        heads: The headings, each as a phrase and as a name. Phrases are used if they fit, otherwise names, otherwise
            letters; the phrases are then listed above the table. If nothing fits, rows are written one below the other.
        facts: Headings of what each row states beside its cells.
        rows: The cells of each row, and what it states beside them.
        width: Width of the terminal in columns.

    Returns:
        Lines of text.
    """
    words = [head for head, _ in heads]
    names = [name for _, name in heads]
    table = [[*(cell or _ANY for cell in cells), *told] for cells, told in rows]
    needless = {index for index in range(len(heads), len(heads) + len(facts)) if not any(row[index] for row in table)}
    letters = [_letter(place) for place in range(len(heads))]
    for tops, key in (
        (words, []),
        (names, key_lines(names, words, width)),
        (letters, key_lines(letters, words, width)),
    ):
        top = [*tops, *facts]
        columns = [[top[index], *(row[index] for row in table)] for index in range(len(top)) if index not in needless]
        widths = _widths(columns, width)
        if widths is not None:
            any_ = [f"{_ANY}  any answer"] if any(not cell for cells, _ in rows for cell in cells) else []
            return [*key, *any_, *([""] if key or any_ else []), *_side_by_side(columns, widths)]
    return _below(words, facts, rows, width)


def _letter(place: int) -> str:
    """Return the letters of a column: A, B, … Z, AA, AB, …"""
    above, last = divmod(place, 26)
    return (_letter(above - 1) if above else "") + chr(ord("A") + last)


def key_lines(letters: Sequence[str], heads: Sequence[str], width: int) -> list[str]:
    """Explain headings: each letter or name, and beside it the phrase that it stands for, wrapped."""
    gap = max((len(letter) for letter in letters), default=0) + len(_BETWEEN)
    lines: list[str] = []
    for letter, head in zip(letters, heads, strict=True):
        wrapped = wrap(head, max(width - gap, 20))
        lines += [f"{letter if not index else '':<{gap}}{line}" for index, line in enumerate(wrapped)]
    return lines


def _widths(columns: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Return the width of each column so that all fit, None if they cannot.

    Each column gets its longest word; the rest of the room goes to the columns that wrap into the most lines.
    """
    least = [max(_longest_word(text) for text in column) for column in columns]
    wanted = [max(shown_width(text) for text in column) for column in columns]
    room = width - len(_BETWEEN) * (len(columns) - 1) - sum(least)
    if room < 0:
        return None
    widths = list(least)
    while room and widths != wanted:
        # The column that wraps into the most lines is widened next.
        index = max(
            (place for place in range(len(columns)) if widths[place] < wanted[place]),
            key=lambda place: (-(-wanted[place] // widths[place]), wanted[place] - widths[place], -place),
        )
        widths[index] += 1
        room -= 1
    return widths


def _side_by_side(columns: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """Lay out columns of these widths; rows are separated by blank lines if any cell wraps."""
    lines: list[str] = []
    table = [[wrap(text, wide) for text, wide in zip(row, widths, strict=True)] for row in zip(*columns, strict=True)]
    is_wrapped = any(len(cell) > 1 for row in table[1:] for cell in row)
    for number, cells in enumerate(table):
        if is_wrapped and number > 1:
            lines.append("")
        for index in range(max(map(len, cells))):
            parts = [_padded(cell[index] if index < len(cell) else "", wide)
                     for cell, wide in zip(cells, widths, strict=True)]  # fmt: skip
            lines.append(_BETWEEN.join(parts).rstrip())
        if not number:
            lines.append(_BETWEEN.join("─" * wide for wide in widths))
    return lines


def _below(heads: Sequence[str], facts: Sequence[str], rows: Sequence[Line], width: int) -> list[str]:
    """Lay out rows one below the other, each as a numbered list of headings and texts."""
    lines: list[str] = []
    for number, (cells, told) in enumerate(rows, start=1):
        lines += [*([""] if lines else []), *wrap(f"{number}. {told[0]}", width)]
        named = [*zip(heads, cells, strict=True), *zip(facts[1:], told[1:], strict=True)]
        for head, text in named:
            if text:
                wrapped = wrap(f"{head}  {text}", max(width - 5, 20))
                lines += [f"{'   ' if not index else '     '}{line}" for index, line in enumerate(wrapped)]
    return lines


def wrap(text: str, width: int) -> list[str]:
    """Wrap a text into lines of at most `width` characters; longer words are broken."""
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def _longest_word(text: str) -> int:
    return min(max((shown_width(word) for word in text.split()), default=1), _LONGEST_WORD)


def shown_width(text: str) -> int:
    """Return the number of terminal columns that a text takes."""
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - shown_width(text))
