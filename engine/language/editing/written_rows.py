"""Minimal text edits to the CSV file of a rule table that change a cell or append rows.

The table is that of a policy, or of a step or a number; then the policy is the one that decides the step. The file
keeps its separator and its line ends. The meaning of an edited row is never inferred from the edit: it is read again
from the text (`WrittenRows.reread`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace

from engine.language.documents.data import data_document
from engine.language.documents.nodes import Document
from engine.language.documents.text import decode
from engine.language.editing.edited_text import EditedText
from engine.language.editing.text_edits import TextEdit
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Rule
from engine.language.model.relations.decision_steps import DecisionStep
from engine.language.model.relations.step_outputs import decided_rule
from engine.language.parsing.reading import Reading
from engine.language.sections.csv_text import QUOTED_CELL, CsvRow, read_csv
from engine.language.sections.outline import Outline
from engine.language.sections.table_file import read_rows
from engine.threads import cached_property

_LAST_LINE_END = re.compile(r"(?:\r\n|\r|\n)\Z")
_REST_OF_LINE = re.compile(r"[^\r\n]*+")


class WrittenRows(EditedText):
    """The rows of a rule table in its CSV file; a row is identified by the index of its rule in the policy."""

    def __init__(self, policy: Policy, text: str, step: DecisionStep | None) -> None:
        super().__init__(policy, policy.rules[0].place.file, text)
        self.step = step
        # Everything before the first row, the line end included.
        self._head = text[: self._begin(0)]
        found = _LAST_LINE_END.search(self._head)
        self._line_end = found.group() if found else "\n"
        self._separator, rows = read_csv(self._head.encode(), self.file, _reading(self.file))
        self.columns = [name.strip() for name in next(rows).cells]

    # Edits.

    def change_cell(self, rule: int, column: str, text: str) -> TextEdit | None:
        """Replace the text of a cell; None if the table has no such column."""
        if column not in self.columns:
            return None
        return self._edit(*self._cell_range(rule, self.columns.index(column)), self._encode(text))

    def add_rows(self, rows: Sequence[Mapping[str, str]]) -> TextEdit | None:
        """Append rows, given as cell texts by column; None if the table lacks one of the columns."""
        if any(column not in self.columns for row in rows for column in row):
            return None
        _, at = self._cell_range(len(self.policy.rules) - 1, len(self.columns) - 1)
        found = _REST_OF_LINE.match(self.text, at)
        at = found.end() if found else at
        return self._edit(at, at, "".join(f"{self._line_end}{line}" for line in self.lines(rows)))

    def lines(self, rows: Sequence[Mapping[str, str]]) -> list[str]:
        """Return rows as they are written in the file, without line ends."""
        return [self._separator.join(self._encode(row.get(column, "")) for column in self.columns) for row in rows]

    # Rereading.

    def reread(self, rule: int, edit: TextEdit) -> Rule | None:
        """Read an edited row from its text; None if it has problems."""
        begin, end = self._begin(rule), self._begin(rule + 1)
        first, last = self._offsets(edit)
        rules = self._read(self.text[begin:first] + edit.text + self.text[last:end])
        own = self.policy.rules[rule]
        # A row without a name is named after its number, which differs in the excerpt.
        return replace(rules[0], name=own.name, place=own.place, otherwise=own.otherwise) if len(rules) == 1 else None

    def read_added(self, rows: Sequence[Mapping[str, str]]) -> list[Rule]:
        """Read rows as the table would be read with them; empty if one has problems."""
        return self._read(self._line_end.join(self.lines(rows)))

    def _read(self, text: str) -> list[Rule]:
        """Read rows below the table's header; empty if they have problems."""
        outline = copy(self._declared)
        outline.reading = _reading(self.file)
        rules = read_rows(outline, self.file, (self._head + text).encode())
        if outline.reading.problems or outline.reading.incomplete:
            return []
        return rules if self.step is None else [decided_rule(self.step, rule) for rule in rules]

    @cached_property
    def _declared(self) -> Outline:
        """The names that the policy declares, computed once."""
        outline = self._outline(data_document(replace(self.policy, rules=()).to_dict(), self.file))
        outline.gives_amounts = self.step is not None and self.step.is_number
        return outline

    # Positions in the text.

    def _begin(self, rule: int) -> int:
        """The offset at which the row of a rule begins; after the last rule, the end of the file."""
        rules = self.policy.rules
        return self._lines.offset(rules[rule].place.line, 1) if rule < len(rules) else len(self.text)

    def _cell_range(self, rule: int, column: int) -> tuple[int, int]:
        """The offsets between which a cell is written, with its quotes."""
        row = self._row(rule)
        start = self._lines.offset(row.lines[column], row.columns[column])
        found = (QUOTED_CELL if self.text.startswith('"', start) else self._unquoted).match(self.text, start)
        return start, found.end() if found else start

    def _row(self, rule: int) -> CsvRow:
        """The cells of a row, with their lines and columns in the file."""
        text = self._head + self.text[self._begin(rule) : self._begin(rule + 1)]
        _, rows = read_csv(text.encode(), self.file, _reading(self.file))
        next(rows)
        row = next(rows)
        above = self.policy.rules[rule].place.line - row.lines[0]
        return row._replace(lines=[line + above for line in row.lines])

    @cached_property
    def _unquoted(self) -> re.Pattern[str]:
        """The text of a cell without quotes."""
        return re.compile(rf"[^{self._separator}\r\n]*+")

    def _encode(self, text: str) -> str:
        """A cell as it is written in the file, in quotes where it needs them."""
        if any(sign in text for sign in (self._separator, '"', "\r", "\n")):
            return '"' + text.replace('"', '""') + '"'
        return text


def _reading(file: str) -> Reading:
    """A collector of problems that nobody is shown."""
    return Reading(Document(file, None, ()))


def written_rows(policy: Policy, step: DecisionStep | None = None) -> WrittenRows | None:
    """Return the rows of a policy's table in its CSV file; None if it has none of its own. The result is cached.

    Args:
        policy: The policy.
        step: The step that it decides, if it has the rules of a step or number of another policy.
    """
    return policy.keep(_written_rows, step) if policy.memo.tables.get(policy.rules[0].place.file) else None


def _written_rows(policy: Policy, step: DecisionStep | None) -> WrittenRows:
    file = policy.rules[0].place.file
    text, _ = decode(policy.memo.tables[file], file)
    assert text is not None
    return WrittenRows(policy, text, step)
