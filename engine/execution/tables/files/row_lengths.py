"""Check that every row of a text table has as many cells as its header.

Polars silently fills short rows with empty cells, which would look like missing answers. So all delimiters of a file
are counted first, which takes a few hundredths of the reading time; only if the total does not match is each row
checked.
"""

from __future__ import annotations

import csv
import re
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
    """The problem of the first row with a different number of cells, or with an unclosed quote; raises `csv.Error`."""
    before = csv.field_size_limit(_WIDEST)
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            for line, row, text in _rows(file, delimiter):
                # In a table with one column, an empty line is an empty cell.
                if len(row) != cells and (row or cells > 1):
                    is_open = text.count('"') % 2 == 1 and not next(file, "")
                    return (
                        _unclosed_quote(path, line)
                        if is_open
                        else _wrong_length(path, delimiter, cells, line, len(row))
                    )
    finally:
        csv.field_size_limit(before)
    return None


def find_stray_quote(path: Path, delimiter: str) -> Problem | None:
    """The problem of the first row with a quote inside a cell that is not in quotes as a whole; raises `csv.Error`."""
    apart = re.escape(delimiter)
    whole = re.compile(rf'(?:(?<=^)|(?<={apart}))"(?:[^"]|"")*"(?={apart}|\n|$)')
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        for line, _, text in _rows(file, delimiter):
            rest = whole.sub("", text)
            if rest.count('"') % 2 == 1 or re.search(rf'(?:^|{apart})"', rest):
                message = "a double quote stands inside a cell that is not in quotes as a whole"
                help_ = 'put the whole cell in quotes, and write a quote in it twice, such as `"a 5"" nail"`'
                return Problem("unreadable-table", message, (Place(str(path), line, 1),), help_)
    return None


def may_be_short(path: Path, delimiter: str, cells: int) -> bool:
    """Whether some row may be too short, given that Polars found none too long."""
    counted = _count(path, delimiter.encode())
    return counted is None or counted[1] != counted[0] * (cells - 1)


def _rows(file: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """The rows of a table: the line number, the cells and the original text of each."""
    written: list[str] = []

    def lines() -> Iterator[str]:
        # A carriage return within a line is part of a cell for Polars, but ends a row for Python.
        for line in file:
            written.append(f"{line.removesuffix(_END).removesuffix(_RETURN).replace(_RETURN, ' ')}\n")
            yield written[-1]

    reader = csv.reader(lines(), delimiter=delimiter)
    line = 1
    for cells in reader:
        yield line, cells, "".join(written)
        written.clear()
        line = reader.line_num + 1


def _unclosed_quote(path: Path, line: int) -> Problem:
    """The problem of a quote that is never closed."""
    message = "a double quote is opened in this row, and nothing closes it"
    help_ = "close it, or write a quote that belongs to the text twice, in a cell in quotes"
    return Problem("unreadable-table", message, (Place(str(path), line, 1),), help_)


def _wrong_length(path: Path, delimiter: str, cells: int, line: int, found: int) -> Problem:
    """The problem of a row with a wrong number of cells."""
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
    """The numbers of rows and of delimiters outside quotes, for the whole file.

    None if that cannot be counted reliably: with a quote inside a cell, or a delimiter at the very end.
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
                # A quote can open only after the end of a cell, or after another quote: a doubled quote closes and
                # opens again.
                may_open = _shift_by_one(quotes | ends | delimiters, before in (_QUOTE, _LINE_END, delimiter))
                if (quotes & inside & ~may_open).any():
                    return None
                rows += count((ends & ~inside).view(np.uint8))
                between += count((delimiters & ~inside).view(np.uint8))
                is_quoted ^= bool(count(quotes.view(np.uint8)) & 1)
            else:
                rows += int(np.count_nonzero(signs == ord(_LINE_END)))
                between += int(np.count_nonzero(signs == ord(delimiter)))
            before = part[-1:]
    # After a delimiter at the end of a file, Polars silently accepts one empty cell too many.
    return None if before == delimiter else (rows + (before != _LINE_END), between)


def _bits(flags: npt.NDArray[np.bool_]) -> _Words:
    """Pack flags into 64-bit words, the first flag in the lowest bit of the first word."""
    packed = np.packbits(flags, bitorder="little")
    return np.pad(packed, (0, -len(packed) % 8)).view("<u8").astype(np.uint64, copy=False)


def _inside(quotes: _Words, is_quoted: bool) -> _Words:
    """The bits of characters inside quotes, including the opening quote: the prefix XOR of the quote bits."""
    odd = quotes.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        odd ^= odd << np.uint64(shift)
    up_to = np.bitwise_xor.accumulate(odd >> np.uint64(63)) ^ np.uint64(is_quoted)
    before = np.concatenate([np.array([is_quoted], np.uint64), up_to[:-1]])
    found: _Words = odd ^ (~before + np.uint64(1))
    return found


def _shift_by_one(bits: _Words, first: bool) -> _Words:
    """Shift all bits to the next position, with `first` as the new first bit."""
    lowest = np.concatenate([np.array([first], np.uint64), bits[:-1] >> np.uint64(63)])
    moved: _Words = (bits << np.uint64(1)) | lowest
    return moved
