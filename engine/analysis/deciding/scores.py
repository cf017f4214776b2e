"""Scores: which entries of a number of points add what for a record, as an explanation shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from engine.analysis.describing.example_numbers import answered_part
from engine.frozen import frozen_value
from engine.language.model.field_kinds import Value
from engine.language.model.policy import Policy, names_read
from engine.language.model.policy_parts import POINTS, Number, PointsEntry
from engine.language.model.relations.dated_numbers import dated_values, versions_of
from engine.language.model.relations.derivations import names_in
from engine.language.model.values.grid_positions import exact_decimal
from engine.language.model.values.value_texts import decimal_text
from engine.language.model.words import period_words
from engine.meaning.reference import Situation
from engine.meaning.reference_numbers import amount

# Entries that the text lists as open.
_MOST_OPEN = 10


@frozen_value
class Score:
    """What a number of points comes to for a record, and which entries add something.

    Attributes:
        number: Name of the number.
        total: Its value; None while an entry is open.
        added: The entries that add their points, as pairs of the points and the reason.
        open: Likewise the entries whose condition the answers leave open.
        means: What the number is, as a person reads it.

    Example:
        >>> from engine import explain, load
        >>> card = load({
        ...     "policy": "risk",
        ...     "title": "Is it risky?",
        ...     "situation": {"age": {"ask": "How old?", "type": "integer", "from": 0, "to": 120}},
        ...     "numbers": {"risk": {"means": "risk points", "points": [
        ...         {"when": {"age": {"at_least": 75}}, "add": 2, "because": "Old age."},
        ...     ]}},
        ...     "verdicts": {"high": {"title": "Yes"}, "low": {"title": "No"}},
        ...     "rules": [
        ...         {"rule": "high", "when": {"risk": {"at_least": 1}}, "then": "high", "because": "Points."},
        ...         {"rule": "low", "otherwise": True, "then": "low", "because": "None."},
        ...     ],
        ... })
        >>> [score] = explain(card, {"age": 80}).scores
        >>> score.total, score.added
        ('2', (('2', 'Old age.'),))
    """

    number: str
    total: str | None
    added: tuple[tuple[str, str], ...]
    open: tuple[tuple[str, str], ...]
    means: str = field(compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the score as JSON data."""
        return {
            "total": self.total,
            "added": [{"add": add, "because": because} for add, because in self.added],
            "open": [{"add": add, "because": because} for add, because in self.open],
        }

    def lines(self) -> Iterator[str]:
        """Iterate over the lines of the text: the total, and below it the entries."""
        yield f"{self.means}: {'still open' if self.total is None else self.total}"
        for add, because in self.added:
            yield f"  {_signed(add)}  {because}"
        for add, because in self.open[:_MOST_OPEN]:
            yield f"  {_signed(add)} perhaps  {because}"
        if len(self.open) > _MOST_OPEN:
            yield f"  and {len(self.open) - _MOST_OPEN} more entries are open"


def scores_of(policy: Policy, values: Mapping[str, Value]) -> tuple[Score, ...]:
    """Return what the answers of a record say of each number of points that rules read, in file order."""
    read = names_read(policy, (rule.when for rule in policy.rules))
    numbers = [number for number in policy.numbers if number.kind == POINTS and number.name in read]
    if not numbers:
        return ()
    settled = answered_part(policy, values.keys())
    situation = Situation(settled, values)
    known = {*values, *settled.number, *settled.fact, *settled.step, *policy.constant}
    return tuple(_score(number, situation, known) for number in numbers)


def _score(number: Number, situation: Situation, known: set[str]) -> Score:
    added: list[PointsEntry] = []
    open_: list[PointsEntry] = []
    is_open = not known.issuperset(value.on for value in dated_values(number))
    for entry in number.entries if is_open else _on_the_day(number, situation):
        if is_open or not known.issuperset(names_in(entry.when)):
            open_.append(entry)
        elif situation.holds(entry.when):
            added.append(entry)
    total = None if open_ else decimal_text(exact_decimal(sum((amount(entry.add) for entry in added), amount(0))))
    return Score(number.name, total, _told(added), _told(open_), number.means)


def _on_the_day(number: Number, situation: Situation) -> tuple[PointsEntry, ...]:
    """Return the entries with the values of dated constants that hold in a situation."""
    versions = versions_of(number)
    return next((version.entries for when, version in versions if situation.holds(when)), number.entries)


def _told(entries: list[PointsEntry]) -> tuple[tuple[str, str], ...]:
    return tuple((period_words(entry.add, decimal_text), entry.because) for entry in entries)


def _signed(add: str) -> str:
    return add if add.startswith("-") else f"+{add}"
