"""What is a decision table? Rows in the author's words, each with one outcome, together all that is possible."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from engine.analysis.showing.grid import NARROW, lay_out
from engine.frozen import frozen_value
from engine.language.model.canonical import condition_data
from engine.language.model.condition_tree import All, Condition
from engine.language.model.ranges import Subject
from engine.language.model.words import number_words
from engine.meaning.reference import CONFLICT, DECIDED, GAP

Outcome: TypeAlias = Literal["decided", "gap", "conflict"]
# What every row tells beside its cells.
FACTS = ("Verdict", "Rules", "Situations")


@frozen_value
class Column:
    """What a column is about: a field, a derived number, a fact, or two fields that are compared; `head` in words."""

    subject: Subject
    head: str

    @property
    def name(self) -> str:
        """What the policy calls it."""
        return " / ".join(self.subject)

    def to_dict(self) -> dict[str, Any]:
        return {"subject": list(self.subject), "head": self.head}


@frozen_value
class Row:
    """All situations that meet a condition, and what they get.

    `cells` has a condition for each column, None where it makes no difference, and `words` says them. `outcome` is
    `decided`, `gap` or `conflict`; `rules` are those that stand in every situation of the row, in file order (None: not
    settled within the steps), `possible_rules` those that stand in some but not in all, and `situations` is None where
    they cannot be counted or were not.
    """

    cells: tuple[Condition | None, ...]
    words: tuple[str, ...]
    outcome: Outcome
    verdict: str | None
    title: str
    rules: tuple[str, ...] | None
    situations: int | None
    possible_rules: tuple[str, ...] = ()

    def facts(self) -> tuple[str, str, str]:
        """What the row tells beside its cells, in words."""
        return self.title, self._rules(), "" if self.situations is None else number_words(self.situations)

    def _rules(self) -> str:
        if self.rules is None:
            return "not settled"
        named = [", ".join(self.rules)] if self.rules else []
        if self.possible_rules:
            named.append(f"{'perhaps' if self.rules else 'one of'} {', '.join(self.possible_rules)}")
        return "; ".join(named)

    @property
    def when(self) -> All:
        return All(tuple(cell for cell in self.cells if cell is not None))

    def to_dict(self) -> dict[str, Any]:
        return {
            "when": condition_data(self.when),
            "words": list(self.words),
            "outcome": self.outcome,
            "verdict": self.verdict,
            "title": self.title,
            "rules": None if self.rules is None else list(self.rules),
            "possible_rules": list(self.possible_rules),
            "situations": self.situations,
        }


@frozen_value
class DecisionTable:
    """A policy as rows: as few as were found, not proved to be the fewest.

    Every possible situation is in a row, and gets what the row says. Of `disjoint` rows it is in one alone; others may
    overlap, all rows that a situation is in have the same outcome, and what cannot happen may be in them, uncounted.
    `total` is the number of rows, of which `rows` may be the first only; `situations` are the possible ones and
    `left_out` those that cannot happen, None where they cannot be counted or were not.
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
        """Whether every row that is shown has its one verdict."""
        return all(row.outcome == DECIDED for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        return {
            "policy": self.policy,
            "sha256": self.sha256,
            "title": self.title,
            "columns": [column.to_dict() for column in self.columns],
            "rows": [row.to_dict() for row in self.rows],
            "total": self.total,
            "situations": self.situations,
            "left_out": self.left_out,
            "disjoint": self.disjoint,
        }

    def __str__(self) -> str:
        return self.text(NARROW)

    def text(self, width: int) -> str:
        """The table for a terminal of so many columns."""
        heads = [(column.head, column.name) for column in self.columns]
        rows = [(row.words, row.facts()) for row in self.rows]
        return "\n".join([self.title, "", *lay_out(heads, FACTS, rows, width), "", *self.notes()])

    def notes(self) -> list[str]:
        """What is to be said below the table: how many rows and situations there are, and what is not in it."""
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
