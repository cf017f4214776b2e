"""Rule tables: the rules of a policy as they are written, one per row; nothing is computed.

A column is a field, a derived number or a fact that the `when` of a rule names. Conditions on several of them, such as
`any` may be, are listed beside the cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from engine.analysis.describing.output_words import titled
from engine.analysis.showing.decision_table import Column
from engine.analysis.showing.grid import NARROW, key_lines, lay_out
from engine.frozen import data_of, frozen_value
from engine.language.model.arguments import require_number
from engine.language.model.canonical import condition_data
from engine.language.model.condition_tree import (
    All,
    Compare,
    Condition,
    Holds,
    Not,
    Some,
    Versus,
    as_written,
    subjects_in,
)
from engine.language.model.policy import FIRST, DecisionMode, Policy, require_policy
from engine.language.model.policy_parts import Override, OverrideAll, Rule
from engine.language.model.ranges import cell_words, subject_words
from engine.language.model.values.computed_outputs import written_output
from engine.language.model.words import condition_phrase

# Headings of what a row states beside its cells.
RULE_FACTS = ("Verdict", "Because", "Overrides")
_HOW = {
    True: "the first rule that applies decides",
    False: "all rules that apply must agree, but for those that another one overrides",
}
_ELSE = "in every other case"


@frozen_value
class RuleRow:
    """A row of a rule table: a rule as it is written.

    Attributes:
        rule: Name of the rule.
        cells: A condition for each column; None where the rule has none.
        words: The conditions as text, in the author's words.
        also: Conditions that belong to no single column.
        also_words: Those conditions as text.
        verdict: Name of the verdict.
        title: The verdict as a person reads it.
        because: The reason of the rule.
        overrides: The rules that it takes precedence over, as far as they are named.
        overrides_all: That it takes precedence over all other rules; None if it says no such thing.
        otherwise: Whether it applies in every remaining situation.
        cites: Names of the source passages that it rests on.
        added: Why it is there although the source does not say it; None if not stated.
        output: Its own outputs by name; None if there are none.

    Example:
        >>> from engine import load, tabulate_rules
        >>> row = tabulate_rules(load("other-interviews")).rows[0]
        >>> row.rule, row.when == load("other-interviews").rule["tepid-offer"].when
        ('tepid-offer', True)
    """

    rule: str
    cells: tuple[Condition | None, ...]
    words: tuple[str, ...]
    also: tuple[Condition, ...]
    also_words: tuple[str, ...]
    verdict: str
    title: str
    because: str
    overrides: tuple[Override, ...] = ()
    overrides_all: OverrideAll | None = None
    otherwise: bool = False
    cites: tuple[str, ...] = ()
    added: str | None = None
    output: dict[str, Any] | None = None

    @property
    def when(self) -> All:
        """The condition of the rule: the conjunction of `cells` and `also`."""
        return All((*(cell for cell in self.cells if cell is not None), *self.also))

    def facts(self) -> tuple[str, str, str]:
        """Return the texts beside the conditions: verdict, reason and overrides."""
        overrides = [f"{each.rule}: {each.because}" for each in self.overrides]
        if self.overrides_all:
            overrides.append(f"all others: {self.overrides_all.because}")
        return titled(self.title, self.output), self.because, "\n".join(overrides)

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON data, its condition as the language writes it."""
        return {
            "rule": self.rule,
            "when": condition_data(self.when),
            "words": list(self.words),
            "also": list(self.also_words),
            **data_of(self, "otherwise", "verdict", "title", "because"),
            "overrides": {each.rule: each.because for each in self.overrides},
            "overrides_all": self.overrides_all.because if self.overrides_all else None,
            **data_of(self, "cites", "added"),
            **({} if self.output is None else {"output": written_output(self.output)}),
        }


