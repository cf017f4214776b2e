"""The rules of a policy as CSV, in the form that `rules: {table: …}` reads, as far as possible.

Conditions that no cell can express are written in words under `also`, and overrides under `overrides`. Reading a table
with either column is an error, so such a file cannot be mistaken for the full rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.showing.decision_table import Column
from engine.analysis.showing.rule_table import RuleRow, RuleTable
from engine.language.model.cell_text import output_cell, write_prose
from engine.language.model.policy import FIRST, Policy
from engine.language.model.words import condition_phrase
from engine.language.sections.table_file import OUTPUT, OWN_COLUMNS
from engine.surfaces.render.table_csv import CsvTable, csv_of_columns, text_of_cell

ALSO, OVERRIDES = "also", "overrides"


def write_rule_csv(policy: Policy, table: RuleTable) -> CsvTable:
    """Write the rules as CSV, one row per rule."""
    sayable = [place for place, column in enumerate(table.columns) if _is_named(column)]
    cells = [[text_of_cell(policy, row.cells[place]) for place in sayable] for row in table.rows]
    also = [_also(policy, table, row, dict(zip(sayable, texts, strict=True)))
            for row, texts in zip(table.rows, cells, strict=True)]  # fmt: skip
    kept = [at for at in range(len(sayable)) if any(texts[at] for texts in cells)]
    columns = [[table.columns[sayable[at]].name, *(texts[at] or "" for texts in cells)] for at in kept]
    unsaid = [column for column in ([ALSO, *also], [OVERRIDES, *map(_overrides, table.rows)]) if any(column[1:])]
    written = [*_names(table), *columns, *unsaid, *_own_columns(policy, table)]
    return csv_of_columns(written, [column[0] for column in unsaid])


def _is_named(column: Column) -> bool:
    """Whether the name of a column is not one of the reserved headings."""
    return column.name not in (*OWN_COLUMNS, ALSO, OVERRIDES, "when") and not column.name.startswith(OUTPUT)


def _also(policy: Policy, table: RuleTable, row: RuleRow, said: dict[int, str | None]) -> str:
    """The conditions of a rule that no cell expresses, in words; `said` maps column indexes to cell texts."""
    unsaid = [cell for place, cell in enumerate(row.cells) if cell is not None and said.get(place) is None]
    return write_prose("; ".join(f"({condition_phrase(policy, each)})" for each in (*unsaid, *row.also)))


def _overrides(row: RuleRow) -> str:
    """The overrides of a rule in words."""
    return write_prose(row.facts()[2])


def _output(policy: Policy, row: RuleRow, name: str) -> str:
    """The cell of an output; empty if the rule does not give it."""
    given = row.output or {}
    return output_cell(policy, given[name]) if name in given else ""


def _names(table: RuleTable) -> Iterator[list[str]]:
    """The column of rule names, unless all are the default names of rows."""
    if any(row.rule != f"row-{number}" for number, row in enumerate(table.rows, start=2)):
        yield ["rule", *(row.rule for row in table.rows)]


def _own_columns(policy: Policy, table: RuleTable) -> Iterator[list[str]]:
    """The columns for what takes the rest, verdict, reason and origin."""
    if table.decision != FIRST and any(row.otherwise for row in table.rows):
        yield ["otherwise", *("yes" if row.otherwise else "" for row in table.rows)]
    yield ["then", *(row.verdict for row in table.rows)]
    for name in dict.fromkeys(name for row in table.rows for name in row.output or ()):
        yield [
            f"{OUTPUT}{name}",
            *(_output(policy, row, name) for row in table.rows),
        ]
    yield ["because", *(write_prose(row.because) for row in table.rows)]
    if any(row.cites for row in table.rows):
        yield ["cites", *(" | ".join(row.cites) for row in table.rows)]
    if any(row.added for row in table.rows):
        yield ["added", *(write_prose(row.added or "") for row in table.rows)]
