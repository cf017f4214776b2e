"""Decision tables: rows in the author's words, each with one outcome, that together cover all possible situations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field as declared
from typing import Any

from engine.analysis.describing.output_words import titled
from engine.analysis.showing.grid import NARROW, lay_out
from engine.frozen import data_of, frozen_value
from engine.language.model.canonical import condition_data
from engine.language.model.condition_tree import All, Condition
from engine.language.model.ranges import Subject
from engine.language.model.values.computed_outputs import written_output
from engine.language.model.words import number_words
from engine.meaning.outcomes import CONFLICT, DECIDED, GAP, OutcomeKind

# Headings of what a row states beside its cells.
FACTS = ("Verdict", "Rules", "Situations")


@frozen_value
class Column:
    """A column of a decision table.

    Attributes:
        subject: What it is about: the name of a field, derived number or fact, or two fields that are compared.
        head: The heading, as a person reads it.

    Example:
        >>> from engine import load, tabulate
        >>> column = tabulate(load("other-interviews")).columns[0]
        >>> column.name, column.head
        ('offer', 'How far has the job offer got?')
    """

    subject: Subject
    head: str

    @property
    def name(self) -> str:
        """The names in `subject`, joined by ` / `."""
        return " / ".join(self.subject)

    def to_dict(self) -> dict[str, Any]:
        """Return the column as JSON data."""
        return data_of(self, "subject", "head")


@frozen_value
class Row:
    """A row of a decision table: a set of situations with the same outcome.

    Attributes:
        cells: A condition for each column; None where the column makes no difference.
        words: The conditions as text, in the author's words.
        outcome: `decided`, `gap` or `conflict`.
        verdict: Name of the verdict; None unless decided.
        title: The verdict as a person reads it, or the outcome.
        rules: The rules that decide, or disagree, in every situation of the row, in file order; None if the step limit
            was reached.
        situations: Number of situations; None if not counted.
        possible_rules: The rules that decide, or disagree, in some situations of the row only.
        output: The outputs, if rules have outputs; JSON data.
        steps: The steps that have the gap or the conflict in some situations of the row; then the rules are theirs. In
            the other situations it is that of the policy's own rules.

    Example:
        >>> from engine import load, tabulate
        >>> row = tabulate(load("other-interviews")).rows[0]
        >>> row.when.parts, row.verdict, row.rules, row.situations
        ((Compare(name='offer', op='one_of', value=('hint', 'drafting')),), 'keep', ('tepid-offer',), 32256)
    """

    cells: tuple[Condition | None, ...]
    words: tuple[str, ...]
    outcome: OutcomeKind
    verdict: str | None
    title: str
    rules: tuple[str, ...] | None
    situations: int | None
    possible_rules: tuple[str, ...] = ()
    output: Any = declared(default=None, hash=False)
    steps: tuple[str, ...] = ()

    def facts(self) -> tuple[str, str, str]:
        """Return the texts beside the conditions: verdict, rules and number of situations."""
        return (
            titled(self.title, self.output),
            self._rules(),
            "" if self.situations is None else number_words(self.situations),
        )

    def _rules(self) -> str:
        if self.rules is None:
            return "not settled"
        named = [", ".join(self.rules)] if self.rules else []
        if self.possible_rules:
            named.append(f"{'perhaps' if self.rules else 'one of'} {', '.join(self.possible_rules)}")
        return "; ".join(named)

    @property
    def when(self) -> All:
        """The conjunction of the conditions."""
        return All(tuple(cell for cell in self.cells if cell is not None))

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON data, its condition as the language writes it."""
        names = ("words", "outcome", "verdict", "title", "rules", "possible_rules", "situations")
        output = {} if self.output is None else {"output": written_output(self.output)}
        return {"when": condition_data(self.when)} | data_of(self, *names) | output | {"steps": list(self.steps)}


@frozen_value
class DecisionTable:
    """A policy as a decision table: every possible situation is in a row, which states its outcome.

    The rows are few, but not proved to be the fewest.

    Attributes:
        policy: Name of the policy.
        sha256: Hash of what the policy says.
        title: Title of the policy.
        columns: The columns.
        rows: The rows, possibly only the first of `total`.
        total: Number of rows.
        situations: Number of possible situations; None if not counted.
        left_out: Number of impossible situations; None if not counted.
        disjoint: Whether no situation is in two rows. Otherwise rows that overlap have the same outcome, and may
            contain impossible situations.

    Example:
        >>> from engine import load, tabulate
        >>> table = tabulate(load("other-interviews"))
        >>> table.total, table.disjoint, table.situations, table.sound
        (20, True, 48384, True)
    """

    policy: str
    sha256: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: int
    situations: int | None
    left_out: int | None
    disjoint: bool = True

    @property
    def sound(self) -> bool:
        """Whether every row that is shown has a verdict."""
        return all(row.outcome == DECIDED for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the table as JSON data."""
        names = ("policy", "sha256", "title", "columns", "rows", "total", "situations", "left_out", "disjoint")
        return data_of(self, *names)

    def __str__(self) -> str:
        return self.text(NARROW)

    def text(self, width: int) -> str:
        """Write the table as text.

        Args:
            width: Width in characters.

        Returns:
            The text, of several lines.
        """
        heads = [(column.head, column.name) for column in self.columns]
        rows = [(row.words, row.facts()) for row in self.rows]
        return "\n".join([self.title, "", *lay_out(heads, FACTS, rows, width), "", *self.notes()])

    def notes(self) -> list[str]:
        """Return the lines below the table: numbers of rows and situations, and what is not shown."""
        lines = list(self._summary())
        if len(self.rows) < self.total:
            lines.append(f"only the first {len(self.rows):,} of {self.total:,} rows are shown")
        if self.left_out:
            where = "are in no row" if self.disjoint else "are not counted"
            lines.append(f"{number_words(self.left_out)} situations cannot happen and {where}")
        for outcome in (GAP, CONFLICT):
            many = sum(row.outcome == outcome for row in self.rows)
            if many:
                lines.append(f"{many:,} of the rows {f'are {outcome}s' if many > 1 else f'is a {outcome}'}")
        return lines

    def _summary(self) -> Iterator[str]:
        rows = "1 row" if self.total == 1 else f"{self.total:,} rows"
        together = ""
        if self.situations is not None:
            together = f"; together {number_words(self.situations)} situations, all that are possible"
        if self.disjoint:
            yield f"{rows} found, no two of them for the same situation{together}"
        else:
            yield f"{rows} found{together}"
            yield "a situation may be in several rows, which then say the same"
