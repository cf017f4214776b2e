"""Formats of tables that were not made for a policy: which column answers which field, and how cells are written.

A table made for a policy needs no format: its columns are named after fields, and its cells use the notation of the
command line.
"""

from __future__ import annotations

from engine.frozen import FrozenDict, frozen_value
from engine.language.model.field_kinds import Value


@frozen_value
class CellFormat:
    """The format of one column's cells, where it differs from what a command line accepts.

    Attributes:
        words: Cell texts and the answers that they stand for; `unsure` is read as the field's `if_unsure`.
        empty: Cell texts that count as not answered, besides the empty cell.
        date: Date format, such as `DD.MM.YYYY`; None for ISO 8601.
        decimal: Decimal separator.
        thousands: Thousands separator; empty for none.
        separator: Separator of the options in an any_of cell.
        ignores_capitals: Whether upper and lower case are equal.
        ignores_spaces: Whether white space around a cell, and the amount of it inside, is ignored.

    Example:
        >>> from engine import CellFormat
        >>> CellFormat(decimal=",", thousands=".").is_signed
        True
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
    def is_signed(self) -> bool:
        """Whether dates or numbers have a notation of their own."""
        return self.date is not None or (self.decimal, self.thousands) != (".", "")

    @property
    def is_plain(self) -> bool:
        """Whether this is the default format."""
        return self == PLAIN


PLAIN = CellFormat()


@frozen_value
class TableFormat:
    """The format of a table not made for the policy: which columns answer which fields, and how cells are written.

    Attributes:
        columns: Field name to column name, where they differ.
        unanswered: Fields that no column answers.
        other: Columns that answer no field although their names resemble one.
        cells: Field name to cell format, where it is not the default.
        encoding: Encoding of text files; None for UTF-8.
        delimiter: Delimiter of text files; None to detect it from the header.
        sheet: Sheet of a workbook; None for the only one.

    Example:
        >>> from engine import FrozenDict, TableFormat
        >>> TableFormat(columns=FrozenDict({"offer": "Offer stage"})).column("offer")
        'Offer stage'
    """

    columns: FrozenDict[str, str] = FrozenDict({})
    unanswered: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    cells: FrozenDict[str, CellFormat] = FrozenDict({})
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None

    def column(self, field: str) -> str:
        """Look up the column of a field.

        Args:
            field: Name of the field.

        Returns:
            The name of its column: the field's own name unless `columns` maps it.
        """
        return self.columns.get(field, field)

    def cell(self, field: str) -> CellFormat:
        """Look up the cell format of a field.

        Args:
            field: Name of the field.

        Returns:
            Its format; the default one unless `cells` has another.
        """
        return self.cells.get(field, PLAIN)


OWN_NAMES = TableFormat()
