"""How is SQL about a policy's answers made SQL about a table that is called and written otherwise?

A column takes the place of its field; where some of its texts are words for answers, those are read first.
"""

from __future__ import annotations

from sqlglot import exp

from engine.execution.sql.expressions import Expression, case, column, text
from engine.execution.sql.limits import SqlError
from engine.language.model.field_kinds import CHOICE, TEXT, YES_NO, Field
from engine.language.model.policy import Policy
from engine.language.situations.table_format import CellFormat, TableFormat
from engine.problems import Problem

# The column of the result that other columns of it are worked out from.
_RESULT = "verdict"
_RAW = "raw"


def check_form(policy: Policy, form: TableFormat) -> None:
    """Raises `SqlError` for what SQL about a policy's fields cannot be made of exactly."""
    problems = []
    if form.columns and _RESULT in policy.field:
        message = f"a field called `{_RESULT}` cannot be told from the result where columns have names of their own"
        problems.append(Problem("name-clash", message, (), "rename the field, or call the columns like the fields"))
    for name, cell in form.cells.items():
        if name not in form.unanswered and not _is_written(policy.field[name], cell):
            message = f"SQL does not read how `{name}` is written: only words for choices, texts, and yes and no"
            problems.append(Problem("wrong-type", message, (), "decide the table with `verdict batch`"))
    if problems:
        raise SqlError(problems)


def _is_written(field: Field, cell: CellFormat) -> bool:
    plain = CellFormat(words=cell.words, empty=cell.empty)
    if field.kind in (CHOICE, TEXT):
        return cell == plain
    return field.kind == YES_NO and cell == plain and bool(cell.words)


def raw_column(name: str) -> Expression:
    """A field's column as it is, whatever its texts stand for."""
    found = column(name)
    found.meta[_RAW] = True
    return found


def as_named(policy: Policy, tree: Expression, form: TableFormat) -> Expression:
    """An expression over fields as one over the columns that answer them."""
    for found in list(tree.find_all(exp.Column)):
        name = found.name
        if found.table or name not in policy.field:
            continue
        own = column(form.column(name))
        cell = form.cell(name)
        made = own if found.meta.get(_RAW) or cell.is_plain else _read(policy.field[name], cell, own)
        if found is tree:
            return made
        found.replace(made)
    return tree


def _read(field: Field, cell: CellFormat, own: Expression) -> Expression:
    """The answer that the text in a column is a word for; any other text as it is, where texts are answers."""
    ifs: list[tuple[Expression, Expression]] = [(_is(own, word), exp.null()) for word in cell.empty]
    ifs += [(_is(own, word), _answer(value)) for word, value in cell.words.items()]
    return exp.Paren(this=case(ifs, own.copy() if field.kind != YES_NO else None))


def _is(own: Expression, word: str) -> Expression:
    return exp.EQ(this=own.copy(), expression=text(word))


def _answer(value: object) -> Expression:
    return exp.Boolean(this=value) if isinstance(value, bool) else text(str(value))
