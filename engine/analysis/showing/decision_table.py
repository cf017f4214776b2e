"""How does a policy look as a decision table? Disjoint rows, each with one outcome, together all that is possible."""

from __future__ import annotations

from math import inf
from typing import Any, Literal, TypeAlias

from engine.analysis.deciding.completions import NO_RULES, Deciding, standing_in
from engine.analysis.proof.proof import STEPS
from engine.analysis.showing.grid import NARROW, lay_out
from engine.analysis.showing.table_rows import Found, find_rows
from engine.budget import Budget, OutOfSteps
from engine.frozen import frozen_value
from engine.language.model.arguments import require_number
from engine.language.model.canonical import condition_data
from engine.language.model.policy import All, Condition, Policy, require_policy
from engine.language.model.ranges import Subject, range_words, subject_of, subject_words
from engine.language.model.words import number_words
from engine.meaning.hit_policies import Ending, Label
from engine.meaning.logic import Logic, logic_of
from engine.meaning.reference import CONFLICT, DECIDED, GAP, Fault
from engine.meaning.spaces.areas import Area
from engine.meaning.spaces.wording import condition_of
from engine.problems import Problem, UnsoundError

MOST_ROWS = 1_000
# What may be spent on making fewer rows of those that were found first.
_FURTHER = 120_000
_FAULTS: dict[Label, Fault] = {Ending.GAP: GAP, Ending.CONFLICT: CONFLICT}
_TITLES = {GAP: "Gap: no verdict", CONFLICT: "Conflict: the rules disagree"}


Outcome: TypeAlias = Literal["decided", "gap", "conflict"]


