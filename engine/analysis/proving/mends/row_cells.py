"""Mends of a rule table: the cell that states a condition, and the row with another cell, read as its reader would."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.proving.mends.mend_trials import Candidate, parts_of
from engine.analysis.proving.proof_session import ProofSession
from engine.frozen import NamedTuple
from engine.language.documents.nodes import Document
from engine.language.editing.written_rows import written_rows
from engine.language.model.cell_text import cell_text
from engine.language.model.condition_tree import All, Compare, Condition, Holds, Versus, comparisons_in, subjects_in
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import Rule
from engine.language.parsing.operands import Names, Operand
from engine.language.parsing.reading import Reading
from engine.language.sections.table_cells import parse_fact_cell, parse_field_cell


class RowCell(NamedTuple):
    """A cell of a row: its column, its text, and the condition that it parses to."""

    column: str
    text: str
    condition: Condition


def row_cells(rule: Rule) -> Iterator[tuple[str, Condition]]:
    """Iterate over the cells of a row that state a condition, as column and condition."""
    waiting = [part for part in parts_of(rule) if part is not rule.valid]
    while waiting:
        part = waiting.pop(0)
        names = set(subjects_in([part]))
        if len(names) == 1:
            yield names.pop(), part
        else:
            # Several cells with alternatives are read as one entry, as a list would have them under `all`.
            assert isinstance(part, All)
            waiting = [*part.parts, *waiting]


def with_cell(session: ProofSession, place: int, column: str, text: str, words: str) -> Candidate | None:
    """Return a row with another text in one cell, as it reads after the edit; None if it cannot be edited so.

    Args:
        session: The proof session.
        place: Index of the row's rule.
        column: The column of the cell.
        text: The new text of the cell.
        words: Description of the edit.
    """
    written = written_rows(session.policy, session.decided)
    edit = None if written is None else written.change_cell(place, column, text)
    rule = None if written is None or edit is None else written.reread(place, edit)
    if written is None or edit is None or rule is None:
        return None
    return Candidate(place, rule, f"{words} ({edit.file}, line {written.line_of(edit)})", edit)


def cell_for(session: ProofSession, test: Condition) -> RowCell | None:
    """Return the cell that states a condition about one field, number or fact.

    Args:
        session: The proof session; some rule must test the column, so that the table surely has it.
        test: The condition.

    Returns:
        The cell; None if the table has no such column, or no cell can state the condition.
    """
    policy = session.policy
    if isinstance(test, Holds):
        name, text = test.fact, "yes" if test.expected else "no"
    else:
        names = {each.name for each in comparisons_in(test) if isinstance(each, Compare)}
        if len(names) != 1 or any(isinstance(each, Versus) for each in comparisons_in(test)):
            return None
        name, text = names.pop(), cell_text(policy, test) or ""
    condition = _read_cell(policy, name, text) if text and name in session.columns else None
    return None if condition is None else RowCell(name, text, condition)


def _read_cell(policy: Policy, name: str, text: str) -> Condition | None:
    """Return the condition of a cell, parsed as in the table; None if it does not fit."""
    if name in policy.fact:
        cell = parse_fact_cell(text, name)
    else:
        field = policy.field.get(name)
        names = Names(policy.field, policy.number, policy.fact, policy.constant)
        cell = parse_field_cell(text, Operand(name, field, field is None, names, Reading(Document("", None, ()))))
    return cell.condition(name, policy.place) if cell.tests and not cell.misfits else None
