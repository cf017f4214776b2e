"""What do all tables have in common where they are written down? Heads and what they stand for, rows of text, notes."""

from __future__ import annotations

from typing import Literal, TypeAlias

from engine.analysis.showing.decision_table import DecisionTable
from engine.analysis.showing.rule_table import RuleTable
from engine.frozen import frozen_value

# What stands in a column: a test, of which none means any answer; what names the row; a number; any other text.
Role: TypeAlias = Literal["test", "name", "count", "text"]


@frozen_value
class Head:
    """What stands over a column; `means` says it in the author's words, where it is a name of the policy's."""

    name: str
    role: Role
    means: str = ""


@frozen_value
class Sheet:
    """A table of text; a row that is at `fault` has no verdict."""

    title: str
    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]
    faults: tuple[bool, ...]
    notes: tuple[str, ...]


def sheet_of_table(table: DecisionTable) -> Sheet:
    """A decision table: its columns, and what each row tells beside them."""
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
    """The rules as they are written: what each asks for, its verdict, and why."""
    also = [Head("also", "test", "what the rule asks for besides")] if table.has_also else []
    overrides = [Head("Overrides", "text")] if any(row.overrides for row in table.rows) else []
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