@frozen_value
class Column:
    """What a column is about: a field, a derived number, or two fields that are compared; `head` in words."""

    subject: Subject
    head: str

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
    """A policy as disjoint rows: as few as were found, not proved to be the fewest.

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
        }

    def __str__(self) -> str:
        return self.text(NARROW)

    def text(self, width: int) -> str:
        """The table for a terminal of so many columns."""
        heads = [column.head for column in self.columns]
        rows = [(row.words, row.facts()) for row in self.rows]
        return "\n".join([self.title, "", *lay_out(heads, FACTS, rows, width), "", *self.notes()])

    def notes(self) -> list[str]:
        """What is to be said below the table: how many rows and situations there are, and what is not in it."""
        rows = "1 row" if self.total == 1 else f"{self.total:,} rows"
        lines = [f"{rows} found, no two of them for the same situation"]
        if self.situations is not None:
            lines[0] += f"; together {number_words(self.situations)} situations, all that are possible"
        if len(self.rows) < self.total:
            lines.append(f"only the first {len(self.rows):,} rows are shown")
        if self.left_out:
            lines.append(f"{number_words(self.left_out)} situations cannot happen and are in no row")
        for outcome in (GAP, CONFLICT):
            many = sum(row.outcome == outcome for row in self.rows)
            if many:
                lines.append(f"{many:,} of the rows {f'are {outcome}s' if many > 1 else f'is a {outcome}'}")
        return lines


# What every row tells beside its cells.
FACTS = ("Verdict", "Rules", "Situations")


def tabulate(policy: Policy, *, rows: int = MOST_ROWS) -> DecisionTable:
    """The policy as a decision table, of which so many rows are shown at most; the same on every run.

    A policy that is not sound is told too: its gaps and conflicts are rows of their own.

    Args:
        policy: The policy, as `load` gives it.
        rows: How many rows are shown at most.

    Returns:
        The table: a row is a condition for each column, and what all situations get that meet them.

    Raises:
        UnsoundError: No table was found within the steps.
        TypeError: `policy` is no policy.

    Example:
        >>> from engine import load, tabulate
        >>> tabulate(load("other-interviews")).sound
        True
    """
    require_policy(policy, "tabulate")
    require_number(rows, "tabulate", "rows", 0, f"leave it out for {MOST_ROWS:,}")
    with policy.lock:
        logic = logic_of(policy)
        try:
            return _Tabler(logic).table(find_rows(logic, rows, Budget(STEPS), Budget(_FURTHER)), rows)
        except OutOfSteps:
            message = f"no table of the policy was found within {STEPS:,} steps"
            problem = Problem("not-proved", message, (policy.place,), "make the policy smaller")
            raise UnsoundError([problem]) from None


class _Tabler:
    """Says the areas that were found as rows."""

    def __init__(self, logic: Logic) -> None:
        self.logic = logic
        self.policy = logic.policy
        self.counting = Budget(STEPS)
        self.asking = Budget(STEPS)

    def table(self, found: Found, most: int) -> DecisionTable:
        policy = self.policy
        said = [(label, area, self._by_subject(area)) for label, area in found.areas]
        tested = {subject for _, _, cells in said for subject in cells}
        subjects = sorted(tested, key=self._rank)
        said.sort(key=lambda row: [self._position(row[1], subject, row[2].get(subject)) for subject in subjects])
        counts = self._counts()
        return DecisionTable(
            policy=policy.name,
            sha256=policy.sha256,
            title=policy.title,
            columns=tuple(Column(subject, subject_words(policy, subject)) for subject in subjects),
            rows=tuple(self._row(label, area, [cells.get(each) for each in subjects])
                       for label, area, cells in said[:most]),
            total=found.total,
            situations=None if counts is None else sum(many for label, many in counts.items() if _is_possible(label)),
            left_out=None if counts is None else counts.get(Ending.IMPOSSIBLE, 0),
        )  # fmt: skip

    def _by_subject(self, area: Area) -> dict[Subject, Condition]:
        """What an area asks of each field, derived number or pair of fields."""
        found: dict[Subject, list[Condition]] = {}
        for part in condition_of(self.policy, self.logic.areas, area).parts:
            found.setdefault(subject_of(part), []).append(part)
        return {subject: _one(parts) for subject, parts in found.items()}

    def _rank(self, subject: Subject) -> tuple[int, ...]:
        """Fields as they are asked for, derived numbers in file order, pairs of fields."""
        if len(subject) > 1:
            return 2, *(list(self.policy.field).index(name) for name in subject)
        if subject[0] in self.policy.number:
            return 1, list(self.policy.number).index(subject[0])
        return 0, self.policy.asking_order.index(self.policy.field[subject[0]])

    def _position(self, area: Area, subject: Subject, cell: Condition | None) -> tuple[float, ...]:
        """Where a row stands among those that are alike to the left of a column."""
        space = self.logic.space
        if cell is None:
            return (inf,)
        if len(subject) == 1 and subject[0] in space.fields:
            axes = space.axes_of(space.fields[subject[0]])
        else:
            axes = [axis for axis, shape in enumerate(space.axes) if len(shape.fields) > 1]
        return tuple(float((mask & -mask).bit_length()) for mask in (area.masks[axis] for axis in axes))

    def _row(self, label: Label, area: Area, cells: list[Condition | None]) -> Row:
        policy = self.policy
        outcome: Outcome = _FAULTS.get(label, DECIDED)
        verdict = policy.verdict[str(label)] if outcome == DECIDED else None
        deciding = self._deciding(label, area)
        return Row(
            cells=tuple(cells),
            words=tuple("" if cell is None else range_words(policy, cell) for cell in cells),
            outcome=outcome,
            verdict=None if verdict is None else verdict.name,
            title=_TITLES[outcome] if verdict is None else verdict.title,
            rules=None if deciding is None else deciding.certain,
            situations=self._size(area),
            possible_rules=() if deciding is None else deciding.possible,
        )

    def _deciding(self, label: Label, area: Area) -> Deciding | None:
        """The rules that stand in all or some of an area; a decided one needs those of its verdict only."""
        if label is Ending.GAP:
            return NO_RULES
        logic = self.logic
        near = (
            place
            for place, rule in enumerate(self.policy.rules)
            if (label is Ending.CONFLICT or rule.then == label)
            and all(area.masks[axis] & mask for axis, mask in logic.formulas.terms(logic.applies[place])[0].items())
        )
        try:
            return standing_in(logic, near, area, self.asking)
        except OutOfSteps:
            return None

    def _size(self, area: Area) -> int | None:
        try:
            return self.logic.areas.size(area, self.counting) if self.logic.space.countable else None
        except OutOfSteps:
            return None

    def _counts(self) -> dict[Label, int] | None:
        areas = self.logic.areas
        if not self.logic.space.countable:
            return None
        try:
            return self.logic.outcomes.grow(areas.whole, Budget(STEPS)).counts(areas, Budget(STEPS))
        except OutOfSteps:
            return None


def _one(parts: list[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _is_possible(label: Label) -> bool:
    return label is not Ending.IMPOSSIBLE
