"""Rewriting SQL over fields to SQL over a table with other column names and notations.

Each field is replaced by its column. If some texts of the column stand for answers, they are translated first.
"""

from __future__ import annotations

from sqlglot import exp

from engine.execution.sql.expressions import Expression, case, column, text
from engine.execution.sql.limits import SqlError
from engine.language.model.field_kinds import CHOICE, NONE, TEXT, YES_NO, Field
from engine.language.model.policy import Policy
from engine.language.situations.table_format import CellFormat, TableFormat
from engine.problems import Problem

# The result column that other result columns refer to.
_RESULT = "verdict"
_RAW = "raw"


def check_form(policy: Policy, form: TableFormat) -> None:
    """Raise `SqlError` if the table format has notations that cannot be translated to SQL exactly."""
    problems = []
    if form.columns and _RESULT in policy.field:
        message = f"a field called `{_RESULT}` cannot be told from the result where columns have names of their own"
        problems.append(Problem("name-clash", message, (), "rename the field, or call the columns like the fields"))
    for name, cell in form.cells.items():
        if name not in form.unanswered and not _is_translatable(policy.field[name], cell):
            message = f"SQL does not read how `{name}` is written: only words for choices, texts, and yes and no"
            problems.append(Problem("wrong-type", message, (), "decide the table with `verdict batch`"))
    if problems:
        raise SqlError(problems)


def _is_translatable(field: Field, cell: CellFormat) -> bool:
    """Whether cells in this notation can be translated to SQL."""
    plain = CellFormat(words=cell.words, empty=cell.empty)
    if field.kind in (CHOICE, TEXT):
        return cell == plain
    if NONE in cell.words.values():
        return False
    return field.kind == YES_NO and cell == plain and bool(cell.words)


def raw_column(name: str) -> Expression:
    """The column of a field, exempt from translation of its texts."""
    found = column(name)
    found.meta[_RAW] = True
    return found


def rename_columns(policy: Policy, tree: Expression, form: TableFormat) -> Expression:
    """Rewrite an expression over fields to one over the columns that answer them."""
    for found in list(tree.find_all(exp.Column)):
        name = found.name
        beside = policy.field.get(name.removesuffix(f".{NONE}"))
        if not found.table and beside is not None and name == beside.none_column:
            found.replace(column(f"{form.column(beside.name)}.{NONE}"))
            continue
        if found.table or name not in policy.field:
            continue
        own = column(form.column(name))
        cell = form.cell(name)
        made = own if found.meta.get(_RAW) or cell.is_plain else _translate(policy.field[name], cell, own)
        if found is tree:
            return made
        found.replace(made)
    return tree


def _translate(field: Field, cell: CellFormat, own: Expression) -> Expression:
    """The answer that a text in a column stands for; other texts stay as they are if texts are answers."""
    ifs: list[tuple[Expression, Expression]] = [(_is(own, word), exp.null()) for word in cell.empty]
    ifs += [(_is(own, word), _answer(value)) for word, value in cell.words.items()]
    return exp.Paren(this=case(ifs, own.copy() if field.kind != YES_NO else None))


def _is(own: Expression, word: str) -> Expression:
    """Whether a column holds a word."""
    return exp.EQ(this=own.copy(), expression=text(word))


def _answer(value: object) -> Expression:
    """An answer as a constant."""
    return exp.Boolean(this=value) if isinstance(value, bool) else text(str(value))
