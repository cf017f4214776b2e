"""The text of a file that belongs to a policy, and edits of it."""

from __future__ import annotations

from engine.language.documents.nodes import Document
from engine.language.documents.text import Lines
from engine.language.editing.text_edits import TextEdit
from engine.language.model.policy import Policy
from engine.language.parsing.reading import Reading
from engine.language.parsing.shared_parts import shared_parts_of
from engine.language.sections.outline import Outline


class EditedText:
    """The text of a file that belongs to a policy, and edits of it."""

    def __init__(self, policy: Policy, file: str, text: str) -> None:
        self.policy, self.file, self.text = policy, file, text
        self._lines = Lines(text)

    def _edit(self, start: int, end: int, text: str) -> TextEdit:
        """An edit between two offsets."""
        first, last = self._lines.place(self.file, start), self._lines.place(self.file, end)
        return TextEdit(self.file, first.line, first.column, last.line, last.column, text)

    def _offsets(self, edit: TextEdit) -> tuple[int, int]:
        """The offsets between which an edit applies."""
        return self._lines.offset(edit.line, edit.column), self._lines.offset(edit.end_line, edit.end_column)

    def line_of(self, edit: TextEdit) -> int:
        """The first line that an edit changes or adds, to show to the author."""
        return edit.line + edit.text.startswith(("\r", "\n"))

    def _outline(self, document: Document) -> Outline:
        """The names that a document declares, with those that the policy takes over, and its fields and constants."""
        assert document.root is not None
        outline = Outline(document.root, Reading(document), shared_parts_of(self.policy))
        outline.fields.update(self.policy.field)
        outline.constants.update(self.policy.constant)
        return outline
