"""The cell of a rule table that states a condition, parsed back as the table's reader would."""

from __future__ import annotations

from typing import NamedTuple

from engine.analysis.proving.proof_session import ProofSession
from engine.language.documents.nodes import Document
from engine.language.model.cell_text import cell_text
from engine.language.model.condition_tree import Compare, Condition, Holds, Versus, comparisons_in
from engine.language.model.policy import Policy
from engine.language.parsing.operands import Names, Operand
from engine.language.parsing.reading import Reading
from engine.language.sections.table_cells import parse_fact_cell, parse_field_cell


class RowCell(NamedTuple):
    """A cell of a row: its column, its text, and the condition that it parses to."""

    column: str
    text: str
    condition: Condition


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
        names = Names(policy.field, policy.number, policy.fact)
        cell = parse_field_cell(text, Operand(name, field, field is None, names, Reading(Document("", None, ()))))
    return cell.condition(name, policy.place) if cell.tests and not cell.misfits else None
