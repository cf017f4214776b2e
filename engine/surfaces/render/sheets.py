"""Tables of text, the common input of the Markdown and HTML renderers."""

from __future__ import annotations

from typing import Literal, TypeAlias

from engine.analysis.showing.decision_table import DecisionTable
from engine.analysis.showing.rule_table import RuleTable
from engine.frozen import frozen_value

# The content of a column: a test (an empty cell means any answer), the name of the row, a number or other text.
Role: TypeAlias = Literal["test", "name", "count", "text"]


@frozen_value
class Head:
    """The heading of a column; `means` explains it in the author's words if it is a name in the policy."""

    name: str
    role: Role
    means: str = ""


@frozen_value
class Sheet:
    """A table of text.

    Attributes:
        title: The title of the policy.
        caption: A sentence on how to read the table.
        heads: The headings, from left to right.
        rows: The cells of each row, as many as there are headings.
        faults: For each row, whether it is a gap or a conflict.
        notes: Remarks to print below the table.
    """

    title: str
    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]
    faults: tuple[bool, ...]
    notes: tuple[str, ...]


def sheet_of_table(table: DecisionTable) -> Sheet:
    """Lay out a decision table: its tests, then verdict, rules and number of situations."""
    several = "Each row is a case of its own"
    if not table.disjoint:
        several = "Where a situation is in several rows, they say the same"
    return Sheet(
        title=table.title,
        caption=f"{several}; “any” means that the answer makes no difference.",
        heads=(
            *(Head(column.name, "test", column.head) for column in table.columns),
            Head("Verdict", "name"),
            Head("Rules", "text"),
            Head("Situations", "count"),
        ),
        rows=tuple((*row.words, *row.facts()) for row in table.rows),
        faults=tuple(row.verdict is None for row in table.rows),
        notes=tuple(table.notes()),
    )


def sheet_of_rules(table: RuleTable) -> Sheet:
    """Lay out the rules as written: name, tests, verdict, reason and overrides."""
    also = [Head("also", "test", "what the rule asks for besides")] if table.has_also else []
    overrides = [Head("Overrides", "text")] if any(row.facts()[2] for row in table.rows) else []
    return Sheet(
        title=table.title,
        caption="The rules as they are written, in their order; “any” means that a rule does not ask.",
        heads=(
            Head("Rule", "name"),
            *(Head(column.name, "test", column.head) for column in table.columns),
            *also,
            Head("Verdict", "text"),
            Head("Because", "text"),
            *overrides,
        ),
        rows=tuple(
            (row.rule, *row.words, *(["; ".join(row.also_words)] if also else []), *row.facts()[: 2 + len(overrides)])
            for row in table.rows
        ),
        faults=tuple(False for _ in table.rows),
        notes=tuple(table.notes()),
    )
