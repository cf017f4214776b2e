"""A replacement of a range of a file's text."""

from __future__ import annotations

from typing import Any

from engine.frozen import data_of, frozen_value
from engine.language.documents.text import Lines


@frozen_value
class TextEdit:
    """A replacement of a range of a file's text; ranges end before their end position.

    Attributes:
        file: The file to edit.
        line: First line of the range, from 1.
        column: First column of the range in characters, from 1.
        end_line: Line where the range ends.
        end_column: Column where the range ends, exclusive.
        text: The new text.

    Example:
        >>> from engine import TextEdit
        >>> TextEdit("p.yaml", 1, 3, 1, 4, "BC").apply("abxd")
        'abBCd'
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        """Return the edit as JSON data."""
        return data_of(self, "file", "line", "column", "end_line", "end_column", "text")

    def apply(self, text: str) -> str:
        """Apply the edit to the text of its file.

        Args:
            text: The whole text of the file, without a byte-order mark.

        Returns:
            The edited text.

        Raises:
            IndexError: The text has too few lines.
        """
        lines = Lines(text)
        start, end = lines.offset(self.line, self.column), lines.offset(self.end_line, self.end_column)
        return text[:start] + self.text + text[end:]
