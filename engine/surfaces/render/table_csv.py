"""A decision table as CSV that `rules: {table: …}` reads as rules again.

Under `decision: first`, these rules have the same outcome as the policy in every possible situation. A cell cannot
express "any text except these". Such a row is written twice: for the remaining known texts, and, after all other rows,
with an empty cell for texts that no rule knows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from itertools import product

from engine.analysis.showing.decision_table import Column, DecisionTable, Row
from engine.frozen import NamedTuple
from engine.language.editing.written_steps import is_in_file_of_step
from engine.language.model.cell_text import cell_text, output_cell, write_prose
from engine.language.model.condition_tree import Compare, Condition, Not, comparisons_in
from engine.language.model.field_kinds import TEXT, Value
from engine.language.model.policy import Policy
from engine.language.sections.table_file import OUTPUT, OWN_COLUMNS


class CsvTable(NamedTuple):
    """CSV text, and the headings, if any, that prevent it from being read as rules."""

    text: str
    unsaid: tuple[str, ...]


def write_csv(policy: Policy, table: DecisionTable) -> CsvTable:
    """Write the rows as CSV. Columns with conditions that no cell can express are written in words, and reported."""
    rows = _split(policy, table)
    texts = [[text_of_cell(policy, cells[index]) for cells, _ in rows] for index in range(len(table.columns))]
    written: list[list[str]] = []
    unsaid: list[str] = []
    for index, (column, column_texts) in enumerate(zip(table.columns, texts, strict=True)):
        said = [text for text in column_texts if text is not None]
        if len(said) == len(column_texts) and _is_named(policy, column):
            written.append([column.subject[0], *said])
        else:
            unsaid.append(column.head)
            written.append([column.head, *(row.words[index] for _, row in rows)])
    written += _own_columns(policy, [row for _, row in rows])
    return csv_of_columns(written, unsaid)


def csv_of_columns(columns: Sequence[Sequence[str]], unsaid: Sequence[str]) -> CsvTable:
    """Columns, each below its heading, as CSV text."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(zip(*columns, strict=True))
    return CsvTable(stream.getvalue().removesuffix("\n"), tuple(unsaid))


def _is_named(policy: Policy, column: Column) -> bool:
    """Whether a column tests a single name that rules of the policy can read and that is not a reserved heading.

    A part of a number, such as one of several that the smallest is taken of, is called by its expression, and what is
    in the file of a step can be read there alone.
    """
    name, *others = column.subject
    is_expression = name in policy.number and name not in policy.shapes
    is_reserved = name in OWN_COLUMNS or name.startswith(OUTPUT)
    return not (others or is_expression or is_reserved or is_in_file_of_step(policy, name))


def text_of_cell(policy: Policy, cell: Condition | None) -> str | None:
    """A condition in cell syntax; None if it cannot be expressed."""
    return "" if cell is None else cell_text(policy, cell)


def _own_columns(policy: Policy, rows: Sequence[Row]) -> Iterator[list[str]]:
    """The columns for verdict, reason and origin.

    They are taken from the rules that decide, or from the possible ones if no rule decides for certain.
    """
    yield ["then", *(row.verdict or "" for row in rows)]
    outputs = [row.output if isinstance(row.output, dict) else {} for row in rows]
    for name in dict.fromkeys(name for output in outputs for name in output):
        yield [f"{OUTPUT}{name}", *(output_cell(policy, each[name]) if name in each else "" for each in outputs)]
    deciding = [[policy.rule[name] for name in row.rules or row.possible_rules] for row in rows]
    reasons = [dict.fromkeys(rule.because for rule in rules) for rules in deciding]
    yield ["because", *(write_prose(_reason(row, each)) for row, each in zip(rows, reasons, strict=True))]
    cited = [{passage for rule in rules for passage in rule.cites} for rules in deciding]
    if any(cited) and policy.source:
        names = [passage.name for passage in policy.source.passages]
        yield ["cites", *(" | ".join(name for name in names if name in each) for each in cited)]
    added = [dict.fromkeys(rule.added for rule in rules if rule.added) for rules in deciding]
    if any(added):
        yield ["added", *(write_prose(" ".join(each)) for each in added)]


def _reason(row: Row, reasons: Collection[str]) -> str:
    """The text of `because`: the reasons joined, or the title of a row without a verdict."""
    if not row.verdict:
        return row.title
    either = "" if row.rules or len(reasons) < 2 else "One of these applies: "
    return either + " ".join(reasons)


_Split = tuple[tuple["Condition | None", ...], Row]


def _split(policy: Policy, table: DecisionTable) -> list[_Split]:
    """Split the rows so that parts for unknown texts come last: a situation that gets there has no known text."""
    open_columns = [
        index
        for index, column in enumerate(table.columns)
        if _is_text(policy, column) and any(isinstance(row.cells[index], Not) for row in table.rows)
    ]
    parted = [
        (sum(each.is_open for each in cells), tuple(each.condition for each in cells), row)
        for row in table.rows
        for cells in product(*(_parts(policy, column, row.cells[index], index, open_columns)
                               for index, column in enumerate(table.columns)))
    ]  # fmt: skip
    parted.sort(key=lambda each: each[0])
    return [(cells, row) for _, cells, row in parted]


def _is_text(policy: Policy, column: Column) -> bool:
    field = policy.field.get(column.subject[0])
    return field is not None and field.kind == TEXT


class _Part(NamedTuple):
    """A part of a cell; an open part stands for the texts that no rule knows."""

    condition: Condition | None
    is_open: bool = False


def _parts(
    policy: Policy, column: Column, cell: Condition | None, index: int, open_columns: Sequence[int]
) -> list[_Part]:
    """Split a cell of an open column into its known texts and an open part."""
    # If there is only one such column, a row that accepts all texts overlaps no other row.
    if index not in open_columns or (cell is None and len(open_columns) == 1):
        return [_Part(cell)]
    field = policy.field[column.subject[0]]
    if cell is not None and not isinstance(cell, Not):
        return [_Part(cell)]
    named = set() if cell is None else {text for test in comparisons_in(cell) for text in _tested_texts(test)}
    left = tuple(text for text in field.known if text not in named)
    known = [_Part(Compare(field.name, "one_of", left))] if left else []
    return [*known, _Part(None, is_open=True)]


def _tested_texts(test: object) -> tuple[Value, ...]:
    """The texts that a comparison tests."""
    assert isinstance(test, Compare)
    return test.value if isinstance(test.value, tuple) else (test.value,)
