"""Does every row of a table of text have as many cells as its header?

Polars reads the cells that a short row lacks as empty ones, so that it looks like a record with open answers: rows are
counted a second time here. All separators of a file are counted together, which takes a few hundredths of the time to
read it, and only where that shows that some row is too short is every row looked at.
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.execution.tables.columns.bits import count
from engine.problems import Place, Problem

_Words: TypeAlias = npt.NDArray[np.uint64]
_AT_ONCE = 1 << 20
_WIDEST = 1 << 30
_END, _RETURN = "\n", "\r"
_QUOTE, _LINE_END = b'"', b"\n"


def find_ragged(path: Path, delimiter: str, cells: int) -> Problem | None:
    """The first row that has more or fewer cells than so many, with its line; raises `csv.Error`."""
    before = csv.field_size_limit(_WIDEST)
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            for line, row, text in _rows(file, delimiter):
                # An empty line of a table with one column is an empty cell.
                if len(row) != cells and (row or cells > 1):
                    is_open = text.count('"') % 2 == 1 and not next(file, "")
                    return _not_closed(path, line) if is_open else _ragged(path, delimiter, cells, line, len(row))
    finally:
        csv.field_size_limit(before)
    return None


def may_be_short(path: Path, delimiter: str, cells: int) -> bool:
    """Whether some row may have another number of cells, where Polars has found none with more."""
    counted = _count(path, delimiter.encode())
    return counted is None or counted[1] != counted[0] * (cells - 1)


def _rows(file: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """The rows of a table, each with the line that it begins on, and as it is written."""
    written: list[str] = []

    def lines() -> Iterator[str]:
        # A carriage return within a line ends nothing for Polars, and a row for Python.
        for line in file:
            written.append(f"{line.removesuffix(_END).removesuffix(_RETURN).replace(_RETURN, ' ')}\n")
            yield written[-1]

    reader = csv.reader(lines(), delimiter=delimiter)
    line = 1
    for cells in reader:
        yield line, cells, "".join(written)
        written.clear()
        line = reader.line_num + 1


def _not_closed(path: Path, line: int) -> Problem:
    message = "a double quote is opened in this row, and nothing closes it"
    help_ = "close it, or write a quote that belongs to the text twice, in a cell in quotes"
    return Problem("unreadable-table", message, (Place(str(path), line, 1),), help_)


def _ragged(path: Path, delimiter: str, cells: int, line: int, found: int) -> Problem:
    message = f"this row has {found} cell{'s' if found != 1 else ''}, and the header has {cells}"
    if found > cells:
        help_ = f"put a cell with `{delimiter}` in it in double quotes, or take out what is too much"
    elif found:
        shown = "tab" if delimiter == "\t" else f"`{delimiter}`"
        help_ = f"write what is missing; an empty cell has its {shown} too"
    else:
        message = f"this line is empty, and the header has {cells} cells"
        help_ = "delete the line"
    return Problem("unreadable-table", message, (Place(str(path), line, 1),), help_)


def _count(path: Path, delimiter: bytes) -> tuple[int, int] | None:
    """How many rows there are, and how many delimiters between cells; None where more must be looked at: a quote
    within a cell, or a delimiter at the very end.
    """
    rows = between = 0
    is_quoted, before = False, _LINE_END
    with path.open("rb") as file:
        if file.read(len(BOM_UTF8)) != BOM_UTF8:
            file.seek(0)
        while part := file.read(_AT_ONCE):
            signs = np.frombuffer(part, np.uint8)
            if is_quoted or _QUOTE in part:
                quotes, ends, delimiters = (_bits(signs == ord(each)) for each in (_QUOTE, _LINE_END, delimiter))
                inside = _inside(quotes, is_quoted)
                # A quote opens after the end of a cell, or after a quote: a doubled one closes and opens again.
                may_open = _moved_on(quotes | ends | delimiters, before in (_QUOTE, _LINE_END, delimiter))
                if (quotes & inside & ~may_open).any():
                    return None
                rows += count((ends & ~inside).view(np.uint8))
                between += count((delimiters & ~inside).view(np.uint8))
                is_quoted ^= bool(count(quotes.view(np.uint8)) & 1)
            else:
                rows += int(np.count_nonzero(signs == ord(_LINE_END)))
                between += int(np.count_nonzero(signs == ord(delimiter)))
            before = part[-1:]
    # Behind the last delimiter of a file Polars takes an empty cell too many without a word.
    return None if before == delimiter else (rows + (before != _LINE_END), between)


def _bits(flags: npt.NDArray[np.bool_]) -> _Words:
    """A bit for each flag, the first in the lowest of the first word."""
    packed = np.packbits(flags, bitorder="little")
    return np.pad(packed, (0, -len(packed) % 8)).view("<u8").astype(np.uint64, copy=False)


def _inside(quotes: _Words, is_quoted: bool) -> _Words:
    """The signs that stand in quotes, the opening one included: an odd number of quotes is up to there."""
    odd = quotes.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        odd ^= odd << np.uint64(shift)
    up_to = np.bitwise_xor.accumulate(odd >> np.uint64(63)) ^ np.uint64(is_quoted)
    before = np.concatenate([np.array([is_quoted], np.uint64), up_to[:-1]])
    found: _Words = odd ^ (~before + np.uint64(1))
    return found


def _moved_on(bits: _Words, first: bool) -> _Words:
    """Every bit one place further on, and one in the first place."""
    lowest = np.concatenate([np.array([first], np.uint64), bits[:-1] >> np.uint64(63)])
    moved: _Words = (bits << np.uint64(1)) | lowest
    return moved