@frozen_value
class RuleTable:
    """The rules of a policy as a table, as they are written.

    Attributes:
        policy: Name of the policy.
        sha256: Hash of what the policy says.
        title: Title of the policy.
        decision: `unique` or `first`, as `Policy.decision`.
        columns: The columns.
        rows: The rows in file order, possibly only the first of `total`.
        total: Number of rules.

    Example:
        >>> from engine import load, tabulate_rules
        >>> table = tabulate_rules(load("parcel-prices"))
        >>> table.decision, [column.name for column in table.columns]
        ('first', ['zone', 'size', 'weight', 'express'])
    """

    policy: str
    sha256: str
    title: str
    decision: DecisionMode
    columns: tuple[Column, ...]
    rows: tuple[RuleRow, ...]
    total: int

    @property
    def has_also(self) -> bool:
        """Whether a row has conditions that belong to no single column."""
        return any(row.also_words for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the table as JSON data."""
        return data_of(self, "policy", "sha256", "title", "decision", "columns", "rows", "total")

    def __str__(self) -> str:
        return self.text(NARROW)

    def text(self, width: int) -> str:
        """Write the table as text, with a legend of its columns.

        Args:
            width: Width in characters.

        Returns:
            The text, of several lines.
        """
        names = ["rule", *(column.name for column in self.columns), *(["also"] if self.has_also else [])]
        rows = [
            ((row.rule, *row.words, *(["; ".join(row.also_words)] if self.has_also else [])), row.facts())
            for row in self.rows
        ]
        heads = [(name, name) for name in names]
        table = lay_out(heads, RULE_FACTS, rows, width)
        key = key_lines([column.name for column in self.columns], [column.head for column in self.columns], width)
        return "\n".join([self.title, "", *table, "", *self.notes(), "", *key]).rstrip()

    def notes(self) -> list[str]:
        """Return the lines below the table: the number of rules, and how they decide."""
        many = "1 rule" if self.total == 1 else f"{self.total:,} rules"
        lines = [f"{many}; {_HOW[self.decision == FIRST]}"]
        if len(self.rows) < self.total:
            lines.append(f"only the first {len(self.rows):,} of {self.total:,} rules are shown")
        return lines


def tabulate_rules(policy: Policy, *, rows: int | None = None) -> RuleTable:
    """List the rules of a policy as a table, as they are written.

    Args:
        policy: The policy, from `load`.
        rows: Largest number of rules to list; None for all.

    Returns:
        The table, with a column for each field, derived number and fact that a rule names.

    Raises:
        TypeError: `policy` is not a policy, or `rows` is not an integer.
        ValueError: `rows` is negative.

    Example:
        >>> from engine import load, tabulate_rules
        >>> table = tabulate_rules(load("other-interviews"))
        >>> [column.name for column in table.columns]
        ['offer', 'settled', 'something_short', 'good_enough', 'able_to_bargain']
        >>> table.rows[1].words
        ('', 'yes', '', '', '')
    """
    require_policy(policy, "tabulate_rules")
    if rows is not None:
        require_number(rows, "tabulate_rules", "rows", 0, "leave it out for all")
    parted = [_parted(rule.when) for rule in policy.rules]
    names = _in_order(cells for cells, _ in parted)
    return RuleTable(
        policy=policy.name,
        sha256=policy.sha256,
        title=policy.title,
        decision=policy.decision,
        columns=tuple(Column((name,), subject_words(policy, (name,))) for name in names),
        rows=tuple(
            _row(policy, rule, [cells.get(name) for name in names], also)
            for rule, (cells, also) in list(zip(policy.rules, parted, strict=True))[:rows]
        ),
        total=len(policy.rules),
    )


def _row(policy: Policy, rule: Rule, cells: list[Condition | None], also: list[Condition]) -> RuleRow:
    """Return the row of a rule, given its cells and the conditions beside them."""
    return RuleRow(
        rule=rule.name,
        cells=tuple(cells),
        words=tuple("" if cell is None else cell_words(policy, cell) for cell in cells),
        also=tuple(also),
        also_words=(_ELSE,) if rule.otherwise else tuple(condition_phrase(policy, part) for part in also),
        verdict=rule.then,
        title=policy.verdict[rule.then].title,
        because=rule.because,
        overrides=rule.overrides,
        overrides_all=rule.overrides_all,
        otherwise=rule.otherwise,
        cites=rule.cites,
        added=rule.added,
        output=rule.output,
    )


def _parted(when: Condition) -> tuple[dict[str, Condition], list[Condition]]:
    """Split a condition into parts of one field, number or fact each, by name, and the parts that fit in no cell."""
    cells: dict[str, Condition] = {}
    also: list[Condition] = []
    for part in _flat(when):
        name = _subject(part)
        if name is None or (name in cells and not (_is_plain(part) and _is_plain(cells[name]))):
            also.append(part)
        else:
            cells[name] = All((*_flat(cells[name]), *_flat(part))) if name in cells else part
    return cells, also


def _flat(condition: Condition) -> Iterator[Condition]:
    """Iterate over the parts of a conjunction; several limits of one subject stay together."""
    if isinstance(condition, All) and not (len(condition.parts) > 1 and _is_plain(condition)):
        for part in condition.parts:
            yield from _flat(part)
    else:
        yield condition


def _subject(condition: Condition) -> str | None:
    """Return the one field, number or fact that a condition is about; None if a cell cannot express it."""
    if isinstance(condition, Some) and condition.written is None:
        is_said = all(map(_is_plain, condition.parts))
    else:
        is_said = _is_plain(condition.part if isinstance(condition, Not) else condition)
    names = set(subjects_in([condition]))
    return names.pop() if is_said and len(names) == 1 else None


def _is_plain(condition: Condition) -> bool:
    """Whether a condition is a comparison, or several limits of one subject."""
    condition = as_written(condition)
    if not isinstance(condition, All):
        return isinstance(condition, Compare | Versus | Holds)
    if len(condition.parts) == 1:
        return _is_plain(condition.parts[0])
    compared = [part for part in condition.parts if isinstance(part, Compare | Versus)]
    return len(compared) == len(condition.parts) and len({part.name for part in compared}) == 1


def _in_order(rows: Iterable[dict[str, Condition]]) -> list[str]:
    """Return the names of the columns in an order that is consistent with the order in which each rule names them.

    For rules from a table file this is the order of its columns. If rules contradict each other, the name that occurs
    first comes first.
    """
    before: dict[str, set[str]] = {}
    for cells in rows:
        names = sorted(cells, key=lambda name: (cells[name].place.line or 0, cells[name].place.column or 0))
        for name in names:
            before.setdefault(name, set())
        for one, next_ in pairwise(names):
            before[next_].add(one)
    order: dict[str, None] = {}
    while len(order) < len(before):
        left = [name for name in before if name not in order]
        order[next((name for name in left if before[name] <= order.keys()), left[0])] = None
    return list(order)
