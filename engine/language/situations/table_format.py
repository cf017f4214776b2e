"""How does somebody's own table write what a policy asks for? Which column answers which field, and in what words.

A table that is made for a policy needs none of this: its columns are called like the fields, and its cells hold what a
command line takes. Any other table keeps its headers and its spelling, and a `TableFormat` says what they mean.
"""

from __future__ import annotations

from engine.frozen import FrozenDict, frozen_value
from engine.language.model.field_kinds import Value


@frozen_value
class CellFormat:
    """How the cells of one column write the answers to one field; whatever it does not mention is written plainly.

    Attributes:
        words: What some cells say, and the answers that they are; `unsure` is the field's cautious reading.
        empty: What stands in cells that are not answered, beside nothing.
        date: How days are written, such as `DD.MM.YYYY`; None for `2026-01-31`.
        decimal: The decimal sign.
        thousands: The sign between groups of three digits; empty for none.
        separator: What stands between the options of a list.
        ignores_capitals: Whether capitals and small letters are the same.
        ignores_spaces: Whether white space around a cell, and how much of it is inside, makes no difference.
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
        """Whether days or numbers are not written plainly."""
        return self.date is not None or (self.decimal, self.thousands) != (".", "")

    @property
    def is_plain(self) -> bool:
        return self == PLAIN


PLAIN = CellFormat()


@frozen_value
class TableFormat:
    """Which columns of a table answer which fields, and how its cells are written.

    Attributes:
        columns: The column of each field whose column is not called like it.
        unanswered: The fields that no column answers.
        other: The columns that answer no field, although their names look like one.
        cells: How the cells of a field's column are written, where that is not plain.
        encoding: How text files are encoded; None for UTF-8.
        delimiter: What stands between the cells of a text file; None for what its header shows.
        sheet: The sheet of a workbook; None for its only one.
    """

    columns: FrozenDict[str, str] = FrozenDict({})
    unanswered: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    cells: FrozenDict[str, CellFormat] = FrozenDict({})
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None

    def column(self, field: str) -> str:
        """What the column of a field is called."""
        return self.columns.get(field, field)

    def cell(self, field: str) -> CellFormat:
        """How the answers to a field are written."""
        return self.cells.get(field, PLAIN)


OWN_NAMES = TableFormat()
