"""Single edits of a condition: all conditions that differ from it by one small change.

A test is one comparison, or an `any`, `all` or `not` among other parts. The only part of an `any` or a `not` is dropped
together with it, since nobody would write an empty one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.frozen import NamedTuple
from engine.language.model.condition_tree import (
    LIST_OPS,
    All,
    Compare,
    Condition,
    Holds,
    Not,
    Some,
    Versus,
    as_written,
    is_of_step,
)
from engine.language.model.field_kinds import ANY_OF, CHOICE, DATE, INTEGER, NONE, NUMBER, TEXT, Value
from engine.language.model.policy import Policy
from engine.language.model.policy_parts import RATIO
from engine.language.model.relations.decision_steps import compare_step, outcome_fact
from engine.language.model.values.grid_positions import exact_decimal
from engine.language.model.values.value_texts import decimal_text
from engine.language.model.words import answer_words, comparison_words
from engine.meaning.spaces.space import Space
from engine.problems import Place

# Inclusive to strict operators, and back.
_STRICT = {"at_least": "more_than", "at_most": "less_than", "on_or_after": "after", "on_or_before": "before"}
_ALL_OR_ANY = {"includes": "includes_any", "includes_any": "includes"}
_OTHER = _STRICT | {strict: op for op, strict in _STRICT.items()}


class Edit(NamedTuple):
    """An edited condition, with a description and the position of the edit."""

    words: str
    condition: Condition
    place: Place


def edits_within(policy: Policy, space: Space, when: Condition) -> Iterator[Edit]:
    """Iterate over every single edit of a whole `when`; dropping its only test makes it always true."""
    return _Editor(policy, space).of_parts(when) if isinstance(when, All) else _Editor(policy, space).of_test(when)


class _Editor:
    """Makes the edits of conditions of one policy."""

    def __init__(self, policy: Policy, space: Space) -> None:
        self.policy, self.space = policy, space

    def of_parts(self, joined: All | Some) -> Iterator[Edit]:
        """Iterate over the edits that drop or edit one part."""
        parts = joined.parts
        for at, part in enumerate(parts):
            left = replace(joined, parts=(*parts[:at], *parts[at + 1 :]))
            yield Edit(f"without “{self._said(part)}”", left, _place(part))
            for words, edited, place in self.of_test(part):
                yield Edit(words, replace(joined, parts=(*parts[:at], edited, *parts[at + 1 :])), place)

    def of_test(self, test: Condition) -> Iterator[Edit]:
        """Iterate over the edits that negate a test or edit it inside."""
        bare = _bare(test)
        opposite = bare.part if isinstance(bare, Not) else Not(bare)
        yield Edit(f"the opposite of “{self._said(bare)}”", opposite, _place(bare))
        yield from self._inside(bare)

    def _inside(self, test: Condition) -> Iterator[Edit]:
        """Iterate over the edits inside a test."""
        if isinstance(test, Not):
            for words, edited, place in self._inside(_bare(test.part)):
                yield Edit(words, Not(edited), place)
        elif isinstance(test, Some) and is_of_step(test):
            yield from self._of_step(test)
        elif isinstance(test, Some) and test.written is not None:
            yield from self._of_periods(test)
        elif isinstance(test, All | Some):
            yield from self.of_parts(test)
        elif isinstance(test, Versus):
            yield self._became(test, replace(test, op=_OTHER[test.op]))
        elif isinstance(test, Compare):
            yield from self._of_constants(test)

    def _of_step(self, test: Some) -> Iterator[Edit]:
        """Iterate over the edits of a comparison of a step: with one outcome more, or one less."""
        assert test.written is not None
        field = self.policy.step[test.written.name].field
        held = {part.fact for part in test.parts if isinstance(part, Holds)}
        for option in field.options:
            kept = [each for each in field.options if (outcome_fact(field.name, each) in held) != (each == option)]
            if kept and len(kept) < len(field.options):
                value: Value = kept[0] if len(kept) == 1 else tuple(kept)
                other = Compare(field.name, "is" if len(kept) == 1 else "one_of", value, test.written.place)
                yield self._became(test.written, other)._replace(condition=compare_step(field, other))

    def _of_periods(self, dated: Some) -> Iterator[Edit]:
        """Iterate over the edits of a comparison with a dated constant: of one of its values, in the period of that."""
        for at, period in enumerate(dated.parts):
            assert isinstance(period, All)
            *days, test = period.parts
            for words, edited, place in self._inside(test):
                parts = (*dated.parts[:at], All((*days, edited), period.place), *dated.parts[at + 1 :])
                yield Edit(words, Some(parts, dated.place), place)

    def _of_constants(self, test: Compare) -> Iterator[Edit]:
        if test.op == "known":
            return
        if isinstance(test.value, tuple):
            if test.op in _ALL_OR_ANY and len(test.value) > 1:
                yield self._became(test, replace(test, op=_ALL_OR_ANY[test.op]))
            yield from self._of_list(test, test.value)
            return
        for value in self._beside(test.name, test.value):
            yield self._became(test, replace(test, value=value, named=""))
        field = self.policy.field.get(test.name)
        if field is not None and field.kind == NUMBER and not field.is_grid and test.op in _OTHER:
            yield self._became(test, replace(test, op=_OTHER[test.op]))

    def _of_list(self, test: Compare, values: tuple[Any, ...]) -> Iterator[Edit]:
        """Iterate over the edits of a list of values: each removed, or replaced by a neighbour."""
        # An edited list is no longer that of the constant which it may have been.
        names = () if isinstance(test.named, str) else test.named
        for at, value in enumerate(values):
            left = (*values[:at], *values[at + 1 :])
            # With an empty list other tests always hold or never do: the same as dropping or negating them.
            if left or test.op == "only":
                words = f"“{self._subject(test)}” without “{self._value_words(test, value)}”"
                named = (*names[:at], *names[at + 1 :]) or ""
                yield Edit(words, replace(test, value=left, named=named), test.place)
            if test.op not in LIST_OPS:
                neighbours: Iterator[Any] = self._beside(test.name, value)
                for other in neighbours:
                    if other not in values:
                        changed = (*values[:at], other, *values[at + 1 :])
                        named = (*names[:at], "", *names[at + 1 :]) if names else ""
                        yield self._became(test, replace(test, value=changed, named=named))

    def _beside(self, name: str, value: Value) -> Iterator[Value]:
        """Iterate over the neighbouring constants, one step below and above; none if values have no neighbours."""
        field = self.policy.field.get(name)
        if field is not None and field.lacks(value):
            return
        if field is None:
            yield from _moved(value, self._apart(name, value))
        elif field.ordered and field.kind == CHOICE:
            options = [each for each in field.options if field.or_none is None or each != NONE]
            rank = options.index(str(value))
            yield from (options[each] for each in (rank - 1, rank + 1) if 0 <= each < len(options))
        elif field.kind == INTEGER:
            yield from _moved(value, Decimal(1))
        elif field.kind == NUMBER and field.step is not None:
            yield from _moved(value, field.step)
        elif field.kind == DATE and isinstance(value, datetime.date):
            first, last = datetime.date.min.toordinal(), datetime.date.max.toordinal()
            days = (value.toordinal() - 1, value.toordinal() + 1)
            yield from (datetime.date.fromordinal(day) for day in days if first <= day <= last)

    def _apart(self, name: str, value: Any) -> Decimal:
        """Return how far the constant beside one is that a derived number is compared with.

        The values of a ratio lie as close together as one likes: its constants differ in their last decimal place.
        """
        if self.policy.number[name].kind == RATIO:
            return Decimal((0, (1,), -len(decimal_text(value).partition(".")[2])))
        return exact_decimal(self.space.grid_of(self.policy, name))

    # Descriptions.

    def _said(self, test: Condition) -> str:
        """Say a test in one line."""
        bare = _bare(as_written(test))
        if isinstance(bare, Not):
            return f"not: {self._within(bare.part)}"
        if isinstance(bare, All | Some):
            return (" and " if isinstance(bare, All) else " or ").join(map(self._within, bare.parts))
        return comparison_words(self.policy, bare)

    def _within(self, part: Condition) -> str:
        return f"({self._said(part)})" if isinstance(_bare(part), All | Some) else self._said(part)

    def _subject(self, test: Compare | Versus) -> str:
        field = self.policy.field.get(test.name)
        return field.ask if field else f"{(self.policy.step.get(test.name) or self.policy.number[test.name]).means}:"

    def _value_words(self, test: Compare, value: Value) -> str:
        field = self.policy.compared.get(test.name)
        if field is None:
            return decimal_text(value)  # type: ignore[arg-type]
        if field.kind in (ANY_OF, TEXT):
            return field.texts.get(str(value), str(value))
        return answer_words(field, value)

    def _became(self, old: Compare | Versus, new: Compare | Versus) -> Edit:
        before, after = comparison_words(self.policy, old), comparison_words(self.policy, new)
        return Edit(f"“{before}” becomes “{after.removeprefix(self._subject(old)).strip()}”", new, old.place)


def _moved(value: Any, step: Decimal) -> Iterator[Decimal | int]:
    for moved in (Fraction(value) - Fraction(step), Fraction(value) + Fraction(step)):
        yield int(moved) if isinstance(value, int) and moved.denominator == 1 else exact_decimal(moved)


def _bare(test: Condition) -> Condition:
    """Return a test without enclosing `all`s and `any`s that have only this part; a comparison stays as it is."""
    while isinstance(test, All | Some) and len(test.parts) == 1:
        if isinstance(test, Some) and test.written is not None:
            break
        test = test.parts[0]
    return test


def _place(test: Condition) -> Place:
    bare = _bare(test)
    return bare.place if not isinstance(bare, Holds) or bare.place.file else test.place
