"""Formats of tables that were not made for a policy: which column answers which field, and how cells are written.

A table made for a policy needs no format: its columns are named after fields, and its cells use the notation of the
command line.
"""

from __future__ import annotations

from engine.frozen import FrozenDict, frozen_value
from engine.language.model.field_kinds import Value


@frozen_value
class CellFormat:
    """The notation of one column's cells; anything not stated is in the language's own notation.

    Attributes:
        words: Texts of cells, and the answers they stand for; `unsure` stands for the field's `if_unsure`.
        empty: Texts of cells without an answer, in addition to the empty text.
        date: The date format, such as `DD.MM.YYYY`; None for ISO.
        decimal: The decimal sign.
        thousands: The thousands separator; empty for none.
        separator: The separator of options in a list.
        ignores_capitals: Whether case is ignored.
        ignores_spaces: Whether surrounding white space is ignored, and inner white space collapsed.
    """

    words: FrozenDict[str, Value] = FrozenDict({})
    empty: tuple[str, ...] = ()
    date: str | None = None
    decimal: str = "."
    thousands: str = ""
    separator: str = ","
    ignores_capitals: bool = False
    ignores_spaces: bool = False

    @property
    def has_notation(self) -> bool:
        """Whether dates or numbers have a notation of their own."""
        return self.date is not None or (self.decimal, self.thousands) != (".", "")

    @property
    def is_plain(self) -> bool:
        """Whether all cells are in the language's own notation."""
        return self == PLAIN


PLAIN = CellFormat()


@frozen_value
class TableFormat:
    """The columns of a table, and the notation of its cells.

    Attributes:
        columns: Fields mapped to their columns, where the names differ.
        unanswered: Fields that no column answers.
        other: Columns that answer no field, although their names resemble one.
        cells: Fields mapped to the format of their cells, where it is not plain.
        encoding: The encoding of text files; None for UTF-8.
        delimiter: The separator of a text file's cells; None to detect it from the header.
        sheet: The sheet of a workbook; None if it has only one.
    """

    columns: FrozenDict[str, str] = FrozenDict({})
    unanswered: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    cells: FrozenDict[str, CellFormat] = FrozenDict({})
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None

    def column(self, field: str) -> str:
        """The name of the column that answers a field."""
        return self.columns.get(field, field)

    def cell(self, field: str) -> CellFormat:
        """The format of the cells that answer a field."""
        return self.cells.get(field, PLAIN)


OWN_NAMES = TableFormat()
