"""A strict CSV reader that locates every cell.

Reads the dialect of spreadsheets: UTF-8, `,` or `;` as separator, double quotes around cells that contain a
separator, a quote (doubled) or a line break. Input that programs read differently is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from engine.frozen import NamedTuple
from engine.language.documents.text import decode
from engine.language.parsing.reading import Reading
from engine.problems import Place

MOST_ROWS = 100_000
MOST_CELLS = 500_000

# Possessive quantifiers never backtrack, so the time is linear even for megabytes of quotes.
QUOTED_CELL = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')
_HELP = {
    "not-utf-8": "save it again as UTF-8; Excel calls that `CSV UTF-8`",
    "hidden-direction": "delete it",
    "file-too-large": "split it into several policies",
}


class CsvRow(NamedTuple):
    """A row that is not blank: its row number as in a spreadsheet, and each cell with its line and column."""

    number: int
    cells: list[str]
    lines: list[int]
    columns: list[int]


def read_csv(data: bytes, file: str, reading: Reading) -> tuple[str, Iterator[CsvRow]]:
    """Decode a CSV file.

    Returns:
        The separator, and an iterator over the readable rows. Problems are recorded as the rows are consumed.
    """
    text, problems = decode(data, file)
    reading.problems += [replace(each, help=_HELP.get(each.code, each.help)) for each in problems]
    if text is None or problems:
        return ",", iter(())
    sheet = _Sheet(text.replace("\r\n", "\n").replace("\r", "\n"), file, reading)
    return sheet.separator, sheet.rows()


class _Sheet:
    """The text of one CSV file, scanned row by row."""

    def __init__(self, text: str, file: str, reading: Reading) -> None:
        self.text = text
        self.file = file
        self.reading = reading
        self.separator = self._find_separator() or ""
        self.blank = re.compile(f"[ \t\n{self.separator}]*+")
        self.unquoted = re.compile(f"[^{self.separator}\n]*+")

    def _find_separator(self) -> str | None:
        """The separator used in the header, the first row with content; None if it is ambiguous or missing."""
        found = re.search(r"[^\s,;]", self.text)
        if not found:
            help_ = "begin with a header: a column for each field that is tested, and the column `then`"
            self.reading.refuse("empty-file", "there is nothing in this file", Place(self.file, 1, 1), help_)
            return None
        start = self.text.rfind("\n", 0, found.start()) + 1
        header = self.text[start:].partition("\n")[0]
        line = self.text.count("\n", 0, start) + 1
        if "," in header and ";" in header:
            place = Place(self.file, line, max(header.find(","), header.find(";")) + 1)
            help_ = "write one of the two between all cells of the file"
            self.reading.refuse("csv-syntax", "the header holds both `,` and `;`", place, help_)
            return None
        if "\t" in header.strip() and "," not in header and ";" not in header:
            place = Place(self.file, line, header.find("\t") + 1)
            help_ = "save it with `,` or `;` between the cells"
            self.reading.refuse("csv-syntax", "the cells of the header are separated by tabs", place, help_)
            return None
        return ";" if ";" in header else ","

    def rows(self) -> Iterator[CsvRow]:
        """Iterate over the rows that are not blank, up to the size limits."""
        text = self.text if self.separator else ""
        at, line, number, held = 0, 1, 1, 0
        has_header = False
        while at < len(text):
            blank = self._skip_blank_rows(at)
            if blank > at:
                skipped = text.count("\n", at, blank)
                at, line, number = blank, line + skipped, number + skipped
                continue
            begins, first = at, line
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            row: CsvRow | None = None
            if text.find('"', at, end) < 0:
                at, line = end + 1, line + 1
                held += text.count(self.separator, begins, end) + 1
                row = self._split_plain_row(text[begins:end], number, first) if held <= MOST_CELLS else None
            else:
                row, at, line = self._parse_quoted_row(at, number, line)
                held += len(row.cells) if row else 1
            held += text.count("|", begins, at)
            if held > MOST_CELLS or number > MOST_ROWS:
                what = f"{MOST_ROWS:,} rows" if number > MOST_ROWS else f"{MOST_CELLS:,} cells and alternatives"
                message, help_ = f"the table holds more than {what}", _HELP["file-too-large"]
                self.reading.refuse("file-too-large", message, Place(self.file, first, 1), help_)
                return
            if not row and not has_header:
                return
            number, has_header = number + 1, True
            if row and "".join(row.cells).strip():
                yield row

    def _skip_blank_rows(self, at: int) -> int:
        """The offset after the blank rows that begin at `at`."""
        found = self.blank.match(self.text, at)
        end = found.end() if found else at
        return end if end == len(self.text) else max(at, self.text.rfind("\n", at, end) + 1)

    def _split_plain_row(self, text: str, number: int, line: int) -> CsvRow:
        """Split a row without quotes."""
        cells = text.split(self.separator)
        columns = list(accumulate((len(cell) + 1 for cell in cells[:-1]), initial=1))
        return CsvRow(number, cells, [line] * len(cells), columns)

    def _parse_quoted_row(self, at: int, number: int, line: int) -> tuple[CsvRow | None, int, int]:
        """Parse a row with quotes.

        Returns:
            The row, or None if it is malformed, which is recorded; and the offset and line of the next row.
        """
        row = CsvRow(number, [], [], [])
        line_start, is_sound = at, True
        while True:
            place = Place(self.file, line, at - line_start + 1)
            row.lines.append(line)
            row.columns.append(place.column)
            if self.text.startswith('"', at):
                found = QUOTED_CELL.match(self.text, at)
                if not found:
                    help_ = "close them; a quote that belongs to the text is written twice"
                    self.reading.refuse("csv-syntax", "the quotes opened here are never closed", place, help_)
                    return None, len(self.text), line
                row.cells.append(found.group()[1:-1].replace('""', '"'))
                line += found.group().count("\n")
                line_start = max(line_start, self.text.rfind("\n", at, found.end()) + 1)
                at = self._end_of_cell(found.end())
                if self.text[found.end() : at].strip():
                    is_sound = False
                    behind = Place(self.file, line, found.end() - line_start + 1)
                    help_ = "write every quote that belongs to the text twice, and quotes round the whole cell"
                    self.reading.refuse("csv-syntax", "the cell continues after its closing quotes", behind, help_)
            else:
                end = self._end_of_cell(at)
                row.cells.append(self.text[at:end])
                at = end
                if row.cells[-1].lstrip().startswith('"'):
                    is_sound = False
                    message = "there is a space before the quotes, so they do not enclose the cell"
                    self.reading.refuse("csv-syntax", message, place, "delete the space")
            if len(row.cells) > MOST_CELLS:
                return row, len(self.text), line
            if at >= len(self.text) or self.text[at] == "\n":
                return (row if is_sound else None), at + 1, line + 1
            at += 1

    def _end_of_cell(self, at: int) -> int:
        """The offset of the next separator or line break."""
        found = self.unquoted.match(self.text, at)
        return found.end() if found else at
